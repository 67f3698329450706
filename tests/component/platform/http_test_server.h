// A server with a few routes to try things on, and impatient limits.

#ifndef LAUNCHGATE_TESTS_COMPONENT_PLATFORM_HTTP_TEST_SERVER_H_
#define LAUNCHGATE_TESTS_COMPONENT_PLATFORM_HTTP_TEST_SERVER_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "platform/http_server.h"
#include "tests/support/raw_http_client.h"
#include "tests/support/test_pki.h"

namespace launchgate::platform {

using std::chrono::milliseconds;
using test_support::MakeRequest;
using test_support::RawHttpClient;
using test_support::RawResponse;

// Long enough for anything on loopback, even under a sanitizer and a busy machine.
inline constexpr milliseconds kLong{30'000};
// Short enough to wait for.
inline constexpr milliseconds kShort{200};

inline HttpServerOptions PatientOptions() {
  return {.handshake_deadline = kLong,
          .idle_deadline = kLong,
          .request_deadline = kLong,
          .write_deadline = kLong};
}

inline Response Echo(const Request& request) { return {.body = std::string(request.body)}; }

// Says whether the promised bytes behind the body are there and zero.
inline Response DescribePadding(const Request& request) {
  const char* behind = request.body.data() + request.body.size();
  const bool zero =
      std::all_of(behind, behind + request.body_padding, [](char c) { return c == 0; });
  return {.body = std::to_string(request.body.size()) + " " + std::to_string(request.body_padding) +
                  (zero ? " zero" : " not zero")};
}

inline std::vector<Route> TestRoutes() {
  return {
      {.method = "GET",
       .path = "/ping",
       .handler = [](const Request&) { return Response{.body = "pong"}; }},
      {.method = "POST", .path = "/echo", .max_body_bytes = 64 << 20, .handler = Echo},
      {.method = "POST", .path = "/small", .max_body_bytes = 10, .handler = Echo},
      {.method = "POST",
       .path = "/json",
       .content_types = {"application/json"},
       .max_body_bytes = 1000,
       .handler = Echo},
      {.method = "POST",
       .path = "/padding",
       .max_body_bytes = 64 << 20,
       .handler = DescribePadding},
      {.method = "GET",
       .path = "/throw",
       .handler = [](const Request&) -> Response { throw std::runtime_error("secret detail"); }},
      {.method = "GET",
       .path = "/throw-int",
       .handler = [](const Request&) -> Response { throw 42; }},
      {.method = "GET",
       .path = "/redirect",
       .handler =
           [](const Request&) {
             return Response{.status = 307, .headers = {{"Location", "http://169.254.169.254/"}}};
           }},
      {.method = "GET",
       .path = "/large",
       .handler = [](const Request&) { return Response{.body = std::string(8 << 20, 'x')}; }},
      {.method = "GET",
       .path = "/who",
       .handler =
           [](const Request& request) {
             return Response{.body =
                                 std::string(request.remote_address) + " " +
                                 (request.client_certificate_verified ? "verified" : "unknown")};
           }},
      {.method = "GET",
       .path = "/secret",
       .handler = [](const Request&) { return Response{.body = "secret"}; },
       .requires_client_certificate = true},
  };
}

// Starts a server, or ends the test.
inline std::unique_ptr<HttpServer> StartServer(HttpServerOptions options,
                                               std::vector<Route> routes = TestRoutes()) {
  auto server = HttpServer::Start(std::move(options), std::move(routes));
  if (!server) throw std::runtime_error(server.error());
  return std::move(*server);
}

// The answer to `bytes` on a connection of their own; status 0 for none.
inline RawResponse Ask(const HttpServer& server, std::string_view bytes) {
  const auto client = RawHttpClient::Connect(server.port());
  if (!client) return {};
  client->Send(bytes);
  return client->ReadResponse().value_or(RawResponse{});
}

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_TESTS_COMPONENT_PLATFORM_HTTP_TEST_SERVER_H_
