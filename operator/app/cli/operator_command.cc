// launchgate operator: the long-running process.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>
#include <ostream>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/operator_process.h"
#include "platform/log.h"
#include "platform/signals.h"
#include "shell/clock/clock.h"
#include "shell/kube/config.h"
#include "shell/transport/cpprest_transport.h"

namespace launchgate::app::cli {
namespace {

// Enough for one stream per watched collection and the calls beside them.
constexpr int kTransportThreads = 16;
constexpr std::size_t kMaxConfigBytes = 1U << 20U;

struct Flags {
  std::vector<std::string> roles{"controller", "webhook"};
  std::string config_file;
  std::string kubeconfig;
  std::string context;
  std::string announce_file;
};

base::Result<OperatorConfig> ReadConfig(const std::string& path) {
  if (path.empty()) return OperatorConfig();
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::Fail(base::ErrorKind::kNotFound, "--config: cannot read " + path);
  std::string text(kMaxConfigBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxConfigBytes) {
    return base::Fail(base::ErrorKind::kExhausted, "--config: the file is larger than 1 MiB");
  }
  auto config = ParseOperatorConfig(text);
  if (!config) return base::Wrap(path, config.error());
  return config;
}

base::Result<kube::ClusterConfig> FindCluster(const Flags& flags, const clock::Clock& clock) {
  if (!flags.kubeconfig.empty())
    return kube::LoadKubeconfig(flags.kubeconfig, flags.context, clock);
  return kube::LoadInCluster(kube::InClusterOptions(), clock);
}

// Where a process was started by hand or by a test with port 0, somebody has to
// learn the ports. Written whole and then renamed, so that a reader never sees half.
void Announce(const std::string& path, int webhook_port, int health_port) {
  const std::string partial = path + ".partial";
  std::ofstream(partial) << fmt::format("webhook_port={}\nhealth_port={}\n", webhook_port,
                                        health_port);
  if (std::rename(partial.c_str(), path.c_str()) != 0) {
    platform::log::Warning("could not write the announce file", {{"path", path}});
  }
}

// Unique among all processes, also two Pods of the same name one after the other.
std::string Identity() {
  char host[256] = "launchgate";
  gethostname(host, sizeof host - 1);
  std::random_device device;
  return fmt::format("{}_{:08x}{:08x}", host, device(), device());
}

int RunIt(const Flags& flags, Streams& streams) {
  const auto fail = [&](const std::string& message) {
    streams.err << "launchgate operator: " << message << "\n";
    return kExitUsage;
  };
  const auto config = ReadConfig(flags.config_file);
  if (!config) return fail(config.error().message);
  platform::log::SetLevel(
      platform::log::ParseLevel(config->log_level).value_or(platform::log::Level::kInfo));
  // Before any thread: they inherit the signal mask and the trust settings.
  const auto signals = platform::SignalWatcher::Start();
  if (!signals) return fail(signals.error());
  const auto threads = transport::InitializeTransportThreads(kTransportThreads);
  if (!threads) return fail(threads.error().message);

  const clock::SystemClock clock;
  const auto cluster = FindCluster(flags, clock);
  if (!cluster) return fail(cluster.error().message);
  OperatorOptions options;
  options.config = *config;
  options.cluster = *cluster;
  options.cluster.transport.user_agent = "launchgate/" LAUNCHGATE_VERSION;
  options.controller = std::ranges::count(flags.roles, "controller") > 0;
  options.webhook = std::ranges::count(flags.roles, "webhook") > 0;
  options.identity = Identity();
  if (!flags.announce_file.empty()) {
    options.on_listening = [&](int webhook_port, int health_port) {
      Announce(flags.announce_file, webhook_port, health_port);
    };
  }
  const base::Status ended = RunOperator(options, (*signals)->token());
  return ended ? kExitAllow : fail(ended.error().message);
}

}  // namespace

void AddOperator(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = parser.add_subcommand("operator", "Run the controller and the webhook");
  command->add_option("--roles", flags->roles, "What this process does: controller, webhook")
      ->delimiter(',')
      ->check(CLI::IsMember({"controller", "webhook"}));
  command->add_option("--config", flags->config_file, "Configuration file (docs/configuration.md)");
  command->add_option("--kubeconfig", flags->kubeconfig,
                      "Connect as this file says; without it as the Pod's ServiceAccount");
  command->add_option("--context", flags->context, "Context of the kubeconfig");
  command->add_option("--announce-file", flags->announce_file,
                      "Write the bound ports there when serving (for port 0)");
  command->footer(
      "Examples:\n"
      "  launchgate operator --roles=webhook --config /etc/launchgate/config.yaml\n"
      "  launchgate operator --kubeconfig ~/.kube/config --config local.yaml");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunIt(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
