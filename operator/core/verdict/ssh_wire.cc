#include "core/verdict/ssh_wire.h"

#include <algorithm>
#include <cstddef>

namespace launchgate::verdict {
namespace {

constexpr std::size_t kLengthBytes = 4;

bool HighBitSet(char byte) { return (static_cast<unsigned char>(byte) & 0x80U) != 0; }

tl::unexpected<base::Error> Malformed(std::string what) {
  return base::Fail(base::ErrorKind::kInvalid, "not an OpenSSH structure: " + std::move(what));
}

void AppendUint32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xFF));
  }
}

}  // namespace

base::Result<std::uint32_t> SshReader::ReadUint32() {
  if (rest_.size() < kLengthBytes) return Malformed("it ends too early");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    value = value << 8 | static_cast<unsigned char>(rest_[i]);
  }
  rest_.remove_prefix(kLengthBytes);
  return value;
}

base::Result<std::string_view> SshReader::ReadString() {
  const base::Result<std::uint32_t> length = ReadUint32();
  if (!length) return tl::unexpected(length.error());
  if (*length > rest_.size()) return Malformed("a field is longer than what is left");
  const std::string_view field = rest_.substr(0, *length);
  rest_.remove_prefix(*length);
  return field;
}

base::Result<std::string_view> SshReader::ReadPositive() {
  base::Result<std::string_view> field = ReadString();
  if (!field) return field;
  if (field->empty()) return Malformed("a number is zero");
  if (HighBitSet(field->front())) return Malformed("a number is negative");
  if (field->front() != '\0') return field;
  // A zero byte may stand in front only where the number would look negative without it.
  if (field->size() == 1 || !HighBitSet((*field)[1])) {
    return Malformed("a number has superfluous zeros in front");
  }
  return field->substr(1);
}

base::Status SshReader::Expect(std::string_view bytes) {
  if (!rest_.starts_with(bytes)) return Malformed("it does not start as it should");
  rest_.remove_prefix(bytes.size());
  return {};
}

base::Status SshReader::ExpectEnd() const {
  if (!rest_.empty()) return Malformed("bytes are left over at the end");
  return {};
}

void AppendSshString(std::string& out, std::string_view bytes) {
  AppendUint32(out, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

void AppendSshPositive(std::string& out, std::string_view number) {
  const std::string_view digits = TrimLeadingZeros(number);
  const bool needs_sign_byte = !digits.empty() && HighBitSet(digits.front());
  AppendUint32(out, static_cast<std::uint32_t>(digits.size() + (needs_sign_byte ? 1 : 0)));
  if (needs_sign_byte) out.push_back('\0');
  out.append(digits);
}

std::string_view TrimLeadingZeros(std::string_view number) {
  number.remove_prefix(std::min(number.find_first_not_of('\0'), number.size()));
  return number;
}

}  // namespace launchgate::verdict
