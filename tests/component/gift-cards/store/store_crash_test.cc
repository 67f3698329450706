// A process that is killed at any instant: what it acknowledged is in the store,
// once. (That the same holds when the power fails: store_power_cut_test.cc.)
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "gift-cards/store/store.h"
#include "gift-cards/store/verify.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards {
namespace {

using store_test::Child;
using store_test::MustOpen;
using store_test::TempFolder;

constexpr int kRounds = 20;
constexpr int kMaxLinesPerRound = 400;
constexpr int kThreads = 8;

// By digest: the charge it was acknowledged with, empty while only begun.
using Acknowledged = std::map<std::string, std::string>;

// "begun DIGEST" or "redeemed DIGEST CHARGE".
void Read(const std::string& line, Acknowledged& acknowledged) {
  const std::size_t digest = line.find(' ') + 1;
  const std::size_t charge = line.find(' ', digest);
  if (line.starts_with("begun ")) acknowledged.try_emplace(line.substr(digest));
  if (charge != std::string::npos) {
    acknowledged[line.substr(digest, charge - digest)] = line.substr(charge + 1);
  }
}

void RunUntilKilled(const std::string& path, int round, int lines, Acknowledged& acknowledged) {
  Child worker(
      {GIFT_CARDS_STORE_WORKER, "redeem", path, std::to_string(round), std::to_string(kThreads)});
  for (int i = 0; i < lines; ++i) {
    const auto line = worker.ReadLine();
    ASSERT_TRUE(line) << "the worker ended by itself";
    Read(*line, acknowledged);
  }
  worker.Kill();
  // What it still said before it died.
  while (const auto line = worker.ReadLine()) Read(*line, acknowledged);
  EXPECT_EQ(worker.Wait(), 128 + SIGKILL);
}

TEST(CrashTest, KeepsEveryAcknowledgedRowOnceThroughTwentyKills) {
  const TempFolder folder;
  const std::string path = folder.File("store.db");
  Acknowledged acknowledged;

  for (int round = 0; round < kRounds; ++round) {
    std::mt19937 random(static_cast<unsigned>(round));
    std::uniform_int_distribution<int> lines(1, kMaxLinesPerRound);
    RunUntilKilled(path, round, lines(random), acknowledged);
    if (HasFatalFailure()) return;

    const auto store = MustOpen(path);
    const auto rows = store->Summarize();
    ASSERT_TRUE(rows) << rows.error();
    for (const auto& [digest, charge] : acknowledged) {
      // Begin answers what is there; a lost row would come back with this amount.
      const auto row = store->Begin(digest, 999'999, 1);
      ASSERT_TRUE(row) << row.error();
      ASSERT_NE(row->amount_cents, 999'999) << "lost in round " << round;
      if (charge.empty()) continue;
      ASSERT_EQ(row->state, RedemptionState::kRedeemed) << "forgotten in round " << round;
      ASSERT_EQ(row->charge_id, charge);
    }
    // Beyond those there are at most the ones under way when it was killed.
    EXPECT_GE(rows->rows, static_cast<std::int64_t>(acknowledged.size()));
    EXPECT_LE(rows->rows, static_cast<std::int64_t>(acknowledged.size()) + kThreads * (round + 1));
  }

  auto snapshot = Snapshot::Open(path);
  EXPECT_TRUE(snapshot->Verify()->Good());
  EXPECT_GT(acknowledged.size(), static_cast<std::size_t>(kRounds));
}

}  // namespace
}  // namespace gift_cards
