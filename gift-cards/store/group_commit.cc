#include "gift-cards/store/group_commit.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "platform/fail.h"

namespace gift_cards {

using launchgate::platform::Fail;

GroupCommit::GroupCommit(Statement begin, Statement commit, Statement rollback,
                         std::size_t max_changes)
    : begin_(std::move(begin)),
      commit_(std::move(commit)),
      rollback_(std::move(rollback)),
      max_changes_(max_changes) {}

tl::expected<std::unique_ptr<GroupCommit>, std::string> GroupCommit::Make(
    Connection& connection, std::size_t max_changes_per_commit) {
  // IMMEDIATE: a lock that is asked for in the middle of a transaction cannot be
  // waited for when another process has written meanwhile.
  auto begin = connection.Prepare("BEGIN IMMEDIATE");
  if (!begin) return Fail(begin.error());
  auto commit = connection.Prepare("COMMIT");
  if (!commit) return Fail(commit.error());
  auto rollback = connection.Prepare("ROLLBACK");
  if (!rollback) return Fail(rollback.error());
  return std::unique_ptr<GroupCommit>(new GroupCommit(
      std::move(*begin), std::move(*commit), std::move(*rollback), max_changes_per_commit));
}

tl::expected<void, std::string> GroupCommit::Run(const Change& change) {
  Waiter self{&change, {}, false, {}};
  std::unique_lock lock(mutex_);
  line_.push_back(&self);
  self.turn.wait(lock, [&] { return self.done || line_.front() == &self; });
  if (self.done) return self.result;

  const std::size_t size = std::min(line_.size(), max_changes_);
  const std::vector<Waiter*> group(line_.begin(),
                                   line_.begin() + static_cast<std::ptrdiff_t>(size));
  lock.unlock();  // Others may line up; nobody else can lead while we stand in front.
  auto result = CommitTogether(group);
  lock.lock();

  line_.erase(line_.begin(), line_.begin() + static_cast<std::ptrdiff_t>(size));
  for (Waiter* follower : group) {
    if (follower == &self) continue;
    follower->result = result;
    follower->done = true;
    // Under the lock: afterwards the follower may be gone, and its `turn` with it.
    follower->turn.notify_one();
  }
  if (!line_.empty()) line_.front()->turn.notify_one();
  return result;
}

tl::expected<void, std::string> GroupCommit::CommitTogether(const std::vector<Waiter*>& group) {
  auto result = begin_.Run();
  if (!result) return result;
  for (const Waiter* waiter : group) {
    result = (*waiter->change)();
    if (!result) break;
  }
  if (result) result = commit_.Run();
  // SQLite has rolled back by itself after some errors; then this one fails, and
  // there is nothing left to undo.
  if (!result) (void)rollback_.Run();
  return result;
}

}  // namespace gift_cards
