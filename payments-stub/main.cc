// payments-stub: a payment provider that is slow, flaky or silent on demand.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>

#include "payments-stub/service.h"
#include "platform/log.h"
#include "platform/signals.h"

namespace {

namespace log = launchgate::platform::log;

std::optional<std::string> Environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

bool Announce(const std::string& path, std::uint16_t port) {
  if (path.empty()) return true;
  const std::string partial = path + ".partial";
  std::ofstream file(partial);
  file << "port=" << port << "\n";
  file.close();
  return !file.fail() && std::rename(partial.c_str(), path.c_str()) == 0;
}

int Run(payments_stub::ServiceOptions options, const std::string& announce_file) {
  const auto knobs = payments_stub::KnobsFromEnvironment(Environment);
  if (!knobs) {
    std::cerr << "payments-stub: environment: " << knobs.error().message << "\n";
    return 2;
  }
  options.knobs = *knobs;
  const auto signals = launchgate::platform::SignalWatcher::Start();
  if (!signals) {
    std::cerr << "payments-stub: " << signals.error() << "\n";
    return 1;
  }
  const auto service = payments_stub::Service::Start(std::move(options));
  if (!service) {
    std::cerr << "payments-stub: " << service.error() << "\n";
    return 1;
  }
  if (!Announce(announce_file, (*service)->port())) {
    std::cerr << "payments-stub: --announce-file: cannot write " << announce_file << "\n";
    return 1;
  }
  log::Info("serving", {{"port", (*service)->port()}, {"knobs", payments_stub::ToJson(*knobs)}});
  (*signals)->Wait();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  payments_stub::ServiceOptions options;
  options.seed = std::random_device()();
  std::string announce_file;
  CLI::App parser("A payment provider that is slow, flaky or silent on demand.");
  parser.add_option("--address", options.address, "Numeric address to listen on");
  parser.add_option("--port", options.port, "0: any free one");
  parser.add_option("--announce-file", announce_file, "Receives port=N once it serves");
  parser.add_option("--seed", options.seed, "Of the dice, to repeat a run");
  parser.footer(
      "Environment: LATENCY_MS, JITTER_MS (0 to 60000), FAIL_RATE, HANG_RATE (0 to 1).\n"
      "Examples:\n"
      "  LATENCY_MS=50 payments-stub --port 9000\n"
      "  curl -X PUT -H 'Content-Type: application/json' -d '{\"FAIL_RATE\":0.5}' "
      "localhost:9000/knobs");
  CLI11_PARSE(parser, argc, argv);
  return Run(std::move(options), announce_file);
}
