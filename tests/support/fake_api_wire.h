// The HTTP/1.1 that the fake API server speaks: one request after the other on
// a blocking socket, whole or chunked answers, and ways to break off.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace launchgate::test_support {

struct WireRequest {
  std::string method;
  std::string target;
  std::string path;
  std::map<std::string, std::string> query;    // Decoded.
  std::map<std::string, std::string> headers;  // Names in lowercase.
  std::string body;

  std::string Query(const std::string& key) const;
  std::string Header(const std::string& name) const;
};

// Owns the socket. Used by one thread; Shutdown() of the socket from elsewhere
// makes every call fail.
class WireConnection {
 public:
  explicit WireConnection(int socket) : socket_(socket) {}
  ~WireConnection();
  WireConnection(const WireConnection&) = delete;
  WireConnection& operator=(const WireConnection&) = delete;

  // Nothing when the peer has closed or does not speak HTTP.
  std::optional<WireRequest> Read();
  bool Reply(int code, const std::vector<std::pair<std::string, std::string>>& headers,
             std::string_view body);

  bool BeginChunked();
  // As one or more chunks of at most `piece_bytes` (0: one), each sent on its own.
  bool Chunk(std::string_view bytes, std::size_t piece_bytes = 0);
  bool EndChunked();

  // True when the peer has closed its side (looks, does not wait).
  bool PeerClosed() const;
  // The destructor will close with RST instead of FIN: the peer may lose even what
  // was sent and not yet read.
  void ResetOnClose();

 private:
  bool Send(std::string_view bytes);
  bool Fill();

  int socket_;
  std::string buffer_;
};

}  // namespace launchgate::test_support
