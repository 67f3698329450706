#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "core/json/json.h"

namespace launchgate::json {
namespace {

using ::testing::HasSubstr;

std::string Nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ParseStrictTest, ReadsEveryTypeOfValue) {
  const auto value = ParseStrict(R"({"a":[1,-2,2.5,true,false,null,"x\u00e9\ud83d\ude00"]})");

  ASSERT_TRUE(value.has_value()) << value.error().message;
  EXPECT_EQ((*value)["a"][0].get<int>(), 1);
  EXPECT_EQ((*value)["a"][1].get<int>(), -2);
  EXPECT_EQ((*value)["a"][2].get<double>(), 2.5);
  EXPECT_TRUE((*value)["a"][5].is_null());
  EXPECT_EQ((*value)["a"][6].get<std::string>(), "x\xC3\xA9\xF0\x9F\x98\x80");
}

TEST(ParseStrictTest, KeepsNestedContainersApart) {
  const auto value = ParseStrict(R"([{"a":{"b":[[],{}]},"c":1},[2,[3]],4])");

  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->dump(), R"([{"a":{"b":[[],{}]},"c":1},[2,[3]],4])");
}

TEST(ParseStrictTest, KeepsTheLimitsOf64BitIntegersExactly) {
  const auto value = ParseStrict("[18446744073709551615,-9223372036854775808]");

  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->dump(), "[18446744073709551615,-9223372036854775808]");
}

struct Refused {
  std::string name;
  std::string text;
  std::string message;
};

class ParseStrictRefusesTest : public ::testing::TestWithParam<Refused> {};

TEST_P(ParseStrictRefusesTest, WithAMessageThatSaysWhatAndWhere) {
  const auto value = ParseStrict(GetParam().text);

  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(value.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseStrictRefusesTest,
    ::testing::Values(
        Refused{"Nothing", "", "at byte"}, Refused{"OnlySpace", "  ", "at byte"},
        Refused{"DuplicateKey", R"({"a":1,"a":2})", "duplicate key \"a\" at byte 1"},
        Refused{"DuplicateKeyAfterUnescaping", R"({"a":1,"\u0061":2})", "duplicate key \"a\""},
        Refused{"DuplicateKeyDeepInside", R"({"x":[{"k":{},"k":[]}]})", "duplicate key \"k\""},
        Refused{"LineComment", "[1] // no", "at byte"},
        Refused{"BlockComment", "/* no */ [1]", "at byte"},
        Refused{"TrailingText", "[1] x", "at byte 5"}, Refused{"TwoDocuments", "{}{}", "at byte 3"},
        Refused{"TrailingComma", "[1,]", "at byte 4"}, Refused{"LeadingZero", "[01]", "at byte"},
        Refused{"SingleQuotes", "['a']", "at byte"}, Refused{"NaN", "[NaN]", "at byte"},
        Refused{"Infinity", "[Infinity]", "at byte"}, Refused{"PlusSign", "[+1]", "at byte"},
        Refused{"BarePoint", "[1.]", "at byte"}, Refused{"HugeDouble", "[1e999]", "at byte"},
        Refused{"IntegerBeyond64Bits", "[18446744073709551616]", "does not fit 64 bits"},
        Refused{"NegativeBeyond64Bits", "[-9223372036854775809]", "does not fit 64 bits"},
        Refused{"Truncated", R"({"a":[1)", "at byte"},
        Refused{"OverlongUtf8", "\"\xC0\xAF\"", "at byte"},
        Refused{"LoneSurrogateByte", "\"\xED\xA0\x80\"", "at byte"},
        Refused{"LoneSurrogateEscape", R"("\ud800")", "at byte"},
        Refused{"ControlCharacterInText", "\"a\nb\"", "at byte"},
        Refused{"NulAfterTheDocument", std::string("{}\0", 3), "at byte"},
        Refused{"ByteOrderMark", "\xEF\xBB\xBF{}", "byte order mark"},
        Refused{"Utf16", std::string("{\0}\0", 4), "at byte"}),
    [](const auto& row) { return row.param.name; });

TEST(ParseStrictTest, ShowsHostileTextOnlyEscaped) {
  const auto value = ParseStrict("{\"a\x7F\xE2\x80\xAE\":1,\"a\x7F\xE2\x80\xAE\":2}");

  ASSERT_FALSE(value.has_value());
  EXPECT_THAT(value.error().message, HasSubstr("a\\x7F\\u{202E}"));
}

TEST(ParseStrictTest, AllowsExactlyTheStatedDepth) {
  EXPECT_TRUE(ParseStrict(Nested(64)).has_value());

  const auto too_deep = ParseStrict(Nested(65));
  ASSERT_FALSE(too_deep.has_value());
  EXPECT_EQ(too_deep.error().kind, base::ErrorKind::kExhausted);
  EXPECT_THAT(too_deep.error().message, HasSubstr("more than 64 nested levels at byte 65"));
}

TEST(ParseStrictTest, AllowsExactlyTheStatedSize) {
  const ParseLimits limits{.max_bytes = 4, .max_depth = 1};

  EXPECT_TRUE(ParseStrict("[12]", limits).has_value());
  const auto too_large = ParseStrict("[123]", limits);
  ASSERT_FALSE(too_large.has_value());
  EXPECT_EQ(too_large.error().kind, base::ErrorKind::kExhausted);
}

TEST(ParseStrictTest, SurvivesAMillionOpenBrackets) {
  const auto value = ParseStrict(std::string(1'000'000, '['));

  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().kind, base::ErrorKind::kExhausted);
}

TEST(ParseTrustedTest, GivesTheSameValueAsParseStrict) {
  const std::string text =
      R"({"b":[1,-2,2.5,1e3,true,false,null,"\u00e9\n"],"a":{"":{}},"n":18446744073709551615})";

  const auto trusted = ParseTrusted(text);
  const auto strict = ParseStrict(text);

  ASSERT_TRUE(trusted.has_value()) << trusted.error().message;
  ASSERT_TRUE(strict.has_value()) << strict.error().message;
  EXPECT_EQ(*trusted, *strict);
  EXPECT_EQ(trusted->dump(), strict->dump());
}

TEST(ParseTrustedTest, KeepsTheLastOfDuplicateKeys) {
  const auto value = ParseTrusted(R"({"a":1,"b":2,"a":3})");

  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->dump(), R"({"a":3,"b":2})");
}

TEST(ParseTrustedTest, RefusesWhatIsNotJson) {
  for (const std::string text : {"", "{", "[1,]", "nope", "{}{}", "\"\xC0\xAF\""}) {
    const auto value = ParseTrusted(text);

    ASSERT_FALSE(value.has_value()) << text;
    EXPECT_EQ(value.error().kind, base::ErrorKind::kInvalid) << text;
  }
}

TEST(ParseTrustedTest, AllowsExactlyTheStatedDepthWhateverWasParsedBefore) {
  for (const std::size_t depth : {100U, 3U, 50U, 1U}) {
    EXPECT_TRUE(ParseTrusted(Nested(depth), depth).has_value()) << depth;

    const auto too_deep = ParseTrusted(Nested(depth + 1), depth);
    ASSERT_FALSE(too_deep.has_value()) << depth;
    EXPECT_EQ(too_deep.error().kind, base::ErrorKind::kExhausted) << depth;
  }
}

TEST(ParseTrustedTest, GoesOnWorkingAfterAVeryLargeDocument) {
  const std::string large = "[\"" + std::string(6U << 20U, 'x') + "\"]";

  ASSERT_TRUE(ParseTrusted(large).has_value());
  const auto small = ParseTrusted("{\"a\":[true]}");
  ASSERT_TRUE(small.has_value());
  EXPECT_EQ(small->dump(), "{\"a\":[true]}");
}

TEST(ParseTrustedTest, CanBeUsedFromSeveralThreadsAtOnce) {
  std::vector<std::thread> threads;
  std::array<int, 4> good{};
  for (std::size_t t = 0; t < good.size(); ++t) {
    threads.emplace_back([t, &good] {
      const std::string text = "{\"n\":" + std::to_string(t) + "}";
      for (int i = 0; i < 200; ++i) good[t] += ParseTrusted(text)->at("n").get<std::size_t>() == t;
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_THAT(good, ::testing::Each(200));
}

}  // namespace
}  // namespace launchgate::json
