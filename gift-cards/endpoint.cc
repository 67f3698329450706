#include "gift-cards/endpoint.h"

#include <exception>
#include <memory>
#include <utility>

namespace gift_cards {
namespace {

namespace platform = launchgate::platform;

// Only memory can run out in there; the customer shall hear of it all the same.
RedeemResult RedeemWithoutThrowing(Redeemer& redeemer, const RedeemCommand& command) {
  try {
    return redeemer.Redeem(command);
  } catch (const std::exception& failure) {
    return {Outcome::kStoreError, {}, 0, std::string("unexpected: ") + failure.what()};
  }
}

}  // namespace

AnswerContext RedemptionEndpoint::ContextOf(const platform::Request& request) {
  AnswerContext context;
  context.received_at = parts_.answer.clock.Now();
  const auto id = request.Header("x-request-id");
  context.request_id = id && IsRequestId(*id)
                           ? std::string(*id)
                           : MakeRequestId(parts_.chance.Bits(), parts_.chance.Bits());
  if (const auto parent = request.Header("traceparent")) {
    context.trace_id = TraceId(*parent).value_or("");
  }
  return context;
}

void RedemptionEndpoint::Handle(const platform::Request& request, platform::Responder responder) {
  AnswerContext context = ContextOf(request);
  const auto received_at = context.received_at;
  const auto query = ParseRedeemQuery(request.query);
  if (!query) {
    return Answer(std::move(context), std::move(responder), parts_.answer).Invalid(query.error());
  }
  auto code = Identify(query->code);
  if (!code) {
    return Answer(std::move(context), std::move(responder), parts_.answer)
        .Finish({Outcome::kStoreError, {}, 0, code.error()});
  }
  context.code_id = code->code_id();
  context.amount_cents = query->amount_cents;
  const auto answer =
      std::make_shared<Answer>(std::move(context), std::move(responder), parts_.answer);
  const RedeemCommand command{std::move(*code), query->amount_cents, received_at};
  const bool taken = parts_.bulkhead.TryRun([&redeemer = parts_.redeemer, command, answer] {
    RedeemResult result = RedeemWithoutThrowing(redeemer, command);
    return [answer, result = std::move(result)] { answer->Finish(result); };
  });
  if (!taken) return answer->Finish({Outcome::kShed, {}, 0, "no worker is free, or shutting down"});
  parts_.answer_deadline.Watch(answer, received_at + deadline_ + kAnswerGrace);
}

}  // namespace gift_cards
