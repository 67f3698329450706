#include "gift-cards/serve_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include "gift-cards/bulkhead.h"
#include "gift-cards/payments_client.h"
#include "gift-cards/service.h"
#include "gift-cards/store/store.h"
#include "platform/log.h"
#include "platform/signals.h"

namespace gift_cards {
namespace {

namespace log = launchgate::platform::log;
using launchgate::platform::SignalWatcher;
using std::chrono::milliseconds;

// The HTTP library's threads only move bytes; workers wait elsewhere.
constexpr int kClientThreads = 8;
// Recovery takes no row that a redemption may still work on.
constexpr milliseconds kRecoveryMargin{1'000};
// A probe of the breaker gives its place up this long after any call must be over.
constexpr milliseconds kProbeMargin{500};
constexpr int kMaxMillis = 600'000;

struct Flags {
  std::string database;
  std::string payments_url;
  std::string announce_file;
  std::string log_level = "info";
  ServiceOptions service;
  int deadline_ms = 800;
  int attempt_timeout_ms = 500;
  int breaker_window_ms = 10'000;
  int breaker_open_ms = 2'000;
  int recovery_interval_ms = 5'000;
};

ServiceOptions OptionsOf(const Flags& flags) {
  ServiceOptions options = flags.service;
  options.redeemer.deadline = milliseconds(flags.deadline_ms);
  options.redeemer.attempt_timeout = milliseconds(flags.attempt_timeout_ms);
  options.breaker.window = milliseconds(flags.breaker_window_ms);
  options.breaker.open_for = milliseconds(flags.breaker_open_ms);
  options.breaker.probe_lease = options.redeemer.attempt_timeout + kProbeMargin;
  options.recovery.min_age = options.redeemer.deadline + kRecoveryMargin;
  options.recovery.attempt_timeout = options.redeemer.attempt_timeout;
  options.recovery_interval = milliseconds(flags.recovery_interval_ms);
  return options;
}

int Fail(const std::string& sentence) {
  std::cerr << "gift-cards serve: " << sentence << "\n";
  return 1;
}

// Written whole and then renamed, so that a reader never sees half.
bool Announce(const std::string& path, int port) {
  const std::string partial = path + ".partial";
  std::ofstream file(partial);
  file << "port=" << port << "\n";
  file.close();
  return file.good() && std::rename(partial.c_str(), path.c_str()) == 0;
}

int Serve(const Flags& flags) {
  const auto signals = SignalWatcher::Start();  // Before any thread.
  if (!signals) return Fail(signals.error());
  log::SetLevel(*log::ParseLevel(flags.log_level));
  if (auto threads = StartPaymentsThreads(kClientThreads); !threads) return Fail(threads.error());
  const auto payments = ConnectPayments(flags.payments_url);
  if (!payments) return Fail("--payments-url: " + payments.error());
  const auto store = Store::Open(flags.database);
  if (!store) return Fail("--database: " + store.error());
  SystemClock clock;
  SystemChance chance;
  const auto service = Service::Start(OptionsOf(flags), {**store, **payments, clock, chance});
  if (!service) return Fail(service.error());
  if (!flags.announce_file.empty() && !Announce(flags.announce_file, (*service)->port())) {
    return Fail("--announce-file: cannot write " + flags.announce_file);
  }
  log::Info("serving", {{"address", flags.service.address}, {"port", (*service)->port()}});
  (*signals)->Wait();
  log::Info("draining", {{"signal", (*signals)->received()}});
  const bool all_answered = (*service)->Drain();
  log::Info("stopped", {{"all_answered", all_answered}});
  return all_answered ? 0 : 1;
}

CLI::Option* AddFlag(CLI::App& command, const std::string& name, auto& value,
                     const std::string& help) {
  std::string variable = "GIFT_CARDS_";
  for (const char c : name.substr(2)) {
    variable += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  return command.add_option(name, value, help)->envname(variable)->capture_default_str();
}

void AddServerFlags(CLI::App& command, Flags& flags) {
  AddFlag(command, "--database", flags.database, "SQLite file; made where there is none")
      ->required();
  AddFlag(command, "--payments-url", flags.payments_url,
          "Payment provider, http://HOST[:PORT][/PREFIX] or https")
      ->required();
  AddFlag(command, "--address", flags.service.address, "Numeric address to listen on");
  AddFlag(command, "--port", flags.service.port, "Port to listen on; 0: any free one");
  AddFlag(command, "--announce-file", flags.announce_file,
          "Write \"port=N\" to this file once serving");
  AddFlag(command, "--log-level", flags.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
}

void AddLimitFlags(CLI::App& command, Flags& flags) {
  const CLI::Range millis(1, kMaxMillis);
  AddFlag(command, "--deadline-ms", flags.deadline_ms, "A redemption has this long, in all")
      ->check(millis);
  AddFlag(command, "--attempt-timeout-ms", flags.attempt_timeout_ms,
          "One call to the provider has this much of it")
      ->check(millis);
  AddFlag(command, "--retries", flags.service.redeemer.retry.max_retries,
          "Calls after the first, at most")
      ->check(CLI::Range(0, RetryOptions::kMaxRetries));
  AddFlag(command, "--max-concurrent", flags.service.max_concurrent,
          "Redemptions in flight at once; more are shed")
      ->check(CLI::Range(std::size_t{1}, Bulkhead::kMaxWorkers));
  BreakerOptions& breaker = flags.service.breaker;
  AddFlag(command, "--breaker-window-ms", flags.breaker_window_ms,
          "The breaker looks back this far; a multiple of 10")
      ->check(millis);
  AddFlag(command, "--breaker-failure-rate", breaker.failure_rate,
          "It opens at this share of failed calls");
  AddFlag(command, "--breaker-min-calls", breaker.min_calls, "... of at least this many");
  AddFlag(command, "--breaker-open-ms", flags.breaker_open_ms, "... and stays open for this long")
      ->check(millis);
  AddFlag(command, "--breaker-probes", breaker.half_open_probes,
          "Then this many calls must succeed to close it");
  AddFlag(command, "--recovery-interval-ms", flags.recovery_interval_ms,
          "Between rounds that charge again what was left pending")
      ->check(millis);
}

constexpr const char* kExamples =
    "Every flag can come from the environment: --deadline-ms is GIFT_CARDS_DEADLINE_MS.\n"
    "\n"
    "Examples:\n"
    "  gift-cards serve --database /var/lib/gift-cards/db --payments-url http://payments:8080 \\\n"
    "    --address 0.0.0.0 --port 8080\n"
    "  gift-cards serve --database /tmp/db --payments-url http://127.0.0.1:9000 \\\n"
    "    --announce-file /tmp/ready\n"
    "  curl -X POST 'http://127.0.0.1:8080/giftcards/redeem?code=ABCD-1234-EFGH-5678&amount=2500'";

}  // namespace

void AddServeCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("serve", "Redeem gift cards over HTTP until SIGTERM");
  const auto flags = std::make_shared<Flags>();
  AddServerFlags(*command, *flags);
  AddLimitFlags(*command, *flags);
  command->footer(kExamples);
  command->callback([flags, &exit_code] { exit_code = Serve(*flags); });
}

}  // namespace gift_cards
