// The charges that were made, by the caller's reference. Asking again under the
// same reference is the same charge: that is what makes a retry safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace payments_stub {

struct Charge {
  std::string ref;  // The caller's.
  std::int64_t amount_cents = 0;
  std::string charge_id;  // Ours, "ch_" and a number; the same for every repeat of `ref`.
};

enum class ChargeOutcome {
  kCreated,
  kReplayed,  // Was there with the same amount.
  kConflict,  // Was there with another amount: nothing is charged.
  kFull,      // kMaxCharges are there: nothing is charged.
};

inline constexpr std::size_t kMaxCharges = 1'000'000;

// Thread-safe: mutex_ guards everything. Lives as long as the process.
class ChargeBook {
 public:
  explicit ChargeBook(std::size_t max_charges = kMaxCharges) : max_charges_(max_charges) {}

  struct Result {
    ChargeOutcome outcome = ChargeOutcome::kFull;
    Charge charge;  // What is in the book under `ref`; empty for kFull.
  };
  Result Add(std::string_view ref, std::int64_t amount_cents);

  std::vector<Charge> All() const;  // In the order of their references.
  std::size_t size() const;

 private:
  const std::size_t max_charges_;
  mutable std::mutex mutex_;
  std::map<std::string, Charge, std::less<>> charges_;
};

}  // namespace payments_stub
