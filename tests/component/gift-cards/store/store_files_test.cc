// Files that are no store, no longer one, or not yet one for this version.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "gift-cards/store/backup.h"
#include "gift-cards/store/store.h"
#include "gift-cards/store/verify.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards {
namespace {

using store_test::FillStore;
using store_test::MustOpen;
using store_test::ReadFile;
using store_test::Sql;
using store_test::TempFolder;
using store_test::WriteFile;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::size_t kPageBytes = 4096;

struct WrongFile {
  const char* name;
  std::function<void(const std::string& path)> make;
  const char* what;
  const char* remedy;
};

class WrongFileTest : public ::testing::TestWithParam<WrongFile> {};

TEST_P(WrongFileTest, IsRefusedInASentenceWithARemedyAndNotTouched) {
  const TempFolder folder;
  const std::string path = folder.File("store.db");
  GetParam().make(path);
  const std::string before = ReadFile(path);

  const auto store = Store::Open(path);

  ASSERT_FALSE(store);
  EXPECT_THAT(store.error(),
              AllOf(HasSubstr(path), HasSubstr(GetParam().what), HasSubstr(GetParam().remedy)));
  EXPECT_EQ(store.error().find('\n'), std::string::npos);
  EXPECT_EQ(ReadFile(path), before);
}

INSTANTIATE_TEST_SUITE_P(
    Store, WrongFileTest,
    ::testing::Values(
        WrongFile{"Text", [](const std::string& path) { WriteFile(path, std::string(9000, 'x')); },
                  "is not a SQLite database", "restore a backup into a new one"},
        WrongFile{"DatabaseOfAnotherProgram",
                  [](const std::string& path) { Sql(path, "CREATE TABLE cookies (name TEXT)"); },
                  "database of another program", "name the file of a gift-cards store"},
        WrongFile{"DatabaseOfAnotherApplicationId",
                  [](const std::string& path) { Sql(path, "PRAGMA application_id = 252006675"); },
                  "database of another program", "name the file of a gift-cards store"},
        WrongFile{"NewerLayout",
                  [](const std::string& path) {
                    FillStore(path, 3);
                    Sql(path, "PRAGMA user_version = 2; PRAGMA wal_checkpoint(TRUNCATE)");
                  },
                  "written by a newer gift-cards (layout 2, this one knows 1)", "run that version"},
        WrongFile{"Backup",
                  [](const std::string& path) {
                    FillStore(path + ".live", 3);
                    ASSERT_TRUE(TakeBackup(path + ".live", path, 1'000));
                  },
                  "is a backup", "restore it into a new file"},
        WrongFile{"Truncated",
                  [](const std::string& path) {
                    FillStore(path, 200);
                    std::filesystem::resize_file(path, 2 * kPageBytes);
                  },
                  "is damaged", "restore the newest backup into a new file"},
        WrongFile{"BrokenSchema",
                  [](const std::string& path) {
                    FillStore(path, 3);
                    std::string bytes = ReadFile(path);
                    // Behind the header of 100 bytes: the page of the schema.
                    bytes.replace(100, 200, std::string(200, '\xff'));
                    WriteFile(path, bytes);
                  },
                  "is damaged", "restore the newest backup into a new file"}),
    [](const auto& test) { return test.param.name; });

TEST(StoreFileTest, SaysThatAPageIsDamagedWhenItComesAcrossIt) {
  const TempFolder folder;
  const std::string path = folder.File("store.db");
  FillStore(path, 200);
  std::string bytes = ReadFile(path);
  for (std::size_t page = 4; page < bytes.size() / kPageBytes; ++page) {
    bytes.replace(page * kPageBytes, 100, std::string(100, '\xff'));
  }
  WriteFile(path, bytes);

  const auto store = MustOpen(path);
  const auto summary = store->Summarize();

  ASSERT_FALSE(summary);
  EXPECT_THAT(summary.error(), HasSubstr("is damaged"));
}

TEST(StoreFileTest, MakesAStoreOutOfAnEmptyFile) {
  const TempFolder folder;
  WriteFile(folder.File("store.db"), "");

  const auto store = Store::Open(folder.File("store.db"));

  ASSERT_TRUE(store) << store.error();
  EXPECT_EQ((*store)->Summarize()->rows, 0);
}

TEST(StoreFileTest, SaysThatTheFolderIsNotThere) {
  const TempFolder folder;

  const auto store = Store::Open(folder.File("nowhere/store.db"));

  ASSERT_FALSE(store);
  EXPECT_THAT(store.error(),
              AllOf(HasSubstr("cannot be opened (No such file or directory)"),
                    HasSubstr("check that the file is there and that its folder can be written")));
}

TEST(StoreFileTest, SaysThatAFolderIsNoFile) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.File("store.db"));

  const auto store = Store::Open(folder.File("store.db"));

  ASSERT_FALSE(store);
  EXPECT_THAT(store.error(), HasSubstr("cannot be opened"));
}

// Permissions do not stop root: as somebody else until the end of the scope.
class AsNobody {
 public:
  AsNobody() {
    if (was_root_ && seteuid(65534) != 0) ADD_FAILURE() << "cannot become nobody";
  }
  ~AsNobody() {
    if (was_root_ && seteuid(0) != 0) ADD_FAILURE() << "cannot become root again";
  }

 private:
  const bool was_root_ = geteuid() == 0;
};

class ReadOnlyTest : public ::testing::Test {
 protected:
  ReadOnlyTest() {
    FillStore(path_, 3);
    EXPECT_TRUE(TakeBackup(path_, backup_, 5'000));
    // One may look into the folder, and write to nothing.
    chmod(folder_.File(".").c_str(), 0555);
    chmod(path_.c_str(), 0444);
    chmod(backup_.c_str(), 0444);
  }
  ~ReadOnlyTest() override { chmod(folder_.File(".").c_str(), 0755); }

  TempFolder folder_;
  const std::string path_ = folder_.File("store.db");
  const std::string backup_ = folder_.File("backup.db");
};

TEST_F(ReadOnlyTest, CannotServeFromAFolderThatCannotBeWritten) {
  const AsNobody nobody;

  const auto store = Store::Open(path_);

  ASSERT_FALSE(store);
  EXPECT_THAT(store.error(), HasSubstr("make the file and its folder writable"));
}

TEST_F(ReadOnlyTest, CanReadABackupThere) {
  const AsNobody nobody;

  auto snapshot = Snapshot::Open(backup_);
  const auto found = snapshot->Verify();

  ASSERT_TRUE(found) << found.error();
  EXPECT_TRUE(found->Good());
  EXPECT_EQ(found->summary.rows, 4);
}

TEST_F(ReadOnlyTest, CannotMakeAStoreThereEither) {
  const AsNobody nobody;

  const auto store = Store::Open(folder_.File("new.db"));

  ASSERT_FALSE(store);
  EXPECT_THAT(store.error(), HasSubstr("check that the file is there and that its folder can be "
                                       "written"));
}

}  // namespace
}  // namespace gift_cards
