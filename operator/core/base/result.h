// Failure as a value. No exception crosses a module boundary: libraries that
// throw are wrapped where they are called, and what they say becomes an Error.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace launchgate::base {

// What kind of failure it is, so that a caller can tell whether retrying helps
// without reading the message.
enum class ErrorKind {
  kInvalid,      // The input is wrong; the same input fails again.
  kNotFound,     // The thing asked for does not exist.
  kConflict,     // Somebody else changed it meanwhile; read again, then retry.
  kForbidden,    // We may not do this; a person has to change a permission.
  kUnsupported,  // The peer or this build cannot do this.
  kExhausted,    // A named bound was reached.
  kUnavailable,  // A peer could not be reached or was too slow; retrying helps.
  kInternal,     // A library or the system failed in a way nobody expected.
};

// Stable name of a kind, for logs and metrics: "Invalid", "NotFound", …
std::string_view ToString(ErrorKind kind);

// "Could not find out or could not do it". A refusal is not an Error; it is a
// result with a reason (see decision/decide.h).
struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  std::string message;  // One sentence for a person: names the field and the remedy. No secrets.

  // True when the same call may succeed later without anybody changing it.
  bool retryable() const { return kind == ErrorKind::kUnavailable || kind == ErrorKind::kConflict; }
  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

// Success without a value.
using Status = Result<void>;

// Makes the failed side of any Result.
[[nodiscard]] inline tl::unexpected<Error> Fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message)});
}

// The same error with context in front: "reading the key: no such file".
[[nodiscard]] tl::unexpected<Error> Wrap(std::string_view context, Error error);

}  // namespace launchgate::base
