// Text as a JSON string that is safe to show on a terminal.

#ifndef LAUNCHGATE_PLATFORM_JSON_TEXT_H_
#define LAUNCHGATE_PLATFORM_JSON_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace launchgate::platform {

// Appends `text` with its quotes to `out`. Valid UTF-8 comes through, except
// that control characters (C0, DEL, C1), line separators and bidirectional
// formatting characters are escaped as \uXXXX; a byte that is not part of valid
// UTF-8 becomes \ufffd. At most `max_bytes` of `text` are looked at, cut between
// characters; "..." then marks the cut.
void AppendJsonString(std::string_view text, std::size_t max_bytes, std::string& out);

// Appends `number` so that it reads back as the same double. JSON has no NaN
// and no infinities: those become the strings "NaN", "+Inf" and "-Inf".
void AppendJsonNumber(double number, std::string& out);

// Length in bytes of the valid UTF-8 character at the start of `text`, and its
// code point; 0 when there is none (RFC 3629: no surrogates, no overlong forms).
struct Utf8Character {
  std::size_t length = 0;
  char32_t code_point = 0;
};
[[nodiscard]] Utf8Character DecodeUtf8(std::string_view text);

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_JSON_TEXT_H_
