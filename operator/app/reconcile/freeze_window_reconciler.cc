#include "app/reconcile/freeze_window_reconciler.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "app/reconcile/conditions.h"
#include "core/budget/calendar.h"
#include "core/resources/freeze_window_text.h"

namespace launchgate::app {
namespace {

using budget::WindowState;

Condition ActiveCondition(const WindowState& state) {
  Condition active{"Active", state.active ? Truth::kTrue : Truth::kFalse, "Frozen", ""};
  if (!state.active) {
    active.reason = "Open";
    active.message = state.next_close
                         ? "launches are frozen next at " + base::FormatTime(*state.next_close)
                         : "launches are not frozen by this window any more";
  } else if (state.next_open) {
    active.message = "launches are possible again at " + base::FormatTime(*state.next_open);
  } else {
    active.reason = "FrozenWithoutEnd";
    active.message = fmt::format(
        "its freezes meet each other, so that there is no end within {}: let them last "
        "less long or begin less often",
        base::FormatDuration(budget::kLongestStretch));
  }
  return active;
}

// A window that cannot be used freezes, whatever it wanted to say.
FreezeWindowStatus Unusable(const FreezeWindowRecord& record, const Condition& ready,
                            base::Time now, base::Time next) {
  const Condition active{"Active", Truth::kTrue, "CannotBeUsed",
                         "a FreezeWindow that cannot be used freezes always: correct or delete it"};
  json::Json status =
      StatusWith({ready, active}, record.window.meta.generation, record.status_text, now);
  status["active"] = true;
  return {std::move(status), next};
}

base::Time NextChange(const WindowState& state, base::Time now) {
  if (state.active && !state.next_open) return now + kEndlessRecheck;
  if (state.active) return *state.next_open;
  return state.next_close.value_or(base::kNever);
}

}  // namespace

FreezeWindowStatus FreezeWindowStatusAt(const FreezeWindowRecord& record,
                                        const budget::TimeZones& zones, base::Time now) {
  if (!record.problems.empty()) {
    return Unusable(record, InvalidCondition(json::Summarize(record.problems)), now, base::kNever);
  }
  const auto state = budget::StateAt(record.window, zones, now);
  if (!state) {
    const bool unknown = state.error().kind == base::ErrorKind::kNotFound;
    return Unusable(record,
                    ReadyCondition(false, unknown ? "TimeZoneUnknown" : "TimeZoneUnreadable",
                                   state.error().message),
                    now, now + kZoneRetry);
  }
  const Condition ready =
      ReadyCondition(true, "Valid", "freezes " + resources::WhenText(record.window));
  json::Json status = StatusWith({ready, ActiveCondition(*state)}, record.window.meta.generation,
                                 record.status_text, now);
  status["active"] = state->active;
  if (state->next_open) status["nextOpen"] = base::FormatTime(*state->next_open);
  if (state->next_close) status["nextClose"] = base::FormatTime(*state->next_close);
  return {std::move(status), NextChange(*state, now)};
}

base::Result<base::Time> FreezeWindowReconciler::Reconcile(const FreezeWindowRecord& record,
                                                           std::stop_token stop) {
  const FreezeWindowStatus next = FreezeWindowStatusAt(record, zones_, clock_.Now());
  const auto written =
      status_.Write(StatusTargetOf(kube::kFreezeWindows, record.window.meta, record.status_text),
                    next.status, std::move(stop));
  if (!written) return tl::unexpected(written.error());
  return next.next;
}

}  // namespace launchgate::app
