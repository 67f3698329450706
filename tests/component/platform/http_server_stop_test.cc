// How a server ends.

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/component/platform/http_test_server.h"

namespace launchgate::platform {
namespace {

// A server whose one handler answers when the test says so.
class HttpStopTest : public testing::Test {
 protected:
  HttpStopTest() {
    server_ = StartServer(
        PatientOptions(),
        {{.method = "GET",
          .path = "/hold",
          .async_handler = [this](const Request&,
                                  Responder responder) { held_.set_value(std::move(responder)); }},
         {.method = "GET", .path = "/ping", .handler = [](const Request&) {
            return Response{.body = "pong"};
          }}});
  }

  Responder HoldARequest(RawHttpClient& client) {
    client.Send(MakeRequest("GET", "/hold"));
    return held_.get_future().get();
  }

  std::promise<Responder> held_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpStopTest, WaitsForTheRequestInFlight) {
  const auto client = RawHttpClient::Connect(server_->port());
  Responder responder = HoldARequest(*client);

  auto stopped = std::async(std::launch::async, [this] { return server_->Stop(kLong); });
  // Nobody new is let in from here on, while the old one waits.
  while (RawHttpClient::Connect(server_->port()) != nullptr) std::this_thread::yield();
  responder.Send({.body = "finished"});

  const auto response = client->ReadResponse();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "finished");
  EXPECT_EQ(response->headers.at("connection"), "close");
  EXPECT_TRUE(stopped.get());
}

TEST_F(HttpStopTest, CutsWhatDoesNotFinishInTime) {
  const auto client = RawHttpClient::Connect(server_->port());
  const Responder responder = HoldARequest(*client);

  EXPECT_FALSE(server_->Stop(kShort));

  EXPECT_FALSE(client->ReadResponse());
  EXPECT_TRUE(client->ClosedByPeer());
}

TEST_F(HttpStopTest, IdleConnectionsDoNotHoldItUp) {
  const auto client = RawHttpClient::Connect(server_->port());
  client->Send(MakeRequest("GET", "/ping"));
  ASSERT_TRUE(client->ReadResponse());
  const auto start = std::chrono::steady_clock::now();

  EXPECT_TRUE(server_->Stop(kLong));

  EXPECT_LT(std::chrono::steady_clock::now() - start, kLong / 2);
  EXPECT_TRUE(client->ClosedByPeer());
}

TEST_F(HttpStopTest, HalfARequestGetsItsTime) {
  const auto client = RawHttpClient::Connect(server_->port());
  client->Send("GET /ping HTTP/1.1\r\nHo");
  // Answered, so its bytes have been read; the second one is under way too.
  const auto other = RawHttpClient::Connect(server_->port());
  other->Send(MakeRequest("GET", "/ping"));
  ASSERT_TRUE(other->ReadResponse());

  auto stopped = std::async(std::launch::async, [this] { return server_->Stop(kLong); });
  while (RawHttpClient::Connect(server_->port()) != nullptr) std::this_thread::yield();
  client->Send("st: h\r\n\r\n");

  EXPECT_EQ(client->ReadResponse()->body, "pong");
  EXPECT_TRUE(stopped.get());
}

TEST_F(HttpStopTest, StopsOnceHoweverOftenItIsAsked) {
  EXPECT_TRUE(server_->Stop(kLong));
  EXPECT_TRUE(server_->Stop(kLong));
  EXPECT_EQ(RawHttpClient::Connect(server_->port()), nullptr);
}

TEST_F(HttpStopTest, DrainingStillAnswersButAsksCallersToLeave) {
  const auto old = RawHttpClient::Connect(server_->port());
  old->Send(MakeRequest("GET", "/ping"));
  ASSERT_EQ(old->ReadResponse()->headers.count("connection"), 0u);

  server_->BeginDrain();

  old->Send(MakeRequest("GET", "/ping"));
  EXPECT_EQ(old->ReadResponse()->headers.at("connection"), "close");
  const auto fresh = RawHttpClient::Connect(server_->port());
  fresh->Send(MakeRequest("GET", "/ping"));
  const auto response = fresh->ReadResponse();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "pong");
  EXPECT_EQ(response->headers.at("connection"), "close");
}

TEST(HttpServerEndTest, EveryRequestThatWasTakenIsAnsweredWhileStopping) {
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    HttpServerOptions options = PatientOptions();
    options.io_threads = 2;
    const auto server = StartServer(options);
    std::atomic<int> answered{0};
    std::atomic<int> lost{0};
    std::vector<std::thread> callers;
    for (int i = 0; i < 3; ++i) {
      callers.emplace_back([&] {
        const auto client = RawHttpClient::Connect(server->port());
        while (client) {
          if (!client->Send(MakeRequest("GET", "/ping"))) break;
          const auto response = client->ReadResponse();
          ++(response ? answered : lost);
          if (!response || response->headers.contains("connection")) break;
        }
      });
    }
    while (answered < 20) std::this_thread::yield();

    EXPECT_TRUE(server->Stop(kLong));
    for (auto& caller : callers) caller.join();

    EXPECT_EQ(lost, 0);
  }
}

TEST(HttpServerEndTest, DestroyingItIsEnough) {
  std::uint16_t port = 0;
  {
    const auto server = StartServer(PatientOptions());
    port = server->port();
    const auto client = RawHttpClient::Connect(port);
    ASSERT_TRUE(client);
  }
  EXPECT_EQ(RawHttpClient::Connect(port), nullptr);
}

}  // namespace
}  // namespace launchgate::platform
