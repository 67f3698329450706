// What a transport waits for at its end.
#include <gtest/gtest.h>

#include <memory>

#include "shell/transport/exchange.h"

namespace launchgate::transport {
namespace {

constexpr std::chrono::milliseconds kNow{0};
constexpr std::size_t kAnySize = 1024;

TEST(HeldExchangesTest, AnExchangeIsHeldUntilItsLastHolderLetsGo) {
  const auto held = std::make_shared<HeldExchanges>();
  auto ours = HeldExchanges::Begin(held, kAnySize);
  auto of_the_library = ours;

  ours.reset();
  const bool while_the_library_has_it = held->WaitForNone(kNow);
  of_the_library.reset();

  EXPECT_FALSE(while_the_library_has_it);
  EXPECT_TRUE(held->WaitForNone(kNow));
}

TEST(HeldExchangesTest, EveryExchangeCounts) {
  const auto held = std::make_shared<HeldExchanges>();
  auto first = HeldExchanges::Begin(held, kAnySize);
  auto second = HeldExchanges::Begin(held, kAnySize);

  first.reset();

  EXPECT_FALSE(held->WaitForNone(kNow));
  second.reset();
  EXPECT_TRUE(held->WaitForNone(kNow));
}

TEST(HeldExchangesTest, TheLastExchangeMayOutliveTheTransport) {
  auto held = std::make_shared<HeldExchanges>();
  const std::weak_ptr<HeldExchanges> watched = held;
  auto of_the_library = HeldExchanges::Begin(held, kAnySize);

  held.reset();
  const bool counts_still = !watched.expired();
  of_the_library.reset();

  EXPECT_TRUE(counts_still);
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace launchgate::transport
