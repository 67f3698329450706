// Listing metrics: what is listed, what is refused, and the bounds.
#include "core/evidence/promql_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/core/evidence/promql_rows.h"

namespace launchgate::evidence {
namespace {

using ::testing::HasSubstr;

class PromqlNamesTest : public ::testing::TestWithParam<PromqlRow> {};

TEST_P(PromqlNamesTest, ListsWhatIsSelected) {
  const PromqlRow& row = GetParam();

  const auto names = ListPromqlNames(row.expression);

  ASSERT_TRUE(names) << names.error().message;
  EXPECT_EQ(names->metrics, row.metrics);
  EXPECT_EQ(names->complete, row.complete);
}

INSTANTIATE_TEST_SUITE_P(Accepted, PromqlNamesTest, ::testing::ValuesIn(AcceptedEverywhere()),
                         [](const auto& row) { return row.param.name; });
INSTANTIATE_TEST_SUITE_P(Later, PromqlNamesTest, ::testing::ValuesIn(AcceptedLater()),
                         [](const auto& row) { return row.param.name; });

class PromqlMistakeTest : public ::testing::TestWithParam<PromqlMistake> {};

TEST_P(PromqlMistakeTest, IsRefusedWithItsPlace) {
  const auto names = ListPromqlNames(GetParam().expression);

  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(names.error().message, HasSubstr("at byte "));
}

INSTANTIATE_TEST_SUITE_P(Refused, PromqlMistakeTest, ::testing::ValuesIn(RefusedEverywhere()),
                         [](const auto& row) { return row.param.name; });

std::string Repeated(const std::string& text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

std::string Sum(std::size_t metrics) {
  std::string sum = "0";
  for (std::size_t i = 0; i < metrics; ++i) sum += "+m" + std::to_string(i);
  return sum;
}

TEST(PromqlBoundsTest, DepthAloneIsNoTrouble) {
  const auto names = ListPromqlNames(Repeated("(", 2000) + "up" + Repeated(")", 2000));

  ASSERT_TRUE(names) << names.error().message;
  EXPECT_EQ(names->metrics.size(), 1U);
}

TEST(PromqlBoundsTest, TheLongestExpressionIsReadAndALongerOneIsNot) {
  const std::string longest = "up" + std::string(kMaxPromqlBytes - 2, ' ');

  EXPECT_TRUE(ListPromqlNames(longest));
  const auto longer = ListPromqlNames(longest + " ");
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().kind, base::ErrorKind::kExhausted);
}

TEST(PromqlBoundsTest, TokensAreCounted) {
  const auto names = ListPromqlNames(Repeated("1+", kMaxPromqlTokens / 2) + "1");

  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().kind, base::ErrorKind::kExhausted);
}

TEST(PromqlBoundsTest, NamesAreCounted) {
  EXPECT_TRUE(ListPromqlNames(Sum(kMaxPromqlNames)));
  const auto more = ListPromqlNames(Sum(kMaxPromqlNames + 1));

  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, base::ErrorKind::kExhausted);
}

TEST(PromqlBoundsTest, AnErrorQuotesNothingOfTheExpression) {
  const auto names = ListPromqlNames("\x1B[31msecret");

  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().message.find('\x1B'), std::string::npos);
  EXPECT_EQ(names.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace launchgate::evidence
