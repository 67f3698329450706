#include "tests/component/fetch/url_table.h"

#include <cstdlib>
#include <fstream>

namespace launchgate::fetch {
namespace {

std::string Unescape(std::string_view line) {
  std::string bytes;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line.substr(i, 2) == "\\x" && i + 4 <= line.size()) {
      bytes += static_cast<char>(std::stoi(std::string(line.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      bytes += line[i];
    }
  }
  return bytes;
}

}  // namespace

std::vector<std::string> ReadUrlTable(std::string_view name) {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR "/tests/testdata/fetch/") +
                     std::string(name));
  if (!file) std::abort();
  std::vector<std::string> values;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("# ") || line == "#") continue;
    values.push_back(Unescape(line));
  }
  return values;
}

std::string Replace(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace launchgate::fetch
