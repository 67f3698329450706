// What the controller found about a BudgetReview, and the agenda that it took:
// the status of the object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"
#include "core/resources/error_budget_status.h"

namespace launchgate::resources {

// The figures of one objective over the month. A figure that was not known is absent.
struct AgendaObjective {
  std::string name;
  std::string target;  // Percent, as the budget's author wrote it: "99.9".
  BudgetState state = BudgetState::kUnknown;
  std::string message;
  std::optional<double> total_events;
  std::optional<double> bad_events;
  std::optional<double> sli;        // Percent of events that were good.
  std::optional<double> consumed;   // Share of the budget: 1 is all of it.
  std::optional<double> remaining;  // 1 - consumed; negative when overspent.
  std::vector<Incident> incidents;
  std::vector<double> burn_down;  // Share left at the end of equal parts of the month.
};

// A freeze that was in force during the month.
struct AgendaFreeze {
  std::string cause;   // A reason code: "BudgetSpent".
  std::string source;  // "ErrorBudget shop/gift-cards".
  std::string message;
  base::Time from{};
  std::optional<base::Time> until;  // Nothing: still in force when the agenda was taken.
};

// A break-glass verdict that was signed in the month.
struct AgendaOverride {
  std::string review;  // The LaunchReview.
  std::string identity;
  std::string ticket;
  std::string override_class;  // "P0" or "SecurityFix".
  std::string reason;
  base::Time issued_at{};
};

// A promise of a standing Go that falls due.
struct AgendaCondition {
  std::string review;
  std::string item;  // May be empty.
  std::string text;
  std::string owner;
  base::Time due{};
};

// Evidence that ends before the next review.
struct AgendaEvidence {
  std::string review;
  std::string item;
  base::Time valid_until{};
};

// What the last review decided, by the statements that signed it off.
struct AgendaAction {
  std::string text;
  std::string owner;
  base::Time due{};
  friend bool operator==(const AgendaAction&, const AgendaAction&) = default;
};

struct BudgetAgenda {
  base::Time as_of{};  // When it was taken.
  base::Time from{};   // The figures are of [from, until).
  base::Time until{};
  std::vector<AgendaObjective> objectives;
  std::vector<AgendaFreeze> freezes;
  std::vector<AgendaOverride> overrides;
  std::vector<AgendaCondition> conditions;
  std::vector<AgendaEvidence> evidence;
  std::vector<AgendaAction> actions;
  // How many entries of the lists were left out because of the bounds below.
  std::int64_t omitted = 0;
};

inline constexpr std::size_t kMaxAgendaFreezes = 16;
inline constexpr std::size_t kMaxAgendaOverrides = 32;
inline constexpr std::size_t kMaxAgendaConditions = 64;
inline constexpr std::size_t kMaxAgendaEvidence = 64;
inline constexpr std::size_t kMaxAgendaActions = 64;
inline constexpr std::size_t kMaxAgendaTextLength = 512;  // Of every text, in characters.
inline constexpr std::int64_t kMaxAgendaOmitted = 1'000'000;

// Somebody whose sign-off counts.
struct SignedOffBy {
  std::string identity;
  std::string role;
  base::Time issued_at{};
};
inline constexpr std::size_t kMaxSignedOffBy = 16;

struct BudgetReviewStatus {
  std::int64_t observed_generation = 0;
  std::optional<base::Time> opened_at;
  std::optional<base::Time> due_at;
  std::optional<base::Time> freezes_at;
  std::vector<SignedOffBy> signed_off_by;
  std::optional<BudgetAgenda> agenda;
  // AgendaDigest() of what is stored, computed and not read. Empty without an agenda.
  std::string agenda_digest;
};

// SHA-256 (hex) of the canonical JSON of `agenda`, as status.agenda is or would be
// stored: what a sign-off binds.
std::string AgendaDigest(const json::Json& agenda);

namespace internal {

// `review` is the whole object. Never fails: what does not make sense is left out.
BudgetReviewStatus ReadBudgetReviewStatus(const json::Json& review);

}  // namespace internal
}  // namespace launchgate::resources
