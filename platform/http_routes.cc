#include "platform/http_routes.h"

#include <algorithm>

#include "platform/ascii.h"
#include "platform/fail.h"

namespace launchgate::platform {
namespace {

std::optional<std::string> ProblemOf(const Route& route) {
  const std::string name = "route " + route.method + " " + route.path;
  if (route.method.empty()) return name + " has no method";
  if (!route.path.starts_with('/')) return name + " does not start with '/'";
  if (!route.handler == !route.async_handler) return name + " needs exactly one handler";
  return std::nullopt;
}

// The media type without its parameters: "application/json; charset=utf-8".
std::string_view MediaType(std::string_view content_type) {
  return TrimBlanks(content_type.substr(0, content_type.find(';')));
}

bool Accepts(const Route& route, std::optional<std::string_view> content_type) {
  const auto accepts = [&](const std::string& allowed) {
    return allowed.empty() ||
           (content_type && EqualsIgnoringCase(allowed, MediaType(*content_type)));
  };
  return route.content_types.empty() || std::ranges::any_of(route.content_types, accepts);
}

}  // namespace

tl::expected<RouteTable, std::string> RouteTable::Create(std::vector<Route> routes,
                                                         std::size_t body_limit_bytes) {
  RouteTable table;
  for (Route& route : routes) {
    if (auto problem = ProblemOf(route)) return tl::unexpected(*problem);
    route.max_body_bytes = std::min(route.max_body_bytes, body_limit_bytes);
    auto entry = std::ranges::find(table.entries_, route.path, &Entry::path);
    if (entry == table.entries_.end()) {
      entry = table.entries_.insert(entry, {.path = route.path, .allow = {}, .routes = {}});
    } else if (std::ranges::count(entry->routes, route.method, &Route::method) > 0) {
      return Fail("route " + route.method + " " + route.path + " is there twice");
    }
    entry->allow += (entry->allow.empty() ? "" : ", ") + route.method;
    entry->routes.push_back(std::move(route));
  }
  return table;
}

const RouteTable::Entry* RouteTable::Find(std::string_view path) const {
  const auto entry = std::ranges::find(entries_, path, &Entry::path);
  return entry == entries_.end() ? nullptr : &*entry;
}

tl::expected<const Route*, Refusal> RouteTable::Match(const RequestHead& head) const {
  const auto refuse = [](int status) {
    return tl::unexpected(Refusal{.status = status, .allow = {}});
  };
  const Entry* entry = Find(head.path);
  if (entry == nullptr) return refuse(404);
  const auto route = std::ranges::find(entry->routes, head.method, &Route::method);
  if (route == entry->routes.end()) {
    return tl::unexpected(Refusal{.status = 405, .allow = entry->allow});
  }
  if (route->requires_client_certificate && !head.client_certificate_verified) return refuse(401);
  if (!Accepts(*route, head.content_type)) return refuse(415);
  if (head.content_encoding && !EqualsIgnoringCase(*head.content_encoding, "identity")) {
    return refuse(415);
  }
  if (head.expect && !EqualsIgnoringCase(*head.expect, "100-continue")) return refuse(417);
  if (head.content_length.value_or(0) > route->max_body_bytes) return refuse(413);
  return &*route;
}

}  // namespace launchgate::platform
