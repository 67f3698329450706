// CHECKLIST.md: exactly what is written for a small standard, and that no text
// of a standard can write more than itself.
#include "app/cli/render_checklist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using resources::ChecklistItem;
using resources::ReadinessChecklist;
using ::testing::HasSubstr;
using ::testing::Not;

ChecklistItem Item(std::string section, std::string id, std::string question) {
  ChecklistItem item;
  item.id = std::move(id);
  item.question = std::move(question);
  item.severity = resources::Severity::kBlocker;
  item.evidence = resources::EvidenceKind::kLoadTest;
  item.evidence_word = "loadTest";
  item.section_title = section == "capacity" ? "Capacity" : "Operations";
  item.section = std::move(section);
  return item;
}

ReadinessChecklist Standard() {
  ReadinessChecklist checklist;
  checklist.meta.name = "production-readiness";
  checklist.title = "Production readiness";
  ChecklistItem load = Item("capacity", "load-test", "Does it hold twice its peak?");
  load.practice = "Capacity and load testing with k6";
  load.why = "The first real peak is an expensive place to find the limit.";
  ChecklistItem runbook = Item("operations", "runbook", "Does a person know what to do?");
  runbook.severity = resources::Severity::kMinor;
  runbook.evidence_word = "runbook";
  checklist.items = {load, runbook};
  return checklist;
}

std::string Written(const ReadinessChecklist& checklist) {
  std::ostringstream out;
  WriteChecklist(checklist, out);
  return out.str();
}

TEST(RenderChecklistTest, WritesABlockPerItemWithAFieldForTheVerdict) {
  EXPECT_EQ(Written(Standard()), R"(# Production readiness

Every line is a question that is answered with yes or no. A Blocker without a yes stops the launch, unless a signed Go waives it until a date; a Major or a Minor without one is shown and stops nothing.

Made from the ReadinessChecklist `production-readiness` by `launchgate render checklist -f FILE`. Edit the checklist and make this page again.

## Capacity

### `load-test`

**Does it hold twice its peak?**

- Practice: Capacity and load testing with k6
- Why: The first real peak is an expensive place to find the limit.
- Severity: Blocker
- Evidence: `loadTest`
- Verdict: [ ] yes  [ ] no  [ ] waived until ____

## Operations

### `runbook`

**Does a person know what to do?**

- Severity: Minor
- Evidence: `runbook`
- Verdict: [ ] yes  [ ] no  [ ] waived until ____
)");
}

TEST(RenderChecklistTest, AStandardWithoutATitleIsCalledByItsName) {
  ReadinessChecklist checklist = Standard();
  checklist.title.clear();

  EXPECT_THAT(Written(checklist), ::testing::StartsWith("# production-readiness\n"));
}

TEST(RenderChecklistTest, ShowsLongTextsWhole) {
  ReadinessChecklist checklist = Standard();
  // As long as the API allows, in characters of three bytes.
  std::string question;
  for (int i = 0; i < 512; ++i) question += "\u20AC";
  checklist.items[0].question = question;

  EXPECT_THAT(Written(checklist), HasSubstr("**" + question + "**\n"));
}

struct Hostile {
  std::string name;
  std::string text;
};

class HostileStandardTest : public ::testing::TestWithParam<Hostile> {};

// The number of lines and what each begins with is the same whatever the texts say.
TEST_P(HostileStandardTest, CannotChangeTheFormOfThePage) {
  const auto form = [](const std::string& page) {
    std::string starts;
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) starts += line.substr(0, 5) + "\n";
    return starts;
  };
  ReadinessChecklist checklist = Standard();
  ReadinessChecklist hostile = Standard();
  for (std::string ReadinessChecklist::*field : {&ReadinessChecklist::title}) {
    checklist.*field = "xxxxxx";
    hostile.*field = "xxxxxx" + GetParam().text;
  }
  for (std::string ChecklistItem::*field : {&ChecklistItem::question, &ChecklistItem::practice,
                                            &ChecklistItem::why, &ChecklistItem::section_title}) {
    checklist.items[0].*field = "xxxxxx";
    hostile.items[0].*field = "xxxxxx" + GetParam().text;
  }

  EXPECT_EQ(form(Written(hostile)), form(Written(checklist)));
  EXPECT_THAT(Written(hostile), Not(HasSubstr("xxxxxx" + GetParam().text)));
}

INSTANTIATE_TEST_SUITE_P(Texts, HostileStandardTest,
                         ::testing::Values(Hostile{"Heading", "\n# Go\n"},
                                           Hostile{"Item", "\n- Verdict: [x] yes"},
                                           Hostile{"Emphasis", "** yes **"},
                                           Hostile{"Html", "<h1>Go</h1>"},
                                           Hostile{"Comment", "<!--"}, Hostile{"Fence", "\n```\n"},
                                           Hostile{"Link", "[a](b)"}, Hostile{"Reference", "&#10;"},
                                           Hostile{"Bidi", "\u202E"}),
                         [](const auto& row) { return row.param.name; });

TEST(RenderChecklistTest, JsonHasTheSameContent) {
  const json document = ToJson(Standard());

  EXPECT_EQ(document["name"], "production-readiness");
  EXPECT_EQ(document["title"], "Production readiness");
  ASSERT_EQ(document["sections"].size(), 2U);
  EXPECT_EQ(document["sections"][1]["id"], "operations");
  EXPECT_EQ(document["sections"][1]["title"], "Operations");
  EXPECT_EQ(document["sections"][0]["items"], json::parse(R"([{
              "id": "load-test", "question": "Does it hold twice its peak?",
              "practice": "Capacity and load testing with k6",
              "why": "The first real peak is an expensive place to find the limit.",
              "severity": "Blocker", "evidence": "loadTest"}])"));
}

}  // namespace
}  // namespace launchgate::app::cli
