// What makes the provider slow, flaky or silent, as people set it: environment
// variables at the start, PUT /knobs while it runs, under the same names.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace payments_stub {

struct Knobs {
  std::int64_t latency_ms = 0;  // LATENCY_MS: every answer is at least this late.
  std::int64_t jitter_ms = 0;   // JITTER_MS: plus a uniform 0 to this.
  double fail_rate = 0;         // FAIL_RATE: share of requests answered 503.
  double hang_rate = 0;         // HANG_RATE: share of requests never answered.
};

inline constexpr std::int64_t kMaxDelayMs = 60'000;  // Of LATENCY_MS and of JITTER_MS.

struct KnobProblem {
  std::string knob;     // Empty: about the whole text.
  std::string message;  // What is wrong and what would be right.
};

// Knobs of an environment; `lookup` gives a variable's text. A variable that is not
// set, or empty, leaves the default.
tl::expected<Knobs, KnobProblem> KnobsFromEnvironment(
    const std::function<std::optional<std::string>(const char* name)>& lookup);

// `knobs` with those replaced that the JSON object `text` names; any problem
// changes nothing. No knob at all is a problem too.
tl::expected<Knobs, KnobProblem> WithChanges(const Knobs& knobs, std::string_view text);

// {"LATENCY_MS":0,"FAIL_RATE":0,"JITTER_MS":0,"HANG_RATE":0}
std::string ToJson(const Knobs& knobs);

}  // namespace payments_stub
