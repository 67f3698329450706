#include "shell/prometheus/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace launchgate::prometheus {
namespace {

using ::testing::Contains;
using ::testing::Pair;
using ::testing::StartsWith;

constexpr base::Time kTime{std::chrono::milliseconds(1'795'392'000'250)};

TEST(RequestsTest, AnInstantQueryNamesItsTime) {
  const transport::HttpRequest request = InstantQuery("up", kTime);

  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/api/v1/query?query=up&time=1795392000.250&timeout=7s");
  EXPECT_EQ(request.body, "");
}

TEST(RequestsTest, ARangeQueryNamesItsSteps) {
  const transport::HttpRequest request =
      RangeQuery("up", kTime - std::chrono::hours(1), kTime, std::chrono::milliseconds(128'571));

  EXPECT_EQ(request.target,
            "/api/v1/query_range?query=up&start=1795388400.250&end=1795392000.250&step=128.571&"
            "timeout=7s");
}

TEST(RequestsTest, RulesAreAllRules) { EXPECT_EQ(Rules().target, "/api/v1/rules"); }

struct Encoding {
  std::string name;
  std::string query;
  std::string encoded;
};

class EncodingTest : public ::testing::TestWithParam<Encoding> {};

TEST_P(EncodingTest, KeepsTheQueryInItsParameter) {
  const transport::HttpRequest request = InstantQuery(GetParam().query, kTime);

  EXPECT_THAT(request.target, StartsWith("/api/v1/query?query=" + GetParam().encoded + "&time="));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, EncodingTest,
    ::testing::Values(Encoding{"Selector", R"(up{job="x"})", "up%7Bjob%3D%22x%22%7D"},
                      Encoding{"Plus", "a + b", "a%20%2B%20b"},
                      Encoding{"AnotherParameter", "up&time=0", "up%26time%3D0"},
                      Encoding{"Fragment", "up#x", "up%23x"}, Encoding{"Percent", "a%b", "a%25b"},
                      Encoding{"LineBreak", "a\r\nb", "a%0D%0Ab"},
                      Encoding{"Unicode", "ü", "%C3%BC"},
                      Encoding{"Unreserved", "aZ09-._~", "aZ09-._~"}),
    [](const auto& row) { return row.param.name; });

TEST(RequestsTest, ALongQueryGoesIntoTheBody) {
  const std::string query(kMaxTargetBytes, '+');

  const transport::HttpRequest request = InstantQuery(query, kTime);

  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/api/v1/query");
  EXPECT_THAT(request.headers, Contains(Pair("Content-Type", "application/x-www-form-urlencoded")));
  EXPECT_THAT(request.body, StartsWith("query=%2B%2B"));
}

TEST(RequestsTest, TheLongestTargetIsStillAGet) {
  const std::size_t rest = InstantQuery("", kTime).target.size();

  EXPECT_EQ(InstantQuery(std::string(kMaxTargetBytes - rest, 'x'), kTime).method, "GET");
  EXPECT_EQ(InstantQuery(std::string(kMaxTargetBytes - rest + 1, 'x'), kTime).method, "POST");
}

}  // namespace
}  // namespace launchgate::prometheus
