// The arrow of ARCHITECTURE.md, read off the sources: core sees nothing but core
// and has no effects; nothing in operator/ includes outward.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Include {
  std::string file;
  int line = 0;
  std::string target;  // As written between the quotes or brackets.
  bool quoted = false;
};

std::vector<Include> IncludesBelow(const std::string& folder) {
  std::vector<Include> includes;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(LAUNCHGATE_SOURCE_DIR) / folder)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cc") continue;
    std::ifstream file(entry.path());
    std::string text;
    for (int line = 1; std::getline(file, text); ++line) {
      if (!text.starts_with("#include ")) continue;
      const char close = text[9] == '"' ? '"' : '>';
      const std::size_t end = text.find(close, 10);
      includes.push_back({entry.path().string(), line, text.substr(10, end - 10), text[9] == '"'});
    }
  }
  return includes;
}

std::string Where(const Include& include) {
  return include.file + ":" + std::to_string(include.line) + " includes " + include.target;
}

TEST(ArchitectureTest, CoreIncludesOnlyCore) {
  const auto includes = IncludesBelow("operator/core");

  ASSERT_GT(includes.size(), 100U);
  for (const Include& include : includes) {
    EXPECT_TRUE(!include.quoted || include.target.starts_with("core/")) << Where(include);
  }
}

TEST(ArchitectureTest, CoreHasNoThreadsFilesSocketsOrClocks) {
  constexpr std::array<std::string_view, 12> kEffects = {
      "thread",      "mutex",      "condition_variable", "fstream",
      "iostream",    "filesystem", "sys/socket.h",       "unistd.h",
      "curl/curl.h", "semaphore",  "spdlog/spdlog.h",    "ctime"};

  for (const Include& include : IncludesBelow("operator/core")) {
    for (const std::string_view effect : kEffects)
      EXPECT_NE(include.target, effect) << Where(include);
  }
}

TEST(ArchitectureTest, TheShellDoesNotIncludeTheApp) {
  for (const Include& include : IncludesBelow("operator/shell")) {
    EXPECT_FALSE(include.target.starts_with("app/")) << Where(include);
  }
}

TEST(ArchitectureTest, ThePlatformKnowsNothingOfTheOperator) {
  for (const Include& include : IncludesBelow("platform")) {
    EXPECT_TRUE(!include.quoted || include.target.starts_with("platform/")) << Where(include);
  }
}

}  // namespace
