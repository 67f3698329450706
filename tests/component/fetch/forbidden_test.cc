// No spelling, no DNS answer and no redirect makes the fetcher connect to a
// place that nobody allowed. (THREATS T39-T42.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "shell/fetch/guarded_fetcher.h"
#include "tests/component/fetch/counting_listener.h"
#include "tests/component/fetch/test_dns.h"
#include "tests/component/fetch/url_table.h"
#include "tests/support/raw_server.h"

namespace launchgate::fetch {
namespace {

using base::ErrorKind;
using test_support::RawConnection;
using test_support::RawServer;

constexpr std::size_t kLeastSpellings = 200;
constexpr std::size_t kLeastRedirects = 50;
constexpr int kRebindingFetches = 1'000;
constexpr const char* kSecret = "HTTP/1.1 200 X\r\nContent-Length: 6\r\n\r\nsecret";
constexpr const char* kHello = "HTTP/1.1 200 X\r\nContent-Length: 5\r\n\r\nhello";
// No rate limit hides here what the guard has to stop.
constexpr HostLimits kNoRateLimit{.concurrent = 2, .burst = 1'000'000};

// The place inside: nobody may connect.
class Inside {
 public:
  int port() const { return v4_.port(); }
  int connections() const { return v4_.connections() + v6_.connections(); }

 private:
  CountingListener v4_{"127.0.0.1", 0, kSecret};
  CountingListener v6_{"::1", v4_.port(), kSecret};
};

DestinationRule Rule(std::string scheme, std::string host, int port,
                     const std::vector<const char*>& ranges = {}) {
  DestinationRule rule;
  rule.scheme = std::move(scheme);
  rule.host = std::move(host);
  rule.port = port;
  for (const char* range : ranges) rule.addresses.push_back(*Cidr::Parse(range));
  return rule;
}

// As if somebody had allowed exactly this name, but no special address.
std::vector<DestinationRule> NameAllowed(std::string_view url, int port) {
  std::vector<DestinationRule> rules = {Rule("http", "127.0.0.1", port),
                                        Rule("http", "example.com", port),
                                        Rule("http", "*.example.com", port)};
  const auto destination = ParseDestination(url);
  if (destination) {
    rules.push_back(Rule(destination->scheme, destination->host, destination->port));
  }
  return rules;
}

std::vector<Address> Addresses(const std::vector<const char*>& texts) {
  std::vector<Address> addresses;
  addresses.reserve(texts.size());
  for (const char* text : texts) addresses.push_back(*Address::Parse(text));
  return addresses;
}

FetchOptions Allow(std::vector<DestinationRule> rules) {
  FetchOptions options;
  options.allow = std::move(rules);
  options.per_host = kNoRateLimit;
  return options;
}

TEST(ForbiddenTest, TheListenersWouldNotice) {
  const Inside inside;
  const int port = inside.port();
  GuardedFetcher fetcher(Allow({Rule("http", "127.0.0.1", port, {"127.0.0.1/32"}),
                                Rule("http", "::1", port, {"::1/128"}),
                                Rule("http", "::ffff:127.0.0.1", port, {"127.0.0.1/32"})}));

  int expected = 0;
  for (const char* host : {"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"}) {
    const auto page = fetcher.Fetch("http://" + std::string(host) + ":" + std::to_string(port));
    ASSERT_TRUE(page) << page.error().message;
    EXPECT_EQ(page->body, "secret");
    EXPECT_EQ(inside.connections(), ++expected);
  }
}

TEST(ForbiddenTest, NoSpellingLeadsInside) {
  const Inside inside;
  const TestDnsServer dns([](int) { return Addresses({"127.0.0.1", "::1"}); });
  TestDnsResolver resolver(dns);
  const auto spellings = ReadUrlTable("forbidden_urls.txt");
  ASSERT_GE(std::set(spellings.begin(), spellings.end()).size(), kLeastSpellings);

  for (const std::string& spelling : spellings) {
    const std::string url = Replace(spelling, "{port}", std::to_string(inside.port()));
    GuardedFetcher fetcher(Allow(NameAllowed(url, inside.port())), {.resolver = &resolver});
    const auto page = fetcher.Fetch(url);
    ASSERT_FALSE(page) << spelling;
    // Refused, not merely failed: nothing was tried.
    EXPECT_EQ(page.error().kind, ErrorKind::kInvalid) << spelling << ": " << page.error().message;
  }

  EXPECT_EQ(inside.connections(), 0);
  EXPECT_GT(dns.lookups(), 0);
}

struct Rebinding {
  const char* name;
  std::vector<const char*> even;  // What DNS says to the lookups 0, 2, …
  std::vector<const char*> odd;
};
void PrintTo(const Rebinding& row, std::ostream* out) { *out << row.name; }

class RebindingTest : public ::testing::TestWithParam<Rebinding> {};

TEST_P(RebindingTest, NeverConnectsInside) {
  const Inside inside;
  // The place outside, with the same port.
  const CountingListener outside("127.0.0.2", inside.port(), kHello);
  const TestDnsServer dns(
      [](int lookup) { return Addresses(lookup % 2 == 0 ? GetParam().even : GetParam().odd); });
  TestDnsResolver resolver(dns);
  GuardedFetcher fetcher(
      Allow({Rule("http", "rebind.example.com", inside.port(), {"127.0.0.2/32"})}),
      {.resolver = &resolver});
  const std::string url = "http://rebind.example.com:" + std::to_string(inside.port()) + "/";

  int pages = 0;
  int refused = 0;
  for (int i = 0; i < kRebindingFetches; ++i) {
    const auto page = fetcher.Fetch(url);
    if (page && page->body == "hello") ++pages;
    if (!page && page.error().kind == ErrorKind::kInvalid) ++refused;
  }

  EXPECT_EQ(inside.connections(), 0);
  EXPECT_EQ(pages + refused, kRebindingFetches);
  EXPECT_EQ(outside.connections(), pages);
  EXPECT_GE(pages, kRebindingFetches / 2);
  // One lookup each: there is no second answer to fall for.
  EXPECT_EQ(dns.lookups(), kRebindingFetches);
}

INSTANTIATE_TEST_SUITE_P(
    Answers, RebindingTest,
    ::testing::Values(Rebinding{"Alternating", {"127.0.0.2"}, {"127.0.0.1"}},
                      Rebinding{"AlternatingFamilies", {"127.0.0.2"}, {"::1"}},
                      Rebinding{"MetadataEveryOtherTime", {"127.0.0.2"}, {"169.254.169.254"}},
                      Rebinding{"InsideAmongOthers",
                                {"127.0.0.2", "127.0.0.1"},
                                {"127.0.0.1", "127.0.0.2", "::1"}},
                      Rebinding{"Mapped", {"127.0.0.2"}, {"::ffff:127.0.0.1", "64:ff9b::7f00:1"}}),
    [](const auto& row) { return row.param.name; });

TEST(ForbiddenTest, FailingOverNeverGoesInside) {
  const Inside inside;
  const TestDnsServer dns([](int) { return Addresses({"127.0.0.2", "127.0.0.1", "::1"}); });
  TestDnsResolver resolver(dns);
  GuardedFetcher fetcher(
      Allow({Rule("http", "rebind.example.com", inside.port(), {"127.0.0.2/32"})}),
      {.resolver = &resolver});

  const auto page =
      fetcher.Fetch("http://rebind.example.com:" + std::to_string(inside.port()) + "/");

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable) << page.error().message;
  EXPECT_EQ(inside.connections(), 0);
}

// Answers "/N/K" with a redirect to "/N/(K-1)", "/N/0" to the N-th target, and
// every other path as if it were the end.
class RedirectingServer {
 public:
  explicit RedirectingServer(int inside_port, test_support::RawServerOptions options = {})
      : server_([this](RawConnection& connection) { Answer(connection); }, std::move(options)) {
    for (const std::string& target : ReadUrlTable("redirects.txt")) {
      const std::string ported = Replace(target, "{port}", std::to_string(inside_port));
      targets_.push_back(Replace(Replace(ported, "{self}", server_.url()), "{selfhost}",
                                 "127.0.0.1:" + std::to_string(server_.port())));
    }
  }

  const RawServer& server() const { return server_; }
  const std::vector<std::string>& targets() const { return targets_; }

 private:
  void Answer(RawConnection& connection) {
    static constexpr const char* kStatuses[] = {"301", "302", "303", "307", "308"};
    const auto request = connection.ReadRequest();
    if (!request) return;
    std::size_t row = 0;
    std::size_t left = 0;
    std::string location = "/again";
    if (std::sscanf(request->c_str(), "GET /%zu/%zu HTTP", &row, &left) == 2) {
      location =
          left > 0 ? "/" + std::to_string(row) + "/" + std::to_string(left - 1) : targets_.at(row);
    }
    connection.Write(std::string("HTTP/1.1 ") + kStatuses[row % 5] + " X\r\nLocation: " + location +
                     "\r\nContent-Length: 0\r\n\r\n");
  }

  std::vector<std::string> targets_;
  RawServer server_;
};

void FollowEveryRedirect(const RedirectingServer& redirecting, const FetchOptions& options) {
  const TestDnsServer dns([](int) { return Addresses({"127.0.0.1", "::1"}); });
  TestDnsResolver resolver(dns);
  ASSERT_GE(redirecting.targets().size(), kLeastRedirects);
  for (std::size_t row = 0; row < redirecting.targets().size(); ++row) {
    for (int hops = 0; hops <= options.max_redirects; ++hops) {
      GuardedFetcher fetcher(options, {.resolver = &resolver});

      const auto page = fetcher.Fetch(redirecting.server().url() + "/" + std::to_string(row) + "/" +
                                      std::to_string(hops));

      const std::string& target = redirecting.targets()[row];
      ASSERT_FALSE(page) << target << " gave " << page->http_status;
      EXPECT_TRUE(page.error().kind == ErrorKind::kInvalid ||
                  page.error().kind == ErrorKind::kExhausted)
          << target << ": " << page.error().message;
    }
  }
}

TEST(ForbiddenTest, NoRedirectLeadsInside) {
  const Inside inside;
  const RedirectingServer redirecting(inside.port());
  const int port = inside.port();

  FollowEveryRedirect(redirecting,
                      Allow({Rule("http", "127.0.0.1", redirecting.server().port(), {"127.0.0.1"}),
                             Rule("http", "127.0.0.1", port), Rule("https", "127.0.0.1", port),
                             Rule("http", "localhost", port), Rule("http", "::1", port),
                             Rule("http", "*.example.com", port)}));

  EXPECT_EQ(inside.connections(), 0);
}

TEST(ForbiddenTest, NoRedirectOfAnHttpsServerLeadsInsideOrToHttp) {
  const Inside inside;
  const test_support::TestCa authority("test authority");
  test_support::RawServerOptions tls;
  tls.tls = authority.IssueServer({"IP:127.0.0.1"});
  const RedirectingServer redirecting(inside.port(), tls);
  const std::string ca_file = ::testing::TempDir() + "/forbidden_test_ca.pem";
  std::ofstream(ca_file) << authority.certificate_pem();
  // Plain http inside is even allowed: only the way down from https is not.
  FetchOptions options =
      Allow({Rule("https", "127.0.0.1", redirecting.server().port(), {"127.0.0.1"}),
             Rule("http", "127.0.0.1", inside.port(), {"127.0.0.1"}),
             Rule("http", "localhost", inside.port(), {"127.0.0.1", "::1"}),
             Rule("http", "*.example.com", inside.port(), {"127.0.0.1"})});
  options.ca_file = ca_file;

  FollowEveryRedirect(redirecting, options);

  EXPECT_EQ(inside.connections(), 0);
}

}  // namespace
}  // namespace launchgate::fetch
