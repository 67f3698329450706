#include "shell/prometheus/requests.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

namespace launchgate::prometheus {
namespace {

using Parameters = std::vector<std::pair<std::string_view, std::string>>;

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

// RFC 3986's unreserved characters as they are, every other byte as %XX: valid
// in a query and in a form alike.
std::string Encoded(const Parameters& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters) {
    if (!text.empty()) text += '&';
    text += fmt::format("{}=", name);
    for (const char c : value) {
      if (IsUnreserved(c)) {
        text += c;
      } else {
        text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
      }
    }
  }
  return text;
}

// Milliseconds as decimal seconds: "1795392000.250".
std::string Seconds(base::Duration duration) {
  return fmt::format("{}.{:03}", duration.count() / 1000, duration.count() % 1000);
}

transport::HttpRequest Query(std::string_view path, const Parameters& parameters) {
  transport::HttpRequest request;
  request.headers = {{"Accept", "application/json"}};
  std::string encoded = Encoded(parameters);
  if (path.size() + 1 + encoded.size() <= kMaxTargetBytes) {
    request.target = encoded.empty() ? std::string(path) : fmt::format("{}?{}", path, encoded);
    return request;
  }
  request.method = "POST";
  request.target = path;
  request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  request.body = std::move(encoded);
  return request;
}

std::string Timeout() { return fmt::format("{}s", kEvaluationTimeout.count()); }

}  // namespace

transport::HttpRequest InstantQuery(std::string_view query, base::Time time) {
  return Query("/api/v1/query", {{"query", std::string(query)},
                                 {"time", Seconds(time.time_since_epoch())},
                                 {"timeout", Timeout()}});
}

transport::HttpRequest RangeQuery(std::string_view query, base::Time start, base::Time end,
                                  base::Duration step) {
  return Query("/api/v1/query_range", {{"query", std::string(query)},
                                       {"start", Seconds(start.time_since_epoch())},
                                       {"end", Seconds(end.time_since_epoch())},
                                       {"step", Seconds(step)},
                                       {"timeout", Timeout()}});
}

transport::HttpRequest Rules() { return Query("/api/v1/rules", {}); }

}  // namespace launchgate::prometheus
