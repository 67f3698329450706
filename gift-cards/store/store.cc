#include "gift-cards/store/store.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "gift-cards/store/group_commit.h"
#include "gift-cards/store/layout.h"
#include "gift-cards/store/rows.h"
#include "gift-cards/store/sqlite.h"
#include "platform/fail.h"

namespace gift_cards {
namespace {

using launchgate::platform::Fail;

constexpr std::size_t kDigestCharacters = 64;
constexpr std::size_t kNamedDigestCharacters = 12;  // As many as a log line has.

bool IsDigest(std::string_view text) {
  return text.size() == kDigestCharacters && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string Name(std::string_view code_digest) {
  return fmt::format("code {}", code_digest.substr(0, kNamedDigestCharacters));
}

// Which file a path leads to.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

FileIdentity IdentityOf(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

struct WriteStatements {
  Statement insert;
  Statement select;
  Statement complete;
  Statement abandon;
};

struct ReadStatements {
  Statement redeemed;
  Statement pending;
  Statement ping;
};

tl::expected<WriteStatements, std::string> PrepareWrites(Connection& connection) {
  auto insert = connection.Prepare(
      "INSERT INTO redemptions (code_digest, amount_cents, state, begun_at) "
      "VALUES (?, ?, 'pending', ?) ON CONFLICT DO NOTHING");
  if (!insert) return Fail(insert.error());
  auto select = connection.Prepare(
      fmt::format("SELECT {} FROM redemptions WHERE code_digest = ?", kRowColumns));
  if (!select) return Fail(select.error());
  auto complete = connection.Prepare(
      "UPDATE redemptions SET state = 'redeemed', charge_id = ?, redeemed_at = ? "
      "WHERE code_digest = ? AND state = 'pending'");
  if (!complete) return Fail(complete.error());
  auto abandon =
      connection.Prepare("DELETE FROM redemptions WHERE code_digest = ? AND state = 'pending'");
  if (!abandon) return Fail(abandon.error());
  return WriteStatements{std::move(*insert), std::move(*select), std::move(*complete),
                         std::move(*abandon)};
}

tl::expected<ReadStatements, std::string> PrepareReads(Connection& connection) {
  auto redeemed = connection.Prepare(fmt::format(
      "SELECT {} FROM redemptions WHERE code_digest = ? AND state = 'redeemed'", kRowColumns));
  if (!redeemed) return Fail(redeemed.error());
  auto pending = connection.Prepare(
      fmt::format("SELECT {} FROM redemptions WHERE state = 'pending' AND begun_at < ? "
                  "ORDER BY begun_at, code_digest LIMIT ?",
                  kRowColumns));
  if (!pending) return Fail(pending.error());
  auto ping = connection.Prepare("SELECT code_digest FROM redemptions LIMIT 1");
  if (!ping) return Fail(ping.error());
  return ReadStatements{std::move(*redeemed), std::move(*pending), std::move(*ping)};
}

class SqliteStore final : public Store {
 public:
  SqliteStore(Connection writer, Connection reader)
      : writer_(std::move(writer)), reader_(std::move(reader)) {}

  [[nodiscard]] tl::expected<void, std::string> Prepare();

  tl::expected<Redemption, std::string> Begin(std::string_view code_digest,
                                              std::int64_t amount_cents,
                                              std::int64_t now_ms) override;
  tl::expected<void, std::string> Complete(std::string_view code_digest, std::string_view charge_id,
                                           std::int64_t now_ms) override;
  tl::expected<void, std::string> Abandon(std::string_view code_digest) override;
  tl::expected<std::optional<Redemption>, std::string> FindRedeemed(
      std::string_view code_digest) override;
  tl::expected<std::vector<Redemption>, std::string> Pending(std::int64_t before_ms,
                                                             std::size_t limit) override;
  tl::expected<void, std::string> Ping() override;
  tl::expected<StoreSummary, std::string> Summarize() override;
  tl::expected<std::int64_t, std::string> LastBackupAt() override;

 private:
  // The row as the transaction under way sees it. Only from within a change.
  tl::expected<std::optional<Redemption>, std::string> Find(std::string_view code_digest);

  // In the order of what needs what; the writer is closed last, which writes the
  // log back.
  Connection writer_;
  std::optional<WriteStatements> writes_;  // Like writer_: only from within a change.
  std::unique_ptr<GroupCommit> commits_;
  std::mutex reader_mutex_;  // Guards reader_ and reads_.
  Connection reader_;
  std::optional<ReadStatements> reads_;
  FileIdentity identity_;
};

tl::expected<void, std::string> SqliteStore::Prepare() {
  auto writes = PrepareWrites(writer_);
  if (!writes) return Fail(writes.error());
  auto commits = GroupCommit::Make(writer_);
  if (!commits) return Fail(commits.error());
  auto reads = PrepareReads(reader_);
  if (!reads) return Fail(reads.error());
  writes_ = std::move(*writes);
  commits_ = std::move(*commits);
  reads_ = std::move(*reads);
  identity_ = IdentityOf(writer_.path());
  return {};
}

tl::expected<std::optional<Redemption>, std::string> SqliteStore::Find(
    std::string_view code_digest) {
  const ResetAtEnd reset(writes_->select);
  const auto row = writes_->select.Bind(code_digest).Step();
  if (!row) return Fail(row.error());
  if (!*row) return std::nullopt;
  return ReadRow(writes_->select);
}

tl::expected<Redemption, std::string> SqliteStore::Begin(std::string_view code_digest,
                                                         std::int64_t amount_cents,
                                                         std::int64_t now_ms) {
  if (!IsDigest(code_digest)) return Fail("a redemption is begun by a SHA-256 in lowercase hex");
  if (amount_cents <= 0) return Fail("a redemption has a positive amount");
  std::optional<Redemption> found;
  const auto committed = commits_->Run([&]() -> tl::expected<void, std::string> {
    auto added = writes_->insert.Bind(code_digest).Bind(amount_cents).Bind(now_ms).Run();
    if (!added) return added;
    auto row = Find(code_digest);
    if (!row) return Fail(row.error());
    found = std::move(*row);
    return {};
  });
  if (!committed) return Fail(committed.error());
  if (!found) return Fail(Name(code_digest) + " was not found although it was just written");
  return std::move(*found);
}

tl::expected<void, std::string> SqliteStore::Complete(std::string_view code_digest,
                                                      std::string_view charge_id,
                                                      std::int64_t now_ms) {
  if (charge_id.empty() || charge_id.size() > kMaxChargeIdBytes) {
    return Fail(fmt::format("a charge id has 1 to {} bytes", kMaxChargeIdBytes));
  }
  std::optional<Redemption> found;
  auto committed = commits_->Run([&]() -> tl::expected<void, std::string> {
    auto updated = writes_->complete.Bind(charge_id).Bind(now_ms).Bind(code_digest).Run();
    if (!updated) return updated;
    auto row = Find(code_digest);
    if (!row) return Fail(row.error());
    found = std::move(*row);
    return {};
  });
  if (!committed) return committed;
  if (!found) return Fail(Name(code_digest) + " was never begun, or was abandoned");
  if (found->charge_id != charge_id) {
    return Fail(
        fmt::format("{} is redeemed by another charge, {}", Name(code_digest), found->charge_id));
  }
  return {};
}

tl::expected<void, std::string> SqliteStore::Abandon(std::string_view code_digest) {
  std::optional<Redemption> left;
  auto committed = commits_->Run([&]() -> tl::expected<void, std::string> {
    auto removed = writes_->abandon.Bind(code_digest).Run();
    if (!removed) return removed;
    auto row = Find(code_digest);
    if (!row) return Fail(row.error());
    left = std::move(*row);
    return {};
  });
  if (!committed) return committed;
  if (left) return Fail(Name(code_digest) + " is redeemed and cannot be abandoned");
  return {};
}

tl::expected<std::optional<Redemption>, std::string> SqliteStore::FindRedeemed(
    std::string_view code_digest) {
  const std::lock_guard lock(reader_mutex_);
  Statement& select = reads_->redeemed;
  const ResetAtEnd reset(select);
  const auto row = select.Bind(code_digest).Step();
  if (!row) return Fail(row.error());
  if (!*row) return std::nullopt;
  return ReadRow(select);
}

tl::expected<std::vector<Redemption>, std::string> SqliteStore::Pending(std::int64_t before_ms,
                                                                        std::size_t limit) {
  const std::lock_guard lock(reader_mutex_);
  Statement& select = reads_->pending;
  const ResetAtEnd reset(select);
  select.Bind(before_ms).Bind(static_cast<std::int64_t>(limit));
  std::vector<Redemption> rows;
  while (true) {
    const auto row = select.Step();
    if (!row) return Fail(row.error());
    if (!*row) return rows;
    rows.push_back(ReadRow(select));
  }
}

tl::expected<void, std::string> SqliteStore::Ping() {
  // SQLite goes on writing to a file that has lost its name; nobody would find it again.
  if (IdentityOf(writer_.path()) != identity_) {
    return Fail(writer_.path() +
                " was removed or replaced while in use: restart gift-cards on the right file");
  }
  const std::lock_guard lock(reader_mutex_);
  return reads_->ping.Run();
}

tl::expected<StoreSummary, std::string> SqliteStore::Summarize() {
  // It reads every row: on a connection of its own it holds up nobody.
  auto snapshot = OpenSnapshot(writer_.path());
  if (!snapshot) return Fail(snapshot.error());
  return SummarizeRows(*snapshot);
}

tl::expected<std::int64_t, std::string> SqliteStore::LastBackupAt() {
  const std::lock_guard lock(reader_mutex_);
  const auto record = NewestBackupRecord(reader_);
  if (!record) return Fail(record.error());
  return record->taken_at;
}

}  // namespace

tl::expected<std::unique_ptr<Store>, std::string> Store::Open(const std::string& path) {
  auto writer = OpenOrCreateStore(path);
  if (!writer) return Fail(writer.error());
  auto reader = Connection::Open(path, Access::kRead, kBusyTimeout);
  if (!reader) return Fail(reader.error());
  auto store = std::make_unique<SqliteStore>(std::move(*writer), std::move(*reader));
  const auto prepared = store->Prepare();
  if (!prepared) return Fail(prepared.error());
  return store;
}

}  // namespace gift_cards
