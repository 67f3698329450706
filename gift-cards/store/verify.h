// Is a store what it should be? By itself, and beside another one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "gift-cards/store/layout.h"
#include "gift-cards/store/sqlite.h"
#include "gift-cards/store/store.h"

namespace gift_cards {

inline constexpr int kMaxNamedDamages = 10;
// A row has the time of its request and is committed a little later, so the
// youngest rows before a backup may rightly be missing from it. None is this late.
inline constexpr std::int64_t kCommitAllowanceMs = 10'000;

struct Verification {
  FileKind kind = FileKind::kStore;
  StoreSummary summary;
  // What SQLite's integrity_check found: broken pages, an index without its row,
  // a row that breaks a CHECK. Empty when all is well.
  std::vector<std::string> damages;
  // In a backup: when it was taken and what was in it then.
  std::optional<BackupRecord> taken;

  [[nodiscard]] bool RowsMatch() const { return !taken || taken->rows == summary.rows; }
  [[nodiscard]] bool ChecksumMatches() const {
    return !taken || taken->checksum == summary.checksum;
  }
  [[nodiscard]] bool Good() const { return damages.empty() && RowsMatch() && ChecksumMatches(); }
};

// What a file should be to the one it is compared with.
enum class Relation {
  kEqual,    // The same rows.
  kEarlier,  // The same store some time ago: a backup beside the live one.
};

struct Comparison {
  std::int64_t same = 0;
  std::int64_t missing = 0;    // In the other one only.
  std::int64_t extra = 0;      // In this one only.
  std::int64_t different = 0;  // In both, with other fields.
  // With kEarlier only, and no difference then: what rightly happens with time.
  std::int64_t begun_since = 0;    // In the other only, and young enough.
  std::int64_t settled_since = 0;  // Pending here; completed or abandoned there.
  // By how much the newest row of the other is newer; 0 when it is not.
  std::int64_t data_loss_ms = 0;

  [[nodiscard]] bool Good() const { return missing == 0 && extra == 0 && different == 0; }
};

// A file as of one instant, whatever is written to it meanwhile. Not thread-safe.
class Snapshot {
 public:
  // Needs no right to change the file. Errors are as those of a store.
  [[nodiscard]] static tl::expected<Snapshot, std::string> Open(const std::string& path);

  // Reads every page and every row.
  [[nodiscard]] tl::expected<Verification, std::string> Verify();

  // One pass over both, in the order of the digest.
  [[nodiscard]] tl::expected<Comparison, std::string> CompareWith(Snapshot& other,
                                                                  Relation relation);

  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] FileKind kind() const { return kind_; }

 private:
  Snapshot(Connection connection, FileKind kind);

  Connection connection_;
  FileKind kind_;
};

// The findings of integrity_check, at most kMaxNamedDamages.
[[nodiscard]] tl::expected<std::vector<std::string>, std::string> FindDamages(
    Connection& connection);

}  // namespace gift_cards
