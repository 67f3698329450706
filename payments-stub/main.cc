// payments-stub: a payment provider that is slow, flaky or silent on demand.
#include <sys/resource.h>

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

// Every late answer holds a connection; what is allowed is taken.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

std::optional<std::string> Environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

// Written whole and then renamed, so that a reader never sees half.
bool Announce(const std::string& path, std::uint16_t port) {
  if (path.empty()) return true;
  const std::string partial = path + ".partial";
  std::ofstream file(partial);
  file << "port=" << port << "\n";
  file.close();
  return !file.fail() && std::rename(partial.c_str(), path.c_str()) == 0;
}

int Fail(int exit_code, const std::string& sentence) {
  std::cerr << "payments-stub: " << sentence << "\n";
  return exit_code;
}

int Run(payments_stub::ServiceOptions options, const std::string& announce_file) {
  const auto signals = launchgate::platform::SignalWatcher::Start();  // Before any thread.
  if (!signals) return Fail(1, signals.error());
  const auto knobs = payments_stub::KnobsFromEnvironment(Environment);
  if (!knobs) return Fail(2, "environment: " + knobs.error().message);
  options.knobs = *knobs;
  RaiseDescriptorLimit();
  const std::uint64_t seed = options.seed;
  const auto service = payments_stub::Service::Start(std::move(options));
  if (!service) return Fail(1, service.error());
  if (!Announce(announce_file, (*service)->port())) {
    return Fail(1, "--announce-file: cannot write " + announce_file);
  }
  log::Info("serving", {{"port", (*service)->port()}, {"seed", seed}});
  (*signals)->Wait();
  log::Info("stopping", {{"signal", (*signals)->received()}});
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
  parser.add_option(
      "--seed", options.seed,
      "Of the dice, to repeat a run; drawn at random and logged where it is not given");
  parser.footer(
      "Environment: LATENCY_MS, JITTER_MS (0 to 60000), FAIL_RATE, HANG_RATE (0 to 1).\n"
      "Examples:\n"
      "  LATENCY_MS=50 payments-stub --port 9000\n"
      "  curl -X PUT -H 'Content-Type: application/json' -d '{\"FAIL_RATE\":0.5}' "
      "localhost:9000/knobs");
  CLI11_PARSE(parser, argc, argv);
  return Run(std::move(options), announce_file);
}
