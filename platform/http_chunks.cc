#include "platform/http_chunks.h"

#include <algorithm>
#include <limits>

#include "platform/ascii.h"

namespace launchgate::platform {
namespace {

constexpr int kBadRequest = 400;
constexpr int kContentTooLarge = 413;

// The value of a hexadecimal digit; 16 for anything else.
std::uint64_t DigitValue(char c) {
  const char lower = ToLower(c);
  if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
  if (lower >= 'a' && lower <= 'f') return static_cast<std::uint64_t>(lower - 'a' + 10);
  return 16;
}

}  // namespace

void HttpChunkDecoder::Reset(std::uint64_t limit) {
  expect_ = Expect::kFirstDigit;
  size_ = 0;
  remaining_ = limit;
  ignored_ = 0;
}

HttpChunkDecoder::Progress HttpChunkDecoder::Read(
    std::string_view bytes, const std::function<bool(std::string_view)>& append) {
  std::size_t at = 0;
  while (at < bytes.size() && expect_ != Expect::kNothing) {
    if (expect_ != Expect::kData) {
      if (const int status = Step(bytes[at]); status != 0) return {State::kRefused, at, status};
      ++at;
      continue;
    }
    const std::string_view data =
        bytes.substr(at, std::min<std::uint64_t>(size_, bytes.size() - at));
    if (!append(data)) return {State::kRefused, at, kContentTooLarge};
    at += data.size();
    size_ -= data.size();
    if (size_ == 0) expect_ = Expect::kDataCr;
  }
  return {expect_ == Expect::kNothing ? State::kDone : State::kNeedMore, at, 0};
}

int HttpChunkDecoder::Step(char c) {
  const auto require = [&](char wanted, Expect next) {
    expect_ = next;
    return c == wanted ? 0 : kBadRequest;
  };
  switch (expect_) {
    case Expect::kFirstDigit:
    case Expect::kDigit:
      return StepSize(c);
    case Expect::kExtension:
      if (c != '\r') return Ignore(c);
      expect_ = Expect::kSizeLf;
      return 0;
    case Expect::kSizeLf:
      return c == '\n' ? EndOfSize() : kBadRequest;
    case Expect::kDataCr:
      return require('\r', Expect::kDataLf);
    case Expect::kDataLf:
      return require('\n', Expect::kFirstDigit);
    case Expect::kTrailerStart:
      expect_ = c == '\r' ? Expect::kLastLf : Expect::kTrailer;
      return c == '\r' ? 0 : Ignore(c);
    case Expect::kTrailer:
      if (c != '\r') return Ignore(c);
      expect_ = Expect::kTrailerLf;
      return 0;
    case Expect::kTrailerLf:
      return require('\n', Expect::kTrailerStart);
    case Expect::kLastLf:
      return require('\n', Expect::kNothing);
    case Expect::kData:
    case Expect::kNothing:
      break;
  }
  return kBadRequest;
}

int HttpChunkDecoder::StepSize(char c) {
  const std::uint64_t digit = DigitValue(c);
  if (digit < 16) {
    if (expect_ == Expect::kFirstDigit) size_ = 0;
    if (size_ > std::numeric_limits<std::uint64_t>::max() / 16) return kBadRequest;
    size_ = size_ * 16 + digit;
    expect_ = Expect::kDigit;
    // Zeros in front change nothing, and could go on for ever.
    return size_ == 0 ? Ignore(c) : 0;
  }
  if (expect_ == Expect::kFirstDigit || (c != '\r' && c != ';')) return kBadRequest;
  expect_ = c == '\r' ? Expect::kSizeLf : Expect::kExtension;
  return 0;
}

int HttpChunkDecoder::EndOfSize() {
  if (size_ > remaining_) return kContentTooLarge;
  remaining_ -= size_;
  expect_ = size_ == 0 ? Expect::kTrailerStart : Expect::kData;
  return 0;
}

int HttpChunkDecoder::Ignore(char c) {
  const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  return control || ++ignored_ > kMaxIgnoredBytes ? kBadRequest : 0;
}

}  // namespace launchgate::platform
