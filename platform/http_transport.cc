#include "platform/http_transport.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cerrno>

namespace launchgate::platform {
namespace {

IoResult ResultOf(ssize_t bytes, IoStatus when_blocked) {
  if (bytes > 0) return {IoStatus::kDone, static_cast<std::size_t>(bytes)};
  const bool blocked = bytes < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  return {blocked ? when_blocked : IoStatus::kClosed, 0};
}

}  // namespace

void HttpTransport::FreeSsl::operator()(SSL* ssl) const { SSL_free(ssl); }

bool HttpTransport::StartTls(const TlsContext& context) {
  ssl_.reset(context.NewConnection(fd_));
  return ssl_ != nullptr;
}

IoStatus HttpTransport::StatusOf(int result) const {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return IoStatus::kWantRead;
    case SSL_ERROR_WANT_WRITE:
      return IoStatus::kWantWrite;
    default:
      ERR_clear_error();
      return IoStatus::kClosed;
  }
}

IoStatus HttpTransport::Handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? IoStatus::kDone : StatusOf(result);
}

bool HttpTransport::PeerVerified() const {
  return ssl_ != nullptr && SSL_get0_peer_certificate(ssl_.get()) != nullptr &&
         SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

IoResult HttpTransport::Read(std::span<char> into) {
  if (!ssl_) {
    return ResultOf(::recv(fd_, into.data(), into.size(), MSG_DONTWAIT), IoStatus::kWantRead);
  }
  ERR_clear_error();
  std::size_t got = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
  return result == 1 ? IoResult{IoStatus::kDone, got} : IoResult{StatusOf(result), 0};
}

IoResult HttpTransport::Write(std::string_view data, bool more) {
  if (!ssl_) {
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    return ResultOf(::send(fd_, data.data(), data.size(), flags), IoStatus::kWantWrite);
  }
  ERR_clear_error();
  std::size_t sent = 0;
  const int result = SSL_write_ex(ssl_.get(), data.data(), data.size(), &sent);
  return result == 1 ? IoResult{IoStatus::kDone, sent} : IoResult{StatusOf(result), 0};
}

bool HttpTransport::HasBuffered() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }

void HttpTransport::CloseWrite() {
  if (ssl_ && SSL_is_init_finished(ssl_.get()) == 1) {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  ::shutdown(fd_, SHUT_WR);
}

IoResult HttpTransport::Discard(std::span<char> scratch) const {
  return ResultOf(::recv(fd_, scratch.data(), scratch.size(), MSG_DONTWAIT), IoStatus::kWantRead);
}

}  // namespace launchgate::platform
