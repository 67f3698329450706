// The fetcher against real sockets on loopback. (THREATS T39-T43, T48.)
#include "shell/fetch/guarded_fetcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/raw_server.h"

namespace launchgate::fetch {
namespace {

using base::ErrorKind;
using test_support::HeaderOf;
using test_support::RawConnection;
using test_support::RawServer;
using ::testing::HasSubstr;

RawServer::Script Answering(std::string answer) {
  return [answer = std::move(answer)](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(answer);
  };
}

std::string Answer(int status, std::string_view headers, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

DestinationRule RuleFor(const RawServer& server, std::string_view range = "127.0.0.0/8") {
  DestinationRule rule;
  rule.scheme = server.url().starts_with("https") ? "https" : "http";
  rule.host = "127.0.0.1";
  rule.port = server.port();
  if (!range.empty()) rule.addresses = {*Cidr::Parse(range)};
  return rule;
}

FetchOptions Allow(std::vector<DestinationRule> rules) {
  FetchOptions options;
  options.allow = std::move(rules);
  return options;
}

TEST(GuardedFetcherTest, GivesThePageOfAnAllowedDestination) {
  const RawServer server(Answering(Answer(200, "Content-Type: text/markdown\r\n", "# Hello\n")));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  const auto page = fetcher.Fetch(server.url() + "/runbook");

  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->http_status, 200);
  EXPECT_EQ(page->content_type, "text/markdown");
  EXPECT_EQ(page->body, "# Hello\n");
  EXPECT_EQ(page->url, server.url() + "/runbook");
}

TEST(GuardedFetcherTest, AnAnswerThatIsNoSuccessIsAPageToo) {
  const RawServer server(Answering(Answer(404, "", "no")));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  const auto page = fetcher.Fetch(server.url());

  ASSERT_TRUE(page);
  EXPECT_EQ(page->http_status, 404);
}

TEST(GuardedFetcherTest, ConnectsToNothingThatNobodyAllowed) {
  const RawServer server(Answering(Answer(200, "", "secret")));
  GuardedFetcher fetcher(Allow({}));

  const auto page = fetcher.Fetch(server.url());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(server.connections(), 0);
}

TEST(GuardedFetcherTest, AnAllowedNameMustNotLeadToASpecialAddress) {
  const RawServer server(Answering(Answer(200, "", "secret")));
  for (const char* range : {"", "10.0.0.0/8", "127.0.0.2/32"}) {
    GuardedFetcher fetcher(Allow({RuleFor(server, range)}));

    const auto page = fetcher.Fetch(server.url());

    ASSERT_FALSE(page) << range;
    EXPECT_EQ(page.error().kind, ErrorKind::kInvalid) << page.error().message;
    EXPECT_THAT(page.error().message, HasSubstr("loopback"));
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(GuardedFetcherTest, ANameThatResolvesToLoopbackIsStoppedAfterDns) {
  const RawServer server(Answering(Answer(200, "", "secret")));
  DestinationRule rule = RuleFor(server, "");
  rule.host = "localhost";
  GuardedFetcher fetcher(Allow({rule}));

  const auto page = fetcher.Fetch("http://localhost:" + std::to_string(server.port()) + "/");

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kInvalid) << page.error().message;
  EXPECT_EQ(server.connections(), 0);
}

TEST(GuardedFetcherTest, FollowsRedirectsToAllowedDestinations) {
  const RawServer target(Answering(Answer(200, "", "there")));
  const RawServer first(Answering(Answer(302, "Location: " + target.url() + "/x\r\n", "")));
  GuardedFetcher fetcher(Allow({RuleFor(first), RuleFor(target)}));

  const auto page = fetcher.Fetch(first.url() + "/a");

  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->body, "there");
  EXPECT_EQ(page->url, first.url() + "/a");
}

TEST(GuardedFetcherTest, ARedirectIsCheckedLikeTheFirstUrl) {
  const RawServer target(Answering(Answer(200, "", "secret")));
  for (const std::string& location :
       {target.url() + "/", "http://localhost:" + std::to_string(target.port()) + "/",
        "//127.1:" + std::to_string(target.port()) + "/", std::string("http://169.254.169.254/"),
        std::string("file:///etc/hostname"), std::string("gopher://127.0.0.1:1/"),
        "http://user@127.0.0.1:" + std::to_string(target.port()) + "/"}) {
    const RawServer first(Answering(Answer(302, "Location: " + location + "\r\n", "")));
    GuardedFetcher fetcher(Allow({RuleFor(first)}));

    const auto page = fetcher.Fetch(first.url());

    EXPECT_FALSE(page && page->body == "secret") << location;
    if (!page) {
      EXPECT_EQ(page.error().kind, ErrorKind::kInvalid) << location;
    }
  }
  EXPECT_EQ(target.connections(), 0);
}

TEST(GuardedFetcherTest, GivesUpAfterAFewRedirects) {
  const RawServer server(Answering(Answer(302, "Location: /again\r\n", "")));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  const auto page = fetcher.Fetch(server.url());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kExhausted);
  EXPECT_EQ(server.connections(), 4);  // The first and three redirects.
}

TEST(GuardedFetcherTest, NeverGoesFromHttpsDownToHttp) {
  const test_support::TestCa authority("test authority");
  test_support::RawServerOptions tls;
  tls.tls = authority.IssueServer({"IP:127.0.0.1"});
  const RawServer target(Answering(Answer(200, "", "secret")));
  const RawServer first(Answering(Answer(302, "Location: " + target.url() + "/\r\n", "")), tls);
  const std::string ca_file = ::testing::TempDir() + "/guarded_fetcher_test_ca.pem";
  std::ofstream(ca_file) << authority.certificate_pem();
  FetchOptions options = Allow({RuleFor(first), RuleFor(target)});
  options.ca_file = ca_file;
  GuardedFetcher fetcher(options);

  const auto page = fetcher.Fetch(first.url());

  ASSERT_FALSE(page);
  EXPECT_THAT(page.error().message, HasSubstr("from https to http"));
  EXPECT_EQ(target.connections(), 0);
}

TEST(GuardedFetcherTest, BoundsTheBody) {
  const RawServer server(Answering(Answer(200, "", std::string(1001, 'x'))));
  FetchOptions options = Allow({RuleFor(server)});
  options.max_body_bytes = 1000;
  GuardedFetcher tight(options);
  options.max_body_bytes = 1001;
  GuardedFetcher enough(options);

  const auto refused = tight.Fetch(server.url());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kExhausted);
  EXPECT_TRUE(enough.Fetch(server.url()));
}

TEST(GuardedFetcherTest, BoundsABodyThatNeverEnds) {
  const RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write("HTTP/1.1 200 OK\r\n\r\n");
    while (connection.Write(std::string(4096, 'x'))) {
    }
  });
  FetchOptions options = Allow({RuleFor(server)});
  options.max_body_bytes = 100'000;
  GuardedFetcher fetcher(options);

  const auto page = fetcher.Fetch(server.url());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kExhausted);
}

TEST(GuardedFetcherTest, DoesNotUnpackCompressedBodies) {
  const RawServer server(Answering(Answer(200, "Content-Encoding: gzip\r\n", "\x1F\x8B not gzip")));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  const auto page = fetcher.Fetch(server.url());

  ASSERT_TRUE(page);
  EXPECT_EQ(page->body, "\x1F\x8B not gzip");
  EXPECT_EQ(HeaderOf(server.requests().front(), "Accept-Encoding"), "");
}

TEST(GuardedFetcherTest, BoundsTheHeaders) {
  std::string headers;
  for (int i = 0; i < 2000; ++i)
    headers += "X-" + std::to_string(i) + ": " + std::string(50, 'x') + "\r\n";
  const RawServer server(Answering(Answer(200, headers, "x")));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  const auto page = fetcher.Fetch(server.url());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kExhausted);
  EXPECT_THAT(page.error().message, HasSubstr("headers"));
}

TEST(GuardedFetcherTest, GivesUpOnAServerThatSaysNothing) {
  const RawServer server([](RawConnection& connection) {
    if (connection.ReadRequest()) connection.WaitUntilClosed();
  });
  FetchOptions options = Allow({RuleFor(server)});
  options.total_timeout = std::chrono::milliseconds(200);
  GuardedFetcher fetcher(options);

  const auto page = fetcher.Fetch(server.url());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
}

TEST(GuardedFetcherTest, GivesUpOnABodyThatStops) {
  const RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    connection.WaitUntilClosed();
  });
  FetchOptions options = Allow({RuleFor(server)});
  options.total_timeout = std::chrono::milliseconds(200);
  GuardedFetcher fetcher(options);

  const auto page = fetcher.Fetch(server.url());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
}

TEST(GuardedFetcherTest, ABodyThatIsCutShortIsNoPage) {
  const RawServer server(Answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  const auto page = fetcher.Fetch(server.url());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
}

TEST(GuardedFetcherTest, SpeaksNothingOlderThanHttp1) {
  const RawServer server(Answering("hello, no status line\n"));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  EXPECT_FALSE(fetcher.Fetch(server.url()));
}

TEST(GuardedFetcherTest, NothingListeningIsTrouble) {
  int port = 0;
  {
    const RawServer gone(Answering(""));
    port = gone.port();
  }
  DestinationRule rule;
  rule.scheme = "http";
  rule.host = "127.0.0.1";
  rule.port = port;
  rule.addresses = {*Cidr::Parse("127.0.0.0/8")};
  GuardedFetcher fetcher(Allow({rule}));

  const auto page = fetcher.Fetch("http://127.0.0.1:" + std::to_string(port) + "/");

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
}

TEST(GuardedFetcherTest, SendsNoCredentialAndKeepsNoCookie) {
  const RawServer server(Answering(Answer(200, "Set-Cookie: a=b\r\n", "x")));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  const bool fetched = fetcher.Fetch(server.url()) && fetcher.Fetch(server.url());

  ASSERT_TRUE(fetched);
  ASSERT_EQ(server.requests().size(), 2U);
  for (const std::string& request : server.requests()) {
    EXPECT_TRUE(request.starts_with("GET / HTTP/1.1\r\n"));
    for (const char* header : {"Authorization", "Cookie", "Proxy-Authorization", "Referer"}) {
      EXPECT_EQ(HeaderOf(request, header), "") << header;
    }
    EXPECT_EQ(HeaderOf(request, "User-Agent"), "launchgate-evidence/1");
  }
}

TEST(GuardedFetcherTest, TheEnvironmentCannotChooseAProxy) {
  const RawServer proxy(Answering(Answer(200, "", "by proxy")));
  const RawServer server(Answering(Answer(200, "", "direct")));
  for (const char* name : {"http_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"}) {
    setenv(name, proxy.url().c_str(), 1);
  }
  GuardedFetcher fetcher(Allow({RuleFor(server)}));

  const auto page = fetcher.Fetch(server.url());
  for (const char* name : {"http_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"}) unsetenv(name);

  ASSERT_TRUE(page);
  EXPECT_EQ(page->body, "direct");
  EXPECT_EQ(proxy.connections(), 0);
}

TEST(GuardedFetcherTest, ServesMoreThreadsThanItHasSlots) {
  const RawServer server(Answering(Answer(200, "", "x")));
  GuardedFetcher fetcher(Allow({RuleFor(server)}));
  constexpr std::size_t kThreads = 2 * kMaxConcurrentFetches;
  std::vector<int> statuses(kThreads, 0);

  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        const auto page = fetcher.Fetch(server.url());
        statuses[i] = page ? page->http_status : -1;
      });
    }
  }

  EXPECT_THAT(statuses, ::testing::Each(200));
  EXPECT_EQ(server.connections(), static_cast<int>(kThreads));
}

}  // namespace
}  // namespace launchgate::fetch
