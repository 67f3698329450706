#include "gift-cards/store/backup.h"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "gift-cards/store/new_file.h"
#include "gift-cards/store/rows.h"
#include "gift-cards/store/sqlite.h"
#include "gift-cards/store/verify.h"

namespace gift_cards {
namespace {

// A backup can wait longer for a busy writer than a customer can.
constexpr std::chrono::milliseconds kPatience{5000};

tl::unexpected<Failure> Unusable(std::string sentence) {
  return tl::unexpected(Failure{false, std::move(sentence)});
}

tl::unexpected<Failure> Untrustworthy(std::string sentence) {
  return tl::unexpected(Failure{true, std::move(sentence)});
}

// Copies into the partial file and leaves it open, as one file without a log.
tl::expected<Connection, std::string> CopyInto(Connection& source, const NewFile& file) {
  auto copy = Connection::Open(file.partial(), Access::kWrite, kPatience);
  if (!copy) return copy;
  const auto copied = source.CopyTo(*copy);
  if (!copied) return tl::unexpected(copied.error());
  // The copied header says WAL; a file that is carried around must be complete alone.
  const auto mode = copy->Text("PRAGMA journal_mode = DELETE");
  if (!mode) return tl::unexpected(mode.error());
  return copy;
}

// The seal: whose file it is, and what is in it.
tl::expected<void, std::string> Seal(Connection& copy, const BackupRecord& record) {
  auto begun = copy.Execute("BEGIN IMMEDIATE");
  if (!begun) return begun;
  auto recorded = AddBackupRecord(copy, record);
  if (!recorded) return recorded;
  return copy.Execute(fmt::format("PRAGMA application_id = {}; COMMIT", kBackupApplicationId));
}

tl::expected<void, std::string> RecordInSource(Connection& source, const BackupRecord& record) {
  auto begun = source.Execute("BEGIN IMMEDIATE");
  if (!begun) return begun;
  auto recorded = AddBackupRecord(source, record);
  if (!recorded) return recorded;
  return source.Execute("COMMIT");
}

// The new file's summary; the file is complete and closed afterwards.
tl::expected<StoreSummary, std::string> WriteBackup(Connection& source, const NewFile& file,
                                                    std::int64_t now_ms) {
  auto copy = CopyInto(source, file);
  if (!copy) return tl::unexpected(copy.error());
  auto summary = SummarizeRows(*copy);
  if (!summary) return summary;
  const auto sealed = Seal(*copy, {now_ms, summary->rows, summary->checksum});
  if (!sealed) return tl::unexpected(sealed.error());
  return summary;
}

// Why what was read from a backup must not be used; empty when it may.
std::string WhyUntrustworthy(const std::string& backup, const Verification& found) {
  if (!found.damages.empty()) {
    return fmt::format("{} is damaged ({}): restore an older backup", backup,
                       found.damages.front());
  }
  if (!found.RowsMatch()) {
    return fmt::format("{} has {} rows and had {} when it was taken: restore an older backup",
                       backup, found.summary.rows, found.taken->rows);
  }
  if (!found.ChecksumMatches()) {
    return backup + " holds other rows than when it was taken: restore an older backup";
  }
  return {};
}

// What is checked is the copy: it is what will be served.
tl::expected<Verification, std::string> VerifyCopy(const std::string& path) {
  auto snapshot = Snapshot::Open(path);
  if (!snapshot) return tl::unexpected(snapshot.error());
  return snapshot->Verify();
}

}  // namespace

tl::expected<BackupReport, Failure> TakeBackup(const std::string& source, const std::string& target,
                                               std::int64_t now_ms) {
  auto connection = Connection::Open(source, Access::kWrite, kPatience);
  if (!connection) return Unusable(connection.error());
  const auto kind = Recognize(*connection);
  if (!kind) return Unusable(kind.error());
  if (*kind != FileKind::kStore) {
    return Unusable(source + " is not a store to take a backup of: name the file that is served");
  }
  auto file = NewFile::Create(target);
  if (!file) return Unusable(file.error());
  auto summary = WriteBackup(*connection, *file, now_ms);
  if (!summary) return Unusable(summary.error());
  const auto published = file->Publish();
  if (!published) return Unusable(published.error());
  const auto recorded = RecordInSource(*connection, {now_ms, summary->rows, summary->checksum});
  if (!recorded) {
    return Unusable(fmt::format("{} is complete, but the store does not know of it: {}", target,
                                recorded.error()));
  }
  return BackupReport{now_ms, std::move(*summary)};
}

tl::expected<BackupReport, Failure> RestoreBackup(const std::string& backup,
                                                  const std::string& target) {
  auto source = Snapshot::Open(backup);
  if (!source) return Unusable(source.error());
  if (source->kind() != FileKind::kBackup) {
    return Unusable(backup + " is a store, not a backup: take a backup of it first");
  }
  auto file = NewFile::Create(target);
  if (!file) return Unusable(file.error());
  {
    auto copy = CopyInto(source->connection(), *file);
    if (!copy) return Unusable(copy.error());
  }
  auto found = VerifyCopy(file->partial());
  if (!found) {
    return Unusable(fmt::format("{} cannot be restored: {}", backup, found.error()));
  }
  if (auto why = WhyUntrustworthy(backup, *found); !why.empty()) {
    return Untrustworthy(std::move(why));
  }
  {
    auto copy = Connection::Open(file->partial(), Access::kWrite, kPatience);
    if (!copy) return Unusable(copy.error());
    const auto opened =
        copy->Execute(fmt::format("PRAGMA application_id = {}", kStoreApplicationId));
    if (!opened) return Unusable(opened.error());
  }
  const auto published = file->Publish();
  if (!published) return Unusable(published.error());
  return BackupReport{found->taken->taken_at, std::move(found->summary)};
}

}  // namespace gift_cards
