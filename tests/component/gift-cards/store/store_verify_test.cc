// What verifying finds in one file, and what is a difference between two.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "gift-cards/store/backup.h"
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
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Verification Verify(const std::string& path) {
  auto snapshot = Snapshot::Open(path);
  EXPECT_TRUE(snapshot) << snapshot.error();
  auto found = snapshot->Verify();
  EXPECT_TRUE(found) << found.error();
  return *found;
}

Comparison Compare(const std::string& path, const std::string& other, Relation relation) {
  auto here = Snapshot::Open(path);
  auto there = Snapshot::Open(other);
  EXPECT_TRUE(here && there);
  const auto comparison = here->CompareWith(*there, relation);
  EXPECT_TRUE(comparison) << comparison.error();
  return *comparison;
}

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() { store_test::FillStore(live_, 50); }

  TempFolder folder_;
  const std::string live_ = folder_.File("live.db");
  const std::string backup_ = folder_.File("backup.db");
};

TEST_F(VerifyTest, FindsNothingInAHealthyStore) {
  const Verification found = Verify(live_);

  EXPECT_TRUE(found.Good());
  EXPECT_EQ(found.kind, FileKind::kStore);
  EXPECT_EQ(found.summary.rows, 51);
  EXPECT_FALSE(found.taken);
}

TEST_F(VerifyTest, FindsOneFlippedBitOfOneRowOfABackup) {
  ASSERT_TRUE(TakeBackup(live_, backup_, 5'000));
  std::string bytes = ReadFile(backup_);
  const std::size_t at = bytes.find(store_test::ChargeOf(DigestOf("7")));
  ASSERT_NE(at, std::string::npos);
  bytes[at + 3] = static_cast<char>(bytes[at + 3] ^ 1);

  WriteFile(backup_, bytes);
  const Verification found = Verify(backup_);

  EXPECT_FALSE(found.Good());
  EXPECT_THAT(found.damages, IsEmpty());  // A valid row; only the checksum can tell.
  EXPECT_TRUE(found.RowsMatch());
  EXPECT_FALSE(found.ChecksumMatches());
}

TEST_F(VerifyTest, FindsARowThatBreaksARule) {
  Sql(live_,
      "PRAGMA ignore_check_constraints = ON; "
      "UPDATE redemptions SET amount_cents = -5 WHERE begun_at = 2000");

  const Verification found = Verify(live_);

  ASSERT_FALSE(found.Good());
  EXPECT_THAT(found.damages.front(), HasSubstr("CHECK constraint failed in redemptions"));
}

TEST_F(VerifyTest, HasAChecksumThatEveryFieldOfEveryRowChanges) {
  const std::string original = Verify(live_).summary.checksum;
  const std::vector<std::string> changes = {
      "amount_cents = 8", "begun_at = 2001", "state = 'redeemed', charge_id = 'c', redeemed_at = 1",
      "code_digest = replace(code_digest, substr(code_digest, 64), '0') || ''"};

  for (const std::string& change : changes) {
    const std::string copy = folder_.File("copy.db");
    WriteFile(copy, ReadFile(live_));
    Sql(copy, "UPDATE redemptions SET " + change + " WHERE begun_at = 2000");
    EXPECT_NE(Verify(copy).summary.checksum, original) << change;
    std::filesystem::remove(copy);
  }
}

// --- Two files ------------------------------------------------------------------

// One digest in a backup ("here") and in the live store later on ("there").
struct RowPair {
  const char* name;
  const char* here;   // As SQL values, empty where there is no row:
  const char* there;  // amount, state, charge, begun_at, redeemed_at.
  Comparison equal;
  Comparison earlier;
};

constexpr Comparison kSame{.same = 1};
constexpr Comparison kMissing{.missing = 1};
constexpr Comparison kExtra{.extra = 1};
constexpr Comparison kDifferent{.different = 1};
constexpr Comparison kBegunSince{.begun_since = 1};
constexpr Comparison kSettledSince{.settled_since = 1};

// The backup is taken at 100,000; rows begun before 90,000 are expected in it.
const std::vector<RowPair> kRowPairs = {
    {"SamePending", "5, 'pending', NULL, 1000, NULL", "5, 'pending', NULL, 1000, NULL", kSame,
     kSame},
    {"SameRedeemed", "5, 'redeemed', 'c', 1000, 2000", "5, 'redeemed', 'c', 1000, 2000", kSame,
     kSame},
    {"CompletedSince", "5, 'pending', NULL, 1000, NULL", "5, 'redeemed', 'c', 1000, 200000",
     kDifferent, kSettledSince},
    {"CompletedSinceWithAnotherAmount", "5, 'pending', NULL, 1000, NULL",
     "6, 'redeemed', 'c', 1000, 200000", kDifferent, kDifferent},
    {"AbandonedSince", "5, 'pending', NULL, 1000, NULL", "", kExtra, kSettledSince},
    {"AbandonedAndBegunAgain", "5, 'pending', NULL, 1000, NULL", "6, 'pending', NULL, 200000, NULL",
     kDifferent, kSettledSince},
    {"PendingWithAnotherAmount", "5, 'pending', NULL, 1000, NULL", "6, 'pending', NULL, 1000, NULL",
     kDifferent, kDifferent},
    {"RedeemedIsPendingAgain", "5, 'redeemed', 'c', 1000, 2000", "5, 'pending', NULL, 1000, NULL",
     kDifferent, kDifferent},
    {"RedeemedByAnotherCharge", "5, 'redeemed', 'c', 1000, 2000", "5, 'redeemed', 'd', 1000, 2000",
     kDifferent, kDifferent},
    {"RedeemedIsGone", "5, 'redeemed', 'c', 1000, 2000", "", kExtra, kExtra},
    {"BegunSince", "", "5, 'pending', NULL, 200000, NULL", kMissing, kBegunSince},
    {"CommittedWhileTheBackupBegan", "", "5, 'redeemed', 'c', 90000, 99999", kMissing, kBegunSince},
    {"LostByTheBackup", "", "5, 'redeemed', 'c', 89999, 99999", kMissing, kMissing},
};

bool operator==(const Comparison& left, const Comparison& right) {
  return left.same == right.same && left.missing == right.missing && left.extra == right.extra &&
         left.different == right.different && left.begun_since == right.begun_since &&
         left.settled_since == right.settled_since;
}

class CompareTest : public ::testing::TestWithParam<RowPair> {
 protected:
  std::string Make(const std::string& name, const std::string& values) {
    const std::string path = folder_.File(name);
    MustOpen(path).reset();
    Sql(path, "INSERT INTO backups (taken_at, rows, checksum) VALUES (100000, 0, '" +
                  std::string(64, '0') + "')");
    if (!values.empty()) {
      Sql(path,
          "INSERT INTO redemptions (code_digest, amount_cents, state, charge_id, begun_at, "
          "redeemed_at) VALUES ('" +
              DigestOf("a") + "', " + values + ")");
    }
    return path;
  }

  TempFolder folder_;
};

TEST_P(CompareTest, CountsTheRowAsWhatItIs) {
  const std::string here = Make("here.db", GetParam().here);
  const std::string there = Make("there.db", GetParam().there);

  EXPECT_TRUE(Compare(here, there, Relation::kEqual) == GetParam().equal);
  EXPECT_TRUE(Compare(here, there, Relation::kEarlier) == GetParam().earlier);
}

INSTANTIATE_TEST_SUITE_P(Verify, CompareTest, ::testing::ValuesIn(kRowPairs),
                         [](const auto& test) { return test.param.name; });

TEST_F(VerifyTest, ComparesEveryRowOfBothFilesInOnePass) {
  ASSERT_TRUE(TakeBackup(live_, backup_, 100'000));
  const auto store = MustOpen(live_);
  for (int i = 0; i < 10; ++i) {
    store_test::Redeem(*store, "later" + std::to_string(i), 5, 200'000 + i);
  }
  Sql(live_, "UPDATE redemptions SET charge_id = 'ch-forged' WHERE amount_cents IN (110, 120)");
  Sql(live_, "DELETE FROM redemptions WHERE amount_cents = 130");

  const Comparison equal = Compare(backup_, live_, Relation::kEqual);
  const Comparison earlier = Compare(backup_, live_, Relation::kEarlier);

  EXPECT_TRUE(equal == (Comparison{.same = 48, .missing = 10, .extra = 1, .different = 2}));
  EXPECT_TRUE(earlier == (Comparison{.same = 48, .extra = 1, .different = 2, .begun_since = 10}));
  EXPECT_FALSE(earlier.Good());
}

TEST_F(VerifyTest, TellsHowMuchOlderTheNewestRowIs) {
  ASSERT_TRUE(TakeBackup(live_, backup_, 100'000));
  store_test::Redeem(*MustOpen(live_), "later", 5, 62'000);  // Redeemed at 62,001.

  EXPECT_EQ(Compare(backup_, live_, Relation::kEarlier).data_loss_ms, 60'001);
  EXPECT_EQ(Compare(live_, backup_, Relation::kEqual).data_loss_ms, 0);
}

}  // namespace
}  // namespace gift_cards
