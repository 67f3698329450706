// What an API server says when it says no.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "shell/transport/transport.h"

namespace launchgate::kube {

// A base::Error with what only callers of an API server need. It converts to a
// base::Error, so an ApiResult<T> can be returned where a base::Result<T> is due.
struct ApiError : base::Error {
  int http_status = 0;  // 0: there was no answer.
  // The Status object's machine-readable reason: "AlreadyExists", "Expired", …
  std::string reason;
  // How long the server asks us to stay away; at most kMaxRetryAfter.
  std::optional<std::chrono::milliseconds> retry_after;

  friend bool operator==(const ApiError&, const ApiError&) = default;
};

template <typename T>
using ApiResult = tl::expected<T, ApiError>;

inline constexpr std::chrono::minutes kMaxRetryAfter{5};
// Longer messages of a server are cut: they end up in conditions and log lines.
inline constexpr std::size_t kMaxStatusMessageBytes = 2048;

// True for 2xx.
bool Succeeded(const transport::HttpResponse& response);

// Which kind of failure an HTTP status is:
//   400, 422 → kInvalid    401, 403 → kForbidden   404 → kNotFound
//   405, 406, 415 → kUnsupported   409 → kConflict   413 → kExhausted
//   410 → kConflict: what we hold is older than the server remembers; list anew
//   429, 5xx → kUnavailable   anything else → kInternal
base::ErrorKind KindOfStatus(int http_status);

// Reads a refusal. The body should be a Kubernetes Status object; when it is
// something else (a proxy's page), the HTTP status alone speaks. `what` names
// the request, for instance "get deployments.apps shop/gift-cards". The
// server's message is made printable; it may name fields but is never parsed.
ApiError ReadApiError(std::string_view what, const transport::HttpResponse& response);

// An error of the transport, or one found before anything was sent.
ApiError Unanswered(std::string_view what, base::Error error);

}  // namespace launchgate::kube
