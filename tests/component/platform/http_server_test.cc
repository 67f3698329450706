// What a well-behaved caller sees.

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include "tests/component/platform/http_test_server.h"

namespace launchgate::platform {
namespace {

std::string Chunked(std::string_view path, const std::vector<std::string>& chunks) {
  std::string request =
      "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& chunk : chunks) {
    std::array<char, 20> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", chunk.size());
    request += size.data() + chunk + "\r\n";
  }
  return request + "0\r\n\r\n";
}

TEST(HttpServerTest, AnswersOnTheConnectionAsOftenAsAsked) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());
  ASSERT_TRUE(client);

  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(client->Send(MakeRequest("GET", "/ping")));
    const auto response = client->ReadResponse();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "pong");
    EXPECT_EQ(response->headers.count("connection"), 0u);
    EXPECT_EQ(response->headers.count("date"), 1u);
  }
  EXPECT_EQ(server->stats().connections_accepted, 1u);
  EXPECT_EQ(server->stats().requests, 100u);
}

TEST(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += MakeRequest("POST", "/echo", std::to_string(i));

  ASSERT_TRUE(client->Send(requests));

  for (int i = 0; i < 200; ++i) {
    const auto response = client->ReadResponse();
    ASSERT_TRUE(response) << i;
    ASSERT_EQ(response->body, std::to_string(i));
  }
}

TEST(HttpServerTest, TakesARequestByteByByte) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());

  for (const char c : MakeRequest("POST", "/echo", "hello") + Chunked("/echo", {"wor", "ld"})) {
    ASSERT_TRUE(client->Send({&c, 1}));
  }

  EXPECT_EQ(client->ReadResponse()->body, "hello");
  EXPECT_EQ(client->ReadResponse()->body, "world");
}

class BodySizeTest : public testing::TestWithParam<std::size_t> {};

TEST_P(BodySizeTest, ComesBackUnchangedInEitherFraming) {
  HttpServerOptions options = PatientOptions();
  const auto server = StartServer(options);
  const auto client = RawHttpClient::Connect(server->port());
  std::string body(GetParam(), '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 26);

  for (const std::string& request :
       {MakeRequest("POST", "/echo", body), Chunked("/echo", {body}),
        MakeRequest("POST", "/echo", body, "Expect: 100-continue\r\n")}) {
    ASSERT_TRUE(client->Send(request));
    auto response = client->ReadResponse();
    // The head may have come alone; then the server had to ask.
    if (response && response->status == 100) response = client->ReadResponse();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_TRUE(response->body == body);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, BodySizeTest,
                         testing::Values(1, 63, 64, 65, 4096, 15 * 1024, 16 * 1024 + 1, 65536,
                                         1'000'000, 8 << 20));

TEST(HttpServerTest, KeepsZerosReadableBehindEveryBody) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());

  for (const std::size_t size : {1u, 15u, 16u, 4096u, 16384u, 65536u, 65537u, 200'000u}) {
    const std::string body(size, 'x');
    for (const std::string& request :
         {MakeRequest("POST", "/padding", body), Chunked("/padding", {body})}) {
      ASSERT_TRUE(client->Send(request));
      const auto response = client->ReadResponse();
      ASSERT_TRUE(response);
      EXPECT_EQ(response->body, std::to_string(size) + " 64 zero");
    }
  }
  ASSERT_TRUE(client->Send(MakeRequest("POST", "/padding")));
  EXPECT_EQ(client->ReadResponse()->body, "0 64 zero");
}

TEST(HttpServerTest, AsksForTheBodyWhenTheCallerWaitsForThat) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());
  const std::string head =
      "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

  ASSERT_TRUE(client->Send(head));
  EXPECT_EQ(client->ReadResponse()->status, 100);
  ASSERT_TRUE(client->Send("hello"));
  EXPECT_EQ(client->ReadResponse()->body, "hello");
}

TEST(HttpServerTest, DoesNotAskForABodyItWouldRefuse) {
  const auto server = StartServer(PatientOptions());

  const RawResponse response =
      Ask(*server,
          "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n");

  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(response.headers.at("connection"), "close");
}

struct AskRow {
  const char* name;
  std::string request;
  int status;
};

class StatusTest : public testing::TestWithParam<AskRow> {};

TEST_P(StatusTest, IsWhatTheRequestDeserves) {
  const auto server = StartServer(PatientOptions());

  EXPECT_EQ(Ask(*server, GetParam().request).status, GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(
    Requests, StatusTest,
    testing::Values(
        AskRow{"Query", MakeRequest("GET", "/ping?a=/b?c"), 200},
        AskRow{"UnknownPath", MakeRequest("GET", "/pong"), 404},
        AskRow{"WrongMethod", MakeRequest("POST", "/ping"), 405},
        AskRow{"WrongContentType",
               MakeRequest("POST", "/json", "{}", "Content-Type: text/plain\r\n"), 415},
        AskRow{"RightContentType",
               MakeRequest("POST", "/json", "{}", "Content-Type: application/json\r\n"), 200},
        AskRow{"ClientCertificateOverPlainHttp", MakeRequest("GET", "/secret"), 401},
        AskRow{"StrangeExpectation", MakeRequest("GET", "/ping", "", "Expect: tea\r\n"), 417},
        AskRow{"BodyTooLargeForTheRoute", MakeRequest("POST", "/small", "12345678901"), 413},
        AskRow{"ChunksTooLargeForTheRoute", Chunked("/small", {"123456", "78901"}), 413},
        AskRow{"HandlerThrows", MakeRequest("GET", "/throw"), 500},
        AskRow{"HandlerThrowsAnInt", MakeRequest("GET", "/throw-int"), 500},
        AskRow{"HandlerRedirects", MakeRequest("GET", "/redirect"), 500}),
    [](const auto& row) { return row.param.name; });

TEST(HttpServerTest, SaysWhichMethodsAPathHas) {
  const auto server = StartServer(PatientOptions());

  EXPECT_EQ(Ask(*server, MakeRequest("DELETE", "/ping")).headers.at("allow"), "GET");
}

TEST(HttpServerTest, TellsNothingToACallerWithoutCertificate) {
  const auto server = StartServer(PatientOptions());

  EXPECT_EQ(Ask(*server, MakeRequest("GET", "/secret")).body, "");
}

TEST(HttpServerTest, AnExceptionReachesItsReporterAndNotTheCaller) {
  std::mutex mutex;
  std::vector<std::string> reports;
  HttpServerOptions options = PatientOptions();
  options.on_handler_exception = [&](std::string_view path, std::string_view what) {
    const std::lock_guard lock(mutex);
    reports.push_back(std::string(path) + ": " + std::string(what));
  };
  const auto server = StartServer(options);
  const auto client = RawHttpClient::Connect(server->port());

  client->Send(MakeRequest("GET", "/throw") + MakeRequest("GET", "/ping"));

  EXPECT_EQ(client->ReadResponse()->body, "internal error\n");
  EXPECT_EQ(client->ReadResponse()->body, "pong");
  const std::lock_guard lock(mutex);
  EXPECT_EQ(reports, (std::vector<std::string>{"/throw: secret detail"}));
}

TEST(HttpServerTest, KeepsTheConnectionAfterARefusalWithoutBody) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());

  client->Send(MakeRequest("GET", "/nowhere") + MakeRequest("GET", "/ping"));

  EXPECT_EQ(client->ReadResponse()->status, 404);
  EXPECT_EQ(client->ReadResponse()->body, "pong");
}

TEST(HttpServerTest, ClosesWhenAskedTo) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());

  client->Send(MakeRequest("GET", "/ping", "", "Connection: close\r\n"));

  EXPECT_EQ(client->ReadResponse()->headers.at("connection"), "close");
  EXPECT_TRUE(client->ClosedByPeer());
}

TEST(HttpServerTest, ClosesAfterHttp10) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());

  client->Send("GET /ping HTTP/1.0\r\n\r\n");

  EXPECT_EQ(client->ReadResponse()->body, "pong");
  EXPECT_TRUE(client->ClosedByPeer());
}

TEST(HttpServerTest, KnowsWhoAsks) {
  const auto server = StartServer(PatientOptions());

  const std::string body = Ask(*server, MakeRequest("GET", "/who")).body;

  EXPECT_TRUE(body.starts_with("127.0.0.1:")) << body;
  EXPECT_TRUE(body.ends_with(" unknown")) << body;
}

TEST(HttpServerTest, SurvivesACallerWhoLeavesAmidAnAnswer) {
  const auto server = StartServer(PatientOptions());
  for (int i = 0; i < 5; ++i) {
    const auto client = RawHttpClient::Connect(server->port());
    client->Send(MakeRequest("GET", "/large"));
  }

  EXPECT_EQ(Ask(*server, MakeRequest("GET", "/ping")).body, "pong");
}

// ---- Handlers that answer later ---------------------------------------------

TEST(HttpServerAsyncTest, AnswersFromAnotherThread) {
  std::vector<std::thread> threads;
  const auto server =
      StartServer(PatientOptions(),
                  {{.method = "POST",
                    .path = "/later",
                    .max_body_bytes = 100,
                    .async_handler = [&threads](const Request& request, Responder responder) {
                      threads.emplace_back([&request, later = std::move(responder)]() mutable {
                        // The request is still there.
                        later.Send({.body = std::string(request.body)});
                      });
                    }}});
  const auto client = RawHttpClient::Connect(server->port());

  client->Send(MakeRequest("POST", "/later", "one") + MakeRequest("POST", "/later", "two"));

  EXPECT_EQ(client->ReadResponse()->body, "one");
  EXPECT_EQ(client->ReadResponse()->body, "two");
  server->Stop(kLong);
  for (auto& thread : threads) thread.join();
}

TEST(HttpServerAsyncTest, AForgottenAnswerIsAnError) {
  const auto server = StartServer(
      PatientOptions(),
      {{.method = "GET", .path = "/forget", .async_handler = [](const Request&, Responder) {}},
       {.method = "GET", .path = "/throw", .async_handler = [](const Request&, Responder) {
          throw std::runtime_error("no");
        }}});

  EXPECT_EQ(Ask(*server, MakeRequest("GET", "/forget")).status, 500);
  EXPECT_EQ(Ask(*server, MakeRequest("GET", "/throw")).status, 500);
}

TEST(HttpServerAsyncTest, AnAnswerAfterTheServerHasGoneIsHarmless) {
  std::promise<Responder> held;
  auto server = StartServer(PatientOptions(),
                            {{.method = "GET",
                              .path = "/hold",
                              .async_handler = [&held](const Request&, Responder responder) {
                                held.set_value(std::move(responder));
                              }}});
  const auto client = RawHttpClient::Connect(server->port());
  client->Send(MakeRequest("GET", "/hold"));
  Responder responder = held.get_future().get();

  EXPECT_FALSE(server->Stop(milliseconds(1)));
  server.reset();

  responder.Send({.body = "too late"});
  EXPECT_FALSE(client->ReadResponse());
}

// ---- Starting ---------------------------------------------------------------

struct BadOptions {
  const char* name;
  HttpServerOptions options;
};

class BadOptionsTest : public testing::TestWithParam<BadOptions> {};

TEST_P(BadOptionsTest, AreRefusedAtTheStart) {
  EXPECT_FALSE(HttpServer::Start(GetParam().options, TestRoutes()));
}

INSTANTIATE_TEST_SUITE_P(Options, BadOptionsTest,
                         testing::Values(BadOptions{"NotAnAddress", {.address = "localhost"}},
                                         BadOptions{"AddressOfOthers", {.address = "192.0.2.1"}},
                                         BadOptions{"NoThreads", {.io_threads = 0}},
                                         BadOptions{"NoConnections", {.max_connections = 0}},
                                         BadOptions{"TinyHeader", {.header_limit_bytes = 10}},
                                         BadOptions{"NoDeadline",
                                                    {.request_deadline = milliseconds(0)}},
                                         BadOptions{"NoCertificate", {.tls = TlsOptions{}}}),
                         [](const auto& row) { return row.param.name; });

TEST(HttpServerTest, TwoServersDoNotShareAPort) {
  const auto server = StartServer({});

  EXPECT_FALSE(HttpServer::Start({.port = server->port()}, TestRoutes()));
}

TEST(HttpServerTest, ServesOnSeveralThreads) {
  HttpServerOptions options = PatientOptions();
  options.io_threads = 3;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  const auto server =
      StartServer(options, {{.method = "GET", .path = "/thread", .handler = [&](const Request&) {
                               const std::lock_guard lock(mutex);
                               threads.insert(std::this_thread::get_id());
                               return Response{};
                             }}});
  std::vector<std::unique_ptr<RawHttpClient>> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(RawHttpClient::Connect(server->port()));
    clients.back()->Send(MakeRequest("GET", "/thread"));
    ASSERT_EQ(clients.back()->ReadResponse()->status, 200);
  }

  const std::lock_guard lock(mutex);
  EXPECT_EQ(threads.size(), 3u);
}

}  // namespace
}  // namespace launchgate::platform
