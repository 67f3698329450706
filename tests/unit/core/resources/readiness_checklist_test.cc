#include "core/resources/readiness_checklist.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

ReadinessChecklist Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  ReadinessChecklist checklist = ParseReadinessChecklist(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return checklist;
}

TEST(ReadinessChecklistTest, ReadsItemsInTheOrderOfTheDocument) {
  const ReadinessChecklist checklist = Parse(ChecklistSample());

  ASSERT_THAT(checklist.items, SizeIs(3));
  EXPECT_EQ(checklist.items[0].id, "runbook");
  EXPECT_EQ(checklist.items[0].section, "operations");
  EXPECT_EQ(checklist.items[0].section_title, "Operations");
  EXPECT_EQ(checklist.items[0].severity, Severity::kBlocker);
  EXPECT_EQ(checklist.items[0].evidence, EvidenceKind::kRunbook);
  EXPECT_EQ(checklist.items[0].practice, "Google SRE, \"Being On-Call\"");
  EXPECT_EQ(checklist.items[0].why, "At three in the morning nobody reads the source.");
  EXPECT_EQ(checklist.title, "Production readiness");
  EXPECT_EQ(checklist.items[2].section, "performance");
  EXPECT_EQ(checklist.spec_digest, json::CanonicalDigest(ChecklistSample()["spec"]));
}

TEST(ReadinessChecklistTest, FindsItemsById) {
  const ReadinessChecklist checklist = Parse(ChecklistSample());

  ASSERT_NE(checklist.Find("load-test"), nullptr);
  EXPECT_EQ(checklist.Find("load-test")->severity, Severity::kMinor);
  EXPECT_EQ(checklist.Find("nothing"), nullptr);
}

TEST(ReadinessChecklistTest, NeedsNeitherTitleNorPracticeNorWhy) {
  const ReadinessChecklist checklist = Parse(With(ChecklistSample(), "/spec/title", "absent"));

  EXPECT_EQ(checklist.title, "");
  EXPECT_EQ(checklist.items[1].practice, "");
  EXPECT_EQ(checklist.items[1].why, "");
}

TEST(ReadinessChecklistTest, WhyIsPartOfWhatVerdictsBind) {
  const ReadinessChecklist checklist = Parse(ChecklistSample());
  const ReadinessChecklist edited =
      Parse(With(ChecklistSample(), "/spec/sections/0/items/0/why", R"("Because.")"));

  EXPECT_NE(edited.spec_digest, checklist.spec_digest);
}

TEST(ReadinessChecklistTest, WordsOfNewerVersionsAreUnknownNotWrong) {
  const ReadinessChecklist checklist =
      Parse(With(With(ChecklistSample(), "/spec/sections/0/items/0/severity", R"("Catastrophic")"),
                 "/spec/sections/0/items/1/evidence", R"("seance")"));

  EXPECT_EQ(checklist.items[0].severity, Severity::kUnknown);
  EXPECT_EQ(checklist.items[1].evidence, EvidenceKind::kUnknown);
  EXPECT_EQ(checklist.items[1].evidence_word, "seance");
}

struct Change {
  std::string name;
  std::string pointer;
  std::string value;
  std::string problem;
};

class BadChecklistTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadChecklistTest, IsRefusedWithThePathAndTheReason) {
  std::vector<json::Problem> problems;

  ParseReadinessChecklist(With(ChecklistSample(), GetParam().pointer, GetParam().value), problems);

  EXPECT_THAT(Lines(problems), HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Checklists, BadChecklistTest,
    ::testing::Values(
        Change{"OtherKind", "/kind", R"("Checklist")", "kind: must be \"ReadinessChecklist\""},
        Change{"NoSpec", "/spec", "absent", "spec: must be set"},
        Change{"NoSections", "/spec/sections", "absent", "spec.sections: must have at least one"},
        // Without items everything would be ready.
        Change{"EmptySection", "/spec/sections/1/items", "[]",
               "spec.sections[1].items: must have at least one item"},
        Change{"SectionWithoutId", "/spec/sections/0/id", "absent",
               "spec.sections[0].id: must be set"},
        Change{"SectionWithoutTitle", "/spec/sections/0/title", "absent",
               "spec.sections[0].title: must be set"},
        Change{"SameSectionTwice", "/spec/sections/1/id", R"("operations")",
               "spec.sections[1].id: must be unique"},
        Change{"SameItemInOneSection", "/spec/sections/0/items/1/id", R"("runbook")",
               "spec.sections[0].items[1].id: must be unique in the whole checklist"},
        Change{"SameItemInTwoSections", "/spec/sections/1/items/0/id", R"("runbook")",
               "spec.sections[1].items[0].id: must be unique in the whole checklist"},
        Change{"ItemIdIsNoLabel", "/spec/sections/0/items/0/id", R"("run book")",
               "items[0].id: must be an RFC 1123 label"},
        Change{"NoQuestion", "/spec/sections/0/items/0/question", "absent",
               "items[0].question: must be set"},
        Change{"QuestionTooLong", "/spec/sections/0/items/0/question",
               '"' + std::string(513, 'x') + '"', "question: must have at most 512 characters"},
        Change{"PracticeTooLong", "/spec/sections/0/items/0/practice",
               '"' + std::string(513, 'x') + '"', "practice: must have at most 512 characters"},
        Change{"WhyTooLong", "/spec/sections/0/items/0/why", '"' + std::string(513, 'x') + '"',
               "why: must have at most 512 characters"},
        Change{"WhyIsAList", "/spec/sections/0/items/0/why", R"(["a", "b"])",
               "items[0].why: must be"},
        Change{"NoSeverity", "/spec/sections/0/items/0/severity", "absent",
               "items[0].severity: must be set"},
        Change{"NoEvidence", "/spec/sections/0/items/0/evidence", R"("")",
               "items[0].evidence: must not be empty"},
        Change{"MisspeltField", "/spec/sections/0/items/0/sverity", R"("Minor")",
               "items[0].sverity: is not a known field"}),
    [](const auto& row) { return row.param.name; });

TEST(ReadinessChecklistTest, CountsCharactersNotBytes) {
  std::string question;
  for (int i = 0; i < 512; ++i) question += "\xC3\xA9";

  Parse(With(ChecklistSample(), "/spec/sections/0/items/0/question", '"' + question + '"'));
  Parse(With(ChecklistSample(), "/spec/sections/0/items/0/why", '"' + question + '"'));
}

TEST(SeverityTest, ReadsBackFromItsWord) {
  for (const Severity severity :
       {Severity::kBlocker, Severity::kMajor, Severity::kMinor, Severity::kUnknown}) {
    EXPECT_EQ(ParseSeverity(ToString(severity)), severity);
  }
  EXPECT_EQ(ParseSeverity("blocker"), Severity::kUnknown);
}

TEST(EvidenceKindTest, ReadsBackFromItsFieldName) {
  for (const char* word : {"runbook", "backupDrill", "alertRules", "loadTest", "slo", "resilience",
                           "workload", "query", "http", "attestation"}) {
    EXPECT_NE(ParseEvidenceKind(word), EvidenceKind::kUnknown) << word;
    EXPECT_EQ(ToString(ParseEvidenceKind(word)), word);
  }
  EXPECT_EQ(ParseEvidenceKind("loadtest"), EvidenceKind::kUnknown);
  EXPECT_EQ(ParseEvidenceKind(ToString(EvidenceKind::kUnknown)), EvidenceKind::kUnknown);
}

}  // namespace
}  // namespace launchgate::resources
