#include <gtest/gtest.h>

#include <string>

#include "platform/http_message.h"

namespace launchgate::platform {
namespace {

using State = ReadProgress::State;

constexpr HttpRequestReader::Limits kLimits{.header_bytes = 1024, .header_fields = 20};

// The status a head is refused with; 200 when it is a complete head; 0 when
// more is wanted.
int StatusOfHead(std::string_view head) {
  HttpRequestReader reader(kLimits);
  const ReadProgress progress = reader.ReadHead(head, 0);
  if (progress.state == State::kRefused) return progress.status;
  return progress.state == State::kHeadDone ? 200 : 0;
}

struct HeadRow {
  const char* name;
  std::string head;
  int status;
};

class RequestHeadTest : public testing::TestWithParam<HeadRow> {};

TEST_P(RequestHeadTest, IsTakenOrRefused) {
  EXPECT_EQ(StatusOfHead(GetParam().head), GetParam().status);
}

std::string Get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::string RowName(const testing::TestParamInfo<HeadRow>& row) { return row.param.name; }

INSTANTIATE_TEST_SUITE_P(
    RequestLines, RequestHeadTest,
    testing::Values(HeadRow{"Plain", Get(""), 200},
                    HeadRow{"Incomplete", "GET / HTTP/1.1\r\nHo", 0},
                    HeadRow{"Http10WithoutHost", "GET / HTTP/1.0\r\n\r\n", 200},
                    HeadRow{"Http20", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
                    HeadRow{"Http09", "GET /\r\n\r\n", 400},
                    HeadRow{"LowerCaseVersion", "GET / http/1.1\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"AbsoluteForm", "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"AuthorityForm", "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"AsteriskForm", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"TwoBlanks", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"BlankBeforeMethod", " GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"BlankInTarget", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"ControlInTarget", "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
                    HeadRow{"BareLineFeeds", "GET / HTTP/1.1\nHost: h\n\n", 400},
                    HeadRow{"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", 9),
                            400}),
    RowName);

INSTANTIATE_TEST_SUITE_P(
    Fields, RequestHeadTest,
    testing::Values(HeadRow{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
                    HeadRow{"TwoHosts", Get("Host: other\r\n"), 400},
                    HeadRow{"Folded", Get("X-A: a\r\n b\r\n"), 400},
                    HeadRow{"FoldedBeforeTheValue", Get("X-A:\r\n\tb\r\n"), 400},
                    HeadRow{"FoldedBehindTheValue", Get("X-A: b\r\n \r\n"), 400},
                    HeadRow{"BlankBeforeColon", Get("X-A : a\r\n"), 400},
                    HeadRow{"NoColon", Get("X-A\r\n"), 400}, HeadRow{"NoName", Get(": a\r\n"), 400},
                    HeadRow{"NulInValue", Get(std::string("X-A: a\0b\r\n", 10)), 400},
                    HeadRow{"BareReturnInValue", Get("X-A: a\rb\r\n"), 400},
                    HeadRow{"EmptyValue", Get("X-A:\r\n"), 200},
                    HeadRow{"Utf8InValue", Get("X-A: \xc3\xa4\r\n"), 200}),
    RowName);

INSTANTIATE_TEST_SUITE_P(
    Framing, RequestHeadTest,
    testing::Values(
        HeadRow{"Length", Get("Content-Length: 5\r\n"), 200},
        HeadRow{"Chunked", Get("Transfer-Encoding: chunked\r\n"), 200},
        HeadRow{"ChunkedInCapitals", Get("transfer-encoding: CHUNKED\r\n"), 200},
        HeadRow{"LengthAndChunked", Get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
                400},
        HeadRow{"ChunkedAndLength", Get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
                400},
        HeadRow{"UnknownEncodingAndLength", Get("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"),
                400},
        HeadRow{"TwoEqualLengths", Get("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
        HeadRow{"TwoLengthsInOne", Get("Content-Length: 5, 5\r\n"), 400},
        HeadRow{"LengthWithPlus", Get("Content-Length: +5\r\n"), 400},
        HeadRow{"NegativeLength", Get("Content-Length: -5\r\n"), 400},
        HeadRow{"HexLength", Get("Content-Length: 0x5\r\n"), 400},
        HeadRow{"EmptyLength", Get("Content-Length:\r\n"), 400},
        HeadRow{"LengthBeyond64Bits", Get("Content-Length: 18446744073709551616\r\n"), 400},
        HeadRow{"TwoEncodings", Get("Transfer-Encoding: gzip, chunked\r\n"), 501},
        HeadRow{"ChunkedFirst", Get("Transfer-Encoding: chunked, gzip\r\n"), 501},
        HeadRow{"ChunkedTwice", Get("Transfer-Encoding: chunked, chunked\r\n"), 501},
        HeadRow{"TwoEncodingFields",
                Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
        HeadRow{"EncodingThenChunked",
                Get("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n"), 400},
        HeadRow{"Identity", Get("Transfer-Encoding: identity\r\n"), 501},
        HeadRow{"AlmostChunked", Get("Transfer-Encoding: xchunked\r\n"), 501},
        HeadRow{"ChunkedWithParameter", Get("Transfer-Encoding: chunked;q=1\r\n"), 501},
        HeadRow{"VerticalTab",
                Get("Transfer-Encoding: \x0b"
                    "chunked\r\n"),
                400},
        HeadRow{"QuotedChunked", Get("Transfer-Encoding: \"chunked\"\r\n"), 501},
        HeadRow{"BlankBeforeEncodingColon", Get("Transfer-Encoding : chunked\r\n"), 400},
        HeadRow{"ChunkedInHttp10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400}),
    RowName);

TEST(RequestReaderTest, DescribesWhatItRead) {
  const std::string head =
      "POST /a/b?c=d?e HTTP/1.1\r\nHost: h\r\nX-One: 1 \r\ncontent-length: 42\r\n\r\n";
  HttpRequestReader reader(kLimits);
  ASSERT_EQ(reader.ReadHead(head, 0).state, State::kHeadDone);

  HttpRequestReader::Head described;
  reader.Describe(head, described);

  EXPECT_EQ(described.method, "POST");
  EXPECT_EQ(described.target, "/a/b?c=d?e");
  ASSERT_EQ(described.fields.size(), 3u);
  EXPECT_EQ(described.fields[1].name, "X-One");
  EXPECT_EQ(described.fields[1].value, "1");
  EXPECT_EQ(described.content_length, 42u);
  EXPECT_FALSE(described.chunked);
  EXPECT_TRUE(described.keep_alive);
}

// However the bytes come, and wherever the buffer moves in between, the result
// is the same.
TEST(RequestReaderTest, ReadsAHeadByteByByteFromAMovingBuffer) {
  const std::string head = "POST /path HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  HttpRequestReader reader(kLimits);
  std::size_t consumed = 0;
  ReadProgress progress;
  for (std::size_t size = 1; size <= head.size(); ++size) {
    const std::string moved = head.substr(0, size);
    progress = reader.ReadHead(moved, consumed);
    consumed += progress.consumed;
    ASSERT_EQ(progress.state, size < head.size() ? State::kNeedMore : State::kHeadDone) << size;
  }

  HttpRequestReader::Head described;
  reader.Describe(head, described);
  EXPECT_EQ(consumed, head.size());
  EXPECT_EQ(described.target, "/path");
  EXPECT_EQ(described.fields[1].value, "chunked");
  EXPECT_TRUE(described.chunked);
}

TEST(RequestReaderTest, LeavesTheBodyAlone) {
  const std::string head = Get("Content-Length: 4\r\n");
  HttpRequestReader reader(kLimits);

  const ReadProgress progress = reader.ReadHead(head + "body", 0);

  EXPECT_EQ(progress.state, State::kHeadDone);
  EXPECT_EQ(progress.consumed, head.size());
}

TEST(RequestReaderTest, KeepAliveNeedsHttp11AndNoClose) {
  const auto keeps = [](const std::string& head) {
    HttpRequestReader reader(kLimits);
    EXPECT_EQ(reader.ReadHead(head, 0).state, State::kHeadDone);
    HttpRequestReader::Head described;
    reader.Describe(head, described);
    return described.keep_alive;
  };

  EXPECT_TRUE(keeps(Get("")));
  EXPECT_FALSE(keeps(Get("Connection: upgrade, CLOSE\r\n")));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(RequestReaderTest, TheHeadMayBeExactlyAsLongAsTheLimit) {
  const std::string frame = Get("X: \r\n");
  const std::string fits =
      Get("X: " + std::string(kLimits.header_bytes - frame.size(), 'a') + "\r\n");
  const std::string exceeds =
      Get("X: " + std::string(kLimits.header_bytes - frame.size() + 1, 'a') + "\r\n");
  ASSERT_EQ(fits.size(), kLimits.header_bytes);

  EXPECT_EQ(StatusOfHead(fits), 200);
  EXPECT_EQ(StatusOfHead(exceeds), 431);
}

TEST(RequestReaderTest, AnEndlessHeadIsRefusedAtTheLimit) {
  EXPECT_EQ(StatusOfHead("GET /" + std::string(kLimits.header_bytes, 'a')), 431);
  EXPECT_EQ(StatusOfHead("GET / HTTP/1.1\r\nX: " + std::string(kLimits.header_bytes, 'a')), 431);
}

TEST(RequestReaderTest, CountsFields) {
  std::string fields;
  for (std::size_t i = 1; i < kLimits.header_fields; ++i) fields += "X: y\r\n";

  EXPECT_EQ(StatusOfHead(Get(fields)), 200);
  EXPECT_EQ(StatusOfHead(Get(fields + "X: y\r\n")), 431);
}

TEST(RequestReaderTest, ForgetsThePreviousRequest) {
  HttpRequestReader reader(kLimits);
  ASSERT_EQ(reader.ReadHead(Get("Transfer-Encoding: chunked\r\n"), 0).state, State::kHeadDone);
  reader.Reset();
  const std::string head = Get("");
  ASSERT_EQ(reader.ReadHead(head, 0).state, State::kHeadDone);

  HttpRequestReader::Head described;
  reader.Describe(head, described);
  EXPECT_FALSE(described.chunked);
  EXPECT_EQ(described.fields.size(), 1u);
}

}  // namespace
}  // namespace launchgate::platform
