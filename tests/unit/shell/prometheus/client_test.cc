#include "shell/prometheus/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/evidence/prometheus_answer.h"
#include "shell/prometheus/requests.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_transport.h"
#include "tests/support/scripted_transport.h"

namespace launchgate::prometheus {
namespace {

using base::ErrorKind;
using test_support::FakeClock;
using test_support::FakeTransport;
using test_support::ScriptedTransport;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ServerOptions Named(std::string name, std::vector<std::string> namespaces = {"*"}) {
  return {std::move(name), "http://127.0.0.1", "", "", std::move(namespaces)};
}

ScriptedTransport::Step Pieces(std::vector<std::string> pieces) {
  ScriptedTransport::Step step;
  step.pieces = std::move(pieces);
  return step;
}

ScriptedTransport::Step Refusal(int status, std::string body) {
  ScriptedTransport::Step step;
  step.status = status;
  step.body = std::move(body);
  return step;
}

// Servers over scripted transports, which the test can look at.
struct Fixture {
  explicit Fixture(std::vector<ServerOptions> options) {
    auto made = PrometheusServers::Make(
        std::move(options), clock,
        [&](const ServerOptions& server) -> base::Result<std::unique_ptr<transport::Transport>> {
          auto transport = std::make_unique<ScriptedTransport>();
          transports[server.name] = transport.get();
          return transport;
        });
    EXPECT_TRUE(made);
    servers = std::move(*made);
  }

  FakeClock clock;
  std::map<std::string, ScriptedTransport*> transports;
  std::unique_ptr<PrometheusServers> servers;
};

TEST(PrometheusServersTest, AsksTheServerThatIsNamed) {
  Fixture fixture({Named("shop"), Named("bank")});
  fixture.transports["bank"]->Then(Pieces({"{\"sta", "tus\"}"}));

  const auto answer = fixture.servers->Ask("bank", "payments", Rules());

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->http_status, 200);
  EXPECT_EQ(answer->body, "{\"status\"}");
  EXPECT_TRUE(fixture.transports["shop"]->requests.empty());
  ASSERT_EQ(fixture.transports["bank"]->requests.size(), 1U);
  EXPECT_EQ(fixture.transports["bank"]->requests[0].target, Rules().target);
  EXPECT_EQ(fixture.transports["bank"]->requests[0].timeout, kAnswerDeadline - kMaxSilence);
}

TEST(PrometheusServersTest, HandsOnWhateverTheServerAnswers) {
  Fixture fixture({Named("shop")});
  fixture.transports["shop"]->Then(Refusal(400, "bad")).Then(Refusal(503, ""));

  const auto refused = fixture.servers->Ask("shop", "shop", Rules());
  const auto down = fixture.servers->Ask("shop", "shop", Rules());

  EXPECT_EQ(refused->http_status, 400);
  EXPECT_EQ(refused->body, "bad");
  EXPECT_EQ(down->http_status, 503);
}

TEST(PrometheusServersTest, AServerNobodyConfiguredIsNotFound) {
  Fixture fixture({Named("shop")});

  const auto answer = fixture.servers->Ask("http://evil", "shop", Rules());

  EXPECT_EQ(answer.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(answer.error().message, HasSubstr("prometheus[].name"));
}

TEST(PrometheusServersTest, ANamespaceThatIsNotListedAsksNothing) {
  Fixture fixture({Named("shop", {"shop", "payments"}), Named("closed", {})});

  const auto other = fixture.servers->Ask("shop", "attic", Rules());
  const auto closed = fixture.servers->Ask("closed", "shop", Rules());
  const auto star = fixture.servers->Ask("shop", "*", Rules());

  for (const auto* answer : {&other, &closed, &star}) {
    EXPECT_EQ(answer->error().kind, ErrorKind::kForbidden);
    EXPECT_THAT(answer->error().message, HasSubstr("prometheus[].namespaces"));
  }
  EXPECT_TRUE(fixture.transports["shop"]->requests.empty());
}

TEST(PrometheusServersTest, ABrokenConnectionIsUnavailable) {
  Fixture fixture({Named("shop")});
  ScriptedTransport::Step step = Pieces({"{\"status\":"});
  step.broken = true;
  fixture.transports["shop"]->Then(step);

  const auto answer = fixture.servers->Ask("shop", "shop", Rules());

  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("the Prometheus server \"shop\": "));
}

TEST(PrometheusServersTest, AnAnswerOverTheBoundIsGivenUp) {
  Fixture fixture({Named("shop")});
  const std::string half(evidence::kMaxAnswerBytes / 2, ' ');
  fixture.transports["shop"]->Then(Pieces({half, half})).Then(Pieces({half, half, "x"}));

  const auto largest = fixture.servers->Ask("shop", "shop", Rules());
  const auto larger = fixture.servers->Ask("shop", "shop", Rules());

  EXPECT_TRUE(largest);
  EXPECT_EQ(larger.error().kind, ErrorKind::kExhausted);
}

TEST(PrometheusServersTest, AnAnswerThatDripsIsGivenUpAtTheDeadline) {
  Fixture fixture({Named("shop")});
  ScriptedTransport::Step step = Pieces({"{"});
  step.before = [&] { fixture.clock.Advance(kAnswerDeadline); };
  fixture.transports["shop"]->Then(step);

  const auto answer = fixture.servers->Ask("shop", "shop", Rules());

  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("no whole answer within 10000 ms"));
}

TEST(PrometheusServersTest, MoreRequestsThanAllowedWaitForTheirTurn) {
  FakeClock clock;
  FakeTransport* transport = nullptr;
  auto servers = PrometheusServers::Make(
      {Named("shop")}, clock,
      [&](const ServerOptions&) -> base::Result<std::unique_ptr<transport::Transport>> {
        auto made = std::make_unique<FakeTransport>();
        transport = made.get();
        return made;
      });
  for (int i = 0; i < kMaxConcurrentRequests; ++i) {
    transport->ExpectStream(Rules().target, {}, {test_support::StreamEnd::Kind::kOpen, {}});
  }
  std::vector<std::jthread> askers;
  for (int i = 0; i < kMaxConcurrentRequests; ++i) {
    askers.emplace_back([&] { (void)(*servers)->Ask("shop", "shop", Rules()); });
  }
  transport->WaitForRequests(kMaxConcurrentRequests);
  std::stop_source stopped;
  stopped.request_stop();

  // One more gives up as soon as it is told to, without having asked.
  const auto answer = (*servers)->Ask("shop", "shop", Rules(), stopped.get_token());

  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("4 requests are under way"));
  EXPECT_EQ(transport->requests().size(), static_cast<std::size_t>(kMaxConcurrentRequests));
  transport->CloseStreams();
}

TEST(PrometheusServersTest, EachServerIsMadeOfItsOwnOptions) {
  FakeClock clock;
  std::vector<std::string> tokens;
  ServerOptions shop = Named("shop");
  shop.bearer_token_file = "/run/shop-token";

  const auto servers = PrometheusServers::Make(
      {shop, Named("bank")}, clock,
      [&](const ServerOptions& server) -> base::Result<std::unique_ptr<transport::Transport>> {
        tokens.push_back(server.name + "=" + server.bearer_token_file);
        return std::make_unique<ScriptedTransport>();
      });

  EXPECT_TRUE(servers);
  EXPECT_THAT(tokens, ElementsAre("shop=/run/shop-token", "bank="));
}

TEST(PrometheusServersTest, TwoServersOfOneNameAreRefused) {
  FakeClock clock;

  const auto servers = PrometheusServers::Make(
      {Named("shop"), Named("shop")}, clock,
      [](const ServerOptions&) -> base::Result<std::unique_ptr<transport::Transport>> {
        return std::make_unique<ScriptedTransport>();
      });

  EXPECT_EQ(servers.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(servers.error().message, HasSubstr("\"shop\" is configured twice"));
}

}  // namespace
}  // namespace launchgate::prometheus
