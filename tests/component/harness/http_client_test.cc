// The harness's own questions over HTTP.
#include "harness/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/component/harness/fake_services.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::vector<Route> Routes(Silence& silence) {
  return {
      {.method = "PUT",
       .path = "/json",
       .content_types = {"application/json"},
       .max_body_bytes = 100'000,
       .handler =
           [](const Received& request) {
             return Response{.status = 201, .body = std::string(request.body)};
           }},
      {.method = "POST",
       .path = "/plain",
       .handler =
           [](const Received& request) {
             return Response{.body = std::string(request.Header("content-type").value_or("none"))};
           }},
      {.method = "GET",
       .path = "/later",
       .handler =
           [](const Received&) {
             return Response{.status = 503, .headers = {{"Retry-After", "7"}}};
           }},
      {.method = "GET", .path = "/never", .async_handler = [&](const Received&, Responder r) {
         silence.Keep(std::move(r));
       }}};
}

class HttpClientTest : public ::testing::Test {
 protected:
  Silence silence_;
  std::unique_ptr<HttpServer> server_ = Serve(Routes(silence_));
  std::string url_ = UrlOf(*server_);
  HttpClient client_;
};

TEST_F(HttpClientTest, SendsJsonAndReadsAnyStatus) {
  // Large enough for libcurl to ask first, unless told not to.
  const std::string json = "\"" + std::string(50'000, 'x') + "\"";

  const auto answer = client_.Send({.method = "PUT", .url = url_ + "/json", .json = json});

  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->body, json);
}

TEST_F(HttpClientTest, NamesNoTypeWithoutABody) {
  const auto answer = client_.Send({.method = "POST", .url = url_ + "/plain"});

  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->body, "none");
}

TEST_F(HttpClientTest, UsesOneConnectionForManyRequests) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(client_.Send({.method = "POST", .url = url_ + "/plain"}));
  }

  EXPECT_EQ(server_->stats().connections_accepted, 1U);
}

TEST_F(HttpClientTest, ReadsHowLongToWait) {
  const auto later = client_.Send({.url = url_ + "/later"});
  const auto now = client_.Send({.method = "POST", .url = url_ + "/plain"});

  ASSERT_TRUE(later && now);
  EXPECT_EQ(later->status, 503);
  EXPECT_EQ(later->retry_after, std::chrono::seconds(7));
  EXPECT_EQ(now->retry_after, std::nullopt);
}

TEST_F(HttpClientTest, GetTakesOnly200) {
  const auto body = client_.Get(url_ + "/later");

  ASSERT_FALSE(body);
  EXPECT_THAT(body.error(), HasSubstr("/later: answered 503"));
}

TEST_F(HttpClientTest, GivesUpInTime) {
  const auto answer = client_.Send({.url = url_ + "/never", .timeout = milliseconds(100)});

  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error(), HasSubstr("/never"));
}

TEST_F(HttpClientTest, SaysWhenNobodyListens) {
  server_.reset();

  const auto answer = client_.Send({.url = url_ + "/later"});

  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error(), HasSubstr("GET " + url_));
}

TEST_F(HttpClientTest, SpeaksHttpOnly) {
  EXPECT_FALSE(client_.Send({.url = "file:///etc/hostname"}));
}

}  // namespace
}  // namespace harness
