#include "tests/unit/core/resources/samples.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "core/json/yaml.h"

namespace launchgate::resources {

json::Json Sample(std::string_view file) {
  std::ifstream in(std::string(LAUNCHGATE_SOURCE_DIR) + "/tests/testdata/resources/" +
                   std::string(file));
  std::ostringstream text;
  text << in.rdbuf();
  const auto documents = json::ParseYaml(text.str());
  if (!documents || documents->size() != 1) {
    throw std::runtime_error("bad sample " + std::string(file));
  }
  return documents->front();
}

json::Json ReviewSample() { return Sample("launchreview.yaml"); }
json::Json ChecklistSample() { return Sample("readinesschecklist.yaml"); }
json::Json AuthoritySample() { return Sample("launchauthority.yaml"); }
json::Json BudgetSample() { return Sample("errorbudget.yaml"); }

json::Json With(json::Json object, std::string_view pointer, std::string_view json_text) {
  const json::Json::json_pointer target{std::string(pointer)};
  if (json_text != "absent") {
    object[target] = json::Json::parse(json_text);
    return object;
  }
  json::Json& parent = object.at(target.parent_pointer());
  if (parent.is_array()) {
    parent.erase(std::stoul(target.back()));
  } else {
    parent.erase(target.back());
  }
  return object;
}

std::string Lines(const std::vector<json::Problem>& problems) {
  std::string lines;
  for (const json::Problem& problem : problems) lines += problem.ToString() + "\n";
  return lines;
}

}  // namespace launchgate::resources
