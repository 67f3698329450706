#include "payments-stub/order.h"

#include <gtest/gtest.h>

#include <string>

namespace payments_stub {
namespace {

struct GoodRow {
  const char* name;
  std::string body;
  std::int64_t amount_cents;
  std::string ref;
};

class GoodOrderTest : public ::testing::TestWithParam<GoodRow> {};

TEST_P(GoodOrderTest, IsRead) {
  const auto order = ReadOrder(GetParam().body);

  ASSERT_TRUE(order) << order.error().message;
  EXPECT_EQ(order->amount_cents, GetParam().amount_cents);
  EXPECT_EQ(order->ref, GetParam().ref);
}

const std::string kLongestRef(kMaxRefBytes, 'a');

INSTANTIATE_TEST_SUITE_P(
    Rows, GoodOrderTest,
    ::testing::Values(
        GoodRow{"Smallest", R"({"amount":1,"ref":"a"})", 1, "a"},
        GoodRow{"Largest", R"({"amount":1000000,"ref":"a"})", 1'000'000, "a"},
        GoodRow{"EveryKindOfCharacter", R"({"amount":5,"ref":"aZ09_-"})", 5, "aZ09_-"},
        GoodRow{"LongestRef", R"({"amount":5,"ref":")" + kLongestRef + R"("})", 5, kLongestRef},
        GoodRow{"OtherMembers", R"({"amount":5,"currency":"EUR","ref":"a"})", 5, "a"}),
    [](const auto& row) { return std::string(row.param.name); });

struct BadRow {
  const char* name;
  std::string field;
  std::string body;
};

class BadOrderTest : public ::testing::TestWithParam<BadRow> {};

TEST_P(BadOrderTest, IsRefusedByField) {
  const auto order = ReadOrder(GetParam().body);

  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().field, GetParam().field);
  EXPECT_FALSE(order.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadOrderTest,
    ::testing::Values(
        BadRow{"Empty", "", ""}, BadRow{"NotJson", "", "{"}, BadRow{"List", "", "[]"},
        BadRow{"Trailing", "", R"({"amount":5,"ref":"a"}x)"},
        BadRow{"NotUtf8", "", "{\"amount\":5,\"ref\":\"\xff\"}"},
        BadRow{"NoAmount", "amount", R"({"ref":"a"})"}, BadRow{"NoneAtAll", "amount", "{}"},
        BadRow{"Zero", "amount", R"({"amount":0,"ref":"a"})"},
        BadRow{"Negative", "amount", R"({"amount":-1,"ref":"a"})"},
        BadRow{"OneTooMuch", "amount", R"({"amount":1000001,"ref":"a"})"},
        BadRow{"OverSignedRange", "amount", R"({"amount":18446744073709551615,"ref":"a"})"},
        BadRow{"OverEveryRange", "amount", R"({"amount":99999999999999999999,"ref":"a"})"},
        BadRow{"Fraction", "amount", R"({"amount":1.5,"ref":"a"})"},
        BadRow{"WholeFraction", "amount", R"({"amount":5.0,"ref":"a"})"},
        BadRow{"TextAmount", "amount", R"({"amount":"5","ref":"a"})"},
        BadRow{"NullAmount", "amount", R"({"amount":null,"ref":"a"})"},
        BadRow{"NoRef", "ref", R"({"amount":5})"},
        BadRow{"NumberRef", "ref", R"({"amount":5,"ref":7})"},
        BadRow{"EmptyRef", "ref", R"({"amount":5,"ref":""})"},
        BadRow{"RefOneTooLong", "ref", R"({"amount":5,"ref":")" + kLongestRef + R"(a"})"},
        BadRow{"QuotedRef", "ref", R"({"amount":5,"ref":"a\"b"})"},
        BadRow{"SpacedRef", "ref", R"({"amount":5,"ref":"a b"})"},
        BadRow{"ZeroByteRef", "ref", R"({"amount":5,"ref":"a\u0000"})"},
        BadRow{"ForeignLetter", "ref", R"({"amount":5,"ref":"ä"})"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace payments_stub
