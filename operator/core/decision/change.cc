#include "core/decision/change.h"

namespace launchgate::decision {

GateMode ParseGateMode(std::string_view label_value) {
  if (label_value.empty()) return GateMode::kNotOptedIn;
  if (label_value == "strict") return GateMode::kStrict;
  if (label_value == "audit") return GateMode::kAudit;
  return GateMode::kEnforce;
}

std::string_view ToString(GateMode mode) {
  switch (mode) {
    case GateMode::kNotOptedIn:
      return "off";
    case GateMode::kEnforce:
      return "enforce";
    case GateMode::kStrict:
      return "strict";
    case GateMode::kAudit:
      return "audit";
    case GateMode::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace launchgate::decision
