// The answer to one redemption request: sent once, counted once, logged once,
// whoever comes first with it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "gift-cards/answer_deadline.h"
#include "gift-cards/clock.h"
#include "gift-cards/core/request.h"
#include "gift-cards/metrics.h"
#include "gift-cards/provider_gate.h"
#include "gift-cards/redeemer.h"
#include "platform/http.h"

namespace gift_cards {

// What is known of a request besides its outcome.
struct AnswerContext {
  std::string request_id;
  std::string trace_id;  // Empty without one.
  std::chrono::steady_clock::time_point received_at;
  // Of a valid request.
  std::string code_id;
  std::int64_t amount_cents = 0;
};

// Thread-safe: the first of Invalid(), Finish() and Expire() answers.
class Answer final : public Expirable {
 public:
  struct Parts {
    Metrics& metrics;
    ProviderGate& gate;  // Says when to come back.
    const Clock& clock;
  };

  Answer(AnswerContext context, launchgate::platform::Responder responder, const Parts& parts);

  void Invalid(const FieldError& error);
  void Finish(const RedeemResult& result);

  [[nodiscard]] bool IsDone() const override { return done_.load(); }
  void Expire() override;

 private:
  // False when an answer was given before.
  bool Send(const RedeemResult& result, std::string body);
  [[nodiscard]] std::string RetryAfter(Outcome outcome) const;
  void Log(const RedeemResult& result, std::chrono::nanoseconds duration) const;

  const AnswerContext context_;
  const Parts parts_;
  launchgate::platform::Responder responder_;  // Used by whoever set done_.
  std::atomic<bool> done_{false};
};

}  // namespace gift_cards
