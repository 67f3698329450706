// A dashboard of Grafana, as far as tests look into it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/json.h"

namespace launchgate::contract {

inline constexpr int kOldestDashboardSchema = 38;  // Grafana 10.0.

// Throws when the file of this project is not strict JSON.
json::Json ReadDashboard(std::string_view path);

// Panels that show something; rows only divide them.
std::vector<json::Json> PanelsOf(const json::Json& dashboard);

// What it asks Prometheus, in the order of its panels.
std::vector<std::string> PrometheusQueriesOf(const json::Json& dashboard);

// Titles of panels that reach out of the grid or cover another one.
std::vector<std::string> MisplacedPanels(const json::Json& dashboard);

}  // namespace launchgate::contract
