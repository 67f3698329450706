#include "tests/support/raw_http_client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <csignal>
#include <cstdlib>

namespace launchgate::test_support {
namespace {

using std::chrono::milliseconds;

int ConnectTo(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(fd);
    return -1;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const timeval patience{.tv_sec = RawHttpClient::kPatience.count() / 1000, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  return fd;
}

bool WaitReadable(int fd, milliseconds patience) {
  pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&watched, 1, static_cast<int>(patience.count())) > 0;
}

template <auto Read, typename Use>
bool WithPem(const std::string& pem, Use use) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  auto* object = Read(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return object != nullptr && use(object);
}

bool Configure(SSL_CTX* context, const RawTlsOptions& options) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // So that a test can offer what a modern policy would not.
  SSL_CTX_set_security_level(context, 0);
  if (options.max_version != 0) {
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, options.max_version);
  }
  bool ok = WithPem<PEM_read_bio_X509>(options.authority_pem, [context](X509* authority) {
    const bool added = X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority) == 1;
    X509_free(authority);
    return added;
  });
  if (options.certificate_pem.empty()) return ok;
  ok &= WithPem<PEM_read_bio_X509>(options.certificate_pem, [context](X509* certificate) {
    const bool used = SSL_CTX_use_certificate(context, certificate) == 1;
    X509_free(certificate);
    return used;
  });
  return ok && WithPem<PEM_read_bio_PrivateKey>(options.private_key_pem, [context](EVP_PKEY* key) {
           const bool used = SSL_CTX_use_PrivateKey(context, key) == 1;
           EVP_PKEY_free(key);
           return used;
         });
}

std::string LowerCase(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Parses the head `text` (without its empty line).
RawResponse ParseHead(std::string_view text) {
  RawResponse response;
  response.status =
      std::atoi(std::string(text.substr(std::min<std::size_t>(9, text.size()))).c_str());
  for (auto at = text.find("\r\n"); at != std::string_view::npos;) {
    const auto end = text.find("\r\n", at + 2);
    const auto line = text.substr(at + 2, end == std::string_view::npos ? end : end - at - 2);
    const auto colon = line.find(": ");
    if (colon != std::string_view::npos) {
      response.headers[LowerCase(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
    }
    at = end;
  }
  return response;
}

}  // namespace

struct RawHttpClient::Tls {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = nullptr;

  Tls() = default;
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;
  ~Tls() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
};

RawHttpClient::RawHttpClient(int fd) : fd_(fd) {}

RawHttpClient::~RawHttpClient() { ::close(fd_); }

std::unique_ptr<RawHttpClient> RawHttpClient::Connect(std::uint16_t port) {
  const int fd = ConnectTo(port);
  return fd < 0 ? nullptr : std::unique_ptr<RawHttpClient>(new RawHttpClient(fd));
}

std::unique_ptr<RawHttpClient> RawHttpClient::ConnectTls(std::uint16_t port,
                                                         const RawTlsOptions& options) {
  // OpenSSL writes without MSG_NOSIGNAL, and refused peers hang up on us.
  static const auto ignored = ::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(ignored);
  auto client = Connect(port);
  if (!client) return nullptr;
  client->tls_ = std::make_unique<Tls>();
  Tls& tls = *client->tls_;
  if (!Configure(tls.context, options)) return nullptr;
  tls.ssl = SSL_new(tls.context);
  std::string alpn;
  for (const std::string& name : options.alpn) alpn += static_cast<char>(name.size()) + name;
  if (!alpn.empty()) {
    SSL_set_alpn_protos(tls.ssl, reinterpret_cast<const unsigned char*>(alpn.data()),
                        static_cast<unsigned int>(alpn.size()));
  }
  SSL_set1_host(tls.ssl, "localhost");
  SSL_set_tlsext_host_name(tls.ssl, "localhost");
  SSL_set_fd(tls.ssl, client->fd_);
  ERR_clear_error();
  return SSL_connect(tls.ssl) == 1 ? std::move(client) : nullptr;
}

bool RawHttpClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    std::size_t sent = 0;
    if (tls_) {
      ERR_clear_error();
      if (SSL_write_ex(tls_->ssl, bytes.data(), bytes.size(), &sent) != 1) return false;
    } else {
      const auto result = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (result <= 0) return false;
      sent = static_cast<std::size_t>(result);
    }
    bytes.remove_prefix(sent);
  }
  return true;
}

bool RawHttpClient::Fill(milliseconds patience) {
  const bool buffered = tls_ && SSL_has_pending(tls_->ssl) == 1;
  if (!buffered && !WaitReadable(fd_, patience)) return false;
  std::array<char, 16 * 1024> chunk{};
  std::size_t got = 0;
  if (tls_) {
    ERR_clear_error();
    ended_ = SSL_read_ex(tls_->ssl, chunk.data(), chunk.size(), &got) != 1;
  } else {
    const auto result = ::recv(fd_, chunk.data(), chunk.size(), 0);
    ended_ = result <= 0;
    got = ended_ ? 0 : static_cast<std::size_t>(result);
  }
  received_.append(chunk.data(), got);
  return !ended_;
}

std::optional<RawResponse> RawHttpClient::ReadResponse() {
  auto head_end = received_.find("\r\n\r\n");
  while (head_end == std::string::npos) {
    if (!Fill(kPatience)) return std::nullopt;
    head_end = received_.find("\r\n\r\n");
  }
  RawResponse response = ParseHead(std::string_view(received_).substr(0, head_end));
  const auto length = response.headers.find("content-length");
  const std::size_t body_size = length == response.headers.end() ? 0 : std::stoul(length->second);
  while (received_.size() < head_end + 4 + body_size) {
    if (!Fill(kPatience)) return std::nullopt;
  }
  response.body = received_.substr(head_end + 4, body_size);
  received_.erase(0, head_end + 4 + body_size);
  return response;
}

bool RawHttpClient::ClosedByPeer(milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!ended_) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) return false;
    Fill(left);
  }
  return true;
}

bool RawHttpClient::SilentFor(milliseconds duration) {
  const std::size_t before = received_.size();
  Fill(duration);
  return !ended_ && received_.size() == before;
}

void RawHttpClient::CloseWrite() { ::shutdown(fd_, SHUT_WR); }

std::string RawHttpClient::alpn_selected() const {
  const unsigned char* name = nullptr;
  unsigned int length = 0;
  if (tls_) SSL_get0_alpn_selected(tls_->ssl, &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

std::string RawHttpClient::server_certificate_pem() const {
  X509* certificate = tls_ ? SSL_get0_peer_certificate(tls_->ssl) : nullptr;
  if (certificate == nullptr) return {};
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

std::string MakeRequest(std::string_view method, std::string_view path, std::string_view body,
                        std::string_view extra_headers) {
  std::string request;
  request.append(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
  if (!body.empty())
    request.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  request.append(extra_headers).append("\r\n").append(body);
  return request;
}

}  // namespace launchgate::test_support
