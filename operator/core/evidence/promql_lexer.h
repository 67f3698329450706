// The tokens of a PromQL expression, as Prometheus 2 and 3 split them (source:
// promql/parser/lex.go). Internal to this module.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace launchgate::evidence::internal {

enum class PromqlKind {
  kEnd,
  kWord,      // Name or keyword: which one is for the grammar to say.
  kNumber,    // Decimal or hexadecimal; "inf" and "nan" are words here.
  kDuration,  // "5m", "1h30m"
  kString,    // Its text is decoded.
  kOperator,  // Binary, unary and matching: "+", "==", "=~"
  kRange,     // "[5m]" or "[1h:5m]", the brackets and all between
  kComma,
  kAt,
  kLeftParen,
  kRightParen,
  kLeftBrace,
  kRightBrace,
};

struct PromqlToken {
  PromqlKind kind = PromqlKind::kEnd;
  std::string text;
  std::size_t position = 0;  // Byte in the expression.
};

// Ends with one kEnd. Comments and white space are left out. kInvalid names the
// byte, kExhausted the bound of promql_names.h that was passed.
base::Result<std::vector<PromqlToken>> LexPromql(std::string_view expression);

}  // namespace launchgate::evidence::internal
