// Which objects the gate knows, where their pod template is, and which fields
// put a template into production without changing it. The one table.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "core/resources/target.h"

namespace launchgate::admission {

// How a field's change from the old object to the new one is judged. An absent
// field counts as the value the API server fills in.
enum class Rule {
  kTrueToFalse,         // Absent is false.
  kFalseToTrue,         // Absent is false.
  kZeroToMore,          // Absent is 1.
  kLowered,             // Absent is 0.
  kRaised,              // Absent is 0.
  kOnDeleteToRolling,   // From "OnDelete" to anything else.
  kAnyChange,           // As canonical JSON; of a template, without restartedAt.
  kAnyChangeInJobSpec,  // The same for the object that holds the template.
  kEmptied,             // A list that had elements and now has none.
  kImages,              // A list of containers: number, order, names or images.
};

struct ReleaseSwitch {
  std::string_view path;  // Dotted.
  Rule rule = Rule::kAnyChange;
  std::string_view what;  // Completes "who … it": see Change::what.
  // Part of the ordinary work of the Argo Rollouts controller, who may do it.
  bool rollout_controller_may = false;
};

enum class Gated {
  kWherever,      // In every namespace that opted in.
  kInStrictOnly,  // A child: elsewhere its owner is gated instead.
};

struct KindRow {
  std::string_view group;
  std::string_view kind;
  std::string_view resource;
  std::array<std::string_view, 2> versions;     // As the webhook registers them.
  std::optional<resources::TargetKind> target;  // Nothing: cannot be reviewed by itself.
  Gated gated = Gated::kWherever;
  bool has_scale = false;
  std::string_view template_path;  // Dotted; empty: the object is not a template's holder (Pod).
  std::span<const ReleaseSwitch> switches;
};

std::span<const KindRow> Kinds();

// Exact and case-sensitive; null when the gate does not know it. (THREATS T07, T08.)
const KindRow* FindKind(std::string_view group, std::string_view kind);
const KindRow* FindResource(std::string_view group, std::string_view resource);

// "apps" of "apps/v1", "" of "v1".
std::string_view GroupOf(std::string_view api_version);

}  // namespace launchgate::admission
