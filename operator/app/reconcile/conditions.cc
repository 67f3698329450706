#include "app/reconcile/conditions.h"

#include <nlohmann/json.hpp>

namespace launchgate::app {

using json::Json;

Condition ReadyCondition(bool ready, std::string_view reason, std::string_view message) {
  return {"Ready", resources::TruthOf(ready), std::string(reason), std::string(message)};
}

Condition InvalidCondition(std::string_view message) {
  return ReadyCondition(false, "Invalid", message);
}

Json StatusWith(const std::vector<Condition>& conditions, std::int64_t generation,
                const std::string& before_text, base::Time now) {
  const Json before = Json::parse(before_text, nullptr, false);
  return {{"observedGeneration", generation},
          {"conditions", resources::ConditionsJson(conditions, generation, before, now)}};
}

StatusTarget StatusTargetOf(const kube::ResourceType& type, const resources::Meta& meta,
                            const std::string& status_text) {
  return {type, {meta.ns, meta.name}, meta.resource_version, status_text};
}

}  // namespace launchgate::app
