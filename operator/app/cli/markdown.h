// Outside text inside the Markdown that we write: it stays text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace launchgate::app::cli {

// The most of one text that an answer shows, in bytes of printable text.
inline constexpr std::size_t kMaxShownBytes = 512;

// `text` inside a paragraph, a heading or a cell of a table: made printable (so
// without line breaks and bidi overrides), cut to `max_bytes`, and then with a
// backslash before each character that could start markup, an HTML tag, a
// character reference, a formula or another cell. Must not be the first on its
// line, where "#" and "-" mean something as well.
std::string MarkdownText(std::string_view text, std::size_t max_bytes = kMaxShownBytes);

// `text` as code. A code span knows no escapes, so text that holds anything but
// letters, digits and the signs of names, hashes and times is written as
// MarkdownText() instead.
std::string MarkdownCode(std::string_view text, std::size_t max_bytes = kMaxShownBytes);

}  // namespace launchgate::app::cli
