// Many small writes, one flush of the disk.
//
// A commit waits for one flush, 3 ms on an ordinary cloud disk, so one commit per
// change would be at most some 300 changes a second, however many threads ask.
// Here the changes that arrive while a commit is under way wait in a line; the
// first of them then leads, and commits all that wait as one transaction. A lone
// change is committed at once. The idea is LevelDB's (DBImpl::Write).
//
// Thread-safe. The mutex guards the line; the connection belongs to the leader.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "gift-cards/store/sqlite.h"

namespace gift_cards {

// Bounds how long the first of a transaction waits for the last.
inline constexpr std::size_t kMaxChangesPerCommit = 128;

class GroupCommit {
 public:
  // Runs inside a transaction, maybe on another caller's thread while its own
  // waits. An error is SQLite's and undoes the transaction of everybody in it;
  // what only concerns the caller ("another charge") is not an error here.
  using Change = std::function<tl::expected<void, std::string>()>;

  // `connection` is used by nobody else from here on and outlives this.
  [[nodiscard]] static tl::expected<std::unique_ptr<GroupCommit>, std::string> Make(
      Connection& connection, std::size_t max_changes_per_commit = kMaxChangesPerCommit);

  // Returns when `change` is on the disk, or is undone and why.
  [[nodiscard]] tl::expected<void, std::string> Run(const Change& change);

 private:
  struct Waiter {
    const Change* change;
    std::condition_variable turn;
    bool done = false;
    tl::expected<void, std::string> result;
  };

  GroupCommit(Statement begin, Statement commit, Statement rollback, std::size_t max_changes);
  tl::expected<void, std::string> CommitTogether(const std::vector<Waiter*>& group);

  Statement begin_;
  Statement commit_;
  Statement rollback_;
  const std::size_t max_changes_;
  std::mutex mutex_;
  std::deque<Waiter*> line_;  // The first one leads; it stays until its group is done.
};

}  // namespace gift_cards
