#include "app/cli/agenda_sections.h"

#include <fmt/format.h>

#include <optional>

#include "app/cli/burn_down_chart.h"
#include "core/base/text.h"

namespace launchgate::app::cli {
namespace {

using base::FormatTime;
using resources::AgendaObjective;
using resources::BudgetAgenda;

constexpr int kSliDigits = 4;
constexpr const char* kUnknown = "unknown";

std::string Figure(const std::optional<double>& value, int digits) {
  return value ? base::FormatDecimal(*value, digits) : kUnknown;
}
std::string Share(const std::optional<double>& share) { return share ? Percent(*share) : kUnknown; }
std::string Sli(const std::optional<double>& sli) {
  return sli ? base::FormatDecimal(*sli, kSliDigits) + " %" : kUnknown;
}

AgendaSection Objectives(const BudgetAgenda& agenda) {
  AgendaSection section{
      "Objectives",
      {"Objective", "Target", "Measured", "Events", "Bad", "Consumed", "Left", "State", "Note"},
      {},
      "The budget has no objectives."};
  for (const AgendaObjective& objective : agenda.objectives) {
    section.rows.push_back({objective.name, objective.target + " %", Sli(objective.sli),
                            Figure(objective.total_events, 0), Figure(objective.bad_events, 0),
                            Share(objective.consumed), Share(objective.remaining),
                            std::string(resources::ToString(objective.state)), objective.message});
  }
  return section;
}

AgendaSection Incidents(const BudgetAgenda& agenda) {
  AgendaSection section{"Incidents",
                        {"Objective", "No.", "From", "Until", "Of the budget"},
                        {},
                        "No incident used up budget."};
  for (const AgendaObjective& objective : agenda.objectives) {
    std::size_t number = 0;
    for (const resources::Incident& incident : objective.incidents) {
      section.rows.push_back({objective.name, fmt::format("{}", ++number),
                              FormatTime(incident.from), FormatTime(incident.until),
                              Percent(incident.share)});
    }
  }
  return section;
}

AgendaSection Freezes(const BudgetAgenda& agenda) {
  AgendaSection section{
      "Freezes", {"Cause", "Source", "From", "Until", "Why"}, {}, "Launches were not frozen."};
  for (const auto& freeze : agenda.freezes) {
    section.rows.push_back({freeze.cause, freeze.source, FormatTime(freeze.from),
                            freeze.until ? FormatTime(*freeze.until) : "still in force",
                            freeze.message});
  }
  return section;
}

AgendaSection Overrides(const BudgetAgenda& agenda) {
  AgendaSection section{"Overrides",
                        {"Review", "Signed by", "When", "Class", "Ticket", "Reason"},
                        {},
                        "Nobody broke the glass."};
  for (const auto& entry : agenda.overrides) {
    section.rows.push_back({entry.review, entry.identity, FormatTime(entry.issued_at),
                            entry.override_class, entry.ticket, entry.reason});
  }
  return section;
}

AgendaSection Conditions(const BudgetAgenda& agenda) {
  AgendaSection section{"Conditions due",
                        {"Review", "Item", "What", "Owner", "Due"},
                        {},
                        "No condition falls due before the next review."};
  for (const auto& entry : agenda.conditions) {
    section.rows.push_back(
        {entry.review, entry.item, entry.text, entry.owner, FormatTime(entry.due)});
  }
  return section;
}

AgendaSection Evidence(const BudgetAgenda& agenda) {
  AgendaSection section{"Evidence going stale",
                        {"Review", "Item", "Valid until"},
                        {},
                        "No evidence ends before the next review."};
  for (const auto& entry : agenda.evidence) {
    section.rows.push_back({entry.review, entry.item, FormatTime(entry.valid_until)});
  }
  return section;
}

AgendaSection Actions(const BudgetAgenda& agenda) {
  AgendaSection section{"Actions of the last review",
                        {"What", "Owner", "Due"},
                        {},
                        "The last review decided on no actions, or there was none."};
  for (const auto& entry : agenda.actions) {
    section.rows.push_back({entry.text, entry.owner, FormatTime(entry.due)});
  }
  return section;
}

std::string SignedBy(const resources::BudgetReview& review) {
  std::string text;
  for (const resources::SignedOffBy& signer : review.status.signed_off_by) {
    text += fmt::format("{}{} ({}) at {}", text.empty() ? "" : ", ",
                        base::Printable(signer.identity, base::kMaxQuotedBytes),
                        base::Printable(signer.role, base::kMaxQuotedBytes),
                        FormatTime(signer.issued_at));
  }
  return text.empty() ? "Signed by nobody yet." : "Signed by " + text + ".";
}

}  // namespace

std::string TitleOf(const resources::BudgetReview& review) {
  return fmt::format("Error budget review of {}/{}, {}", review.meta.ns, review.budget,
                     resources::FormatMonth(review.month));
}

std::vector<std::string> HeadOf(const resources::BudgetReview& review) {
  const resources::BudgetReviewStatus& status = review.status;
  std::vector<std::string> head;
  if (status.opened_at && status.due_at && status.freezes_at) {
    head.push_back(fmt::format(
        "Opened {}, to be signed by {}; unsigned it freezes launches from {} on.",
        FormatTime(*status.opened_at), FormatTime(*status.due_at), FormatTime(*status.freezes_at)));
  }
  head.push_back(SignedBy(review));
  if (!status.agenda) {
    head.push_back("The agenda has not been taken yet.");
    return head;
  }
  head.push_back(fmt::format("Figures from {} to {}, taken {}.", FormatTime(status.agenda->from),
                             FormatTime(status.agenda->until), FormatTime(status.agenda->as_of)));
  if (status.agenda->omitted > 0) {
    head.push_back(fmt::format("{} more entries did not fit.", status.agenda->omitted));
  }
  head.push_back(fmt::format("Digest of this agenda: sha256:{}.", status.agenda_digest));
  head.push_back(
      fmt::format("Sign it off with: launchgate sign -n {} --budget-review {} --key KEY.pem",
                  review.meta.ns, review.meta.name));
  return head;
}

std::vector<AgendaSection> SectionsOf(const BudgetAgenda& agenda) {
  return {Objectives(agenda), Incidents(agenda), Freezes(agenda), Overrides(agenda),
          Conditions(agenda), Evidence(agenda),  Actions(agenda)};
}

}  // namespace launchgate::app::cli
