// harness: proves under injected faults, crashes and load what the services answer.
#include <curl/curl.h>
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include "harness/commands.h"

namespace {

// Thousands of clients are thousands of sockets; what is allowed is taken.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);  // Whoever reads our progress may be gone.
  RaiseDescriptorLimit();
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0) return harness::kUnknown;
  CLI::App app("Fault injection, crash and load tests of gift-cards");
  app.require_subcommand(1);
  harness::Command chosen;
  harness::AddResilience(app, chosen);
  harness::AddRedeemAll(app, chosen);
  harness::AddAudit(app, chosen);
  harness::AddLoad(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? harness::kHolds : harness::kUnknown;
  }
  return chosen();
}
