// A client that sends exactly the bytes a test gives it, over plain TCP or TLS,
// and shows exactly what came back. For servers on loopback only.

#ifndef LAUNCHGATE_TESTS_SUPPORT_RAW_HTTP_CLIENT_H_
#define LAUNCHGATE_TESTS_SUPPORT_RAW_HTTP_CLIENT_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace launchgate::test_support {

struct RawTlsOptions {
  std::string authority_pem;         // What the server must chain to.
  std::string certificate_pem = {};  // A client certificate, if any.
  std::string private_key_pem = {};
  std::vector<std::string> alpn = {};  // Offered protocols, in order.
  int max_version = 0;                 // TLS1_1_VERSION and so on; 0: the newest.
};

struct RawResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;
};

// Every wait ends after `patience`. Not thread-safe.
class RawHttpClient {
 public:
  static constexpr std::chrono::milliseconds kPatience{20'000};

  // Null when the connection or the handshake fails.
  static std::unique_ptr<RawHttpClient> Connect(std::uint16_t port);
  static std::unique_ptr<RawHttpClient> ConnectTls(std::uint16_t port,
                                                   const RawTlsOptions& options);

  RawHttpClient(const RawHttpClient&) = delete;
  RawHttpClient& operator=(const RawHttpClient&) = delete;
  ~RawHttpClient();

  // False when the peer no longer takes bytes.
  bool Send(std::string_view bytes);

  // The next complete answer (1xx included); nullopt when the connection ends
  // or patience runs out before it is complete.
  std::optional<RawResponse> ReadResponse();

  // Whether the peer closes the connection within `patience`, whatever it sends first.
  bool ClosedByPeer(std::chrono::milliseconds patience = kPatience);

  // Whether nothing at all arrives for this long (not even a close).
  bool SilentFor(std::chrono::milliseconds duration);

  void CloseWrite();

  // Of the TLS session; empty for plain connections.
  [[nodiscard]] std::string alpn_selected() const;
  [[nodiscard]] std::string server_certificate_pem() const;

 private:
  struct Tls;
  explicit RawHttpClient(int fd);

  // Appends what comes to received_. False at the end of the connection.
  bool Fill(std::chrono::milliseconds patience);

  int fd_;
  std::unique_ptr<Tls> tls_;
  std::string received_;
  bool ended_ = false;
};

// "METHOD path HTTP/1.1" with Host and, for a body, Content-Length.
std::string MakeRequest(std::string_view method, std::string_view path, std::string_view body = {},
                        std::string_view extra_headers = {});

}  // namespace launchgate::test_support

#endif  // LAUNCHGATE_TESTS_SUPPORT_RAW_HTTP_CLIENT_H_
