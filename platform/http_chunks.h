// The body of a request in `Transfer-Encoding: chunked`.

#ifndef LAUNCHGATE_PLATFORM_HTTP_CHUNKS_H_
#define LAUNCHGATE_PLATFORM_HTTP_CHUNKS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace launchgate::platform {

// Takes a body apart byte by byte (RFC 9112, 7.1), wherever the pieces are cut.
// Strict: hexadecimal digits without sign, blank or prefix, and CRLF only.
// Extensions and trailers are skipped and never looked at.
//
// Our own, because Boost.Beast 1.74 asserts (and so would end the process) when
// the last chunk of an empty body comes in pieces of less than five bytes.
//
// Not thread-safe.
class HttpChunkDecoder {
 public:
  enum class State { kNeedMore, kDone, kRefused };
  struct Progress {
    State state = State::kNeedMore;
    std::size_t consumed = 0;  // Everything, unless the body ends before.
    int status = 0;            // When refused: 400, or 413 for a body that is too large.
  };

  // Extensions and trailers together may be this long.
  static constexpr std::size_t kMaxIgnoredBytes = 8 * 1024;

  // Begins a body of at most `limit` bytes.
  void Reset(std::uint64_t limit);

  // Decoded bytes are given to `append`; false from it refuses the body with 413.
  // Must not be called again after kDone or kRefused.
  [[nodiscard]] Progress Read(std::string_view bytes,
                              const std::function<bool(std::string_view)>& append);

 private:
  enum class Expect {
    kFirstDigit,
    kDigit,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailer,
    kTrailerLf,
    kLastLf,
    kNothing,
  };

  // What one byte of framing leads to; 0, or the status of a refusal.
  int Step(char c);
  int StepSize(char c);
  int EndOfSize();
  int Ignore(char c);

  Expect expect_ = Expect::kFirstDigit;
  std::uint64_t size_ = 0;       // Of the chunk being read; then what is left of it.
  std::uint64_t remaining_ = 0;  // Of the limit.
  std::size_t ignored_ = 0;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_CHUNKS_H_
