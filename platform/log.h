// JSON log lines: a constant sentence plus fields.
//
//   namespace log = launchgate::platform::log;
//   log::Info("verdict recorded", {{"review", "shop/gift-cards"}, {"count", 3}});
//
// gives one line on stderr:
//   {"time":"2026-07-01T12:00:00.123Z","level":"info","msg":"verdict recorded",
//    "review":"shop/gift-cards","count":3}
//
// Whatever a value holds, the line stays one line of valid JSON in valid UTF-8:
// control and bidirectional formatting characters are escaped and bytes that
// are not UTF-8 become U+FFFD. Never pass secrets.
//
// Thread-safe. Nothing here throws or reports failure: a line that cannot be
// written is lost. Do not fork after the first line.

#ifndef LAUNCHGATE_PLATFORM_LOG_H_
#define LAUNCHGATE_PLATFORM_LOG_H_

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace launchgate::platform::log {

enum class Level { kDebug, kInfo, kWarning, kError };

inline constexpr std::size_t kMaxValueBytes = 1024;  // Longer strings end in "...".
inline constexpr std::size_t kMaxMessageBytes = 512;
inline constexpr std::size_t kMaxFields =
    32;  // The rest is dropped, "fields_dropped" says how many.

// A view of what a field holds; lives no longer than the call.
class Value {
 public:
  Value(std::string_view text) : data_(text) {}  // NOLINT(google-explicit-constructor)
  Value(const std::string& text) : data_(std::string_view(text)) {}                  // NOLINT
  Value(const char* text) : data_(std::string_view(text == nullptr ? "" : text)) {}  // NOLINT
  Value(bool flag) : data_(flag) {}        // NOLINT(google-explicit-constructor)
  Value(double number) : data_(number) {}  // NOLINT(google-explicit-constructor)
  template <std::signed_integral T>
  Value(T number) : data_(static_cast<std::int64_t>(number)) {}  // NOLINT
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) Value(T number)  // NOLINT(google-explicit-constructor)
      : data_(static_cast<std::uint64_t>(number)) {}

  using Data = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;
  [[nodiscard]] const Data& data() const { return data_; }

 private:
  Data data_;
};

struct Field {
  std::string_view key;  // A constant. "time", "level" and "msg" are written as "field_time", ...
  Value value;
};

void Debug(std::string_view message, std::initializer_list<Field> fields = {}) noexcept;
void Info(std::string_view message, std::initializer_list<Field> fields = {}) noexcept;
void Warning(std::string_view message, std::initializer_list<Field> fields = {}) noexcept;
void Error(std::string_view message, std::initializer_list<Field> fields = {}) noexcept;
void Write(Level level, std::string_view message, std::span<const Field> fields) noexcept;

// Lines below `level` are not written. kInfo at the start.
void SetLevel(Level level) noexcept;
[[nodiscard]] bool Enabled(Level level) noexcept;

// "debug", "info", "warning" or "error"; nullopt for anything else.
[[nodiscard]] std::optional<Level> ParseLevel(std::string_view name) noexcept;

// Receives every line, newline included, one call at a time. An empty function
// brings back stderr. The sink must not log.
using LineSink = std::function<void(std::string_view line)>;
void SetSink(LineSink sink);

}  // namespace launchgate::platform::log

#endif  // LAUNCHGATE_PLATFORM_LOG_H_
