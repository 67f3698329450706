#include "core/decision/budget_review_status.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/budget/agenda.h"

namespace launchgate::decision {
namespace {

using base::FormatTime;
using json::Json;
using verdict::SignOffStanding;

constexpr std::size_t kMaxMessageBytes = 1024;

struct Condition {
  const char* type;
  const char* status;
  std::string reason;
  std::string message;
};

Condition Ready(const std::vector<json::Problem>& problems, bool has_agenda) {
  if (!problems.empty()) return {"Ready", "False", "Invalid", json::Summarize(problems)};
  if (has_agenda) return {"Ready", "True", "AgendaTaken", "the agenda can be signed off"};
  return {"Ready", "False", "FiguresPending",
          fmt::format("the figures of the month are not all known yet; {} after it was opened the "
                      "agenda is taken without them",
                      base::FormatDuration(budget::kFiguresPatience))};
}

Condition SignedOff(const SignOffStanding& standing) {
  if (standing.signed_off) {
    return {"SignedOff", "True", "QuorumMet",
            fmt::format("signed off by {} people", standing.counted.size())};
  }
  std::string message = "needs " + base::JoinWords(standing.missing);
  for (const verdict::RejectedSignOff& rejected : standing.rejected) {
    message += fmt::format("; spec.signOffs[{}] does not count ({}): {}", rejected.index,
                           rejected.why.reason, rejected.why.message);
  }
  return {"SignedOff", "False", "SignOffsMissing", message};
}

Condition Overdue(const budget::ReviewTimes& times, const SignOffStanding& standing,
                  base::Time now) {
  if (standing.signed_off) return {"Overdue", "False", "SignedOff", "the review is signed off"};
  if (now >= times.freezes_at) {
    return {"Overdue", "True", "BudgetReviewOverdue",
            "launches are frozen until the review is signed off"};
  }
  const std::string frozen = fmt::format("launches are frozen from {} on unless it is signed off",
                                         FormatTime(times.freezes_at));
  if (now >= times.due_at) return {"Overdue", "True", "PastDue", frozen};
  return {"Overdue", "False", "NotDue",
          fmt::format("due by {}; {}", FormatTime(times.due_at), frozen)};
}

// When a condition got the status that it has.
Json TransitionOf(const Condition& condition, const Json& previous, base::Time now) {
  const auto conditions = previous.is_object() ? previous.find("conditions") : previous.end();
  if (conditions != previous.end() && conditions->is_array()) {
    for (const Json& before : *conditions) {
      if (!before.is_object() || before.value("type", Json()) != condition.type) continue;
      if (before.value("status", Json()) != condition.status) continue;
      if (before.contains("lastTransitionTime")) return before["lastTransitionTime"];
    }
  }
  return FormatTime(now);
}

// What is there stays as it is: another agenda would be one that nobody signed.
Json AgendaOf(const std::optional<resources::BudgetAgenda>& agenda, const Json& previous) {
  const auto there = previous.is_object() ? previous.find("agenda") : previous.end();
  if (there != previous.end() && there->is_object()) return *there;
  return agenda ? budget::AgendaJson(*agenda) : Json();
}

}  // namespace

Json BudgetReviewStatusJson(const resources::BudgetReview& review,
                            const std::vector<json::Problem>& problems,
                            const budget::ReviewTimes& times, const SignOffStanding& standing,
                            const std::optional<resources::BudgetAgenda>& agenda,
                            const Json& previous, base::Time now) {
  Json status = {{"observedGeneration", review.meta.generation},
                 {"openedAt", FormatTime(times.opened_at)},
                 {"dueAt", FormatTime(times.due_at)},
                 {"freezesAt", FormatTime(times.freezes_at)}};
  for (const verdict::VerifiedSignOff& verified : standing.counted) {
    status["signedOffBy"].push_back(
        {{"identity", base::Printable(verified.sign_off().identity, base::kMaxQuotedBytes)},
         {"role", verified.sign_off().role},
         {"issuedAt", FormatTime(verified.sign_off().issued_at)}});
  }
  const Json taken = AgendaOf(agenda, previous);
  if (!taken.is_null()) {
    json::CanonicalOptions options;
    options.omit_nulls = true;
    status["agendaDigest"] = base::Sha256Hex(json::Canonical(taken, options));
    status["agenda"] = taken;
  }
  for (const Condition& condition :
       {Ready(problems, !taken.is_null()), SignedOff(standing), Overdue(times, standing, now)}) {
    status["conditions"].push_back(
        {{"type", condition.type},
         {"status", condition.status},
         {"reason", condition.reason},
         {"message", base::Printable(condition.message, kMaxMessageBytes)},
         {"observedGeneration", review.meta.generation},
         {"lastTransitionTime", TransitionOf(condition, previous, now)}});
  }
  return status;
}

}  // namespace launchgate::decision
