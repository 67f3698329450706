// The restore drill from end to end: what it does with a store in use, and what
// the evidence that reads its record makes of it.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "core/evidence/verify.h"
#include "gift-cards/store/backup.h"
#include "gift-cards/store/store.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards {
namespace {

namespace base = launchgate::base;
namespace evidence = launchgate::evidence;
using nlohmann::json;
using store_test::MustOpen;
using store_test::Outcome;
using store_test::ReadFile;
using store_test::TempFolder;
using store_test::WriteFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

class DrillTest : public ::testing::Test {
 protected:
  DrillTest() {
    store_test::FillStore(live_, 50);
    store_ = MustOpen(live_);
  }

  Outcome Drill(const std::string& binary, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"env",
                                      "TMPDIR=" + Scratch(),
                                      LAUNCHGATE_SOURCE_DIR "/gift-cards/drill/restore_drill.sh",
                                      "--binary",
                                      binary,
                                      "--database",
                                      live_,
                                      "--out",
                                      record_};
    words.insert(words.end(), more.begin(), more.end());
    return store_test::Run(words);
  }

  // Where the drill keeps what it removes again.
  std::string Scratch() {
    std::filesystem::create_directory(folder_.File("scratch"));
    return folder_.File("scratch");
  }

  // gift-cards, except that this shell command follows each `backup` that it takes
  // ("$to" is the backup) or, with another name, each such command.
  std::string Saboteur(const std::string& sabotage, const std::string& after = "backup") {
    const std::string path = folder_.File("saboteur.sh");
    WriteFile(path, "#!/bin/sh\n" GIFT_CARDS_STORE_TOOL
                    " \"$@\" || exit $?\n"
                    "command=$1\nto=$5\n"
                    "[ \"$command\" = " +
                        after + " ] || exit 0\n" + sabotage + " >/dev/null\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }

  static std::vector<std::string> NamesIn(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  json Newest() { return json::parse(ReadFile(record_))["drills"][0]; }

  evidence::Finding Judge() {
    launchgate::resources::BackupDrillSpec spec;
    spec.from.url = "https://example.com/drills.json";
    spec.max_age = std::chrono::hours(24);
    spec.max_recovery_time = std::chrono::minutes(5);
    spec.max_data_loss = std::chrono::minutes(5);
    const auto now = std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
    return evidence::VerifyBackupDrill(spec, {ReadFile(record_), std::nullopt}, now);
  }

  TempFolder folder_;
  const std::string live_ = folder_.File("live.db");
  const std::string record_ = folder_.File("drills.json");
  std::unique_ptr<Store> store_;  // The drill runs while it is in use.
};

TEST_F(DrillTest, ProvesARestore) {
  const auto drill = Drill(GIFT_CARDS_STORE_TOOL);

  ASSERT_EQ(drill.exit_code, 0) << drill.err;
  const json newest = Newest();
  EXPECT_EQ(newest["succeeded"], true);
  EXPECT_THAT(newest["recoveryTime"], MatchesRegex("[0-9]+\\.[0-9][0-9][0-9]s"));
  EXPECT_NE(newest["recoveryTime"], "0.000s");
  EXPECT_EQ(newest["dataLoss"], "0.000s");
  EXPECT_EQ(newest["checks"],
            json::parse(R"({"integrity": "match", "rows": "match", "checksum": "match"})"));
  EXPECT_THAT(newest["notes"].get<std::string>(), HasSubstr("51 rows"));
  EXPECT_EQ(Judge().reason, "RestoreProven") << Judge().message;
}

TEST_F(DrillTest, IsKnownToTheStoreAsABackup) {
  ASSERT_EQ(Drill(GIFT_CARDS_STORE_TOOL).exit_code, 0);

  const auto taken = base::ParseTime(Newest()["backupTakenAt"].get<std::string>());
  EXPECT_EQ(*store_->LastBackupAt(), taken->time_since_epoch().count());
}

TEST_F(DrillTest, LeavesOnlyItsRecordBehind) {
  const auto before = folder_.Names();

  const auto drill = Drill(GIFT_CARDS_STORE_TOOL);

  ASSERT_EQ(drill.exit_code, 0) << drill.err;
  EXPECT_THAT(NamesIn(Scratch()), IsEmpty());
  EXPECT_EQ(folder_.Names().size(), before.size() + 2);  // The record and the scratch folder.
}

TEST_F(DrillTest, KeepsBackupAndRestoredStoreWhenAsked) {
  const std::string kept = folder_.File("kept");

  const auto drill = Drill(GIFT_CARDS_STORE_TOOL, {"--keep-dir", kept});

  ASSERT_EQ(drill.exit_code, 0) << drill.err;
  EXPECT_THAT(NamesIn(kept), ElementsAre(MatchesRegex("gift-cards-.*\\.backup\\.db"),
                                         MatchesRegex("gift-cards-.*\\.restored\\.db")));
}

TEST_F(DrillTest, SucceedsWhileTheStoreIsWrittenTo) {
  const std::jthread writer([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      const auto now =
          std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
      store_test::Redeem(*store_, "busy" + std::to_string(i), 5, now.time_since_epoch().count());
    }
  });

  const auto drill = Drill(GIFT_CARDS_STORE_TOOL);

  EXPECT_EQ(drill.exit_code, 0) << drill.err;
  EXPECT_EQ(Judge().reason, "RestoreProven") << Judge().message;
  EXPECT_NE(Newest()["dataLoss"], "0.000s");  // What was written since the backup began.
}

struct Sabotage {
  const char* name;
  const char* after;    // Which command of gift-cards it follows.
  const char* command;  // In a shell.
  const char* note;     // Part of the record's notes.
  const char* rows;     // The checks, "" where none was made.
  const char* checksum;
};

class SabotageTest : public DrillTest, public ::testing::WithParamInterface<Sabotage> {};

TEST_P(SabotageTest, IsRecordedAsAFailedDrill) {
  std::string command = GetParam().command;
  if (const auto at = command.find("$live"); at != std::string::npos) {
    command.replace(at, 5, live_);
  }

  const auto drill = Drill(Saboteur(command, GetParam().after));

  EXPECT_EQ(drill.exit_code, 1) << drill.err;
  const json newest = Newest();
  EXPECT_EQ(newest["succeeded"], false);
  EXPECT_THAT(newest["notes"].get<std::string>(), HasSubstr(GetParam().note));
  const json checks = newest.value("checks", json::object());
  EXPECT_EQ(checks.value("rows", ""), GetParam().rows);
  EXPECT_EQ(checks.value("checksum", ""), GetParam().checksum);
  EXPECT_EQ(Judge().reason, "RestoreFailed") << Judge().message;
  EXPECT_THAT(NamesIn(Scratch()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Drill, SabotageTest,
    ::testing::Values(
        Sabotage{"BackupWithAnotherAmount", "backup",
                 "sqlite3 \"$to\" 'UPDATE redemptions SET amount_cents = 8 WHERE amount_cents = 7'",
                 "holds other rows than when it was taken", "match", "mismatch"},
        Sabotage{"BackupWithoutARow", "backup",
                 "sqlite3 \"$to\" 'DELETE FROM redemptions WHERE amount_cents = 7'",
                 "has 50 rows and had 51 when it was taken", "mismatch", "mismatch"},
        Sabotage{"BackupCutShort", "backup", "truncate -s 8192 \"$to\"", "is damaged", "", ""},
        Sabotage{"BackupGone", "backup", "rm \"$to\"", "check that the file is there", "", ""},
        Sabotage{"RestoredStoreWithAnotherAmount", "restore",
                 "sqlite3 \"$to\" 'UPDATE redemptions SET amount_cents = 8 WHERE amount_cents = 7'",
                 "the restored store differs from the backup", "match", "mismatch"},
        Sabotage{"LiveStoreLostARow", "restore",
                 "sqlite3 $live 'DELETE FROM redemptions WHERE amount_cents = 110'",
                 "does not match the store in use", "mismatch", "match"},
        Sabotage{"LiveStoreChangedARow", "restore",
                 "sqlite3 $live 'UPDATE redemptions SET amount_cents = 1 WHERE amount_cents = 110'",
                 "does not match the store in use", "match", "mismatch"}),
    [](const auto& test) { return test.param.name; });

TEST_F(DrillTest, RecordsABackupThatCouldNotBeTaken) {
  const auto drill = Drill("/bin/false");

  EXPECT_EQ(drill.exit_code, 1);
  EXPECT_EQ(Newest()["succeeded"], false);
  EXPECT_EQ(Newest()["notes"], "the backup failed");
}

TEST_F(DrillTest, DoesNotTakeSilenceForASuccess) {
  const auto drill = Drill("/bin/true");

  EXPECT_EQ(drill.exit_code, 1);
  EXPECT_EQ(Newest()["succeeded"], false);
  EXPECT_EQ(Newest()["notes"], "the backup failed: the answer of backup is no JSON object");
}

TEST_F(DrillTest, KeepsTheNewestTwentyFourDrills) {
  json old = json::array();
  for (int day = 1; day <= 28; ++day) {
    old.push_back(
        {{"restoredAt", fmt::format("2025-01-{:02}T03:00:00Z", day)}, {"succeeded", true}});
  }
  WriteFile(record_, json{{"drills", old}}.dump());

  ASSERT_EQ(Drill(GIFT_CARDS_STORE_TOOL).exit_code, 0);

  const json drills = json::parse(ReadFile(record_))["drills"];
  ASSERT_EQ(drills.size(), 24U);
  EXPECT_EQ(drills[0], Newest());
  EXPECT_EQ(drills[1]["restoredAt"], "2025-01-28T03:00:00Z");
  EXPECT_EQ(drills[23]["restoredAt"], "2025-01-06T03:00:00Z");
  EXPECT_EQ(Judge().reason, "RestoreProven") << Judge().message;
}

TEST_F(DrillTest, DoesNotReplaceAFileThatIsNoRecord) {
  for (const std::string precious : {"{\"precious\": true}", "not JSON", "[]", ""}) {
    WriteFile(record_, precious);

    const auto drill = Drill(GIFT_CARDS_STORE_TOOL);

    EXPECT_EQ(drill.exit_code, 2);
    EXPECT_THAT(drill.err, HasSubstr("is not a drill record"));
    EXPECT_EQ(ReadFile(record_), precious);
  }
  EXPECT_EQ(*store_->LastBackupAt(), 0);  // Nothing was begun.
}

TEST_F(DrillTest, ExplainsItself) {
  const std::string script = LAUNCHGATE_SOURCE_DIR "/gift-cards/drill/restore_drill.sh";

  const auto help = store_test::Run({script, "--help"});
  const auto nothing = store_test::Run({script});
  const auto unknown = store_test::Run({script, "--force"});

  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("Usage: restore_drill.sh --binary PATH"));
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.err, HasSubstr("--binary is missing"));
  EXPECT_EQ(unknown.exit_code, 2);
}

}  // namespace
}  // namespace gift_cards
