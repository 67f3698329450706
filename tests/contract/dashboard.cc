#include "tests/contract/dashboard.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/contract/crds.h"

namespace launchgate::contract {
namespace {

using json::Json;

constexpr int kGridColumns = 24;

struct Box {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
};

bool Overlap(const Box& a, const Box& b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

}  // namespace

Json ReadDashboard(std::string_view path) {
  const auto parsed = json::ParseStrict(ReadFile(path));
  if (!parsed) throw std::runtime_error(std::string(path) + ": " + parsed.error().message);
  return *parsed;
}

std::vector<Json> PanelsOf(const Json& dashboard) {
  std::vector<Json> panels;
  for (const Json& panel : dashboard.at("panels")) {
    if (panel.at("type") != "row") panels.push_back(panel);
  }
  return panels;
}

std::vector<std::string> PrometheusQueriesOf(const Json& dashboard) {
  std::vector<std::string> queries;
  for (const Json& panel : PanelsOf(dashboard)) {
    for (const Json& target : panel.at("targets")) {
      if (target.at("datasource").at("type") == "prometheus") queries.push_back(target.at("expr"));
    }
  }
  return queries;
}

std::vector<std::string> MisplacedPanels(const Json& dashboard) {
  std::vector<std::string> misplaced;
  std::vector<Box> placed;
  for (const Json& panel : dashboard.at("panels")) {
    const Json& grid = panel.at("gridPos");
    const int left = grid.at("x");
    const int top = grid.at("y");
    const Box box{left, top, left + grid.at("w").get<int>(), top + grid.at("h").get<int>()};
    bool fits = box.right <= kGridColumns;
    for (const Box& other : placed) fits = fits && !Overlap(box, other);
    if (!fits) misplaced.push_back(panel.at("title"));
    placed.push_back(box);
  }
  return misplaced;
}

}  // namespace launchgate::contract
