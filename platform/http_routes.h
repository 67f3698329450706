// Which handler a request head belongs to, or why it is refused.

#ifndef LAUNCHGATE_PLATFORM_HTTP_ROUTES_H_
#define LAUNCHGATE_PLATFORM_HTTP_ROUTES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "platform/http.h"

namespace launchgate::platform {

// What is known of a request before its body is read.
struct RequestHead {
  std::string_view method = {};
  std::string_view path = {};
  std::optional<std::string_view> content_type = {};
  std::optional<std::string_view> content_encoding = {};
  std::optional<std::uint64_t> content_length = {};  // nullopt also for chunked.
  std::optional<std::string_view> expect = {};
  bool client_certificate_verified = false;
};

// "No" with the status that says so.
struct Refusal {
  int status = 400;
  std::string_view allow = {};  // The Allow header of a 405.
};

// Immutable after Create(), hence thread-safe.
class RouteTable {
 public:
  // Refuses two rows with the same method and path, rows without exactly one
  // handler, and paths that do not start with '/'.
  [[nodiscard]] static tl::expected<RouteTable, std::string> Create(std::vector<Route> routes,
                                                                    std::size_t body_limit_bytes);

  // In this order: 404, 405, 401, 415, 417, 413. The route lives as long as
  // the table.
  [[nodiscard]] tl::expected<const Route*, Refusal> Match(const RequestHead& head) const;

 private:
  // The routes of one path, and the methods it has as an Allow header.
  struct Entry {
    std::string path;
    std::string allow;
    std::vector<Route> routes;
  };

  [[nodiscard]] const Entry* Find(std::string_view path) const;

  std::vector<Entry> entries_;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_ROUTES_H_
