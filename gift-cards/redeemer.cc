#include "gift-cards/redeemer.h"

#include <algorithm>
#include <utility>

namespace gift_cards {
namespace {

using std::chrono::milliseconds;

}  // namespace

std::optional<std::string> ProblemOf(const RedeemerOptions& options) {
  if (options.deadline <= milliseconds(0) || options.deadline > RedeemerOptions::kMaxDeadline) {
    return "the deadline must be 1 to 60000 ms";
  }
  if (options.attempt_timeout <= milliseconds(0) || options.attempt_timeout > options.deadline) {
    return "an attempt must have at least 1 ms and at most the deadline";
  }
  return ProblemOf(options.retry);
}

RedeemResult Redeemer::Redeem(const RedeemCommand& command) {
  const TimePoint deadline = command.received_at + options_.deadline;
  const auto lock = parts_.locks.Acquire(command.code.digest, deadline);
  if (!lock) {
    return {Outcome::kDeadline, {}, 0, "another request held the code until the deadline"};
  }
  auto permit = parts_.gate.Ask();
  if (!permit) return WhileOpen(command);
  return Begun(command, std::move(*permit));
}

RedeemResult Redeemer::WhileOpen(const RedeemCommand& command) {
  const auto row = parts_.store.FindRedeemed(command.code.digest);
  if (!row) return {Outcome::kBreakerOpen, {}, 0, row.error()};
  if (!*row) return {Outcome::kBreakerOpen, {}, 0, {}};
  if ((*row)->amount_cents != command.amount_cents) return {Outcome::kConflict, {}, 0, {}};
  return {Outcome::kReplayed, (*row)->charge_id, 0, {}};
}

RedeemResult Redeemer::Begun(const RedeemCommand& command, ProviderGate::Permit permit) {
  const std::string& digest = command.code.digest;
  const auto row = parts_.store.Begin(digest, command.amount_cents, parts_.clock.UnixMillis());
  if (!row) return {Outcome::kStoreError, {}, 0, row.error()};
  if (row->amount_cents != command.amount_cents) return {Outcome::kConflict, {}, 0, {}};
  if (row->state == RedemptionState::kRedeemed) {
    return {Outcome::kReplayed, row->charge_id, 0, {}};
  }
  const TimePoint deadline = command.received_at + options_.deadline;
  if (parts_.clock.Now() >= deadline) {
    return {Outcome::kDeadline, {}, 0, "the store took until the deadline"};
  }
  int attempts = 0;
  const ChargeAnswer answer =
      Attempt({row->ref, row->amount_cents}, deadline, std::move(permit), attempts);
  RedeemResult result = Settle(parts_, digest, answer);
  result.attempts = attempts;
  return result;
}

ChargeAnswer Redeemer::Attempt(const Charge& charge, TimePoint deadline,
                               ProviderGate::Permit permit, int& attempts) {
  while (true) {
    ++attempts;
    const TimePoint until = std::min(deadline, parts_.clock.Now() + options_.attempt_timeout);
    ChargeAnswer answer = parts_.payments.Try(charge, until);
    parts_.metrics.CountCall(answer.result);
    permit.Report(TraitsOf(answer.result).breaker);
    const auto remaining = std::chrono::duration_cast<milliseconds>(deadline - parts_.clock.Now());
    const auto wait =
        NextWait(options_.retry, {attempts, answer.result, remaining}, parts_.chance.Uniform());
    if (!wait) return answer;
    parts_.clock.Pause(*wait);
    auto next = parts_.gate.Ask();
    if (!next) return answer;
    permit = std::move(*next);
    parts_.metrics.CountRetry();
  }
}

RedeemResult Settle(const RedeemerParts& parts, std::string_view code_digest,
                    const ChargeAnswer& answer) {
  RedeemResult result{OutcomeOf(answer.result), answer.charge_id, 0, answer.detail};
  tl::expected<void, std::string> written;
  if (answer.result == AttemptResult::kCharged) {
    written = parts.store.Complete(code_digest, answer.charge_id, parts.clock.UnixMillis());
    // Charged but not recorded: nothing may be acknowledged.
    if (!written) return {Outcome::kStoreError, {}, 0, written.error()};
  }
  if (answer.result == AttemptResult::kRefused || answer.result == AttemptResult::kConflict) {
    written = parts.store.Abandon(code_digest);
    // The refusal stands all the same; Recovery will be refused and try this again.
    if (!written) result.detail += "; " + written.error();
  }
  return result;
}

}  // namespace gift_cards
