#include "platform/json_text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace launchgate::platform {
namespace {

constexpr std::size_t kPlenty = 1000;

std::string Quoted(std::string_view text, std::size_t max_bytes = kPlenty) {
  std::string out;
  AppendJsonString(text, max_bytes, out);
  return out;
}

struct TextRow {
  const char* name;
  std::string text;
  std::string quoted;
};

class JsonStringTest : public testing::TestWithParam<TextRow> {};

TEST_P(JsonStringTest, IsQuotedAndIsJson) {
  const std::string quoted = Quoted(GetParam().text);

  EXPECT_EQ(quoted, GetParam().quoted);
  EXPECT_TRUE(nlohmann::json::accept(quoted));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, JsonStringTest,
    testing::Values(TextRow{"Plain", "shop/gift-cards", R"("shop/gift-cards")"},
                    TextRow{"Empty", "", R"("")"},
                    TextRow{"QuoteAndBackslash", R"(a"b\c)", R"("a\"b\\c")"},
                    TextRow{"LineBreaksAndTab", "a\r\nb\tc", R"("a\r\nb\tc")"},
                    TextRow{"AnsiEscape", "\x1b[31mred", R"("\u001b[31mred")"},
                    TextRow{"Nul", std::string("a\0b", 3), R"("a\u0000b")"},
                    TextRow{"Delete", "\x7f", R"("\u007f")"},
                    TextRow{"C1Control", "\xc2\x9b", R"("\u009b")"},
                    TextRow{"Umlaut", "\xc3\xa4", "\"\xc3\xa4\""},
                    TextRow{"Emoji", "\xf0\x9f\x9a\x80", "\"\xf0\x9f\x9a\x80\""},
                    TextRow{"BidiOverride", "\xe2\x80\xae", R"("\u202e")"},
                    TextRow{"BidiIsolate", "\xe2\x81\xa6", R"("\u2066")"},
                    TextRow{"LineSeparator", "\xe2\x80\xa8", R"("\u2028")"},
                    TextRow{"LoneContinuation", "a\x80z", R"("a\ufffdz")"},
                    TextRow{"CutShort", "a\xe2\x82", R"("a\ufffd\ufffd")"},
                    TextRow{"OverlongSlash", "\xc0\xaf", R"("\ufffd\ufffd")"},
                    TextRow{"OverlongThreeBytes", "\xe0\x80\xaf", R"("\ufffd\ufffd\ufffd")"},
                    TextRow{"Surrogate", "\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},
                    TextRow{"BeyondUnicode", "\xf4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
                    TextRow{"NeverAByte", "\xff", R"("\ufffd")"}),
    [](const auto& row) { return row.param.name; });

TEST(JsonStringTest, EveryPairOfBytesBecomesValidJson) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string text = {static_cast<char>(first), static_cast<char>(second)};
      const std::string quoted = Quoted(text);
      ASSERT_TRUE(nlohmann::json::accept(quoted)) << first << " " << second;
      ASSERT_EQ(quoted.find('\n'), std::string::npos);
    }
  }
}

TEST(JsonStringTest, CutsBetweenCharacters) {
  EXPECT_EQ(Quoted("abcd", 4), R"("abcd")");
  EXPECT_EQ(Quoted("abcde", 4), R"("abcd...")");
  EXPECT_EQ(Quoted("abc\xc3\xa4", 4), R"("abc...")");
  EXPECT_EQ(Quoted("abc", 0), R"("...")");
}

std::string Number(double number) {
  std::string out;
  AppendJsonNumber(number, out);
  return out;
}

TEST(JsonNumberTest, ReadsBackAsTheSameDouble) {
  for (const double number : {0.0, -0.0, 0.1, 1.0 / 3, 1e300, 5e-324, 123456789.0}) {
    EXPECT_EQ(nlohmann::json::parse(Number(number)).get<double>(), number) << Number(number);
  }
}

TEST(JsonNumberTest, WhatJsonCannotSayIsAString) {
  EXPECT_EQ(Number(std::nan("")), R"("NaN")");
  EXPECT_EQ(Number(std::numeric_limits<double>::infinity()), R"("+Inf")");
  EXPECT_EQ(Number(-std::numeric_limits<double>::infinity()), R"("-Inf")");
}

}  // namespace
}  // namespace launchgate::platform
