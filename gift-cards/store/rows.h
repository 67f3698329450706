// Redemptions as rows: read, added up, compared. Used by the store, by backups
// and by the command line, so that all of them mean the same by a row.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "gift-cards/store/sqlite.h"
#include "gift-cards/store/store.h"

namespace gift_cards {

// The columns that ReadRow() expects, in this order, from column 0.
inline constexpr std::string_view kRowColumns =
    "code_digest, amount_cents, ref, state, charge_id, begun_at, redeemed_at";
[[nodiscard]] Redemption ReadRow(const Statement& statement);

[[nodiscard]] std::string_view ToString(RedemptionState state);
// When something last happened to this row, Unix milliseconds.
[[nodiscard]] std::int64_t NewestOf(const Redemption& row);

// A statement that gives every row in the order of its digest.
[[nodiscard]] tl::expected<Statement, std::string> SelectAllRows(Connection& connection);

// One pass over all rows. The checksum is SHA-256 over each field of each row as
// "LENGTH:TEXT,", so that no two different stores read the same.
[[nodiscard]] tl::expected<StoreSummary, std::string> SummarizeRows(Connection& connection);

}  // namespace gift_cards
