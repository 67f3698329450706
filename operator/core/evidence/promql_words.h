// The keywords of PromQL, by what they may be where they stand. Internal to this
// module.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace launchgate::evidence::internal {

using Words = std::span<const std::string_view>;

template <std::size_t kSize>
using WordTable = std::array<std::string_view, kSize>;

inline constexpr WordTable<14> kAggregations = {
    "sum",    "avg",  "count",   "min",    "max",          "group",       "stddev",
    "stdvar", "topk", "bottomk", "limitk", "count_values", "limit_ratio", "quantile"};
// Metrics where an operand stands, but never functions.
inline constexpr WordTable<8> kNoFunctions = {"and",     "or",     "unless", "by",
                                              "without", "offset", "start",  "end"};
// Never metrics.
inline constexpr WordTable<6> kNoOperands = {"on",          "ignoring", "group_left",
                                             "group_right", "bool",     "atan2"};
inline constexpr WordTable<4> kSetOperators = {"and", "or", "unless", "atan2"};
inline constexpr WordTable<2> kGroupings = {"by", "without"};
inline constexpr WordTable<2> kMatchings = {"on", "ignoring"};
inline constexpr WordTable<2> kGroupSides = {"group_left", "group_right"};
inline constexpr WordTable<1> kBool = {"bool"};
inline constexpr WordTable<1> kOffset = {"offset"};
inline constexpr WordTable<2> kRangeEnds = {"start", "end"};
inline constexpr WordTable<2> kNumberWords = {"inf", "nan"};

inline constexpr WordTable<2> kSigns = {"+", "-"};
inline constexpr WordTable<12> kBinaryOperators = {"+",  "-",  "*", "/",  "%", "^",
                                                   "==", "!=", "<", "<=", ">", ">="};
inline constexpr WordTable<4> kMatchOperators = {"=", "!=", "=~", "!~"};

inline bool IsIn(std::string_view word, Words words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Keywords are the same in any letter case. (ASCII: nothing else is in them.)
inline std::string Lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace launchgate::evidence::internal
