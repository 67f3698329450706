// HTTP/1.1 messages as bytes: the strict reader of requests and the writer of
// answers. No socket.

#ifndef LAUNCHGATE_PLATFORM_HTTP_MESSAGE_H_
#define LAUNCHGATE_PLATFORM_HTTP_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http.h"

namespace launchgate::platform {

// What became of the bytes given to HttpRequestReader.
struct ReadProgress {
  enum class State {
    kNeedMore,  // Everything complete was taken; the rest waits for more bytes.
    kHeadDone,  // Once per request, after the last byte of the head.
    kRefused,   // See status. Nothing further can be read from this connection.
  };
  State state = State::kNeedMore;
  std::size_t consumed = 0;
  int status = 0;
};

// Reads the head of one request. Bodies are not its business: one with
// Content-Length is plain bytes, for the other kind see http_chunks.h.
//
// Stricter than RFC 9112 wherever two parsers might disagree about where a
// request ends: exactly one Host (HTTP/1.1), at most one Content-Length of
// digits only, no Transfer-Encoding but exactly `chunked` in HTTP/1.1 and never
// with Content-Length, origin-form targets only, no folded lines, no bare LF.
//
// Not thread-safe. Reset() before every request.
class HttpRequestReader {
 public:
  struct Limits {
    std::size_t header_bytes = 0;
    std::size_t header_fields = 0;
  };

  explicit HttpRequestReader(Limits limits);
  ~HttpRequestReader();
  HttpRequestReader(const HttpRequestReader&) = delete;
  HttpRequestReader& operator=(const HttpRequestReader&) = delete;

  void Reset();

  // Bytes of the head. Until kHeadDone the unconsumed rest must be offered
  // again with more behind it, and consumed bytes must stay in `buffer`: pass
  // the whole buffer and where unread bytes begin. It may move between calls.
  [[nodiscard]] ReadProgress ReadHead(std::string_view buffer, std::size_t unread_from);

  // Of the head; valid after kHeadDone, as views into `buffer`.
  struct Head {
    std::string_view method;
    std::string_view target;
    std::vector<HeaderField> fields;
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool http11 = false;
    bool keep_alive = false;
  };
  void Describe(std::string_view buffer, Head& head) const;

 private:
  class Parser;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The standard phrase of a status; "Unknown" for one we never send.
[[nodiscard]] std::string_view ReasonPhrase(int status);

// Appends status line and headers of `response` to `out`. A response that
// breaks the rules of http.h is repaired in place first. `date` is an
// IMF-fixdate, see FormatHttpDate().
void AppendResponseHead(Response& response, bool close, std::string_view date, std::string& out);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
[[nodiscard]] std::string FormatHttpDate(std::int64_t unix_seconds);

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_MESSAGE_H_
