// The contract of the commands: exit codes, and JSON that scripts read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gift-cards/store/backup.h"
#include "gift-cards/store/store.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards {
namespace {

using nlohmann::json;
using store_test::DigestOf;
using store_test::MustOpen;
using store_test::Outcome;
using store_test::Sql;
using store_test::TempFolder;
using store_test::WriteFile;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class StoreCommandTest : public ::testing::Test {
 protected:
  StoreCommandTest() {
    const auto store = MustOpen(live_);
    store_test::Redeem(*store, "a", 2500, 1'000);
    store_test::Redeem(*store, "b", 30, 2'000);
    (void)store->Begin(DigestOf("c"), 7, 3'000);
  }

  static Outcome Tool(std::vector<std::string> words) {
    words.insert(words.begin(), GIFT_CARDS_STORE_TOOL);
    return store_test::Run(words);
  }

  TempFolder folder_;
  const std::string live_ = folder_.File("live.db");
  const std::string backup_ = folder_.File("backup.db");
  const std::string restored_ = folder_.File("restored.db");
};

TEST_F(StoreCommandTest, BacksUpRestoresAndVerifies) {
  const auto backup = Tool({"backup", "--database", live_, "--to", backup_, "-o", "json"});
  const auto restore = Tool({"restore", "--from", backup_, "--database", restored_, "-o", "json"});
  const auto verify = Tool({"verify", "--database", restored_, "--against", backup_, "-o", "json"});

  ASSERT_EQ(backup.exit_code, 0) << backup.err;
  ASSERT_EQ(restore.exit_code, 0) << restore.err;
  ASSERT_EQ(verify.exit_code, 0) << verify.err;
  const json taken = json::parse(backup.out);
  EXPECT_EQ(taken["path"], backup_);
  EXPECT_EQ(taken["rows"], 3);
  EXPECT_EQ(taken["redeemedCents"], 2530);
  EXPECT_EQ(taken["newestAtMs"], 3'000);
  EXPECT_EQ(json::parse(restore.out)["backupTakenAtMs"], taken["backupTakenAtMs"]);
  const json verified = json::parse(verify.out);
  EXPECT_EQ(verified["verified"], true);
  EXPECT_EQ(verified["checks"],
            json::parse(R"({"integrity": "match", "rows": "match", "checksum": "match"})"));
  EXPECT_EQ(verified["database"]["kind"], "store");
  EXPECT_EQ(verified["against"]["kind"], "backup");
  EXPECT_EQ(verified["against"]["taken"]["checksum"], taken["checksum"]);
  EXPECT_EQ(verified["comparison"]["same"], 3);
}

TEST_F(StoreCommandTest, TellsPeopleTheSame) {
  const auto backup = Tool({"backup", "--database", live_, "--to", backup_});
  const auto verify = Tool({"verify", "--database", backup_, "--against", live_, "--earlier"});

  EXPECT_THAT(backup.out, AllOf(StartsWith(backup_ + " backed up, as of 20"),
                                HasSubstr("3 rows: 2 redeemed (2530 cents), 1 pending, the newest "
                                          "of 1970-01-01T00:00:03.000Z")));
  EXPECT_EQ(verify.exit_code, 0);
  EXPECT_THAT(verify.out,
              AllOf(HasSubstr("with 3 rows, unchanged since"),
                    HasSubstr("compared: 3 rows are the same, 0 missing, 0 extra, 0 different"),
                    HasSubstr("integrity: match, rows: match, checksum: match")));
}

TEST_F(StoreCommandTest, EndsWithOneWhenWhatItReadIsNotWhatWasWritten) {
  ASSERT_TRUE(TakeBackup(live_, backup_, 5'000));
  Sql(backup_, "UPDATE redemptions SET amount_cents = 31 WHERE amount_cents = 30");

  const auto verify = Tool({"verify", "--database", backup_, "-o", "json"});
  const auto restore = Tool({"restore", "--from", backup_, "--database", restored_});

  EXPECT_EQ(verify.exit_code, 1);
  EXPECT_EQ(json::parse(verify.out)["verified"], false);
  EXPECT_EQ(json::parse(verify.out)["checks"]["rows"], "match");
  EXPECT_EQ(json::parse(verify.out)["checks"]["checksum"], "mismatch");
  EXPECT_EQ(restore.exit_code, 1);
  EXPECT_THAT(restore.err, StartsWith("gift-cards restore: " + backup_ + " holds other rows"));
  EXPECT_FALSE(std::filesystem::exists(restored_));
}

TEST_F(StoreCommandTest, EndsWithOneWhenTwoStoresDiffer) {
  const std::string other = folder_.File("other.db");
  store_test::Redeem(*MustOpen(other), "a", 2500, 1'000);

  const auto verify = Tool({"verify", "--database", other, "--against", live_, "-o", "json"});

  EXPECT_EQ(verify.exit_code, 1);
  const json report = json::parse(verify.out);
  EXPECT_EQ(report["comparison"]["missing"], 2);
  EXPECT_EQ(report["comparison"]["dataLossMs"], 1'999);
  EXPECT_EQ(report["checks"]["rows"], "mismatch");
  EXPECT_EQ(report["checks"]["checksum"], "match");
}

TEST_F(StoreCommandTest, ListsRedemptionsAsJson) {
  const auto listed = Tool({"redemptions", "--database", live_, "-o", "json"});

  ASSERT_EQ(listed.exit_code, 0) << listed.err;
  const json rows = json::parse(listed.out);
  ASSERT_EQ(rows.size(), 3U);
  json pending;
  for (const json& row : rows) {
    if (row["state"] == "pending") pending = row;
  }
  const std::string digest = DigestOf("c");
  EXPECT_EQ(pending, (json{{"codeDigest", digest},
                           {"amountCents", 7},
                           {"ref", "gc-" + digest.substr(0, 40)},
                           {"state", "pending"},
                           {"chargeId", ""}}));
  EXPECT_LT(rows[0]["codeDigest"], rows[1]["codeDigest"]);
  EXPECT_LT(rows[1]["codeDigest"], rows[2]["codeDigest"]);
}

TEST_F(StoreCommandTest, ListsAnEmptyStoreAsAnEmptyList) {
  MustOpen(folder_.File("empty.db")).reset();

  const auto as_json = Tool({"redemptions", "--database", folder_.File("empty.db"), "-o", "json"});
  const auto as_text = Tool({"redemptions", "--database", folder_.File("empty.db")});

  EXPECT_EQ(json::parse(as_json.out), json::array());
  EXPECT_EQ(as_text.out, "");
}

TEST_F(StoreCommandTest, ListsChargesOfAnyBytesAsValidJson) {
  Sql(live_,
      "UPDATE redemptions SET charge_id = '\"' || CAST(x'ff0a' AS TEXT) "
      "WHERE amount_cents = 30");

  const auto listed = Tool({"redemptions", "--database", live_, "-o", "json"});

  EXPECT_EQ(listed.exit_code, 0);
  EXPECT_TRUE(json::accept(listed.out)) << listed.out;
}

TEST_F(StoreCommandTest, ShowsExamplesInItsHelp) {
  for (const char* command : {"backup", "restore", "verify", "redemptions"}) {
    const auto help = Tool({command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.out, AllOf(HasSubstr(std::string("gift-cards ") + command + " --"),
                                HasSubstr("Exit code: 0 done, 1 not verified, 2")));
  }
}

struct Wrong {
  const char* name;
  std::vector<std::string> words;  // LIVE, NEW, TEXT and ABSENT stand for files.
  const char* complaint;
};

class WrongUsageTest : public StoreCommandTest, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WrongUsageTest, EndsWithTwoAndAnswersNothing) {
  WriteFile(folder_.File("text"), std::string(5000, 'x'));
  std::vector<std::string> words = GetParam().words;
  for (std::string& word : words) {
    if (word == "LIVE") word = live_;
    if (word == "NEW") word = folder_.File("new.db");
    if (word == "TEXT") word = folder_.File("text");
    if (word == "ABSENT") word = folder_.File("absent.db");
  }

  const auto outcome = Tool(words);

  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().complaint));
  EXPECT_EQ(outcome.out, "");
  EXPECT_FALSE(std::filesystem::exists(folder_.File("new.db")));
  EXPECT_FALSE(std::filesystem::exists(folder_.File("absent.db")));
}

INSTANTIATE_TEST_SUITE_P(
    StoreCommand, WrongUsageTest,
    ::testing::Values(
        Wrong{"NoCommand", {}, "subcommand is required"},
        Wrong{"NoDatabase", {"verify"}, "--database is required"},
        Wrong{"NoTarget", {"backup", "--database", "LIVE"}, "--to is required"},
        Wrong{"NoSource", {"restore", "--database", "NEW"}, "--from is required"},
        Wrong{"UnknownFormat", {"verify", "--database", "LIVE", "-o", "xml"}, "xml not in"},
        Wrong{"EarlierThanNothing", {"verify", "--database", "LIVE", "--earlier"}, "--against"},
        Wrong{"AbsentToVerify", {"verify", "--database", "ABSENT"}, "gift-cards verify:"},
        Wrong{"AbsentToCompare",
              {"verify", "--database", "LIVE", "--against", "ABSENT"},
              "check that the file is there"},
        Wrong{"AbsentToList", {"redemptions", "--database", "ABSENT"}, "gift-cards redemptions:"},
        Wrong{"AbsentToBackUp",
              {"backup", "--database", "ABSENT", "--to", "NEW"},
              "gift-cards backup:"},
        Wrong{"TextToList",
              {"redemptions", "--database", "TEXT", "-o", "json"},
              "is not a SQLite database"},
        Wrong{"TextToRestore",
              {"restore", "--from", "TEXT", "--database", "NEW"},
              "is not a SQLite database"},
        Wrong{"StoreToRestore",
              {"restore", "--from", "LIVE", "--database", "NEW"},
              "is a store, not a backup"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace gift_cards
