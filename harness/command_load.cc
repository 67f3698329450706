// harness load: the highest rate at which gift-cards keeps its objectives.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "harness/codes.h"
#include "harness/commands.h"
#include "harness/k6_summary.h"
#include "harness/open_loop.h"
#include "harness/rate_search.h"
#include "harness/sweep.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

// Far over the objective: who is that late is late, however much.
constexpr milliseconds kPatience{2'000};
// A held run that misses what a shorter one kept is tried again a tenth lower, so often.
constexpr int kMaxHeldRuns = 4;
constexpr double kStepDown = 0.9;

struct Options {
  std::string service_url;
  std::string out;
  RateSearchOptions search;
  double peak = 100;
  int step_seconds = 4;
  int hold_seconds = 15;
  Slo slo;
};

class LoadTest {
 public:
  explicit LoadTest(const Options& options) : options_(options), seed_(FreshSeed()) {}

  int Run() {
    std::cout << fmt::format("{:>10} {:>10} {:>10} {:>10} {:>10} {:>9}  {}\n", "rate /s", "p50 ms",
                             "p95 ms", "p99 ms", "max ms", "errors %", "SLO");
    // Connections, caches and pages of memory are cold once; that is no question of rate.
    if (!Measure(options_.search.start, 1)) return kUnknown;
    RateSearch search(options_.search);
    while (const auto rate = search.Next()) {
      const auto kept = MeasureAndShow(*rate, options_.step_seconds, "");
      if (!kept) return kUnknown;
      search.Tell(*rate, *kept);
    }
    if (!search.best()) {
      std::cout << "FAIL  no rate that was tried keeps the SLO\n";
      return kFails;
    }
    return Hold(*search.best(), search.bounded_by_options());
  }

 private:
  // False when it could not be measured; told on stderr.
  bool Measure(double rate, int seconds) {
    auto outcomes =
        RunOpenLoop({.base_url = options_.service_url,
                     .per_second = rate,
                     .duration = std::chrono::seconds(seconds),
                     .patience = kPatience},
                    [this](std::uint64_t) { return RedeemTarget(CodeOf(seed_, codes_used_++)); });
    if (!outcomes) {
      std::cerr << "error: " << outcomes.error() << "\n";
      return false;
    }
    outcomes_ = std::move(*outcomes);
    return true;
  }

  std::optional<bool> MeasureAndShow(double rate, int seconds, std::string_view remark) {
    if (!Measure(rate, seconds)) return std::nullopt;
    const LatencyFigures latency = LatenciesOf(outcomes_);
    const bool kept = Keeps(outcomes_, options_.slo);
    const double errors = TallyOf(outcomes_, options_.slo.latency_ms).ErrorShare();
    std::cout << fmt::format("{:>10.0f} {:>10.1f} {:>10.1f} {:>10.1f} {:>10.1f} {:>9.2f}  {}{}\n",
                             rate, latency.p50, latency.p95, latency.p99, latency.max, errors * 100,
                             kept ? "kept" : "missed", remark)
              << std::flush;
    return kept;
  }

  // Short runs find the rate; a longer one must bear it out.
  int Hold(double rate, bool bounded) {
    for (int run = 0; run < kMaxHeldRuns; ++run, rate *= kStepDown, bounded = false) {
      const auto kept = MeasureAndShow(rate, options_.hold_seconds,
                                       fmt::format(", held for {} s", options_.hold_seconds));
      if (!kept) return kUnknown;
      if (*kept) return Conclude(rate, bounded);
    }
    std::cout << "FAIL  the rate that short runs kept could not be held\n";
    return kFails;
  }

  int Conclude(double rate, bool bounded) {
    const LoadRun run{
        .outcomes = outcomes_,
        .took = Took(),
        .notes =
            fmt::format("Open loop at {:.0f} requests per second, held for {} s; latency from when "
                        "a request was due. Client, service and payments ran on one machine.",
                        rate, options_.hold_seconds)};
    const auto now = std::chrono::system_clock::now();
    if (const Status written = WriteFile(options_.out, WriteK6Summary(run, now)); !written) {
      std::cerr << "error: " << written.error() << "\n";
      return kUnknown;
    }
    std::cout << fmt::format(
        "\n{}{:.0f} redemptions per second keep the SLO ({:g} % within {:g} ms, errors under {:g} "
        "%): "
        "{:.1f} times the expected peak of {:g} per second\n",
        bounded ? "at least " : "", rate, options_.slo.share_within * 100, options_.slo.latency_ms,
        options_.slo.max_error_share * 100, rate / options_.peak, options_.peak);
    const bool enough = rate >= options_.peak && ThresholdsPassed(run);
    if (!enough) std::cout << "FAIL  that is less than the expected peak\n";
    // For scripts: the rate that a k6 run is held at.
    std::cout << fmt::format("slo_rate={:.0f}\n", rate);
    return enough ? kHolds : kFails;
  }

  [[nodiscard]] milliseconds Took() const {
    std::chrono::nanoseconds last{0};
    for (const Outcome& outcome : outcomes_) last = std::max(last, outcome.finished());
    // A run at a constant rate lasts until its next request would be due.
    return std::chrono::ceil<milliseconds>(
        std::max<std::chrono::nanoseconds>(last, std::chrono::seconds(options_.hold_seconds)));
  }

  const Options& options_;
  std::uint64_t seed_;
  std::uint64_t codes_used_ = 0;
  std::vector<Outcome> outcomes_;  // Of the last measurement.
};

}  // namespace

void AddLoad(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command =
      app.add_subcommand("load", "Find the highest rate at which gift-cards keeps its objectives");
  command->add_option("--service-url", options->service_url, "The service")->required();
  command->add_option("--out", options->out, "Where the summary in k6's form is written")
      ->required();
  command->add_option("--start", options->search.start, "The first rate, per second")
      ->check(CLI::Range(1, 10'000));
  command->add_option("--most", options->search.most, "The highest rate, per second")
      ->check(CLI::Range(1, 20'000));
  command->add_option("--peak", options->peak, "The expected peak, per second")
      ->check(CLI::Range(1, 20'000));
  command->add_option("--step-seconds", options->step_seconds, "Of each measurement")
      ->check(CLI::Range(1, 60));
  command->add_option("--hold-seconds", options->hold_seconds, "Of the last one")
      ->check(CLI::Range(1, 60));
  command->callback(
      [options, &chosen] { chosen = [options] { return LoadTest(*options).Run(); }; });
}

}  // namespace harness
