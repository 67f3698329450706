// Backups of a store in use, and stores made from them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

#include "gift-cards/store/backup.h"
#include "gift-cards/store/rows.h"
#include "gift-cards/store/sqlite.h"
#include "gift-cards/store/store.h"
#include "gift-cards/store/verify.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards {
namespace {

using store_test::DigestOf;
using store_test::MustOpen;
using store_test::ReadFile;
using store_test::Sql;
using store_test::TempFolder;
using store_test::WriteFile;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BackupTest : public ::testing::Test {
 protected:
  BackupTest() { store_test::FillStore(live_, 50); }

  // How many of the names "0" to `end` a store has.
  static int Count(const std::string& path, int end) {
    std::set<std::string> digests;
    auto connection = Connection::Open(path, Access::kRead, kBusyTimeout);
    auto rows = SelectAllRows(*connection);
    while (*rows->Step()) digests.insert(ReadRow(*rows).code_digest);
    int count = 0;
    for (int i = 0; i < end; ++i) count += digests.contains(DigestOf(std::to_string(i))) ? 1 : 0;
    return count;
  }

  TempFolder folder_;
  const std::string live_ = folder_.File("live.db");
  const std::string backup_ = folder_.File("backup.db");
  const std::string restored_ = folder_.File("restored.db");
  // Filled by another process, so to speak, while this one has it open.
  std::unique_ptr<Store> store_ = MustOpen(live_);
};

TEST_F(BackupTest, RestoresWhatWasBackedUp) {
  const auto taken = TakeBackup(live_, backup_, 5'000);
  const auto restored = RestoreBackup(backup_, restored_);

  ASSERT_TRUE(taken) << taken.error().message;
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(taken->taken_at, 5'000);
  EXPECT_EQ(restored->taken_at, 5'000);
  EXPECT_EQ(MustOpen(restored_)->Summarize()->checksum, store_->Summarize()->checksum);
  EXPECT_EQ(restored->summary.rows, 51);
}

TEST_F(BackupTest, GoesOnWithARestoredStoreAsWithTheOriginal) {
  ASSERT_TRUE(TakeBackup(live_, backup_, 5'000));
  ASSERT_TRUE(RestoreBackup(backup_, restored_));

  const auto store = MustOpen(restored_);
  const auto completed = store->Complete(DigestOf("pending"), "ch-late", 9'000);

  EXPECT_TRUE(completed) << completed.error();
  EXPECT_EQ(store->Summarize()->redeemed, 51);
  EXPECT_EQ(*store->LastBackupAt(), 5'000);
}

TEST_F(BackupTest, IsRememberedByTheStore) {
  ASSERT_TRUE(TakeBackup(live_, backup_, 5'000));
  ASSERT_TRUE(TakeBackup(live_, folder_.File("second.db"), 6'000));

  EXPECT_EQ(*store_->LastBackupAt(), 6'000);
}

TEST_F(BackupTest, RemembersABoundedNumberOfBackups) {
  for (int i = 1; i <= kMaxBackupRecords + 5; ++i) {
    const std::string file = folder_.File("backup-" + std::to_string(i));
    ASSERT_TRUE(TakeBackup(live_, file, i));
    std::filesystem::remove(file);
  }

  auto connection = Connection::Open(live_, Access::kRead, kBusyTimeout);
  EXPECT_EQ(*connection->Integer("SELECT count(*) FROM backups"), kMaxBackupRecords);
  EXPECT_EQ(*store_->LastBackupAt(), kMaxBackupRecords + 5);
}

TEST_F(BackupTest, IsOneFileThatNeedsNoLog) {
  store_.reset();

  ASSERT_TRUE(TakeBackup(live_, backup_, 5'000));

  EXPECT_THAT(folder_.Names(), ElementsAre("backup.db", "live.db"));
  const std::string header = ReadFile(backup_).substr(0, 20);
  EXPECT_EQ(header[18], 1);  // "File format write version": 1 is a rollback journal, 2 is WAL.
  EXPECT_EQ(header[19], 1);
}

TEST_F(BackupTest, HoldsAllThatWasAcknowledgedBeforeItBeganWhileOthersWrite) {
  std::atomic<int> acknowledged = 50;
  const std::jthread writer([&](const std::stop_token& stop) {
    for (int i = 50; !stop.stop_requested(); ++i) {
      store_test::Redeem(*store_, std::to_string(i), 100 + i % 100, 3'000);
      acknowledged = i + 1;
      acknowledged.notify_all();
    }
  });

  for (int round = 0; round < 5; ++round) {
    const std::string backup = backup_ + std::to_string(round);
    const std::string restored = restored_ + std::to_string(round);
    // The writer is in the middle of its work whenever a backup begins.
    acknowledged.wait(acknowledged.load());
    const int before = acknowledged;
    const auto taken = TakeBackup(live_, backup, 5'000);
    ASSERT_TRUE(taken) << taken.error().message;
    const auto made = RestoreBackup(backup, restored);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_GE(made->summary.rows, before + 1);  // And the pending one.
    EXPECT_EQ(Count(restored, before), before);
  }
}

TEST_F(BackupTest, DoesNotHoldUpAWriter) {
  // A backup that has taken its snapshot is, to a writer, a reader.
  auto snapshot = Snapshot::Open(live_);
  ASSERT_TRUE(snapshot);

  const auto begun = store_->Begin(DigestOf("meanwhile"), 1, 3'000);

  EXPECT_TRUE(begun) << begun.error();
  EXPECT_EQ(snapshot->Verify()->summary.rows, 51);
  EXPECT_EQ(store_->Summarize()->rows, 52);
}

// --- What is refused -----------------------------------------------------------

struct Refused {
  const char* name;
  std::function<void(const TempFolder& folder)> prepare;
  const char* source;
  const char* target;
  const char* sentence;
};

const std::vector<Refused> kRefusedBackups = {
    {"TargetExists", [](const TempFolder& folder) { WriteFile(folder.File("target"), "precious"); },
     "live.db", "target", "exists and is never overwritten"},
    {"LogOfAnotherBesideTheTarget",
     [](const TempFolder& folder) { WriteFile(folder.File("target-wal"), "old"); }, "live.db",
     "target", "is left of another database"},
    {"JournalOfAnotherBesideTheTarget",
     [](const TempFolder& folder) { WriteFile(folder.File("target-journal"), "old"); }, "live.db",
     "target", "is left of another database"},
    {"AnotherIsMakingIt",
     [](const TempFolder& folder) { WriteFile(folder.File("target.partial"), "half"); }, "live.db",
     "target", "another process is writing it, or was killed"},
    {"NoFolder", [](const TempFolder&) {}, "live.db", "nowhere/target",
     "name a file in a folder that this user may write to"},
    {"NoSource", [](const TempFolder&) {}, "absent.db", "target", "check that the file is there"},
    {"EmptySource", [](const TempFolder& folder) { WriteFile(folder.File("empty.db"), ""); },
     "empty.db", "target", "is not a store to take a backup of"},
    {"BackupAsSource",
     [](const TempFolder& folder) {
       ASSERT_TRUE(TakeBackup(folder.File("live.db"), folder.File("backup.db"), 5'000));
     },
     "backup.db", "target", "is not a store to take a backup of"},
};

const std::vector<Refused> kRefusedRestores = {
    {"TargetExists", [](const TempFolder& folder) { WriteFile(folder.File("target"), "precious"); },
     "backup.db", "target", "exists and is never overwritten"},
    {"LogOfAnotherBesideTheTarget",
     [](const TempFolder& folder) { WriteFile(folder.File("target-wal"), "old"); }, "backup.db",
     "target", "is left of another database"},
    {"LiveStore", [](const TempFolder&) {}, "live.db", "target", "is a store, not a backup"},
    {"NoBackup", [](const TempFolder&) {}, "absent.db", "target", "check that the file is there"},
    {"EmptyFile", [](const TempFolder& folder) { WriteFile(folder.File("empty.db"), ""); },
     "empty.db", "target", "is empty"},
    {"NewerLayout",
     [](const TempFolder& folder) { Sql(folder.File("backup.db"), "PRAGMA user_version = 9"); },
     "backup.db", "target", "written by a newer gift-cards (layout 9, this one knows 1)"},
    {"Truncated",
     [](const TempFolder& folder) { std::filesystem::resize_file(folder.File("backup.db"), 8192); },
     "backup.db", "target", "is damaged"},
    {"OneAmountChanged",
     [](const TempFolder& folder) {
       Sql(folder.File("backup.db"),
           "UPDATE redemptions SET amount_cents = amount_cents + 1 "
           "WHERE begun_at = 2000");
     },
     "backup.db", "target", "holds other rows than when it was taken"},
    {"OneRowRemoved",
     [](const TempFolder& folder) {
       Sql(folder.File("backup.db"), "DELETE FROM redemptions WHERE begun_at = 2000");
     },
     "backup.db", "target", "has 50 rows and had 51 when it was taken"},
    {"IndexWithoutItsRow",
     [](const TempFolder& folder) {
       Sql(folder.File("backup.db"),
           "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, "
           "'''pending''', '''redeemed''') WHERE name = 'pending_redemptions'");
     },
     "backup.db", "target", "is damaged"},
};

class RefusedTest : public ::testing::TestWithParam<Refused> {
 protected:
  RefusedTest() {
    store_test::FillStore(folder_.File("live.db"), 50);
    live_ = MustOpen(folder_.File("live.db"));
  }

  // What a failed attempt left behind.
  template <typename Attempt>
  void ExpectRefused(Attempt attempt) {
    GetParam().prepare(folder_);
    const auto before = folder_.Names();
    const std::string target = folder_.File(GetParam().target);
    const std::string target_before = ReadFile(target);

    const auto result = attempt(folder_.File(GetParam().source), target);

    ASSERT_FALSE(result);
    EXPECT_THAT(result.error().message, HasSubstr(GetParam().sentence));
    EXPECT_EQ(folder_.Names(), before);
    EXPECT_EQ(ReadFile(target), target_before);
  }

  TempFolder folder_;
  std::unique_ptr<Store> live_;  // In use.
};

class RefusedBackupTest : public RefusedTest {};
TEST_P(RefusedBackupTest, LeavesEverythingAsItWas) {
  ExpectRefused([](const std::string& source, const std::string& target) {
    return TakeBackup(source, target, 7'000);
  });
  EXPECT_NE(*live_->LastBackupAt(), 7'000);
}
INSTANTIATE_TEST_SUITE_P(Backup, RefusedBackupTest, ::testing::ValuesIn(kRefusedBackups),
                         [](const auto& test) { return test.param.name; });

class RefusedRestoreTest : public RefusedTest {
 protected:
  RefusedRestoreTest() {
    EXPECT_TRUE(TakeBackup(folder_.File("live.db"), folder_.File("backup.db"), 5'000));
  }
};
TEST_P(RefusedRestoreTest, LeavesEverythingAsItWas) {
  ExpectRefused([](const std::string& source, const std::string& target) {
    return RestoreBackup(source, target);
  });
}
INSTANTIATE_TEST_SUITE_P(Restore, RefusedRestoreTest, ::testing::ValuesIn(kRefusedRestores),
                         [](const auto& test) { return test.param.name; });

TEST_F(BackupTest, TellsAChangedBackupFromOneThatCannotBeRead) {
  ASSERT_TRUE(TakeBackup(live_, backup_, 5'000));
  Sql(backup_, "UPDATE redemptions SET charge_id = 'ch-forged' WHERE amount_cents = 110");

  const auto changed = RestoreBackup(backup_, restored_);
  WriteFile(backup_, "not a database at all, and long enough to be looked at as one");
  const auto unreadable = RestoreBackup(backup_, restored_);

  ASSERT_FALSE(changed);
  EXPECT_TRUE(changed.error().untrustworthy);
  ASSERT_FALSE(unreadable);
  EXPECT_FALSE(unreadable.error().untrustworthy);
}

}  // namespace
}  // namespace gift_cards
