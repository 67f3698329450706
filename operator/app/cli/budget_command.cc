// launchgate budget rules, show, backtest.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/budget_view.h"
#include "app/cli/command.h"
#include "app/cli/judging.h"
#include "app/cli/offline_evidence.h"
#include "app/cli/session.h"
#include "core/base/text.h"
#include "core/budget/rules.h"
#include "core/json/yaml.h"
#include "shell/clock/clock.h"
#include "shell/clock/time_zones.h"
#include "shell/crypto/keys.h"
#include "shell/prometheus/requests.h"

namespace launchgate::app::cli {
namespace {

using resources::ErrorBudget;
using resources::Objective;

// An answer over months of hours takes longer than one about now.
constexpr std::chrono::milliseconds kBacktestDeadline{60'000};
constexpr base::Duration kDefaultBacktest = std::chrono::hours(24 * 90);

struct Flags {
  ClusterFlags cluster;
  std::string name;
  std::vector<std::string> files;
  std::string output;
  std::string now;
  std::string prometheus;
  std::string from;
  std::string to;
  std::string time_zone = "UTC";
  std::vector<std::string> targets;  // "OBJECTIVE=99.5"
};

base::Result<base::Time> TimeOr(const char* flag, const std::string& text, base::Time fallback) {
  if (text.empty()) return fallback;
  const auto time = base::ParseTime(text);
  if (!time) return base::Wrap(flag, time.error());
  return *time;
}

// The budgets of the files, or else of the namespace in the cluster.
base::Result<World> ReadBudgets(const Flags& flags, const crypto::OpenSslSignatures& signatures,
                                std::istream& in) {
  if (flags.files.empty()) {
    const auto session = Session::Open(flags.cluster);
    if (!session) return tl::unexpected(session.error());
    return (*session)->ReadWorld(signatures);
  }
  World world(signatures);
  const auto added = AddFiles(flags.files, in, world);
  if (!added) return tl::unexpected(added.error());
  return world;
}

base::Result<std::vector<const LoadedBudget*>> Select(const Flags& flags, const World& world) {
  std::vector<const LoadedBudget*> selected;
  for (const LoadedBudget& budget : world.budgets()) {
    if (flags.name.empty() || budget.object.meta.name == flags.name) selected.push_back(&budget);
  }
  if (!selected.empty()) return selected;
  return base::Fail(base::ErrorKind::kNotFound,
                    flags.name.empty()
                        ? "there is no ErrorBudget; name a file with -f or a namespace with -n"
                        : fmt::format("there is no ErrorBudget {}", base::Quote(flags.name)));
}

// For what cannot be done with a budget that breaks a rule.
base::Status MustBeUsable(const LoadedBudget& budget) {
  if (budget.problems.empty()) return {};
  return base::Fail(base::ErrorKind::kInvalid,
                    fmt::format("the ErrorBudget {} cannot be used: {}", budget.object.meta.Key(),
                                json::Summarize(budget.problems)));
}

int Complain(Streams& streams, std::string_view command, const base::Error& error) {
  streams.err << fmt::format("launchgate budget {}: {}\n", command, error.message);
  return kExitUsage;
}

// rules

base::Status WriteRules(const Flags& flags, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  const auto world = ReadBudgets(flags, signatures, streams.in);
  if (!world) return tl::unexpected(world.error());
  const auto budgets = Select(flags, *world);
  if (!budgets) return tl::unexpected(budgets.error());
  json::Json groups = json::Json::array();
  bool first = true;
  for (const LoadedBudget* loaded : *budgets) {
    const auto usable = MustBeUsable(*loaded);
    if (!usable) return tl::unexpected(usable.error());
    if (flags.output == "prometheusrule") {
      streams.out << (std::exchange(first, false) ? "" : "---\n")
                  << json::ToYaml(budget::PrometheusRuleObject(loaded->object));
      continue;
    }
    const json::Json file = budget::RuleFile(loaded->object);
    for (const json::Json& group : file["groups"]) groups.push_back(group);
  }
  const json::Json file = {{"groups", groups}};
  if (flags.output == "rules") streams.out << json::ToYaml(file);
  if (flags.output == "json") streams.out << file.dump(2) << "\n";
  return {};
}

// show

base::Status Show(const Flags& flags, Streams& streams) {
  const auto now = TimeOr("--now", flags.now, clock::SystemClock().Now());
  if (!now) return tl::unexpected(now.error());
  const crypto::OpenSslSignatures signatures;
  const auto world = ReadBudgets(flags, signatures, streams.in);
  if (!world) return tl::unexpected(world.error());
  const auto budgets = Select(flags, *world);
  if (!budgets) return tl::unexpected(budgets.error());
  if (flags.output == "json") {
    streams.out << BudgetsJson(*budgets, *now).dump(2) << "\n";
  } else {
    WriteBudgets(*budgets, *now, streams.colour, streams.out);
  }
  return {};
}

// backtest

// The budget with the targets that were asked for instead of its own.
base::Status ReplaceTargets(const std::vector<std::string>& targets, ErrorBudget& budget) {
  for (const std::string& text : targets) {
    const std::size_t equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto target = equals == std::string::npos
                            ? base::Result<double>(base::Fail(base::ErrorKind::kInvalid, ""))
                            : base::ParseDecimal(text.substr(equals + 1));
    const auto found = std::ranges::find(budget.objectives, name, &Objective::name);
    if (!target || *target <= 0 || *target >= 100 || found == budget.objectives.end()) {
      return base::Fail(base::ErrorKind::kInvalid,
                        fmt::format("--target {} must be OBJECTIVE=PERCENT, with the name of an "
                                    "objective of the budget and more than 0 and less than 100",
                                    base::Quote(text)));
    }
    found->target = *target;
    found->target_text = text.substr(equals + 1);
  }
  return {};
}

class Backtester {
 public:
  Backtester(prometheus::PrometheusServers& servers, std::string server, base::Time from,
             base::Time to)
      : servers_(servers), server_(std::move(server)), from_(from), to_(to) {}

  base::Result<BacktestReport> Run(const ErrorBudget& budget, const Objective& objective,
                                   const budget::TimeZone& days_in) {
    const budget::HistoryQueries queries =
        budget::BacktestQueries(objective, budget.window, from_, to_);
    const auto total = Ask(budget, queries, queries.total);
    if (!total) return tl::unexpected(total.error());
    const auto bad = Ask(budget, queries, queries.bad);
    if (!bad) return tl::unexpected(bad.error());
    const auto steps = budget::ReadHistory(queries, *total, *bad);
    if (!steps) {
      return base::Fail(
          base::ErrorKind::kUnavailable,
          fmt::format("{}: {} ({})", objective.name, steps.error().message, steps.error().reason));
    }
    auto result = budget::RunBacktest(budget, objective, *steps, zones_, days_in, from_, to_);
    if (!result) return tl::unexpected(result.error());
    return BacktestReport{objective.name, objective.target_text, *std::move(result)};
  }

 private:
  base::Result<evidence::PrometheusAnswer> Ask(const ErrorBudget& budget,
                                               const budget::HistoryQueries& queries,
                                               const std::string& query) {
    return servers_.Ask(server_, budget.meta.ns.empty() ? "default" : budget.meta.ns,
                        prometheus::RangeQuery(query, queries.start, queries.end, queries.step), {},
                        kBacktestDeadline);
  }

  prometheus::PrometheusServers& servers_;
  const std::string server_;
  const clock::SystemTimeZones zones_;
  const base::Time from_;
  const base::Time to_;
};

base::Status RunBacktests(const Flags& flags, Streams& streams) {
  static const clock::SystemClock kClock;
  const auto to = TimeOr("--to", flags.to, kClock.Now());
  if (!to) return tl::unexpected(to.error());
  const auto from = TimeOr("--from", flags.from, *to - kDefaultBacktest);
  if (!from) return tl::unexpected(from.error());
  if (*from >= *to) return base::Fail(base::ErrorKind::kInvalid, "--from must be before --to");
  const crypto::OpenSslSignatures signatures;
  const auto world = ReadBudgets(flags, signatures, streams.in);
  if (!world) return tl::unexpected(world.error());
  const auto budgets = Select(flags, *world);
  if (!budgets) return tl::unexpected(budgets.error());
  const clock::SystemTimeZones zones;
  const auto days_in = zones.Find(flags.time_zone);
  if (!days_in) return base::Wrap("--time-zone", days_in.error());
  const auto servers = OpenServers({{"", flags.prometheus}}, kClock);
  if (!servers) return tl::unexpected(servers.error());
  Backtester backtester(**servers, kAnyServer, *from, *to);
  json::Json list = json::Json::array();
  for (const LoadedBudget* loaded : *budgets) {
    const auto usable = MustBeUsable(*loaded);
    if (!usable) return tl::unexpected(usable.error());
    ErrorBudget budget = loaded->object;
    const auto replaced = ReplaceTargets(flags.targets, budget);
    if (!replaced) return tl::unexpected(replaced.error());
    std::vector<BacktestReport> reports;
    for (const Objective& objective : budget.objectives) {
      streams.err << fmt::format("asking Prometheus about {} from {} to {}\n", objective.name,
                                 base::FormatTime(*from), base::FormatTime(*to));
      auto report = backtester.Run(budget, objective, **days_in);
      if (!report) return tl::unexpected(report.error());
      reports.push_back(*std::move(report));
    }
    if (flags.output != "json") WriteBacktest(budget, reports, streams.out);
    list.push_back(BacktestJson(budget, reports));
  }
  if (flags.output == "json") streams.out << list.dump(2) << "\n";
  return {};
}

using Action = base::Status (*)(const Flags&, Streams&);

CLI::App* AddAction(CLI::App& budget, const char* name, const char* what, Action action,
                    const std::shared_ptr<Flags>& flags, Run& run) {
  CLI::App* command = budget.add_subcommand(name, what);
  command->add_option("name", flags->name, "Only this ErrorBudget");
  command->add_option("-f,--filename", flags->files,
                      "Files or folders with ErrorBudgets, instead of the cluster; - is stdin");
  AddClusterFlags(*command, flags->cluster);
  command->callback([flags, action, name, &run] {
    run = [flags, action, name](Streams& streams) {
      const auto done = action(*flags, streams);
      return done ? kExitAllow : Complain(streams, name, done.error());
    };
  });
  return command;
}

void AddRules(CLI::App& budget, Run& run) {
  auto flags = std::make_shared<Flags>();
  flags->output = "prometheusrule";
  CLI::App* rules = AddAction(
      budget, "rules", "Print the recording rules that a window of more than six hours needs",
      WriteRules, flags, run);
  rules
      ->add_option("-o,--output", flags->output,
                   "prometheusrule (an object for the Prometheus Operator), rules (a file for "
                   "Prometheus) or json")
      ->check(CLI::IsMember({"prometheusrule", "rules", "json"}));
  rules->footer(
      "Examples:\n"
      "  launchgate budget rules -n shop gift-cards | kubectl apply -f -\n"
      "  launchgate budget rules -f error-budget.yaml -o rules >rules.yaml");
}

void AddShow(CLI::App& budget, Run& run) {
  auto flags = std::make_shared<Flags>();
  flags->output = "text";
  CLI::App* show = AddAction(
      budget, "show", "Show what is left of the error budgets of a namespace", Show, flags, run);
  show->add_option("--now", flags->now, "Judge at this time (RFC 3339) instead of now");
  show->add_option("-o,--output", flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  show->footer("Example:\n  launchgate budget show -n shop");
}

void AddBacktest(CLI::App& budget, Run& run) {
  auto flags = std::make_shared<Flags>();
  flags->output = "text";
  CLI::App* backtest = AddAction(budget, "backtest",
                                 "Tell on which days of the past launches would have been frozen",
                                 RunBacktests, flags, run);
  backtest->add_option("--prometheus", flags->prometheus, "URL of the Prometheus to ask")
      ->required();
  backtest->add_option("--from", flags->from, "RFC 3339; by default 90 days before --to");
  backtest->add_option("--to", flags->to, "RFC 3339; by default now");
  backtest->add_option("--target", flags->targets,
                       "OBJECTIVE=PERCENT: try another target than the budget's; may be repeated");
  backtest->add_option("--time-zone", flags->time_zone, "IANA name: in which a day begins")
      ->capture_default_str();
  backtest->add_option("-o,--output", flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  backtest->footer(
      "Example:\n"
      "  launchgate budget backtest -f error-budget.yaml --prometheus http://localhost:9090 \\\n"
      "    --target redeem-availability=99.5");
}

}  // namespace

void AddBudget(CLI::App& parser, Run& run) {
  CLI::App* budget = parser.add_subcommand("budget", "Show and try out error budgets");
  budget->require_subcommand(1);
  AddRules(*budget, run);
  AddShow(*budget, run);
  AddBacktest(*budget, run);
}

}  // namespace launchgate::app::cli
