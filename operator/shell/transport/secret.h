// Text that must never reach a log line or an error message. (THREATS T67.)
#pragma once

#include <string>
#include <utility>

namespace launchgate::transport {

// Owns a token or a private key. It has no conversion to text, no operator<<
// and no formatter, so using it in a message does not compile; Reveal() marks
// every place that really needs it. Overwrites its memory when destroyed. Not
// thread-safe, like std::string.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  ~Secret();
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;

  bool empty() const { return text_.empty(); }
  const std::string& Reveal() const { return text_; }

  friend bool operator==(const Secret&, const Secret&) = default;

 private:
  std::string text_;
};

}  // namespace launchgate::transport
