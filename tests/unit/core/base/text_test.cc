#include "core/base/text.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/result.h"

namespace launchgate::base {
namespace {

struct ShownRow {
  const char* name;
  std::string text;
  const char* shown;
};

class PrintableTest : public testing::TestWithParam<ShownRow> {};

TEST_P(PrintableTest, ShowsNothingThatDeceives) {
  EXPECT_EQ(Printable(GetParam().text, kMaxQuotedBytes), GetParam().shown);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, PrintableTest,
    testing::Values(ShownRow{"Plain", "gift-cards", "gift-cards"},
                    ShownRow{"Umlaut", "Gr\xC3\xBC\xC3\x9F", "Gr\xC3\xBC\xC3\x9F"},
                    ShownRow{"Newline", "a\nb", "a\\x0Ab"},
                    ShownRow{"TerminalEscape", "\x1B[31mred", "\\x1B[31mred"},
                    ShownRow{"Nul", std::string("a\0b", 3), "a\\x00b"},
                    ShownRow{"Delete", "\x7F", "\\x7F"},
                    ShownRow{"C1Control", "\xC2\x9B", "\\u{009B}"},
                    ShownRow{"BidiOverride",
                             "\xE2\x80\xAE"
                             "abc",
                             "\\u{202E}abc"},
                    ShownRow{"ZeroWidthSpace", "\xE2\x80\x8B", "\\u{200B}"},
                    ShownRow{"ByteOrderMark", "\xEF\xBB\xBF", "\\u{FEFF}"},
                    ShownRow{"OverlongSlash", "\xC0\xAF", "\\xC0\\xAF"},
                    ShownRow{"Surrogate", "\xED\xA0\x80", "\\xED\\xA0\\x80"},
                    ShownRow{"CutCharacter", "a\xC3", "a\\xC3"},
                    ShownRow{"BeyondUnicode", "\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},
                    ShownRow{"Emoji", "\xF0\x9F\x9A\x80", "\xF0\x9F\x9A\x80"}),
    [](const auto& row) { return row.param.name; });

TEST(PrintableTest, NeverExceedsTheLimitAndNeverCutsACharacter) {
  const std::string text = "aaaa\xC3\xBC\xC3\xBC\xC3\xBC\xC3\xBC";
  for (std::size_t limit = 0; limit <= text.size() + 2; ++limit) {
    const std::string shown = Printable(text, limit);
    EXPECT_LE(shown.size(), limit);
    EXPECT_EQ(shown.find("\\x"), std::string::npos) << shown;
  }
  EXPECT_EQ(Printable("abcdefgh", 6), "abc...");
  EXPECT_EQ(Printable("abcdef", 6), "abcdef");
}

TEST(QuoteTest, QuotesAndBounds) {
  EXPECT_EQ(Quote("x"), "\"x\"");
  EXPECT_EQ(Quote(std::string(1000, 'x')).size(), kMaxQuotedBytes + 2);
}

TEST(JoinWordsTest, ReadsLikeASentence) {
  EXPECT_EQ(JoinWords({}), "");
  EXPECT_EQ(JoinWords({"a"}), "a");
  EXPECT_EQ(JoinWords({"a", "b"}), "a and b");
  EXPECT_EQ(JoinWords({"a", "b", "c"}), "a, b and c");
}

TEST(NameTest, AcceptsAndRefusesLabelsAsKubernetesDoes) {
  for (const char* good : {"a", "gift-cards", "0", "a0"}) {
    EXPECT_TRUE(IsDnsLabel(good)) << good;
  }
  EXPECT_TRUE(IsDnsLabel(std::string(63, 'a')));
  for (const char* bad : {"", "-a", "a-", "A", "a.b", "a/b", "..", "%2e", "a_b", "a b"}) {
    EXPECT_FALSE(IsDnsLabel(bad)) << bad;
  }
  EXPECT_FALSE(IsDnsLabel(std::string(64, 'a')));
}

TEST(NameTest, AcceptsAndRefusesSubdomainsAsKubernetesDoes) {
  EXPECT_TRUE(IsDnsSubdomain("a.b-c.d0"));
  EXPECT_TRUE(IsDnsSubdomain(std::string(253, 'a')));
  EXPECT_FALSE(IsDnsSubdomain(std::string(254, 'a')));
  for (const char* bad : {"", ".", "..", "a..b", ".a", "a.", "a.-b", "a/b", "A.b", "a%2fb"}) {
    EXPECT_FALSE(IsDnsSubdomain(bad)) << bad;
  }
}

TEST(NameTest, DataKeysCannotClimbFolders) {
  EXPECT_TRUE(IsDataKey("summary.json"));
  EXPECT_TRUE(IsDataKey(".hidden"));
  for (const char* bad : {"", ".", "..", "..x", "a/b", "a b", "a\n"}) {
    EXPECT_FALSE(IsDataKey(bad)) << bad;
  }
}

TEST(DecimalTest, ReadsPlainDecimals) {
  EXPECT_DOUBLE_EQ(ParseDecimal("99.9").value(), 99.9);
  EXPECT_DOUBLE_EQ(ParseDecimal("-0.5").value(), -0.5);
  EXPECT_DOUBLE_EQ(ParseDecimal("0").value(), 0.0);
}

TEST(DecimalTest, RefusesEverythingThatMeansSomethingElseElsewhere) {
  for (const char* bad : {"", ".", "1.", ".5", "1e3", "inf", "nan", "NaN", "0x10", " 1", "1 ",
                          "1,5", "1.2.3", "--1", "+-1", "1_000", "-"}) {
    EXPECT_FALSE(ParseDecimal(bad)) << bad;
  }
  EXPECT_FALSE(ParseDecimal(std::string(33, '1')));
}

TEST(DecimalTest, WritesWithoutTrailingZeros) {
  EXPECT_EQ(FormatDecimal(0.03), "0.03");
  EXPECT_EQ(FormatDecimal(200), "200");
  EXPECT_EQ(FormatDecimal(6.779255, 2), "6.78");
  EXPECT_EQ(FormatDecimal(-0.0001), "0");
  EXPECT_EQ(FormatDecimal(100, 0), "100");
}

TEST(ErrorTest, OnlyUnavailableAndConflictAreWorthARetry) {
  EXPECT_TRUE((Error{ErrorKind::kUnavailable, ""}.retryable()));
  EXPECT_TRUE((Error{ErrorKind::kConflict, ""}.retryable()));
  EXPECT_FALSE((Error{ErrorKind::kInvalid, ""}.retryable()));
  EXPECT_FALSE((Error{ErrorKind::kForbidden, ""}.retryable()));
}

TEST(ErrorTest, WrapPutsTheContextInFront) {
  const Status wrapped = Wrap("reading the key", Error{ErrorKind::kNotFound, "no such file"});
  EXPECT_EQ(wrapped.error().message, "reading the key: no such file");
  EXPECT_EQ(wrapped.error().kind, ErrorKind::kNotFound);
}

}  // namespace
}  // namespace launchgate::base
