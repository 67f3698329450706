#include "shell/kube/api_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace launchgate::kube {
namespace {

using testing::HasSubstr;
using transport::HttpResponse;

struct StatusRow {
  std::string name;
  int status;
  base::ErrorKind kind;
  friend void PrintTo(const StatusRow& row, std::ostream* out) { *out << row.name; }
};

class KindOfStatusTest : public testing::TestWithParam<StatusRow> {};

TEST_P(KindOfStatusTest, SaysWhetherRetryingHelps) {
  EXPECT_EQ(KindOfStatus(GetParam().status), GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, KindOfStatusTest,
    testing::Values(StatusRow{"BadRequest", 400, base::ErrorKind::kInvalid},
                    StatusRow{"Unauthorized", 401, base::ErrorKind::kForbidden},
                    StatusRow{"Forbidden", 403, base::ErrorKind::kForbidden},
                    StatusRow{"NotFound", 404, base::ErrorKind::kNotFound},
                    StatusRow{"MethodNotAllowed", 405, base::ErrorKind::kUnsupported},
                    StatusRow{"NotAcceptable", 406, base::ErrorKind::kUnsupported},
                    StatusRow{"Conflict", 409, base::ErrorKind::kConflict},
                    StatusRow{"Gone", 410, base::ErrorKind::kConflict},
                    StatusRow{"TooLarge", 413, base::ErrorKind::kExhausted},
                    StatusRow{"UnsupportedMedia", 415, base::ErrorKind::kUnsupported},
                    StatusRow{"Unprocessable", 422, base::ErrorKind::kInvalid},
                    StatusRow{"TooMany", 429, base::ErrorKind::kUnavailable},
                    StatusRow{"Internal", 500, base::ErrorKind::kUnavailable},
                    StatusRow{"Unavailable", 503, base::ErrorKind::kUnavailable},
                    StatusRow{"Redirect", 302, base::ErrorKind::kInternal},
                    StatusRow{"Teapot", 418, base::ErrorKind::kInternal}),
    [](const auto& row) { return row.param.name; });

TEST(ReadApiErrorTest, TellsWhatTheServerSaid) {
  const HttpResponse response{
      403, {}, R"({"kind":"Status","status":"Failure","reason":"Forbidden","code":403,
                   "message":"deployments.apps is forbidden: User \"x\" cannot list"})"};

  const ApiError error = ReadApiError("list deployments.apps", response);

  EXPECT_EQ(error.kind, base::ErrorKind::kForbidden);
  EXPECT_EQ(error.http_status, 403);
  EXPECT_EQ(error.reason, "Forbidden");
  EXPECT_EQ(error.message,
            "list deployments.apps: the API server answered 403 Forbidden: deployments.apps is "
            "forbidden: User \"x\" cannot list");
}

TEST(ReadApiErrorTest, MakesTheMessagePrintableAndBoundsIt) {
  const std::string long_text(10 * kMaxStatusMessageBytes, 'x');
  const HttpResponse escape{400, {}, R"({"kind":"Status","message":"a\u001b[31mred\nb"})"};
  const HttpResponse endless{400, {}, R"({"kind":"Status","message":")" + long_text + "\"}"};

  EXPECT_THAT(ReadApiError("get x", escape).message, testing::Not(HasSubstr("\x1b")));
  EXPECT_LT(ReadApiError("get x", endless).message.size(), kMaxStatusMessageBytes + 100);
}

class NoStatusTest : public testing::TestWithParam<const char*> {};

TEST_P(NoStatusTest, LeavesTheHttpStatusToSpeak) {
  const ApiError error = ReadApiError("get x", {502, {}, GetParam()});

  EXPECT_EQ(error.kind, base::ErrorKind::kUnavailable);
  EXPECT_EQ(error.message, "get x: the API server answered 502");
}

INSTANTIATE_TEST_SUITE_P(Bodies, NoStatusTest,
                         testing::Values("", "<html>Bad Gateway</html>", "[]", "{}", "null",
                                         R"({"kind":"Pod","message":"m"})",
                                         R"({"kind":7,"message":7,"reason":[]})"));

struct RetryRow {
  std::string name;
  transport::Headers headers;
  std::string body;
  std::optional<std::chrono::milliseconds> expected;
  friend void PrintTo(const RetryRow& row, std::ostream* out) { *out << row.name; }
};

class RetryAfterTest : public testing::TestWithParam<RetryRow> {};

TEST_P(RetryAfterTest, IsWhatTheServerAsks) {
  const RetryRow& row = GetParam();

  EXPECT_EQ(ReadApiError("get x", {429, row.headers, row.body}).retry_after, row.expected);
}

constexpr const char* kDetails = R"({"kind":"Status","details":{"retryAfterSeconds":7}})";

INSTANTIATE_TEST_SUITE_P(
    Rows, RetryAfterTest,
    testing::Values(
        RetryRow{"Header", {{"retry-after", "3"}}, "", std::chrono::seconds(3)},
        RetryRow{"Details", {}, kDetails, std::chrono::seconds(7)},
        RetryRow{"HeaderWins", {{"retry-after", "3"}}, kDetails, std::chrono::seconds(3)},
        RetryRow{"Absent", {}, "", std::nullopt},
        RetryRow{"Date", {{"retry-after", "Mon, 23 Nov 2026 08:00:00 GMT"}}, "", std::nullopt},
        RetryRow{"Negative", {{"retry-after", "-1"}}, "", std::nullopt},
        RetryRow{"Endless", {{"retry-after", "999999999999"}}, "", kMaxRetryAfter},
        RetryRow{"TooBigForANumber", {{"retry-after", "99999999999999999999"}}, "", std::nullopt},
        RetryRow{"DetailsOfAnotherType",
                 {},
                 R"({"kind":"Status","details":{"retryAfterSeconds":"7"}})",
                 std::nullopt}),
    [](const auto& row) { return row.param.name; });

TEST(ApiErrorTest, BecomesABaseErrorWhereOneIsDue) {
  const auto fails = []() -> base::Result<int> {
    const ApiResult<int> result = tl::unexpected(ReadApiError("get x", {404, {}, ""}));
    return result;
  };

  EXPECT_EQ(fails().error().kind, base::ErrorKind::kNotFound);
}

}  // namespace
}  // namespace launchgate::kube
