// The little PromQL that an ErrorBudget's author writes inside a selector of
// ours. Stricter than PromQL, so that what is put between our braces cannot end
// the selector. (THREATS T47.) Internal to this module.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace launchgate::resources::internal {

// Letters, digits, '_' and ':', not starting with a digit.
bool IsMetricName(std::string_view name);

// Why `text` is not a list of label matchers (label="x",other=~"y|z"); nothing
// when it is one. Values are printable ASCII in double quotes, without braces;
// the escapes are \\, \", \n and \t. The labels le and __name__ are ours.
std::optional<std::string> WhyBadMatchers(std::string_view text);

}  // namespace launchgate::resources::internal
