// Which metrics a PromQL expression selects. Not a parser: types, functions'
// names and numbers of arguments are Prometheus's business. Whatever Prometheus
// accepts is accepted here (promql_against_prometheus_test), and more.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::evidence {

struct PromqlNames {
  // Each name once, decoded: of name{...}, {__name__="name"}, {"name"}, and of
  // {__name__=~"one|two"} where that is nothing but names.
  std::set<std::string> metrics;
  // False when a selector may select metrics that it does not name: without a
  // name ({job="api"}), by another pattern, or by two conditions on the name.
  bool complete = true;
  friend bool operator==(const PromqlNames&, const PromqlNames&) = default;
};

inline constexpr std::size_t kMaxPromqlBytes = 16U << 10U;
inline constexpr std::size_t kMaxPromqlTokens = 4096;
inline constexpr std::size_t kMaxPromqlNames = 256;

// kInvalid when the expression cannot be one; the message names the byte and
// quotes nothing. kExhausted when a bound was passed.
base::Result<PromqlNames> ListPromqlNames(std::string_view expression);

}  // namespace launchgate::evidence
