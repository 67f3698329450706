#include "app/reconcile/conditions.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"

namespace launchgate::app {
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

// When the condition of the status before became what it is; nothing when it was
// something else.
const Json* TransitionOf(const Json& before, const Condition& condition) {
  const Json::json_pointer path("/conditions");
  if (!before.is_object() || !before.contains(path) || !before.at(path).is_array()) return nullptr;
  for (const Json& old : before.at(path)) {
    if (!old.is_object() || old.value("type", Json()) != condition.type) continue;
    if (old.value("status", Json()) != ToText(condition.status)) return nullptr;
    const auto since = old.find("lastTransitionTime");
    return since == old.end() ? nullptr : &*since;
  }
  return nullptr;
}

}  // namespace

Condition ReadyCondition(bool ready, std::string_view reason, std::string_view message) {
  return {"Ready", ready ? Truth::kTrue : Truth::kFalse, std::string(reason), std::string(message)};
}

Condition InvalidCondition(std::string_view message) {
  return ReadyCondition(false, "Invalid", message);
}

Json StatusWith(const std::vector<Condition>& conditions, std::int64_t generation,
                const std::string& before_text, base::Time now) {
  const Json before = Json::parse(before_text, nullptr, false);
  Json list = Json::array();
  for (const Condition& condition : conditions) {
    const Json* since = TransitionOf(before, condition);
    list.push_back({{"type", condition.type},
                    {"status", ToText(condition.status)},
                    {"reason", condition.reason},
                    {"message", base::Printable(condition.message, kMaxConditionMessage)},
                    {"observedGeneration", generation},
                    {"lastTransitionTime", since ? *since : Json(base::FormatTime(now))}});
  }
  return {{"observedGeneration", generation}, {"conditions", std::move(list)}};
}

StatusTarget StatusTargetOf(const kube::ResourceType& type, const resources::Meta& meta,
                            const std::string& status_text) {
  return {type, {meta.ns, meta.name}, meta.resource_version, status_text};
}

}  // namespace launchgate::app
