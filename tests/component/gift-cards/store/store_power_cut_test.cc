// What returned is on the disk: the power may fail right after.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

#include "gift-cards/store/backup.h"
#include "gift-cards/store/layout.h"
#include "gift-cards/store/store.h"
#include "tests/component/gift-cards/store/power_cut_vfs.h"
#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards {
namespace {

using store_test::ChargeOf;
using store_test::DigestOf;
using store_test::MustOpen;
using store_test::PowerCutVfs;
using store_test::TempFolder;

// The state of a row after a power cut right now; "none" where it is lost.
std::string AfterPowerCut(const PowerCutVfs& disk, const std::string& path,
                          const std::string& digest) {
  const TempFolder later;
  disk.Survivors(path, later.File("store.db"));
  auto connection = Connection::Open(later.File("store.db"), Access::kCreate, kBusyTimeout);
  const auto state =
      connection->Text("SELECT coalesce((SELECT state FROM redemptions WHERE code_digest = '" +
                       digest + "'), 'none')");
  return state ? *state : state.error();
}

TEST(PowerCutTest, LosesNothingThatWasAcknowledged) {
  PowerCutVfs disk;
  const TempFolder folder;
  const std::string path = folder.File("store.db");
  const auto store = MustOpen(path);

  for (int i = 0; i < 20; ++i) {
    const std::string digest = DigestOf(std::to_string(i));
    ASSERT_TRUE(store->Begin(digest, 100, 1'000));
    EXPECT_EQ(AfterPowerCut(disk, path, digest), "pending");
    ASSERT_TRUE(store->Complete(digest, ChargeOf(digest), 2'000));
    EXPECT_EQ(AfterPowerCut(disk, path, digest), "redeemed");
  }
}

TEST(PowerCutTest, LosesNothingThatWasAcknowledgedToOneOfManyThreads) {
  PowerCutVfs disk;
  const TempFolder folder;
  const std::string path = folder.File("store.db");
  const auto store = MustOpen(path);
  std::mutex mutex;
  std::vector<std::string> states;  // Guarded by the mutex.

  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([&, thread] {
        for (int i = 0; i < 10; ++i) {
          const std::string digest = DigestOf(std::to_string(thread) + "/" + std::to_string(i));
          const auto begun = store->Begin(digest, 100, 1'000);
          std::string state = begun ? AfterPowerCut(disk, path, digest) : begun.error();
          const std::lock_guard lock(mutex);
          states.push_back(std::move(state));
        }
      });
    }
  }

  EXPECT_EQ(states.size(), 80U);
  EXPECT_THAT(states, ::testing::Each("pending"));
}

TEST(PowerCutTest, ShowsALossWhereTheLogIsNotFlushed) {
  // The same disk under a connection that does not ask for FULL: what the tests
  // above would see if the store did not.
  PowerCutVfs disk;
  const TempFolder folder;
  const std::string path = folder.File("store.db");
  MustOpen(path).reset();
  auto careless = Connection::Open(path, Access::kWrite, kBusyTimeout);
  ASSERT_TRUE(careless->Execute("PRAGMA synchronous = NORMAL"));

  ASSERT_TRUE(
      careless->Execute("INSERT INTO redemptions (code_digest, amount_cents, state, "
                        "begun_at) VALUES ('" +
                        DigestOf("a") + "', 1, 'pending', 1)"));

  EXPECT_EQ(AfterPowerCut(disk, path, DigestOf("a")), "none");
}

}  // namespace
}  // namespace gift_cards
