// What a store's file looks like, and how to tell one from any other file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "gift-cards/store/sqlite.h"

namespace gift_cards {

// `PRAGMA application_id`: whose file this is. A backup is sealed by an id of
// its own, so that nothing serves from it and changes it by mistake.
inline constexpr std::int64_t kStoreApplicationId = 0x47435354;   // "GCST"
inline constexpr std::int64_t kBackupApplicationId = 0x47434250;  // "GCBP"
// `PRAGMA user_version`: goes up with every change of the tables.
inline constexpr std::int64_t kLayoutVersion = 1;

// The log is written back once it has this many pages of 4 KiB, by whoever
// commits next. A long reader delays that; the log then grows until it has
// ended, and is cut to kMaxIdleLogBytes.
inline constexpr int kCheckpointPages = 4096;
inline constexpr int kMaxIdleLogBytes = 32 << 20;

// Older records of backups are forgotten.
inline constexpr int kMaxBackupRecords = 100;

enum class FileKind { kEmpty, kStore, kBackup };

// What this file is. An error, in a sentence, for a file of another program and
// for one that a newer version of this one made. Changes nothing.
[[nodiscard]] tl::expected<FileKind, std::string> Recognize(Connection& connection);

// Opens a file that must be there and be of one of these kinds, within one
// snapshot: everything read through the connection is as of now.
[[nodiscard]] tl::expected<Connection, std::string> OpenSnapshot(const std::string& path);

// Opens a store to write to it, and makes it where there is none. What is
// committed through the connection is on the disk.
[[nodiscard]] tl::expected<Connection, std::string> OpenOrCreateStore(const std::string& path);

// One line of the table `backups`: in the store when it was last copied, in the
// copy what must be found in it.
struct BackupRecord {
  std::int64_t taken_at = 0;  // Unix milliseconds.
  std::int64_t rows = 0;
  std::string checksum;
};

// Remembers one more and forgets the oldest. To be called within a transaction.
[[nodiscard]] tl::expected<void, std::string> AddBackupRecord(Connection& connection,
                                                              const BackupRecord& record);
// All zero where there is none.
[[nodiscard]] tl::expected<BackupRecord, std::string> NewestBackupRecord(Connection& connection);

}  // namespace gift_cards
