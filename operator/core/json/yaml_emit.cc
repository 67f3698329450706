#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>

#include "core/json/yaml.h"

namespace launchgate::json {
namespace {

// Text is always quoted: what may look like a number or a date in one reader of
// YAML does not in another.
void Emit(YAML::Emitter& out, const Json& value) {
  switch (value.type()) {
    case Json::value_t::object:
      out << YAML::BeginMap;
      for (const auto& [key, member] : value.items()) {
        out << YAML::Key << key << YAML::Value;
        Emit(out, member);
      }
      out << YAML::EndMap;
      return;
    case Json::value_t::array:
      out << YAML::BeginSeq;
      for (const Json& item : value) Emit(out, item);
      out << YAML::EndSeq;
      return;
    case Json::value_t::string:
      out << YAML::DoubleQuoted << value.get_ref<const std::string&>();
      return;
    case Json::value_t::null:
      out << YAML::Null;
      return;
    default:
      out << value.dump();  // Numbers and truth values look the same in both.
  }
}

}  // namespace

std::string ToYaml(const Json& value) {
  YAML::Emitter out;
  Emit(out, value);
  return std::string(out.c_str()) + "\n";
}

}  // namespace launchgate::json
