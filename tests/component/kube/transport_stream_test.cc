// Streams: what a watch relies on.
#include <gmock/gmock.h>

#include <condition_variable>
#include <latch>
#include <mutex>

#include "tests/component/kube/transport_fixture.h"

namespace launchgate::transport {
namespace {

using test_support::HttpAnswer;
using test_support::MustMake;
using test_support::PlainOptions;
using test_support::RawConnection;
using test_support::RawServer;
using testing::HasSubstr;

constexpr std::chrono::milliseconds kLong{20'000};
constexpr std::string_view kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string Chunk(std::string_view text) {
  char size[32];
  std::snprintf(size, sizeof size, "%zx", text.size());
  return std::string(size) + "\r\n" + std::string(text) + "\r\n";
}

HttpRequest Watch() { return {"GET", "/watch", {}, "", kLong}; }

// Collects a stream; may end it after `limit` bytes.
class Collector final : public StreamSink {
 public:
  explicit Collector(std::size_t limit = std::string::npos) : limit_(limit) {}

  bool OnData(std::string_view piece) override {
    const std::lock_guard lock(mutex_);
    text_ += piece;
    changed_.notify_all();
    return text_.size() < limit_;
  }
  void WaitFor(std::size_t bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return text_.size() >= bytes; });
  }
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  const std::size_t limit_;
  // Guards what follows.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
};

TEST(TransportStreamTest, HandsOverEachPieceWhenItArrivesAndEndsWithThePeer) {
  Collector sink;
  RawServer server([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(kChunkedHead);
    connection.Write(Chunk("first\n"));
    sink.WaitFor(6);  // Deadlocks, and so fails, if the transport waited for the end.
    connection.Write(Chunk("second\n") + Chunk(""));
  });
  const auto transport = MustMake(PlainOptions(server));

  const auto end = transport->Stream(Watch(), sink, kLong, {});

  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->status, 200);
  EXPECT_EQ(end->body, "");
  EXPECT_EQ(sink.text(), "first\nsecond\n");
}

TEST(TransportStreamTest, AnIdlePeerIsNoticed) {
  RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(std::string(kChunkedHead) + Chunk("hello"));
    connection.WaitUntilClosed();
  });
  const auto transport = MustMake(PlainOptions(server));
  Collector sink;

  const auto end = transport->Stream(Watch(), sink, std::chrono::milliseconds(150), {});

  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(end.error().message, HasSubstr("no byte within 150 ms"));
  EXPECT_EQ(sink.text(), "hello");
}

TEST(TransportStreamTest, ACutConnectionIsAnErrorAfterWhatArrived) {
  RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(std::string(kChunkedHead) + Chunk("hello") + "20\r\nhalf");
  });
  const auto transport = MustMake(PlainOptions(server));
  Collector sink;

  const auto end = transport->Stream(Watch(), sink, kLong, {});

  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, base::ErrorKind::kUnavailable);
  EXPECT_EQ(sink.text(), "hello");
}

TEST(TransportStreamTest, ANegativeChunkIsAnErrorNotACrash) {
  RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(std::string(kChunkedHead) + Chunk("hello") + "-2\r\nxxxx\r\n");
    connection.WaitUntilClosed();
  });
  const auto transport = MustMake(PlainOptions(server));
  Collector sink;

  const auto end = transport->Stream(Watch(), sink, kLong, {});

  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, base::ErrorKind::kExhausted);
}

TEST(TransportStreamTest, ARefusalComesWithItsBodyAndNotThroughTheSink) {
  RawServer server([](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(HttpAnswer(410, R"({"reason":"Expired"})"));
  });
  const auto transport = MustMake(PlainOptions(server));
  Collector sink;

  const auto end = transport->Stream(Watch(), sink, kLong, {});

  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->status, 410);
  EXPECT_EQ(end->body, R"({"reason":"Expired"})");
  EXPECT_EQ(sink.text(), "");
}

TEST(TransportStreamTest, TheBodyOfARefusalIsBounded) {
  RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write("HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = Chunk(std::string(1U << 16U, 'x'));
    while (connection.Write(chunk)) {
    }
  });
  const auto transport = MustMake(PlainOptions(server));
  Collector sink;

  const auto end = transport->Stream(Watch(), sink, kLong, {});

  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, base::ErrorKind::kExhausted);
}

TEST(TransportStreamTest, TheSinkCanEndTheStream) {
  RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(std::string(kChunkedHead) + Chunk("hello"));
    connection.WaitUntilClosed();
  });
  const auto transport = MustMake(PlainOptions(server));
  Collector sink(5);

  const auto end = transport->Stream(Watch(), sink, kLong, {});

  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(end->status, 200);
}

TEST(TransportStreamTest, StoppingReturnsAtOnceAndClosesTheConnection) {
  std::latch closed(1);
  RawServer server([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(std::string(kChunkedHead) + Chunk("hello"));
    connection.WaitUntilClosed();
    closed.count_down();
  });
  const auto transport = MustMake(PlainOptions(server));
  Collector sink;
  std::stop_source stop;
  std::jthread stopper([&] {
    sink.WaitFor(5);
    stop.request_stop();
  });

  const auto before = std::chrono::steady_clock::now();
  const auto end = transport->Stream(Watch(), sink, kLong, stop.get_token());
  const auto took = std::chrono::steady_clock::now() - before;

  ASSERT_FALSE(end);
  EXPECT_THAT(end.error().message, HasSubstr("stopped"));
  EXPECT_LT(took, kLong / 4);
  closed.wait();  // The peer must not be left with a watch nobody reads.
}

TEST(TransportStreamTest, ASlowReaderSlowsThePeerInsteadOfFillingMemory) {
  constexpr std::size_t kTotal = 48U << 20U;
  std::atomic<std::size_t> sent = 0;
  RawServer server([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(kChunkedHead);
    const std::string chunk = Chunk(std::string(1U << 16U, 'x'));
    while (sent < kTotal && connection.Write(chunk)) sent += 1U << 16U;
    connection.Write(Chunk(""));
  });
  const auto transport = MustMake(PlainOptions(server));

  // Refuses to take more until the peer has stopped making progress.
  class SlowSink final : public StreamSink {
   public:
    explicit SlowSink(std::atomic<std::size_t>& counter) : counter_(counter) {}
    bool OnData(std::string_view piece) override {
      if (received == 0) {
        std::size_t before = 0;
        do {
          before = counter_;
          std::this_thread::sleep_for(std::chrono::milliseconds(100));
        } while (counter_ != before);
        sent_while_blocked = before;
      }
      received += piece.size();
      return true;
    }
    std::size_t received = 0;
    std::size_t sent_while_blocked = 0;

   private:
    std::atomic<std::size_t>& counter_;
  } sink(sent);

  const auto end = transport->Stream(Watch(), sink, kLong, {});

  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(sink.received, kTotal);
  EXPECT_LT(sink.sent_while_blocked, kTotal / 2);  // Socket buffers and one mebibyte of ours.
}

TEST(TransportStreamTest, AStreamIsNotBoundByTheBodyLimit) {
  constexpr std::size_t kTotal = kMaxBodyBytes + (1U << 20U);
  RawServer server([&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write(kChunkedHead);
    const std::string chunk = Chunk(std::string(1U << 20U, 'x'));
    for (std::size_t sent = 0; sent < kTotal; sent += 1U << 20U) connection.Write(chunk);
    connection.Write(Chunk(""));
  });
  const auto transport = MustMake(PlainOptions(server));
  class Counter final : public StreamSink {
   public:
    bool OnData(std::string_view piece) override {
      bytes += piece.size();
      return true;
    }
    std::size_t bytes = 0;
  } sink;

  const auto end = transport->Stream(Watch(), sink, kLong, {});

  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(sink.bytes, kTotal);
}

}  // namespace
}  // namespace launchgate::transport
