// Plain exchanges and hostile answers, against a server that says exactly the
// bytes written here. A crash of this test program is a failure: several of
// these answers end a process that uses the library as it comes.
#include <gmock/gmock.h>

#include <latch>

#include "tests/component/kube/transport_fixture.h"

namespace launchgate::transport {
namespace {

using test_support::Always;
using test_support::HeaderOf;
using test_support::HttpAnswer;
using test_support::MustMake;
using test_support::PlainOptions;
using test_support::RawConnection;
using test_support::RawServer;
using testing::HasSubstr;

constexpr std::chrono::milliseconds kLong{20'000};

HttpRequest Get(std::string target, std::chrono::milliseconds timeout = kLong) {
  return {"GET", std::move(target), {}, "", timeout};
}

HttpRequest QuickGet(std::chrono::milliseconds timeout) { return Get("/x", timeout); }

TEST(TransportSendTest, CarriesMethodTargetHeadersAndBody) {
  RawServer server(Always(HttpAnswer(201, R"({"ok":true})", "X-Kind: A\r\n")));
  const auto transport = MustMake(PlainOptions(server));
  const HttpRequest request{"PATCH",
                            "/api/v1/x?fieldSelector=a%3Db%2Cc&dryRun=All",
                            {{"Content-Type", "application/merge-patch+json"}},
                            R"({"a":1})",
                            kLong};

  const auto response = transport->Send(request, {});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 201);
  EXPECT_EQ(response->body, R"({"ok":true})");
  EXPECT_EQ(FindHeader(*response, "x-kind"), "A");
  const std::string seen = server.requests().at(0);
  EXPECT_THAT(
      seen, testing::StartsWith("PATCH /api/v1/x?fieldSelector=a%3Db%2Cc&dryRun=All HTTP/1.1\r\n"));
  EXPECT_EQ(HeaderOf(seen, "content-type"), "application/merge-patch+json");
  EXPECT_EQ(HeaderOf(seen, "user-agent"), "launchgate-test");
  EXPECT_THAT(seen, testing::EndsWith("\r\n\r\n{\"a\":1}"));
}

TEST(TransportSendTest, ReadsAChunkedBody) {
  RawServer server(
      Always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
             "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"));
  const auto transport = MustMake(PlainOptions(server));

  const auto response = transport->Send(QuickGet(kLong), {});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "hello world");
}

TEST(TransportSendTest, KeepsOneConnectionForManyRequests) {
  RawServer server(Always(HttpAnswer(200, "{}")));
  const auto transport = MustMake(PlainOptions(server));

  for (int i = 0; i < 5; ++i) ASSERT_TRUE(transport->Send(QuickGet(kLong), {}));

  EXPECT_EQ(server.requests().size(), 5U);
  EXPECT_LT(server.connections(), 5);
}

TEST(TransportSendTest, AnErrorStatusIsAValue) {
  RawServer server(Always(HttpAnswer(404, R"({"kind":"Status"})")));
  const auto transport = MustMake(PlainOptions(server));

  const auto response = transport->Send(QuickGet(kLong), {});

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->body, R"({"kind":"Status"})");
}

TEST(TransportSendTest, DoesNotFollowRedirects) {
  RawServer elsewhere(Always(HttpAnswer(200, "{}")));
  RawServer server(Always(HttpAnswer(302, "", "Location: " + elsewhere.url() + "/\r\n")));
  const auto transport = MustMake(PlainOptions(server));

  const auto response = transport->Send(QuickGet(kLong), {});

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(elsewhere.connections(), 0);
}

// Answers that must become errors.
struct HostileAnswer {
  std::string name;
  std::string bytes;
  base::ErrorKind kind;
  friend void PrintTo(const HostileAnswer& row, std::ostream* out) { *out << row.name; }
};

class HostileAnswerTest : public testing::TestWithParam<HostileAnswer> {};

TEST_P(HostileAnswerTest, IsAnErrorAndTheNextRequestWorks) {
  RawServer server([](RawConnection& connection) {
    const auto request = connection.ReadRequest();
    if (!request) return;
    connection.Write(request->starts_with("GET /fine") ? HttpAnswer(200, "fine")
                                                       : GetParam().bytes);
  });
  const auto transport = MustMake(PlainOptions(server));

  const auto response = transport->Send(QuickGet(kLong), {});
  const auto after = transport->Send(Get("/fine"), {});

  ASSERT_FALSE(response) << "status " << response->status << " body of " << response->body.size();
  EXPECT_EQ(response.error().kind, GetParam().kind) << response.error().message;
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->body, "fine");
}

constexpr std::string_view kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

HostileAnswer Chunked(std::string name, std::string body, base::ErrorKind kind) {
  return {std::move(name), std::string(kChunkedHead) + std::move(body), kind};
}

INSTANTIATE_TEST_SUITE_P(
    Rows, HostileAnswerTest,
    testing::Values(
        Chunked("ChunkSizeMinusOne", "-1\r\nxxxx\r\n", base::ErrorKind::kExhausted),
        Chunked("ChunkSizeMinusTwo", "-2\r\nxxxx\r\n", base::ErrorKind::kExhausted),
        Chunked("ChunkSizeMinusThree", "-3\r\nxxxx\r\n", base::ErrorKind::kUnavailable),
        Chunked("ChunkSizeMostNegative", "-80000000\r\nxxxx\r\n", base::ErrorKind::kUnavailable),
        Chunked("ChunkSizeTooLargeForAnInt", "ffffffffff\r\nx\r\n", base::ErrorKind::kUnavailable),
        Chunked("ChunkSizeIsNoNumber", "zz\r\nx\r\n", base::ErrorKind::kUnavailable),
        Chunked("CutInsideAChunk", "10\r\nshort", base::ErrorKind::kUnavailable),
        Chunked("CutBeforeTheLastChunk", "5\r\nhello\r\n", base::ErrorKind::kUnavailable),
        HostileAnswer{"CutInsideTheBody", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
                      base::ErrorKind::kUnavailable},
        HostileAnswer{"CutInsideTheHeaders", "HTTP/1.1 200 OK\r\nContent-",
                      base::ErrorKind::kUnavailable},
        HostileAnswer{"NoLength", "HTTP/1.1 200 OK\r\n\r\nbody", base::ErrorKind::kUnavailable},
        HostileAnswer{"Continue", "HTTP/1.1 100 Continue\r\n\r\n" + HttpAnswer(200, "late"),
                      base::ErrorKind::kUnavailable},
        HostileAnswer{"EarlyHints", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n",
                      base::ErrorKind::kUnavailable},
        HostileAnswer{"StatusZero", "HTTP/1.1 0 X\r\nContent-Length: 0\r\n\r\n",
                      base::ErrorKind::kUnavailable},
        HostileAnswer{"StatusIsNoNumber", "HTTP/1.1 abc X\r\nContent-Length: 0\r\n\r\n",
                      base::ErrorKind::kUnavailable},
        HostileAnswer{"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n", base::ErrorKind::kUnavailable},
        HostileAnswer{"NothingAtAll", "", base::ErrorKind::kUnavailable}),
    [](const auto& row) { return row.param.name; });

TEST(TransportSendTest, RefusesABodyOverTheLimitWithoutReadingItAll) {
  RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n");
    const std::string mebibyte(1U << 20U, 'x');
    while (connection.Write(mebibyte)) {
    }
  });
  const auto transport = MustMake(PlainOptions(server));

  const auto response = transport->Send(QuickGet(kLong), {});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, base::ErrorKind::kExhausted);
}

TEST(TransportSendTest, GivesUpAtTheDeadlineAlthoughBytesKeepComing) {
  std::latch give_up(1);
  RawServer server([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(kChunkedHead);
    while (!give_up.try_wait() && connection.Write("1\r\nx\r\n")) std::this_thread::yield();
  });
  const auto transport = MustMake(PlainOptions(server));

  const auto response = transport->Send(QuickGet(std::chrono::milliseconds(200)), {});
  give_up.count_down();

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(response.error().message, HasSubstr("within 200 ms"));
}

TEST(TransportSendTest, GivesUpOnASilentPeer) {
  RawServer server([](RawConnection& connection) { connection.WaitUntilClosed(); });
  const auto transport = MustMake(PlainOptions(server));

  const auto response = transport->Send(QuickGet(std::chrono::milliseconds(100)), {});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, base::ErrorKind::kUnavailable);
}

TEST(TransportSendTest, StoppingReturnsLongBeforeTheDeadline) {
  std::latch asked(1);
  RawServer server([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    asked.count_down();
    connection.WaitUntilClosed();
  });
  const auto transport = MustMake(PlainOptions(server));
  std::stop_source stop;
  std::jthread stopper([&] {
    asked.wait();
    stop.request_stop();
  });

  const auto before = std::chrono::steady_clock::now();
  const auto response = transport->Send(QuickGet(kLong), stop.get_token());
  const auto took = std::chrono::steady_clock::now() - before;

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("stopped"));
  EXPECT_LT(took, kLong / 4);
}

TEST(TransportSendTest, AnUnreachablePeerIsUnavailable) {
  std::string url;
  {
    RawServer gone([](RawConnection&) {});
    url = gone.url();
  }
  CpprestOptions options;
  options.base_url = url;
  const auto transport = MustMake(std::move(options));

  const auto response = transport->Send(QuickGet(kLong), {});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, base::ErrorKind::kUnavailable);
}

TEST(TransportSendTest, SendsARequestAgainWhenThePeerHadClosedThePooledConnection) {
  RawServer server([](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(HttpAnswer(200, "{}"));
  });
  const auto transport = MustMake(PlainOptions(server));

  for (int i = 0; i < 4; ++i) {
    const auto response = transport->Send(QuickGet(kLong), {});
    ASSERT_TRUE(response) << response.error().message;
  }

  EXPECT_EQ(server.requests().size(), 4U);
}

TEST(TransportSendTest, RefusesTargetsAndHeadersThatWouldChangeTheRequest) {
  RawServer server(Always(HttpAnswer(200, "{}")));
  const auto transport = MustMake(PlainOptions(server));
  const std::vector<HttpRequest> requests = {
      Get("/a b"),
      Get("/a\r\nX: y"),
      Get("//elsewhere/x"),
      Get("x"),
      Get("/\xff"),
      Get("/a#b"),
      Get(""),
      {"GET", "/", {{"X", "a\r\nAuthorization: b"}}, "", kLong},
      {"GET /x", "/", {}, "", kLong},
  };

  for (const HttpRequest& request : requests) {
    EXPECT_FALSE(transport->Send(request, {})) << request.target;
  }

  EXPECT_TRUE(server.requests().empty());
}

TEST(TransportSendTest, HundredExchangesAtOnceAllEnd) {
  RawServer server(Always(HttpAnswer(200, "{}")));
  const auto transport = MustMake(PlainOptions(server));
  std::atomic<int> answered = 0;

  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 20; ++i) {
      callers.emplace_back([&] {
        for (int j = 0; j < 5; ++j) {
          if (transport->Send(QuickGet(kLong), {})) ++answered;
        }
      });
    }
  }

  EXPECT_EQ(answered, 100);
}

}  // namespace
}  // namespace launchgate::transport
