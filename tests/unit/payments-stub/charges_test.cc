#include "payments-stub/charges.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace payments_stub {
namespace {

TEST(ChargeBookTest, ChargesANewReference) {
  ChargeBook book;

  const auto result = book.Add("gc-1", 2500);

  EXPECT_EQ(result.outcome, ChargeOutcome::kCreated);
  EXPECT_EQ(result.charge.amount_cents, 2500);
  EXPECT_FALSE(result.charge.charge_id.empty());
}

TEST(ChargeBookTest, GivesARepeatTheSameCharge) {
  ChargeBook book;
  const auto first = book.Add("gc-1", 2500);

  const auto second = book.Add("gc-1", 2500);

  EXPECT_EQ(second.outcome, ChargeOutcome::kReplayed);
  EXPECT_EQ(second.charge.charge_id, first.charge.charge_id);
  EXPECT_EQ(book.size(), 1U);
}

TEST(ChargeBookTest, RefusesAnotherAmountUnderTheSameReference) {
  ChargeBook book;
  book.Add("gc-1", 2500);

  const auto second = book.Add("gc-1", 2501);

  EXPECT_EQ(second.outcome, ChargeOutcome::kConflict);
  EXPECT_EQ(second.charge.amount_cents, 2500);
  EXPECT_EQ(book.size(), 1U);
}

TEST(ChargeBookTest, RefusesNewReferencesWhenFullAndStillKnowsTheOldOnes) {
  ChargeBook book(2);
  book.Add("gc-1", 1);
  book.Add("gc-2", 2);

  EXPECT_EQ(book.Add("gc-3", 3).outcome, ChargeOutcome::kFull);
  EXPECT_EQ(book.Add("gc-1", 1).outcome, ChargeOutcome::kReplayed);
}

TEST(ChargeBookTest, ListsChargesInTheOrderOfTheirReferences) {
  ChargeBook book;
  book.Add("b", 2);
  book.Add("a", 1);

  const auto all = book.All();

  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].ref, "a");
  EXPECT_EQ(all[1].ref, "b");
  EXPECT_NE(all[0].charge_id, all[1].charge_id);
}

TEST(ChargeBookTest, ChargesOnceHoweverManyAskAtTheSameTime) {
  constexpr int kThreads = 8;
  ChargeBook book;
  std::mutex mutex;
  std::multiset<ChargeOutcome> outcomes;
  std::set<std::string> ids;

  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const auto result = book.Add("gc-1", 2500);
      const std::lock_guard lock(mutex);
      outcomes.insert(result.outcome);
      ids.insert(result.charge.charge_id);
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(outcomes.count(ChargeOutcome::kCreated), 1U);
  EXPECT_EQ(outcomes.count(ChargeOutcome::kReplayed), kThreads - 1U);
  EXPECT_EQ(ids.size(), 1U);
}

}  // namespace
}  // namespace payments_stub
