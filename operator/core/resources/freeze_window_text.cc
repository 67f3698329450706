#include "core/resources/freeze_window_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

#include "core/base/text.h"

namespace launchgate::resources {
namespace {

std::string RequirementText(const LabelRequirement& requirement) {
  switch (requirement.op) {
    case LabelOperator::kIn:
      return fmt::format("{} in ({})", requirement.key, fmt::join(requirement.values, ","));
    case LabelOperator::kNotIn:
      return fmt::format("{} notin ({})", requirement.key, fmt::join(requirement.values, ","));
    case LabelOperator::kExists:
      return requirement.key;
    case LabelOperator::kDoesNotExist:
      break;
  }
  return "!" + requirement.key;
}

}  // namespace

std::string WhenText(const FreezeWindow& window) {
  if (const auto* once = std::get_if<OneOffFreeze>(&window.when)) {
    return fmt::format("{} to {}", base::FormatTime(once->start), base::FormatTime(once->end));
  }
  const auto* calendar = std::get_if<CalendarFreeze>(&window.when);
  if (calendar == nullptr) return "";
  return fmt::format("{} in {}, for {}", base::Quote(calendar->cron.text()), calendar->time_zone,
                     base::FormatDuration(calendar->duration));
}

std::string SelectorText(const NamespaceSelector& selector) {
  std::vector<std::string> terms;
  for (const auto& [key, value] : selector.match_labels) terms.push_back(key + "=" + value);
  for (const LabelRequirement& requirement : selector.match_expressions) {
    terms.push_back(RequirementText(requirement));
  }
  return fmt::format("{}", fmt::join(terms, ","));
}

}  // namespace launchgate::resources
