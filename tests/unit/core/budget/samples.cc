#include "tests/unit/core/budget/samples.h"

#include <nlohmann/json.hpp>

namespace launchgate::budget {
namespace {

class FixedZone final : public TimeZone {
 public:
  explicit FixedZone(std::chrono::seconds offset) : offset_(offset) {}
  WallInstants InstantsOf(WallTime wall) const override {
    const base::Time instant(wall.time_since_epoch() - offset_);
    return {WallInstants::Kind::kOnce, instant, instant};
  }
  WallTime WallAt(base::Time instant) const override {
    return WallTime(std::chrono::floor<std::chrono::seconds>(instant.time_since_epoch()) + offset_);
  }

 private:
  std::chrono::seconds offset_;
};

}  // namespace

resources::Objective Availability() {
  resources::Objective objective;
  objective.name = "availability";
  objective.target = 99.9;
  objective.target_text = "99.9";
  objective.total = "sum(increase(requests_total[$window]))";
  objective.good = "sum(increase(requests_total{code!~\"5..\"}[$window]))";
  return objective;
}

resources::ErrorBudget ABudget() {
  resources::ErrorBudget budget;
  budget.meta.ns = "shop";
  budget.meta.name = "gift-cards";
  budget.meta.generation = 1;
  budget.meta.created = kNow - 60 * kDay;
  budget.prometheus = "main";
  budget.window = {resources::WindowKind::kRolling, 28 * kDay, ""};
  budget.objectives = {Availability()};
  return budget;
}

WindowSpan Rolling(base::Duration length) { return {kNow - length, kNow, kNow}; }

Observation Seen(double total, double bad) {
  Observation observation;
  observation.figures = Figures{{total, bad}, {}, 1};
  return observation;
}

Observation NotSeen(std::string reason) {
  Observation observation;
  observation.figures = tl::unexpected(WhyUnknown{std::move(reason), "load the rules"});
  return observation;
}

FixedZones::FixedZones(std::string name, std::chrono::seconds offset)
    : name_(std::move(name)), zone_(std::make_shared<FixedZone>(offset)) {}

base::Result<std::shared_ptr<const TimeZone>> FixedZones::Find(std::string_view iana_name) const {
  if (iana_name == name_) return zone_;
  return base::Fail(base::ErrorKind::kNotFound, "no such zone");
}

evidence::PrometheusAnswer Answer(const std::vector<Figure>& figures, base::Time at) {
  json::Json result = json::Json::array();
  const auto seconds = at.time_since_epoch() / std::chrono::seconds(1);
  for (const Figure& figure : figures) {
    result.push_back({{"metric", {{"figure", figure.name}, {"objective", "availability"}}},
                      {"value", {seconds, figure.value}}});
  }
  const json::Json document = {{"status", "success"},
                               {"data", {{"resultType", "vector"}, {"result", result}}}};
  return {200, document.dump()};
}

}  // namespace launchgate::budget
