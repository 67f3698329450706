// A redeemer whose world is all fake.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gift-cards/redeemer.h"
#include "tests/unit/gift-cards/fake_store.h"
#include "tests/unit/gift-cards/fakes.h"

namespace gift_cards {

class RedeemerFixture : public ::testing::Test {
 protected:
  static CodeIdentity Code(char last = '8') {
    return *Identify(std::string("ABCD1234EFGH567") + last);
  }

  RedeemResult Redeem(std::int64_t amount_cents = 2'500, char last = '8') {
    return redeemer_.Redeem({Code(last), amount_cents, clock_.Now()});
  }

  // Failed calls until there is no permit any more.
  void OpenBreaker() {
    while (auto permit = gate_.Ask()) permit->Report(CallOutcome::kFailure);
  }

  BreakerOptions breaker_options_;
  FakeClock clock_;
  FakeChance chance_;
  FakeStore store_;
  FakePayments payments_{clock_};
  Metrics metrics_;
  ProviderGate gate_{breaker_options_, clock_, metrics_};
  CodeLocks locks_;
  const RedeemerParts parts_{store_, payments_, gate_, locks_, metrics_, clock_, chance_};
  Redeemer redeemer_{RedeemerOptions(), parts_};
};

}  // namespace gift_cards
