#include "gift-cards/charge_exchange.h"

#include <exception>
#include <stdexcept>
#include <utility>

namespace gift_cards {
namespace {

using Byte = unsigned char;
using BufferBase = concurrency::streams::details::streambuf_state_manager<Byte>;

// The writing half of a stream buffer over a ChargeExchange. Reports refusal as
// a failed task: the library looks at those, but not at exceptions.
class BodySink final : public BufferBase {
 public:
  explicit BodySink(std::shared_ptr<ChargeExchange> exchange)
      : BufferBase(std::ios_base::out), exchange_(std::move(exchange)) {}

  bool can_seek() const override { return false; }
  bool has_size() const override { return false; }
  std::size_t buffer_size(std::ios_base::openmode) const override { return 0; }
  void set_buffer_size(std::size_t, std::ios_base::openmode) override {}
  std::size_t in_avail() const override { return 0; }
  pos_type getpos(std::ios_base::openmode) const override { return kNowhere; }
  pos_type seekpos(pos_type, std::ios_base::openmode) override { return kNowhere; }
  pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
    return kNowhere;
  }
  // Neither lends its memory: every byte comes through _putn().
  bool acquire(Byte*& data, std::size_t& size) override {
    data = nullptr;
    size = 0;
    return false;
  }
  void release(Byte*, std::size_t) override {}

 protected:
  pplx::task<std::size_t> _putn(const Byte* data, std::size_t size) override {
    if (exchange_->OnBody(data, size)) return pplx::task_from_result(size);
    return pplx::task_from_exception<std::size_t>(std::runtime_error("body refused"));
  }
  pplx::task<int_type> _putc(Byte byte) override {
    if (exchange_->OnBody(&byte, 1)) return pplx::task_from_result<int_type>(byte);
    return pplx::task_from_exception<int_type>(std::runtime_error("body refused"));
  }
  pplx::task<bool> _sync() override { return pplx::task_from_result(true); }
  Byte* _alloc(std::size_t) override { return nullptr; }
  void _commit(std::size_t) override {}

  // Nothing can be read.
  pplx::task<int_type> _bumpc() override { return Eof(); }
  pplx::task<int_type> _getc() override { return Eof(); }
  pplx::task<int_type> _nextc() override { return Eof(); }
  pplx::task<int_type> _ungetc() override { return Eof(); }
  int_type _sbumpc() override { return traits::eof(); }
  int_type _sgetc() override { return traits::eof(); }
  std::size_t _scopy(Byte*, std::size_t) override { return 0; }
  pplx::task<std::size_t> _getn(Byte*, std::size_t) override {
    return pplx::task_from_result<std::size_t>(0);
  }

 private:
  static constexpr off_type kNowhere = -1;
  static pplx::task<int_type> Eof() { return pplx::task_from_result<int_type>(traits::eof()); }

  const std::shared_ptr<ChargeExchange> exchange_;
};

}  // namespace

concurrency::streams::ostream ChargeExchange::BodyStream() {
  auto sink = std::make_shared<BodySink>(shared_from_this());
  return concurrency::streams::streambuf<Byte>(std::move(sink)).create_ostream();
}

void ChargeExchange::OnStatus(int status) {
  const std::lock_guard lock(mutex_);
  end_.status = status;
  // The library would now wait for the body of an answer that has none.
  if (status < kFirstFinalStatus) FailLocked("the answer's status does not end a request");
}

bool ChargeExchange::OnBody(const unsigned char* data, std::size_t size) {
  const std::lock_guard lock(mutex_);
  if (abandoned_ || ended_) return false;
  // `size` may be anything up to 2^64 - 1 and is compared, never added.
  if (size > kMaxBodyBytes - end_.body.size()) {
    FailLocked("the answer's body is malformed or larger than 16 KiB");
    return false;
  }
  end_.body.append(reinterpret_cast<const char*>(data), size);
  return true;
}

void ChargeExchange::OnEnd() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  ended_changed_.notify_all();
}

void ChargeExchange::OnFailure(std::string why) {
  const std::lock_guard lock(mutex_);
  FailLocked(std::move(why));
}

void ChargeExchange::FailLocked(std::string why) {
  // The first failure is the cause, later ones follow from it.
  if (!ended_) end_.failure = std::move(why);
  ended_ = true;
  ended_changed_.notify_all();
}

std::optional<ChargeExchange::End> ChargeExchange::WaitUntil(
    std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  if (ended_changed_.wait_until(lock, deadline, [this] { return ended_; })) return end_;
  abandoned_ = true;
  return std::nullopt;
}

}  // namespace gift_cards
