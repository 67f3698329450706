// The client against providers that no well-behaved server is.
#include "gift-cards/payments_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/raw_server.h"

namespace gift_cards {
namespace {

using launchgate::test_support::HttpAnswer;
using launchgate::test_support::RawConnection;
using launchgate::test_support::RawServer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr char kCharged[] = R"({"chargeId":"ch_1","ref":"gc-1","amount":2500})";
const Charge kCharge{"gc-1", 2'500};
constexpr seconds kPatience{20};

class PaymentsClientTest : public ::testing::Test {
 protected:
  // Answers each connection's first request with these bytes and then waits for
  // the client to leave.
  void Serve(std::string bytes) {
    Serve([bytes = std::move(bytes)](RawConnection& connection) {
      if (!connection.ReadRequest()) return;
      connection.Write(bytes);
      connection.WaitUntilClosed();
    });
  }
  void Serve(RawServer::Script script) {
    ASSERT_TRUE(StartPaymentsThreads(4));
    server_ = std::make_unique<RawServer>(std::move(script));
    client_ = std::move(*ConnectPayments(server_->url()));
  }
  ChargeAnswer Try(milliseconds allowed = kPatience) {
    return client_->Try(kCharge, steady_clock::now() + allowed);
  }

  // The client goes first: the server's end waits for its connections.
  std::unique_ptr<RawServer> server_;
  std::unique_ptr<Payments> client_;
};

TEST_F(PaymentsClientTest, SendsTheChargeAndReadsItsId) {
  Serve(HttpAnswer(201, kCharged));

  const ChargeAnswer answer = Try();

  EXPECT_EQ(answer.result, AttemptResult::kCharged) << answer.detail;
  EXPECT_EQ(answer.charge_id, "ch_1");
  const std::string request = server_->requests().at(0);
  EXPECT_THAT(request, HasSubstr("POST /charge HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nContent-Type:application/json\r\n"));
  EXPECT_THAT(request, HasSubstr(R"({"amount":2500,"ref":"gc-1"})"));
}

TEST_F(PaymentsClientTest, UsesItsConnectionsAgain) {
  Serve([](RawConnection& connection) {
    while (connection.ReadRequest()) connection.Write(HttpAnswer(200, kCharged));
  });

  for (int i = 0; i < 20; ++i) ASSERT_EQ(Try().result, AttemptResult::kCharged);

  // Not exactly 1: a connection is free a moment after its answer was read.
  EXPECT_LE(server_->connections(), 10);
}

struct Row {
  std::string name;
  std::string bytes;
  AttemptResult result;
};

class OddProviderTest : public PaymentsClientTest, public ::testing::WithParamInterface<Row> {};

TEST_P(OddProviderTest, NeitherEndsTheProcessNorPassesForAnAnswer) {
  Serve(GetParam().bytes);

  const ChargeAnswer answer = Try(milliseconds(300));

  EXPECT_EQ(answer.result, GetParam().result) << answer.detail;
  EXPECT_FALSE(answer.detail.empty());
}

std::string Chunked(const std::string& chunks) {
  return "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
         "Transfer-Encoding: chunked\r\n\r\n" +
         chunks;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, OddProviderTest,
    ::testing::Values(
        Row{"ChunkOfSizeMinusOne", Chunked("-1\r\nx\r\n0\r\n\r\n"), AttemptResult::kUnavailable},
        Row{"ChunkOfSizeMinusTwo", Chunked("-2\r\nx\r\n0\r\n\r\n"), AttemptResult::kUnavailable},
        Row{"LargeChunk", Chunked("8000\r\n" + std::string(0x8000, 'x') + "\r\n0\r\n\r\n"),
            AttemptResult::kUnavailable},
        Row{"LargeBody", HttpAnswer(201, std::string(17 * 1024, ' ')), AttemptResult::kUnavailable},
        Row{"EarlyHints", "HTTP/1.1 103 Early Hints\r\n\r\n", AttemptResult::kUnavailable},
        Row{"Redirect",
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
            AttemptResult::kUnusable},
        Row{"NotHttp", "SSH-2.0-OpenSSH_9.2\r\n\r\n", AttemptResult::kUnavailable},
        Row{"HeadThatNeverEnds", "HTTP/1.1 201 Created\r\nX-A: b\r\n", AttemptResult::kTimedOut},
        Row{"BodyThatNeverEnds", "HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{",
            AttemptResult::kTimedOut},
        Row{"AnotherRef", HttpAnswer(201, R"({"chargeId":"ch_1","ref":"gc-2","amount":2500})"),
            AttemptResult::kUnusable}),
    [](const auto& row) { return row.param.name; });

TEST_F(PaymentsClientTest, KeepsItsDeadlineWithAProviderThatDrips) {
  // A byte every few milliseconds would hold the library's own timer for ever.
  Serve([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::promise<void> never;
    const auto silence = never.get_future();
    while (connection.Write("1\r\n \r\n")) silence.wait_for(milliseconds(5));
  });
  const auto begun = steady_clock::now();

  const ChargeAnswer answer = Try(milliseconds(200));

  EXPECT_EQ(answer.result, AttemptResult::kTimedOut);
  EXPECT_LT(steady_clock::now() - begun, milliseconds(600));
}

TEST_F(PaymentsClientTest, ClosesTheConnectionOfACallItGaveUp) {
  std::promise<void> closed;
  Serve([&closed](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.WaitUntilClosed();
    closed.set_value();
  });

  EXPECT_EQ(Try(milliseconds(50)).result, AttemptResult::kTimedOut);

  EXPECT_EQ(closed.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(PaymentsClientTest, DoesNotTakeAnAnswerThatCameLateForTheNextOne) {
  // The first connection speaks out of step: hints, then an answer nobody asked for.
  std::atomic<bool> first = true;
  Serve([&first](RawConnection& connection) {
    const bool hints = first.exchange(false);
    while (connection.ReadRequest()) {
      if (hints) connection.Write("HTTP/1.1 103 Early Hints\r\n\r\n");
      connection.Write(HttpAnswer(201, kCharged));
    }
  });
  ASSERT_EQ(Try().result, AttemptResult::kUnavailable);

  EXPECT_EQ(Try().result, AttemptResult::kCharged);

  EXPECT_EQ(server_->connections(), 2);
  client_.reset();
  server_.reset();
}

TEST_F(PaymentsClientTest, SaysSoAtOnceWhenNobodyListens) {
  Serve(HttpAnswer(201, kCharged));
  const std::string url = server_->url();
  client_.reset();
  server_.reset();
  client_ = std::move(*ConnectPayments(url));
  const auto begun = steady_clock::now();

  const ChargeAnswer answer = Try();

  EXPECT_EQ(answer.result, AttemptResult::kUnavailable);
  EXPECT_LT(steady_clock::now() - begun, seconds(10));
}

TEST_F(PaymentsClientTest, KeepsManyCallsApart) {
  Serve([](RawConnection& connection) {
    while (const auto request = connection.ReadRequest()) {
      // The body repeats what was asked for.
      const auto at = request->find("\"ref\":\"") + 7;
      const std::string ref = request->substr(at, request->find('"', at) - at);
      connection.Write(
          HttpAnswer(201, R"({"chargeId":"ch-)" + ref + R"(","ref":")" + ref + R"(","amount":5})"));
    }
  });
  std::vector<std::future<bool>> calls;

  for (int i = 0; i < 16; ++i) {
    calls.push_back(std::async(std::launch::async, [this, i] {
      bool all = true;
      for (int n = 0; n < 20; ++n) {
        const std::string ref = "gc-" + std::to_string(i) + "-" + std::to_string(n);
        all =
            all && client_->Try({ref, 5}, steady_clock::now() + kPatience).charge_id == "ch-" + ref;
      }
      return all;
    }));
  }

  for (auto& call : calls) EXPECT_TRUE(call.get());
}

}  // namespace
}  // namespace gift_cards
