// The customers of the crash test: they redeem a list of codes and ask again until
// they are told "redeemed", while the service under them is killed and restarted.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/result.h"

namespace harness {

inline constexpr std::uint64_t kMaxRedemptions = 1'000'000;
inline constexpr int kMaxConnections = 256;

struct RedeemAllOptions {
  std::string service_url = {};
  std::uint64_t seed = 1;
  std::uint64_t count = 10'000;  // Codes 0 to count - 1 of the seed; at most kMaxRedemptions.
  int connections = 16;          // One customer at a time on each; at most kMaxConnections.
  // A customer gives up on a code after so many tries. With the pauses below that is
  // minutes, far longer than any restart.
  int max_attempts = 400;
  std::chrono::milliseconds patience{2'000};  // Per try; longer than the service's deadline.
  std::chrono::milliseconds pause{50};        // Between tries, where the service names none.
  // Retry-After is respected up to this: a test that waited out every polite second
  // would mostly test waiting.
  std::chrono::milliseconds longest_pause{250};
};

// What the customer was told last.
struct Acknowledged {
  std::string code_digest;
  std::string charge_id;
};

struct RedeemAllResult {
  std::uint64_t acknowledged = 0;
  std::uint64_t attempts = 0;
  std::uint64_t refused = 0;    // Tries that were answered, but not with "redeemed".
  std::uint64_t cut = 0;        // Tries without an answer: crashed, restarting or too slow.
  std::uint64_t abandoned = 0;  // Codes that were given up on.
};

// Called under a lock, from any of the connections' threads, as soon as the customer
// was told. False: stop, what is to be written cannot be written.
using OnAcknowledged = std::function<bool(const Acknowledged&)>;

// Blocks until every code is acknowledged or given up. An error is one of the options,
// of this machine, or that `on_acknowledged` said stop.
[[nodiscard]] Result<RedeemAllResult> RedeemAll(const RedeemAllOptions& options,
                                                const OnAcknowledged& on_acknowledged);

// The charge of an answer {"status": "redeemed", "chargeId": ...}; empty where the body
// says anything else.
std::string ChargeIdOf(const std::string& body);

}  // namespace harness
