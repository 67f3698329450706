#include "payments-stub/knobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace payments_stub {
namespace {

using ::testing::HasSubstr;

tl::expected<Knobs, KnobProblem> FromEnvironment(const std::map<std::string, std::string>& values) {
  return KnobsFromEnvironment([&](const char* name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    return found->second;
  });
}

TEST(KnobsTest, AnEmptyEnvironmentChangesNothing) {
  const auto knobs = FromEnvironment({{"LATENCY_MS", ""}});

  ASSERT_TRUE(knobs);
  EXPECT_EQ(ToJson(*knobs), R"({"LATENCY_MS":0,"FAIL_RATE":0,"JITTER_MS":0,"HANG_RATE":0})");
}

TEST(KnobsTest, ReadsEveryKnobFromTheEnvironment) {
  const auto knobs = FromEnvironment(
      {{"LATENCY_MS", "60000"}, {"JITTER_MS", "20"}, {"FAIL_RATE", "0.25"}, {"HANG_RATE", "1"}});

  ASSERT_TRUE(knobs);
  EXPECT_EQ(ToJson(*knobs),
            R"({"LATENCY_MS":60000,"FAIL_RATE":0.25,"JITTER_MS":20,"HANG_RATE":1})");
}

struct BadText {
  const char* name;
  const char* knob;
  const char* text;
};

class BadEnvironmentTest : public ::testing::TestWithParam<BadText> {};

TEST_P(BadEnvironmentTest, NamesTheKnobAndItsRange) {
  const auto knobs = FromEnvironment({{GetParam().knob, GetParam().text}});

  ASSERT_FALSE(knobs);
  EXPECT_EQ(knobs.error().knob, GetParam().knob);
  EXPECT_THAT(knobs.error().message, HasSubstr("from 0 to"));
}

INSTANTIATE_TEST_SUITE_P(Rows, BadEnvironmentTest,
                         ::testing::Values(BadText{"NegativeLatency", "LATENCY_MS", "-1"},
                                           BadText{"LatencyOverAMinute", "LATENCY_MS", "60001"},
                                           BadText{"FractionOfAMillisecond", "LATENCY_MS", "1.5"},
                                           BadText{"Words", "JITTER_MS", "fast"},
                                           BadText{"Unit", "JITTER_MS", "5ms"},
                                           BadText{"RateOverOne", "FAIL_RATE", "1.0001"},
                                           BadText{"NegativeRate", "FAIL_RATE", "-0.1"},
                                           BadText{"NotANumber", "HANG_RATE", "nan"},
                                           BadText{"Infinity", "HANG_RATE", "inf"},
                                           BadText{"TrailingSpace", "HANG_RATE", "1 "}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(KnobsTest, AChangeLeavesTheOthersAlone) {
  const Knobs before{.latency_ms = 50, .fail_rate = 0.5};

  const auto after = WithChanges(before, R"({"FAIL_RATE":1,"LATENCY_MS":5000.0})");

  ASSERT_TRUE(after);
  EXPECT_EQ(after->fail_rate, 1);
  EXPECT_EQ(after->latency_ms, 5000);
  EXPECT_EQ(WithChanges(*after, R"({"HANG_RATE":0.5})")->latency_ms, 5000);
}

class BadChangeTest : public ::testing::TestWithParam<BadText> {};

TEST_P(BadChangeTest, IsRefusedWhole) {
  const auto after = WithChanges(Knobs{}, GetParam().text);

  ASSERT_FALSE(after);
  EXPECT_EQ(after.error().knob, GetParam().knob);
  EXPECT_FALSE(after.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadChangeTest,
    ::testing::Values(BadText{"NotJson", "", "{"}, BadText{"NoObject", "", "[1]"},
                      BadText{"Empty", "", ""}, BadText{"NoKnob", "", "{}"},
                      BadText{"UnknownKnob", "latency", R"({"latency":5})"},
                      BadText{"Text", "FAIL_RATE", R"({"FAIL_RATE":"1"})"},
                      BadText{"Null", "FAIL_RATE", R"({"FAIL_RATE":null})"},
                      BadText{"OneGoodOneBad", "JITTER_MS", R"({"FAIL_RATE":1,"JITTER_MS":-5})"},
                      BadText{"Huge", "LATENCY_MS", R"({"LATENCY_MS":1e300})"}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace payments_stub
