// The bytes of an HTTP request: the head through our reader, what follows as
// chunks. Splitting the input anywhere must not change what is understood.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "platform/http_chunks.h"
#include "platform/http_message.h"

namespace {

using launchgate::platform::HttpChunkDecoder;
using launchgate::platform::HttpRequestReader;
using launchgate::platform::ReadProgress;

struct Understood {
  ReadProgress::State head = ReadProgress::State::kNeedMore;
  int status = 0;
  std::size_t head_bytes = 0;
  HttpChunkDecoder::State body = HttpChunkDecoder::State::kNeedMore;
  std::string chunks;

  bool operator==(const Understood&) const = default;
};

void ReadHead(std::string_view input, std::size_t step, HttpRequestReader& reader,
              Understood& result) {
  for (std::size_t size = step; result.head == ReadProgress::State::kNeedMore; size += step) {
    const std::string_view seen = input.substr(0, size);
    const ReadProgress progress = reader.ReadHead(seen, result.head_bytes);
    result.head = progress.state;
    result.status = progress.status;
    result.head_bytes += progress.consumed;
    if (seen.size() == input.size()) return;
  }
}

Understood Understand(std::string_view input, std::size_t step) {
  HttpRequestReader reader({.header_bytes = 2048, .header_fields = 16});
  Understood result;
  ReadHead(input, step, reader, result);
  if (result.head != ReadProgress::State::kHeadDone) return result;
  HttpRequestReader::Head head;
  reader.Describe(input, head);
  if (head.chunked && (head.content_length || !head.http11)) std::abort();
  if (!head.target.starts_with('/')) std::abort();

  HttpChunkDecoder decoder;
  decoder.Reset(1024);
  std::size_t at = result.head_bytes;
  while (at < input.size() && result.body == HttpChunkDecoder::State::kNeedMore) {
    const auto progress = decoder.Read(input.substr(at, step), [&result](std::string_view bytes) {
      result.chunks += bytes;
      return true;
    });
    result.body = progress.state;
    at += progress.consumed;
  }
  if (result.chunks.size() > 1024) std::abort();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Exactly sized, so that a sanitizer sees every byte read too many.
  const std::string input(reinterpret_cast<const char*>(data), size);
  const Understood whole = Understand(input, input.size() + 1);
  for (const std::size_t step : {1u, 7u}) {
    const Understood pieces = Understand(input, step);
    // When a bad head is refused depends on how much of it was seen; whether it
    // is taken must not.
    const bool refused = whole.head != ReadProgress::State::kHeadDone &&
                         pieces.head != ReadProgress::State::kHeadDone;
    if (refused) continue;
    if (!(pieces == whole)) std::abort();
  }
  return 0;
}
