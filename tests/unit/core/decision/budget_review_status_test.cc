#include "core/decision/budget_review_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/budget/agenda.h"
#include "tests/support/sign_off_builder.h"

namespace launchgate::decision {
namespace {

using json::Json;
using test_support::AuthorityBuilder;
using test_support::FakeSignatures;
using test_support::kAlice;
using test_support::kBob;
using test_support::OctoberSubject;
using test_support::SignOffBy;
using ::testing::HasSubstr;

base::Time At(std::string_view text) { return *base::ParseTime(text); }

const base::Time kBeforeDue = At("2026-11-03T00:00:00Z");
const base::Time kPastDue = At("2026-11-07T00:00:00Z");
const base::Time kFrozen = At("2026-11-23T12:00:00Z");

resources::BudgetReview October() {
  resources::BudgetReview review;
  review.meta.name = "gift-cards-2026-10";
  review.meta.generation = 3;
  return review;
}

budget::ReviewTimes Times() {
  return {*resources::ParseMonth("2026-10"), At("2026-10-01T00:00:00Z"),
          At("2026-11-01T00:00:00Z"),        At("2026-11-01T00:00:00Z"),
          At("2026-11-06T00:00:00Z"),        At("2026-11-09T00:00:00Z")};
}

resources::BudgetAgenda Agenda() {
  resources::BudgetAgenda agenda;
  agenda.as_of = At("2026-11-01T00:05:00Z");
  return agenda;
}

verdict::SignOffStanding Standing(const std::vector<resources::SignedDocument>& documents) {
  return verdict::JudgeSignOffs(documents, AuthorityBuilder().Build(), OctoberSubject(),
                                FakeSignatures(), verdict::Origin::kCluster, kFrozen);
}

verdict::SignOffStanding Signed() {
  return Standing({SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored()});
}

Json Status(const verdict::SignOffStanding& standing, base::Time now,
            const std::optional<resources::BudgetAgenda>& agenda = Agenda(),
            const Json& previous = Json()) {
  return BudgetReviewStatusJson(October(), {}, Times(), standing, agenda, previous, now);
}

// "True QuorumMet".
std::string Condition(const Json& status, const std::string& type) {
  for (const Json& condition : status["conditions"]) {
    if (condition["type"] == type) {
      return condition["status"].get<std::string>() + " " + condition["reason"].get<std::string>();
    }
  }
  return "absent";
}

std::string Message(const Json& status, const std::string& type) {
  for (const Json& condition : status["conditions"]) {
    if (condition["type"] == type) return condition["message"];
  }
  return "absent";
}

TEST(BudgetReviewStatusTest, SaysWhenAndWho) {
  const Json status = Status(Signed(), kFrozen);

  EXPECT_EQ(status["observedGeneration"], 3);
  EXPECT_EQ(status["openedAt"], "2026-11-01T00:00:00Z");
  EXPECT_EQ(status["dueAt"], "2026-11-06T00:00:00Z");
  EXPECT_EQ(status["freezesAt"], "2026-11-09T00:00:00Z");
  EXPECT_EQ(status["signedOffBy"].size(), 2U);
  EXPECT_EQ(status["signedOffBy"][0]["identity"], "alice@example.com");
  EXPECT_EQ(Condition(status, "Ready"), "True AgendaTaken");
  EXPECT_EQ(Condition(status, "SignedOff"), "True QuorumMet");
  EXPECT_EQ(Condition(status, "Overdue"), "False SignedOff");
}

TEST(BudgetReviewStatusTest, OverdueFollowsTheClock) {
  EXPECT_EQ(Condition(Status({}, kBeforeDue), "Overdue"), "False NotDue");
  EXPECT_EQ(Condition(Status({}, kPastDue), "Overdue"), "True PastDue");
  EXPECT_EQ(Condition(Status({}, kFrozen), "Overdue"), "True BudgetReviewOverdue");
  EXPECT_EQ(Condition(Status({}, At("2026-11-05T23:59:59Z")), "Overdue"), "False NotDue");
  EXPECT_EQ(Condition(Status({}, At("2026-11-06T00:00:00Z")), "Overdue"), "True PastDue");
  EXPECT_EQ(Condition(Status({}, At("2026-11-09T00:00:00Z")), "Overdue"),
            "True BudgetReviewOverdue");
}

TEST(BudgetReviewStatusTest, SaysWhoIsMissingAndWhatDoesNotCount) {
  const auto standing = Standing({SignOffBy(kAlice).Stored(), resources::SignedDocument()});

  const std::string message = Message(Status(standing, kFrozen), "SignedOff");

  EXPECT_THAT(message, HasSubstr("needs 1 sign-off in the role product"));
  EXPECT_THAT(message, HasSubstr("spec.signOffs[1] does not count (EnvelopeInvalid)"));
}

TEST(BudgetReviewStatusTest, HoldsTheAgendaWithTheDigestThatIsSigned) {
  const Json status = Status({}, kBeforeDue);

  EXPECT_EQ(status["agenda"], budget::AgendaJson(Agenda()));
  EXPECT_EQ(status["agendaDigest"], budget::AgendaDigest(Agenda()));
}

// Even one that an older version wrote, or that differs from what is known now.
TEST(BudgetReviewStatusTest, AnAgendaThatIsThereStaysAsItIs) {
  const Json there = {{"asOf", "2026-11-01T00:00:00Z"}, {"field-of-another-version", 1}};

  const Json status = Status({}, kBeforeDue, Agenda(), {{"agenda", there}});

  EXPECT_EQ(status["agenda"], there);
  EXPECT_EQ(status["agendaDigest"], json::CanonicalDigest(there));
}

TEST(BudgetReviewStatusTest, WaitsForTheFigures) {
  const Json status = Status({}, kBeforeDue, std::nullopt);

  EXPECT_FALSE(status.contains("agenda"));
  EXPECT_FALSE(status.contains("agendaDigest"));
  EXPECT_EQ(Condition(status, "Ready"), "False FiguresPending");
}

TEST(BudgetReviewStatusTest, SaysWhatIsWrongWithTheReview) {
  const Json status = BudgetReviewStatusJson(October(), {{"spec.month", "must be a month"}},
                                             Times(), {}, std::nullopt, Json(), kBeforeDue);

  EXPECT_EQ(Condition(status, "Ready"), "False Invalid");
  EXPECT_THAT(Message(status, "Ready"), HasSubstr("spec.month: must be a month"));
}

TEST(BudgetReviewStatusTest, AConditionKeepsItsTransitionTimeWhileItsStatusStays) {
  const Json first = Status({}, kBeforeDue);

  const Json same = Status({}, kBeforeDue + std::chrono::hours(1), Agenda(), first);
  const Json later = Status({}, kFrozen, Agenda(), first);

  EXPECT_EQ(same, first);
  EXPECT_EQ(later["conditions"][0]["lastTransitionTime"], base::FormatTime(kBeforeDue));
  EXPECT_EQ(later["conditions"][2]["lastTransitionTime"], base::FormatTime(kFrozen));
}

}  // namespace
}  // namespace launchgate::decision
