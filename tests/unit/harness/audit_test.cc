// Every way in which the books of a crash test can disagree.
#include "harness/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "harness/codes.h"

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Digest(int which) { return DigestOf(CodeOf(1, static_cast<std::uint64_t>(which))); }
std::string ChargeId(int which) { return "ch-" + std::to_string(which); }

// Three codes, acknowledged, stored and charged.
Books CleanBooks() {
  Books books;
  for (int i = 0; i < 3; ++i) {
    books.acknowledged.push_back({Digest(i), ChargeId(i)});
    books.store.push_back({Digest(i), 2'500, RefOf(Digest(i)), "redeemed", ChargeId(i)});
    books.charges.push_back({RefOf(Digest(i)), 2'500, ChargeId(i)});
  }
  return books;
}

TEST(AuditTest, FindsNothingInCleanBooks) {
  const AuditResult result = Audit(CleanBooks(), 3);

  EXPECT_TRUE(result.clean());
  EXPECT_EQ(result.acknowledged, 3U);
  EXPECT_EQ(result.redeemed, 3U);
  EXPECT_EQ(result.pending, 0U);
  EXPECT_EQ(result.charges, 3U);
}

TEST(AuditTest, AcceptsAnAcknowledgementThatWasHeardTwice) {
  Books books = CleanBooks();
  books.acknowledged.push_back(books.acknowledged.front());

  const AuditResult result = Audit(books, 3);

  EXPECT_TRUE(result.clean());
  EXPECT_EQ(result.acknowledged, 3U);
}

TEST(AuditTest, AcceptsWhatACrashLeftPendingAndNobodyWasTold) {
  Books books = CleanBooks();
  books.store.push_back({Digest(7), 2'500, RefOf(Digest(7)), "pending", ""});
  books.store.push_back({Digest(8), 2'500, RefOf(Digest(8)), "pending", ""});
  books.charges.push_back({RefOf(Digest(8)), 2'500, ChargeId(8)});

  const AuditResult result = Audit(books, 3);

  EXPECT_TRUE(result.clean());
  EXPECT_EQ(result.pending, 2U);
}

struct ViolationRow {
  std::string name;
  std::function<void(Books&)> change;
  std::vector<Violation> expected;
};

class ViolationTest : public ::testing::TestWithParam<ViolationRow> {};

TEST_P(ViolationTest, IsFoundAndNothingElse) {
  const ViolationRow& row = GetParam();
  Books books = CleanBooks();
  row.change(books);

  const AuditResult result = Audit(books, 3);

  std::vector<Violation> found;
  for (const auto& [violation, finding] : result.findings) {
    found.push_back(violation);
    EXPECT_EQ(finding.count, 1U);
    EXPECT_THAT(finding.examples, SizeIs(1));
  }
  EXPECT_EQ(found, row.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ViolationTest,
    ::testing::Values(ViolationRow{"OneWasNeverAcknowledged",
                                   [](Books& books) { books.acknowledged.pop_back(); },
                                   {Violation::kNotAcknowledged}},
                      ViolationRow{"ToldTwoCharges",
                                   [](Books& books) {
                                     books.acknowledged.push_back({Digest(0), "ch-9"});
                                   },
                                   {Violation::kToldTwoCharges}},
                      // The store lost it: also a charge that belongs to nobody.
                      ViolationRow{"LostFromTheStore",
                                   [](Books& books) { books.store.erase(books.store.begin()); },
                                   {Violation::kNotInStore, Violation::kChargedNobody}},
                      ViolationRow{"AcknowledgedButPending",
                                   [](Books& books) {
                                     books.store[1].state = "pending";
                                     books.store[1].charge_id = "";
                                   },
                                   {Violation::kNotRedeemed}},
                      ViolationRow{"ToldAnotherCharge",
                                   [](Books& books) { books.acknowledged[2].charge_id = "ch-9"; },
                                   {Violation::kOtherCharge}},
                      ViolationRow{"RefOfAnotherCode",
                                   [](Books& books) {
                                     books.store[0].ref = RefOf(Digest(9));
                                     books.charges[0].ref = RefOf(Digest(9));
                                   },
                                   {Violation::kOtherRef}},
                      ViolationRow{"RedeemedWithoutACharge",
                                   [](Books& books) { books.charges.pop_back(); },
                                   {Violation::kRedeemedNotCharged}},
                      ViolationRow{"ChargedAnotherAmount",
                                   [](Books& books) { books.charges[0].amount_cents = 5'000; },
                                   {Violation::kChargedOtherwise}},
                      ViolationRow{"ChargedUnderAnotherId",
                                   [](Books& books) { books.charges[0].charge_id = "ch-9"; },
                                   {Violation::kChargedOtherwise}},
                      ViolationRow{"ChargedTwice",
                                   [](Books& books) {
                                     books.charges.push_back({RefOf(Digest(0)), 2'500, "ch-9"});
                                   },
                                   {Violation::kChargedTwice}},
                      ViolationRow{"ChargedForNobody",
                                   [](Books& books) {
                                     books.charges.push_back({"gc-other", 2'500, "ch-9"});
                                   },
                                   {Violation::kChargedNobody}}),
    [](const auto& test) { return test.param.name; });

TEST(AuditTest, FindsACodeThatIsInTheStoreTwice) {
  Books books = CleanBooks();
  books.store.push_back(books.store[0]);

  const AuditResult result = Audit(books, 3);

  EXPECT_EQ(result.findings.at(Violation::kStoredTwice).count, 1U);
  EXPECT_THAT(result.findings.at(Violation::kStoredTwice).examples, ElementsAre(Digest(0)));
}

TEST(AuditTest, FindsTwoCodesThatShareACharge) {
  Books books = CleanBooks();
  books.store[1].charge_id = ChargeId(0);

  const AuditResult result = Audit(books, 3);

  EXPECT_EQ(result.findings.at(Violation::kChargeShared).count, 1U);
  EXPECT_EQ(result.findings.at(Violation::kOtherCharge).count, 1U);
}

TEST(AuditTest, CountsAllAndShowsAFew) {
  Books books = CleanBooks();
  for (int i = 0; i < 10; ++i) books.charges.push_back({"gc-" + std::to_string(i), 1, "x"});

  const AuditResult result = Audit(books, 8);

  EXPECT_EQ(result.findings.at(Violation::kChargedNobody).count, 10U);
  EXPECT_THAT(result.findings.at(Violation::kChargedNobody).examples, SizeIs(kMaxExamples));
  EXPECT_EQ(result.findings.at(Violation::kNotAcknowledged).count, 5U);
}

TEST(ReadAcknowledgedTest, ReadsWhatIsWritten) {
  const std::string lines = LineOf({Digest(0), "ch-0"}) + LineOf({Digest(1), "ch-\"1\""});

  const auto read = ReadAcknowledged(lines);

  ASSERT_TRUE(read) << read.error();
  ASSERT_THAT(*read, SizeIs(2));
  EXPECT_EQ((*read)[1].code_digest, Digest(1));
  EXPECT_EQ((*read)[1].charge_id, "ch-\"1\"");
}

TEST(ReadRedemptionsTest, ReadsAListOrAnObjectWithOne) {
  const std::string row =
      R"({"codeDigest":"d","amountCents":2500,"ref":"gc-d","state":"redeemed","chargeId":"c"})";

  const auto list = ReadRedemptions("[" + row + "]");
  const auto object = ReadRedemptions(R"({"redemptions":[)" + row + "]}");

  ASSERT_TRUE(list && object);
  EXPECT_EQ(list->at(0).amount_cents, 2'500);
  EXPECT_EQ(object->at(0).charge_id, "c");
}

TEST(ReadRedemptionsTest, NeedsNoChargeOfAPendingOne) {
  const auto read = ReadRedemptions(
      R"([{"codeDigest":"d","amountCents":2500,"ref":"gc-d","state":"pending","chargeId":null}])");

  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->at(0).charge_id, "");
}

TEST(ReadChargesTest, ReadsWhatTheStubAnswers) {
  const auto read = ReadCharges(R"({"charges":[{"ref":"gc-d","amount":2500,"chargeId":"c"}]})");

  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->at(0).ref, "gc-d");
  EXPECT_EQ(read->at(0).amount_cents, 2'500);
}

struct MalformedRow {
  std::string name;
  std::string text;
  std::string says;
};

class MalformedTest : public ::testing::TestWithParam<MalformedRow> {};

TEST_P(MalformedTest, IsRefusedByEveryReader) {
  const MalformedRow& row = GetParam();

  const auto charges = ReadCharges(row.text);
  const auto redemptions = ReadRedemptions(row.text);

  ASSERT_FALSE(charges);
  ASSERT_FALSE(redemptions);
  EXPECT_THAT(charges.error(), HasSubstr(row.says));
  EXPECT_THAT(redemptions.error(), HasSubstr(row.says));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MalformedTest,
    ::testing::Values(MalformedRow{"Empty", "", "is not JSON"},
                      MalformedRow{"Half", "[{", "is not JSON"},
                      MalformedRow{"NoList", R"({"other":[]})", "has no list"},
                      MalformedRow{"ListIsText", R"("charges")", "has no list"},
                      MalformedRow{"RowIsText", R"(["row"])", "1 lacks a field"},
                      MalformedRow{"RowIsEmpty", "[{}]", "1 lacks a field"},
                      MalformedRow{"AmountIsText",
                                   R"([{"ref":"r","codeDigest":"d","state":"redeemed",
                                 "amount":"1","amountCents":"1","chargeId":"c"}])",
                                   "1 lacks a field"}),
    [](const auto& test) { return test.param.name; });

TEST(ReadAcknowledgedTest, NamesTheLineThatIsBroken) {
  const auto read = ReadAcknowledged(LineOf({"d", "c"}) + "{\"codeDigest\":\"d\"}\n");

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("line 2"));
}

struct AnswerRow {
  std::string name;
  std::string body;
  std::string charge_id;
};

class ChargeIdOfTest : public ::testing::TestWithParam<AnswerRow> {};

TEST_P(ChargeIdOfTest, TakesOnlyARedeemedCardForAcknowledged) {
  EXPECT_EQ(ChargeIdOf(GetParam().body), GetParam().charge_id);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ChargeIdOfTest,
    ::testing::Values(AnswerRow{"Redeemed",
                                R"({"status":"redeemed","chargeId":"c","replayed":false})", "c"},
                      AnswerRow{"AnotherStatus", R"({"status":"pending","chargeId":"c"})", ""},
                      AnswerRow{"NoStatus", R"({"chargeId":"c"})", ""},
                      AnswerRow{"NoCharge", R"({"status":"redeemed"})", ""},
                      AnswerRow{"ChargeIsNumber", R"({"status":"redeemed","chargeId":1})", ""},
                      AnswerRow{"NoObject", R"(["redeemed"])", ""},
                      AnswerRow{"NoJson", "redeemed", ""}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace harness
