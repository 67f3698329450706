#include "app/cli/html.h"

#include "core/base/text.h"

namespace launchgate::app::cli {

std::string HtmlText(std::string_view text, std::size_t max_bytes) {
  std::string escaped;
  for (const char c : base::Printable(text, max_bytes)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace launchgate::app::cli
