#include <gtest/gtest.h>
#include <simdjson.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "core/json/canonical_fast.h"
#include "core/json/json.h"

namespace launchgate::json {
namespace {

constexpr std::array<std::string_view, 3> kRestartedAt = {"metadata", "annotations",
                                                          "kubectl.kubernetes.io/restartedAt"};
constexpr CanonicalOptions kTemplateForm{.omit_nulls = true, .omit_path = kRestartedAt};

std::string Slow(const std::string& text, const CanonicalOptions& options) {
  const auto value = ParseStrict(text, {.max_bytes = 8U << 20U, .max_depth = 200});
  return value ? Canonical(*value, options) : "strict: " + value.error().message;
}

std::string Fast(const std::string& text, const CanonicalOptions& options) {
  simdjson::dom::parser parser;
  const auto document = parser.parse(text);
  if (document.error()) return std::string("fast: ") + simdjson::error_message(document.error());
  std::string out;
  AppendCanonical(document.value_unsafe(), options, out);
  return out;
}

std::string Read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Form {
  std::string name;
  std::string text;
  std::string canonical;
};

class CanonicalFormTest : public ::testing::TestWithParam<Form> {};

TEST_P(CanonicalFormTest, IsTheSameFromBothWriters) {
  EXPECT_EQ(Slow(GetParam().text, {}), GetParam().canonical);
  EXPECT_EQ(Fast(GetParam().text, {}), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Values, CanonicalFormTest,
    ::testing::Values(
        Form{"SortsKeysByBytes", R"({"b":1,"a":2,"B":3,"é":4,"":5,"aa":6})",
             R"({"":5,"B":3,"a":2,"aa":6,"b":1,"é":4})"},
        Form{"SortsAtEveryLevel", R"([{"z":{"y":1,"x":2}},{"b":[],"a":{}}])",
             R"([{"z":{"x":2,"y":1}},{"a":{},"b":[]}])"},
        Form{"DropsWhiteSpace", " { \"a\" : [ 1 , 2 ] } ", R"({"a":[1,2]})"},
        Form{"KeepsNulls", R"({"a":null,"b":[null]})", R"({"a":null,"b":[null]})"},
        Form{"KeepsTheOrderOfArrays", "[3,1,2]", "[3,1,2]"},
        Form{"UnescapesWhatNeedsNoEscape", R"(["\u0041\/\u00e9\ud83d\ude00"])",
             "[\"A/\xC3\xA9\xF0\x9F\x98\x80\"]"},
        Form{"EscapesAsShortAsPossible", R"(["\u0008\u000c\u000a\u000d\u0009\u0022\u005c"])",
             R"(["\b\f\n\r\t\"\\"])"},
        Form{"EscapesOtherControlCharactersInLowercaseHex", R"(["\u0000\u001F\u007f"])",
             "[\"\\u0000\\u001f\x7F\"]"},
        Form{"EscapesKeysLikeText", R"({"\n":1})", R"({"\n":1})"},
        Form{"WritesIntegersExactly", "[0,-1,9007199254740993,18446744073709551615]",
             "[0,-1,9007199254740993,18446744073709551615]"},
        Form{"WritesWholeDoublesAsIntegers", "[1.0,1e3,-2.0,-0.0,0e5]", "[1,1000,-2,0,0]"},
        Form{"WritesDoublesInTheirShortestForm", "[0.10,2.50,1e-7,0.30000000000000004]",
             "[0.1,2.5,1e-07,0.30000000000000004]"},
        Form{"WritesHugeDoublesWithAnExponent", "[1e21,1.5e300]", "[1e+21,1.5e+300]"},
        Form{"BareScalar", "\"x\"", "\"x\""}),
    [](const auto& row) { return row.param.name; });

class TemplateFormTest : public ::testing::TestWithParam<Form> {};

TEST_P(TemplateFormTest, IsTheSameFromBothWriters) {
  EXPECT_EQ(Slow(GetParam().text, kTemplateForm), GetParam().canonical);
  EXPECT_EQ(Fast(GetParam().text, kTemplateForm), GetParam().canonical);
}

INSTANTIATE_TEST_SUITE_P(
    Templates, TemplateFormTest,
    ::testing::Values(
        Form{"WithoutAnnotations", R"({"metadata":{"labels":{"a":"b"}},"spec":{}})",
             R"({"metadata":{"labels":{"a":"b"}},"spec":{}})"},
        Form{
            "OnlyRestartedAtLeavesNoAnnotations",
            R"({"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"x"},"labels":{"a":"b"}},"spec":{}})",
            R"({"metadata":{"labels":{"a":"b"}},"spec":{}})"},
        Form{"OtherAnnotationsStay",
             R"({"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"x","z":"1"}}})",
             R"({"metadata":{"annotations":{"z":"1"}}})"},
        Form{"MetadataWithNothingLeftIsLeftOut",
             R"({"metadata":{"creationTimestamp":null},"spec":{"a":1}})", R"({"spec":{"a":1}})"},
        Form{"EmptyMetadataIsLeftOut", R"({"metadata":{},"spec":{"a":1}})", R"({"spec":{"a":1}})"},
        Form{"EmptyObjectsElsewhereStay", R"({"spec":{"securityContext":{}}})",
             R"({"spec":{"securityContext":{}}})"},
        Form{"TheAnnotationElsewhereStays",
             R"({"spec":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"x"}}}})",
             R"({"spec":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"x"}}}})"},
        Form{"ALabelOfThatNameStays",
             R"({"metadata":{"labels":{"kubectl.kubernetes.io/restartedAt":"x"}}})",
             R"({"metadata":{"labels":{"kubectl.kubernetes.io/restartedAt":"x"}}})"},
        Form{"NullMembersGoNullElementsStay", R"({"spec":{"a":null,"b":[null,{"c":null}]}})",
             R"({"spec":{"b":[null,{}]}})"},
        Form{"AnnotationsThatAreNoObjectStay", R"({"metadata":{"annotations":"{}"}})",
             R"({"metadata":{"annotations":"{}"}})"},
        Form{"NothingLeftAtAll", R"({"metadata":{"annotations":{}}})", "{}"}),
    [](const auto& row) { return row.param.name; });

TEST(CanonicalTest, EqualValuesGiveOneDigest) {
  const auto first = ParseStrict(R"({"a":1.0,"b":"\u0041"})");
  const auto second = ParseStrict("{ \"b\": \"A\", \"a\": 1 }");

  ASSERT_TRUE(first && second);
  EXPECT_EQ(CanonicalDigest(*first), CanonicalDigest(*second));
  // printf '{"a":1,"b":"A"}' | sha256sum
  EXPECT_EQ(CanonicalDigest(*first),
            "46543f6e1193b748d9cd691dbe264a7f47590b8bbd4ba40e78362bdbaad5cf6c");
}

TEST(AppendCanonicalTest, KeepsTheLastOfDuplicateKeys) {
  EXPECT_EQ(Fast(R"({"a":{"x":1},"b":2,"a":[3],"a":{"y":4}})", {}), R"({"a":{"y":4},"b":2})");
}

TEST(AppendCanonicalTest, AppendsToWhatIsThere) {
  simdjson::dom::parser parser;
  const std::string text = "[true]";
  std::string out = "v1:";

  AppendCanonical(parser.parse(text).value_unsafe(), {}, out);

  EXPECT_EQ(out, "v1:[true]");
}

// The two writers on every admission review that was recorded from real servers.
TEST(CanonicalDifferentialTest, WritersAgreeOnRecordedAdmissionReviews) {
  const std::filesystem::path samples =
      std::filesystem::path(LAUNCHGATE_SOURCE_DIR) / "tests/testdata/admission";
  std::size_t compared = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(samples)) {
    if (entry.path().extension() != ".json") continue;
    const std::string text = Read(entry.path());

    EXPECT_EQ(Slow(text, {}), Fast(text, {})) << entry.path();
    EXPECT_EQ(Slow(text, kTemplateForm), Fast(text, kTemplateForm)) << entry.path();
    ++compared;
  }

  EXPECT_GT(compared, 100U);
}

// A template means the same whichever server release wrote it down.
TEST(CanonicalDifferentialTest, ServersOfBothReleasesGiveOneTemplateForm) {
  const std::filesystem::path samples =
      std::filesystem::path(LAUNCHGATE_SOURCE_DIR) / "tests/testdata/admission";
  const auto template_of = [&](const char* file) {
    const auto review = ParseStrict(Read(samples / file));
    return Canonical(review->at("request").at("object").at("spec").at("template"), kTemplateForm);
  };

  EXPECT_EQ(template_of("v1.20/002-create-deployments.json"),
            template_of("v1.36/002-create-deployments.json"));
}

// Random documents; a fixed seed, so that a failure can be repeated.
class DocumentMaker {
 public:
  std::string Make() { return Value(0); }

 private:
  std::size_t Pick(std::size_t end) { return random_() % end; }

  std::string Text() {
    static constexpr std::array<std::string_view, 12> kPieces = {
        "a", "b",   "\\u0041", "\\n",    "\\\"", "\\\\", "\xC3\xA9", "\\ud83d\\ude00",
        "/", "\\/", "\x7F",    "\\u0001"};
    std::string text = "\"";
    for (std::size_t i = Pick(5); i > 0; --i) text += kPieces[Pick(kPieces.size())];
    return text + "\"";
  }

  std::string Number() {
    static constexpr std::array<std::string_view, 12> kNumbers = {"0",
                                                                  "-0",
                                                                  "-1",
                                                                  "1.0",
                                                                  "1e2",
                                                                  "0.1",
                                                                  "-2.5e-9",
                                                                  "123456789012345678",
                                                                  "18446744073709551615",
                                                                  "-9223372036854775808",
                                                                  "9007199254740992.0",
                                                                  "5e-324"};
    return std::string(kNumbers[Pick(kNumbers.size())]);
  }

  std::string Object(int depth) {
    std::string text = "{";
    const std::size_t count = Pick(6);
    for (std::size_t i = 0; i < count; ++i) {
      // The index keeps keys unique; the word in front makes the order random.
      static constexpr std::array<std::string_view, 5> kKeys = {"metadata", "annotations", "k", "Z",
                                                                "\\u00e9"};
      std::string key(kKeys[Pick(kKeys.size())]);
      if (text.find("\"" + key + "\":") != std::string::npos) key += std::to_string(i);
      text += (i > 0 ? ",\"" : "\"") + key + "\":" + Value(depth + 1);
    }
    return text + "}";
  }

  std::string Array(int depth) {
    std::string text = "[";
    const std::size_t count = Pick(4);
    for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? "," : "") + Value(depth + 1);
    return text + "]";
  }

  std::string Value(int depth) {
    const std::size_t kind = depth == 0 ? 0 : Pick(depth > 6 ? 4 : 7);
    if (kind == 1) return Text();
    if (kind == 2) return Number();
    if (kind == 3) return Pick(2) == 0 ? "true" : "null";
    if (kind == 4 || (kind == 0 && depth <= 6)) return Object(depth);
    if (kind == 0) return "false";
    return Array(depth);
  }

  std::mt19937_64 random_{20261123};
};

TEST(CanonicalDifferentialTest, WritersAgreeOnRandomDocuments) {
  constexpr std::array<std::string_view, 2> kPath = {"metadata", "annotations"};
  const CanonicalOptions without_path{.omit_nulls = true, .omit_path = kPath};
  DocumentMaker maker;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = maker.Make();

    ASSERT_EQ(Slow(text, {}), Fast(text, {})) << text;
    ASSERT_EQ(Slow(text, without_path), Fast(text, without_path)) << text;
  }
}

TEST(CanonicalTest, ReadsBackAsTheSameValueAndIsAFixedPoint) {
  DocumentMaker maker;
  for (int i = 0; i < 1000; ++i) {
    const std::string once = Slow(maker.Make(), {});

    ASSERT_EQ(Slow(once, {}), once);
  }
}

}  // namespace
}  // namespace launchgate::json
