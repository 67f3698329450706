// What the provider promises on a good day.
#include <gmock/gmock.h>

#include <latch>
#include <mutex>
#include <set>
#include <thread>

#include "platform/log.h"
#include "tests/component/payments-stub/service_fixture.h"

namespace payments_stub {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST_F(ProviderTest, RepeatsTheSameChargeForTheSameReference) {
  Start(Knobs{});

  const RawResponse first = Ask(ChargeRequest("gc-1"));
  const RawResponse second = Ask(ChargeRequest("gc-1"));

  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.headers.at("content-type"), "application/json");
  const std::string id = json::parse(first.body).value("chargeId", "");
  EXPECT_FALSE(id.empty());
  EXPECT_EQ(json::parse(first.body), (json{{"chargeId", id}, {"ref", "gc-1"}, {"amount", 2500}}));
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.body, first.body);
}

TEST_F(ProviderTest, RefusesAnotherAmountUnderTheSameReference) {
  Start(Knobs{});
  Ask(ChargeRequest("gc-1"));

  const RawResponse other = Ask(ChargeRequest("gc-1", 1));

  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(json::parse(other.body).value("field", ""), "amount");
  ASSERT_EQ(Charges().size(), 1U);
  EXPECT_EQ(Charges()[0].value("amount", 0), 2500);
}

TEST_F(ProviderTest, ChargesOnceHoweverManyClientsAskAtTheSameTime) {
  constexpr int kClients = 8;
  Start({.latency_ms = 20});
  std::latch ready(kClients);
  std::mutex mutex;
  std::multiset<int> statuses;
  std::set<std::string> bodies;

  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      const auto client = RawHttpClient::Connect(service_->port());
      ready.arrive_and_wait();
      client->Send(ChargeRequest("gc-1"));
      const RawResponse response = client->ReadResponse().value_or(RawResponse{});
      const std::lock_guard lock(mutex);
      statuses.insert(response.status);
      bodies.insert(response.body);
    });
  }
  for (std::thread& client : clients) client.join();

  EXPECT_EQ(statuses.count(201), 1U);
  EXPECT_EQ(statuses.count(200), kClients - 1U);
  EXPECT_EQ(bodies.size(), 1U);
  EXPECT_EQ(Charges().size(), 1U);
}

TEST_F(ProviderTest, NamesTheFieldThatIsWrongAndChargesNothing) {
  Start(Knobs{});

  const RawResponse amount = Ask(ChargeRequest("gc-1", 1'000'001));
  const RawResponse ref = Ask(ChargeRequest("gc 1"));
  const RawResponse body = Ask(MakeRequest("POST", "/charge", "{", kJson));

  EXPECT_EQ(amount.status, 400);
  EXPECT_EQ(json::parse(amount.body).value("field", ""), "amount");
  EXPECT_EQ(ref.status, 400);
  EXPECT_EQ(json::parse(ref.body).value("field", ""), "ref");
  EXPECT_EQ(body.status, 400);
  EXPECT_FALSE(json::parse(body.body).contains("field"));
  EXPECT_EQ(Charges(), json::array());
}

TEST_F(ProviderTest, TakesNoChargeThatIsNotSaidToBeJson) {
  Start(Knobs{});

  const RawResponse response = Ask(
      MakeRequest("POST", "/charge", R"({"amount":5,"ref":"a"})", "Content-Type: text/plain\r\n"));

  EXPECT_EQ(response.status, 415);
  EXPECT_EQ(Charges(), json::array());
}

TEST_F(ProviderTest, ListsChargesInTheOrderOfTheirReferences) {
  Start(Knobs{});
  for (const char* ref : {"b", "c", "a"}) Ask(ChargeRequest(ref, 5));

  const json charges = Charges();

  ASSERT_EQ(charges.size(), 3U);
  EXPECT_EQ(charges[0].value("ref", ""), "a");
  EXPECT_EQ(charges[1].value("ref", ""), "b");
  EXPECT_EQ(charges[2].value("ref", ""), "c");
  EXPECT_NE(charges[0].value("chargeId", ""), charges[1].value("chargeId", ""));
}

TEST_F(ProviderTest, SaysThatItIsFullAndStillKnowsWhatItCharged) {
  Start({.max_charges = 1});
  Ask(ChargeRequest("gc-1"));

  EXPECT_EQ(Ask(ChargeRequest("gc-2")).status, 507);

  EXPECT_EQ(Ask(ChargeRequest("gc-1")).status, 200);
  EXPECT_THAT(Metrics(), HasSubstr("payments_requests_total{outcome=\"failed\"} 1\n"));
}

TEST_F(ProviderTest, ChangesItsKnobsWhileItRuns) {
  Start(Knobs{});

  const RawResponse changed = Ask(MakeRequest("PUT", "/knobs", R"({"FAIL_RATE":1})", kJson));

  EXPECT_EQ(changed.status, 200);
  EXPECT_EQ(changed.body, R"({"LATENCY_MS":0,"FAIL_RATE":1,"JITTER_MS":0,"HANG_RATE":0})");
  EXPECT_EQ(Ask(MakeRequest("GET", "/knobs")).body, changed.body);
  EXPECT_EQ(Ask(ChargeRequest("gc-1")).status, 503);
  EXPECT_THAT(Metrics(), HasSubstr("payments_knob{knob=\"FAIL_RATE\"} 1\n"));
}

TEST_F(ProviderTest, ABadChangeOfKnobsChangesNothing) {
  Start({.latency_ms = 1});
  const std::string before = Ask(MakeRequest("GET", "/knobs")).body;

  const RawResponse bad =
      Ask(MakeRequest("PUT", "/knobs", R"({"FAIL_RATE":1,"LATENCY_MS":60001})", kJson));

  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(json::parse(bad.body).value("field", ""), "LATENCY_MS");
  EXPECT_THAT(json::parse(bad.body).value("error", ""), HasSubstr("from 0 to 60000"));
  EXPECT_EQ(Ask(MakeRequest("GET", "/knobs")).body, before);
  EXPECT_EQ(Ask(ChargeRequest("gc-1")).status, 201);
}

TEST_F(ProviderTest, CountsWhatBecameOfEachRequest) {
  Start(Knobs{});
  Ask(ChargeRequest("gc-1"));
  Ask(ChargeRequest("gc-1"));
  Ask(ChargeRequest("gc-1", 1));
  Ask(ChargeRequest("", 1));

  const std::string metrics = Metrics();

  for (const char* outcome : {"created", "replayed", "conflict", "invalid"}) {
    EXPECT_THAT(metrics, HasSubstr(std::string(R"(payments_requests_total{outcome=")") + outcome +
                                   "\"} 1\n"));
  }
  EXPECT_THAT(metrics, HasSubstr("payments_charges 1\n"));
  EXPECT_THAT(metrics, HasSubstr("payments_request_duration_seconds_count 4\n"));
}

TEST_F(ProviderTest, LogsOneLineForEachRequest) {
  std::mutex mutex;
  std::vector<json> lines;
  launchgate::platform::log::SetSink([&](std::string_view line) {
    const std::lock_guard lock(mutex);
    lines.push_back(json::parse(line));
  });
  Start({.latency_ms = 5});

  Ask(ChargeRequest("gc-1"));
  Ask(ChargeRequest("", 1));
  service_.reset();
  launchgate::platform::log::SetSink({});

  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].value("msg", ""), "charge");
  EXPECT_EQ(lines[0].value("ref", ""), "gc-1");
  EXPECT_EQ(lines[0].value("outcome", ""), "created");
  EXPECT_EQ(lines[0].value("delay_ms", 0), 5);
  EXPECT_EQ(lines[1].value("outcome", ""), "invalid");
}

TEST(ProviderStartTest, SaysWhyItCannotServe) {
  const auto first = Service::Start({});
  ASSERT_TRUE(first);

  const auto taken = Service::Start({.port = (*first)->port()});
  const auto greedy = Service::Start({.max_waiting = kMaxConnections});

  ASSERT_FALSE(taken);
  EXPECT_FALSE(taken.error().empty());
  ASSERT_FALSE(greedy);
  EXPECT_THAT(greedy.error(), HasSubstr("8191"));
}

}  // namespace
}  // namespace payments_stub
