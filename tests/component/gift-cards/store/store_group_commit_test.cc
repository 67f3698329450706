// Changes that wait at the same time share a commit, and its fate.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gift-cards/store/group_commit.h"
#include "gift-cards/store/store.h"
#include "tests/component/gift-cards/store/power_cut_vfs.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards {
namespace {

using store_test::DigestOf;
using store_test::MustOpen;
using store_test::PowerCutVfs;
using store_test::TempFolder;

TEST(GroupCommitTest, FlushesOnceForChangesThatWaitTogether) {
  constexpr int kThreads = 16;
  PowerCutVfs disk;
  const TempFolder folder;
  std::atomic<int> asked = 0;
  std::atomic<bool> armed = false;
  // The disk is as slow as it takes for everybody to come.
  disk.BeforeFlush([&] {
    while (armed && asked < kThreads) std::this_thread::yield();
  });
  const auto store = MustOpen(folder.File("store.db"));
  const int before = disk.Flushes("-wal");
  armed = true;

  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        ++asked;
        (void)store->Begin(DigestOf(std::to_string(i)), 1, 1'000);
      });
    }
  }

  // One alone, then all the others; a few for those that were late.
  EXPECT_LE(disk.Flushes("-wal") - before, kThreads / 2);
  EXPECT_EQ(store->Summarize()->rows, kThreads);
}

class GroupCommitFailureTest : public ::testing::Test {
 protected:
  GroupCommitFailureTest() {
    EXPECT_TRUE(connection_.Execute("CREATE TABLE t (n INTEGER PRIMARY KEY)"));
  }

  TempFolder folder_;
  Connection connection_ =
      std::move(*Connection::Open(folder_.File("t.db"), Access::kCreate, kBusyTimeout));
  std::unique_ptr<GroupCommit> commits_ = std::move(*GroupCommit::Make(connection_));
};

TEST_F(GroupCommitFailureTest, UndoesAChangeThatFails) {
  const auto failed = commits_->Run([&]() -> tl::expected<void, std::string> {
    EXPECT_TRUE(connection_.Execute("INSERT INTO t VALUES (1)"));
    return tl::unexpected<std::string>("the disk is full");
  });
  const auto next = commits_->Run([&] { return connection_.Execute("INSERT INTO t VALUES (2)"); });

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(), "the disk is full");
  EXPECT_TRUE(next) << next.error();
  EXPECT_EQ(*connection_.Integer("SELECT group_concat(n) FROM t"), 2);
}

TEST_F(GroupCommitFailureTest, TellsEverybodyInTheTransactionThatItFailed) {
  std::latch others(2);
  std::atomic<int> failures = 0;
  std::atomic<bool> second_runs = false;

  {
    std::vector<std::jthread> threads;
    // Leads alone, until both others are in line or about to be.
    threads.emplace_back([&] {
      const auto result = commits_->Run([&]() -> tl::expected<void, std::string> {
        second_runs = true;
        second_runs.notify_all();
        others.wait();
        return connection_.Execute("INSERT INTO t VALUES (0)");
      });
      EXPECT_TRUE(result) << result.error();
    });
    second_runs.wait(false);
    for (int i = 1; i <= 2; ++i) {
      threads.emplace_back([&] {
        others.count_down();
        const auto result = commits_->Run(
            [&]() -> tl::expected<void, std::string> { return tl::unexpected<std::string>("x"); });
        if (!result) ++failures;
      });
    }
  }

  EXPECT_EQ(failures, 2);
  EXPECT_EQ(*connection_.Integer("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace gift_cards
