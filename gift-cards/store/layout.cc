#include "gift-cards/store/layout.h"

#include <fmt/format.h>

#include <utility>

#include "platform/fail.h"

namespace gift_cards {
namespace {

using launchgate::platform::Fail;

// What can be derived is derived (ref), and what cannot be is checked: no row can
// be half redeemed, whoever writes it.
constexpr const char* kTables = R"sql(
CREATE TABLE redemptions (
  code_digest  TEXT NOT NULL PRIMARY KEY
               CHECK (length(code_digest) = 64 AND code_digest NOT GLOB '*[^0-9a-f]*'),
  amount_cents INTEGER NOT NULL CHECK (amount_cents > 0),
  ref          TEXT NOT NULL GENERATED ALWAYS AS ('gc-' || substr(code_digest, 1, 40)) VIRTUAL,
  state        TEXT NOT NULL CHECK (state IN ('pending', 'redeemed')),
  charge_id    TEXT CHECK (charge_id <> ''),
  begun_at     INTEGER NOT NULL,
  redeemed_at  INTEGER,
  CHECK ((state = 'redeemed') = (charge_id IS NOT NULL)),
  CHECK ((state = 'redeemed') = (redeemed_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_redemptions ON redemptions (begun_at) WHERE state = 'pending';
CREATE TABLE backups (
  id       INTEGER PRIMARY KEY,
  taken_at INTEGER NOT NULL,
  rows     INTEGER NOT NULL CHECK (rows >= 0),
  checksum TEXT NOT NULL CHECK (length(checksum) = 64)
) STRICT;
)sql";

tl::expected<void, std::string> CreateTables(Connection& connection) {
  auto begun = connection.Execute("BEGIN IMMEDIATE");
  if (!begun) return begun;
  // Another process may have been quicker.
  const auto kind = Recognize(connection);
  if (!kind) return Fail(kind.error());
  if (*kind != FileKind::kEmpty) return connection.Execute("COMMIT");
  return connection.Execute(
      fmt::format("{} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT", kTables,
                  kStoreApplicationId, kLayoutVersion));
}

// FULL: the log is flushed to the disk with every commit, before it returns.
tl::expected<void, std::string> MakeDurable(Connection& connection) {
  const auto mode = connection.Text("PRAGMA journal_mode = WAL");
  if (!mode) return Fail(mode.error());
  if (*mode != "wal") {
    return Fail(
        fmt::format("{} cannot have a write-ahead log: put it on a local disk", connection.path()));
  }
  return connection.Execute(
      fmt::format("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {}; "
                  "PRAGMA journal_size_limit = {}",
                  kCheckpointPages, kMaxIdleLogBytes));
}

}  // namespace

tl::expected<FileKind, std::string> Recognize(Connection& connection) {
  const auto application = connection.Integer("PRAGMA application_id");
  if (!application) return Fail(application.error());
  const auto version = connection.Integer("PRAGMA user_version");
  if (!version) return Fail(version.error());
  const auto objects = connection.Integer("SELECT count(*) FROM sqlite_schema");
  if (!objects) return Fail(objects.error());
  if (*application == 0 && *version == 0 && *objects == 0) return FileKind::kEmpty;
  if (*application != kStoreApplicationId && *application != kBackupApplicationId) {
    return Fail(
        fmt::format("{} is a database of another program: name the file of a gift-cards "
                    "store",
                    connection.path()));
  }
  if (*version > kLayoutVersion) {
    return Fail(
        fmt::format("{} was written by a newer gift-cards (layout {}, this one knows {}): "
                    "run that version, or restore a backup that this one took",
                    connection.path(), *version, kLayoutVersion));
  }
  return *application == kStoreApplicationId ? FileKind::kStore : FileKind::kBackup;
}

tl::expected<Connection, std::string> OpenSnapshot(const std::string& path) {
  // Not kRead: on a read-only database SQLite leaves CHECK constraints aside, and
  // integrity_check would not find the rows that break one.
  auto connection = Connection::Open(path, Access::kWrite, kBusyTimeout);
  if (!connection) return connection;
  const auto begun = connection->Execute("PRAGMA query_only = ON; BEGIN");
  if (!begun) return Fail(begun.error());
  const auto kind = Recognize(*connection);  // The first read is what takes the snapshot.
  if (!kind) return Fail(kind.error());
  if (*kind == FileKind::kEmpty) {
    return Fail(fmt::format("{} is empty: name the file of a gift-cards store", path));
  }
  return connection;
}

tl::expected<Connection, std::string> OpenOrCreateStore(const std::string& path) {
  auto connection = Connection::Open(path, Access::kCreate, kBusyTimeout);
  if (!connection) return connection;
  // Before anything is changed: the file may be somebody else's.
  const auto kind = Recognize(*connection);
  if (!kind) return Fail(kind.error());
  if (*kind == FileKind::kBackup) {
    return Fail(
        fmt::format("{} is a backup: restore it into a new file, and serve from that", path));
  }
  const auto durable = MakeDurable(*connection);
  if (!durable) return Fail(durable.error());
  if (*kind == FileKind::kEmpty) {
    const auto created = CreateTables(*connection);
    if (!created) return Fail(created.error());
  }
  return connection;
}

tl::expected<void, std::string> AddBackupRecord(Connection& connection,
                                                const BackupRecord& record) {
  auto insert =
      connection.Prepare("INSERT INTO backups (taken_at, rows, checksum) VALUES (?, ?, ?)");
  if (!insert) return Fail(insert.error());
  auto added = insert->Bind(record.taken_at).Bind(record.rows).Bind(record.checksum).Run();
  if (!added) return added;
  return connection.Execute(
      fmt::format("DELETE FROM backups WHERE id NOT IN "
                  "(SELECT id FROM backups ORDER BY id DESC LIMIT {})",
                  kMaxBackupRecords));
}

tl::expected<BackupRecord, std::string> NewestBackupRecord(Connection& connection) {
  auto select =
      connection.Prepare("SELECT taken_at, rows, checksum FROM backups ORDER BY id DESC LIMIT 1");
  if (!select) return Fail(select.error());
  const auto row = select->Step();
  if (!row) return Fail(row.error());
  if (!*row) return BackupRecord{};
  return BackupRecord{select->Integer(0), select->Integer(1), std::string(select->Text(2))};
}

}  // namespace gift_cards
