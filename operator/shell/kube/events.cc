#include "shell/kube/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kHashCharacters = 16;
constexpr std::size_t kMaxNameBytes = 253;

// Kubernetes' MicroTime is parsed with exactly six digits.
std::string MicroTime(base::Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  std::string text = base::FormatTime(seconds);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds);
  text.pop_back();  // The "Z".
  return fmt::format("{}.{:03}000Z", text, millis.count());
}

Json Reference(const EventSubject& subject) {
  Json reference = {
      {"apiVersion", subject.api_version}, {"kind", subject.kind}, {"name", subject.key.name}};
  if (!subject.key.ns.empty()) reference["namespace"] = subject.key.ns;
  if (!subject.uid.empty()) reference["uid"] = subject.uid;
  return reference;
}

Json SeriesJson(std::int64_t count, base::Time last_seen) {
  return {{"count", count}, {"lastObservedTime", MicroTime(last_seen)}};
}

std::string_view ToString(EventType type) {
  return type == EventType::kWarning ? "Warning" : "Normal";
}

}  // namespace

std::string EventName(const Event& event) {
  const std::string& subject = event.regarding.key.name;
  if (!base::IsDnsSubdomain(subject)) return {};
  // Length-prefixed, so that no two different Events give the same text.
  std::string identity;
  for (const std::string_view part :
       {std::string_view(event.regarding.api_version), std::string_view(event.regarding.kind),
        std::string_view(event.regarding.key.ns), std::string_view(subject),
        std::string_view(event.regarding.uid), ToString(event.type), std::string_view(event.reason),
        std::string_view(event.action), std::string_view(event.note)}) {
    identity += std::to_string(part.size()) + ":";
    identity += part;
  }
  std::string name = subject.substr(0, kMaxNameBytes - 1 - kHashCharacters);
  // A name cut inside must not leave a label that ends with "-" or is empty.
  while (name.back() == '-' || name.back() == '.') name.pop_back();
  return name + "." + base::Sha256Hex(identity).substr(0, kHashCharacters);
}

std::string EventNamespace(const Event& event) {
  return event.regarding.key.ns.empty() ? "kube-system" : event.regarding.key.ns;
}

EventRecorder::EventRecorder(Client& client, const clock::Clock& clock,
                             EventRecorderOptions options,
                             std::function<void(const base::Error&)> on_failure)
    : client_(client),
      clock_(clock),
      options_(std::move(options)),
      on_failure_(std::move(on_failure)),
      limiter_(options_.rate, clock.Monotonic()) {}

void EventRecorder::Record(const Event& event) noexcept {
  try {
    RecordOrThrow(event);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    ++counters_.dropped;
  }
}

void EventRecorder::RecordOrThrow(const Event& event) {
  const std::string name = EventName(event);
  const std::string key = EventNamespace(event) + "/" + name;
  const base::Time now = clock_.Now();
  const TimePoint instant = clock_.Monotonic();

  const std::lock_guard lock(mutex_);
  if (name.empty()) {
    ++counters_.dropped;
    return;
  }
  if (const auto known = series_.find(key); known != series_.end()) {
    Series& series = known->second;
    ++series.count;
    series.last_seen = now;
    ++counters_.aggregated;
    due_.Schedule(key, std::max(instant, series.sent_at + options_.series_interval));
  } else {
    if (!MakeRoomLocked()) {
      ++counters_.dropped;
      return;
    }
    series_.emplace(key, Series{event, now, now, 1, 0, {}});
    due_.Schedule(key, instant);
  }
  changed_.notify_all();
}

EventCounters EventRecorder::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

// Forgets the Event that has not happened for longest and is fully written.
bool EventRecorder::MakeRoomLocked() {
  if (series_.size() < options_.max_series) return true;
  auto oldest = series_.end();
  for (auto it = series_.begin(); it != series_.end(); ++it) {
    if (it->second.written < it->second.count) continue;
    if (oldest == series_.end() || it->second.last_seen < oldest->second.last_seen) oldest = it;
  }
  if (oldest == series_.end()) return false;
  due_.Cancel(oldest->first);
  series_.erase(oldest);
  return true;
}

void EventRecorder::Run(std::stop_token stop) {
  while (!stop.stop_requested()) {
    SendDue(stop);
    std::unique_lock lock(mutex_);
    const auto next = due_.NextDue();
    const auto something_new = [&] { return due_.NextDue() != next; };
    if (!next) {
      changed_.wait(lock, stop, something_new);
    } else {
      changed_.wait_for(lock, stop, std::max(*next - clock_.Monotonic(), TimePoint::duration(0)),
                        something_new);
    }
  }
}

std::size_t EventRecorder::SendDue(std::stop_token stop) {
  std::vector<std::string> keys;
  {
    const std::lock_guard lock(mutex_);
    const TimePoint now = clock_.Monotonic();
    const std::chrono::duration<double> pause(1.0 / options_.rate.per_second);
    for (std::string& key : due_.TakeDue(now)) {
      if (limiter_.TryTake(now)) {
        keys.push_back(std::move(key));
      } else {
        due_.Schedule(key, now + std::chrono::ceil<std::chrono::milliseconds>(pause));
      }
    }
  }
  for (const std::string& key : keys) {
    if (stop.stop_requested()) break;
    Send(key, stop);
  }
  return keys.size();
}

void EventRecorder::Send(const std::string& key, std::stop_token stop) {
  Series snapshot;
  {
    const std::lock_guard lock(mutex_);
    const auto found = series_.find(key);
    if (found == series_.end()) return;
    found->second.sent_at = clock_.Monotonic();
    snapshot = found->second;
  }
  const std::string name = key.substr(key.find('/') + 1);
  const ApiResult<std::int64_t> written = Write(name, snapshot, std::move(stop));
  {
    const std::lock_guard lock(mutex_);
    ++(written ? counters_.written : counters_.failed);
    const auto found = series_.find(key);
    if (found == series_.end()) return;
    Series& series = found->second;
    if (written) {
      // Others may have counted before us; what happened since comes on top.
      series.count += *written - snapshot.count;
      series.written = *written;
    } else {
      // Not tried again before it happens again; then all of it is reported.
      series.written = std::min(series.written, snapshot.written);
      if (snapshot.written == 0) series_.erase(found);
    }
  }
  if (!written && on_failure_) on_failure_(written.error());
}

// The count the API server holds afterwards.
ApiResult<std::int64_t> EventRecorder::Write(const std::string& name, const Series& series,
                                             std::stop_token stop) {
  const ObjectKey key{EventNamespace(series.event), name};
  if (series.written > 0) {
    ApiResult<std::int64_t> updated = WriteSeries(key, series, series.count, stop);
    if (updated || updated.error().kind != base::ErrorKind::kNotFound) return updated;
    // Events live an hour by default; this one has gone and begins anew.
  }
  const ApiResult<Object> created =
      client_.Create(kEvents, key.ns, Describe(name, series), {}, stop);
  if (created) return series.count;
  if (created.error().reason != "AlreadyExists") return tl::unexpected(created.error());
  return Join(key, series, std::move(stop));
}

// Somebody (a replica, we before a restart, or our own request sent twice)
// wrote this Event first: adds to its count.
ApiResult<std::int64_t> EventRecorder::Join(const ObjectKey& key, const Series& series,
                                            std::stop_token stop) {
  const ApiResult<Object> existing = client_.Get(kEvents, key, stop);
  if (!existing) return tl::unexpected(existing.error());
  std::int64_t count = 1;
  const Json& body = *existing->body;
  if (const auto found = body.find("series"); found != body.end() && found->is_object()) {
    const auto counted = found->find("count");
    if (counted != found->end() && counted->is_number_integer()) count = counted->get<int>();
  }
  return WriteSeries(key, series, count + series.count, std::move(stop));
}

ApiResult<std::int64_t> EventRecorder::WriteSeries(const ObjectKey& key, const Series& series,
                                                   std::int64_t count, std::stop_token stop) {
  const Json patch = {{"series", SeriesJson(count, series.last_seen)}};
  const ApiResult<Object> patched = client_.MergePatch(kEvents, key, patch, {}, std::move(stop));
  if (!patched) return tl::unexpected(patched.error());
  return count;
}

Json EventRecorder::Describe(const std::string& name, const Series& series) const {
  const Event& event = series.event;
  Json body = {
      {"apiVersion", ApiVersion(kEvents)},
      {"kind", kEvents.kind},
      {"metadata", {{"name", name}, {"namespace", EventNamespace(event)}}},
      {"eventTime", MicroTime(series.first_seen)},
      {"reportingController", options_.controller},
      {"reportingInstance", base::Printable(options_.instance, kMaxEventWordBytes)},
      {"type", ToString(event.type)},
      {"reason", base::Printable(event.reason, kMaxEventWordBytes)},
      {"action", base::Printable(event.action, kMaxEventWordBytes)},
      {"note", base::Printable(event.note, kMaxEventNoteBytes)},
      {"regarding", Reference(event.regarding)},
  };
  if (event.related) body["related"] = Reference(*event.related);
  if (series.count > 1) body["series"] = SeriesJson(series.count, series.last_seen);
  return body;
}

}  // namespace launchgate::kube
