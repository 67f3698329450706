// Bounds in time and in number, and where addresses come from.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "tests/component/fetch/fetch_fixture.h"

namespace launchgate::fetch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using FetchLimitsTest = FetchFixture;

TEST_F(FetchLimitsTest, RefusesAHostThatIsAskedTooOften) {
  const RawServer server(Answering(Answer(200, "", "x")));
  FetchOptions options = Allow(server);
  options.per_host.burst = 3;
  GuardedFetcher fetcher(options, {.clock = &clock_, .observer = &observer_});

  for (int i = 0; i < 3; ++i) EXPECT_TRUE(fetcher.Fetch(server.url()));
  const auto refused = fetcher.Fetch(server.url());
  const auto events = observer_.TakeEvents();
  clock_.Advance(options.per_host.spacing);
  const auto later = fetcher.Fetch(server.url());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("rate limited, tried again later"));
  EXPECT_THAT(events, ElementsAre("answered", "answered", "answered", "rateLimited", "refused"));
  EXPECT_TRUE(later);
  EXPECT_EQ(server.connections(), 4);
}

TEST_F(FetchLimitsTest, ARedirectCountsAgainstTheRateToo) {
  const RawServer server(Answering(Answer(302, "Location: /again\r\n", "")));
  FetchOptions options = Allow(server);
  options.per_host.burst = 2;
  GuardedFetcher fetcher(options, {.clock = &clock_, .observer = &observer_});

  const auto page = fetcher.Fetch(server.url());

  EXPECT_FALSE(page);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_THAT(observer_.TakeEvents(), ElementsAre("rateLimited", "refused"));
}

TEST_F(FetchLimitsTest, AsksOneHostOnlyTwiceAtTheSameTime) {
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  std::latch both(2);
  const RawServer server([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    const int now = ++running;
    int seen = most;
    while (now > seen && !most.compare_exchange_weak(seen, now)) {
    }
    // The first two meet here, so the test cannot pass one by one.
    if (!both.try_wait()) both.arrive_and_wait();
    --running;
    connection.Write(Answer(200, "", "x"));
  });
  GuardedFetcher fetcher(Allow(server), Observed());
  std::atomic<int> pages{0};

  {
    constexpr int kThreads = 8;
    std::vector<std::jthread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] { pages += fetcher.Fetch(server.url()) ? 1 : 0; });
    }
  }

  EXPECT_EQ(pages, 8);
  EXPECT_EQ(most, 2);
}

TEST_F(FetchLimitsTest, ASlotThatDoesNotComeFreeInTimeIsANo) {
  const RawServer server(Answering(Answer(200, "", "x")));
  std::latch asked(1);
  std::latch answer(1);
  ScriptedResolver resolver([&]() -> base::Result<std::vector<Address>> {
    asked.count_down();
    answer.wait();
    return base::Fail(ErrorKind::kUnavailable, "no such name");
  });
  FetchOptions options = Allow(server, "wiki.example.com");
  options.per_host.concurrent = 1;
  options.total_timeout = milliseconds(50);
  GuardedFetcher fetcher(options, {.resolver = &resolver, .observer = &observer_});

  std::jthread first([&] { (void)fetcher.Fetch(Named(server)); });
  asked.wait();
  const auto second = fetcher.Fetch(Named(server));
  const auto events = observer_.TakeEvents();
  answer.count_down();

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(events, ElementsAre("busy", "refused"));
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(FetchLimitsTest, TheDeadlineCoversEveryRedirect) {
  const RawServer server([this](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    clock_.Advance(milliseconds(6'000));
    connection.Write(Answer(302, "Location: /again\r\n", ""));
  });
  GuardedFetcher fetcher(Allow(server), {.clock = &clock_, .observer = &observer_});

  const auto page = fetcher.Fetch(server.url());

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_THAT(observer_.TakeEvents(), ElementsAre("timeout", "refused"));
  EXPECT_EQ(observer_.took(), milliseconds(12'000));
}

TEST_F(FetchLimitsTest, TheDeadlineCoversTheNameToo) {
  const RawServer server(Answering(Answer(200, "", "x")));
  ScriptedResolver resolver([this]() -> base::Result<std::vector<Address>> {
    clock_.Advance(milliseconds(10'000));
    return std::vector{*Address::Parse("127.0.0.1")};
  });
  GuardedFetcher fetcher(Allow(server, "wiki.example.com"),
                         {.clock = &clock_, .resolver = &resolver, .observer = &observer_});

  const auto page = fetcher.Fetch(Named(server));

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(resolver.last_host, "wiki.example.com");
  EXPECT_EQ(resolver.last_timeout, milliseconds(10'000));
  EXPECT_EQ(server.connections(), 0);
  EXPECT_THAT(observer_.TakeEvents(), ElementsAre("timeout", "refused"));
}

TEST_F(FetchLimitsTest, ConnectsToTheAddressOfTheAnswerAndNamesTheHost) {
  const RawServer server(Answering(Answer(200, "", "x")));
  ScriptedResolver resolver([]() -> base::Result<std::vector<Address>> {
    return std::vector{*Address::Parse("127.0.0.1")};
  });
  GuardedFetcher fetcher(Allow(server, "wiki.example.com"), {.resolver = &resolver});

  const auto page =
      fetcher.Fetch("http://WIKI.example.com.:" + std::to_string(server.port()) + "/");

  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(HeaderOf(server.requests().at(0), "Host"),
            "wiki.example.com:" + std::to_string(server.port()));
}

TEST_F(FetchLimitsTest, ANameThatDoesNotResolveIsTroubleOutside) {
  const RawServer server(Answering(Answer(200, "", "x")));
  ScriptedResolver resolver([]() -> base::Result<std::vector<Address>> {
    return base::Fail(ErrorKind::kUnavailable, "no such name");
  });
  GuardedFetcher fetcher(Allow(server, "wiki.example.com"),
                         {.resolver = &resolver, .observer = &observer_});

  const auto page = fetcher.Fetch(Named(server));

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(observer_.TakeEvents(), ElementsAre("failed"));
}

TEST_F(FetchLimitsTest, TheSystemResolvesLocalhost) {
  SystemResolver resolver;

  const auto addresses = resolver.Resolve("localhost", milliseconds(10'000));

  ASSERT_TRUE(addresses) << addresses.error().message;
  for (const Address& address : *addresses) EXPECT_EQ(SpecialPurpose(address).has_value(), true);
}

TEST_F(FetchLimitsTest, TheSystemDoesNotWaitLongerThanItIsTold) {
  SystemResolver resolver;

  const auto addresses = resolver.Resolve("localhost", milliseconds(0));

  if (!addresses) {
    EXPECT_EQ(addresses.error().kind, ErrorKind::kUnavailable);
  }
}

}  // namespace
}  // namespace launchgate::fetch
