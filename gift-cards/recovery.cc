#include "gift-cards/recovery.h"

#include <algorithm>
#include <utility>

#include "platform/log.h"

namespace gift_cards {

namespace log = launchgate::platform::log;

std::size_t Recovery::Round(std::stop_token stop) {
  std::size_t settled = 0;
  if (parts_.gate.State() != BreakerState::kClosed) return settled;
  const auto rows = parts_.store.Pending(NewestBegin(), options_.rows_per_round);
  if (!rows) {
    log::Error("pending redemptions could not be read", {{"error", rows.error()}});
    return settled;
  }
  int failures = 0;
  for (const Redemption& row : *rows) {
    if (stop.stop_requested() || failures >= options_.failures_per_round) break;
    const Step step = Recover(row);
    if (step == Step::kEndRound) break;
    if (step == Step::kFailed) ++failures;
    if (step == Step::kSettled) ++settled;
  }
  return settled;
}

Recovery::Step Recovery::Recover(const Redemption& row) {
  const auto lock = parts_.locks.TryAcquire(row.code_digest);
  if (!lock || !IsStillPending(row)) return Step::kSkipped;
  if (parts_.gate.State() != BreakerState::kClosed) return Step::kEndRound;
  auto permit = parts_.gate.Ask();
  if (!permit) return Step::kEndRound;
  const ChargeAnswer answer = parts_.payments.Try({row.ref, row.amount_cents},
                                                  parts_.clock.Now() + options_.attempt_timeout);
  parts_.metrics.CountCall(answer.result);
  permit->Report(TraitsOf(answer.result).breaker);
  const RedeemResult result = Settle(parts_, row.code_digest, answer);
  const std::string code_id = CodeIdentity{row.code_digest}.code_id();
  log::Info("pending redemption charged again", {{"code_id", code_id},
                                                 {"amount_cents", row.amount_cents},
                                                 {"outcome", TraitsOf(result.outcome).word},
                                                 {"detail", result.detail}});
  if (result.outcome == Outcome::kStoreError) return Step::kEndRound;
  const bool failed = TraitsOf(answer.result).breaker == CallOutcome::kFailure;
  return failed ? Step::kFailed : Step::kSettled;
}

std::int64_t Recovery::NewestBegin() const {
  return parts_.clock.UnixMillis() - options_.min_age.count();
}

bool Recovery::IsStillPending(const Redemption& row) {
  const auto rows = parts_.store.Pending(NewestBegin(), options_.rows_per_round);
  return rows && std::any_of(rows->begin(), rows->end(), [&row](const Redemption& now) {
           return now.code_digest == row.code_digest && now.amount_cents == row.amount_cents;
         });
}

}  // namespace gift_cards
