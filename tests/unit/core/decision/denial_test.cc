#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/decision/decide.h"
#include "tests/support/builders.h"

namespace launchgate::decision {
namespace {

using evidence::FindingStatus;
using test_support::kDay;
using test_support::kNow;
using test_support::ReadyReview;
using test_support::ReviewBuilder;
using test_support::Rollout;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string DenialOf(const ReviewBuilder& review, const Change& change = Rollout()) {
  const TargetFacts facts = review.Target();
  const Decision decision =
      Decide(test_support::Healthy(), GateMode::kEnforce, &facts, change, kNow);
  EXPECT_FALSE(decision.allowed());
  return RenderDenial(decision, &facts, change);
}

TEST(DenialTest, SaysWhatWhyWhoAndWhatToRun) {
  const std::string text = DenialOf(ReadyReview()
                                        .Unsigned()
                                        .Signed(test_support::GoBy(test_support::kAlice))
                                        .Frozen(budget::FreezeCause::kBudgetSpent, kNow + kDay)
                                        .With("load-test", FindingStatus::kFail));

  EXPECT_EQ(text,
            "deployment/gift-cards in namespace shop may not launch (the request changes the pod "
            "template):\n"
            "- BudgetSpent: shop/gift-cards: the budget of 28 days is spent (131 %); opens at "
            "2026-11-24T12:00:00Z (in 1d)\n"
            "- EvidenceFailing [load-test]: p95 is 812ms, at most 250ms is allowed\n"
            "- QuorumNotMet: needs 1 Go in the role product\n"
            "Template: " +
                test_support::TemplateHash() +
                "\n"
                "Owner: payments (#payments-oncall)\n"
                "More: kubectl launchgate explain -n shop deployment/gift-cards");
}

TEST(DenialTest, NamesTheCommandAlsoWhereNoReviewIs) {
  const Decision decision =
      Decide(test_support::Healthy(), GateMode::kEnforce, nullptr, Rollout(), kNow);

  const std::string text = RenderDenial(decision, nullptr, Rollout());

  EXPECT_THAT(text, HasSubstr("- ReviewMissing: no LaunchReview in this namespace is about "
                              "deployment/gift-cards\n"));
  EXPECT_THAT(text, Not(HasSubstr("Owner:")));
  EXPECT_THAT(text, EndsWith("More: kubectl launchgate explain -n shop deployment/gift-cards"));
}

TEST(DenialTest, OfABarePodNamesThePod) {
  Change pod = Rollout();
  pod.kind = "Pod";
  pod.name = "debug";
  pod.target.reset();
  pod.what = "creates it";
  const Decision decision = Decide(test_support::Healthy(), GateMode::kStrict, nullptr, pod, kNow);

  const std::string text = RenderDenial(decision, nullptr, pod);

  EXPECT_THAT(text, StartsWith("Pod/debug in namespace shop may not launch (the request creates "
                               "it):\n"));
  EXPECT_THAT(text, EndsWith("More: kubectl launchgate status -n shop"));
}

TEST(DenialTest, NamesTheTemplateThatABreakGlassWouldHaveToName) {
  Change scale = Rollout("");

  EXPECT_THAT(RenderDenial(Decision(), nullptr, Rollout()),
              HasSubstr("\nTemplate: " + test_support::TemplateHash() + "\n"));
  EXPECT_THAT(RenderDenial(Decision(), nullptr, scale), Not(HasSubstr("Template:")));
}

TEST(DenialTest, OfAGeneratedNameNamesTheKind) {
  Change pod = Rollout();
  pod.kind = "Pod";
  pod.name = "";
  pod.target.reset();

  EXPECT_THAT(RenderDenial(Decision(), nullptr, pod), StartsWith("Pod in namespace shop"));
}

TEST(DenialTest, CountsTheObjectionsThatFindNoRoom) {
  ReviewBuilder review = ReadyReview();
  for (int i = 10; i < 60; ++i) {
    review.Item("check-number-" + std::to_string(i), resources::Severity::kBlocker,
                test_support::WithStatus(FindingStatus::kFail));
  }

  const std::string text = DenialOf(review);

  EXPECT_LE(text.size(), kMaxDenialBytes);
  EXPECT_GT(text.size(), kMaxDenialBytes - 150);  // No room is wasted.
  const auto lines = std::count(text.begin(), text.end(), '\n');
  // First line, the objections, the count, the template, the owner.
  const long shown = lines - 4;
  EXPECT_GT(shown, 5);
  EXPECT_THAT(text, HasSubstr("\n- ...and " + std::to_string(50 - shown) + " more\n"));
  EXPECT_THAT(text, HasSubstr("Owner: payments"));
}

TEST(DenialTest, StaysWithinItsBoundWhateverTheNamesAre) {
  const std::string name = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                           std::string(63, 'c') + "." + std::string(60, 'd');
  Change change = Rollout();
  change.ns = std::string(63, 'n');
  change.target = resources::TargetRef{resources::TargetKind::kStatefulSet, change.ns, name};
  const TargetFacts facts =
      ReadyReview().Owner(std::string(500, 't'), std::string(500, 'c')).Unsigned().Target();
  Decision decision = Decision::Deny(
      {{"EvidenceFailing", std::string(5000, 'm'), "load-test"}, {"NoGo", "no", ""}});

  const std::string text = RenderDenial(decision, &facts, change);

  EXPECT_LE(text.size(), kMaxDenialBytes);
  EXPECT_THAT(text, HasSubstr("EvidenceFailing [load-test]"));
  EXPECT_THAT(text, EndsWith("statefulset/" + name));
}

TEST(DenialTest, CutsALongMessageVisibly) {
  evidence::Finding finding = test_support::WithStatus(FindingStatus::kFail);
  finding.message = std::string(4000, 'x');

  EXPECT_THAT(DenialOf(ReadyReview().With("load-test", finding)), HasSubstr("xxx...\n"));
}

TEST(DenialTest, ShowsOutsideTextPrintable) {
  Change change = Rollout();
  change.target.reset();
  change.kind = "Pod";
  change.name = "x\x1b[31m\nEvil: yes";
  change.ns = "shop; rm -rf /";

  const std::string text = RenderDenial(Decision(), nullptr, change);

  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\nEvil")));
  // A command that is meant to be pasted holds no name that is none.
  EXPECT_THAT(text, EndsWith("More: kubectl launchgate status"));
}

TEST(DenialTest, LeavesOutATargetNameThatIsNone) {
  Change change = Rollout();
  change.target->name = "$(reboot)";

  EXPECT_THAT(RenderDenial(Decision(), nullptr, change),
              EndsWith("More: kubectl launchgate status -n shop"));
}

struct OwnerRow {
  const char* name;
  const char* team;
  const char* contact;
  const char* line;
};

class DenialOwnerTest : public testing::TestWithParam<OwnerRow> {};

TEST_P(DenialOwnerTest, SaysWhatIsKnown) {
  const TargetFacts facts =
      ReadyReview().Owner(GetParam().team, GetParam().contact).Unsigned().Target();

  EXPECT_THAT(RenderDenial(Decision(), &facts, Rollout()), HasSubstr(GetParam().line));
}

INSTANTIATE_TEST_SUITE_P(
    Owners, DenialOwnerTest,
    testing::Values(OwnerRow{"Both", "payments", "#oncall", "\nOwner: payments (#oncall)\n"},
                    OwnerRow{"TeamOnly", "payments", "", "\nOwner: payments\n"},
                    OwnerRow{"ContactOnly", "", "#oncall", "\nOwner: #oncall\n"},
                    OwnerRow{"Nobody", "", "", "log says why\nTemplate: "}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::decision
