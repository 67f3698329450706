#include "core/resources/promql_matchers.h"

#include <algorithm>

#include "core/base/text.h"

namespace launchgate::resources::internal {
namespace {

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNamePart(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

// Reads one matcher after the other from the front of what is left.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : left_(text) {}

  bool AtEnd() const { return left_.empty(); }

  void SkipSpaces() { left_.remove_prefix(std::min(left_.find_first_not_of(' '), left_.size())); }

  bool Take(std::string_view token) {
    if (!left_.starts_with(token)) return false;
    left_.remove_prefix(token.size());
    return true;
  }

  // Empty when there is none.
  std::string_view TakeLabel() {
    if (left_.empty() || !IsNameStart(left_.front())) return "";
    const auto end = std::ranges::find_if_not(left_, IsNamePart);
    const auto length = static_cast<std::size_t>(end - left_.begin());
    const std::string_view label = left_.substr(0, length);
    left_.remove_prefix(length);
    return label;
  }

  bool TakeOperator() {
    // The longer ones first: "=" begins "=~".
    return Take("=~") || Take("!~") || Take("!=") || Take("=");
  }

  // A whole text in double quotes.
  bool TakeText() {
    if (!Take("\"")) return false;
    while (!left_.empty()) {
      const char c = left_.front();
      if (c == '\\') {
        if (!TakeEscape()) return false;
        continue;
      }
      if (c < ' ' || c > '~' || c == '{' || c == '}') return false;
      left_.remove_prefix(1);
      if (c == '"') return true;
    }
    return false;
  }

 private:
  bool TakeEscape() { return Take("\\\\") || Take("\\\"") || Take("\\n") || Take("\\t"); }

  std::string_view left_;
};

}  // namespace

bool IsMetricName(std::string_view name) {
  const auto start = [](char c) { return IsNameStart(c) || c == ':'; };
  const auto part = [](char c) { return IsNamePart(c) || c == ':'; };
  return !name.empty() && start(name.front()) && std::ranges::all_of(name, part);
}

std::optional<std::string> WhyBadMatchers(std::string_view text) {
  Scanner scanner(text);
  do {
    scanner.SkipSpaces();
    const std::string_view label = scanner.TakeLabel();
    if (label == "le" || label == "__name__") {
      return "must not match " + std::string(label) + ", which follows from metric and threshold";
    }
    scanner.SkipSpaces();
    const bool has_operator = !label.empty() && scanner.TakeOperator();
    scanner.SkipSpaces();
    if (!has_operator || !scanner.TakeText()) {
      return "must be matchers such as job=\"shop\",path=~\"/a|/b\": values in double quotes, "
             "of visible ASCII characters without braces";
    }
    scanner.SkipSpaces();
  } while (scanner.Take(","));
  if (!scanner.AtEnd()) return "must have nothing but a comma between two matchers";
  return std::nullopt;
}

}  // namespace launchgate::resources::internal
