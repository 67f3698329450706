// ASCII text as HTTP compares it, whatever the locale of the process.

#ifndef LAUNCHGATE_PLATFORM_ASCII_H_
#define LAUNCHGATE_PLATFORM_ASCII_H_

#include <algorithm>
#include <string_view>

namespace launchgate::platform {

[[nodiscard]] constexpr char ToLower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ToLower(x) == ToLower(y); });
}

// Without spaces and tabs at both ends.
[[nodiscard]] constexpr std::string_view TrimBlanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Whether the comma-separated `list` has `token`, compared without case.
[[nodiscard]] constexpr bool ListHasToken(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (EqualsIgnoringCase(TrimBlanks(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_ASCII_H_
