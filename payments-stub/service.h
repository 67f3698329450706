// The provider's HTTP interface: README.md has its contract.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "payments-stub/charges.h"
#include "payments-stub/knobs.h"

namespace payments_stub {

inline constexpr std::size_t kMaxConnections = 8192;

struct ServiceOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one.
  Knobs knobs = {};
  std::uint64_t seed = 1;  // Of the dice: the same requests, one by one, meet the same fate.
  std::size_t max_charges = kMaxCharges;  // Beyond: 507.

  // Late and silent answers held at the same time, each with its connection. Beyond, a
  // request is answered 503 at once and counted as failed; like other failures, it may
  // have been charged. Fewer than kMaxConnections, so that /knobs can always be reached.
  std::size_t max_waiting = kMaxConnections / 2;

  // A silent answer is given up after this long, with 504. A client that leaves earlier is
  // not noticed: the server does not read from a connection that waits for its answer.
  std::chrono::milliseconds max_hang{600'000};
};

// Serves until it is destroyed. Thread-safe.
class Service {
 public:
  // The error is one sentence for whoever starts the process.
  [[nodiscard]] static tl::expected<std::unique_ptr<Service>, std::string> Start(
      ServiceOptions options);

  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();  // Late and silent answers are dropped (500), not waited for.

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Impl;
  explicit Service(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace payments_stub
