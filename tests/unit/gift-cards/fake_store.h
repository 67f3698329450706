// A store in memory that keeps the contract of store.h, and fails on demand.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gift-cards/core/request.h"
#include "gift-cards/store/store.h"

namespace gift_cards {

// Thread-safe.
class FakeStore final : public Store {
 public:
  tl::expected<Redemption, std::string> Begin(std::string_view code_digest,
                                              std::int64_t amount_cents,
                                              std::int64_t now_ms) override {
    std::unique_lock lock(mutex_);
    unblocked_.wait(lock, [this] { return !blocked_; });
    ++begins_;
    if (fail_begin_) return tl::unexpected(std::string("disk I/O error"));
    Redemption& row = rows_[std::string(code_digest)];
    if (row.code_digest.empty()) {
      row.code_digest = std::string(code_digest);
      row.amount_cents = amount_cents;
      row.ref = CodeIdentity{row.code_digest}.ref();
      row.begun_at = now_ms;
    }
    return row;
  }

  tl::expected<void, std::string> Complete(std::string_view code_digest, std::string_view charge_id,
                                           std::int64_t now_ms) override {
    const std::lock_guard lock(mutex_);
    if (fail_complete_) return tl::unexpected(std::string("disk full"));
    const auto row = rows_.find(std::string(code_digest));
    if (row == rows_.end()) return tl::unexpected(std::string("no such redemption"));
    if (row->second.state == RedemptionState::kRedeemed) {
      if (row->second.charge_id == charge_id) return {};
      return tl::unexpected(std::string("redeemed under another charge"));
    }
    row->second.state = RedemptionState::kRedeemed;
    row->second.charge_id = std::string(charge_id);
    row->second.redeemed_at = now_ms;
    return {};
  }

  tl::expected<void, std::string> Abandon(std::string_view code_digest) override {
    const std::lock_guard lock(mutex_);
    if (fail_abandon_) return tl::unexpected(std::string("read-only file"));
    const auto row = rows_.find(std::string(code_digest));
    if (row == rows_.end()) return {};
    if (row->second.state == RedemptionState::kRedeemed) {
      return tl::unexpected(std::string("redeemed rows stay"));
    }
    rows_.erase(row);
    return {};
  }

  tl::expected<std::optional<Redemption>, std::string> FindRedeemed(
      std::string_view code_digest) override {
    const std::lock_guard lock(mutex_);
    if (fail_find_) return tl::unexpected(std::string("disk I/O error"));
    const auto row = rows_.find(std::string(code_digest));
    const bool redeemed = row != rows_.end() && row->second.state == RedemptionState::kRedeemed;
    return redeemed ? std::optional(row->second) : std::nullopt;
  }

  tl::expected<std::vector<Redemption>, std::string> Pending(std::int64_t before_ms,
                                                             std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    if (fail_pending_) return tl::unexpected(std::string("disk I/O error"));
    std::vector<Redemption> found;
    for (const auto& [digest, row] : rows_) {
      if (row.state == RedemptionState::kPending && row.begun_at < before_ms) found.push_back(row);
    }
    std::stable_sort(found.begin(), found.end(), [](const Redemption& a, const Redemption& b) {
      return a.begun_at < b.begun_at;
    });
    if (found.size() > limit) found.resize(limit);
    return found;
  }

  tl::expected<void, std::string> Ping() override {
    const std::lock_guard lock(mutex_);
    if (fail_ping_) return tl::unexpected(std::string("the file is gone"));
    return {};
  }

  tl::expected<StoreSummary, std::string> Summarize() override {
    const std::lock_guard lock(mutex_);
    StoreSummary summary;
    for (const auto& [digest, row] : rows_) {
      ++summary.rows;
      if (row.state == RedemptionState::kPending) ++summary.pending;
      if (row.state != RedemptionState::kRedeemed) continue;
      ++summary.redeemed;
      summary.redeemed_cents += row.amount_cents;
    }
    return summary;
  }

  tl::expected<std::int64_t, std::string> LastBackupAt() override {
    const std::lock_guard lock(mutex_);
    return last_backup_at_;
  }

  // What a test sets and looks at.
  void FailBegin(bool fail) { Set(fail_begin_, fail); }
  void FailComplete(bool fail) { Set(fail_complete_, fail); }
  void FailAbandon(bool fail) { Set(fail_abandon_, fail); }
  void FailPending(bool fail) { Set(fail_pending_, fail); }
  void FailFind(bool fail) { Set(fail_find_, fail); }
  void FailPing(bool fail) { Set(fail_ping_, fail); }
  // Begin() hangs, as over a disk that does not answer.
  void Block(bool block) {
    Set(blocked_, block);
    unblocked_.notify_all();
  }
  void SetLastBackup(std::int64_t unix_ms) { Set(last_backup_at_, unix_ms); }
  int begins() const {
    const std::lock_guard lock(mutex_);
    return begins_;
  }
  std::optional<Redemption> Find(std::string_view code_digest) const {
    const std::lock_guard lock(mutex_);
    const auto row = rows_.find(std::string(code_digest));
    if (row == rows_.end()) return std::nullopt;
    return row->second;
  }

 private:
  template <typename T>
  void Set(T& member, T value) {
    const std::lock_guard lock(mutex_);
    member = value;
  }

  mutable std::mutex mutex_;  // Guards everything below.
  std::condition_variable unblocked_;
  std::map<std::string, Redemption> rows_;
  bool blocked_ = false;
  bool fail_begin_ = false;
  bool fail_complete_ = false;
  bool fail_abandon_ = false;
  bool fail_pending_ = false;
  bool fail_find_ = false;
  bool fail_ping_ = false;
  std::int64_t last_backup_at_ = 0;
  int begins_ = 0;
};

}  // namespace gift_cards
