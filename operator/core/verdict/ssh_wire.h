// The binary encoding that OpenSSH keys and signatures share (RFC 4251 section 5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::verdict {

// Reads fields one after another out of bytes that must outlive it. After an
// error its position is unspecified. Not thread-safe.
class SshReader {
 public:
  explicit SshReader(std::string_view bytes) : rest_(bytes) {}

  // Invalid when fewer bytes are left than the field needs.
  base::Result<std::uint32_t> ReadUint32();
  base::Result<std::string_view> ReadString();
  // A positive integer without its sign byte, big-endian. Zero, negative numbers
  // and superfluous leading zeros are Invalid: every number has one encoding.
  base::Result<std::string_view> ReadPositive();
  // Takes exactly these bytes, or fails.
  base::Status Expect(std::string_view bytes);
  // Fails when something is left over.
  base::Status ExpectEnd() const;

 private:
  std::string_view rest_;
};

// Appends length and bytes. Requires fewer than 2^32 bytes.
void AppendSshString(std::string& out, std::string_view bytes);

// Appends an unsigned big-endian number as mpint; leading zeros are dropped.
void AppendSshPositive(std::string& out, std::string_view number);

// Without the zero bytes in front.
std::string_view TrimLeadingZeros(std::string_view number);

}  // namespace launchgate::verdict
