// The provider's HTTP interface: README.md has its contract.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "payments-stub/knobs.h"

namespace payments_stub {

struct ServiceOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one.
  Knobs knobs;
  std::uint64_t seed = 1;  // Of the dice.

  // Late and silent answers held at the same time; beyond, a request is answered 503
  // and counted as failed.
  std::size_t max_waiting = 50'000;
  std::chrono::milliseconds max_hang{600'000};  // A silent answer is given up, with 504.
};

// Serves until it is destroyed. Thread-safe.
class Service {
 public:
  // The error is one sentence for whoever starts the process.
  static tl::expected<std::unique_ptr<Service>, std::string> Start(ServiceOptions options);

  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();  // Late and silent answers are dropped, not waited for.

  std::uint16_t port() const;

 private:
  class Impl;
  explicit Service(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace payments_stub
