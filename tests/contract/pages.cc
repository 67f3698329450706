#include "tests/contract/pages.h"

#include <cctype>
#include <sstream>

namespace launchgate::contract {

std::vector<std::string> CodeBlocks(std::string_view markdown, std::string_view language) {
  std::vector<std::string> blocks;
  std::istringstream lines{std::string(markdown)};
  bool inside = false;
  bool wanted = false;
  for (std::string line; std::getline(lines, line);) {
    // Blocks in a list are indented.
    const std::size_t start = line.find_first_not_of(' ');
    const std::string_view text =
        start == std::string::npos ? std::string_view() : std::string_view(line).substr(start);
    if (!text.starts_with("```")) {
      if (inside && wanted) blocks.back() += line + '\n';
      continue;
    }
    inside = !inside;
    wanted = inside && text.substr(3) == language;
    if (wanted) blocks.emplace_back();
  }
  return blocks;
}

std::set<std::string> Anchors(std::string_view markdown) {
  std::set<std::string> anchors;
  std::istringstream lines{std::string(markdown)};
  bool code = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.find("```") != std::string::npos) code = !code;
    if (code || !line.starts_with('#')) continue;
    std::string anchor;
    for (const char c : line.substr(line.find_first_not_of("# "))) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) != 0 || c == '-') anchor += static_cast<char>(std::tolower(byte));
      if (c == ' ') anchor += '-';
    }
    anchors.insert(anchor);
  }
  return anchors;
}

}  // namespace launchgate::contract
