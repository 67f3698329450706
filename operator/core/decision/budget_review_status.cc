#include "core/decision/budget_review_status.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/text.h"
#include "core/budget/agenda.h"
#include "core/resources/conditions.h"

namespace launchgate::decision {
namespace {

using base::FormatTime;
using json::Json;
using resources::Condition;
using resources::Truth;
using verdict::SignOffStanding;

Condition Ready(const std::vector<json::Problem>& problems, bool has_agenda) {
  if (!problems.empty()) return {"Ready", Truth::kFalse, "Invalid", json::Summarize(problems)};
  if (has_agenda) return {"Ready", Truth::kTrue, "AgendaTaken", "the agenda can be signed off"};
  return {"Ready", Truth::kFalse, "FiguresPending",
          fmt::format("the figures of the month are not all known yet; {} after it was opened the "
                      "agenda is taken without them",
                      base::FormatDuration(budget::kFiguresPatience))};
}

Condition SignedOff(const SignOffStanding& standing) {
  if (standing.signed_off) {
    return {"SignedOff", Truth::kTrue, "QuorumMet",
            fmt::format("signed off by {} people", standing.counted.size())};
  }
  std::string message = "needs " + base::JoinWords(standing.missing);
  for (const verdict::RejectedSignOff& rejected : standing.rejected) {
    message += fmt::format("; spec.signOffs[{}] does not count ({}): {}", rejected.index,
                           rejected.why.reason, rejected.why.message);
  }
  return {"SignedOff", Truth::kFalse, "SignOffsMissing", message};
}

Condition Overdue(const budget::ReviewTimes& times, const SignOffStanding& standing,
                  base::Time now) {
  if (standing.signed_off)
    return {"Overdue", Truth::kFalse, "SignedOff", "the review is signed off"};
  if (now >= times.freezes_at) {
    return {"Overdue", Truth::kTrue, "BudgetReviewOverdue",
            "launches are frozen until the review is signed off"};
  }
  const std::string frozen = fmt::format("launches are frozen from {} on unless it is signed off",
                                         FormatTime(times.freezes_at));
  if (now >= times.due_at) return {"Overdue", Truth::kTrue, "PastDue", frozen};
  return {"Overdue", Truth::kFalse, "NotDue",
          fmt::format("due by {}; {}", FormatTime(times.due_at), frozen)};
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
    status["agendaDigest"] = resources::AgendaDigest(taken);
    status["agenda"] = taken;
  }
  status["conditions"] = resources::ConditionsJson(
      {Ready(problems, !taken.is_null()), SignedOff(standing), Overdue(times, standing, now)},
      review.meta.generation, previous, now);
  return status;
}

}  // namespace launchgate::decision
