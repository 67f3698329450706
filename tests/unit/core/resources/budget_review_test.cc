#include "core/resources/budget_review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/resources/error_budget.h"
#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using std::chrono::year_month;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr year_month kOctober{std::chrono::year(2026), std::chrono::October};

json::Json ReviewOfAMonth() { return Sample("budgetreview.yaml"); }

BudgetReview Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  BudgetReview review = ParseBudgetReview(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return review;
}

TEST(BudgetReviewTest, ReadsBudgetMonthAndBothFormsOfASignOff) {
  const BudgetReview review = Parse(ReviewOfAMonth());

  EXPECT_EQ(review.meta.Key(), "shop/gift-cards-2026-10");
  EXPECT_EQ(review.budget, "gift-cards");
  EXPECT_EQ(review.month, kOctober);
  ASSERT_THAT(review.sign_offs, SizeIs(2));
  EXPECT_THAT(review.sign_offs[0].envelope, HasSubstr("payloadType"));
  EXPECT_THAT(review.sign_offs[1].statement, ::testing::EndsWith("\r\n"));
}

TEST(BudgetReviewTest, NeedsNoSignOffs) {
  const BudgetReview review = Parse(With(ReviewOfAMonth(), "/spec/signOffs", "absent"));

  EXPECT_THAT(review.sign_offs, IsEmpty());
}

TEST(BudgetReviewTest, ReadsTheAgendaThatWasTaken) {
  const BudgetReviewStatus status = Parse(ReviewOfAMonth()).status;

  EXPECT_EQ(base::FormatTime(*status.freezes_at), "2026-11-08T23:00:00Z");
  ASSERT_THAT(status.signed_off_by, SizeIs(1));
  EXPECT_EQ(status.signed_off_by[0].identity, "alice@example.com");
  ASSERT_TRUE(status.agenda);
  ASSERT_THAT(status.agenda->objectives, SizeIs(1));
  EXPECT_EQ(status.agenda->objectives[0].state, BudgetState::kSpent);
  EXPECT_EQ(status.agenda->objectives[0].target, "99.9");
  EXPECT_THAT(status.agenda->objectives[0].burn_down, ElementsAre(1, 0.75, -0.15, -0.4));
  EXPECT_THAT(status.agenda->objectives[0].incidents, SizeIs(1));
  EXPECT_EQ(status.agenda->freezes[0].cause, "BudgetSpent");
  EXPECT_EQ(status.agenda->overrides[0].ticket, "INC-4711");
  EXPECT_EQ(status.agenda->conditions[0].owner, "erin@example.com");
  EXPECT_EQ(status.agenda->evidence[0].item, "load-test");
  EXPECT_EQ(status.agenda->actions[0].text, "give the payments client a deadline");
}

// What is signed is what is stored, whatever the status says its digest is.
TEST(BudgetReviewTest, ComputesTheDigestOfTheStoredAgenda) {
  const json::Json sample = ReviewOfAMonth();

  const std::string digest = Parse(sample).status.agenda_digest;

  EXPECT_EQ(digest, json::CanonicalDigest(sample["status"]["agenda"]));
  EXPECT_NE(digest, sample["status"]["agendaDigest"]);
  EXPECT_NE(
      digest,
      Parse(With(sample, "/status/agenda/objectives/0/sli", R"("99.9")")).status.agenda_digest);
  // Fields that this version does not know are signed as well.
  EXPECT_NE(digest, Parse(With(sample, "/status/agenda/new", "1")).status.agenda_digest);
}

TEST(BudgetReviewTest, ANullInTheAgendaIsAsIfItWereAbsent) {
  const json::Json sample = ReviewOfAMonth();

  EXPECT_EQ(Parse(With(sample, "/status/agenda/new", "null")).status.agenda_digest,
            Parse(sample).status.agenda_digest);
}

TEST(BudgetReviewTest, HasNoDigestWithoutAnAgenda) {
  for (const char* agenda : {"absent", "null", "[]", R"("{}")"}) {
    const BudgetReviewStatus status =
        Parse(With(ReviewOfAMonth(), "/status/agenda", agenda)).status;

    EXPECT_FALSE(status.agenda) << agenda;
    EXPECT_EQ(status.agenda_digest, "") << agenda;
  }
}

struct MonthRow {
  std::string name;
  std::string text;
  bool good;
};
class MonthTest : public ::testing::TestWithParam<MonthRow> {};

TEST_P(MonthTest, IsFourDigitsAndTwo) {
  const auto month = ParseMonth(GetParam().text);

  ASSERT_EQ(month.has_value(), GetParam().good);
  if (month) {
    EXPECT_EQ(FormatMonth(*month), GetParam().text);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MonthTest,
    ::testing::Values(MonthRow{"October", "2026-10", true}, MonthRow{"First", "1970-01", true},
                      MonthRow{"Last", "9999-12", true}, MonthRow{"BeforeTime", "1969-12", false},
                      MonthRow{"Thirteenth", "2026-13", false},
                      MonthRow{"Zeroth", "2026-00", false}, MonthRow{"OneDigit", "2026-1", false},
                      MonthRow{"Day", "2026-10-01", false}, MonthRow{"NoDash", "2026/10", false},
                      MonthRow{"Sign", "+026-10", false}, MonthRow{"Space", "2026- 1", false},
                      MonthRow{"Empty", "", false}),
    [](const auto& row) { return row.param.name; });

struct Change {
  std::string name;
  std::string pointer;
  std::string value;
  std::string problem;
};

class BadBudgetReviewTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadBudgetReviewTest, IsRefusedWithThePathAndTheReason) {
  std::vector<json::Problem> problems;

  ParseBudgetReview(With(ReviewOfAMonth(), GetParam().pointer, GetParam().value), problems);

  EXPECT_THAT(Lines(problems), HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Reviews, BadBudgetReviewTest,
    ::testing::Values(
        Change{"NoBudget", "/spec/budgetRef", "absent", "spec.budgetRef: must be set"},
        Change{"NoMonth", "/spec/month", "absent", "spec.month: must be set"},
        Change{"MonthOfWords", "/spec/month", R"("October")",
               "spec.month: must be a month such as \"2026-10\", not \"October\""},
        Change{"NameOfAnotherMonth", "/metadata/name", R"("gift-cards-2026-11")",
               "metadata.name: must be \"gift-cards-2026-10\""},
        Change{"NameOfAnotherBudget", "/spec/budgetRef/name", R"("gift")",
               "metadata.name: must be \"gift-2026-10\""},
        Change{"UnknownField", "/spec/signed", "true", "spec.signed: is not a known field"},
        Change{"UnknownFieldOfASignOff", "/spec/signOffs/0/identity", R"("me")",
               "spec.signOffs[0].identity: is not a known field"},
        Change{"NeitherForm", "/spec/signOffs/0/envelope", "absent",
               "spec.signOffs[0]: must have either envelope, or statement"},
        Change{"BothForms", "/spec/signOffs/0/statement", R"("e30=")",
               "spec.signOffs[0]: must have either envelope, or statement"},
        Change{"PayloadTooLong", "/spec/signOffs/0/envelope/payload",
               '"' + std::string(kMaxSignOffPayloadLength + 1, 'A') + '"',
               "spec.signOffs[0].envelope.payload: must have at most 49152"},
        Change{"StatementIsNoBase64", "/spec/signOffs/1/statement", R"("?")",
               "spec.signOffs[1].statement: must be base64"}),
    [](const auto& row) { return row.param.name; });

TEST(BudgetReviewTest, BoundsTheNumberOfSignOffs) {
  json::Json sample = ReviewOfAMonth();
  json::Json& entries = sample["spec"]["signOffs"];
  while (entries.size() <= kMaxSignOffs) entries.push_back(entries[0]);
  std::vector<json::Problem> problems;

  const BudgetReview review = ParseBudgetReview(sample, problems);

  EXPECT_THAT(review.sign_offs, SizeIs(kMaxSignOffs));
  EXPECT_THAT(Lines(problems), HasSubstr("spec.signOffs: must have at most 16 items"));
}

TEST(BudgetReviewTest, SurvivesAStatusOfAnotherShape) {
  const json::Json sample = ReviewOfAMonth();
  for (const char* status :
       {"1", "[]", R"({"agenda": {"objectives": 5, "asOf": 1, "omitted": -4}})",
        R"({"agenda": {"objectives": [null, {"burnDown": [1], "incidents": [5]}]}})",
        R"({"signedOffBy": [1, {"identity": 5}], "dueAt": "soon"})"}) {
    Parse(With(sample, "/status", status));
  }
}

TEST(BudgetReviewTest, ABudgetWithReviewsHasANameThatLeavesRoomForTheMonth) {
  json::Json budget = BudgetSample();
  budget["spec"]["review"] = {{"authorityRef", {{"name", "platform"}}}, {"timeZone", "Etc/UTC"}};
  const std::string label(61, 'a');
  const std::string longest = label + "." + label + "." + label + "." + std::string(59, 'a');
  ASSERT_EQ(longest.size(), kMaxReviewedBudgetName);

  for (const bool too_long : {false, true}) {
    budget["metadata"]["name"] = too_long ? longest + "a" : longest;
    std::vector<json::Problem> problems;
    ParseErrorBudget(budget, problems);
    EXPECT_EQ(Lines(problems),
              too_long ? "metadata.name: must have at most 245 characters where spec.review is "
                         "set: its reviews are named after it\n"
                       : "");
  }
  EXPECT_EQ(BudgetReviewName(longest, kOctober).size(), 253U);
}

}  // namespace
}  // namespace launchgate::resources
