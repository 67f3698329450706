#include "tests/contract/crds.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "core/json/yaml.h"

namespace launchgate::contract {

std::string ReadFile(std::string_view path) {
  std::ifstream in(std::string(LAUNCHGATE_SOURCE_DIR) + "/" + std::string(path), std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + std::string(path));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

json::Json ReadYaml(std::string_view path) {
  const auto documents = json::ParseYaml(ReadFile(path));
  if (!documents) throw std::runtime_error(std::string(path) + ": " + documents.error().message);
  if (documents->size() != 1) throw std::runtime_error(std::string(path) + ": not one document");
  return documents->front();
}

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind> kinds = {
      {"LaunchReview", "launchreviews", {"launchreview.yaml"}},
      {"ReadinessChecklist", "readinesschecklists", {"readinesschecklist.yaml"}},
      {"LaunchVerdict",
       "launchverdicts",
       {"launchverdict-envelope.yaml", "launchverdict-ssh.yaml"}},
      {"LaunchAuthority", "launchauthorities", {"launchauthority.yaml"}},
      {"ErrorBudget", "errorbudgets", {"errorbudget.yaml", "errorbudget-calendar.yaml"}},
      {"FreezeWindow", "freezewindows", {"freezewindow.yaml", "freezewindow-once.yaml"}},
      {"BudgetReview", "budgetreviews", {"budgetreview.yaml"}},
  };
  return kinds;
}

json::Json Crd(const Kind& kind) { return ReadYaml("crds/" + kind.plural + ".yaml"); }

json::Json SchemaOf(const Kind& kind) {
  return Crd(kind).at("spec").at("versions").at(0).at("schema").at("openAPIV3Schema");
}

json::Json SpecAndStatus(std::string_view sample) {
  json::Json object = ReadYaml("tests/testdata/resources/" + std::string(sample));
  for (const char* field : {"apiVersion", "kind", "metadata"}) object.erase(field);
  return object;
}

}  // namespace launchgate::contract
