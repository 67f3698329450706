#include "core/resources/conditions.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace launchgate::resources {
namespace {

using json::Json;

const char* ToText(Truth status) {
  switch (status) {
    case Truth::kFalse:
      return "False";
    case Truth::kTrue:
      return "True";
    case Truth::kUnknown:
      break;
  }
  return "Unknown";
}

Json TransitionOf(const Condition& condition, const Json& previous, base::Time now) {
  const Json* before = FindCondition(previous, condition.type);
  const bool same =
      before != nullptr && before->value("status", Json()) == ToText(condition.status);
  const bool dated = same && before->contains("lastTransitionTime");
  return dated ? before->at("lastTransitionTime") : Json(base::FormatTime(now));
}

}  // namespace

const Json* FindCondition(const Json& status, std::string_view type) {
  const auto conditions = status.is_object() ? status.find("conditions") : status.end();
  if (conditions == status.end() || !conditions->is_array()) return nullptr;
  for (const Json& condition : *conditions) {
    if (condition.is_object() && condition.value("type", Json()) == type) return &condition;
  }
  return nullptr;
}

Json ConditionsJson(const std::vector<Condition>& conditions, std::int64_t generation,
                    const Json& previous, base::Time now) {
  Json list = Json::array();
  for (const Condition& condition : conditions) {
    list.push_back({{"type", condition.type},
                    {"status", ToText(condition.status)},
                    {"reason", condition.reason},
                    {"message", base::Printable(condition.message, kMaxConditionMessage)},
                    {"observedGeneration", generation},
                    {"lastTransitionTime", TransitionOf(condition, previous, now)}});
  }
  return list;
}

}  // namespace launchgate::resources
