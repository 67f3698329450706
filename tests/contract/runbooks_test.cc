// The runbooks of Launchgate: what a machine can tell about pages for people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "tests/component/crypto/command.h"
#include "tests/contract/crds.h"
#include "tests/contract/monitoring_files.h"
#include "tests/contract/pages.h"

namespace launchgate::contract {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

const std::string kFolder = "docs/runbooks/";

std::set<std::string> Pages() {
  std::set<std::string> pages;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(LAUNCHGATE_SOURCE_DIR) / kFolder)) {
    pages.insert(entry.path().filename().string());
  }
  return pages;
}

TEST(RunbooksTest, EveryAlertHasOneAndTheIndexListsIt) {
  const std::string index = ReadFile(kFolder + "README.md");
  std::set<std::string> expected = {"README.md", "letting-rollouts-through.md"};

  for (const auto& alert : MonitoringRules().alerts) {
    const std::string name = RunbookOf(alert.name).substr(kFolder.size());
    expected.insert(name);
    EXPECT_THAT(index, HasSubstr("[" + alert.name + "](" + name + ")"));
  }

  EXPECT_EQ(Pages(), expected);
}

TEST(RunbooksTest, EachIsOfOnePattern) {
  for (const auto& alert : MonitoringRules().alerts) {
    const std::string page = ReadFile(RunbookOf(alert.name));

    EXPECT_TRUE(page.starts_with("# " + alert.name + "\n")) << alert.name;
    EXPECT_THAT(Anchors(page), IsSupersetOf({std::string("symptoms"), std::string("what-users-see"),
                                             std::string("check"), std::string("mitigate"),
                                             std::string("escalate")}))
        << alert.name;
    EXPECT_FALSE(CodeBlocks(page, "sh").empty()) << alert.name;
  }
}

TEST(RunbooksTest, CommandsAreShell) {
  crypto::Workspace workspace;
  for (const std::string& name : Pages()) {
    for (const std::string& block : CodeBlocks(ReadFile(kFolder + name), "sh")) {
      workspace.Write("block.sh", block);
      EXPECT_TRUE(workspace.Run("bash -n block.sh")) << name << '\n' << block << workspace.Output();
    }
  }
}

// A link that leads nowhere costs minutes at night.
void ExpectLinkLeadsSomewhere(const std::string& page, const std::string& target) {
  if (target.starts_with("https://")) return;
  const std::size_t hash = target.find('#');
  const std::string file = target.substr(0, hash);
  const std::filesystem::path path =
      file.empty() ? kFolder + page
                   : (std::filesystem::path(kFolder) / file).lexically_normal().string();
  ASSERT_TRUE(std::filesystem::exists(std::filesystem::path(LAUNCHGATE_SOURCE_DIR) / path))
      << page << ": " << target;
  if (hash == std::string::npos) return;
  EXPECT_THAT(Anchors(ReadFile(path.string())), Contains(target.substr(hash + 1)))
      << page << ": " << target;
}

TEST(RunbooksTest, LinksLeadSomewhere) {
  constexpr std::string_view kLink = "](";
  for (const std::string& name : Pages()) {
    const std::string text = ReadFile(kFolder + name);
    for (std::size_t at = text.find(kLink); at != std::string::npos;
         at = text.find(kLink, at + 1)) {
      const std::size_t start = at + kLink.size();
      ExpectLinkLeadsSomewhere(name, text.substr(start, text.find(')', start) - start));
    }
  }
}

}  // namespace
}  // namespace launchgate::contract
