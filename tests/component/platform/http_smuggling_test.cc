// Requests made so that two parsers would disagree about where they end. For
// each: a refusal, a closed connection, and no second answer.

#include <gtest/gtest.h>

#include "tests/component/platform/http_test_server.h"

namespace launchgate::platform {
namespace {

constexpr const char* kSmuggled = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n";

struct Shape {
  const char* name;
  std::string fields;
  std::string body;
  int status;
};

class SmugglingTest : public testing::TestWithParam<Shape> {};

TEST_P(SmugglingTest, IsRefusedAndTheConnectionEnds) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());

  client->Send("POST /echo HTTP/1.1\r\nHost: h\r\n" + GetParam().fields + "\r\n" + GetParam().body +
               kSmuggled);

  const auto response = client->ReadResponse();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, GetParam().status);
  EXPECT_EQ(response->headers.at("connection"), "close");
  EXPECT_FALSE(client->ReadResponse());
  client->CloseWrite();
  EXPECT_TRUE(client->ClosedByPeer());
  EXPECT_EQ(server->stats().requests, 0u);
}

// Shapes after the catalogue of HTTP desync attacks (RFC 9112, 11.2).
INSTANTIATE_TEST_SUITE_P(
    Shapes, SmugglingTest,
    testing::Values(
        Shape{"LengthAndChunked", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
              "0\r\n\r\n", 400},
        Shape{"ChunkedAndLength", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
              "0\r\n\r\n", 400},
        Shape{"TwoLengths", "Content-Length: 0\r\nContent-Length: 5\r\n", "12345", 400},
        Shape{"LengthList", "Content-Length: 0, 5\r\n", "12345", 400},
        Shape{"SignedLength", "Content-Length: +5\r\n", "12345", 400},
        Shape{"HiddenChunked", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n", 501},
        Shape{"TabbedChunked",
              "Transfer-Encoding:\x0b"
              "chunked\r\n",
              "0\r\n\r\n", 400},
        Shape{"BlankBeforeColon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n", 400},
        Shape{"FoldedChunked", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n", 400},
        Shape{"FoldedLength", "X: y\r\n Content-Length: 5\r\n", "12345", 400},
        Shape{"GzipThenChunked", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n", 501},
        Shape{"ChunkedThenIdentity",
              "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n", 400},
        Shape{"ChunkSizeMinusTwo", "Transfer-Encoding: chunked\r\n", "-2\r\nab\r\n0\r\n\r\n", 400},
        Shape{"ChunkSizeMinusTwoIn64Bits", "Transfer-Encoding: chunked\r\n",
              "fffffffffffffffe\r\nab\r\n0\r\n\r\n", 413},
        Shape{"ChunkSizeBeyond64Bits", "Transfer-Encoding: chunked\r\n",
              "10000000000000002\r\nab\r\n0\r\n\r\n", 400},
        Shape{"ChunkWithPrefix", "Transfer-Encoding: chunked\r\n", "0x2\r\nab\r\n0\r\n\r\n", 400},
        Shape{"ChunkLongerThanItSays", "Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n",
              400},
        Shape{"EndlessChunkExtension", "Transfer-Encoding: chunked\r\n",
              "2;" + std::string(20'000, 'x'), 400},
        Shape{"TwoHosts", "Host: other\r\nContent-Length: 0\r\n", "", 400}),
    [](const auto& row) { return row.param.name; });

TEST(SmugglingRouteTest, WhatFollowsARefusedBodyIsNotARequest) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());

  client->Send(MakeRequest("POST", "/nowhere", kSmuggled));

  EXPECT_EQ(client->ReadResponse()->status, 404);
  EXPECT_FALSE(client->ReadResponse());
  EXPECT_EQ(server->stats().requests, 0u);
}

TEST(SmugglingRouteTest, ATrailerIsNoHeader) {
  const auto server = StartServer(PatientOptions());
  const auto client = RawHttpClient::Connect(server->port());

  client->Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nab\r\n0\r\nConnection: close\r\nContent-Length: 100\r\n\r\n" +
      std::string(kSmuggled));

  EXPECT_EQ(client->ReadResponse()->body, "ab");
  EXPECT_EQ(client->ReadResponse()->body, "pong");
}

}  // namespace
}  // namespace launchgate::platform
