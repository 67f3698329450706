// What a caller sees who sends too much, too slowly, or not at all.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "tests/component/platform/http_test_server.h"

namespace launchgate::platform {
namespace {

using Clients = std::vector<std::unique_ptr<RawHttpClient>>;

Clients ConnectMany(const HttpServer& server, std::size_t count) {
  Clients clients;
  for (std::size_t i = 0; i < count; ++i) clients.push_back(RawHttpClient::Connect(server.port()));
  return clients;
}

// Sends a byte now and then until the server has had enough.
void Dribble(RawHttpClient& client, std::string_view bytes) {
  const auto end = std::chrono::steady_clock::now() + kLong;
  while (std::chrono::steady_clock::now() < end && client.SilentFor(milliseconds(20))) {
    if (bytes.empty() || !client.Send(bytes.substr(0, 1))) return;
    bytes.remove_prefix(1);
  }
}

// ---- Too much ---------------------------------------------------------------

TEST(HttpLimitsTest, TakesAHeadUpToTheLimitAndNoMore) {
  HttpServerOptions options = PatientOptions();
  options.header_limit_bytes = 4096;
  const auto server = StartServer(options);
  const std::size_t frame = MakeRequest("GET", "/ping", "", "X: \r\n").size();
  const auto request = [&](std::size_t bytes) {
    return MakeRequest("GET", "/ping", "", "X: " + std::string(bytes - frame, 'x') + "\r\n");
  };

  EXPECT_EQ(Ask(*server, request(4096)).status, 200);
  EXPECT_EQ(Ask(*server, request(4097)).status, 431);
  EXPECT_EQ(Ask(*server, request(1'000'000)).status, 431);
}

TEST(HttpLimitsTest, TheDefaultHeadLimitIs32KiB) {
  const auto server = StartServer(PatientOptions());
  const auto request = [](std::size_t bytes) {
    return MakeRequest("GET", "/ping", "", "X: " + std::string(bytes, 'x') + "\r\n");
  };

  EXPECT_EQ(Ask(*server, request(32'000)).status, 200);
  EXPECT_EQ(Ask(*server, request(33'000)).status, 431);
}

TEST(HttpLimitsTest, CountsHeaderFields) {
  HttpServerOptions options = PatientOptions();
  options.max_header_fields = 3;
  const auto server = StartServer(options);

  EXPECT_EQ(Ask(*server, MakeRequest("GET", "/ping", "", "A: 1\r\nB: 2\r\n")).status, 200);
  EXPECT_EQ(Ask(*server, MakeRequest("GET", "/ping", "", "A: 1\r\nB: 2\r\nC: 3\r\n")).status, 431);
}

TEST(HttpLimitsTest, RefusesABodyByItsLengthBeforeReadingIt) {
  const auto server = StartServer(PatientOptions());

  const RawResponse response =
      Ask(*server, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 8388609\r\n\r\n");

  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.headers.at("connection"), "close");
}

TEST(HttpLimitsTest, ACallerWhoSendsTooMuchStillReadsWhy) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());
  const std::string body(9 << 20, 'x');

  client->Send(MakeRequest("POST", "/echo", body));

  const auto response = client->ReadResponse();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 413);
}

TEST(HttpLimitsTest, RefusesBodiesBeyondTheMemoryForAll) {
  HttpServerOptions options = PatientOptions();
  options.body_memory_limit_bytes = 100'000;
  const auto server = StartServer(options);
  const std::string half = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n";
  const auto first = RawHttpClient::Connect(server->port());
  // When the server asks for the body, it has set the memory aside.
  first->Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\nExpect: 100-continue\r\n\r\n");
  ASSERT_EQ(first->ReadResponse()->status, 100);

  EXPECT_EQ(Ask(*server, half).status, 503);
  EXPECT_EQ(
      Ask(*server, "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nEA60\r\n" +
                       std::string(60'000, 'x') + "\r\n0\r\n\r\n")
          .status,
      503);

  first->Send(std::string(60'000, 'x'));
  EXPECT_EQ(first->ReadResponse()->status, 200);
  EXPECT_EQ(Ask(*server, MakeRequest("POST", "/echo", std::string(60'000, 'x'))).status, 200);
  server->Stop(kLong);
  EXPECT_EQ(server->stats().body_bytes_held, 0u);
}

// ---- Too slow ---------------------------------------------------------------

HttpServerOptions WithRequestDeadline() {
  HttpServerOptions options = PatientOptions();
  options.request_deadline = kShort;
  return options;
}

class DribbleTest : public testing::TestWithParam<std::pair<const char*, std::string>> {};

TEST_P(DribbleTest, AByteNowAndThenDoesNotExtendTheDeadline) {
  const auto server = StartServer(WithRequestDeadline());
  const auto client = RawHttpClient::Connect(server->port());

  Dribble(*client, GetParam().second);

  const auto response = client->ReadResponse();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 408);
  EXPECT_TRUE(client->ClosedByPeer());
  EXPECT_EQ(server->stats().connections_timed_out, 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Parts, DribbleTest,
    testing::Values(
        std::pair{"Head",
                  MakeRequest("GET", "/ping", "", "X: " + std::string(10'000, 'x') + "\r\n")},
        std::pair{"Body", "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10000\r\n\r\n" +
                              std::string(10'000, 'x')},
        std::pair{"Chunks", "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                std::string(10'000, '0')}),
    [](const auto& row) { return row.param.first; });

TEST(HttpDeadlineTest, AnIdleConnectionEnds) {
  HttpServerOptions options = PatientOptions();
  options.idle_deadline = kShort;
  const auto server = StartServer(options);
  const auto silent = RawHttpClient::Connect(server->port());
  const auto used = RawHttpClient::Connect(server->port());
  used->Send(MakeRequest("GET", "/ping"));
  ASSERT_EQ(used->ReadResponse()->status, 200);

  EXPECT_TRUE(silent->ClosedByPeer());
  EXPECT_TRUE(used->ClosedByPeer());
}

TEST(HttpDeadlineTest, TheIdleDeadlineIsNotTheRequestDeadline) {
  HttpServerOptions options = PatientOptions();
  options.request_deadline = kShort;
  const auto server = StartServer(options);
  const auto client = RawHttpClient::Connect(server->port());

  EXPECT_TRUE(client->SilentFor(3 * kShort));
  client->Send(MakeRequest("GET", "/ping"));
  EXPECT_EQ(client->ReadResponse()->status, 200);
}

TEST(HttpDeadlineTest, ACallerWhoDoesNotReadIsCutOff) {
  HttpServerOptions options = PatientOptions();
  options.write_deadline = kShort;
  const auto server = StartServer(options);
  const auto client = RawHttpClient::Connect(server->port());
  std::string requests;
  for (int i = 0; i < 4; ++i) requests += MakeRequest("GET", "/large");
  client->Send(requests);

  const auto end = std::chrono::steady_clock::now() + kLong;
  while (server->stats().connections_timed_out == 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }

  EXPECT_EQ(server->stats().connections_timed_out, 1u);
}

TEST(HttpDeadlineTest, ASlowHandlerHasItsOwnTime) {
  HttpServerOptions options = PatientOptions();
  options.request_deadline = kShort;
  options.idle_deadline = kShort;
  std::promise<Responder> held;
  const auto server =
      StartServer(options, {{.method = "GET",
                             .path = "/hold",
                             .async_handler = [&held](const Request&, Responder responder) {
                               held.set_value(std::move(responder));
                             }}});
  const auto client = RawHttpClient::Connect(server->port());
  client->Send(MakeRequest("GET", "/hold"));
  Responder responder = held.get_future().get();

  EXPECT_TRUE(client->SilentFor(3 * kShort));
  responder.Send({.body = "done"});
  EXPECT_EQ(client->ReadResponse()->body, "done");
}

// ---- Too many ---------------------------------------------------------------

HttpServerOptions WithFewConnections() {
  HttpServerOptions options = PatientOptions();
  options.max_connections = 8;
  options.make_room_after = milliseconds(50);
  return options;
}

TEST(HttpFloodTest, HundredsOfSilentConnectionsKeepNobodyOut) {
  const auto server = StartServer(WithFewConnections());
  const Clients silent = ConnectMany(*server, 300);

  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(Ask(*server, MakeRequest("GET", "/ping")).body, "pong");
  }
  EXPECT_GT(server->stats().connections_evicted, 0u);
  EXPECT_LE(server->stats().connections_open, 8u);
}

TEST(HttpFloodTest, SlowRequestsKeepNobodyOut) {
  const auto server = StartServer(WithFewConnections());
  Clients slow = ConnectMany(*server, 100);
  for (const auto& client : slow) client->Send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Le");

  EXPECT_EQ(Ask(*server, MakeRequest("GET", "/ping")).body, "pong");
}

TEST(HttpFloodTest, AConnectionThatHasWorkedIsKept) {
  const auto server = StartServer(WithFewConnections());
  const auto proven = RawHttpClient::Connect(server->port());
  proven->Send(MakeRequest("GET", "/ping"));
  ASSERT_EQ(proven->ReadResponse()->body, "pong");

  const Clients silent = ConnectMany(*server, 50);
  ASSERT_EQ(Ask(*server, MakeRequest("GET", "/ping")).body, "pong");

  proven->Send(MakeRequest("GET", "/ping"));
  const auto response = proven->ReadResponse();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "pong");
}

TEST(HttpFloodTest, RequestsInFlightAreNeverGivenUp) {
  HttpServerOptions options = WithFewConnections();
  options.max_connections = 1;
  std::promise<Responder> held;
  const auto server =
      StartServer(options, {{.method = "GET",
                             .path = "/hold",
                             .async_handler = [&held](const Request&, Responder responder) {
                               held.set_value(std::move(responder));
                             }}});
  const auto first = RawHttpClient::Connect(server->port());
  first->Send(MakeRequest("GET", "/hold"));
  Responder responder = held.get_future().get();

  const auto second = RawHttpClient::Connect(server->port());
  second->Send(MakeRequest("GET", "/nowhere"));
  EXPECT_TRUE(second->SilentFor(kShort));  // In the listen queue.
  responder.Send({.body = "kept"});

  EXPECT_EQ(first->ReadResponse()->body, "kept");
  EXPECT_EQ(second->ReadResponse()->status, 404);
}

TEST(HttpFloodTest, WaitsWhenOutOfDescriptorsAndGoesOn) {
  HttpServerOptions options = PatientOptions();
  options.accept_retry = milliseconds(10);
  const auto server = StartServer(options);
  ASSERT_EQ(Ask(*server, MakeRequest("GET", "/ping")).body, "pong");
  const auto client = RawHttpClient::Connect(server->port());
  client->Send(MakeRequest("GET", "/ping"));
  ASSERT_EQ(client->ReadResponse()->body, "pong");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);

  // Every descriptor below the limit is taken: connecting needs one, accepting
  // another. The caller takes the last.
  const int highest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(highest);
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(highest) + 1;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const auto waiting = RawHttpClient::Connect(server->port());
  while (server->stats().accept_failures < 3) std::this_thread::yield();
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);

  ASSERT_TRUE(waiting);
  waiting->Send(MakeRequest("GET", "/ping"));
  EXPECT_EQ(waiting->ReadResponse()->body, "pong");
}

}  // namespace
}  // namespace launchgate::platform
