#include "app/cli/markdown.h"

#include <algorithm>

#include "core/base/text.h"

namespace launchgate::app::cli {
namespace {

// CommonMark, and what GitHub adds to it: tables, "~~", "$".
constexpr std::string_view kMarkup = "|\\`*_<>[]&~$";
// Besides letters and digits: what names, digests and times are made of.
constexpr std::string_view kPlainSigns = "-._:/+=@#";

bool IsPlain(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return letter || (c >= '0' && c <= '9') || kPlainSigns.find(c) != std::string_view::npos;
}

}  // namespace

std::string MarkdownText(std::string_view text, std::size_t max_bytes) {
  std::string escaped;
  for (const char c : base::Printable(text, max_bytes)) {
    if (kMarkup.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string MarkdownCode(std::string_view text, std::size_t max_bytes) {
  const bool plain =
      !text.empty() && text.size() <= max_bytes && std::ranges::all_of(text, IsPlain);
  return plain ? '`' + std::string(text) + '`' : MarkdownText(text, max_bytes);
}

}  // namespace launchgate::app::cli
