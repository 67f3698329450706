// What happened to fetches, for metrics; closed sets, never a tenant's text.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::fetch {

// Which rule or bound stopped a fetch.
enum class RefusalReason {
  kUrl,          // Not a plain http(s) URL.
  kDestination,  // No rule allows scheme, host and port.
  kAddress,      // The name resolves to nothing that its rule allows.
  kRedirect,     // Too many, from https to http, or to a URL that would be refused itself.
  kTooLarge,     // The body.
  kHeaders,      // Too many, or too many bytes of them.
  kTimeout,      // Of the connection, of silence, or of the whole fetch.
  kRateLimited,  // Too many requests to one host.
  kBusy,         // No slot became free in time.
};
inline constexpr int kRefusalReasons = 9;
// "url", "destination", "address", "redirect", "tooLarge", "headers", "timeout",
// "rateLimited", "busy".
std::string_view ToString(RefusalReason reason);

enum class FetchOutcome {
  kAnswered,     // With whatever status.
  kNotModified,  // The server said that the remembered page still stands.
  kRefused,      // By a rule or bound of ours: Refused() was called as well.
  kFailed,       // DNS, connection, TLS or a malformed answer.
};
inline constexpr int kFetchOutcomes = 4;
// "answered", "notModified", "refused", "failed".
std::string_view ToString(FetchOutcome outcome);

// Called from every thread that fetches; must be thread-safe and quick.
class FetchObserver {
 public:
  virtual ~FetchObserver() = default;
  virtual void Refused(RefusalReason reason) = 0;
  // Exactly once for every fetch, after Refused() if that is called.
  virtual void Finished(FetchOutcome outcome, std::chrono::milliseconds took) = 0;
};

// Why a fetch gave no page.
struct Failure {
  std::optional<RefusalReason> reason;  // Nothing: the outside failed, not a rule of ours.
  base::Error error;
};

}  // namespace launchgate::fetch
