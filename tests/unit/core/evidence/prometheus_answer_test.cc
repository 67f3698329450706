// Every shape that an answer can have (THREATS R26): only a finite, fresh,
// complete, single number is ever taken for one.
#include "core/evidence/prometheus_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace launchgate::evidence {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// 1795392000 in seconds.
constexpr base::Time kAskedAt =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(0);

std::string Vector(const std::string& elements) {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + elements + "]}}";
}
std::string Value(const std::string& pair) {
  return Vector(R"({"metric":{"job":"x"},"value":)" + pair + "}");
}
std::string Matrix(const std::string& elements) {
  return R"({"status":"success","data":{"resultType":"matrix","result":[)" + elements + "]}}";
}
std::string Values(const std::string& pairs) {
  return Matrix(R"({"metric":{"job":"x"},"values":[)" + pairs + "]}");
}

struct Good {
  std::string name;
  std::string body;
  double value;
};

class NumberTest : public ::testing::TestWithParam<Good> {};

TEST_P(NumberTest, IsRead) {
  const auto sample = SingleSample({200, GetParam().body}, kAskedAt);

  ASSERT_TRUE(sample) << sample.error().message;
  EXPECT_EQ(sample->value, GetParam().value);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NumberTest,
    ::testing::Values(
        Good{"Whole", Value(R"([1795392000,"42"])"), 42},
        Good{"Fraction", Value(R"([1795392000.123,"0.25"])"), 0.25},
        Good{"Negative", Value(R"([1795392000,"-1.5"])"), -1.5},
        Good{"Exponent", Value(R"([1795392000,"1.5e+06"])"), 1.5e6},
        Good{"SmallExponent", Value(R"([1795392000,"3e-05"])"), 3e-5},
        Good{"Zero", Value(R"([1795392000,"0"])"), 0},
        Good{"Scalar",
             R"({"status":"success","data":{"resultType":"scalar","result":[1795392000,"7"]}})", 7},
        Good{"NoLabels", Vector(R"({"metric":{},"value":[1795392000,"1"]})"), 1},
        Good{
            "EmptyWarnings",
            R"({"status":"success","warnings":[],"data":{"resultType":"scalar","result":[1795392000,"7"]}})",
            7},
        Good{
            "InfosAreNoWarnings",
            R"({"status":"success","infos":["PromQL info: metric might not be a counter"],"data":{"resultType":"scalar","result":[1795392000,"7"]}})",
            7},
        Good{
            "NotPartial",
            R"({"status":"success","isPartial":false,"data":{"resultType":"scalar","result":[1795392000,"7"]}})",
            7},
        Good{
            "FieldsOfNewerServers",
            R"({"status":"success","stats":{},"data":{"resultType":"scalar","result":[1795392000,"7"],"stats":{}}})",
            7},
        Good{"ExactlyFiveMinutesOld", Value(R"([1795391700,"1"])"), 1},
        Good{"AMinuteAhead", Value(R"([1795392060,"1"])"), 1}),
    [](const auto& row) { return row.param.name; });

struct Bad {
  std::string name;
  int status;
  std::string body;
  std::string reason;
  std::string message;
};

class UnusableAnswerTest : public ::testing::TestWithParam<Bad> {};

TEST_P(UnusableAnswerTest, IsUnknownWithAReason) {
  const auto sample = SingleSample({GetParam().status, GetParam().body}, kAskedAt);

  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().status, FindingStatus::kUnknown);
  EXPECT_EQ(sample.error().reason, GetParam().reason) << sample.error().message;
  EXPECT_THAT(sample.error().message, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Results, UnusableAnswerTest,
    ::testing::Values(
        Bad{"Empty", 200, Vector(""), "QueryEmpty", "gives nothing"},
        Bad{"TwoSeries", 200,
            Vector(R"({"metric":{"a":"1"},"value":[1795392000,"1"]},)"
                   R"({"metric":{"a":"2"},"value":[1795392000,"1"]})"),
            "QueryManySeries", "gives 2 series"},
        Bad{"NaN", 200, Value(R"([1795392000,"NaN"])"), "QueryNotFinite", "NaN"},
        Bad{"PlusInf", 200, Value(R"([1795392000,"+Inf"])"), "QueryNotFinite", "+Inf"},
        Bad{"MinusInf", 200, Value(R"([1795392000,"-Inf"])"), "QueryNotFinite", "-Inf"},
        Bad{"ScalarNaN", 200,
            R"({"status":"success","data":{"resultType":"scalar","result":[1795392000,"NaN"]}})",
            "QueryNotFinite", "NaN"},
        Bad{"Stale", 200, Value(R"([1795391699.999,"1"])"), "SampleStale",
            "2026-11-22T23:54:59.999Z"},
        Bad{"StaleByYears", 200, Value(R"([0,"1"])"), "SampleStale", "1970"},
        Bad{"FromTheFuture", 200, Value(R"([1795392060.001,"1"])"), "TimeInFuture", "2026"},
        Bad{"OneWarning", 200,
            R"({"status":"success","warnings":["a store\u001b is down"],"data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "QueryWarnings", R"("a store\x1B is down")"},
        Bad{"WarningsAndNothing", 200,
            R"({"status":"success","warnings":["down"],"data":{"resultType":"vector","result":[]}})",
            "QueryWarnings", "down"},
        Bad{"WarningsAndInfos", 200,
            R"({"status":"success","infos":["i"],"warnings":["w"],"data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "QueryWarnings", "w"},
        Bad{"Partial", 200,
            R"({"status":"success","isPartial":true,"data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "QueryWarnings", "partial"},
        Bad{"NativeHistogram", 200,
            Vector(R"({"metric":{},"histogram":[1795392000,{"count":"3","sum":"5"}]})"),
            "Malformed", "native histogram"},
        Bad{"HistogramBesideAValue", 200,
            Vector(R"({"metric":{},"value":[1795392000,"1"],"histogram":[1795392000,{}]})"),
            "Malformed", "native histogram"},
        Bad{"String", 200,
            R"({"status":"success","data":{"resultType":"string","result":[1795392000,"42"]}})",
            "Malformed", R"("string", not a number)"},
        Bad{"RangeOfSamples", 200, Values(R"([1795392000,"1"])"), "Malformed", "\"matrix\""},
        Bad{"UnknownType", 200,
            R"({"status":"success","data":{"resultType":"tensor","result":[]}})", "Malformed",
            "\"tensor\""}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Errors, UnusableAnswerTest,
    ::testing::Values(
        Bad{"BadQuery", 400,
            R"({"status":"error","errorType":"bad_data","error":"1:5: parse error"})",
            "QueryFailed", "answered 400 (bad_data: 1:5: parse error)"},
        Bad{"ExecutionError", 422,
            R"({"status":"error","errorType":"execution","error":"many-to-many matching"})",
            "QueryFailed", "execution: many-to-many"},
        Bad{"ErrorIn200", 200, R"({"status":"error","errorType":"bad_data","error":"x"})",
            "QueryFailed", "bad_data: x"},
        Bad{"ErrorIn200WithData", 200,
            R"({"status":"error","data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "QueryFailed", "reports an error"},
        Bad{"SuccessIn400", 400, Value(R"([1795392000,"1"])"), "QueryFailed", "answered 400"},
        Bad{"Unauthorized", 401, "Unauthorized", "QueryFailed", "answered 401"},
        Bad{"Forbidden", 403, "<html>", "QueryFailed", "answered 403"},
        Bad{"NotFound", 404, "404 page not found", "QueryFailed", "answered 404"},
        Bad{"TooManyRequests", 429, "", "ServerError", "answered 429"},
        Bad{"Internal", 500, R"({"status":"error","errorType":"internal","error":"tsdb"})",
            "ServerError", "500 (internal: tsdb)"},
        Bad{"BadGateway", 502, "<html>", "ServerError", "answered 502"},
        Bad{"Timeout", 503, R"({"status":"error","errorType":"timeout","error":"query timed out"})",
            "ServerError", "query timed out"},
        Bad{"SuccessIn503", 503, Value(R"([1795392000,"1"])"), "ServerError", "answered 503"},
        Bad{"Redirect", 302, "", "Malformed", "status is 302"},
        Bad{"NoContent", 204, "", "Malformed", "status is 204"},
        Bad{"PartialContent", 206, Value(R"([1795392000,"1"])"), "Malformed", "status is 206"},
        Bad{"NoStatusAtAll", 0, Value(R"([1795392000,"1"])"), "Malformed", "status is 0"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Forms, UnusableAnswerTest,
    ::testing::Values(
        Bad{"NoBody", 200, "", "Malformed", "not JSON"},
        Bad{"Html", 200, "<html>login</html>", "Malformed", "not JSON"},
        Bad{"CutOff", 200, Value(R"([1795392000,"1"])").substr(0, 60), "Malformed", "not JSON"},
        Bad{"TrailingBytes", 200, Value(R"([1795392000,"1"])") + "x", "Malformed", "not JSON"},
        Bad{"DuplicateKey", 200,
            R"({"status":"success","data":{},"data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "Malformed", "not JSON"},
        Bad{"List", 200, "[]", "Malformed", "neither success nor error"},
        Bad{"NoStatus", 200, R"({"data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "Malformed", "neither success nor error"},
        Bad{"OtherStatus", 200, R"({"status":"SUCCESS","data":{}})", "Malformed",
            "neither success nor error"},
        Bad{"SuccessAndError", 200,
            R"({"status":"success","error":"x","data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "Malformed", "success and an error"},
        Bad{"WarningsAreText", 200,
            R"({"status":"success","warnings":"x","data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "Malformed", "warnings is not a list"},
        Bad{"WarningsAreNumbers", 200,
            R"({"status":"success","warnings":[1],"data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "Malformed", "warnings is not a list"},
        Bad{"PartialIsText", 200,
            R"({"status":"success","isPartial":"no","data":{"resultType":"scalar","result":[1795392000,"1"]}})",
            "Malformed", "isPartial"},
        Bad{"NoData", 200, R"({"status":"success"})", "Malformed", "no data"},
        Bad{"DataIsNull", 200, R"({"status":"success","data":null})", "Malformed", "resultType"},
        Bad{"NoResultType", 200, R"({"status":"success","data":{"result":[]}})", "Malformed",
            "resultType"},
        Bad{"NoResult", 200, R"({"status":"success","data":{"resultType":"vector"}})", "Malformed",
            "resultType and result"},
        Bad{"ResultIsNull", 200,
            R"({"status":"success","data":{"resultType":"vector","result":null}})", "Malformed",
            "result is not a list"},
        Bad{"ElementIsNoObject", 200, Vector("1"), "Malformed", "no metric"},
        Bad{"NoMetric", 200, Vector(R"({"value":[1795392000,"1"]})"), "Malformed", "no metric"},
        Bad{"LabelIsANumber", 200, Vector(R"({"metric":{"a":1},"value":[1795392000,"1"]})"),
            "Malformed", "value of a label"},
        Bad{"NoValue", 200, Vector(R"({"metric":{}})"), "Malformed", "no value"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Samples, UnusableAnswerTest,
    ::testing::Values(
        Bad{"ValueIsANumber", 200, Value("[1795392000,1]"), "Malformed", "not text"},
        Bad{"ValueIsNull", 200, Value("[1795392000,null]"), "Malformed", "not text"},
        Bad{"OnlyATime", 200, Value("[1795392000]"), "Malformed", "not a pair"},
        Bad{"ThreeParts", 200, Value(R"([1795392000,"1","2"])"), "Malformed", "not a pair"},
        Bad{"NoPair", 200, Value(R"("1")"), "Malformed", "not a pair"},
        Bad{"TimeIsText", 200, Value(R"(["1795392000","1"])"), "Malformed", "time of a sample"},
        Bad{"TimeIsNegative", 200, Value(R"([-1,"1"])"), "Malformed", "time of a sample"},
        Bad{"TimeIsHuge", 200, Value(R"([1e300,"1"])"), "Malformed", "time of a sample"},
        Bad{"EmptyValue", 200, Value(R"([1795392000,""])"), "Malformed", "not a number"},
        Bad{"Words", 200, Value(R"([1795392000,"one"])"), "Malformed", "not a number"},
        Bad{"Hexadecimal", 200, Value(R"([1795392000,"0x10"])"), "Malformed", "not a number"},
        Bad{"LowercaseNan", 200, Value(R"([1795392000,"nan"])"), "Malformed", "not a number"},
        Bad{"InfWithoutSign", 200, Value(R"([1795392000,"Inf"])"), "Malformed", "not a number"},
        Bad{"LeadingSpace", 200, Value(R"([1795392000," 1"])"), "Malformed", "not a number"},
        Bad{"TrailingSpace", 200, Value(R"([1795392000,"1 "])"), "Malformed", "not a number"},
        Bad{"TwoNumbers", 200, Value(R"([1795392000,"1 2"])"), "Malformed", "not a number"},
        Bad{"DecimalComma", 200, Value(R"([1795392000,"1,5"])"), "Malformed", "not a number"},
        Bad{"PlusSign", 200, Value(R"([1795392000,"+1"])"), "Malformed", "not a number"},
        Bad{"OnlyASign", 200, Value(R"([1795392000,"-"])"), "Malformed", "not a number"},
        Bad{"BeyondADouble", 200, Value(R"([1795392000,"1e999"])"), "Malformed", "not a number"},
        Bad{"WithUnit", 200, Value(R"([1795392000,"1ms"])"), "Malformed", "not a number"}),
    [](const auto& row) { return row.param.name; });

TEST(SingleSampleTest, NeverRepeatsTheBodyOrAnUnboundedError) {
  const std::string error(100'000, 'x');

  const auto refused = SingleSample(
      {400, R"({"status":"error","errorType":"bad_data","error":")" + error + "\"}"}, kAskedAt);
  const auto html = SingleSample({200, "<html>secret</html>"}, kAskedAt);

  EXPECT_LT(refused.error().message.size(), 400U);
  EXPECT_THAT(html.error().message, Not(HasSubstr("secret")));
}

TEST(SingleSampleTest, RefusesAnAnswerThatIsTooLarge) {
  const auto sample = SingleSample(
      {200, Value(R"([1795392000,"1"])") + std::string(kMaxAnswerBytes, ' ')}, kAskedAt);

  EXPECT_EQ(sample.error().reason, "Malformed");
}

TEST(SingleSeriesTest, ReadsSamplesAndLabels) {
  const auto series =
      SingleSeries({200, Values(R"([1795391000,"1"],[1795391000.5,"2"],[1795392000,"-3"])")});

  ASSERT_TRUE(series) << series.error().message;
  EXPECT_EQ(series->labels.at("job"), "x");
  ASSERT_EQ(series->samples.size(), 3U);
  EXPECT_EQ(series->samples[1].value, 2);
  EXPECT_EQ(series->samples[1].at - series->samples[0].at, base::Duration(500));
}

class UnusableSeriesTest : public ::testing::TestWithParam<Bad> {};

TEST_P(UnusableSeriesTest, IsUnknownWithAReason) {
  const auto series = SingleSeries({GetParam().status, GetParam().body});

  ASSERT_FALSE(series);
  EXPECT_EQ(series.error().status, FindingStatus::kUnknown);
  EXPECT_EQ(series.error().reason, GetParam().reason) << series.error().message;
  EXPECT_THAT(series.error().message, HasSubstr(GetParam().message));
}

std::string ManySamples(std::size_t count) {
  std::string pairs = R"([0,"1"])";
  for (std::size_t i = 1; i < count; ++i) pairs += ",[" + std::to_string(i) + R"(,"1"])";
  return Values(pairs);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, UnusableSeriesTest,
    ::testing::Values(
        Bad{"Empty", 200, Matrix(""), "QueryEmpty", ""},
        Bad{"NoSamples", 200, Values(""), "QueryEmpty", ""},
        Bad{"TwoSeries", 200, Matrix(R"({"metric":{},"values":[]},{"metric":{},"values":[]})"),
            "QueryManySeries", "2 series"},
        Bad{"OneNaN", 200, Values(R"([1,"1"],[2,"NaN"])"), "QueryNotFinite", "NaN"},
        Bad{"OneInf", 200, Values(R"([1,"+Inf"],[2,"1"])"), "QueryNotFinite", "+Inf"},
        Bad{"InstantVector", 200, Value(R"([1,"1"])"), "Malformed", "not a \"vector\""},
        Bad{"NativeHistograms", 200, Matrix(R"({"metric":{},"histograms":[[1,{}]]})"), "Malformed",
            "native histogram"},
        Bad{"ValuesAndHistograms", 200,
            Matrix(R"({"metric":{},"values":[[1,"1"]],"histograms":[[2,{}]]})"), "Malformed",
            "native histogram"},
        Bad{"NoValues", 200, Matrix(R"({"metric":{}})"), "Malformed", "no values"},
        Bad{"ValuesAreNoList", 200, Matrix(R"({"metric":{},"values":{}})"), "Malformed",
            "not a list"},
        Bad{"SameTimeTwice", 200, Values(R"([1,"1"],[1,"2"])"), "Malformed", "order of time"},
        Bad{"BackInTime", 200, Values(R"([2,"1"],[1,"2"])"), "Malformed", "order of time"},
        Bad{"TooManySamples", 200, ManySamples(kMaxSamplesPerSeries + 1), "Malformed",
            "more than 11000 samples"},
        Bad{"NoResult", 200, R"({"status":"success","data":{"resultType":"matrix"}})", "Malformed",
            "resultType and result"},
        Bad{"BadQuery", 400, "", "QueryFailed", "400"},
        Bad{"ServerDown", 503, "", "ServerError", "503"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::evidence
