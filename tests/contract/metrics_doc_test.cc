// docs/metrics.md against the registry: neither may know a metric that the other
// does not.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "shell/telemetry/operator_metrics.h"

namespace launchgate::telemetry {
namespace {

struct Row {
  std::string type;
  std::string meaning;
};

std::string Trimmed(const std::string& cell) {
  const std::size_t begin = cell.find_first_not_of(" `");
  if (begin == std::string::npos) return "";
  return cell.substr(begin, cell.find_last_not_of(" `") - begin + 1);
}

// Rows "| `launchgate_…` | type | labels | meaning |".
std::map<std::string, Row> DocumentedMetrics() {
  std::ifstream file(LAUNCHGATE_SOURCE_DIR "/docs/metrics.md");
  std::map<std::string, Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `launchgate_")) continue;
    std::istringstream cells(line.substr(1));
    std::string name;
    std::string type;
    std::string labels;
    std::string meaning;
    std::getline(cells, name, '|');
    std::getline(cells, type, '|');
    std::getline(cells, labels, '|');
    std::getline(cells, meaning, '|');
    rows[Trimmed(name)] = {Trimmed(type), Trimmed(meaning)};
  }
  return rows;
}

TEST(MetricsDocumentTest, NamesExactlyTheMetricsThereAre) {
  OperatorMetrics metrics;
  std::map<std::string, Row> registered;
  for (const auto& metric : metrics.registry().Describe()) {
    registered[metric.name] = {metric.type, metric.help};
  }

  EXPECT_TRUE(metrics.registry().problems().empty());
  const auto documented = DocumentedMetrics();
  for (const auto& [name, row] : registered) {
    ASSERT_TRUE(documented.contains(name)) << name << " is missing in docs/metrics.md";
    EXPECT_EQ(documented.at(name).type, row.type) << name;
    EXPECT_EQ(documented.at(name).meaning, row.meaning) << name;
  }
  for (const auto& [name, row] : documented) {
    EXPECT_TRUE(registered.contains(name)) << name << " is documented and does not exist";
  }
}

}  // namespace
}  // namespace launchgate::telemetry
