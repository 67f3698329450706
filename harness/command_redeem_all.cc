// harness redeem-all: the customers of the crash test.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>

#include "harness/audit.h"
#include "harness/commands.h"
#include "harness/redeem_all.h"

namespace harness {
namespace {

struct Options {
  RedeemAllOptions redeem;
  std::string acknowledged;
  std::uint64_t report_every = 1'000;
};

int Run(const Options& options) {
  std::ofstream file(options.acknowledged, std::ios::binary | std::ios::trunc);
  if (!file) {
    std::cerr << "error: " << options.acknowledged << " cannot be written\n";
    return kUnknown;
  }
  std::uint64_t written = 0;
  const auto result = RedeemAll(options.redeem, [&](const Acknowledged& acknowledged) {
    file << LineOf(acknowledged) << std::flush;
    // Whoever kills the service waits for these lines.
    if (++written % options.report_every == 0) {
      std::cout << "acknowledged " << written << "\n" << std::flush;
    }
    return file.good();
  });
  if (!result) {
    std::cerr << "error: " << result.error() << "\n";
    return kUnknown;
  }
  std::cout << fmt::format("done {} acknowledged, {} tries, {} refused, {} cut, {} given up\n",
                           result->acknowledged, result->attempts, result->refused, result->cut,
                           result->abandoned);
  return result->abandoned == 0 ? kHolds : kFails;
}

}  // namespace

void AddRedeemAll(CLI::App& app, Command& chosen) {
  const auto options = std::make_shared<Options>();
  RedeemAllOptions& redeem = options->redeem;
  CLI::App* const command = app.add_subcommand(
      "redeem-all", "Redeem codes, asking again until each is acknowledged; for crash tests");
  command->add_option("--service-url", redeem.service_url, "The service")->required();
  command->add_option("--acknowledged", options->acknowledged, "Where acknowledgements are written")
      ->required();
  command->add_option("--count", redeem.count, "How many codes")
      ->check(CLI::Range(std::uint64_t{1}, kMaxRedemptions));
  command->add_option("--seed", redeem.seed, "Of the codes");
  command->add_option("--connections", redeem.connections, "Customers at a time")
      ->check(CLI::Range(1, kMaxConnections));
  command->add_option("--report-every", options->report_every, "Print a line so often")
      ->check(CLI::Range(std::uint64_t{1}, kMaxRedemptions));
  command->callback([options, &chosen] { chosen = [options] { return Run(*options); }; });
}

}  // namespace harness
