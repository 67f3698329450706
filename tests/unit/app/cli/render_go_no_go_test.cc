// go-no-go.md: what people read of a record.
#include "app/cli/render_go_no_go.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/unit/app/cli/report_builder.h"

namespace launchgate::app::cli {
namespace {

using evidence::FindingStatus;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using namespace test_support;  // NOLINT(google-build-using-namespace): its words are the tests'.

evidence::Finding Measured() {
  evidence::Finding finding = Passing();
  finding.reason = "LoadTestPassed";
  finding.message = "the load test passed";
  finding.observed_at = kNow - 3 * kDay;
  finding.facts = {{"p95", "6.78ms"}, {"requestRate", "212/s"}};
  return finding;
}

TEST(RenderGoNoGoTest, TheHeadSaysWhatWasDecidedAboutWhat) {
  const std::string document = MarkdownOf(RecordOf(ReadyReview()));

  EXPECT_THAT(document, StartsWith(R"(# Go/no-go: deployment/gift-cards in shop

**Go**

- Review: `gift-cards`, held to the standard `production-readiness`
- Owner: payments, #payments-oncall
- A Go holds for: every version
- Version: `)" + TemplateHash() + R"(`
- Judged as of: 2026-11-23T12:00:00Z
- Decision of the gate: Allow (Go), until 2026-12-22T12:00:00Z

Made by `launchgate render go-no-go` from the review, its evidence and its signed verdicts. Make it again instead of editing it.

## Signed by
)"));
}

TEST(RenderGoNoGoTest, EachRoleThatSignedHasARow) {
  const auto review = ReadyReview().Unsigned().Signed(GoBy(kBob).Sequence(3)).Signed(GoBy(kAlice));

  const std::string signers = PartOf(MarkdownOf(RecordOf(review)), "## Signed by");

  EXPECT_EQ(signers, R"(## Signed by

| who | role | verdict | sequence | issued | valid until | key |
|---|---|---|---|---|---|---|
| alice@example.com | sre | Go | 1 | 2026-11-22T12:00:00Z | 2026-12-22T12:00:00Z | `)" +
                         KeyOf(kAlice).fingerprint + R"(` |
| bob@example.com | product | Go | 3 | 2026-11-22T12:00:00Z | 2026-12-22T12:00:00Z | `)" +
                         KeyOf(kBob).fingerprint + "` |\n");
}

TEST(RenderGoNoGoTest, EvidenceStandsBySectionWithItsProofAndItsTimes) {
  const std::string document =
      MarkdownOf(RecordOf(ReadyReview().With("load-test", Measured()).Without("dashboard")));

  EXPECT_THAT(PartOf(document, "### Operations"), HasSubstr("| `runbook` | Blocker | Pass |"));
  EXPECT_THAT(
      document,
      AllOf(HasSubstr("| `load-test` | Blocker | Pass | LoadTestPassed: the load test passed "
                      "(p95=6.78ms, requestRate=212/s) "
                      "| 2026-11-20T12:00:00Z | 2026-11-30T12:00:00Z |\n"),
            HasSubstr("| `dashboard` | Minor | Unknown | EvidenceMissing: the review names no "
                      "evidence for this item |  |  |\n")));
}

TEST(RenderGoNoGoTest, WithoutAVerdictNobodyHasSigned) {
  const std::string document = MarkdownOf(RecordOf(ReadyReview().Unsigned()));

  EXPECT_THAT(document, AllOf(HasSubstr("\n**No-Go: nobody has signed yet**\n"),
                              HasSubstr("- Decision of the gate: Deny (VerdictMissing)\n"
                                        "  - **VerdictMissing**: needs 1 Go in the role"),
                              HasSubstr("Nobody: there is no verdict that counts."),
                              HasSubstr("There is nothing to verify: nobody has signed.")));
  EXPECT_THAT(PartOf(document, "## Conditions"), HasSubstr("None."));
}

TEST(RenderGoNoGoTest, ANoGoIsShownWithItsReason) {
  const std::string document = MarkdownOf(
      RecordOf(ReadyReview().Signed(NoGoBy(kCarol).Reason("the drill | was <b>never</b> run"))));

  EXPECT_THAT(document,
              AllOf(HasSubstr("\n**No-Go**\n"), HasSubstr("Deny (NoGo)"),
                    HasSubstr("| carol@example.com | sre | NoGo | 1 |"),
                    HasSubstr("- carol@example.com (NoGo): the drill \\| was \\<b\\>never\\</b\\> "
                              "run\n")));
}

TEST(RenderGoNoGoTest, FailingEvidenceIsANoGoWhateverWasSigned) {
  const std::string document =
      MarkdownOf(RecordOf(ReadyReview().With("load-test", FindingStatus::kFail)));

  EXPECT_THAT(document, AllOf(HasSubstr("\n**No-Go**\n"), HasSubstr("Deny (EvidenceFailing)"),
                              HasSubstr("  - **EvidenceFailing** `load-test`: p95 is 812ms, at "
                                        "most 250ms is allowed\n"),
                              HasSubstr("| alice@example.com | sre | Go |")));
}

TEST(RenderGoNoGoTest, AVerdictThatEndedSaysSo) {
  const std::string document = MarkdownOf(RecordOf(ReadyReview(), kNow + 60 * kDay));

  EXPECT_THAT(document, AllOf(HasSubstr("\n**No-Go**\n"), HasSubstr("**VerdictExpired**"),
                              HasSubstr("| 2026-12-22T12:00:00Z (ended) |"),
                              HasSubstr("| `load-test` | Blocker | Stale |")));
}

TEST(RenderGoNoGoTest, AWaivedItemNamesItsDateAndItsCondition) {
  const std::string document =
      MarkdownOf(RecordOf(ReadyReview()
                              .With("load-test", FindingStatus::kFail)
                              .Unsigned()
                              .Signed(GoBy(kAlice).Promise("load-test", kNow + 5 * kDay))
                              .Signed(GoBy(kBob).Promise("load-test", kNow + 5 * kDay))));

  EXPECT_THAT(
      document,
      AllOf(HasSubstr("\n**Go, with 1 condition**\n"),
            HasSubstr("| `load-test` | Blocker | Fail, waived until 2026-11-28T12:00:00Z | "),
            HasSubstr("| run it again | `load-test` | erin@example.com | 2026-11-28T12:00:00Z | "
                      "alice@example.com and bob@example.com |\n")));
}

TEST(RenderGoNoGoTest, AnOverdueConditionIsMarked) {
  const std::string document =
      MarkdownOf(RecordOf(ReadyReview()
                              .Unsigned()
                              .Signed(GoBy(kAlice).Promise("", kNow - kDay / 2))
                              .Signed(GoBy(kBob))));

  EXPECT_THAT(document, AllOf(HasSubstr("**ConditionOverdue**"),
                              HasSubstr("| run it again |  | erin@example.com | "
                                        "2026-11-23T00:00:00Z **overdue** | alice@example.com |")));
}

TEST(RenderGoNoGoTest, ABreakGlassIsNoOrdinaryGo) {
  const std::string document = MarkdownOf(
      RecordOf(ReadyReview().With("load-test", FindingStatus::kFail).Signed(BreakGlassBy(kDave))));

  EXPECT_THAT(document, AllOf(HasSubstr("\n**Go, by break-glass**\n"), HasSubstr("(BreakGlass)"),
                              HasSubstr("| dave@example.com | incident | BreakGlass |"),
                              HasSubstr("- dave@example.com (BreakGlass, ticket INC-4711): ")));
}

TEST(RenderGoNoGoTest, AVersionThatWasApprovedBeforeIsNamedAsSuch) {
  const std::string document =
      MarkdownOf(RecordOf(ReadyReview().Unsigned().Approved(TemplateHash())));

  EXPECT_THAT(document, HasSubstr("\n**Go: this version was approved before**\n"));
}

TEST(RenderGoNoGoTest, AVerdictThatIsNotBelievedIsNotCounted) {
  const std::string document = MarkdownOf(
      RecordOf(ReadyReview().Signed(GoBy(kCarol).SignedWith({KeyOf(kCarol, "stolen")}))));

  EXPECT_THAT(PartOf(document, "## Signed by"),
              AllOf(HasSubstr("\nNot counted:\n\n- `gift-cards-carol-1`: **UnknownSigner**, "),
                    Not(HasSubstr("| carol"))));
}

TEST(RenderGoNoGoTest, WhatWasFixedStandsWithItsProof) {
  GoNoGo record = RecordOf(ReadyReview().With("load-test", Measured()));
  record.before = Earlier{
      "shop",
      "gift-cards",
      {{"load-test", {FindingStatus::kFail, "LimitBroken", "p95 was 5021ms | at most 250ms"}},
       {"runbook", {FindingStatus::kUnknown, "EvidenceMissing", ""}},
       {"dashboard", {FindingStatus::kPass, "Pass", ""}},
       {"left-out", {FindingStatus::kFail, "Gone", ""}}}};

  EXPECT_EQ(PartOf(MarkdownOf(record), "## Record of fixes"), R"(## Record of fixes

Of 3 items that did not pass in the earlier answer of `launchgate check`, 2 pass now.

| item | what was wrong | the proof now |
|---|---|---|
| `load-test` | Fail, LimitBroken: p95 was 5021ms \| at most 250ms | LoadTestPassed: the load test passed (p95=6.78ms, requestRate=212/s) |
| `runbook` | Unknown, EvidenceMissing | Pass |
)");
}

TEST(RenderGoNoGoTest, WithoutAnEarlierAnswerThereIsNoRecordOfFixes) {
  EXPECT_THAT(PartOf(MarkdownOf(RecordOf(ReadyReview())), "## Record of fixes"), IsEmpty());
}

TEST(RenderGoNoGoTest, NothingFixedIsSaidWithoutATable) {
  GoNoGo record = RecordOf(ReadyReview().With("load-test", FindingStatus::kFail));
  record.before =
      Earlier{"shop", "gift-cards", {{"load-test", {FindingStatus::kFail, "LimitBroken", ""}}}};

  const std::string fixes = PartOf(MarkdownOf(record), "## Record of fixes");

  EXPECT_THAT(fixes, AllOf(HasSubstr("Of 1 item that did not pass"), HasSubstr(", 0 pass now."),
                           Not(HasSubstr("|---|"))));
}

TEST(RenderGoNoGoTest, EveryBelievedSignatureHasItsCommands) {
  const std::string checks =
      PartOf(MarkdownOf(RecordOf(ReadyReview())), "## Verify the signatures yourself");

  EXPECT_THAT(checks,
              AllOf(HasSubstr("### LaunchVerdict `gift-cards-alice-1`\n"),
                    HasSubstr("### LaunchVerdict `gift-cards-bob-1`\n"),
                    HasSubstr("`kubectl get launchverdict -n shop gift-cards-bob-1 -o json`"),
                    HasSubstr("Signed by bob@example.com (product) with an Ed25519 key"),
                    HasSubstr("openssl pkeyutl -verify"),
                    HasSubstr("`review.specDigest` is `" + ReadySubject().review_digest + "`")));
}

struct Hostile {
  std::string name;
  std::string text;
};

class HostileRecordTest : public ::testing::TestWithParam<Hostile> {};

// What each line begins with, and how many cells it has.
std::string FormOf(const std::string& document) {
  std::string form;
  std::istringstream lines(document);
  for (std::string line; std::getline(lines, line);) {
    std::size_t cells = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == '|') {
        ++cells;
      }
    }
    form += line.substr(0, 2) + " " + std::to_string(cells) + "\n";
  }
  return form;
}

GoNoGo RecordWith(const std::string& text) {
  StatementBuilder go = GoBy(kAlice);
  go.Promise("load-test", kNow + kDay);
  evidence::Finding finding = Measured();
  finding.message = "xxxx" + text;
  finding.facts = {{"xxxx" + text, text}};
  GoNoGo record = RecordOf(ReadyReview()
                               .Owner("xxxx" + text, "xxxx" + text)
                               .With("load-test", finding)
                               .Unsigned()
                               .Signed(go)
                               .Signed(NoGoBy(kBob).Reason("xxxx" + text)));
  record.report.review = "xxxx" + text;
  record.report.target = "xxxx" + text;
  record.report.ns = "xxxx" + text;
  for (Report::Item& item : record.report.items) {
    item.item.id = item.item.id + text;
    item.item.section_title = "xxxx" + text;
  }
  const std::string id = record.report.items[0].item.id;
  record.before = Earlier{"", "", {{id, {FindingStatus::kFail, "xxxx" + text, "xxxx" + text}}}};
  for (VerdictCheck& check : record.checks) check.name = "xxxx" + text;
  return record;
}

TEST_P(HostileRecordTest, CannotChangeTheFormOfTheRecord) {
  const std::string harmless = MarkdownOf(RecordWith("y"));
  const std::string hostile = MarkdownOf(RecordWith(GetParam().text));

  EXPECT_EQ(FormOf(hostile), FormOf(harmless));
  EXPECT_THAT(hostile, Not(HasSubstr("xxxx" + GetParam().text)));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, HostileRecordTest,
    ::testing::Values(Hostile{"Cell", "| Pass |"}, Hostile{"EscapedCell", "\\| Pass |"},
                      Hostile{"Heading", "\n# Go\n"}, Hostile{"Fence", "\n```\n"},
                      Hostile{"Code", "`x`"}, Hostile{"Html", "<h1>"}, Hostile{"Comment", "<!--"},
                      Hostile{"Reference", "&#124;"}, Hostile{"Bidi", "\u202E"},
                      Hostile{"Emphasis", "** Go **"}),
    [](const auto& row) { return row.param.name; });

TEST(RenderGoNoGoTest, TheSameRecordGivesTheSameBytes) {
  EXPECT_EQ(MarkdownOf(RecordWith("y")), MarkdownOf(RecordWith("y")));
}

}  // namespace
}  // namespace launchgate::app::cli
