// What the store promises about its rows: the states, races, and what is read back.
#include "gift-cards/store/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <latch>
#include <set>
#include <thread>
#include <vector>

#include "gift-cards/store/layout.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards {
namespace {

using store_test::ChargeOf;
using store_test::DigestOf;
using store_test::MustOpen;
using store_test::TempFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreTest : public ::testing::Test {
 protected:
  TempFolder folder_;
  const std::string path_ = folder_.File("store.db");
  std::unique_ptr<Store> store_ = MustOpen(path_);
};

TEST_F(StoreTest, BeginsARowThatIsPendingUnderARefOfItsDigest) {
  const std::string digest(64, 'a');

  const auto row = store_->Begin(digest, 2500, 1'000);

  ASSERT_TRUE(row) << row.error();
  EXPECT_EQ(row->code_digest, digest);
  EXPECT_EQ(row->amount_cents, 2500);
  EXPECT_EQ(row->ref, "gc-" + std::string(40, 'a'));
  EXPECT_EQ(row->state, RedemptionState::kPending);
  EXPECT_EQ(row->charge_id, "");
  EXPECT_EQ(row->begun_at, 1'000);
  EXPECT_EQ(row->redeemed_at, 0);
}

TEST_F(StoreTest, AnswersASecondBeginWithTheFirstRowAsItIs) {
  ASSERT_TRUE(store_->Begin(DigestOf("a"), 2500, 1'000));

  const auto again = store_->Begin(DigestOf("a"), 9900, 2'000);

  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(again->amount_cents, 2500);
  EXPECT_EQ(again->begun_at, 1'000);
}

TEST_F(StoreTest, CompletesAPendingRow) {
  ASSERT_TRUE(store_->Begin(DigestOf("a"), 2500, 1'000));

  const auto completed = store_->Complete(DigestOf("a"), "ch-1", 3'000);
  const auto row = store_->Begin(DigestOf("a"), 2500, 4'000);

  ASSERT_TRUE(completed) << completed.error();
  EXPECT_EQ(row->state, RedemptionState::kRedeemed);
  EXPECT_EQ(row->charge_id, "ch-1");
  EXPECT_EQ(row->redeemed_at, 3'000);
}

TEST_F(StoreTest, FindsARedeemedRowAndNoPendingOne) {
  ASSERT_TRUE(store_->Begin(DigestOf("a"), 2500, 1'000));
  ASSERT_TRUE(store_->Begin(DigestOf("b"), 900, 1'000));
  ASSERT_TRUE(store_->Complete(DigestOf("a"), "ch_1", 2'000));

  const auto redeemed = store_->FindRedeemed(DigestOf("a"));
  const auto pending = store_->FindRedeemed(DigestOf("b"));
  const auto unknown = store_->FindRedeemed(DigestOf("c"));

  ASSERT_TRUE(redeemed && *redeemed);
  EXPECT_EQ((*redeemed)->charge_id, "ch_1");
  EXPECT_EQ((*redeemed)->amount_cents, 2500);
  ASSERT_TRUE(pending && unknown);
  EXPECT_FALSE(*pending);
  EXPECT_FALSE(*unknown);
}

TEST_F(StoreTest, LeavesARedeemedRowAsItIsWhenItIsCompletedAgain) {
  ASSERT_TRUE(store_->Begin(DigestOf("a"), 2500, 1'000));
  ASSERT_TRUE(store_->Complete(DigestOf("a"), "ch-1", 3'000));

  const auto same = store_->Complete(DigestOf("a"), "ch-1", 9'000);
  const auto other = store_->Complete(DigestOf("a"), "ch-2", 9'000);
  const auto row = store_->Begin(DigestOf("a"), 2500, 9'000);

  EXPECT_TRUE(same) << same.error();
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error(), HasSubstr("is redeemed by another charge, ch-1"));
  EXPECT_EQ(row->charge_id, "ch-1");
  EXPECT_EQ(row->redeemed_at, 3'000);
}

TEST_F(StoreTest, DoesNotCompleteWhatWasNeverBegun) {
  const auto completed = store_->Complete(DigestOf("a"), "ch-1", 3'000);

  ASSERT_FALSE(completed);
  EXPECT_THAT(completed.error(), HasSubstr("was never begun"));
  EXPECT_EQ(store_->Summarize()->rows, 0);
}

TEST_F(StoreTest, AbandonsAPendingRowSoThatAnotherAmountCanBeTried) {
  ASSERT_TRUE(store_->Begin(DigestOf("a"), 2500, 1'000));

  const auto abandoned = store_->Abandon(DigestOf("a"));
  const auto row = store_->Begin(DigestOf("a"), 700, 2'000);

  EXPECT_TRUE(abandoned) << abandoned.error();
  EXPECT_EQ(row->amount_cents, 700);
}

TEST_F(StoreTest, NeverAbandonsARedeemedRow) {
  store_test::Redeem(*store_, "a", 2500, 1'000);

  const auto abandoned = store_->Abandon(DigestOf("a"));

  ASSERT_FALSE(abandoned);
  EXPECT_THAT(abandoned.error(), HasSubstr("is redeemed and cannot be abandoned"));
  EXPECT_EQ(store_->Summarize()->redeemed, 1);
}

TEST_F(StoreTest, AbandonsNothingWhereThereIsNoRow) { EXPECT_TRUE(store_->Abandon(DigestOf("a"))); }

TEST_F(StoreTest, TellsNoMoreOfACodeThanALogLineMay) {
  const std::string digest = DigestOf("a");

  const auto completed = store_->Complete(digest, "ch-1", 3'000);

  ASSERT_FALSE(completed);
  EXPECT_THAT(completed.error(), HasSubstr(digest.substr(0, 12)));
  EXPECT_THAT(completed.error(), Not(HasSubstr(digest.substr(0, 13))));
}

TEST_F(StoreTest, ListsTheOldestPendingRowsFirst) {
  ASSERT_TRUE(store_->Begin(DigestOf("third"), 3, 3'000));
  ASSERT_TRUE(store_->Begin(DigestOf("first"), 1, 1'000));
  ASSERT_TRUE(store_->Begin(DigestOf("second"), 2, 2'000));
  ASSERT_TRUE(store_->Begin(DigestOf("young"), 4, 4'000));
  store_test::Redeem(*store_, "redeemed", 5, 500);

  const auto all = store_->Pending(4'000, 10);
  const auto two = store_->Pending(4'000, 2);
  const auto none = store_->Pending(4'000, 0);

  std::vector<std::int64_t> amounts;
  for (const Redemption& row : *all) amounts.push_back(row.amount_cents);
  EXPECT_THAT(amounts, ElementsAre(1, 2, 3));
  ASSERT_EQ(two->size(), 2U);
  EXPECT_EQ(two->front().code_digest, DigestOf("first"));
  EXPECT_TRUE(none->empty());
}

TEST_F(StoreTest, AddsUpWhatItHolds) {
  ASSERT_TRUE(store_->Begin(DigestOf("pending"), 100, 9'000));
  store_test::Redeem(*store_, "a", 2500, 1'000);
  store_test::Redeem(*store_, "b", 30, 2'000);

  const auto summary = store_->Summarize();

  ASSERT_TRUE(summary) << summary.error();
  EXPECT_EQ(summary->rows, 3);
  EXPECT_EQ(summary->pending, 1);
  EXPECT_EQ(summary->redeemed, 2);
  EXPECT_EQ(summary->redeemed_cents, 2530);
  EXPECT_EQ(summary->newest_at, 9'000);
}

TEST_F(StoreTest, HasTheChecksumOfNothingWhenEmpty) {
  const auto summary = store_->Summarize();

  // printf '' | sha256sum
  EXPECT_EQ(summary->checksum, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(summary->newest_at, 0);
}

TEST_F(StoreTest, ComputesTheChecksumThatItsHeaderDescribes) {
  ASSERT_TRUE(store_->Begin(std::string(64, 'a'), 2500, 1'000));
  ASSERT_TRUE(store_->Complete(std::string(64, 'a'), "ch-1", 3'000));

  const auto summary = store_->Summarize();

  // printf '64:%s,4:2500,43:gc-%s,8:redeemed,4:ch-1,4:1000,4:3000,' $(64 a) $(40 a) | sha256sum
  EXPECT_EQ(summary->checksum, "fb51633fd7d4497c5306c73bac3e1b8a2cb91fe2430d6a209aa670c2a33ef409");
}

TEST_F(StoreTest, ReadsBackTheSameAfterItWasClosed) {
  store_test::Redeem(*store_, "a", 2500, 1'000);
  ASSERT_TRUE(store_->Begin(DigestOf("b"), 10, 2'000));
  const auto before = store_->Summarize();

  store_.reset();
  const auto names = folder_.Names();
  store_ = MustOpen(path_);

  EXPECT_THAT(names, ElementsAre("store.db"));  // The log was written back.
  EXPECT_EQ(store_->Summarize()->checksum, before->checksum);
  EXPECT_EQ(store_->Pending(10'000, 10)->size(), 1U);
}

TEST_F(StoreTest, SharesItsFileWithAnotherProcessThatOpensIt) {
  const auto other = MustOpen(path_);

  store_test::Redeem(*store_, "a", 2500, 1'000);
  const auto seen = other->Begin(DigestOf("a"), 2500, 2'000);
  store_test::Redeem(*other, "b", 10, 3'000);

  EXPECT_EQ(seen->state, RedemptionState::kRedeemed);
  EXPECT_EQ(store_->Summarize()->rows, 2);
}

TEST_F(StoreTest, GivesUpOnAWriteThatAnotherProcessBlocks) {
  auto blocker = Connection::Open(path_, Access::kWrite, kBusyTimeout);
  ASSERT_TRUE(blocker->Execute("BEGIN IMMEDIATE"));

  const auto begun = store_->Begin(DigestOf("a"), 2500, 1'000);
  const auto ping = store_->Ping();
  ASSERT_TRUE(blocker->Execute("COMMIT"));
  const auto again = store_->Begin(DigestOf("a"), 2500, 1'000);

  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error(), HasSubstr("stayed locked by another process"));
  EXPECT_TRUE(ping) << ping.error();  // Readers wait for no writer.
  EXPECT_TRUE(again) << again.error();
}

TEST_F(StoreTest, AnswersPingUntilItsFileIsGone) {
  ASSERT_TRUE(store_->Ping());

  std::filesystem::rename(path_, folder_.File("elsewhere.db"));
  const auto gone = store_->Ping();
  store_test::WriteFile(path_, "another file");
  const auto replaced = store_->Ping();
  std::filesystem::rename(folder_.File("elsewhere.db"), path_);
  const auto back = store_->Ping();

  ASSERT_FALSE(gone);
  EXPECT_THAT(gone.error(), HasSubstr("was removed or replaced"));
  EXPECT_FALSE(replaced);
  EXPECT_TRUE(back) << back.error();
}

TEST_F(StoreTest, HasNoBackupAtFirst) { EXPECT_EQ(*store_->LastBackupAt(), 0); }

TEST_F(StoreTest, BeginsACodeOnceWhenManyThreadsRaceForIt) {
  constexpr int kThreads = 16;
  constexpr int kCodes = 10;
  std::latch start(kThreads);
  std::vector<std::vector<std::int64_t>> amounts(kThreads);

  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        start.arrive_and_wait();
        for (int code = 0; code < kCodes; ++code) {
          const auto row = store_->Begin(DigestOf(std::to_string(code)), 1 + thread, 1'000);
          if (!row) continue;  // Shows below as a missing amount.
          amounts[static_cast<std::size_t>(thread)].push_back(row->amount_cents);
          (void)store_->Complete(row->code_digest, ChargeOf(row->code_digest), 2'000);
        }
      });
    }
  }

  // Every thread was told the amount of the one that came first.
  std::set<std::vector<std::int64_t>> distinct(amounts.begin(), amounts.end());
  EXPECT_EQ(distinct.size(), 1U);
  EXPECT_EQ(distinct.begin()->size(), static_cast<std::size_t>(kCodes));
  EXPECT_EQ(store_->Summarize()->redeemed, kCodes);
}

TEST_F(StoreTest, KeepsItsLogBounded) {
  // Rows land on pages all over the file; never written back, the log would be
  // more than twice the limit.
  auto connection = Connection::Open(path_, Access::kRead, kBusyTimeout);
  const auto page_size = connection->Integer("PRAGMA page_size");
  const auto limit = static_cast<std::uintmax_t>(kCheckpointPages) *
                     static_cast<std::uintmax_t>(*page_size) * 5 / 4;

  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 64; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 200; ++i) {
        (void)store_->Begin(DigestOf(std::to_string(thread) + "/" + std::to_string(i)), 1, 1'000);
      }
    });
  }
  threads.clear();
  const auto largest = std::filesystem::file_size(path_ + "-wal");

  EXPECT_EQ(store_->Summarize()->rows, 64 * 200);
  EXPECT_LT(largest, limit);
}

// --- What is refused ---------------------------------------------------------

struct BadArgument {
  const char* name;
  std::string digest;
  std::int64_t amount_cents;
  std::string charge;
};

class BadArgumentTest : public ::testing::TestWithParam<BadArgument> {};

TEST_P(BadArgumentTest, IsRefusedAndChangesNothing) {
  const TempFolder folder;
  const auto store = MustOpen(folder.File("store.db"));

  const auto begun = store->Begin(GetParam().digest, GetParam().amount_cents, 1'000);
  const auto completed = store->Complete(GetParam().digest, GetParam().charge, 2'000);

  EXPECT_FALSE(begun && completed);
  EXPECT_EQ(store->Summarize()->redeemed, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Store, BadArgumentTest,
    ::testing::Values(BadArgument{"ShortDigest", std::string(63, 'a'), 1, "ch"},
                      BadArgument{"LongDigest", std::string(65, 'a'), 1, "ch"},
                      BadArgument{"UpperCaseDigest", std::string(64, 'A'), 1, "ch"},
                      BadArgument{"NotHex", std::string(64, 'g'), 1, "ch"},
                      BadArgument{"NoDigest", "", 1, "ch"},
                      BadArgument{"ZeroCents", std::string(64, 'a'), 0, "ch"},
                      BadArgument{"NegativeCents", std::string(64, 'a'), -1, "ch"},
                      BadArgument{"NoCharge", std::string(64, 'a'), 1, ""},
                      BadArgument{"LongCharge", std::string(64, 'a'), 1,
                                  std::string(kMaxChargeIdBytes + 1, 'c')}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace gift_cards
