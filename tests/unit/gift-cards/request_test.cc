#include "gift-cards/core/request.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace gift_cards {
namespace {

constexpr char kCode[] = "ABCD1234EFGH5678";

struct GoodRow {
  std::string name;
  std::string query;
  RedeemQuery expected;
};

class GoodQueryTest : public ::testing::TestWithParam<GoodRow> {};

TEST_P(GoodQueryTest, IsRead) {
  const auto query = ParseRedeemQuery(GetParam().query);

  ASSERT_TRUE(query) << query.error().message;
  EXPECT_EQ(*query, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, GoodQueryTest,
    ::testing::Values(
        GoodRow{"Plain", "code=ABCD1234EFGH5678&amount=2500", {kCode, 2500}},
        GoodRow{"OtherOrder", "amount=2500&code=ABCD1234EFGH5678", {kCode, 2500}},
        GoodRow{"Grouped", "code=ABCD-1234-EFGH-5678&amount=2500", {kCode, 2500}},
        GoodRow{"EscapedDashes", "code=ABCD%2D1234%2dEFGH%2D5678&amount=2500", {kCode, 2500}},
        GoodRow{
            "EscapedLettersAndDigits", "code=%41BCD1234EFGH567%38&amount=%32500", {kCode, 2500}},
        GoodRow{"OnlyDigits", "code=0000000000000000&amount=1", {"0000000000000000", 1}},
        GoodRow{"OnlyLetters", "code=ZZZZZZZZZZZZZZZZ&amount=1", {"ZZZZZZZZZZZZZZZZ", 1}},
        GoodRow{"SmallestAmount", "code=ABCD1234EFGH5678&amount=1", {kCode, 1}},
        GoodRow{"LargestAmount", "code=ABCD1234EFGH5678&amount=100000", {kCode, 100'000}}),
    [](const auto& row) { return row.param.name; });

struct BadRow {
  std::string name;
  std::string query;
  std::string field;
  std::string message_has;
};

class BadQueryTest : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadQueryTest, IsRefusedByFieldAndWithARemedy) {
  const auto query = ParseRedeemQuery(GetParam().query);

  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().field, GetParam().field);
  EXPECT_NE(query.error().message.find(GetParam().message_has), std::string::npos)
      << query.error().message;
  EXPECT_NE(query.error().message.find("; send "), std::string::npos) << query.error().message;
}

TEST_P(BadQueryTest, QuotesNothingThatMayBeACode) {
  const auto query = ParseRedeemQuery(GetParam().query);

  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().message.find("1234"), std::string::npos) << query.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Code, BadQueryTest,
    ::testing::Values(
        BadRow{"Missing", "amount=1", "code", "missing"},
        BadRow{"Empty", "code=&amount=1", "code", "16 characters"},
        BadRow{"NoValue", "code&amount=1", "code", "no value"},
        BadRow{"TooShort", "code=ABCD1234EFGH567&amount=1", "code", "16 characters"},
        BadRow{"TooLong", "code=ABCD1234EFGH56789&amount=1", "code", "16 characters"},
        BadRow{"LowerCase", "code=abcd1234EFGH5678&amount=1", "code", "lowercase"},
        BadRow{"EscapedLowerCase", "code=%61BCD1234EFGH5678&amount=1", "code", "lowercase"},
        BadRow{"Underscore", "code=ABCD_234EFGH5678&amount=1", "code", "no code has"},
        BadRow{"PlusIsNoSpace", "code=ABCD+234EFGH5678&amount=1", "code", "no code has"},
        BadRow{"EscapedNul", "code=ABCD%00234EFGH5678&amount=1", "code", "no code has"},
        BadRow{"EscapedNewline", "code=ABCD%0A234EFGH5678&amount=1", "code", "no code has"},
        BadRow{"NotAscii", "code=%C3%84BCD1234EFGH567&amount=1", "code", "no code has"},
        BadRow{"DoublyEscaped", "code=%2541BCD1234EFGH56&amount=1", "code", "no code has"},
        BadRow{"CutEscape", "code=ABCD1234EFGH567%3&amount=1", "code", "broken percent"},
        BadRow{"EscapeThatIsNotHex", "code=%GGBCD1234EFGH5678&amount=1", "code", "broken percent"},
        BadRow{"DashesInOddPlaces", "code=ABC-D1234-EFGH-5678&amount=1", "code", "dashes"},
        BadRow{"DashForALetter", "code=ABCD-1234-EFGH--678&amount=1", "code", "no code has"},
        BadRow{"OneDash", "code=ABCD-1234EFGH567&amount=1", "code", "no code has"},
        BadRow{"LeadingDash", "code=-ABCD1234-EFGH-5678&amount=1", "code", "no code has"},
        BadRow{"Twice", "code=ABCD1234EFGH5678&code=ABCD1234EFGH5678&amount=1", "code",
               "more than once"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Amount, BadQueryTest,
    ::testing::Values(
        BadRow{"Missing", "code=ABCD1234EFGH5678", "amount", "missing"},
        BadRow{"Empty", "code=ABCD1234EFGH5678&amount=", "amount", "whole number"},
        BadRow{"NoValue", "code=ABCD1234EFGH5678&amount", "amount", "no value"},
        BadRow{"Zero", "code=ABCD1234EFGH5678&amount=0", "amount", "zero"},
        BadRow{"LeadingZero", "code=ABCD1234EFGH5678&amount=0100", "amount", "leading zero"},
        BadRow{"Negative", "code=ABCD1234EFGH5678&amount=-1", "amount", "whole number"},
        BadRow{"Plus", "code=ABCD1234EFGH5678&amount=+1", "amount", "whole number"},
        BadRow{"Fraction", "code=ABCD1234EFGH5678&amount=1.5", "amount", "whole number"},
        BadRow{"Exponent", "code=ABCD1234EFGH5678&amount=1e3", "amount", "whole number"},
        BadRow{"Hex", "code=ABCD1234EFGH5678&amount=0x10", "amount", "whole number"},
        BadRow{"Space", "code=ABCD1234EFGH5678&amount=%201", "amount", "whole number"},
        BadRow{"OneTooMany", "code=ABCD1234EFGH5678&amount=100001", "amount", "more than 100000"},
        BadRow{"SevenDigits", "code=ABCD1234EFGH5678&amount=1000000", "amount", "more than"},
        BadRow{"WrapsIn64Bits", "code=ABCD1234EFGH5678&amount=18446744073709551617", "amount",
               "more than"},
        BadRow{"Twice", "amount=1&code=ABCD1234EFGH5678&amount=2", "amount", "more than once"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Query, BadQueryTest,
    ::testing::Values(
        BadRow{"Unknown", "code=ABCD1234EFGH5678&amount=1&debug=1", "query", "other than"},
        BadRow{"NameInCapitals", "Code=ABCD1234EFGH5678&amount=1", "query", "other than"},
        BadRow{"EscapedName", "%63ode=ABCD1234EFGH5678&amount=1", "query", "other than"},
        BadRow{"TrailingAmpersand", "code=ABCD1234EFGH5678&amount=1&", "query", "other than"},
        BadRow{"EmptyPair", "code=ABCD1234EFGH5678&&amount=1", "query", "other than"},
        BadRow{"CodeAsName", "ABCD1234EFGH5678&amount=1", "query", "other than"},
        BadRow{"Semicolon", "code=ABCD1234EFGH5678;amount=1", "amount", "missing"},
        BadRow{"OverLong", "code=" + std::string(257, 'A') + "&amount=1", "query", "longer than"}),
    [](const auto& row) { return row.param.name; });

TEST(RedeemQueryTest, AsksForTheCodeFirstWhenThereIsNothing) {
  const auto query = ParseRedeemQuery("");

  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().field, "code");
}

// The digest was made by `printf %s ABCD1234EFGH5678 | sha256sum`.
TEST(CodeIdentityTest, ComesFromTheSha256OfTheNormalisedCode) {
  const auto identity = Identify(kCode);

  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->digest, "be105af532593b07b857dbbb0012fc12a939efb515656aa111fc0120993c0609");
  EXPECT_EQ(identity->ref(), "gc-be105af532593b07b857dbbb0012fc12a939efb5");
  EXPECT_EQ(identity->code_id(), "be105af53259");
}

TEST(CodeIdentityTest, IsTheSameForEverySpellingOfACode) {
  const auto plain = ParseRedeemQuery("code=ABCD1234EFGH5678&amount=1");
  const auto grouped = ParseRedeemQuery("amount=1&code=ABCD-1234-EFGH-5678");

  EXPECT_EQ(Identify(plain->code)->ref(), Identify(grouped->code)->ref());
}

TEST(CodeIdentityTest, DiffersBetweenCodes) {
  std::set<std::string> refs;

  for (char last = 'A'; last <= 'Z'; ++last) {
    refs.insert(Identify(std::string("ABCD1234EFGH567") + last)->ref());
  }

  EXPECT_EQ(refs.size(), 26U);
}

TEST(CodeIdentityTest, GivesARefThatTheProviderTakes) {
  const std::string ref = Identify(kCode)->ref();

  EXPECT_LE(ref.size(), 64U);
  EXPECT_TRUE(IsRequestId(ref));  // The same characters.
}

struct IdRow {
  std::string name;
  std::string text;
  bool usable;
};

class RequestIdTest : public ::testing::TestWithParam<IdRow> {};

TEST_P(RequestIdTest, IsTakenOrNot) { EXPECT_EQ(IsRequestId(GetParam().text), GetParam().usable); }

INSTANTIATE_TEST_SUITE_P(
    Rows, RequestIdTest,
    ::testing::Values(IdRow{"OneLetter", "a", true}, IdRow{"EveryKind", "aZ0_-", true},
                      IdRow{"Longest", std::string(64, 'x'), true}, IdRow{"Empty", "", false},
                      IdRow{"TooLong", std::string(65, 'x'), false}, IdRow{"Space", "a b", false},
                      IdRow{"LineFeed", "a\nb", false}, IdRow{"Quote", "a\"b", false},
                      IdRow{"NotAscii", "\xC3\xA4", false}),
    [](const auto& row) { return row.param.name; });

TEST(RequestIdTest, IsMadeOfAllBitsGiven) {
  const std::string id = MakeRequestId(0x0123456789ABCDEFU, 0xFU);

  EXPECT_EQ(id, "0123456789abcdef000000000000000f");
  EXPECT_TRUE(IsRequestId(id));
}

struct TraceRow {
  std::string name;
  std::string header;
  std::optional<std::string> trace_id;
};

class TraceIdTest : public ::testing::TestWithParam<TraceRow> {};

TEST_P(TraceIdTest, IsReadFromAnIntactHeaderOnly) {
  EXPECT_EQ(TraceId(GetParam().header), GetParam().trace_id);
}

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

INSTANTIATE_TEST_SUITE_P(
    Rows, TraceIdTest,
    ::testing::Values(
        TraceRow{"Plain", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", kTrace},
        TraceRow{"NewerVersionWithMore",
                 "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", kTrace},
        TraceRow{"NewerVersionRunOn", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01more",
                 std::nullopt},
        TraceRow{"ThisVersionWithMore",
                 "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", std::nullopt},
        TraceRow{"VersionFf", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                 std::nullopt},
        TraceRow{"UpperCase", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                 std::nullopt},
        TraceRow{"ZeroTrace", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                 std::nullopt},
        TraceRow{"ZeroParent", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                 std::nullopt},
        TraceRow{"Cut", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0", std::nullopt},
        TraceRow{"NoDashes", "00x4bf92f3577b34da6a3ce929d0e0e4736x00f067aa0ba902b7x01",
                 std::nullopt},
        TraceRow{"Empty", "", std::nullopt}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace gift_cards
