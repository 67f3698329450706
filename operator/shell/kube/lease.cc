#include "shell/kube/lease.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "shell/kube/object.h"
#include "shell/kube/requests.h"

namespace launchgate::kube {
namespace {

using base::ErrorKind;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Kubernetes' MicroTime insists on exactly six digits.
std::string MicroTime(base::Time time) {
  const auto whole = std::chrono::floor<seconds>(time);
  std::string text = base::FormatTime(whole);
  text.pop_back();  // "Z"
  const std::string millis = std::to_string((time - whole).count());
  return text + "." + std::string(3 - millis.size(), '0') + millis + "000Z";
}

std::string StringAt(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t NumberAt(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

base::Result<LeaseRecord> ParseLease(const std::string& text) {
  base::Result<Object> object = ParseObject(kLeases, text);
  if (!object) return base::Wrap("reading the Lease", std::move(object.error()));
  LeaseRecord record;
  record.uid = object->meta.uid;
  record.resource_version = object->meta.resource_version;
  record.document = text;
  const auto spec = object->body->find("spec");
  if (spec == object->body->end() || !spec->is_object()) return record;
  record.holder = StringAt(*spec, "holderIdentity");
  record.duration = seconds(NumberAt(*spec, "leaseDurationSeconds"));
  record.transitions = NumberAt(*spec, "leaseTransitions");
  return record;
}

base::Result<LeaseRecord> ReadAnswer(const base::Result<transport::HttpResponse>& answer) {
  if (!answer) return base::Wrap("asking for the Lease", answer.error());
  switch (answer->status) {
    case 200:
    case 201:
      return ParseLease(answer->body);
    case 404:
      return base::Fail(ErrorKind::kNotFound, "there is no such Lease");
    case 409:
      return base::Fail(ErrorKind::kConflict, "somebody else wrote the Lease");
    case 401:
    case 403:
      return base::Fail(ErrorKind::kForbidden, "the API server does not let us use the Lease");
    default:
      return base::Fail(ErrorKind::kUnavailable,
                        "the API server answered " + std::to_string(answer->status));
  }
}

// The document to send: what is there, with our part of the spec replaced.
json LeaseDocument(const std::optional<LeaseRecord>& based_on, const LeaseRecord& desired,
                   const ObjectKey& key, base::Time now) {
  json document = based_on ? json::parse(based_on->document, nullptr, false) : json::object();
  if (!document.is_object()) document = json::object();
  document["apiVersion"] = ApiVersion(kLeases);
  document["kind"] = kLeases.kind;
  if (!document["metadata"].is_object()) document["metadata"] = json::object();
  document["metadata"]["name"] = key.name;
  document["metadata"]["namespace"] = key.ns;
  if (based_on) document["metadata"]["resourceVersion"] = based_on->resource_version;
  if (!document["spec"].is_object()) document["spec"] = json::object();
  json& spec = document["spec"];
  if (!based_on || based_on->holder != desired.holder) spec["acquireTime"] = MicroTime(now);
  spec["holderIdentity"] = desired.holder;
  spec["leaseDurationSeconds"] = desired.duration.count();
  spec["leaseTransitions"] = desired.transitions;
  spec["renewTime"] = MicroTime(now);
  return document;
}

}  // namespace

base::Status CheckLeaseOptions(const LeaseOptions& options) {
  const auto refuse = [](const char* why) { return base::Fail(ErrorKind::kInvalid, why); };
  if (options.retry_period <= milliseconds::zero()) return refuse("retryPeriod must be positive");
  if (options.renew_deadline >= options.duration) {
    return refuse("renewDeadline must be shorter than leaseDuration");
  }
  if (options.retry_period * 12 >= options.renew_deadline * 10) {
    return refuse("1.2 x retryPeriod must be shorter than renewDeadline");
  }
  if (options.duration % seconds(1) != milliseconds::zero()) {
    return refuse("leaseDuration must be whole seconds");
  }
  return {};
}

LeaseStep DecideLease(const LeaseView& view, const std::string& identity,
                      std::chrono::steady_clock::time_point now, const LeaseOptions& options) {
  if (!view.record) return LeaseStep::kCreate;
  if (view.record->holder == identity) return LeaseStep::kRenew;
  if (view.record->holder.empty()) return LeaseStep::kTakeOver;
  // The holder may have been configured with a longer duration than we were.
  const milliseconds silence = std::max<milliseconds>(options.duration, view.record->duration);
  return now - view.unchanged_since >= silence ? LeaseStep::kTakeOver : LeaseStep::kWait;
}

KubeLeaseApi::KubeLeaseApi(transport::Transport& transport, const clock::Clock& clock,
                           ObjectKey key)
    : transport_(transport), clock_(clock), key_(std::move(key)) {}

base::Result<LeaseRecord> KubeLeaseApi::Read(milliseconds timeout, std::stop_token stop) {
  base::Result<transport::HttpRequest> request = GetRequest(kLeases, key_);
  if (!request) return tl::unexpected(std::move(request.error()));
  request->timeout = timeout;
  return ReadAnswer(transport_.Send(*request, std::move(stop)));
}

base::Result<LeaseRecord> KubeLeaseApi::Write(const std::optional<LeaseRecord>& based_on,
                                              const LeaseRecord& desired, milliseconds timeout,
                                              std::stop_token stop) {
  const json document = LeaseDocument(based_on, desired, key_, clock_.Now());
  base::Result<transport::HttpRequest> request =
      based_on ? ReplaceRequest(kLeases, key_, document, {})
               : CreateRequest(kLeases, key_.ns, document, {});
  if (!request) return tl::unexpected(std::move(request.error()));
  request->timeout = timeout;
  return ReadAnswer(transport_.Send(*request, std::move(stop)));
}

LeadershipGuard::LeadershipGuard(const clock::Clock& clock) : clock_(clock) {}

milliseconds LeadershipGuard::Remaining() const {
  const auto until = until_.load(std::memory_order_acquire);
  if (until == 0) return milliseconds::zero();
  const std::chrono::steady_clock::time_point end{std::chrono::steady_clock::duration(until)};
  return std::max(milliseconds::zero(), std::chrono::floor<milliseconds>(end - clock_.Monotonic()));
}

Fence LeadershipGuard::fence() const {
  const std::lock_guard lock(mutex_);
  return fence_;
}

void LeadershipGuard::Extend(std::chrono::steady_clock::time_point until, Fence fence) {
  {
    const std::lock_guard lock(mutex_);
    fence_ = std::move(fence);
  }
  until_.store(until.time_since_epoch().count(), std::memory_order_release);
}

void LeadershipGuard::Revoke() { until_.store(0, std::memory_order_release); }

LeaderElector::LeaderElector(LeaseApi& api, const clock::Clock& clock, Waiter& waiter,
                             std::string identity, const LeaseOptions& options,
                             LeaderCallbacks callbacks)
    : api_(api),
      clock_(clock),
      waiter_(waiter),
      identity_(std::move(identity)),
      options_(options),
      callbacks_(std::move(callbacks)),
      guard_(clock),
      random_(static_cast<std::minstd_rand::result_type>(std::hash<std::string>{}(identity_))) {}

LeaderElector::~LeaderElector() {
  StopThreads();
  guard_.Revoke();
}

void LeaderElector::Start() {
  watchdog_ = std::jthread([this](std::stop_token stop) { RunWatchdog(stop); });
  election_ = std::jthread([this](std::stop_token stop) {
    while (!stop.stop_requested()) waiter_.Wait(Attempt(stop), stop);
  });
}

void LeaderElector::StopThreads() {
  for (std::jthread* thread : {&election_, &watchdog_}) {
    if (!thread->joinable()) continue;
    thread->request_stop();
    thread->join();
  }
}

std::string LeaderElector::Holder() const {
  const std::lock_guard lock(mutex_);
  return view_.record ? view_.record->holder : std::string();
}

LeaseView LeaderElector::View() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

void LeaderElector::SetRecordLocked(std::optional<LeaseRecord> record) {
  const bool same = record && view_.record && record->uid == view_.record->uid &&
                    record->resource_version == view_.record->resource_version;
  // When the answer arrived, not when it was asked for: never too early to take over.
  if (!same) view_.unchanged_since = clock_.Monotonic();
  view_.record = std::move(record);
}

milliseconds LeaderElector::RequestTimeout() const {
  const milliseconds half = options_.renew_deadline / 2;
  const milliseconds remaining = guard_.Remaining();
  return remaining > milliseconds::zero() ? std::min(half, remaining) : half;
}

milliseconds LeaderElector::NextAttempt() {
  const std::lock_guard lock(mutex_);
  std::uniform_int_distribution<milliseconds::rep> wait(options_.retry_period.count(),
                                                        options_.retry_period.count() * 12 / 10);
  return milliseconds(wait(random_));
}

milliseconds LeaderElector::Attempt(std::stop_token stop) {
  CheckDeadline();
  bool read_first = true;
  {
    const std::lock_guard lock(mutex_);
    if (lost_ || (withdrawn_ && !leading_)) return options_.retry_period;
    read_first = !view_is_ours_;
  }
  if (read_first && !Observe(stop)) return NextAttempt();
  const LeaseStep step = DecideLease(View(), identity_, clock_.Monotonic(), options_);
  if (step == LeaseStep::kWait) {
    Lose();  // Only if we led: somebody took the lease away from us.
    return NextAttempt();
  }
  // A failed write is followed by a read: it may have arrived all the same.
  (void)Write(step, stop);
  return NextAttempt();
}

base::Status LeaderElector::Observe(std::stop_token stop) {
  base::Result<LeaseRecord> read = api_.Read(RequestTimeout(), std::move(stop));
  const std::lock_guard lock(mutex_);
  if (read) {
    SetRecordLocked(*std::move(read));
    return {};
  }
  if (read.error().kind != ErrorKind::kNotFound) return tl::unexpected(std::move(read.error()));
  SetRecordLocked(std::nullopt);
  return {};
}

base::Status LeaderElector::Write(LeaseStep step, std::stop_token stop) {
  const LeaseView view = View();
  LeaseRecord desired;
  desired.holder = identity_;
  desired.duration = std::chrono::duration_cast<seconds>(options_.duration);
  if (view.record) desired.transitions = view.record->transitions;
  if (step == LeaseStep::kTakeOver) ++desired.transitions;
  // Others count our silence from when the server stored this; we count from
  // before we sent it, so we always stop first.
  const auto asked_at = clock_.Monotonic();
  base::Result<LeaseRecord> written =
      api_.Write(view.record, desired, RequestTimeout(), std::move(stop));
  {
    const std::lock_guard lock(mutex_);
    view_is_ours_ = written.has_value();
    if (!written) return tl::unexpected(std::move(written.error()));
    SetRecordLocked(*written);
  }
  if (Lead(*written, asked_at)) TellStarted();
  return {};
}

// True when this began a term, whose start has to be told.
bool LeaderElector::Lead(const LeaseRecord& record,
                         std::chrono::steady_clock::time_point asked_at) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.Monotonic();
  const auto until = asked_at + options_.renew_deadline;
  if (lost_ || (withdrawn_ && !leading_)) return false;
  // The answer took so long, or the process stood still for so long, that the
  // term it granted is over.
  if (now >= until) {
    view_is_ours_ = false;
    return false;
  }
  // The old term ran out while the answer was on its way: writes may have been
  // refused in between, so it counts as lost (CheckDeadline), not as continued.
  if (leading_ && now >= act_until_) return false;
  starting_ = !leading_;
  leading_ = true;
  act_until_ = until;
  guard_.Extend(until, Fence{record.transitions, record.resource_version});
  term_changed_.notify_all();
  return starting_;
}

void LeaderElector::TellStarted() {
  if (callbacks_.on_started) callbacks_.on_started(guard_.fence());
  const std::lock_guard lock(mutex_);
  starting_ = false;
  term_changed_.notify_all();
}

void LeaderElector::Withdraw() {
  std::unique_lock lock(mutex_);
  withdrawn_ = true;
  term_changed_.wait(lock, [this] { return !starting_; });
}

void LeaderElector::CheckDeadline() {
  {
    const std::lock_guard lock(mutex_);
    if (!leading_ || clock_.Monotonic() < act_until_) return;
  }
  Lose();
}

void LeaderElector::Lose() {
  {
    const std::lock_guard lock(mutex_);
    if (!leading_) return;
    leading_ = false;
    lost_ = true;
    guard_.Revoke();
    term_changed_.notify_all();
  }
  if (callbacks_.on_lost) callbacks_.on_lost();
}

void LeaderElector::RunWatchdog(std::stop_token stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      if (!leading_) {
        term_changed_.wait(lock, stop, [this] { return leading_; });
        continue;
      }
      const auto left = act_until_ - clock_.Monotonic();
      if (left > std::chrono::steady_clock::duration::zero()) {
        const auto until = act_until_;
        term_changed_.wait_for(lock, stop, left,
                               [this, until] { return !leading_ || act_until_ != until; });
        continue;
      }
    }
    CheckDeadline();
  }
}

void LeaderElector::StopAndRelease(milliseconds timeout) {
  StopThreads();
  bool read_first = true;
  {
    const std::lock_guard lock(mutex_);
    guard_.Revoke();
    leading_ = false;
    lost_ = true;  // A released elector does not come back.
    read_first = !view_is_ours_;
    if (!view_.record) return;
  }
  if (read_first && !Observe({})) return;
  const LeaseView view = View();
  if (!view.record || view.record->holder != identity_) return;
  LeaseRecord released;
  released.duration = seconds(1);
  released.transitions = view.record->transitions;
  // Failing is no harm: the lease then runs out by itself.
  (void)api_.Write(view.record, released, timeout, {});
}

}  // namespace launchgate::kube
