#include "tests/support/structural_schema.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace launchgate::testing {
namespace {

using json::Json;

std::size_t Characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool HasType(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  return type == "number" && value.is_number();
}

class Checker {
 public:
  std::vector<std::string> TakeViolations() { return std::move(violations_); }

  void Check(const Json& schema, const Json& value, const std::string& path) {
    if (schema.contains("type") && !HasType(value, schema["type"])) {
      return Complain(path, "must be of type " + schema["type"].get<std::string>());
    }
    for (const auto& [keyword, argument] : schema.items()) {
      const auto rule = Rules().find(keyword);
      if (rule == Rules().end()) {
        Complain(path, "keyword " + keyword + " is not known to this checker");
      } else if (rule->second != nullptr) {
        (this->*rule->second)(schema, argument, value, path);
      }
    }
    CheckUnknownFields(schema, value, path);
  }

 private:
  using Rule = void (Checker::*)(const Json& schema, const Json& argument, const Json& value,
                                 const std::string& path);

  static const std::map<std::string, Rule>& Rules() {
    static const std::map<std::string, Rule> rules = {
        {"description", nullptr},
        {"type", nullptr},
        {"format", nullptr},  // Every format of ours comes with a pattern or bounds.
        {"x-kubernetes-list-map-keys", nullptr},
        {"x-kubernetes-map-type", nullptr},
        {"x-kubernetes-preserve-unknown-fields", nullptr},
        {"properties", &Checker::Properties},
        {"additionalProperties", &Checker::AdditionalProperties},
        {"required", &Checker::Required},
        {"items", &Checker::Items},
        {"enum", &Checker::Enum},
        {"pattern", &Checker::Pattern},
        {"minLength", &Checker::Length},
        {"maxLength", &Checker::Length},
        {"minItems", &Checker::Size},
        {"maxItems", &Checker::Size},
        {"maxProperties", &Checker::Size},
        {"minimum", &Checker::Range},
        {"maximum", &Checker::Range},
        {"oneOf", &Checker::OneOf},
        {"anyOf", &Checker::AnyOf},
        {"not", &Checker::Not},
        {"x-kubernetes-list-type", &Checker::ListType},
    };
    return rules;
  }

  void Complain(const std::string& path, const std::string& message) {
    violations_.push_back(path + ": " + message);
  }

  void Properties(const Json&, const Json& properties, const Json& value, const std::string& path) {
    if (!value.is_object()) return;
    for (const auto& [name, schema] : properties.items()) {
      if (value.contains(name)) {
        Check(schema, value[name], path.empty() ? name : path + "." + name);
      }
    }
  }

  void AdditionalProperties(const Json&, const Json& schema, const Json& value,
                            const std::string& path) {
    for (const auto& [name, member] : value.items()) Check(schema, member, path + "." + name);
  }

  void Required(const Json&, const Json& names, const Json& value, const std::string& path) {
    for (const std::string name : names) {
      if (!value.contains(name)) Complain(path + "." + name, "is required");
    }
  }

  void Items(const Json&, const Json& schema, const Json& value, const std::string& path) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      Check(schema, value[i], path + "[" + std::to_string(i) + "]");
    }
  }

  void Enum(const Json&, const Json& words, const Json& value, const std::string& path) {
    if (std::find(words.begin(), words.end(), value) == words.end()) {
      Complain(path, "must be one of " + words.dump());
    }
  }

  void Pattern(const Json&, const Json& pattern, const Json& value, const std::string& path) {
    const RE2 regex(pattern.get<std::string>());
    if (!regex.ok() || !RE2::PartialMatch(value.get<std::string>(), regex)) {
      Complain(path, "must match " + pattern.dump());
    }
  }

  void Length(const Json& schema, const Json&, const Json& value, const std::string& path) {
    const std::size_t length = Characters(value);
    if (length < schema.value("minLength", std::size_t{0}) || length > schema["maxLength"]) {
      Complain(path, "must have a length within its bounds");
    }
  }

  void Size(const Json& schema, const Json&, const Json& value, const std::string& path) {
    const std::size_t largest =
        schema[value.is_array() ? "maxItems" : "maxProperties"].get<std::size_t>();
    if (value.size() > largest || value.size() < schema.value("minItems", std::size_t{0})) {
      Complain(path, "must have a size within its bounds");
    }
  }

  void Range(const Json& schema, const Json&, const Json& value, const std::string& path) {
    if (value < schema["minimum"] || value > schema["maximum"]) {
      Complain(path, "must be within its range");
    }
  }

  // How many of `schemas` accept the value. Fields they do not name are fine
  // there: they only add rules to the schema they stand in.
  static std::size_t CountMatches(const Json& schemas, const Json& value) {
    std::size_t matches = 0;
    for (const Json& schema : schemas) {
      Checker checker;
      checker.only_rules_ = true;
      checker.Check(schema, value, "");
      if (checker.violations_.empty()) ++matches;
    }
    return matches;
  }

  void OneOf(const Json&, const Json& schemas, const Json& value, const std::string& path) {
    if (CountMatches(schemas, value) != 1) Complain(path, "must match exactly one of oneOf");
  }

  void AnyOf(const Json&, const Json& schemas, const Json& value, const std::string& path) {
    if (CountMatches(schemas, value) == 0) Complain(path, "must match one of anyOf");
  }

  void Not(const Json&, const Json& schema, const Json& value, const std::string& path) {
    if (CountMatches(Json::array({schema}), value) != 0) Complain(path, "must not match not");
  }

  void ListType(const Json& schema, const Json& type, const Json& value, const std::string& path) {
    if (type == "atomic") return;
    std::set<std::string> seen;
    for (const Json& item : value) {
      Json identity = item;
      if (type == "map") {
        identity = Json::array();
        for (const std::string key : schema["x-kubernetes-list-map-keys"]) {
          if (item.is_object() && item.contains(key)) identity.push_back(item[key]);
        }
      }
      if (!seen.insert(identity.dump()).second)
        Complain(path, "must not repeat " + identity.dump());
    }
  }

  void CheckUnknownFields(const Json& schema, const Json& value, const std::string& path) {
    if (only_rules_ || !value.is_object() || schema.contains("additionalProperties") ||
        schema.contains("x-kubernetes-preserve-unknown-fields")) {
      return;
    }
    for (const auto& [name, member] : value.items()) {
      if (!schema.contains("properties") || !schema["properties"].contains(name)) {
        Complain(path + "." + name, "is not in the schema");
      }
    }
  }

  std::vector<std::string> violations_;
  bool only_rules_ = false;
};

void Walk(const Json& schema, const std::string& path,
          const std::function<void(const std::string&, const Json&)>& visit) {
  visit(path, schema);
  if (schema.contains("properties")) {
    for (const auto& [name, property] : schema["properties"].items()) {
      Walk(property, path.empty() ? name : path + "." + name, visit);
    }
  }
  if (schema.contains("items")) Walk(schema["items"], path + "[]", visit);
  if (schema.contains("additionalProperties")) {
    Walk(schema["additionalProperties"], path + "{}", visit);
  }
}

}  // namespace

std::vector<std::string> Violations(const Json& schema, const Json& value) {
  Checker checker;
  checker.Check(schema, value, "");
  return checker.TakeViolations();
}

void ForEachSchema(const Json& schema,
                   const std::function<void(const std::string&, const Json&)>& visit) {
  Walk(schema, "", visit);
}

}  // namespace launchgate::testing
