#include "core/json/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace launchgate::json {
namespace {

using ::testing::HasSubstr;

// The only document of the text as JSON, or the error.
std::string One(const std::string& text, const YamlLimits& limits = {}) {
  const auto documents = ParseYaml(text, limits);
  if (!documents) return "error: " + documents.error().message;
  if (documents->size() != 1) return std::to_string(documents->size()) + " documents";
  return documents->front().dump();
}

struct Reading {
  std::string name;
  std::string text;
  std::string json;
};

class YamlReadingTest : public ::testing::TestWithParam<Reading> {};

TEST_P(YamlReadingTest, GivesTheJsonOfTheCoreSchema) {
  EXPECT_EQ(One(GetParam().text), GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(
    Scalars, YamlReadingTest,
    ::testing::Values(
        Reading{"QuotedYesStaysText", "a: \"yes\"", R"({"a":"yes"})"},
        Reading{"PlainYesStaysText", "a: yes", R"({"a":"yes"})"},
        Reading{"PlainOnStaysText", "a: on", R"({"a":"on"})"},
        Reading{"TrueIsBoolean", "a: true", R"({"a":true})"},
        Reading{"CapitalFalseIsBoolean", "a: False", R"({"a":false})"},
        Reading{"QuotedTrueStaysText", "a: 'true'", R"({"a":"true"})"},
        Reading{"LeadingZeroIsDecimal", "a: 010", R"({"a":10})"},
        Reading{"QuotedNumberStaysText", "a: \"99.9\"", R"({"a":"99.9"})"},
        Reading{"OctalNeedsItsPrefix", "a: 0o17", R"({"a":15})"},
        Reading{"Hexadecimal", "a: 0x1F", R"({"a":31})"},
        Reading{"NegativeInteger", "a: -5", R"({"a":-5})"},
        Reading{"PlusSign", "a: +5", R"({"a":5})"},
        Reading{"SmallestInteger", "a: -9223372036854775808", R"({"a":-9223372036854775808})"},
        Reading{"LargestInteger", "a: 18446744073709551615", R"({"a":18446744073709551615})"},
        Reading{"Fraction", "a: 0.5", R"({"a":0.5})"},
        Reading{"FractionWithoutWholePart", "a: -.5", R"({"a":-0.5})"},
        Reading{"Exponent", "a: 1e3", R"({"a":1000.0})"},
        Reading{"VersionStaysText", "a: 1.2.3", R"({"a":"1.2.3"})"},
        Reading{"QuantityStaysText", "a: 100m", R"({"a":"100m"})"},
        Reading{"TimeStaysText", "a: 2026-11-23T08:15:37Z", R"({"a":"2026-11-23T08:15:37Z"})"},
        Reading{"SexagesimalStaysText", "a: 12:30:45", R"({"a":"12:30:45"})"},
        Reading{"UnderscoresStayText", "a: 1_000", R"({"a":"1_000"})"},
        Reading{"DashStaysText", "a: ['-', '+', '.']", R"({"a":["-","+","."]})"},
        Reading{"HexDigestThatLooksLikeAnExponent", "a: 1e5x", R"({"a":"1e5x"})"},
        Reading{"Tilde", "a: ~", R"({"a":null})"}, Reading{"Null", "a: null", R"({"a":null})"},
        Reading{"NoValue", "a:", R"({"a":null})"},
        Reading{"EmptyTextStaysText", "a: ''", R"({"a":""})"},
        Reading{"NumberAsQuotedKey", "\"8080\": a", R"({"8080":"a"})"},
        Reading{"MergeKeyInQuotesIsText", "\"<<\": a", R"({"<<":"a"})"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Structures, YamlReadingTest,
    ::testing::Values(
        Reading{"NestedBlocks", "a:\n  b:\n  - c: 1\n    d: 2\n  - [x, {y: z}]\n",
                R"({"a":{"b":[{"c":1,"d":2},["x",{"y":"z"}]]}})"},
        Reading{"EmptyContainers", "a: {}\nb: []\n", R"({"a":{},"b":[]})"},
        Reading{"LiteralBlockKeepsItsLines", "a: |\n  {\"x\": 1}\n  y\n",
                R"({"a":"{\"x\": 1}\ny\n"})"},
        Reading{"LiteralBlockWithoutFinalLineBreak", "a: |\n  x", R"({"a":"x"})"},
        Reading{"LiteralBlockThatKeepsAllLineBreaks", "a: |+\n  x\n\n", R"({"a":"x\n\n"})"},
        Reading{"FoldedBlock", "a: >-\n  x\n  y\n", R"({"a":"x y"})"},
        Reading{"CommentsAreNotContent", "# c\na: 1 # d\n", R"({"a":1})"},
        Reading{"AliasOfAScalar", "a: &x 1\nb: *x\n", R"({"a":1,"b":1})"},
        Reading{"AliasOfAnObject", "a: &x {k: [v]}\nb: *x\nc: [*x, *x]\n",
                R"({"a":{"k":["v"]},"b":{"k":["v"]},"c":[{"k":["v"]},{"k":["v"]}]})"},
        Reading{"AnchorDefinedAgain", "a: &x 1\nb: &x 2\nc: *x\n", R"({"a":1,"b":2,"c":2})"},
        Reading{"JsonIsYaml", "{\"a\": [1, \"b\\/\\ud83d\\ude00\"]}",
                "{\"a\":[1,\"b/\xF0\x9F\x98\x80\"]}"},
        Reading{"FlowYamlThatIsNotJson", "{a: 1, b: [x, y]}", R"({"a":1,"b":["x","y"]})"},
        Reading{"BareScalarDocument", "hello", "\"hello\""},
        Reading{"WindowsLineEnds", "a: 1\r\nb: 2\r\n", R"({"a":1,"b":2})"},
        Reading{"ByteOrderMark",
                "\xEF\xBB\xBF"
                "a: 1",
                R"({"a":1})"}),
    [](const auto& row) { return row.param.name; });

TEST(YamlTest, ReadsEveryDocumentAndLeavesOutEmptyOnes) {
  const auto documents = ParseYaml("---\n# nothing\n---\na: 1\n---\n---\nb: 2\n...\n---\nc: 3\n");

  ASSERT_TRUE(documents.has_value()) << documents.error().message;
  ASSERT_EQ(documents->size(), 3U);
  EXPECT_EQ((*documents)[0].dump(), R"({"a":1})");
  EXPECT_EQ((*documents)[2].dump(), R"({"c":3})");
}

TEST(YamlTest, NothingIsNoDocument) {
  for (const std::string text : {"", "\n", "# only a comment\n", "---\n"}) {
    const auto documents = ParseYaml(text);

    ASSERT_TRUE(documents.has_value()) << text;
    EXPECT_TRUE(documents->empty()) << text;
  }
}

struct Refused {
  std::string name;
  std::string text;
  std::string message;
};

class YamlRefusesTest : public ::testing::TestWithParam<Refused> {};

TEST_P(YamlRefusesTest, WithTheLineAndTheReason) {
  const auto documents = ParseYaml(GetParam().text);

  ASSERT_FALSE(documents.has_value());
  EXPECT_EQ(documents.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(documents.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, YamlRefusesTest,
    ::testing::Values(
        Refused{"DuplicateKey", "a: 1\nb: 2\na: 3\n", "line 3: duplicate key \"a\""},
        Refused{"DuplicateKeyOfTwoStyles", "a: 1\n'a': 2\n", "line 2: duplicate key \"a\""},
        Refused{"DuplicateKeyInJson", "{\"a\": 1,\n\"a\": 2}", "line 2: duplicate key \"a\""},
        Refused{"NumberAsKey", "x:\n  8080: a\n",
                "line 2: a key must be text; put \"8080\" in quotes"},
        Refused{"BooleanAsKey", "true: a\n", "put \"true\" in quotes"},
        Refused{"NullAsKey", "~: a\n", "line 1: a key must be text"},
        Refused{"ListAsKey", "? [a]\n: b\n", "line 1: a key must be text, not a list"},
        Refused{"AliasAsKey", "a: &x k\n*x : 1\n", "line 2: a key must be text, not an alias"},
        Refused{"MergeKey", "a: &x {k: 1}\nb:\n  <<: *x\n", "line 3: merge keys"},
        Refused{"TagOnAScalar", "a: !!str 1\n", "line 1: tags"},
        Refused{"TagOnAnObject", "a: !thing {b: 1}\n", "line 1: tags"},
        Refused{"BinaryTag", "a: !!binary aGk=\n", "line 1: tags"},
        Refused{"CyclicAlias", "a: &x [1, *x]\n",
                "line 1: an alias refers to a value that contains it"},
        Refused{"UnknownAlias", "a: *x\n", "line 1: not YAML"},
        Refused{"AliasAcrossDocuments", "a: &x 1\n---\nb: *x\n", "line 3"},
        Refused{"Infinity", "a: .inf\n", "line 1: \".inf\" is a number that does not fit"},
        Refused{"NotANumber", "a: .NaN\n", "does not fit"},
        Refused{"HugeInteger", "a: 18446744073709551616\n", "does not fit"},
        Refused{"HugeNegative", "a: -9223372036854775809\n", "does not fit"},
        Refused{"HugeFloat", "a: 1e999\n", "does not fit"},
        Refused{"UnclosedList", "a: [1\n", "line 1"},
        Refused{"UnclosedObject", "a: {b: 1\n", "not YAML"},
        Refused{"UnclosedQuote", "a: \"x\n", "line 2: not YAML"},
        Refused{"UnclosedQuoteWithoutLineBreak", "a: 'x", "not YAML"},
        Refused{"QuoteThatSwallowsTheRest", "a: \"x\nb: 1\n", "line 3: not YAML"},
        Refused{"BadIndentation", "a:\n  b: 1\n c: 2\n", "line 3: not YAML"},
        Refused{"InvalidUtf8", "a: \xC3(\n", "not valid UTF-8"},
        Refused{"Utf16", std::string("a\0:\0 \0001\0", 8), "NUL byte"}),
    [](const auto& row) { return row.param.name; });

std::string Exhausted(const std::string& text, const YamlLimits& limits = {}) {
  const auto documents = ParseYaml(text, limits);
  if (documents) return "accepted";
  return documents.error().kind == base::ErrorKind::kExhausted ? documents.error().message
                                                               : "wrong kind";
}

TEST(YamlLimitTest, AllowsExactlyTheStatedDepth) {
  const YamlLimits limits{.max_depth = 3};

  EXPECT_EQ(One("a: [[1]]", limits), R"({"a":[[1]]})");
  EXPECT_THAT(Exhausted("a: [[[1]]]", limits), HasSubstr("line 1: more than 3 nested levels"));
}

TEST(YamlLimitTest, CountsTheDepthOfAliasedValues) {
  const YamlLimits limits{.max_depth = 3};

  EXPECT_EQ(One("a: &x [[1]]\nb: *x\n", limits), R"({"a":[[1]],"b":[[1]]})");
  EXPECT_THAT(Exhausted("a: &x [[1]]\nb: [*x]\n", limits), HasSubstr("more than 3 nested levels"));
}

TEST(YamlLimitTest, StopsExplodingAliases) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += (j > 0 ? ", " : "") + below;
    bomb += "]\n";
  }

  EXPECT_THAT(Exhausted(bomb), HasSubstr("more than 200000 values"));
}

TEST(YamlLimitTest, StopsFewAliasesOfMuchText) {
  std::string bomb = "a: &a \"" + std::string(1U << 20U, 'x') + "\"\nb: [";
  for (int i = 0; i < 1000; ++i) bomb += "*a, ";
  bomb += "]\n";

  EXPECT_THAT(Exhausted(bomb), HasSubstr("bytes of text"));
}

TEST(YamlLimitTest, StopsNestedAnchorsThatEachKeepACopy) {
  std::string nested;
  for (int i = 0; i < 60; ++i) nested += "&n" + std::to_string(i) + " [";
  nested += "\"" + std::string(1U << 20U, 'x') + "\"" + std::string(60, ']');

  EXPECT_THAT(Exhausted(nested), HasSubstr("bytes of text"));
}

TEST(YamlLimitTest, BoundsDocumentsValuesAndBytes) {
  EXPECT_THAT(Exhausted("a: 1\n---\nb: 1\n---\nc: 1\n", {.max_documents = 2}),
              HasSubstr("more than 2 documents"));
  EXPECT_THAT(Exhausted("- 1\n- 2\n- 3\n", {.max_nodes = 3}),
              HasSubstr("line 3: more than 3 values"));
  EXPECT_THAT(Exhausted("aaaaa: 1\n", {.max_bytes = 8}), HasSubstr("at most 8"));
}

TEST(YamlLimitTest, SurvivesDeepNestingOfEveryStyle) {
  std::string blocks;
  for (std::size_t i = 0; i < 2000; ++i) blocks += std::string(i, ' ') + "a:\n";

  EXPECT_NE(Exhausted(std::string(100'000, '[')), "accepted");
  EXPECT_NE(Exhausted(std::string(100'000, '{')), "accepted");
  EXPECT_NE(Exhausted(blocks), "accepted");
}

TEST(YamlTest, ShowsHostileTextOnlyEscaped) {
  const auto documents = ParseYaml("\"\\e[31m\": 1\n\"\\e[31m\": 2\n");

  ASSERT_FALSE(documents.has_value());
  EXPECT_THAT(documents.error().message, HasSubstr("\\x1B[31m"));
}

}  // namespace
}  // namespace launchgate::json
