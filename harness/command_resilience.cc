// harness resilience: the sweep over one or both services, and what it proves.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "harness/acceptance.h"
#include "harness/commands.h"
#include "harness/picture.h"
#include "harness/plan.h"
#include "harness/report.h"
#include "harness/sweep.h"
#include "harness/table.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

struct Options {
  std::string payments_url;
  std::string seeded_url;  // Empty: left out.
  std::string fixed_url;
  std::string out;
  int deadline_ms = 800;
  int allowance_ms = 50;
  bool quick = false;

  [[nodiscard]] milliseconds limit() const { return milliseconds(deadline_ms + allowance_ms); }
};

struct Service {
  std::string name;
  std::string url;
  Depth depth;
};

std::string NotesOf(const Options& options) {
  return fmt::format(
      "The service's own deadline is {} ms; {} ms more are allowed for the answer to reach its "
      "client. Open loop at {:g} requests per second, latency from when a request was due. Client, "
      "service and payments ran on one machine, over loopback.",
      options.deadline_ms, options.allowance_ms, kSweepRate);
}

// Sweeps one service and writes its report.
Result<Series> Run(const Options& options, const Service& service) {
  Tell("payments is made slow, failing and silent under " + service.name);
  const auto steps = RunSweep({.service_url = service.url,
                               .payments_url = options.payments_url,
                               .deadline = options.limit(),
                               .seed = FreshSeed(),
                               .progress = Tell},
                              PlanOf(service.depth));
  if (!steps) return tl::unexpected(steps.error());
  const ReportHead head{.generated_at = std::chrono::system_clock::now(),
                        .deadline = options.limit(),
                        .service = service.name,
                        .notes = NotesOf(options)};
  const std::string file = fmt::format("{}/resilience-{}.json", options.out,
                                       service.name == "seeded" ? "seeded" : "fixed");
  const Status written = WriteFile(file, WriteReport(head, *steps));
  if (!written) return tl::unexpected(written.error());
  return Series{.name = service.name, .steps = *steps};
}

Status Draw(const Options& options, const std::vector<Series>& series) {
  const PictureHead head{
      .title = "gift-cards while payments is slow, failing and silent",
      .subtitle =
          fmt::format("{:g} redemptions per second, open loop; every latency counts from when "
                      "the request was due; one machine, loopback",
                      kSweepRate),
      .deadline = options.limit()};
  return WriteFile(options.out + "/resilience.svg", WritePicture(head, series));
}

int Conclude(const std::vector<Check>& checks) {
  bool all = true;
  for (const Check& check : checks) {
    std::cout << (check.holds ? "ok    " : "FAIL  ") << check.sentence << "\n";
    all = all && check.holds;
  }
  return all ? kHolds : kFails;
}

int Resilience(const Options& options) {
  std::vector<Series> all;
  std::vector<Check> checks;
  std::vector<Service> services;
  if (!options.seeded_url.empty()) {
    services.push_back({"seeded", options.seeded_url, options.quick ? Depth::kHang : Depth::kFull});
  }
  services.push_back({"fixed", options.fixed_url, options.quick ? Depth::kQuick : Depth::kFull});
  for (const Service& service : services) {
    auto series = Run(options, service);
    if (!series) {
      std::cerr << "error: " << series.error() << "\n";
      return kUnknown;
    }
    const auto found = service.name == "seeded" ? CheckSeeded(series->steps)
                                                : CheckFixed(series->steps, options.limit());
    checks.insert(checks.end(), found.begin(), found.end());
    all.push_back(std::move(*series));
  }
  std::cout << WriteTable(all) << "\n";
  if (const Status drawn = Draw(options, all); !drawn) {
    std::cerr << "error: " << drawn.error() << "\n";
    return kUnknown;
  }
  return Conclude(checks);
}

}  // namespace

void AddResilience(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<Options>();
  CLI::App* const command = app.add_subcommand(
      "resilience", "Inject faults into payments under load and check what the services answer");
  command->add_option("--payments-url", options->payments_url, "The payments stub")->required();
  command->add_option("--seeded-url", options->seeded_url, "The service as reviewed");
  command->add_option("--fixed-url", options->fixed_url, "The mended service")->required();
  command->add_option("--out", options->out, "Folder of the reports and the picture")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--deadline-ms", options->deadline_ms, "Deadline of the mended service")
      ->check(CLI::Range(1, 60'000));
  command->add_option("--allowance-ms", options->allowance_ms, "For an answer to reach its client")
      ->check(CLI::Range(0, 1'000));
  command->add_flag("--quick", options->quick, "Fewer and shorter steps");
  command->callback([options, &chosen] { chosen = [options] { return Resilience(*options); }; });
}

}  // namespace harness
