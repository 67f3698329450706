// The runbook of gift-cards: what a machine can tell about a page for people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <string_view>

#include "core/evidence/verify.h"
#include "gift-cards/core/outcome.h"
#include "tests/component/crypto/command.h"
#include "tests/contract/crds.h"
#include "tests/contract/gift_cards_files.h"
#include "tests/contract/pages.h"

namespace launchgate::contract {
namespace {

using evidence::FindingStatus;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kRunbook = "gift-cards/runbook.md";
constexpr base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 27);

TEST(GiftCardsRunbookTest, PassesAsEvidence) {
  resources::RunbookSpec spec;
  spec.urls = {"https://runbooks.example.com/gift-cards"};
  spec.required_sections = {"Symptoms",   "Impact", "Diagnosis",       "Mitigation", "Rollback",
                            "Escalation", "Data",   "Payments outage", "Alerts"};
  spec.recheck_every = std::chrono::minutes(10);

  const auto finding = evidence::VerifyRunbook(
      spec, "gift-cards", {{spec.urls.front(), 200, "text/markdown", ReadFile(kRunbook)}}, kNow,
      kNow);

  EXPECT_EQ(finding.status, FindingStatus::kPass) << finding.reason << ": " << finding.message;
}

TEST(GiftCardsRunbookTest, NamesTheOwnersChannel) {
  EXPECT_THAT(ReadFile(kRunbook), HasSubstr("`#payments-oncall`"));
}

// "](#fragment)": a link that leads nowhere costs minutes at night.
TEST(GiftCardsRunbookTest, LinksWithinThePageLeadSomewhere) {
  constexpr std::string_view kLink = "](#";
  const std::string page = ReadFile(kRunbook);
  const auto anchors = Anchors(page);
  int links = 0;

  for (std::size_t at = page.find(kLink); at != std::string::npos; at = page.find(kLink, at + 1)) {
    const std::size_t start = at + kLink.size();
    EXPECT_THAT(anchors, Contains(page.substr(start, page.find(')', start) - start)));
    ++links;
  }
  EXPECT_GE(links, 10);
}

// Links to files, in every page for people beside it.
TEST(GiftCardsRunbookTest, LinksToFilesLeadSomewhere) {
  constexpr std::string_view kLink = "](";
  for (const std::string page :
       {"runbook.md", "logs.md", "slo/README.md", "alerts/README.md", "deploy/README.md"}) {
    const std::filesystem::path folder =
        (std::filesystem::path(LAUNCHGATE_SOURCE_DIR) / "gift-cards" / page).parent_path();
    const std::string text = ReadFile("gift-cards/" + page);
    for (std::size_t at = text.find(kLink); at != std::string::npos;
         at = text.find(kLink, at + 1)) {
      const std::size_t start = at + kLink.size();
      const std::string target = text.substr(start, text.find_first_of(")#", start) - start);
      // prr/ holds the records of the review, which are written elsewhere.
      if (target.empty() || target.starts_with("https://") ||
          target.find("prr/") != std::string::npos)
        continue;
      EXPECT_TRUE(std::filesystem::exists(folder / target)) << page << ": " << target;
    }
  }
}

TEST(GiftCardsRunbookTest, EveryOutcomeIsExplained) {
  const std::string page = ReadFile(kRunbook);

  for (const auto& row : gift_cards::kOutcomeTable) {
    if (gift_cards::IsServed(row.outcome)) continue;  // Nothing is wrong.
    const std::string word(row.word);
    EXPECT_THAT(page,
                HasSubstr(std::to_string(row.status) + " \"" + word + "\" | `" + word + "` |"));
  }
}

TEST(GiftCardsRunbookTest, CommandsAreShell) {
  crypto::Workspace workspace;
  const auto blocks = CodeBlocks(ReadFile(kRunbook), "sh");

  for (const std::string& block : blocks) {
    workspace.Write("block.sh", block);
    EXPECT_TRUE(workspace.Run("bash -n block.sh")) << block << workspace.Output();
  }
  EXPECT_GE(blocks.size(), 10U);
}

TEST(GiftCardsRunbookTest, QueriesNameOnlyWhatTheServiceExposes) {
  int queries = 0;
  for (const std::string& block : CodeBlocks(ReadFile(kRunbook), "promql")) {
    std::istringstream lines(block);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_THAT(UnknownWords(line), IsEmpty()) << line;
      ++queries;
    }
  }
  EXPECT_GE(queries, 5);
}

}  // namespace
}  // namespace launchgate::contract
