#include "shell/transport/exchange.h"

#include <stdexcept>
#include <utility>

namespace launchgate::transport {
namespace {

using Byte = std::uint8_t;
using StateManager = concurrency::streams::details::streambuf_state_manager<Byte>;

// A write-only stream buffer that hands every write to an Exchange. It never
// throws: an exception out of a write ends the process, because the library
// calls it on its own threads without a net.
class BodyBuffer final : public StateManager {
 public:
  explicit BodyBuffer(std::shared_ptr<Exchange> exchange)
      : StateManager(std::ios_base::out), exchange_(std::move(exchange)) {}

  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  std::size_t buffer_size(std::ios_base::openmode) const override { return 0; }
  void set_buffer_size(std::size_t, std::ios_base::openmode) override {}
  std::size_t in_avail() const override { return 0; }
  pos_type getpos(std::ios_base::openmode) const override { return NoPosition(); }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return NoPosition(); }
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
    return NoPosition();
  }
  bool acquire(Byte*& data, std::size_t& size) override {
    data = nullptr;
    size = 0;
    return false;
  }
  void release(Byte*, std::size_t) override {}

 protected:
  pplx::task<std::size_t> _putn(const Byte* data, std::size_t size) override {
    std::optional<pplx::task_completion_event<std::size_t>> resume;
    if (!exchange_->OnBody(data, size, resume)) {
      return pplx::task_from_exception<std::size_t>(std::runtime_error("the body was refused"));
    }
    return resume ? pplx::create_task(*resume) : pplx::task_from_result(size);
  }
  pplx::task<std::size_t> _putn(const Byte* data, std::size_t size, bool) override {
    return _putn(data, size);
  }
  pplx::task<int_type> _putc(Byte byte) override {
    return _putn(&byte, 1).then([byte](std::size_t) { return static_cast<int_type>(byte); });
  }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  Byte* _alloc(std::size_t) override { return nullptr; }
  void _commit(std::size_t) override {}

  // The reading half does not exist.
  pplx::task<int_type> _bumpc() override { return pplx::task_from_result(traits::eof()); }
  int_type _sbumpc() override { return traits::eof(); }
  pplx::task<int_type> _getc() override { return pplx::task_from_result(traits::eof()); }
  int_type _sgetc() override { return traits::eof(); }
  pplx::task<int_type> _nextc() override { return pplx::task_from_result(traits::eof()); }
  pplx::task<int_type> _ungetc() override { return pplx::task_from_result(traits::eof()); }
  pplx::task<std::size_t> _getn(Byte*, std::size_t) override {
    return pplx::task_from_result<std::size_t>(0);
  }
  std::size_t _scopy(Byte*, std::size_t) override { return 0; }

 private:
  static pos_type NoPosition() { return static_cast<pos_type>(traits::eof()); }

  const std::shared_ptr<Exchange> exchange_;
};

Exchange::Wait Outcome(bool ready, const std::stop_token& stop) {
  if (ready) return Exchange::Wait::kReady;
  return stop.stop_requested() ? Exchange::Wait::kStopped : Exchange::Wait::kTimedOut;
}

}  // namespace

concurrency::streams::streambuf<Byte> Exchange::Buffer() {
  return concurrency::streams::streambuf<Byte>(std::make_shared<BodyBuffer>(shared_from_this()));
}

void Exchange::OnHeaders(HttpResponse head) {
  const std::lock_guard lock(mutex_);
  head_ = std::move(head);
  changed_.notify_all();
}

void Exchange::OnDone() {
  const std::lock_guard lock(mutex_);
  done_ = true;
  changed_.notify_all();
}

void Exchange::OnFailure(base::Error error) {
  const std::lock_guard lock(mutex_);
  FailLocked(std::move(error));
}

void Exchange::FailLocked(base::Error error) {
  // The first failure is the cause, later ones are its consequences.
  if (!failure_) failure_ = std::move(error);
  done_ = true;
  changed_.notify_all();
}

bool Exchange::OnBody(const Byte* data, std::size_t size,
                      std::optional<pplx::task_completion_event<std::size_t>>& resume) {
  const std::lock_guard lock(mutex_);
  if (abandoned_) return false;
  // Also catches the chunk size "-2", which arrives here as 2^64 - 2.
  if (size > max_body_bytes_ || (!streaming_ && size > max_body_bytes_ - received_bytes_)) {
    FailLocked({base::ErrorKind::kExhausted,
                "the answer's body is larger than " + std::to_string(max_body_bytes_) + " bytes"});
    return false;
  }
  received_bytes_ += streaming_ ? 0 : size;
  body_.append(reinterpret_cast<const char*>(data), size);
  if (streaming_ && body_.size() > kMaxBufferedStreamBytes) {
    resume_.emplace();
    resume = resume_;
    held_bytes_ = size;
  }
  changed_.notify_all();
  return true;
}

void Exchange::BecomeStream() {
  const std::lock_guard lock(mutex_);
  streaming_ = true;
}

Exchange::Wait Exchange::WaitForHeaders(std::stop_token stop, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const bool ready =
      changed_.wait_for(lock, stop, timeout, [this] { return head_.has_value() || done_; });
  return Outcome(ready, stop);
}

Exchange::Wait Exchange::WaitForEnd(std::stop_token stop, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const bool ready = changed_.wait_for(lock, stop, timeout, [this] { return done_; });
  return Outcome(ready, stop);
}

Exchange::Wait Exchange::WaitForPiece(std::stop_token stop, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  const bool ready =
      changed_.wait_for(lock, stop, timeout, [this] { return !body_.empty() || done_; });
  return Outcome(ready, stop);
}

std::string Exchange::TakeBody() {
  std::string body;
  std::size_t held = 0;
  std::optional<pplx::task_completion_event<std::size_t>> resume;
  {
    const std::lock_guard lock(mutex_);
    body.swap(body_);
    held = held_bytes_;
    resume = TakeResumeLocked();
  }
  // Outside the lock: this runs the library's continuation.
  if (resume) resume->set(held);
  return body;
}

std::optional<pplx::task_completion_event<std::size_t>> Exchange::TakeResumeLocked() {
  return std::exchange(resume_, std::nullopt);
}

std::optional<base::Error> Exchange::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

bool Exchange::done() {
  const std::lock_guard lock(mutex_);
  return done_;
}

std::optional<HttpResponse> Exchange::head() {
  const std::lock_guard lock(mutex_);
  return head_;
}

void Exchange::Abandon() {
  std::optional<pplx::task_completion_event<std::size_t>> resume;
  {
    const std::lock_guard lock(mutex_);
    abandoned_ = true;
    body_.clear();
    resume = TakeResumeLocked();
  }
  if (resume) resume->set_exception(std::runtime_error("nobody waits for the body any more"));
}

std::shared_ptr<Exchange> HeldExchanges::Begin(const std::shared_ptr<HeldExchanges>& held,
                                               std::size_t max_body_bytes) {
  held->Add(1);
  return {new Exchange(max_body_bytes), [held](const Exchange* exchange) {
            delete exchange;
            held->Add(-1);
          }};
}

bool HeldExchanges::WaitForNone(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return none_.wait_for(lock, timeout, [this] { return count_ == 0; });
}

void HeldExchanges::Add(int difference) {
  const std::lock_guard lock(mutex_);
  count_ += difference;
  if (count_ == 0) none_.notify_all();
}

}  // namespace launchgate::transport
