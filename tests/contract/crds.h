// The files in crds/ and tests/testdata/resources, parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/json/json.h"

namespace launchgate::contract {

// The text of a file of this project, and its only YAML document.
std::string ReadFile(std::string_view path);
json::Json ReadYaml(std::string_view path);

// One kind and the samples in tests/testdata/resources that together use all
// of its fields.
struct Kind {
  std::string name;                  // "LaunchReview"
  std::string plural;                // "launchreviews"
  std::vector<std::string> samples;  // "launchreview.yaml"
};
const std::vector<Kind>& Kinds();

json::Json Crd(const Kind& kind);
// Its openAPIV3Schema, which has spec and status. A server adds apiVersion, kind and metadata.
json::Json SchemaOf(const Kind& kind);
// A sample without apiVersion, kind and metadata.
json::Json SpecAndStatus(std::string_view sample);

}  // namespace launchgate::contract
