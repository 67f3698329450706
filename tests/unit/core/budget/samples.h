// Budgets, figures and answers to start from.
#pragma once

#include <string>
#include <vector>

#include "core/budget/assessment.h"
#include "core/budget/time_zone.h"
#include "core/evidence/verify.h"
#include "core/resources/error_budget.h"

namespace launchgate::budget {

inline constexpr base::Duration kDay = std::chrono::hours(24);
inline constexpr base::Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(10);

// Of 99.9 percent, with good events: name "availability".
resources::Objective Availability();
// shop/gift-cards: Availability() over 28 days, with the policy's defaults.
resources::ErrorBudget ABudget();

WindowSpan Rolling(base::Duration length);
// All of the window recorded.
Observation Seen(double total, double bad);
Observation NotSeen(std::string reason = "RulesMissing");

// A zone that is the same all year, and a database with just that one in it.
class FixedZones final : public TimeZones {
 public:
  explicit FixedZones(std::string name, std::chrono::seconds offset);
  base::Result<std::shared_ptr<const TimeZone>> Find(std::string_view iana_name) const override;

 private:
  std::string name_;
  std::shared_ptr<const TimeZone> zone_;
};

// A successful answer to an instant query of ours: one sample for each figure.
struct Figure {
  std::string name;
  std::string value;
};
evidence::PrometheusAnswer Answer(const std::vector<Figure>& figures, base::Time at);

}  // namespace launchgate::budget
