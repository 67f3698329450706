#include "platform/http_chunks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace launchgate::platform {
namespace {

using State = HttpChunkDecoder::State;

struct ChunkResult {
  State state = State::kNeedMore;
  int status = 0;
  std::string body;
  std::size_t consumed = 0;
};

// Gives `chunks` to a fresh decoder in pieces of `piece` bytes.
ChunkResult ReadChunks(std::string_view chunks, std::size_t piece, std::uint64_t limit = 100) {
  HttpChunkDecoder decoder;
  decoder.Reset(limit);
  ChunkResult result;
  while (result.state == State::kNeedMore && result.consumed < chunks.size()) {
    const auto progress = decoder.Read(chunks.substr(result.consumed, piece), [&](auto bytes) {
      result.body += bytes;
      return true;
    });
    result.state = progress.state;
    result.status = progress.status;
    result.consumed += progress.consumed;
  }
  return result;
}

struct ChunkRow {
  const char* name;
  std::string chunks;
  State state;
  int status;
  std::string body;
};

class ChunkTest : public testing::TestWithParam<ChunkRow> {};

TEST_P(ChunkTest, IsTheSameInPiecesOfAnySize) {
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
    const ChunkResult result = ReadChunks(GetParam().chunks, piece);

    EXPECT_EQ(result.state, GetParam().state) << piece;
    EXPECT_EQ(result.status, GetParam().status) << piece;
    if (result.state == State::kDone) {
      EXPECT_EQ(result.body, GetParam().body) << piece;
      EXPECT_EQ(result.consumed, GetParam().chunks.size()) << piece;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, ChunkTest,
    testing::Values(
        ChunkRow{"Two", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", State::kDone, 0, "abcde"},
        ChunkRow{"None", "0\r\n\r\n", State::kDone, 0, ""},
        ChunkRow{"HexInBothCases", "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", State::kDone,
                 0, "01234567890123456789"},
        ChunkRow{"Extension", "3;x=y;z=\"q\"\r\nabc\r\n0;e\r\n\r\n", State::kDone, 0, "abc"},
        ChunkRow{"Trailer", "3\r\nabc\r\n0\r\nHost: evil\r\nX: y\r\n\r\n", State::kDone, 0, "abc"},
        ChunkRow{"LineBreaksInTheData", "4\r\n\r\n\r\n\r\n0\r\n\r\n", State::kDone, 0, "\r\n\r\n"},
        ChunkRow{"Unfinished", "3\r\nab", State::kNeedMore, 0, ""},
        ChunkRow{"NoEnd", "3\r\nabc\r\n", State::kNeedMore, 0, ""},
        ChunkRow{"MinusTwo", "-2\r\nabc\r\n0\r\n\r\n", State::kRefused, 400, ""},
        ChunkRow{"Plus", "+3\r\nabc\r\n0\r\n\r\n", State::kRefused, 400, ""},
        ChunkRow{"HexPrefix", "0x3\r\nabc\r\n0\r\n\r\n", State::kRefused, 400, ""},
        ChunkRow{"LeadingBlank", " 3\r\nabc\r\n0\r\n\r\n", State::kRefused, 400, ""},
        ChunkRow{"NoSize", "\r\nabc\r\n0\r\n\r\n", State::kRefused, 400, ""},
        ChunkRow{"Beyond64Bits", "10000000000000003\r\nabc\r\n0\r\n\r\n", State::kRefused, 400, ""},
        ChunkRow{"Largest64Bits", "ffffffffffffffff\r\nabc\r\n0\r\n\r\n", State::kRefused, 413, ""},
        ChunkRow{"MinusTwoIn64Bits", "fffffffffffffffe\r\nabc", State::kRefused, 413, ""},
        ChunkRow{"DataTooLong", "3\r\nabcd\r\n0\r\n\r\n", State::kRefused, 400, ""},
        ChunkRow{"BareLineFeed", "3\nabc\n0\n\n", State::kRefused, 400, ""},
        ChunkRow{"BareReturn", "3\rabc\r\n0\r\n\r\n", State::kRefused, 400, ""},
        ChunkRow{"BadTrailer", "0\r\nX: \x01\r\n\r\n", State::kRefused, 400, ""}),
    [](const auto& row) { return row.param.name; });

TEST(ChunkLimitTest, CountsAllChunksTogether) {
  const std::string ten = "5\r\nabcde\r\n5\r\nfghij\r\n0\r\n\r\n";

  EXPECT_EQ(ReadChunks(ten, 1000, 10).state, State::kDone);
  EXPECT_EQ(ReadChunks(ten, 1000, 9).status, 413);
  EXPECT_EQ(ReadChunks(ten, 1, 0).status, 413);
}

TEST(ChunkLimitTest, ASinkThatIsFullRefuses) {
  HttpChunkDecoder decoder;
  decoder.Reset(100);

  const auto progress = decoder.Read("3\r\nabc", [](std::string_view) { return false; });

  EXPECT_EQ(progress.state, State::kRefused);
  EXPECT_EQ(progress.status, 413);
}

TEST(ChunkLimitTest, WhatIsIgnoredHasAnEnd) {
  const std::string much(HttpChunkDecoder::kMaxIgnoredBytes + 1, '0');

  EXPECT_EQ(ReadChunks(much, 1000).status, 400);
  EXPECT_EQ(ReadChunks("1;" + much, 1000).status, 400);
  EXPECT_EQ(ReadChunks("0\r\nX: " + much, 1000).status, 400);
}

TEST(ChunkEndTest, StopsBeforeTheNextRequest) {
  const std::string body = "3\r\nabc\r\n0\r\n\r\n";

  const ChunkResult result = ReadChunks(body + "GET / HTTP/1.1\r\n", 1000);

  EXPECT_EQ(result.state, State::kDone);
  EXPECT_EQ(result.consumed, body.size());
}

TEST(ChunkEndTest, StartsAfreshAfterReset) {
  HttpChunkDecoder decoder;
  const auto take = [](std::string_view) { return true; };
  decoder.Reset(3);
  ASSERT_EQ(decoder.Read("3\r\nab", take).state, State::kNeedMore);

  decoder.Reset(3);

  EXPECT_EQ(decoder.Read("3\r\nabc\r\n0\r\n\r\n", take).state, State::kDone);
}

}  // namespace
}  // namespace launchgate::platform
