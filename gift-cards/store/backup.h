// Backups of a store that goes on serving, and the way back.
//
// A backup is one file without a log beside it, sealed: nothing serves from it,
// and it holds the count and the checksum of its rows, so that a later change of
// a single byte of them is found. A restore makes a new store from it and
// touches neither the backup nor any other file.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "gift-cards/store/layout.h"
#include "gift-cards/store/store.h"

namespace gift_cards {

struct Failure {
  // False: could not be done or read at all. True: what was read is not what
  // was once written, and must not be used.
  bool untrustworthy = false;
  std::string message;  // One sentence.
};

struct BackupReport {
  std::int64_t taken_at = 0;  // Unix milliseconds. Of the backup, also after a restore.
  StoreSummary summary;       // Of the new file.
};

// Copies the store at `source` into the new file `target`, as of one instant not
// before `now_ms`: every row that was acknowledged until then is in it. Writers of
// the source are not held up, but its log grows until the copy is done. When the
// file is on the disk the backup is recorded in the source (Store::LastBackupAt).
[[nodiscard]] tl::expected<BackupReport, Failure> TakeBackup(const std::string& source,
                                                             const std::string& target,
                                                             std::int64_t now_ms);

// Makes the store `target`, a new file, from `backup`. Refuses what is no backup,
// what is damaged, and what holds other rows than when it was taken.
[[nodiscard]] tl::expected<BackupReport, Failure> RestoreBackup(const std::string& backup,
                                                                const std::string& target);

}  // namespace gift_cards
