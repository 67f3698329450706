// The part of Kubernetes' structural schemas that our CRDs use, so that tests
// can ask what an API server would say about an object. Reference:
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/json/json.h"

namespace launchgate::testing {

// What the schema has against `value`: "path: message", empty when nothing.
// Unlike a server, which prunes them silently, unknown fields are complained about.
// A keyword this checker does not know is a complaint too: nothing is skipped.
std::vector<std::string> Violations(const json::Json& schema, const json::Json& value);

// Calls `visit` for the schema itself and every schema below properties, items
// and additionalProperties, with its path ("spec.evidence[].item", "facts{}").
void ForEachSchema(
    const json::Json& schema,
    const std::function<void(const std::string& path, const json::Json& schema)>& visit);

}  // namespace launchgate::testing
