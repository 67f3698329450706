#include "platform/signals.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "platform/fail.h"

namespace launchgate::platform {
namespace {

constexpr int kExitBySignal = 128;  // Shells report death by signal n as 128 + n.

// A descriptor that is closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

std::string ErrnoText(int code) { return std::generic_category().message(code); }

}  // namespace

class SignalWatcher::Impl {
 public:
  Impl()
      : signals_(::signalfd(-1, &stop_signals_, SFD_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC)) {}

  ~Impl() {
    if (thread_.joinable()) {
      const std::uint64_t one = 1;
      // An eventfd that is not full cannot refuse this.
      [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof(one));
      thread_.join();
    }
    if (!blocked_) return;
    ::sigaction(SIGPIPE, &old_pipe_action_, nullptr);
    ::pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
  }

  tl::expected<void, std::string> Start() {
    if (signals_.get() < 0 || wake_.get() < 0) {
      return Fail("cannot watch signals: " + ErrnoText(errno));
    }
    if (const int code = ::pthread_sigmask(SIG_BLOCK, &stop_signals_, &old_mask_); code != 0) {
      return Fail("cannot block signals: " + ErrnoText(code));
    }
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &old_pipe_action_);
    blocked_ = true;
    thread_ = std::thread([this] { Watch(); });
    return {};
  }

  void Wait() const {
    const auto token = source_.get_token();
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait(lock, token, [] { return false; });
  }

  [[nodiscard]] const std::stop_source& source() const { return source_; }
  [[nodiscard]] int received() const { return received_.load(); }

 private:
  void Watch() {
    std::array<pollfd, 2> watched = {{{.fd = signals_.get(), .events = POLLIN, .revents = 0},
                                      {.fd = wake_.get(), .events = POLLIN, .revents = 0}}};
    while (true) {
      if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) return;
      if ((watched[1].revents & POLLIN) != 0) return;
      if ((watched[0].revents & POLLIN) != 0) OnSignal();
    }
  }

  void OnSignal() {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof(info)) != sizeof(info)) return;
    const int number = static_cast<int>(info.ssi_signo);
    if (received_.load() != 0) ::_exit(kExitBySignal + number);
    received_ = number;
    source_.request_stop();
  }

  const sigset_t stop_signals_ = StopSignals();
  Descriptor signals_;
  Descriptor wake_;
  sigset_t old_mask_{};
  struct sigaction old_pipe_action_ = {};
  bool blocked_ = false;
  std::atomic<int> received_{0};
  std::stop_source source_;
  std::thread thread_;
};

SignalWatcher::SignalWatcher(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SignalWatcher::~SignalWatcher() = default;

tl::expected<std::unique_ptr<SignalWatcher>, std::string> SignalWatcher::Start() {
  auto impl = std::make_unique<Impl>();
  if (auto started = impl->Start(); !started) return tl::unexpected(started.error());
  return std::unique_ptr<SignalWatcher>(new SignalWatcher(std::move(impl)));
}

std::stop_token SignalWatcher::token() const { return impl_->source().get_token(); }
std::stop_source SignalWatcher::source() const { return impl_->source(); }
void SignalWatcher::Wait() const { impl_->Wait(); }
int SignalWatcher::received() const { return impl_->received(); }

}  // namespace launchgate::platform
