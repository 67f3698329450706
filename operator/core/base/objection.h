// The word "no", with its reason. Not an error: it is an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace launchgate::base {

struct Objection {
  std::string_view
      reason;  // PascalCase and stable: it appears in conditions and metrics. Static storage.
  std::string message;  // One sentence for the engineer whose rollout was stopped.
  std::string item;     // Id of the checklist item it is about; may be empty.
  friend bool operator==(const Objection&, const Objection&) = default;
};

using Objections = std::vector<Objection>;

}  // namespace launchgate::base
