#include "gift-cards/answer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "platform/log.h"

namespace gift_cards {
namespace {

namespace log = launchgate::platform::log;
namespace platform = launchgate::platform;

using Json = nlohmann::ordered_json;
using std::chrono::seconds;

// Long enough for a burst to pass, short beside the patience of a customer.
constexpr seconds kComeBackAfter{1};

std::string Text(const Json& body) {
  return body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ErrorBody(Outcome outcome) {
  const OutcomeTraits& traits = TraitsOf(outcome);
  return Text({{"error", traits.word}, {"message", traits.message}});
}

}  // namespace

Answer::Answer(AnswerContext context, platform::Responder responder, const Parts& parts)
    : context_(std::move(context)), parts_(parts), responder_(std::move(responder)) {}

void Answer::Invalid(const FieldError& error) {
  Send({Outcome::kInvalid, {}, 0, error.message}, Text({{"error", TraitsOf(Outcome::kInvalid).word},
                                                        {"field", error.field},
                                                        {"message", error.message}}));
}

void Answer::Finish(const RedeemResult& result) {
  std::string body = IsServed(result.outcome)
                         ? Text({{"status", "redeemed"},
                                 {"chargeId", result.charge_id},
                                 {"amount", context_.amount_cents},
                                 {"replayed", result.outcome == Outcome::kReplayed}})
                         : ErrorBody(result.outcome);
  if (Send(result, std::move(body))) return;
  log::Warning("redemption ended after its answer", {{"request_id", context_.request_id},
                                                     {"code_id", context_.code_id},
                                                     {"outcome", TraitsOf(result.outcome).word},
                                                     {"detail", result.detail}});
}

void Answer::Expire() {
  if (IsDone()) return;
  Send({Outcome::kDeadline, {}, 0, "the worker was late"}, ErrorBody(Outcome::kDeadline));
}

bool Answer::Send(const RedeemResult& result, std::string body) {
  if (done_.exchange(true)) return false;
  const OutcomeTraits& traits = TraitsOf(result.outcome);
  platform::Response response;
  response.status = traits.status;
  response.content_type = "application/json";
  response.body = std::move(body);
  response.headers = {{"X-Request-Id", context_.request_id}, {"Cache-Control", "no-store"}};
  if (traits.retry_after) response.headers.emplace_back("Retry-After", RetryAfter(result.outcome));
  const auto duration = parts_.clock.Now() - context_.received_at;
  parts_.metrics.CountRedemption(result.outcome, duration);
  responder_.Send(std::move(response));
  Log(result, duration);
  return true;
}

std::string Answer::RetryAfter(Outcome outcome) const {
  auto wait = kComeBackAfter;
  if (outcome == Outcome::kBreakerOpen) {
    wait = std::max(wait, std::chrono::ceil<seconds>(parts_.gate.RefusesFor()));
  }
  return std::to_string(wait.count());
}

void Answer::Log(const RedeemResult& result, std::chrono::nanoseconds duration) const {
  const OutcomeTraits& traits = TraitsOf(result.outcome);
  constexpr int kFirstServerError = 500;
  const auto level = traits.status >= kFirstServerError ? log::Level::kWarning : log::Level::kInfo;
  const log::Field fields[] = {
      {"request_id", context_.request_id},
      {"trace_id", context_.trace_id},
      {"outcome", traits.word},
      {"status", traits.status},
      {"duration_ms", std::chrono::duration<double, std::milli>(duration).count()},
      {"code_id", context_.code_id},
      {"amount_cents", context_.amount_cents},
      {"attempts", result.attempts},
      {"detail", result.detail}};
  log::Write(level, "redemption", fields);
}

}  // namespace gift_cards
