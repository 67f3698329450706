// gift-cards as it was reviewed, beside a provider that gets slow: what the review found
// is real.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "gift-cards/seeded/service.h"
#include "payments-stub/service.h"
#include "tests/support/raw_http_client.h"

namespace gift_cards::seeded {
namespace {

using launchgate::test_support::MakeRequest;
using launchgate::test_support::RawHttpClient;
using launchgate::test_support::RawResponse;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr int kWorkers = 8;  // As it was to be deployed.

class SeededTest : public ::testing::Test {
 protected:
  void Start(const payments_stub::Knobs& knobs) {
    auto payments = payments_stub::Service::Start({.knobs = knobs, .seed = 7});
    ASSERT_TRUE(payments) << payments.error();
    payments_ = std::move(*payments);
    StartService();
  }
  void StartService() {
    service_.reset();
    const std::string url = "http://127.0.0.1:" + std::to_string(payments_->port());
    auto service = Service::Start({.payments_url = url});
    ASSERT_TRUE(service) << service.error();
    service_ = std::move(*service);
  }
  // The provider first: that is what ends the workers' endless waits.
  ~SeededTest() override { payments_.reset(); }

  static std::unique_ptr<RawHttpClient> Send(std::uint16_t port, const std::string& request) {
    auto client = RawHttpClient::Connect(port);
    EXPECT_TRUE(client && client->Send(request));
    return client;
  }
  std::unique_ptr<RawHttpClient> Redeem(const std::string& code,
                                        const std::string& amount = "2500") const {
    return Send(service_->port(),
                MakeRequest("POST", "/giftcards/redeem?code=" + code + "&amount=" + amount));
  }
  static RawResponse Read(RawHttpClient& client) {
    const auto response = client.ReadResponse();
    EXPECT_TRUE(response);
    return response.value_or(RawResponse{});
  }
  int Health() const {
    return Read(*Send(service_->port(), MakeRequest("GET", "/healthz"))).status;
  }
  std::string ProviderMetrics() const {
    return Read(*Send(payments_->port(), MakeRequest("GET", "/metrics"))).body;
  }

  std::unique_ptr<payments_stub::Service> payments_;
  std::unique_ptr<Service> service_;
};

TEST_F(SeededTest, RedeemsACardOnceOnAGoodDay) {
  Start({});

  const RawResponse first = Read(*Redeem("A"));
  const RawResponse second = Read(*Redeem("A"));

  EXPECT_EQ(first.status, 200);
  EXPECT_THAT(first.body, HasSubstr(R"("status":"redeemed")"));
  EXPECT_THAT(first.body, HasSubstr(R"("chargeId":"ch_1")"));
  EXPECT_EQ(second.status, 409);
  EXPECT_THAT(ProviderMetrics(), HasSubstr("payments_charges 1\n"));
}

TEST_F(SeededTest, IsAsSlowAsItsProvider) {
  constexpr milliseconds kLatency{2'000};
  Start({.latency_ms = kLatency.count()});

  const auto started = steady_clock::now();
  const RawResponse response = Read(*Redeem("A"));

  EXPECT_EQ(response.status, 200);
  EXPECT_GE(steady_clock::now() - started, kLatency);
}

TEST_F(SeededTest, AnswersNobodyOnceItsWorkersWaitAndStillSaysItIsHealthy) {
  Start({.hang_rate = 1});
  std::vector<std::unique_ptr<RawHttpClient>> waiting;
  for (int i = 0; i < kWorkers; ++i) waiting.push_back(Redeem("A" + std::to_string(i)));

  const auto one_more = Redeem("B");

  EXPECT_TRUE(one_more->SilentFor(milliseconds(500)));
  // The ninth is not even asked for: nobody is left to ask.
  EXPECT_THAT(ProviderMetrics(), HasSubstr("payments_requests_total{outcome=\"hung\"} 8\n"));
  EXPECT_EQ(Health(), 200);
}

TEST_F(SeededTest, KeepsAskingAProviderThatOnlyFails) {
  constexpr int kRequests = 30;
  Start({.fail_rate = 1});

  for (int i = 0; i < kRequests; ++i) {
    EXPECT_EQ(Read(*Redeem("A" + std::to_string(i))).status, 500);
  }

  EXPECT_THAT(ProviderMetrics(), HasSubstr("payments_requests_total{outcome=\"failed\"} 30\n"));
}

TEST_F(SeededTest, ChargesTwiceForACardThatItForgotAtARestart) {
  Start({});
  ASSERT_EQ(Read(*Redeem("A")).status, 200);

  StartService();

  EXPECT_EQ(Read(*Redeem("A")).status, 200);
  EXPECT_THAT(ProviderMetrics(), HasSubstr("payments_charges 2\n"));
}

TEST_F(SeededTest, SurvivesWhatItCannotReadAndAProviderThatIsGone) {
  Start({});

  EXPECT_EQ(Read(*Redeem("A", "much")).status, 500);
  EXPECT_EQ(Read(*Redeem("A", "")).status, 500);
  EXPECT_EQ(Read(*Redeem("A", "99999999999999999999")).status, 500);
  payments_.reset();
  EXPECT_EQ(Read(*Redeem("A")).status, 500);

  EXPECT_EQ(Health(), 200);
}

TEST(SeededStartTest, SaysThatAnAddressIsNone) {
  const auto service = Service::Start({.payments_url = "localhost:9000"});

  ASSERT_FALSE(service);
  EXPECT_FALSE(service.error().empty());
}

}  // namespace
}  // namespace gift_cards::seeded
