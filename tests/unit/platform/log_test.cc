#include "platform/log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>
#include <vector>

namespace launchgate::platform::log {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() {
    SetSink([this](std::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override {
    SetSink({});
    SetLevel(Level::kInfo);
  }

  nlohmann::json OnlyLine() const {
    EXPECT_EQ(lines_.size(), 1u);
    return lines_.empty() ? nlohmann::json() : nlohmann::json::parse(lines_.front());
  }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, WritesASentenceAndItsFields) {
  Info("verdict recorded", {{"review", "shop/gift-cards"},
                            {"count", 3},
                            {"bytes", std::size_t{18446744073709551615u}},
                            {"share", 0.25},
                            {"standing", true}});

  const nlohmann::json line = OnlyLine();
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["msg"], "verdict recorded");
  EXPECT_EQ(line["review"], "shop/gift-cards");
  EXPECT_EQ(line["count"], 3);
  EXPECT_EQ(line["bytes"], 18446744073709551615u);
  EXPECT_EQ(line["share"], 0.25);
  EXPECT_EQ(line["standing"], true);
}

TEST_F(LogTest, StampsRfc3339InUtcWithMilliseconds) {
  Info("started");

  const std::string time = OnlyLine()["time"];
  ASSERT_EQ(time.size(), std::string("2026-07-01T12:00:00.123Z").size());
  std::string shape = time;
  for (char& c : shape) c = c >= '0' && c <= '9' ? '9' : c;
  EXPECT_EQ(shape, "9999-99-99T99:99:99.999Z");
}

TEST_F(LogTest, NamesEveryLevel) {
  SetLevel(Level::kDebug);
  Debug("a");
  Info("b");
  Warning("c");
  Error("d");

  ASSERT_EQ(lines_.size(), 4u);
  EXPECT_EQ(nlohmann::json::parse(lines_[0])["level"], "debug");
  EXPECT_EQ(nlohmann::json::parse(lines_[1])["level"], "info");
  EXPECT_EQ(nlohmann::json::parse(lines_[2])["level"], "warning");
  EXPECT_EQ(nlohmann::json::parse(lines_[3])["level"], "error");
}

TEST_F(LogTest, LeavesOutWhatIsBelowTheLevel) {
  SetLevel(Level::kWarning);
  Info("not written");
  Warning("written");

  EXPECT_EQ(OnlyLine()["msg"], "written");
  EXPECT_FALSE(Enabled(Level::kInfo));
  EXPECT_TRUE(Enabled(Level::kError));
}

TEST_F(LogTest, HostileValuesStayOneLineOfJson) {
  Info("a\nb", {{"value", "x\",\"level\":\"error\"\n{\x1b[2J\xff"}, {"key\n\"", 1}});

  EXPECT_EQ(lines_.front().find('\n'), lines_.front().size() - 1);
  EXPECT_EQ(lines_.front().find('\x1b'), std::string::npos);
  const nlohmann::json line = OnlyLine();
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["value"], "x\",\"level\":\"error\"\n{\x1b[2J\xef\xbf\xbd");
  EXPECT_EQ(line["key\n\""], 1);
}

TEST_F(LogTest, AFieldCannotReplaceTheEnvelope) {
  Info("real", {{"msg", "forged"}, {"level", "forged"}, {"time", "forged"}});

  const nlohmann::json line = OnlyLine();
  EXPECT_EQ(line["msg"], "real");
  EXPECT_EQ(line["level"], "info");
  EXPECT_EQ(line["field_msg"], "forged");
}

TEST_F(LogTest, CutsLongValues) {
  Info("long", {{"value", std::string(kMaxValueBytes + 1, 'x')}});

  EXPECT_EQ(OnlyLine()["value"], std::string(kMaxValueBytes, 'x') + "...");
}

TEST_F(LogTest, DropsFieldsBeyondTheLimitAndSaysHowMany) {
  const std::vector<Field> fields(kMaxFields + 2, Field{"k", 1});
  Write(Level::kInfo, "many", fields);

  EXPECT_EQ(OnlyLine()["fields_dropped"], 2);
}

TEST_F(LogTest, FormatMarksAreJustText) {
  Info("100 % {} {0} %s", {{"value", "{}"}});

  EXPECT_EQ(OnlyLine()["msg"], "100 % {} {0} %s");
}

TEST_F(LogTest, ANullPointerIsAnEmptyString) {
  const char* nothing = nullptr;
  Info("null", {{"value", nothing}});

  EXPECT_EQ(OnlyLine()["value"], "");
}

TEST_F(LogTest, ASinkThatThrowsLosesItsLineOnly) {
  SetSink([](std::string_view) { throw std::runtime_error("disk full"); });
  EXPECT_NO_FATAL_FAILURE(Info("lost"));
  SetSink([this](std::string_view line) { lines_.emplace_back(line); });
  Info("kept");

  EXPECT_EQ(OnlyLine()["msg"], "kept");
}

TEST_F(LogTest, LinesOfManyThreadsDoNotMix) {
  constexpr int kThreads = 4;
  constexpr int kLines = 200;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([i] {
      for (int j = 0; j < kLines; ++j) Info("from a thread", {{"thread", i}, {"line", j}});
    });
  }
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(lines_.size(), std::size_t{kThreads * kLines});
  for (const std::string& line : lines_) ASSERT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST(LogLevelTest, ParsesItsOwnNamesOnly) {
  EXPECT_EQ(ParseLevel("debug"), Level::kDebug);
  EXPECT_EQ(ParseLevel("warning"), Level::kWarning);
  EXPECT_EQ(ParseLevel("INFO"), std::nullopt);
  EXPECT_EQ(ParseLevel(""), std::nullopt);
}

}  // namespace
}  // namespace launchgate::platform::log
