// Rechecks that cost little: pages that have not changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "tests/component/fetch/fetch_fixture.h"

namespace launchgate::fetch {
namespace {

using ::testing::ElementsAre;

using RememberedPageTest = FetchFixture;

// 304 for whoever sends a validator, else 200 with `headers`.
RawServer::Script AnsweringConditionally(std::string headers, std::string body) {
  return [headers = std::move(headers), body = std::move(body)](RawConnection& connection) {
    const auto request = connection.ReadRequest();
    if (!request) return;
    const bool conditional = !HeaderOf(*request, "If-None-Match").empty() ||
                             !HeaderOf(*request, "If-Modified-Since").empty();
    connection.Write(conditional ? "HTTP/1.1 304 X\r\n\r\n" : Answer(200, headers, body));
  };
}

TEST_F(RememberedPageTest, AnUnchangedPageIsGivenAsRemembered) {
  const RawServer server(
      AnsweringConditionally("ETag: \"v1\"\r\nContent-Type: text/markdown\r\n", "# Hello\n"));
  GuardedFetcher fetcher(Allow(server), Observed());

  const auto first = fetcher.Fetch(server.url() + "/a");
  const auto second = fetcher.Fetch(server.url() + "/a");

  ASSERT_TRUE(first && second);
  EXPECT_EQ(second->http_status, 200);
  EXPECT_EQ(second->content_type, "text/markdown");
  EXPECT_EQ(second->body, "# Hello\n");
  EXPECT_EQ(second->url, server.url() + "/a");
  EXPECT_EQ(HeaderOf(server.requests().at(0), "If-None-Match"), "");
  EXPECT_EQ(HeaderOf(server.requests().at(1), "If-None-Match"), "\"v1\"");
  EXPECT_THAT(observer_.TakeEvents(), ElementsAre("answered", "notModified"));
}

TEST_F(RememberedPageTest, TheDateOfTheLastChangeIsSentBackAsItCame) {
  const RawServer server(
      AnsweringConditionally("Last-Modified: Mon, 23 Nov 2026 08:00:00 GMT\r\n", "x"));
  GuardedFetcher fetcher(Allow(server), Observed());

  const bool fetched = fetcher.Fetch(server.url()) && fetcher.Fetch(server.url());

  ASSERT_TRUE(fetched);
  EXPECT_EQ(HeaderOf(server.requests().at(1), "If-Modified-Since"),
            "Mon, 23 Nov 2026 08:00:00 GMT");
  EXPECT_THAT(observer_.TakeEvents(), ElementsAre("answered", "notModified"));
}

TEST_F(RememberedPageTest, AChangedPageReplacesTheRememberedOne) {
  std::atomic<int> version{0};
  const RawServer server([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    const std::string text = std::to_string(++version);
    connection.Write(Answer(200, "ETag: \"" + text + "\"\r\n", text));
  });
  GuardedFetcher fetcher(Allow(server), Observed());

  fetcher.Fetch(server.url());
  const auto second = fetcher.Fetch(server.url());
  fetcher.Fetch(server.url());

  ASSERT_TRUE(second);
  EXPECT_EQ(second->body, "2");
  EXPECT_EQ(HeaderOf(server.requests().at(2), "If-None-Match"), "\"2\"");
}

TEST_F(RememberedPageTest, NothingIsRememberedAgainstTheServersWill) {
  for (const char* headers :
       {"", "ETag: \"v1\"\r\nCache-Control: private, No-Store\r\n",
        "ETag: \"1\"\r\nETag: \"2\"\r\n",
        "Cache-Control: no-store\r\nCache-Control: max-age=1\r\nETag: \"v1\"\r\n"}) {
    const RawServer server(AnsweringConditionally(headers, "x"));
    GuardedFetcher fetcher(Allow(server), Observed());

    const bool fetched = fetcher.Fetch(server.url()) && fetcher.Fetch(server.url());

    ASSERT_TRUE(fetched);
    EXPECT_EQ(HeaderOf(server.requests().at(1), "If-None-Match"), "") << headers;
  }
}

TEST_F(RememberedPageTest, OnlySuccessIsRemembered) {
  const RawServer missing(Answering(Answer(404, "ETag: \"v1\"\r\n", "no")));
  GuardedFetcher fetcher(Allow(missing), Observed());

  fetcher.Fetch(missing.url());
  const auto second = fetcher.Fetch(missing.url());

  ASSERT_TRUE(second);
  EXPECT_EQ(second->http_status, 404);
  EXPECT_EQ(HeaderOf(missing.requests().at(1), "If-None-Match"), "");
}

TEST_F(RememberedPageTest, NotModifiedOfWhatNobodyRemembersIsAnAnswerLikeAnyOther) {
  const RawServer server(Answering("HTTP/1.1 304 X\r\n\r\n"));
  GuardedFetcher fetcher(Allow(server), Observed());

  const auto page = fetcher.Fetch(server.url());

  ASSERT_TRUE(page);
  EXPECT_EQ(page->http_status, 304);
  EXPECT_THAT(observer_.TakeEvents(), ElementsAre("answered"));
}

TEST_F(RememberedPageTest, ARedirectIsFollowedAnewBeforeARememberedPageIsGiven) {
  const RawServer server([](RawConnection& connection) {
    const auto request = connection.ReadRequest();
    if (!request) return;
    if (request->starts_with("GET /a ")) {
      connection.Write(Answer(302, "Location: /b\r\n", ""));
    } else if (HeaderOf(*request, "If-None-Match") == "\"v1\"") {
      connection.Write("HTTP/1.1 304 X\r\n\r\n");
    } else {
      connection.Write(Answer(200, "ETag: \"v1\"\r\n", "there"));
    }
  });
  GuardedFetcher fetcher(Allow(server), Observed());

  fetcher.Fetch(server.url() + "/a");
  const auto second = fetcher.Fetch(server.url() + "/a");

  ASSERT_TRUE(second);
  EXPECT_EQ(second->body, "there");
  EXPECT_EQ(second->url, server.url() + "/a");
  EXPECT_EQ(server.connections(), 4);
  EXPECT_THAT(observer_.TakeEvents(), ElementsAre("answered", "notModified"));
}

}  // namespace
}  // namespace launchgate::fetch
