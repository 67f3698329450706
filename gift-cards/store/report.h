// What the commands print, as text for people and as JSON for scripts.
#pragma once

#include <optional>
#include <string>

#include "gift-cards/store/backup.h"
#include "gift-cards/store/verify.h"

namespace gift_cards {

enum class OutputFormat { kText, kJson };

struct VerifiedFile {
  std::string path;
  Verification found;
};

struct VerifyReport {
  VerifiedFile database;
  std::optional<VerifiedFile> against;
  Relation relation = Relation::kEqual;
  Comparison comparison;  // Of `database` with `against`, if there is one.

  // The checks of a drill record (docs/evidence.md), over both files.
  [[nodiscard]] bool Undamaged() const;
  [[nodiscard]] bool RowsMatch() const;        // Counts as recorded; none missing or extra.
  [[nodiscard]] bool ChecksumMatches() const;  // Fields as recorded; no row differs.
  [[nodiscard]] bool Good() const { return Undamaged() && RowsMatch() && ChecksumMatches(); }
};

// Each ends with a line feed. Times are Unix milliseconds in JSON and RFC 3339 in text.
[[nodiscard]] std::string Render(const VerifyReport& report, OutputFormat format);
// `verb`: "backed up" or "restored".
[[nodiscard]] std::string Render(const BackupReport& report, const std::string& verb,
                                 const std::string& target, OutputFormat format);
// One redemption, without what separates it from the next.
[[nodiscard]] std::string Render(const Redemption& row, OutputFormat format);

}  // namespace gift_cards
