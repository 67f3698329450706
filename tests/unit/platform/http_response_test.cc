#include <gtest/gtest.h>

#include "platform/http_message.h"

namespace launchgate::platform {
namespace {

std::string HeadOf(Response response, bool close = false) {
  std::string out;
  AppendResponseHead(response, close, "Sun, 06 Nov 1994 08:49:37 GMT", out);
  return out;
}

TEST(HttpResponseTest, WritesStatusAndLength) {
  EXPECT_EQ(HeadOf({.content_type = "application/json", .body = "{}"}),
            "HTTP/1.1 200 OK\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: application/json\r\n"
            "Content-Length: 2\r\n"
            "\r\n");
}

TEST(HttpResponseTest, SaysWhenItIsTheLastOne) {
  EXPECT_EQ(HeadOf({.status = 404}, true),
            "HTTP/1.1 404 Not Found\r\n"
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Length: 0\r\n"
            "Connection: close\r\n"
            "\r\n");
}

TEST(HttpResponseTest, A204HasNoBodyAndNoLength) {
  Response response{.status = 204, .body = "must not be sent"};
  std::string out;
  AppendResponseHead(response, false, "now", out);

  EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n");
  EXPECT_EQ(response.body, "");
}

class ForbiddenStatusTest : public testing::TestWithParam<int> {};

TEST_P(ForbiddenStatusTest, BecomesAnInternalErrorWithoutItsHeaders) {
  const std::string head =
      HeadOf({.status = GetParam(), .headers = {{"Location", "http://169.254.169.254/"}}});

  EXPECT_TRUE(head.starts_with("HTTP/1.1 500 ")) << head;
  EXPECT_EQ(head.find("Location"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Redirects, ForbiddenStatusTest, testing::Range(300, 400, 1));
INSTANTIATE_TEST_SUITE_P(Others, ForbiddenStatusTest, testing::Values(-1, 0, 100, 101, 199, 600));

struct HeaderRow {
  const char* name;
  std::pair<std::string, std::string> header;
  bool sent;
};

class ExtraHeaderTest : public testing::TestWithParam<HeaderRow> {};

TEST_P(ExtraHeaderTest, IsSentOnlyWhenItIsOneHeader) {
  const std::string with = HeadOf({.headers = {GetParam().header}});

  EXPECT_EQ(with != HeadOf({}), GetParam().sent) << with;
}

INSTANTIATE_TEST_SUITE_P(
    Headers, ExtraHeaderTest,
    testing::Values(HeaderRow{"Ordinary", {"Retry-After", "5"}, true},
                    HeaderRow{"EmptyValue", {"X-Empty", ""}, true},
                    HeaderRow{"NewLineInTheValue", {"X-Bad", "a\r\nSet-Cookie: b"}, false},
                    HeaderRow{"BareLineFeed", {"X-Bad", "a\nb"}, false},
                    HeaderRow{"NulInTheValue", {"X-Bad", std::string("a\0b", 3)}, false},
                    HeaderRow{"NewLineInTheName", {"X\r\nY", "a"}, false},
                    HeaderRow{"ColonInTheName", {"X: Y", "a"}, false},
                    HeaderRow{"NoName", {"", "a"}, false},
                    HeaderRow{"ContentLength", {"content-LENGTH", "7"}, false},
                    HeaderRow{"TransferEncoding", {"Transfer-Encoding", "chunked"}, false},
                    HeaderRow{"Connection", {"Connection", "keep-alive"}, false}),
    [](const auto& row) { return row.param.name; });

TEST(HttpResponseTest, ReplacesAContentTypeThatWouldSplitTheHead) {
  const std::string head = HeadOf({.content_type = "text/plain\r\nX-Bad: 1", .body = "x"});

  EXPECT_NE(head.find("Content-Type: application/octet-stream\r\n"), std::string::npos);
  EXPECT_EQ(head.find("X-Bad"), std::string::npos);
}

// The example of RFC 9110, 5.6.7, and the edges of a calendar.
TEST(HttpDateTest, IsAnImfFixdateInUtc) {
  EXPECT_EQ(FormatHttpDate(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(FormatHttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(FormatHttpDate(1709251199), "Thu, 29 Feb 2024 23:59:59 GMT");
}

}  // namespace
}  // namespace launchgate::platform
