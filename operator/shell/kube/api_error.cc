#include "shell/kube/api_error.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/json/json.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;

// Reasons are CamelCase words; anything longer is not one of them.
constexpr std::size_t kMaxReasonBytes = 64;

std::string TextAt(const Json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::chrono::milliseconds> Seconds(std::int64_t seconds) {
  if (seconds < 0) return std::nullopt;
  const std::int64_t most = std::chrono::seconds(kMaxRetryAfter).count();
  return std::chrono::seconds(std::min(seconds, most));
}

// Only the form in seconds: API servers do not send dates.
std::optional<std::chrono::milliseconds> RetryAfterOf(const transport::HttpResponse& response,
                                                      const Json& status) {
  const std::string_view header = transport::FindHeader(response, "retry-after");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), seconds);
  if (!header.empty() && error == std::errc() && end == header.data() + header.size()) {
    return Seconds(seconds);
  }
  const auto details = status.find("details");
  if (details == status.end() || !details->is_object()) return std::nullopt;
  const auto found = details->find("retryAfterSeconds");
  if (found == details->end() || !found->is_number_integer()) return std::nullopt;
  const auto asked = found->get<std::int64_t>();
  return asked == 0 ? std::nullopt : Seconds(asked);
}

Json ReadStatus(const transport::HttpResponse& response) {
  base::Result<Json> body = json::ParseTrusted(response.body);
  if (!body || !body->is_object() || TextAt(*body, "kind") != "Status") return Json::object();
  return std::move(*body);
}

}  // namespace

bool Succeeded(const transport::HttpResponse& response) {
  return response.status >= 200 && response.status <= 299;
}

base::ErrorKind KindOfStatus(int http_status) {
  switch (http_status) {
    case 400:
    case 422:
      return base::ErrorKind::kInvalid;
    case 401:
    case 403:
      return base::ErrorKind::kForbidden;
    case 404:
      return base::ErrorKind::kNotFound;
    case 405:
    case 406:
    case 415:
      return base::ErrorKind::kUnsupported;
    case 409:
    case 410:
      return base::ErrorKind::kConflict;
    case 413:
      return base::ErrorKind::kExhausted;
    case 429:
      return base::ErrorKind::kUnavailable;
    default:
      return http_status >= 500 ? base::ErrorKind::kUnavailable : base::ErrorKind::kInternal;
  }
}

ApiError ReadApiError(std::string_view what, const transport::HttpResponse& response) {
  const Json status = ReadStatus(response);
  ApiError error;
  error.kind = KindOfStatus(response.status);
  error.http_status = response.status;
  error.reason = base::Printable(TextAt(status, "reason"), kMaxReasonBytes);
  error.retry_after = RetryAfterOf(response, status);
  error.message =
      std::string(what) + ": the API server answered " + std::to_string(response.status);
  if (!error.reason.empty()) error.message += " " + error.reason;
  const std::string message = TextAt(status, "message");
  if (!message.empty()) error.message += ": " + base::Printable(message, kMaxStatusMessageBytes);
  return error;
}

ApiError Unanswered(std::string_view what, base::Error error) {
  ApiError unanswered;
  unanswered.kind = error.kind;
  unanswered.message = std::move(error.message.insert(0, std::string(what) + ": "));
  return unanswered;
}

}  // namespace launchgate::kube
