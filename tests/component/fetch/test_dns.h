// A DNS server on loopback that answers what a test tells it to, and a resolver
// that asks it over UDP: for answers that change between two questions.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "shell/fetch/resolver.h"

namespace launchgate::fetch {

// Authoritative for every name, TTL 0, from construction to destruction.
class TestDnsServer {
 public:
  // The addresses to tell for the n-th lookup (0, 1, …) of any name; those of
  // the family that is asked for are in the answer.
  using Zone = std::function<std::vector<Address>(int lookup)>;

  explicit TestDnsServer(Zone zone);
  ~TestDnsServer();
  TestDnsServer(const TestDnsServer&) = delete;
  TestDnsServer& operator=(const TestDnsServer&) = delete;

  int port() const { return port_; }
  int lookups() const;  // Questions for IPv4 addresses so far; each lookup asks one.

 private:
  void Serve();
  std::string AnswerTo(const std::string& query);

  const Zone zone_;
  int socket_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;  // Guards lookups_.
  int lookups_ = 0;
  std::thread thread_;
};

// Asks for IPv4, then for IPv6 addresses, anew each time.
class TestDnsResolver final : public Resolver {
 public:
  explicit TestDnsResolver(const TestDnsServer& server) : port_(server.port()) {}

  base::Result<std::vector<Address>> Resolve(const std::string& host,
                                             std::chrono::milliseconds timeout) override;

 private:
  const int port_;
};

}  // namespace launchgate::fetch
