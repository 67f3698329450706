// How the service starts, recovers, is looked at and ends.
#include <gmock/gmock.h>

#include <future>
#include <map>

#include "tests/component/gift-cards/service_fixture.h"

namespace gift_cards {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

class ServiceLifeTest : public ServiceFixture {};

TEST_F(ServiceLifeTest, FinishesWhatIsInFlightAndRefusesWhatIsNewWhileDraining) {
  provider_.SetMode(Mode::kHold);
  StartService();
  auto in_flight = std::async(std::launch::async, [this] { return Redeem(CodeNumber(1)); });
  ASSERT_TRUE(provider_.WaitForCalls(1));
  auto drained = std::async(std::launch::async, [this] { return service_->Drain(); });
  while (Ask("GET", "/readyz").status != 503) std::this_thread::yield();

  // Not ready comes a moment before closed; a request in between is still served.
  provider_.SetMode(Mode::kCharge);
  Answer late;
  do {
    late = Redeem(CodeNumber(2));
  } while (late.status == 200);
  provider_.Release();

  EXPECT_EQ(late.status, 503);
  EXPECT_EQ(late.body["error"], "shed");
  EXPECT_EQ(late.raw.headers.at("connection"), "close");
  EXPECT_EQ(in_flight.get().status, 200);
  EXPECT_TRUE(drained.get());
  EXPECT_EQ(Ask("GET", "/healthz").status, 0);
}

TEST_F(ServiceLifeTest, RecoversWhatACrashLeftPending) {
  const CodeIdentity code = *Identify(CodeNumber(1));
  ASSERT_TRUE(store_.Begin(code.digest, 700, clock_.UnixMillis() - 60'000));
  options_.recovery_interval = milliseconds(10);

  StartService();
  ASSERT_TRUE(provider_.WaitForCalls(1));

  EXPECT_EQ(provider_.charges(), (std::map<std::string, std::int64_t>{{code.ref(), 700}}));
  const Answer answer = Redeem(CodeNumber(1), 700);
  EXPECT_EQ(answer.body["replayed"], true);
}

TEST_F(ServiceLifeTest, IsNotReadyWhileTheStoreDoesNotAnswer) {
  options_.watch_interval = milliseconds(10);
  StartService();
  EXPECT_EQ(Ask("GET", "/readyz").status, 200);

  store_.FailPing(true);
  Answer answer;
  do {
    answer = Ask("GET", "/readyz");
  } while (answer.status == 200);

  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.raw.body, HasSubstr("[-]store not ready: the file is gone"));
}

TEST_F(ServiceLifeTest, LogsEveryRedemptionSoThatItCanBeFoundAndNeverTheCode) {
  LogLines lines;
  StartService();

  const Answer answer =
      Redeem("ABCD-1234-EFGH-5678", 2'500,
             "X-Request-Id: order-77\r\n"
             "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n");
  const auto line = nlohmann::json::parse(lines.Find("order-77"), nullptr, false);

  EXPECT_EQ(answer.raw.headers.at("x-request-id"), "order-77");
  ASSERT_TRUE(line.is_object());
  EXPECT_EQ(line["msg"], "redemption");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["request_id"], "order-77");
  EXPECT_EQ(line["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(line["outcome"], "redeemed");
  EXPECT_EQ(line["status"], 200);
  EXPECT_EQ(line["code_id"], Identify("ABCD1234EFGH5678")->code_id());
  EXPECT_EQ(line["amount_cents"], 2'500);
  EXPECT_EQ(line["attempts"], 1);
  EXPECT_TRUE(line["duration_ms"].is_number());
  EXPECT_THAT(lines.All(), Not(HasSubstr("5678")));
}

TEST_F(ServiceLifeTest, MakesARequestIdWhereNoneCanBeTaken) {
  StartService();

  const Answer without = Redeem(CodeNumber(1));
  const Answer unusable = Redeem(CodeNumber(2), 1, "X-Request-Id: a b\r\n");

  const std::string made = without.raw.headers.at("x-request-id");
  EXPECT_EQ(made.size(), 32U);
  EXPECT_NE(unusable.raw.headers.at("x-request-id"), "a b");
  EXPECT_NE(unusable.raw.headers.at("x-request-id"), made);
}

TEST_F(ServiceLifeTest, TakesNoBody) {
  StartService();

  const auto client = RawHttpClient::Connect(service_->port());
  ASSERT_TRUE(client->Send(
      MakeRequest("POST", "/giftcards/redeem?code=ABCD1234EFGH5678&amount=1", "surprise")));

  EXPECT_EQ(client->ReadResponse()->status, 413);
  EXPECT_EQ(provider_.calls(), 0U);
}

TEST_F(ServiceLifeTest, SaysWhyItCannotStart) {
  options_.address = "not-an-address";

  const auto service = Service::Start(options_, {store_, *payments_, clock_, chance_});

  ASSERT_FALSE(service);
  EXPECT_THAT(service.error(), HasSubstr("not-an-address"));
}

}  // namespace
}  // namespace gift_cards
