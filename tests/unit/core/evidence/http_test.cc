// When a health URL counts as answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using resources::HttpSpec;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr base::Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);
constexpr base::Duration kRecheck = std::chrono::minutes(10);
constexpr base::Duration kMillisecond{1};
constexpr const char* kUrl = "https://gift-cards.example.com/healthz";

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kStale = FindingStatus::kStale;
constexpr auto kUnknown = FindingStatus::kUnknown;

HttpSpec Wanting(int status, std::string contains = "") {
  return {kUrl, status, std::move(contains), kRecheck};
}

Page Answer(int status, std::string body = "") {
  return {kUrl, status, "text/plain", std::move(body)};
}

struct Row {
  const char* name;
  int wanted;
  const char* contains;
  int answered;
  const char* body;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class HttpTest : public ::testing::TestWithParam<Row> {};

TEST_P(HttpTest, IsJudged) {
  const Row& row = GetParam();

  const Finding finding =
      VerifyHttp(Wanting(row.wanted, row.contains), Answer(row.answered, row.body), kNow, kNow);

  EXPECT_EQ(finding.status, row.status) << finding.message;
  EXPECT_EQ(finding.reason, row.reason) << finding.message;
  EXPECT_EQ(finding.facts.at("status"), std::to_string(row.answered));
}

INSTANTIATE_TEST_SUITE_P(
    AsWanted, HttpTest,
    ::testing::Values(
        Row{"Status", 200, "", 200, "", kPass, "HttpAnswered"},
        Row{"StatusWhateverTheBody", 200, "", 200, "anything", kPass, "HttpAnswered"},
        Row{"NoContent", 204, "", 204, "", kPass, "HttpAnswered"},
        Row{"TextIsTheBody", 200, "ok", 200, "ok", kPass, "HttpAnswered"},
        Row{"TextAmongOthers", 200, "\"db\":\"up\"", 200, "{\"db\":\"up\",\"mq\":\"up\"}", kPass,
            "HttpAnswered"},
        Row{"TextAtTheEnd", 200, "ready", 200, "gift-cards: ready", kPass, "HttpAnswered"},
        Row{"DeniedAsItShouldBe", 401, "", 401, "", kPass, "HttpAnswered"},
        Row{"TroubleThatIsAskedFor", 503, "maintenance", 503, "maintenance", kPass, "HttpAnswered"},
        Row{"RateLimitThatIsAskedFor", 429, "", 429, "", kPass, "HttpAnswered"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    SaysNo, HttpTest,
    ::testing::Values(Row{"NotFound", 200, "", 404, "", kFail, "HttpStatus"},
                      Row{"Denied", 200, "", 401, "", kFail, "HttpStatus"},
                      Row{"OtherSuccess", 200, "", 204, "", kFail, "HttpStatus"},
                      Row{"RedirectWithoutTarget", 200, "", 302, "", kFail, "HttpStatus"},
                      Row{"NotModifiedByItself", 200, "", 304, "", kFail, "HttpStatus"},
                      Row{"UpWhereDownIsAskedFor", 503, "", 200, "", kFail, "HttpStatus"},
                      Row{"StatusBeforeText", 200, "ok", 404, "ok", kFail, "HttpStatus"},
                      Row{"TextMissing", 200, "ok", 200, "degraded", kFail, "TextMissing"},
                      Row{"TextInOtherCase", 200, "ok", 200, "OK", kFail, "TextMissing"},
                      Row{"TextCutShort", 200, "ready", 200, "read", kFail, "TextMissing"},
                      Row{"NoBodyAtAll", 200, "ok", 200, "", kFail, "TextMissing"},
                      Row{"TroubleWithoutItsText", 503, "maintenance", 503, "oops", kFail,
                          "TextMissing"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    SaysNothing, HttpTest,
    ::testing::Values(Row{"Broken", 200, "", 500, "", kUnknown, "ServerError"},
                      Row{"Unavailable", 200, "ok", 503, "ok", kUnknown, "ServerError"},
                      Row{"OtherTroubleThanAskedFor", 503, "", 502, "", kUnknown, "ServerError"},
                      Row{"TooManyRequests", 200, "", 429, "", kUnknown, "ServerError"},
                      Row{"Early", 200, "", 103, "", kUnknown, "ServerError"},
                      Row{"NoStatus", 200, "", 0, "", kUnknown, "ServerError"},
                      Row{"BeyondAllStatuses", 200, "", 999, "", kUnknown, "ServerError"}),
    [](const auto& row) { return row.param.name; });

TEST(HttpAgeTest, APassLastsThreeRechecksToTheMillisecond) {
  const base::Time end = kNow + 3 * kRecheck;

  const Finding before = VerifyHttp(Wanting(200), Answer(200), kNow, end - kMillisecond);
  const Finding after = VerifyHttp(Wanting(200), Answer(200), kNow, end);

  EXPECT_EQ(before.status, kPass);
  EXPECT_EQ(before.valid_until, end);
  EXPECT_EQ(before.observed_at, kNow);
  EXPECT_EQ(after.status, kStale);
  EXPECT_EQ(after.reason, "TooOld");
}

TEST(HttpAgeTest, AnOldNoIsStillANo) {
  const Finding finding = VerifyHttp(Wanting(200), Answer(404), kNow, kNow + 100 * kRecheck);

  EXPECT_EQ(finding.status, kFail);
  EXPECT_EQ(finding.reason, "HttpStatus");
}

TEST(HttpAgeTest, AnAnswerFromTheFutureProvesNothing) {
  const base::Time edge = kNow + kMaxClockSkew;

  const Finding tolerated = VerifyHttp(Wanting(200), Answer(200), edge, kNow);
  const Finding refused = VerifyHttp(Wanting(200), Answer(200), edge + kMillisecond, kNow);

  EXPECT_EQ(tolerated.status, kPass);
  EXPECT_EQ(refused.status, kUnknown);
  EXPECT_EQ(refused.reason, "TimeInFuture");
  EXPECT_EQ(refused.observed_at, std::nullopt);
}

TEST(HttpMessageTest, NamesTheUrlAndBothStatuses) {
  const Finding finding = VerifyHttp(Wanting(200), Answer(404), kNow, kNow);

  EXPECT_THAT(finding.message, HasSubstr(kUrl));
  EXPECT_THAT(finding.message, HasSubstr("answered 404, wanted is 200"));
}

TEST(HttpMessageTest, NeverCarriesTheBody) {
  const Finding finding =
      VerifyHttp(Wanting(200, "ok"), Answer(200, "canary-4711-secret"), kNow, kNow);

  EXPECT_THAT(finding.message, Not(HasSubstr("canary")));
  EXPECT_THAT(finding.message, HasSubstr("\"ok\""));
  EXPECT_EQ(finding.facts.at("body"), "18B");
}

TEST(HttpMessageTest, StaysShortAndPrintableWhateverTheReviewSays) {
  HttpSpec spec = Wanting(200, std::string(5'000, 'x') + "\n\x1B[2J");
  Page page = Answer(200);
  page.url = "https://h/" + std::string(5'000, '\x01');

  const Finding finding = VerifyHttp(spec, page, kNow, kNow);

  EXPECT_LT(finding.message.size(), 1'000U);
  EXPECT_THAT(finding.message, Not(HasSubstr("\x01")));
}

}  // namespace
}  // namespace launchgate::evidence
