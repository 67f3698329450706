#include "platform/http_session.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "platform/http_worker.h"

namespace launchgate::platform {
namespace {

using Socket = boost::asio::ip::tcp::socket;

constexpr int kMaxStepsPerTurn = 64;  // Then other connections get their turn.

std::string RemoteAddress(const Socket& socket) {
  boost::system::error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return {};
  const std::string address = peer.address().to_string(error);
  const std::string port = std::to_string(peer.port());
  return peer.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

}  // namespace

HttpSession::HttpSession(HttpWorker& worker, Socket socket)
    : worker_(worker),
      shared_(worker.shared()),
      socket_(std::move(socket)),
      transport_(socket_.native_handle()),

      phase_since_(HttpNow()),
      deadline_(HttpTime::max()),
      remote_address_(RemoteAddress(socket_)),
      reader_({.header_bytes = shared_.options.header_limit_bytes,
               .header_fields = shared_.options.max_header_fields}) {}

HttpSession::~HttpSession() = default;

bool HttpSession::in_request() const {
  return phase_ == Phase::kHead || phase_ == Phase::kBody || phase_ == Phase::kHandling ||
         phase_ == Phase::kWriting;
}

int HttpSession::Evictability(HttpTime now) const {
  if (now - phase_since_ < shared_.options.make_room_after) return 0;
  if (phase_ == Phase::kLingering) return 4;
  if (phase_ == Phase::kHandling || phase_ == Phase::kWriting) return 0;
  // Nobody who has worked goes while somebody who has not is there.
  if (proven_) return phase_ == Phase::kIdle && shared_.unproven.load() == 0 ? 1 : 0;
  return phase_ == Phase::kHead || phase_ == Phase::kBody ? 2 : 3;
}

bool HttpSession::IsStaleHandshake(HttpTime now) const {
  return phase_ == Phase::kHandshake && now - phase_since_ >= shared_.options.make_room_after;
}

void HttpSession::BecomeProven() {
  if (!std::exchange(proven_, true)) shared_.unproven.fetch_sub(1);
}

// ---- Driving the machine ----------------------------------------------------

void HttpSession::Start() {
  shared_.unproven.fetch_add(1);
  const int on = 1;
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
  const HttpServerOptions& options = shared_.options;
  EnterPhase(options.tls ? Phase::kAwaitHello : Phase::kIdle,
             options.tls ? options.handshake_deadline : options.idle_deadline);
  Wait(Socket::wait_read);
}

void HttpSession::Run() {
  Guarded([this] { RunSteps(); });
}

void HttpSession::Guarded(const std::function<void()>& task) {
  try {
    task();
  } catch (...) {  // Out of memory: this connection gives its share back.
    Close();
  }
}

void HttpSession::RunSteps() {
  Next next = Next::kContinue;
  for (int steps = 0; next == Next::kContinue; ++steps) {
    if (steps == kMaxStepsPerTurn) {
      return boost::asio::post(worker_.context(),
                               [self = shared_from_this(), serial = ++wait_serial_] {
                                 if (self->wait_serial_ == serial) self->Run();
                               });
    }
    next = Step();
  }
  if (next == Next::kWaitRead) Wait(Socket::wait_read);
  if (next == Next::kWaitWrite) Wait(Socket::wait_write);
  if (next == Next::kClose) Close();
}

void HttpSession::Wait(Socket::wait_type what) {
  socket_.async_wait(what, [self = shared_from_this(),
                            serial = ++wait_serial_](const boost::system::error_code& error) {
    if (self->wait_serial_ != serial || self->phase_ == Phase::kClosed) return;
    if (error) return self->Close();
    self->readable_ = true;
    self->Run();
  });
}

HttpSession::Next HttpSession::Step() {
  switch (phase_) {
    case Phase::kAwaitHello:
      return AwaitHello();
    case Phase::kHandshake:
      return ContinueHandshake();
    case Phase::kIdle:
      return AwaitRequest();
    case Phase::kHead:
      return ContinueHead();
    case Phase::kBody:
      return head_.chunked ? ContinueChunks() : ContinueBody();
    case Phase::kHandling:
      return Handle();
    case Phase::kWriting:
      return ContinueWriting();
    case Phase::kLingering:
      return Linger();
    case Phase::kClosed:
      break;
  }
  return Next::kPark;
}

void HttpSession::EnterPhase(Phase phase, std::chrono::milliseconds deadline) {
  phase_ = phase;
  phase_since_ = HttpNow();
  deadline_ = phase_since_ + deadline;
}

void HttpSession::CheckDeadline(HttpTime now) {
  if (now < deadline_ || phase_ == Phase::kClosed) return;
  if (phase_ != Phase::kLingering && !shared_.stopping.load()) shared_.timed_out.fetch_add(1);
  if (phase_ != Phase::kHead && phase_ != Phase::kBody) return Close();
  ++wait_serial_;  // The wait for the rest of the request is over.
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  Guarded([this] { Refuse(408, Rest::kUnread); });
  Run();
}

void HttpSession::BeginStop(HttpTime grace_end) {
  const bool waiting = phase_ == Phase::kAwaitHello || phase_ == Phase::kHandshake ||
                       phase_ == Phase::kIdle || phase_ == Phase::kLingering;
  if (waiting && grace_end < deadline_) deadline_ = grace_end;
}

void HttpSession::Close() {
  if (phase_ == Phase::kClosed) return;
  const auto self = shared_from_this();
  LeaveHandshake();
  phase_ = Phase::kClosed;
  ++wait_serial_;
  ReleaseBody();
  BecomeProven();  // Not counted any longer.
  boost::system::error_code ignored;
  socket_.close(ignored);
  worker_.Remove(*this);
}

HttpSession::Next HttpSession::AfterIo(IoStatus status) const {
  switch (status) {
    case IoStatus::kDone:
      return Next::kContinue;
    case IoStatus::kWantRead:
      return Next::kWaitRead;
    case IoStatus::kWantWrite:
      return Next::kWaitWrite;
    case IoStatus::kClosed:
      break;
  }
  return Next::kClose;
}

// ---- TLS handshake ----------------------------------------------------------

// A peer that never says hello costs a socket and no TLS state.
HttpSession::Next HttpSession::AwaitHello() {
  if (waiting_for_handshake_) return Next::kPark;
  if (!worker_.BeginHandshake(*this)) {
    waiting_for_handshake_ = true;
    return Next::kPark;
  }
  holds_handshake_ = true;
  tls_ = shared_.tls.Get();
  if (!transport_.StartTls(*tls_)) return Next::kClose;
  phase_ = Phase::kHandshake;  // The deadline still counts from accept.
  phase_since_ = HttpNow();
  return Next::kContinue;
}

void HttpSession::ResumeHandshake() {
  waiting_for_handshake_ = false;
  if (phase_ == Phase::kAwaitHello) Run();
}

HttpSession::Next HttpSession::ContinueHandshake() {
  const IoStatus status = transport_.Handshake();
  if (status == IoStatus::kClosed) shared_.handshakes_failed.fetch_add(1);
  if (status != IoStatus::kDone) return AfterIo(status);
  LeaveHandshake();
  request_.client_certificate_verified = transport_.PeerVerified();
  readable_ = true;  // The request may have come with the end of the handshake.
  EnterPhase(Phase::kIdle, shared_.options.idle_deadline);
  return Next::kContinue;
}

void HttpSession::LeaveHandshake() {
  if (std::exchange(holds_handshake_, false)) worker_.EndHandshake();
}

}  // namespace launchgate::platform
