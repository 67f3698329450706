#include "platform/log.h"

#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>
#include <utility>

#include "platform/json_text.h"

namespace launchgate::platform::log {
namespace {

constexpr std::size_t kMaxKeyBytes = 64;
constexpr std::array<std::string_view, 3> kReservedKeys = {"time", "level", "msg"};

std::string_view NameOf(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::debug:
      return "debug";
    case spdlog::level::warn:
      return "warning";
    case spdlog::level::err:
      return "error";
    default:
      return "info";
  }
}

spdlog::level::level_enum LevelOf(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      break;
  }
  return spdlog::level::err;
}

// RFC 3339 in UTC with milliseconds.
std::string Timestamp(std::chrono::system_clock::time_point time) {
  const auto millis =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = millis / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(millis % 1000));
  return std::string(text.data()) + fraction.data();
}

// The payload of a record is everything behind the level, already JSON.
class LineFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& record, spdlog::memory_buf_t& line) override {
    const auto append = [&line](std::string_view text) {
      line.append(text.data(), text.data() + text.size());
    };
    append(R"({"time":")");
    append(Timestamp(record.time));
    append(R"(","level":")");
    append(NameOf(record.level));
    append(R"(",)");
    append({record.payload.data(), record.payload.size()});
    append("}\n");
  }

  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>();
  }
};

// Writes whole lines to stderr, or to whatever was put in its place. The mutex
// of base_sink guards write_.
class ReplaceableSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  ReplaceableSink() { formatter_ = std::make_unique<LineFormatter>(); }

  void Replace(LineSink write) {
    const std::lock_guard lock(mutex_);
    write_ = std::move(write);
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& record) override {
    spdlog::memory_buf_t line;
    formatter_->format(record, line);
    if (write_) {
      write_(std::string_view(line.data(), line.size()));
    } else {
      std::fwrite(line.data(), 1, line.size(), stderr);
    }
  }

  void flush_() override { std::fflush(stderr); }

 private:
  LineSink write_;
};

struct Backend {
  std::shared_ptr<ReplaceableSink> sink = std::make_shared<ReplaceableSink>();
  spdlog::logger logger{"launchgate", sink};

  Backend() {
    logger.set_level(spdlog::level::info);
    // A sink that throws loses its line; spdlog would write its own format.
    logger.set_error_handler([](const std::string&) {});
  }
};

// Never destroyed: threads may log until the process has ended.
Backend& TheBackend() {
  static Backend* const backend = new Backend;
  return *backend;
}

void AppendValue(const Value& value, std::string& out) {
  struct Visitor {
    std::string& out;
    void operator()(std::string_view text) const { AppendJsonString(text, kMaxValueBytes, out); }
    void operator()(std::int64_t number) const { out += std::to_string(number); }
    void operator()(std::uint64_t number) const { out += std::to_string(number); }
    void operator()(double number) const { AppendJsonNumber(number, out); }
    void operator()(bool flag) const { out += flag ? "true" : "false"; }
  };
  std::visit(Visitor{out}, value.data());
}

void AppendField(std::string_view key, const Value& value, std::string& out) {
  out.push_back(',');
  const bool reserved =
      std::find(kReservedKeys.begin(), kReservedKeys.end(), key) != kReservedKeys.end();
  AppendJsonString(reserved ? "field_" + std::string(key) : std::string(key), kMaxKeyBytes, out);
  out.push_back(':');
  AppendValue(value, out);
}

std::string Payload(std::string_view message, std::span<const Field> fields) {
  std::string payload = R"("msg":)";
  AppendJsonString(message, kMaxMessageBytes, payload);
  for (const Field& field : fields.first(std::min(fields.size(), kMaxFields))) {
    AppendField(field.key, field.value, payload);
  }
  if (fields.size() > kMaxFields) {
    AppendField("fields_dropped", fields.size() - kMaxFields, payload);
  }
  return payload;
}

}  // namespace

void Write(Level level, std::string_view message, std::span<const Field> fields) noexcept {
  try {
    spdlog::logger& logger = TheBackend().logger;
    const auto spdlog_level = LevelOf(level);
    if (!logger.should_log(spdlog_level)) return;
    const std::string payload = Payload(message, fields);
    logger.log(spdlog_level, spdlog::string_view_t(payload.data(), payload.size()));
  } catch (...) {  // Out of memory: the line is lost, the process is not.
  }
}

void Debug(std::string_view message, std::initializer_list<Field> fields) noexcept {
  Write(Level::kDebug, message, std::span(fields.begin(), fields.size()));
}

void Info(std::string_view message, std::initializer_list<Field> fields) noexcept {
  Write(Level::kInfo, message, std::span(fields.begin(), fields.size()));
}

void Warning(std::string_view message, std::initializer_list<Field> fields) noexcept {
  Write(Level::kWarning, message, std::span(fields.begin(), fields.size()));
}

void Error(std::string_view message, std::initializer_list<Field> fields) noexcept {
  Write(Level::kError, message, std::span(fields.begin(), fields.size()));
}

void SetLevel(Level level) noexcept { TheBackend().logger.set_level(LevelOf(level)); }

bool Enabled(Level level) noexcept { return TheBackend().logger.should_log(LevelOf(level)); }

std::optional<Level> ParseLevel(std::string_view name) noexcept {
  for (const Level level : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (NameOf(LevelOf(level)) == name) return level;
  }
  return std::nullopt;
}

void SetSink(LineSink sink) { TheBackend().sink->Replace(std::move(sink)); }

}  // namespace launchgate::platform::log
