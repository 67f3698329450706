#include "platform/ascii.h"

#include <gtest/gtest.h>

namespace launchgate::platform {
namespace {

TEST(AsciiTest, ComparesWithoutCaseButNotBeyondAscii) {
  EXPECT_TRUE(EqualsIgnoringCase("Content-Type", "content-TYPE"));

  EXPECT_FALSE(EqualsIgnoringCase("Content-Type", "Content-Typ"));
  EXPECT_FALSE(EqualsIgnoringCase("@", "`"));  // Next to the letters, and 32 apart.
  EXPECT_FALSE(EqualsIgnoringCase("\xC4", "\xE4"));
}

TEST(AsciiTest, TrimsBlanksButNoOtherWhiteSpace) {
  EXPECT_EQ(TrimBlanks(" \t a b\t "), "a b");
  EXPECT_EQ(TrimBlanks(" \t "), "");
  EXPECT_EQ(TrimBlanks("\na\n"), "\na\n");
}

struct TokenRow {
  const char* name;
  const char* list;
  bool found;
};

class ListHasTokenTest : public testing::TestWithParam<TokenRow> {};

TEST_P(ListHasTokenTest, FindsWholeTokensOnly) {
  EXPECT_EQ(ListHasToken(GetParam().list, "close"), GetParam().found);
}

INSTANTIATE_TEST_SUITE_P(
    Lists, ListHasTokenTest,
    testing::Values(TokenRow{"Alone", "close", true}, TokenRow{"InCapitals", "CLOSE", true},
                    TokenRow{"Second", "keep-alive , close", true},
                    TokenRow{"BehindAnEmptyOne", ",close", true},
                    TokenRow{"APrefix", "closed", false}, TokenRow{"ASuffix", "x-close", false},
                    TokenRow{"Nothing", "", false}, TokenRow{"OnlyCommas", ",,,", false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::platform
