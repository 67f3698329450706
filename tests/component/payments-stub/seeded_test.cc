// gift-cards as it was reviewed, beside a provider that gets slow: the hang that the
// review found is real.
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
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kWorkers = 2;

class SeededTest : public ::testing::Test {
 protected:
  void Start(const payments_stub::Knobs& knobs) {
    auto payments = payments_stub::Service::Start({.knobs = knobs, .seed = 7});
    ASSERT_TRUE(payments) << payments.error();
    payments_ = std::move(*payments);
    const std::string url = "http://127.0.0.1:" + std::to_string(payments_->port());
    auto service = Service::Start({.payments_url = url, .workers = kWorkers});
    ASSERT_TRUE(service) << service.error();
    service_ = std::move(*service);
  }
  // The provider first: that is what ends the workers' endless waits.
  ~SeededTest() override { payments_.reset(); }

  std::unique_ptr<RawHttpClient> Redeem(const std::string& code) const {
    auto client = RawHttpClient::Connect(service_->port());
    client->Send(MakeRequest("POST", "/giftcards/redeem?code=" + code + "&amount=2500"));
    return client;
  }

  std::unique_ptr<payments_stub::Service> payments_;
  std::unique_ptr<Service> service_;
};

TEST_F(SeededTest, RedeemsOnAGoodDay) {
  Start({});

  const auto response = Redeem("A")->ReadResponse();

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  EXPECT_THAT(response->body, ::testing::HasSubstr("redeemed"));
}

TEST_F(SeededTest, IsAsSlowAsItsProvider) {
  Start({.latency_ms = 1000});

  const auto started = steady_clock::now();
  const auto response = Redeem("A")->ReadResponse();

  ASSERT_TRUE(response);
  EXPECT_GE(steady_clock::now() - started, milliseconds(1000));
}

TEST_F(SeededTest, AnswersNobodyOnceItsWorkersWaitAndStillSaysItIsHealthy) {
  Start({.hang_rate = 1});
  std::vector<std::unique_ptr<RawHttpClient>> waiting;
  for (int i = 0; i < kWorkers; ++i) waiting.push_back(Redeem("A" + std::to_string(i)));

  const auto one_more = Redeem("B");

  EXPECT_TRUE(one_more->SilentFor(milliseconds(500)));
  const auto probe = RawHttpClient::Connect(service_->port());
  probe->Send(MakeRequest("GET", "/healthz"));
  const auto health = probe->ReadResponse();
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200);
}

}  // namespace
}  // namespace gift_cards::seeded
