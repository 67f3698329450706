// The provider on loopback, asked as gift-cards would ask.
#include "payments-stub/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/support/raw_http_client.h"

namespace payments_stub {
namespace {

using launchgate::test_support::MakeRequest;
using launchgate::test_support::RawHttpClient;
using launchgate::test_support::RawResponse;
using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr const char* kJson = "Content-Type: application/json\r\n";

std::unique_ptr<Service> Serve(const Knobs& knobs) {
  auto service = Service::Start({.knobs = knobs, .seed = 7});
  EXPECT_TRUE(service) << service.error();
  return std::move(*service);
}

std::string ChargeRequest(const std::string& ref, int amount = 2500) {
  return MakeRequest("POST", "/charge", json{{"amount", amount}, {"ref", ref}}.dump(), kJson);
}

RawResponse Ask(const Service& service, const std::string& request) {
  const auto client = RawHttpClient::Connect(service.port());
  EXPECT_TRUE(client->Send(request));
  const auto response = client->ReadResponse();
  EXPECT_TRUE(response);
  return response.value_or(RawResponse{});
}

std::size_t Charges(const Service& service) {
  return json::parse(Ask(service, MakeRequest("GET", "/charges")).body)["charges"].size();
}

TEST(ProviderTest, RepeatsTheSameChargeForTheSameReference) {
  const auto service = Serve({});

  const RawResponse first = Ask(*service, ChargeRequest("gc-1"));
  const RawResponse second = Ask(*service, ChargeRequest("gc-1"));

  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(first.body, second.body);
  EXPECT_EQ(Ask(*service, ChargeRequest("gc-1", 1)).status, 409);
  EXPECT_EQ(Charges(*service), 1U);
}

struct BadOrder {
  const char* name;
  const char* field;
  const char* body;
};

class BadOrderTest : public ::testing::TestWithParam<BadOrder> {};

TEST_P(BadOrderTest, IsRefusedByField) {
  const auto service = Serve({});

  const RawResponse response =
      Ask(*service, MakeRequest("POST", "/charge", GetParam().body, kJson));

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(json::parse(response.body).value("field", ""), GetParam().field) << response.body;
  EXPECT_EQ(Charges(*service), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadOrderTest,
    ::testing::Values(BadOrder{"NotJson", "", "{"}, BadOrder{"List", "", "[]"},
                      BadOrder{"NoAmount", "amount", R"({"ref":"a"})"},
                      BadOrder{"Zero", "amount", R"({"amount":0,"ref":"a"})"},
                      BadOrder{"TooMuch", "amount", R"({"amount":1000001,"ref":"a"})"},
                      BadOrder{"Fraction", "amount", R"({"amount":1.5,"ref":"a"})"},
                      BadOrder{"TextAmount", "amount", R"({"amount":"5","ref":"a"})"},
                      BadOrder{"NoRef", "ref", R"({"amount":5})"},
                      BadOrder{"EmptyRef", "ref", R"({"amount":5,"ref":""})"},
                      BadOrder{"QuotedRef", "ref", R"({"amount":5,"ref":"a\"b"})"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ProviderTest, AnswersNoEarlierThanItsLatencyAndManyAtOnce) {
  constexpr int kRequests = 200;
  constexpr milliseconds kLatency{200};
  const auto service = Serve({.latency_ms = kLatency.count()});
  std::vector<std::unique_ptr<RawHttpClient>> clients;
  for (int i = 0; i < kRequests; ++i) clients.push_back(RawHttpClient::Connect(service->port()));

  const auto started = steady_clock::now();
  int number = 0;
  for (const auto& client : clients) client->Send(ChargeRequest("gc-" + std::to_string(++number)));
  for (const auto& client : clients) {
    ASSERT_TRUE(client->ReadResponse());
    EXPECT_GE(steady_clock::now() - started, kLatency);
  }

  // One after the other they would take 40 s.
  EXPECT_LT(steady_clock::now() - started, milliseconds(10'000));
}

TEST(ProviderTest, HalfOfTheInjectedFailuresHaveChargedAllTheSame) {
  constexpr int kRequests = 200;
  const auto service = Serve({.fail_rate = 1});
  const auto client = RawHttpClient::Connect(service->port());

  for (int i = 0; i < kRequests; ++i) {
    client->Send(ChargeRequest("gc-" + std::to_string(i)));
    const auto response = client->ReadResponse();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503);
  }

  // Six standard deviations of a fair coin.
  EXPECT_NEAR(static_cast<double>(Charges(*service)), kRequests / 2.0, 43);
}

TEST(ProviderTest, ASilentAnswerIsChargedAndEndsWithTheService) {
  auto service = Serve({.hang_rate = 1});
  const auto client = RawHttpClient::Connect(service->port());

  client->Send(ChargeRequest("gc-1"));

  EXPECT_TRUE(client->SilentFor(milliseconds(300)));
  EXPECT_EQ(Charges(*service), 1U);
  const auto stopping = steady_clock::now();
  service.reset();
  EXPECT_LT(steady_clock::now() - stopping, milliseconds(5'000));
}

TEST(ProviderTest, KnobsChangeWhileItRunsAndABadChangeChangesNothing) {
  const auto service = Serve({});

  const RawResponse bad =
      Ask(*service, MakeRequest("PUT", "/knobs", R"({"FAIL_RATE":1,"LATENCY_MS":60001})", kJson));
  EXPECT_EQ(bad.status, 400);
  EXPECT_EQ(json::parse(bad.body)["field"], "LATENCY_MS");
  EXPECT_EQ(Ask(*service, ChargeRequest("gc-1")).status, 201);

  const RawResponse good = Ask(*service, MakeRequest("PUT", "/knobs", R"({"FAIL_RATE":1})", kJson));
  EXPECT_EQ(good.status, 200);
  EXPECT_EQ(good.body, Ask(*service, MakeRequest("GET", "/knobs")).body);
  EXPECT_EQ(Ask(*service, ChargeRequest("gc-1")).status, 503);
}

TEST(ProviderTest, RefusesWhatItCannotHold) {
  auto service = Service::Start({.knobs = {.latency_ms = 60'000}, .seed = 7, .max_waiting = 1});
  ASSERT_TRUE(service);
  const auto waiting = RawHttpClient::Connect((*service)->port());
  waiting->Send(ChargeRequest("gc-1"));
  ASSERT_TRUE(waiting->SilentFor(milliseconds(50)));

  EXPECT_EQ(Ask(**service, ChargeRequest("gc-2")).status, 503);
}

TEST(ProviderTest, CountsWhatBecameOfEachRequest) {
  const auto service = Serve({});
  Ask(*service, ChargeRequest("gc-1"));
  Ask(*service, ChargeRequest("gc-1"));
  Ask(*service, ChargeRequest("gc-1", 1));
  Ask(*service, ChargeRequest("", 1));

  const std::string metrics = Ask(*service, MakeRequest("GET", "/metrics")).body;

  for (const char* outcome : {"created", "replayed", "conflict", "invalid"}) {
    EXPECT_THAT(metrics, HasSubstr(std::string(R"(payments_requests_total{outcome=")") + outcome +
                                   "\"} 1\n"));
  }
  EXPECT_THAT(metrics, HasSubstr("payments_charges 1\n"));
}

}  // namespace
}  // namespace payments_stub
