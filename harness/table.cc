#include "harness/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace harness {
namespace {

constexpr std::size_t kNameWidth = 17;
constexpr std::size_t kCellsWidth = 50;  // Of what one series has on a line.

bool SameFault(const StepPlan& left, const StepPlan& right) {
  return left.fault == right.fault && left.value == right.value &&
         left.measures_recovery == right.measures_recovery;
}

// "12.3" below a hundred, "1234" above: three digits are what is known.
std::string Figure(double milliseconds) {
  return milliseconds < 100 ? fmt::format("{:.1f}", milliseconds)
                            : fmt::format("{:.0f}", milliseconds);
}

std::string RecoveryText(const Recovery* recovery) {
  if (recovery == nullptr) return "";
  const double seconds = static_cast<double>(recovery->took.count()) / 1e3;
  return recovery->recovered ? fmt::format("{:.2f} s", seconds) : "never";
}

std::string CellsOf(const Series& series, const StepPlan& plan) {
  const StepResult* step = StepFor(series, plan);
  if (step == nullptr) return std::string(kCellsWidth, ' ');
  return fmt::format("{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>8}", Figure(step->latency.p50),
                     Figure(step->latency.p99), Figure(step->latency.max),
                     fmt::format("{:.1f}", step->tally.ErrorShare() * 100), step->tally.no_answer,
                     step->payments_calls ? std::to_string(*step->payments_calls) : "",
                     RecoveryText(RecoveryAfter(series, plan)));
}

std::string Trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::vector<StepPlan> FaultsOf(const std::vector<Series>& series) {
  std::vector<StepPlan> faults;
  for (const Series& one : series) {
    for (const StepResult& step : one.steps) {
      const auto same = [&](const StepPlan& plan) { return SameFault(plan, step.plan); };
      if (step.plan.measures_recovery || std::ranges::any_of(faults, same)) continue;
      faults.push_back(step.plan);
    }
  }
  // A short series may have tried a fault that a long one tried later.
  std::ranges::stable_sort(faults, [](const StepPlan& left, const StepPlan& right) {
    return std::pair(left.fault, left.value) < std::pair(right.fault, right.value);
  });
  return faults;
}

const StepResult* StepFor(const Series& series, const StepPlan& plan) {
  const auto found = std::ranges::find_if(
      series.steps, [&](const StepResult& step) { return SameFault(step.plan, plan); });
  return found == series.steps.end() ? nullptr : &*found;
}

const Recovery* RecoveryAfter(const Series& series, const StepPlan& plan) {
  const StepResult* step = StepFor(series, plan);
  if (step == nullptr || step == &series.steps.back()) return nullptr;
  const StepResult* next = step + 1;
  return next->recovery ? &*next->recovery : nullptr;
}

std::string WriteTable(const std::vector<Series>& series) {
  std::string names = fmt::format("{:<{}}", "", kNameWidth);
  std::string heads = fmt::format("{:<{}}", "payments", kNameWidth);
  for (const Series& one : series) {
    names += fmt::format(" |{:^{}}", one.name, kCellsWidth);
    heads += fmt::format(" |{:>7}{:>7}{:>7}{:>7}{:>7}{:>7}{:>8}", "p50 ms", "p99 ms", "max ms",
                         "err %", "no ans", "calls", "well in");
  }
  std::string table = Trimmed(names) + Trimmed(heads);
  for (const StepPlan& fault : FaultsOf(series)) {
    std::string line = fmt::format("{:<{}}", NameOf(fault), kNameWidth);
    for (const Series& one : series) line += " |" + CellsOf(one, fault);
    table += Trimmed(line);
  }
  return table;
}

}  // namespace harness
