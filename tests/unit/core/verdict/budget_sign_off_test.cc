#include "core/verdict/budget_sign_off.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/bytes.h"
#include "core/json/json.h"
#include "core/resources/budget_review.h"
#include "core/verdict/statement.h"
#include "tests/support/sign_off_builder.h"

namespace launchgate::verdict {
namespace {

using test_support::GoBy;
using test_support::kAlice;
using test_support::kDay;
using test_support::kNow;
using test_support::SignOffBy;
using ::testing::HasSubstr;

SignOff WithAnAction() {
  return SignOffBy(kAlice).Action("add a deadline", "carol@example.com", kNow + kDay).Build();
}

TEST(BudgetSignOffTest, IsWrittenAsCanonicalJson) {
  const std::string digest = WithAnAction().subject.agenda_digest;

  EXPECT_EQ(
      Serialize(WithAnAction()),
      R"({"_type":"https://in-toto.io/Statement/v1","predicate":{"actions":[{"due":"2026-11-24T12:00:00Z","owner":"carol@example.com","text":"add a deadline"}],"agendaDigest":")" +
          digest +
          R"(","budget":{"name":"gift-cards","namespace":"shop","uid":"7e1f3f1e-41a5-4a52-9d4d-0a5d6f1c2b3a"},"clusterId":"5d2a1c8e-8f4e-4f0a-9a55-6f6f3d1d0c11","issuedAt":"2026-11-22T12:00:00Z","month":"2026-10","signer":{"identity":"alice@example.com","role":"sre"}},"predicateType":"https://launchgate.dev/budget-review/v1","subject":[{"digest":{"sha256":")" +
          digest + R"("},"name":"budgetreview/shop/gift-cards-2026-10"}]})");
}

TEST(BudgetSignOffTest, ReadsWhatItWrites) {
  for (const SignOff& sign_off : {SignOffBy(kAlice).Build(), WithAnAction()}) {
    const auto parsed = ParseSignOff(Serialize(sign_off));

    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, sign_off);
  }
}

TEST(BudgetSignOffTest, AVerdictIsNoSignOffAndASignOffIsNoVerdict) {
  const auto sign_off = ParseSignOff(Serialize(GoBy(kAlice).Build()));
  const auto verdict = ParseStatement(Serialize(WithAnAction()));

  ASSERT_FALSE(sign_off);
  EXPECT_THAT(sign_off.error().message,
              HasSubstr("predicateType: must be https://launchgate.dev/budget-review/v1"));
  ASSERT_FALSE(verdict);
  EXPECT_THAT(verdict.error().message, HasSubstr("predicateType"));
}

TEST(BudgetSignOffTest, TheLargestFitsAnObject) {
  SignOff largest =
      SignOffBy({std::string(kMaxFieldBytes, 'i'), std::string(kMaxFieldBytes, 'r')}).Build();
  for (std::size_t i = 0; i < kMaxSignOffActions; ++i) {
    largest.actions.push_back(
        {std::string(kMaxActionTextBytes, '"'), std::string(kMaxFieldBytes, '\\'), kNow + kDay});
  }
  ASSERT_TRUE(Validate(largest));

  EXPECT_LE(base::Base64Encode(Serialize(largest)).size(), resources::kMaxSignOffPayloadLength);
}

struct Change {
  std::string name;
  std::string pointer;
  std::string value;  // JSON, or "absent".
  std::string complaint;
};

class BadSignOffTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadSignOffTest, IsRefusedWithTheFieldAndTheReason) {
  json::Json document = json::Json::parse(Serialize(WithAnAction()));
  const json::Json::json_pointer pointer(GetParam().pointer);
  if (GetParam().value == "absent") {
    document.at(pointer.parent_pointer()).erase(pointer.back());
  } else {
    document[pointer] = json::Json::parse(GetParam().value);
  }

  const auto parsed = ParseSignOff(document.dump());

  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadSignOffTest,
    ::testing::Values(
        Change{"OtherType", "/_type", R"("https://in-toto.io/Statement/v0.1")", "_type: must be"},
        Change{"UnknownField", "/predicate/extra", "1", "predicate.extra: is not a known field"},
        Change{"UnknownTopLevelField", "/extra", "1", "extra: is not a known field"},
        Change{"NoCluster", "/predicate/clusterId", "absent", "clusterId: must be set"},
        Change{"NoUid", "/predicate/budget/uid", "absent", "budget.uid: must be set"},
        Change{"NoNamespace", "/predicate/budget/namespace", R"("")", "must not be empty"},
        Change{"NoSigner", "/predicate/signer", "absent", "signer: must be set"},
        Change{"NoTime", "/predicate/issuedAt", "absent", "issuedAt: must be set"},
        Change{"MonthOfWords", "/predicate/month", R"("October")", "subject: must name"},
        Change{"OtherMonthThanTheSubject", "/predicate/month", R"("2026-11")",
               "subject: must name \"budgetreview/shop/gift-cards-2026-11\""},
        Change{"OtherDigestThanTheSubject", "/predicate/agendaDigest",
               '"' + std::string(64, 'a') + '"', "subject: must name"},
        Change{"OtherBudgetThanTheSubject", "/predicate/budget/name", R"("payments")",
               "subject: must name"},
        Change{"NoSubject", "/subject", "[]", "subject: must name"},
        Change{"ActionWithoutOwner", "/predicate/actions/0/owner", "absent", "owner: must be set"},
        Change{"ActionWithoutText", "/predicate/actions/0/text", "absent", "text: must be set"},
        Change{"ActionThatIsOver", "/predicate/actions/0/due", R"("2026-11-22T12:00:00Z")",
               "actions.due must be later than issuedAt"},
        Change{"ActionThatHidesItsText", "/predicate/actions/0/text", R"("safe\u202Eefas")",
               "actions.text must be text without control characters"},
        Change{"ActionOfTwoLines", "/predicate/actions/0/text", R"("a\nb")",
               "actions.text must be text without control characters"},
        Change{"ActionTooLong", "/predicate/actions/0/text",
               '"' + std::string(kMaxActionTextBytes + 1, 'x') + '"',
               "actions.text must have at most 512 bytes"}),
    [](const auto& row) { return row.param.name; });

TEST(BudgetSignOffTest, HoldsTheRulesOfItsFields) {
  SignOff bad_digest = WithAnAction();
  bad_digest.subject.agenda_digest = std::string(64, 'A');
  SignOff bad_month = WithAnAction();
  bad_month.subject.month = "2026-13";
  SignOff too_many = WithAnAction();
  too_many.actions.resize(kMaxSignOffActions + 1, too_many.actions.front());

  EXPECT_THAT(Validate(bad_digest).error().message, HasSubstr("agendaDigest"));
  EXPECT_THAT(Validate(bad_month).error().message, HasSubstr("month"));
  EXPECT_THAT(Validate(too_many).error().message, HasSubstr("actions must be at most 16"));
}

TEST(BudgetSignOffTest, RefusesDuplicateKeysAndTrailingBytes) {
  const std::string good = Serialize(WithAnAction());

  EXPECT_FALSE(ParseSignOff(good + "{}"));
  EXPECT_FALSE(ParseSignOff(R"({"_type":"x",)" + good.substr(1)));
}

}  // namespace
}  // namespace launchgate::verdict
