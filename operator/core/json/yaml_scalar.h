// What a plain YAML scalar means. Internal to this module.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/json/json.h"

namespace launchgate::json {

// YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema): null,
// booleans, decimal, 0o octal and 0x hexadecimal integers, floating point;
// everything else is text. kInvalid for numbers that JSON cannot hold.
base::Result<Json> PlainScalar(const std::string& text);

}  // namespace launchgate::json
