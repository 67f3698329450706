// What somebody wants to do to a workload, as far as the gate cares.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/resources/target.h"

namespace launchgate::decision {

// What a namespace's label launchgate.dev/gate says. kUnknown: this replica
// has not seen the namespace yet.
enum class GateMode { kNotOptedIn, kEnforce, kStrict, kAudit, kUnknown };
// "enforce", "strict", "audit"; any other non-empty value counts as enforce: a
// typing error must not open the gate. Empty: not opted in.
GateMode ParseGateMode(std::string_view label_value);
std::string_view ToString(GateMode mode);

// Stands for "a version that nobody has approved yet", where the question is not
// about one template: it has the form of a hash and equals none.
inline constexpr std::string_view kSomeNewTemplate =
    "v1:sha256:0000000000000000000000000000000000000000000000000000000000000000";

struct Change {
  std::string ns;
  std::string kind;  // As the request names it: "Deployment", "Pod", …
  std::string name;  // May be empty (generateName).
  // Whose review decides. Nothing: this kind of object cannot be reviewed by
  // itself (a bare Pod in a strict namespace), so only an owner could explain it.
  std::optional<resources::TargetRef> target;
  // False: the classifier found that nothing new goes into production. A Change
  // that nobody classified is a launch.
  bool launch = true;
  std::string_view
      what;  // "creates it", "changes the pod template", "scales it up from zero". Static storage.
  // Of the template that would run. Empty: the request does not carry it and
  // the live one counts (a scale).
  std::string template_hash;
  // The template is somewhere else (an Argo Rollout's workloadRef) and could not
  // be found: TemplateUnknown. The live template must not stand in for it.
  // `template_hash` is then empty.
  bool template_unresolved = false;
};

}  // namespace launchgate::decision
