#include "shell/kube/timers.h"

#include <condition_variable>
#include <mutex>

namespace launchgate::kube {

bool SystemWaiter::Wait(std::chrono::milliseconds duration, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never_notified;
  std::unique_lock lock(mutex);
  never_notified.wait_for(lock, stop, duration, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace launchgate::kube
