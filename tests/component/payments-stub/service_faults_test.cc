// What the provider does on a bad day: late, failing and silent answers.
#include <gmock/gmock.h>

#include <chrono>

#include "tests/component/payments-stub/service_fixture.h"

namespace payments_stub {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

// Long enough for a busy machine, and far from what a lost answer would take.
constexpr milliseconds kPrompt{2'000};

TEST_F(ProviderTest, AnswersNoEarlierThanItsLatency) {
  constexpr milliseconds kLatency{150};
  Start({.latency_ms = kLatency.count()});

  const auto started = steady_clock::now();
  EXPECT_EQ(Ask(ChargeRequest("gc-1")).status, 201);

  EXPECT_GE(steady_clock::now() - started, kLatency);
  EXPECT_THAT(Metrics(), HasSubstr("payments_request_duration_seconds_bucket{le=\"0.1\"} 0\n"));
}

TEST_F(ProviderTest, HoldsManyLateAnswersWithoutHoldingUpTheOthers) {
  constexpr int kRequests = 200;
  constexpr milliseconds kLatency{200};
  Start({.latency_ms = kLatency.count()});
  std::vector<std::unique_ptr<RawHttpClient>> clients;
  for (int i = 0; i < kRequests; ++i) {
    clients.push_back(RawHttpClient::Connect(service_->port()));
    ASSERT_TRUE(clients.back());
  }

  const auto started = steady_clock::now();
  for (int i = 0; i < kRequests; ++i) clients[static_cast<std::size_t>(i)]->Send(ChargeRequest(i));
  for (const auto& client : clients) {
    ASSERT_TRUE(client->ReadResponse());
    EXPECT_GE(steady_clock::now() - started, kLatency);
  }

  // One after the other they would take 40 s.
  const auto took = steady_clock::now() - started;
  EXPECT_LT(took, kLatency + kPrompt);
  RecordProperty("took_ms", static_cast<int>(took / milliseconds(1)));
}

TEST_F(ProviderTest, HasChargedBeforeALateAnswer) {
  Start({.latency_ms = 60'000});
  const auto waiting = Send(ChargeRequest("gc-1"));

  ASSERT_TRUE(AwaitMetric("payments_in_flight 1"));

  EXPECT_EQ(Charges().size(), 1U);
  EXPECT_THAT(Metrics(), HasSubstr("payments_requests_total{outcome=\"created\"} 1\n"));
}

TEST_F(ProviderTest, HalfOfTheInjectedFailuresHaveChargedAllTheSame) {
  constexpr int kRequests = 200;
  Start({.fail_rate = 1});
  const auto client = RawHttpClient::Connect(service_->port());
  ASSERT_TRUE(client);

  for (int i = 0; i < kRequests; ++i) {
    client->Send(ChargeRequest(i));
    const auto response = client->ReadResponse();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503);
    EXPECT_EQ(response->body, R"({"error":"injected failure"})");
  }

  // Six standard deviations of a fair coin.
  EXPECT_NEAR(static_cast<double>(Charges().size()), kRequests / 2.0, 43);
  EXPECT_THAT(Metrics(), HasSubstr("payments_requests_total{outcome=\"failed\"} 200\n"));
}

TEST_F(ProviderTest, TheSameSeedMeansTheSameFate) {
  const auto statuses = [this] {
    Start({.fail_rate = 0.5});
    std::vector<int> all;
    for (int i = 0; i < 50; ++i) all.push_back(Ask(ChargeRequest(i)).status);
    return all;
  };

  const auto first = statuses();
  const auto second = statuses();

  EXPECT_EQ(first, second);
  EXPECT_THAT(first, ::testing::Contains(201));
  EXPECT_THAT(first, ::testing::Contains(503));
}

TEST_F(ProviderTest, ASilentAnswerIsChargedAndEndsWithTheService) {
  constexpr int kClients = 50;
  Start({.hang_rate = 1});
  std::vector<std::unique_ptr<RawHttpClient>> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(Send(ChargeRequest(i)));
  ASSERT_TRUE(AwaitMetric("payments_in_flight 50"));

  EXPECT_TRUE(clients.back()->SilentFor(milliseconds(300)));
  EXPECT_EQ(Charges().size(), static_cast<std::size_t>(kClients));
  EXPECT_THAT(Metrics(), HasSubstr("payments_requests_total{outcome=\"hung\"} 50\n"));
  const auto stopping = steady_clock::now();
  service_.reset();

  EXPECT_LT(steady_clock::now() - stopping, kPrompt);
  for (const auto& client : clients) EXPECT_TRUE(client->ClosedByPeer());
}

TEST_F(ProviderTest, ASilentAnswerIsGivenUpInTheEnd) {
  constexpr milliseconds kMaxHang{150};
  Start({.knobs = {.hang_rate = 1}, .max_hang = kMaxHang});

  const auto started = steady_clock::now();
  const RawResponse response = Ask(ChargeRequest("gc-1"));

  EXPECT_EQ(response.status, 504);
  EXPECT_GE(steady_clock::now() - started, kMaxHang);
  EXPECT_THAT(Metrics(), HasSubstr("payments_in_flight 0\n"));
}

TEST_F(ProviderTest, OutlivesClientsThatLeaveBeforeTheirAnswer) {
  constexpr int kClients = 20;
  Start({.latency_ms = 100});
  for (int i = 0; i < kClients; ++i) Send(ChargeRequest(i)).reset();
  ASSERT_TRUE(AwaitMetric("payments_charges 20"));

  // Due after all of theirs.
  EXPECT_EQ(Ask(ChargeRequest("last")).status, 201);

  EXPECT_EQ(Charges().size(), kClients + 1U);
  EXPECT_THAT(Metrics(), HasSubstr("payments_in_flight 0\n"));
}

TEST_F(ProviderTest, RefusesWhatItCannotHoldAndCanStillBeSet) {
  Start({.knobs = {.latency_ms = 60'000}, .max_waiting = 1});
  const auto waiting = Send(ChargeRequest("gc-1"));
  ASSERT_TRUE(AwaitMetric("payments_in_flight 1"));

  const RawResponse refused = Ask(ChargeRequest("gc-2"));

  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("too many answers are waiting"));
  EXPECT_THAT(Metrics(), HasSubstr("payments_requests_total{outcome=\"failed\"} 1\n"));
  EXPECT_EQ(Ask(MakeRequest("PUT", "/knobs", R"({"LATENCY_MS":0})", kJson)).status, 200);
  EXPECT_EQ(Ask(ChargeRequest("gc-3")).status, 201);
}

}  // namespace
}  // namespace payments_stub
