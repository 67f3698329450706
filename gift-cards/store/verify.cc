#include "gift-cards/store/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "gift-cards/store/rows.h"
#include "platform/fail.h"

namespace gift_cards {
namespace {

using launchgate::platform::Fail;

bool Same(const Redemption& left, const Redemption& right) {
  return left.code_digest == right.code_digest && left.amount_cents == right.amount_cents &&
         left.ref == right.ref && left.state == right.state && left.charge_id == right.charge_id &&
         left.begun_at == right.begun_at && left.redeemed_at == right.redeemed_at;
}

// All rows of one side, one at a time.
class Cursor {
 public:
  static tl::expected<Cursor, std::string> Start(Connection& connection) {
    auto rows = SelectAllRows(connection);
    if (!rows) return Fail(rows.error());
    Cursor cursor(std::move(*rows));
    const auto advanced = cursor.Advance();
    if (!advanced) return Fail(advanced.error());
    return cursor;
  }

  tl::expected<void, std::string> Advance() {
    const auto more = rows_.Step();
    if (!more) return Fail(more.error());
    row_.reset();
    if (!*more) return {};
    row_ = ReadRow(rows_);
    newest_at_ = std::max(newest_at_, NewestOf(*row_));
    return {};
  }

  const std::optional<Redemption>& row() const { return row_; }  // Empty at the end.
  std::int64_t newest_at() const { return newest_at_; }          // Of the rows so far.

 private:
  explicit Cursor(Statement rows) : rows_(std::move(rows)) {}

  Statement rows_;
  std::optional<Redemption> row_;
  std::int64_t newest_at_ = 0;
};

// Counts one digest that either side has. A redeemed row is final; a pending one
// may become redeemed, or be abandoned and even begun again.
class Counter {
 public:
  // `complete_until`: rows begun before must be on this side, too.
  Counter(Relation relation, std::int64_t complete_until)
      : earlier_(relation == Relation::kEarlier), complete_until_(complete_until) {}

  void OnlyHere(const Redemption& row) {
    ++(earlier_ && row.state == RedemptionState::kPending ? counts_.settled_since : counts_.extra);
  }
  void OnlyThere(const Redemption& row) {
    ++(earlier_ && row.begun_at >= complete_until_ ? counts_.begun_since : counts_.missing);
  }
  void Both(const Redemption& here, const Redemption& there) {
    if (Same(here, there)) {
      ++counts_.same;
      return;
    }
    const bool may_settle = earlier_ && here.state == RedemptionState::kPending;
    const bool same_attempt = here.begun_at == there.begun_at;
    const bool settled = same_attempt ? there.state == RedemptionState::kRedeemed &&
                                            there.amount_cents == here.amount_cents
                                      : there.begun_at > here.begun_at;
    ++(may_settle && settled ? counts_.settled_since : counts_.different);
  }

  Comparison counts() const { return counts_; }

 private:
  const bool earlier_;
  const std::int64_t complete_until_;
  Comparison counts_;
};

tl::expected<void, std::string> Merge(Cursor& here, Cursor& there, Counter& counter) {
  while (here.row() || there.row()) {
    const int order = !here.row()    ? 1
                      : !there.row() ? -1
                                     : here.row()->code_digest.compare(there.row()->code_digest);
    if (order < 0) counter.OnlyHere(*here.row());
    if (order > 0) counter.OnlyThere(*there.row());
    if (order == 0) counter.Both(*here.row(), *there.row());
    if (order <= 0) {
      auto advanced = here.Advance();
      if (!advanced) return advanced;
    }
    if (order >= 0) {
      auto advanced = there.Advance();
      if (!advanced) return advanced;
    }
  }
  return {};
}

}  // namespace

Snapshot::Snapshot(Connection connection, FileKind kind)
    : connection_(std::move(connection)), kind_(kind) {}

tl::expected<Snapshot, std::string> Snapshot::Open(const std::string& path) {
  auto connection = OpenSnapshot(path);
  if (!connection) return Fail(connection.error());
  const auto kind = Recognize(*connection);
  if (!kind) return Fail(kind.error());
  return Snapshot(std::move(*connection), *kind);
}

tl::expected<std::vector<std::string>, std::string> FindDamages(Connection& connection) {
  auto check = connection.Prepare(fmt::format("PRAGMA integrity_check({})", kMaxNamedDamages));
  if (!check) return Fail(check.error());
  std::vector<std::string> damages;
  while (true) {
    const auto row = check->Step();
    if (!row) return Fail(row.error());
    if (!*row) return damages;
    if (check->Text(0) != "ok") damages.emplace_back(check->Text(0));
  }
}

tl::expected<Verification, std::string> Snapshot::Verify() {
  Verification result;
  result.kind = kind_;
  auto damages = FindDamages(connection_);
  if (!damages) return Fail(damages.error());
  result.damages = std::move(*damages);
  auto summary = SummarizeRows(connection_);
  if (!summary) return Fail(summary.error());
  result.summary = std::move(*summary);
  if (kind_ != FileKind::kBackup) return result;
  auto taken = NewestBackupRecord(connection_);
  if (!taken) return Fail(taken.error());
  result.taken = std::move(*taken);
  return result;
}

tl::expected<Comparison, std::string> Snapshot::CompareWith(Snapshot& other, Relation relation) {
  const auto taken = NewestBackupRecord(connection_);
  if (!taken) return Fail(taken.error());
  auto here = Cursor::Start(connection_);
  if (!here) return Fail(here.error());
  auto there = Cursor::Start(other.connection_);
  if (!there) return Fail(there.error());
  Counter counter(relation, taken->taken_at - kCommitAllowanceMs);
  const auto merged = Merge(*here, *there, counter);
  if (!merged) return Fail(merged.error());
  Comparison result = counter.counts();
  result.data_loss_ms = std::max<std::int64_t>(0, there->newest_at() - here->newest_at());
  return result;
}

}  // namespace gift_cards
