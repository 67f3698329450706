// The Prometheus servers of the operator's configuration. Tenants name a server
// and never an address, and only those that the platform team lets them use.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/evidence/verify.h"
#include "shell/clock/clock.h"
#include "shell/transport/transport.h"

namespace launchgate::prometheus {

struct ServerOptions {
  std::string name;               // DNS label, unique.
  std::string url;                // "https://host[:port][/prefix]"; http without a token only.
  std::string ca_file;            // PEM; required for https, where it is all that is trusted.
  std::string bearer_token_file;  // Empty: no token. Sent to this server and to no other.
  std::vector<std::string> namespaces;  // May ask it. Empty: none. "*": every namespace.

  bool Serves(std::string_view ns) const;
};

// At most this many requests to one server at the same time; more wait.
inline constexpr int kMaxConcurrentRequests = 4;
// From asking, waiting for a turn included, to the whole answer.
inline constexpr std::chrono::milliseconds kAnswerDeadline{10'000};
// A server that has begun to answer may pause this long.
inline constexpr std::chrono::milliseconds kMaxSilence{1'000};
// Files with a CA or a token are not larger.
inline constexpr std::size_t kMaxCredentialFileBytes = 1U << 20U;

// Thread-safe. Calls block; none throws.
class PrometheusServers {
 public:
  using MakeTransport =
      std::function<base::Result<std::unique_ptr<transport::Transport>>(const ServerOptions&)>;

  // One transport for each server, by default over shell/transport: its threads
  // must have been started. Files are read anew for new connections and for each
  // request, so they may rotate; that they can be read is tried here. kInvalid
  // names the server that cannot be used. `clock` must outlive the result.
  static base::Result<std::unique_ptr<PrometheusServers>> Make(
      std::vector<ServerOptions> servers, const clock::Clock& clock,
      const MakeTransport& make_transport = OverTheNetwork);
  static base::Result<std::unique_ptr<transport::Transport>> OverTheNetwork(
      const ServerOptions& server);

  ~PrometheusServers();
  PrometheusServers(const PrometheusServers&) = delete;
  PrometheusServers& operator=(const PrometheusServers&) = delete;

  // Sends one request of requests.h (its timeout is set here) for a review in
  // `ns`. Every status that the server answers is a value. kNotFound: no such
  // server; kForbidden: not for this namespace; kExhausted: the answer is over
  // evidence::kMaxAnswerBytes; kUnavailable: no whole answer before `deadline`,
  // or no answer at all.
  base::Result<evidence::PrometheusAnswer> Ask(
      std::string_view server, std::string_view ns, transport::HttpRequest request,
      std::stop_token stop = {}, std::chrono::milliseconds deadline = kAnswerDeadline);

 private:
  class Server;

  explicit PrometheusServers(const clock::Clock& clock);

  const clock::Clock& clock_;
  std::map<std::string, std::unique_ptr<Server>, std::less<>> servers_;
};

}  // namespace launchgate::prometheus
