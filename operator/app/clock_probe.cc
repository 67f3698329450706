#include "app/clock_probe.h"

#include <utility>

namespace launchgate::app {

ClockProbe::ClockProbe(transport::Transport& transport, kube::Waiter& waiter,
                       clock::ClockGuard& guard)
    : transport_(transport), waiter_(waiter), guard_(guard) {}

void ClockProbe::Start() {
  thread_ = std::jthread([this](std::stop_token stop) {
    std::chrono::milliseconds since_answer = kClockProbePeriod;
    while (!stop.stop_requested()) {
      // A clock that was stepped is compared again at once.
      const bool due = since_answer >= kClockProbePeriod || !guard_.Trusted();
      if (due && Ask(stop)) since_answer = std::chrono::milliseconds(0);
      waiter_.Wait(kClockProbeTick, stop);
      since_answer += kClockProbeTick;
    }
  });
}

void ClockProbe::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

bool ClockProbe::Ask(std::stop_token stop) {
  transport::HttpRequest request;
  request.target = "/version";
  const auto response = transport_.Send(request, std::move(stop));
  if (!response) return false;
  const auto date = clock::ParseHttpDate(transport::FindHeader(*response, "date"));
  if (!date) return false;
  guard_.Observe(*date);
  return true;
}

}  // namespace launchgate::app
