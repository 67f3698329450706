#include "harness/sweep.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/codes.h"
#include "harness/http_client.h"
#include "harness/open_loop.h"
#include "harness/sampler.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

// A recovery is watched for this long at least: a service that answers well for a
// moment and falls over again is not well.
constexpr milliseconds kShortestRecoveryWatch{1'000};

// Stops the load of a step that measures recovery once it has seen enough.
class RecoveryWatch {
 public:
  RecoveryWatch(const StepPlan& plan, double deadline_ms)
      : measures_(plan.measures_recovery), detector_(deadline_ms) {}

  bool Add(const Outcome& outcome) {
    if (!measures_) return true;
    detector_.Add(outcome);
    return !detector_.recovered_at() || outcome.finished() < kShortestRecoveryWatch;
  }

  [[nodiscard]] std::optional<Recovery> Conclude(const StepPlan& plan) const {
    if (!measures_) return std::nullopt;
    const auto at = detector_.recovered_at();
    if (!at) return Recovery{.recovered = false, .took = plan.duration};
    return Recovery{.recovered = true, .took = std::chrono::ceil<milliseconds>(*at)};
  }

 private:
  bool measures_;
  RecoveryDetector detector_;
};

class Sweep {
 public:
  explicit Sweep(const SweepOptions& options)
      : options_(options), deadline_ms_(static_cast<double>(options.deadline.count())) {}

  Result<StepResult> RunStep(const StepPlan& plan) {
    // The load of a recovery starts with the end of the fault, so that both count
    // from the same instant; anything else may take its time.
    const auto started_at = std::chrono::system_clock::now();
    const auto sampler = Sampler::Start({options_.service_url, options_.payments_url});
    const Status turned = TurnKnobs(options_.payments_url, plan.fault, plan.value);
    if (!turned) return tl::unexpected(turned.error());
    RecoveryWatch watch(plan, deadline_ms_);
    const auto outcomes = RunOpenLoop(
        {.base_url = options_.service_url,
         .per_second = plan.per_second,
         .duration = plan.duration,
         .patience = plan.patience},
        [this](std::uint64_t) { return RedeemTarget(CodeOf(options_.seed, codes_used_++)); },
        [&watch](const Outcome& outcome) { return watch.Add(outcome); });
    if (!outcomes) return tl::unexpected(outcomes.error());
    StepResult result = Summarize(plan, deadline_ms_, *outcomes, sampler->Stop());
    result.started_at = started_at;
    result.recovery = watch.Conclude(plan);
    return result;
  }

 private:
  const SweepOptions& options_;
  double deadline_ms_;
  std::uint64_t codes_used_ = 0;
};

std::string ProgressOf(const StepResult& step) {
  const std::string figures = fmt::format(
      "{:<17} {:>4} requests  p50 {:>7.1f} ms  p99 {:>7.1f} ms  max {:>7.1f} ms  errors {:>5.1f} %",
      NameOf(step.plan), step.tally.requests, step.latency.p50, step.latency.p99, step.latency.max,
      step.tally.ErrorShare() * 100);
  if (!step.recovery) return figures;
  const double seconds = static_cast<double>(step.recovery->took.count()) / 1e3;
  return figures + (step.recovery->recovered ? fmt::format("  well after {:.2f} s", seconds)
                                             : fmt::format("  not well after {:.0f} s", seconds));
}

}  // namespace

std::string RedeemTarget(const std::string& code) {
  return fmt::format("/giftcards/redeem?code={}&amount={}", code, kAmountCents);
}

Status TurnKnobs(const std::string& payments_url, Fault fault, double value) {
  const nlohmann::json knobs = {
      {"LATENCY_MS", fault == Fault::kLatency ? static_cast<std::int64_t>(value) : 0},
      {"JITTER_MS", 0},
      {"FAIL_RATE", fault == Fault::kErrors ? value : 0.0},
      {"HANG_RATE", fault == Fault::kHang ? value : 0.0}};
  HttpClient client;
  const auto answer =
      client.Send({.method = "PUT", .url = payments_url + "/knobs", .json = knobs.dump()});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == 200) return {};
  return Fail(fmt::format("PUT {}/knobs: answered {}", payments_url, answer->status));
}

Result<std::vector<StepResult>> RunSweep(const SweepOptions& options,
                                         const std::vector<StepPlan>& plan) {
  Sweep sweep(options);
  std::vector<StepResult> results;
  Status ended;
  for (const StepPlan& step : plan) {
    auto result = sweep.RunStep(step);
    if (!result) {
      ended = tl::unexpected(result.error());
      break;
    }
    if (options.progress) options.progress(ProgressOf(*result));
    results.push_back(std::move(*result));
  }
  const Status reset = TurnKnobs(options.payments_url, Fault::kNone, 0);
  if (!ended) return tl::unexpected(ended.error());
  if (!reset) return tl::unexpected(reset.error());
  return results;
}

}  // namespace harness
