#include "harness/open_loop.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <unordered_map>
#include <utility>

#include "harness/schedule.h"

namespace harness {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kMaxDiscardedBytes = 64 * 1024;  // Of one answer.
constexpr milliseconds kLongestWait{1'000};            // Only a net: timer and sockets wake us.

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Multi = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// A timer that poll() can wait for: its own time-out is too coarse, whole milliseconds.
class Alarm {
 public:
  Alarm() : fd_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() {
    if (fd_ >= 0) close(fd_);
  }

  [[nodiscard]] int fd() const { return fd_; }

  // Readable from then on; replaces the time set before.
  void SetAfter(nanoseconds wait) {
    const nanoseconds at_least = std::max(wait, nanoseconds(1));  // 0 would disarm it.
    itimerspec spec{};
    spec.it_value.tv_sec = static_cast<time_t>(at_least.count() / 1'000'000'000);
    spec.it_value.tv_nsec = static_cast<long>(at_least.count() % 1'000'000'000);
    timerfd_settime(fd_, 0, &spec, nullptr);
  }

 private:
  int fd_;
};

struct Transfer {
  Easy easy{nullptr, &curl_easy_cleanup};
  std::uint64_t index = 0;
  std::size_t discarded = 0;
};

std::size_t Discard(char* /*data*/, std::size_t /*size*/, std::size_t count, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.discarded += count;
  return transfer.discarded > kMaxDiscardedBytes ? 0 : count;
}

Status Check(const OpenLoopOptions& options) {
  if (!(options.per_second > 0 && options.per_second <= kMaxRate)) {
    return Fail(fmt::format("the rate must be over 0 and at most {} per second", kMaxRate));
  }
  if (options.patience < milliseconds(1)) return Fail("the patience must be at least 1 ms");
  if (options.max_in_flight == 0 || options.max_in_flight > kMaxInFlight) {
    return Fail(fmt::format("between 1 and {} requests may be in flight", kMaxInFlight));
  }
  if (DueWithin(options.duration, options.per_second) > kMaxRequestsPerLoad) {
    return Fail(fmt::format("one load has at most {} requests", kMaxRequestsPerLoad));
  }
  return {};
}

class OpenLoop {
 public:
  OpenLoop(const OpenLoopOptions& options, const MakeTarget& make_target,
           const OnOutcome& on_outcome)
      : options_(options),
        make_target_(make_target),
        on_outcome_(on_outcome),
        total_(DueWithin(options.duration, options.per_second)) {}

  Result<std::vector<Outcome>> Run() {
    if (multi_ == nullptr || alarm_.fd() < 0) return Fail("no timer or no libcurl to be had");
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(kMaxInFlight));
    // libcurl's defaults for POST, a form and "100 Continue", are not what we send.
    for (const char* line : {"Content-Type:", "Expect:"}) {
      headers_.reset(curl_slist_append(headers_.release(), line));
    }
    started_ = Clock::now();
    while (next_ < total_ || !in_flight_.empty()) {
      const Status turned = Turn();
      if (!turned) return tl::unexpected(turned.error());
    }
    outcomes_.resize(next_);
    return std::move(outcomes_);
  }

 private:
  [[nodiscard]] nanoseconds Now() const { return Clock::now() - started_; }
  [[nodiscard]] nanoseconds Due(std::uint64_t index) const {
    return DueAt(index, options_.per_second);
  }
  [[nodiscard]] bool Full() const { return in_flight_.size() >= options_.max_in_flight; }

  // Starts what is due, lets libcurl work, takes what ended, waits for more.
  Status Turn() {
    Status started = StartWhatIsDue();
    if (!started) return started;
    int running = 0;
    if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) return Fail("libcurl failed");
    TakeWhatEnded();
    if (next_ >= total_ && in_flight_.empty()) return {};
    curl_waitfd alarm{.fd = alarm_.fd(), .events = CURL_WAIT_POLLIN, .revents = 0};
    // With everybody in flight, or nobody left to start, only an answer changes anything.
    const bool wait_for_alarm = next_ < total_ && !Full();
    if (wait_for_alarm) alarm_.SetAfter(Due(next_) - Now());
    const CURLMcode polled = curl_multi_poll(multi_.get(), &alarm, wait_for_alarm ? 1 : 0,
                                             static_cast<int>(kLongestWait.count()), nullptr);
    if (polled != CURLM_OK) return Fail("waiting for answers failed");
    return {};
  }

  Status StartWhatIsDue() {
    for (nanoseconds now = Now(); next_ < total_ && !Full() && Due(next_) <= now; now = Now()) {
      const std::uint64_t index = next_++;
      if (outcomes_.size() <= index) outcomes_.resize(index + 1);
      const nanoseconds left = options_.patience - (now - Due(index));
      if (left < milliseconds(1)) {
        // Waited for a free place for as long as its client would wait.
        End(index, kNoAnswer);
        continue;
      }
      Status sent = StartOne(index, left);
      if (!sent) return sent;
    }
    return {};
  }

  Status StartOne(std::uint64_t index, nanoseconds patience_left) {
    std::unique_ptr<Transfer> transfer = TakeIdle();
    CURL* const easy = transfer->easy.get();
    if (easy == nullptr) return Fail("libcurl has no more handles");
    transfer->index = index;
    transfer->discarded = 0;
    const std::string url = options_.base_url + make_target_(index);
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     static_cast<long>(std::chrono::ceil<milliseconds>(patience_left).count()));
    if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) {
      return Fail("libcurl took no more requests");
    }
    in_flight_.emplace(easy, std::move(transfer));
    return {};
  }

  // A handle used before, or a new one.
  std::unique_ptr<Transfer> TakeIdle() {
    if (!idle_.empty()) {
      auto transfer = std::move(idle_.back());
      idle_.pop_back();
      return transfer;
    }
    auto transfer = std::make_unique<Transfer>();
    transfer->easy.reset(curl_easy_init());
    CURL* const easy = transfer->easy.get();
    if (easy == nullptr) return transfer;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, 0L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Discard);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer.get());
    return transfer;
  }

  void TakeWhatEnded() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      long status = 0;
      if (message->data.result == CURLE_OK) {
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      }
      curl_multi_remove_handle(multi_.get(), easy);  // `message` is gone with it.
      auto node = in_flight_.extract(easy);
      const std::uint64_t index = node.mapped()->index;
      idle_.push_back(std::move(node.mapped()));
      End(index, static_cast<int>(status));
    }
  }

  void End(std::uint64_t index, int status) {
    const nanoseconds due = Due(index);
    const nanoseconds took = status == kNoAnswer ? nanoseconds(options_.patience) : Now() - due;
    Outcome& outcome = outcomes_[index];
    outcome = {.due = due,
               .latency_ms = std::chrono::duration<double, std::milli>(took).count(),
               .status = status};
    if (on_outcome_ && !on_outcome_(outcome)) total_ = next_;
  }

  const OpenLoopOptions& options_;
  const MakeTarget& make_target_;
  const OnOutcome& on_outcome_;
  std::uint64_t total_;     // Requests to be started in all.
  std::uint64_t next_ = 0;  // To be started next.
  Clock::time_point started_;
  Alarm alarm_;
  List headers_{nullptr, &curl_slist_free_all};
  Multi multi_{curl_multi_init(), &curl_multi_cleanup};
  std::vector<std::unique_ptr<Transfer>> idle_;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> in_flight_;
  std::vector<Outcome> outcomes_;
};

}  // namespace

Result<std::vector<Outcome>> RunOpenLoop(const OpenLoopOptions& options,
                                         const MakeTarget& make_target,
                                         const OnOutcome& on_outcome) {
  if (const Status checked = Check(options); !checked) return tl::unexpected(checked.error());
  return OpenLoop(options, make_target, on_outcome).Run();
}

}  // namespace harness
