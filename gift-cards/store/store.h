// Redemptions on disk, in SQLite. A row is written before the provider is asked
// and completed before the customer is told, so a crash at any instant loses no
// acknowledged redemption and charges nobody twice:
//
//   Begin()    -> pending   durable; its `ref` makes the charge idempotent
//   charge     at the provider, under that ref
//   Complete() -> redeemed  durable; only now may the customer hear "redeemed"
//
// What a crash leaves pending is charged again under the same ref.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace gift_cards {

// A provider's id for a charge is at most this long.
inline constexpr std::size_t kMaxChargeIdBytes = 256;

enum class RedemptionState { kPending, kRedeemed };

struct Redemption {
  // SHA-256 of the code in lowercase hex. A code is as good as money and is
  // stored nowhere.
  std::string code_digest;
  std::int64_t amount_cents = 0;
  std::string ref;  // What the provider knows this charge by.
  RedemptionState state = RedemptionState::kPending;
  std::string charge_id;         // The provider's; empty while pending.
  std::int64_t begun_at = 0;     // Unix time in milliseconds.
  std::int64_t redeemed_at = 0;  // 0 while pending.
};

// What a store holds, to be compared with another.
struct StoreSummary {
  std::int64_t rows = 0;
  std::int64_t pending = 0;
  std::int64_t redeemed = 0;
  std::int64_t redeemed_cents = 0;
  std::string checksum;        // SHA-256 over every row in the order of its digest.
  std::int64_t newest_at = 0;  // Of any row, Unix milliseconds; 0 when empty.
};

// One file in WAL mode with synchronous=FULL: what returned is on the disk.
// Thread-safe. One connection writes; changes that come while a commit is under
// way are committed together by the next one (group_commit.h). Another one
// reads, behind a mutex, and waits for no writer. Errors are one sentence, which
// names no more of a code than the first 12 digits of its digest.
class Store {
 public:
  // Creates the file and its schema where there is none; refuses one that
  // another program made, or a newer version of this one.
  [[nodiscard]] static tl::expected<std::unique_ptr<Store>, std::string> Open(
      const std::string& path);
  virtual ~Store() = default;

  // The row of this code: a new pending one, or whatever is there already, as
  // it is (the caller compares the amount).
  [[nodiscard]] virtual tl::expected<Redemption, std::string> Begin(std::string_view code_digest,
                                                                    std::int64_t amount_cents,
                                                                    std::int64_t now_ms) = 0;

  // Turns a pending row into a redeemed one. Harmless on one that is redeemed
  // under the same charge; an error where there is none, or another charge.
  [[nodiscard]] virtual tl::expected<void, std::string> Complete(std::string_view code_digest,
                                                                 std::string_view charge_id,
                                                                 std::int64_t now_ms) = 0;

  // Removes a pending row whose charge the provider refused for good, so that
  // the customer may try another amount. Never removes a redeemed one: that is
  // an error. Harmless where there is no row.
  [[nodiscard]] virtual tl::expected<void, std::string> Abandon(std::string_view code_digest) = 0;

  // The row of a code that is redeemed; nothing for one that is pending or unknown.
  // Reads only, and waits for no writer.
  [[nodiscard]] virtual tl::expected<std::optional<Redemption>, std::string> FindRedeemed(
      std::string_view code_digest) = 0;

  // The oldest pending rows begun before `before_ms`, at most `limit`.
  [[nodiscard]] virtual tl::expected<std::vector<Redemption>, std::string> Pending(
      std::int64_t before_ms, std::size_t limit) = 0;

  // Cheap; what readiness asks. Fails also when the file was removed or replaced.
  [[nodiscard]] virtual tl::expected<void, std::string> Ping() = 0;

  // Reads every row, as of one instant; holds up no writer.
  [[nodiscard]] virtual tl::expected<StoreSummary, std::string> Summarize() = 0;

  // When the newest backup of this store was taken, Unix milliseconds; 0: never.
  [[nodiscard]] virtual tl::expected<std::int64_t, std::string> LastBackupAt() = 0;
};

}  // namespace gift_cards
