// The part of a status that every kind has: which generation it is about, and conditions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/status_writer.h"
#include "core/base/time.h"
#include "core/json/json.h"
#include "core/resources/conditions.h"
#include "core/resources/meta.h"

namespace launchgate::app {

using resources::Condition;
using resources::Truth;

// The condition Ready.
Condition ReadyCondition(bool ready, std::string_view reason, std::string_view message);
// Not ready, because the object breaks a rule.
Condition InvalidCondition(std::string_view message);

// {observedGeneration, conditions}. A condition of the status before (JSON; may
// be empty) keeps its transition time while its status stays. Pure.
json::Json StatusWith(const std::vector<Condition>& conditions, std::int64_t generation,
                      const std::string& before_text, base::Time now);

StatusTarget StatusTargetOf(const kube::ResourceType& type, const resources::Meta& meta,
                            const std::string& status_text);

}  // namespace launchgate::app
