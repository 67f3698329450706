#include "tests/support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

namespace launchgate::test_support {
namespace {

void Must(bool ok) {
  if (!ok) std::abort();
}

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

Owned<BIO> ReadOnly(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Owned<X509> ReadCertificate(const std::string& pem) {
  return Owned<X509>(PEM_read_bio_X509(ReadOnly(pem).get(), nullptr, nullptr, nullptr));
}

Owned<SSL_CTX> MakeContext(const RawServerOptions& options) {
  Owned<SSL_CTX> context(SSL_CTX_new(TLS_server_method()));
  const Owned<X509> leaf = ReadCertificate(options.tls->certificate_pem);
  const Owned<EVP_PKEY> key(
      PEM_read_bio_PrivateKey(ReadOnly(options.tls->key_pem).get(), nullptr, nullptr, nullptr));
  Must(SSL_CTX_use_certificate(context.get(), leaf.get()) == 1);
  Must(SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1);
  if (!options.client_ca_pem.empty()) {
    const Owned<X509> ca = ReadCertificate(options.client_ca_pem);
    Must(X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), ca.get()) == 1);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

std::size_t BodyLength(std::string_view head) {
  const std::string value = HeaderOf(head, "content-length");
  return value.empty() ? 0 : std::stoul(value);
}

}  // namespace

struct RawServer::Context {
  Owned<SSL_CTX> tls;
};

class RawServer::Connection final : public RawConnection {
 public:
  Connection(RawServer& server, int socket, SSL* ssl)
      : server_(server), socket_(socket), ssl_(ssl) {}

  std::optional<std::string> ReadRequest() override {
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!Fill()) return std::nullopt;
    }
    const std::size_t total = end + 4 + BodyLength(std::string_view(buffer_).substr(0, end + 2));
    while (buffer_.size() < total) {
      if (!Fill()) return std::nullopt;
    }
    std::string request = buffer_.substr(0, total);
    buffer_.erase(0, total);
    const std::lock_guard lock(server_.mutex_);
    server_.requests_.push_back(request);
    return request;
  }

  bool Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U));
      const int sent = ssl_ != nullptr
                           ? SSL_write(ssl_, bytes.data(), size)
                           : static_cast<int>(::send(socket_, bytes.data(),
                                                     static_cast<std::size_t>(size), MSG_NOSIGNAL));
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void WaitUntilClosed() override {
    while (Fill()) buffer_.clear();
  }

  std::string PeerName() const override {
    if (ssl_ == nullptr) return {};
    const Owned<X509> peer(SSL_get1_peer_certificate(ssl_));
    if (!peer) return {};
    char name[256] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name, sizeof name);
    return name;
  }

 private:
  bool Fill() {
    char data[16384];
    const int size = ssl_ != nullptr ? SSL_read(ssl_, data, sizeof data)
                                     : static_cast<int>(::recv(socket_, data, sizeof data, 0));
    if (size <= 0) return false;
    buffer_.append(data, static_cast<std::size_t>(size));
    return true;
  }

  RawServer& server_;
  const int socket_;
  SSL* const ssl_;
  std::string buffer_;
};

RawServer::RawServer(Script script, RawServerOptions options)
    : script_(std::move(script)),
      options_(std::move(options)),
      context_(std::make_unique<Context>()) {
  std::signal(SIGPIPE, SIG_IGN);  // SSL_write() to a peer that has gone.
  if (options_.tls) context_->tls = MakeContext(options_);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  Must(::bind(listener_, generic, sizeof address) == 0);
  Must(::listen(listener_, 64) == 0);
  socklen_t size = sizeof address;
  Must(::getsockname(listener_, generic, &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this] { AcceptLoop(); });
}

RawServer::~RawServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  scripts_.clear();  // Joins.
}

std::string RawServer::url() const {
  return (options_.tls ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
}

std::vector<std::string> RawServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int RawServer::connections() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

void RawServer::AcceptLoop() {
  while (true) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(socket);
      return;
    }
    ++accepted_;
    sockets_.push_back(socket);
    scripts_.emplace_back([this, socket] { Serve(socket); });
  }
}

void RawServer::Serve(int socket) {
  {
    const Owned<SSL> ssl(context_->tls ? SSL_new(context_->tls.get()) : nullptr);
    bool ready = true;
    if (ssl) {
      SSL_set_fd(ssl.get(), socket);
      ready = SSL_accept(ssl.get()) == 1;
    }
    if (ready) {
      Connection connection(*this, socket, ssl.get());
      script_(connection);
      if (ssl) SSL_shutdown(ssl.get());
    }
    ERR_clear_error();
  }
  const std::lock_guard lock(mutex_);
  sockets_.erase(std::remove(sockets_.begin(), sockets_.end(), socket), sockets_.end());
  ::close(socket);
}

std::string HttpAnswer(int status, std::string_view body, std::string_view extra_headers) {
  std::string answer = "HTTP/1.1 " + std::to_string(status) + " X\r\n";
  answer += "Content-Type: application/json\r\n";
  answer += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  answer.append(extra_headers).append("\r\n").append(body);
  return answer;
}

std::string HeaderOf(std::string_view request, std::string_view name) {
  std::size_t at = request.find("\r\n");
  while (at != std::string_view::npos) {
    at += 2;
    const std::size_t end = request.find("\r\n", at);
    const std::string_view line =
        request.substr(at, end == std::string_view::npos ? end : end - at);
    const std::size_t colon = line.find(':');
    if (colon == name.size() && ::strncasecmp(line.data(), name.data(), name.size()) == 0) {
      std::string_view value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return std::string(value);
    }
    if (line.empty()) break;
    at = end;
  }
  return {};
}

}  // namespace launchgate::test_support
