// Turns SIGTERM and SIGINT into a stop request, outside of any signal handler.

#ifndef LAUNCHGATE_PLATFORM_SIGNALS_H_
#define LAUNCHGATE_PLATFORM_SIGNALS_H_

#include <memory>
#include <stop_token>
#include <string>
#include <tl/expected.hpp>

namespace launchgate::platform {

// While one lives, SIGTERM and SIGINT are blocked and read by a thread of its
// own, and SIGPIPE is ignored. The first signal requests a stop; a second one
// means "now" and ends the process with 128 + its number.
//
// Create it first thing in main(): threads inherit the blocked mask, and one
// started earlier would still die of the signal. At most one per process.
class SignalWatcher {
 public:
  [[nodiscard]] static tl::expected<std::unique_ptr<SignalWatcher>, std::string> Start();

  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;
  ~SignalWatcher();  // Restores the mask of the calling thread and SIGPIPE.

  [[nodiscard]] std::stop_token token() const;
  [[nodiscard]] std::stop_source source() const;  // For stopping without a signal.

  // Blocks until a stop was requested, by a signal or through source().
  void Wait() const;

  // The signal that asked for the stop; 0 when none did.
  [[nodiscard]] int received() const;

 private:
  class Impl;
  explicit SignalWatcher(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_SIGNALS_H_
