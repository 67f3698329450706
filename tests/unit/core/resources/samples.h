// Valid objects to start from; a test states only what it changes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/json.h"
#include "core/json/reader.h"

namespace launchgate::resources {

// The object in tests/testdata/resources/<file>.
json::Json Sample(std::string_view file);

json::Json ReviewSample();     // launchreview.yaml
json::Json ChecklistSample();  // readinesschecklist.yaml
json::Json AuthoritySample();  // launchauthority.yaml
json::Json BudgetSample();     // errorbudget.yaml

// `object` with the value at JSON pointer `pointer` replaced; the pointer's
// parent must exist. A `json_text` of "absent" removes the value.
json::Json With(json::Json object, std::string_view pointer, std::string_view json_text);

// "path: message" of every problem, one a line.
std::string Lines(const std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
