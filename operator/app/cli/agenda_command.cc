// launchgate agenda: what a monthly review of an error budget is about.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/burn_down_chart.h"
#include "app/cli/command.h"
#include "app/cli/files.h"
#include "app/cli/judging.h"
#include "app/cli/render_agenda.h"
#include "app/cli/session.h"
#include "core/base/text.h"
#include "core/json/yaml.h"
#include "core/resources/manifest.h"
#include "shell/kube/resource.h"

namespace launchgate::app::cli {
namespace {

using json::Json;
using resources::BudgetReview;

struct Flags {
  ClusterFlags cluster;
  std::string name;
  std::vector<std::string> files;
  std::string charts;
  std::string output = "text";
};

// A review that cannot be read without a problem is shown to nobody: whoever
// signs shall not guess.
base::Status RequireUsable(const BudgetReview& review, const std::vector<json::Problem>& problems) {
  if (problems.empty()) return {};
  return base::Fail(base::ErrorKind::kInvalid,
                    fmt::format("BudgetReview {}: {}", base::Quote(review.meta.Key()),
                                json::Summarize(problems)));
}

using Reviews = base::Result<std::vector<BudgetReview>>;

Reviews FromFiles(const Flags& flags, std::istream& in) {
  const auto texts = ReadFiles(flags.files, in);
  if (!texts) return tl::unexpected(texts.error());
  std::vector<BudgetReview> reviews;
  for (const InputText& input : *texts) {
    const auto documents = json::ParseYaml(input.text);
    if (!documents) return base::Wrap(input.path, documents.error());
    for (const Json& document : *documents) {
      for (resources::Manifest& manifest : resources::ReadManifests(document)) {
        auto* review = std::get_if<BudgetReview>(&manifest.content);
        if (review == nullptr) continue;
        if (auto status = RequireUsable(*review, manifest.problems); !status) {
          return base::Wrap(input.path, status.error());
        }
        if (!flags.cluster.ns.empty() && review->meta.ns != flags.cluster.ns) continue;
        reviews.push_back(std::move(*review));
      }
    }
  }
  return reviews;
}

Reviews FromCluster(const Flags& flags) {
  const auto session = Session::Open(flags.cluster);
  if (!session) return tl::unexpected(session.error());
  std::vector<BudgetReview> reviews;
  base::Status usable;
  const auto listed = (*session)->client().List(
      kube::kBudgetReviews, (*session)->ns(), kube::ListOptions(),
      [&](const kube::ListPage& page) {
        for (const kube::Object& object : page.items) {
          std::vector<json::Problem> problems;
          reviews.push_back(resources::ParseBudgetReview(*object.body, problems));
          if (usable) usable = RequireUsable(reviews.back(), problems);
        }
        return usable.has_value();
      },
      std::stop_token());
  if (!usable) return tl::unexpected(usable.error());
  if (!listed) return tl::unexpected<base::Error>(listed.error());
  return reviews;
}

// The review called `name`, else the latest one of the budget called so; without
// a name the latest of every budget. By namespace, then budget.
Reviews Choose(std::vector<BudgetReview> reviews, const std::string& name) {
  std::map<std::string, BudgetReview> latest;  // By namespace and budget.
  for (BudgetReview& review : reviews) {
    if (review.meta.name == name) return std::vector{std::move(review)};
    if (!name.empty() && review.budget != name) continue;
    const auto [found, first] = latest.emplace(review.meta.ns + "/" + review.budget, review);
    if (!first && found->second.month < review.month) found->second = std::move(review);
  }
  std::vector<BudgetReview> chosen;
  chosen.reserve(latest.size());
  for (auto& [key, review] : latest) chosen.push_back(std::move(review));
  if (!chosen.empty()) return chosen;
  return base::Fail(base::ErrorKind::kNotFound,
                    name.empty() ? "there is no BudgetReview"
                                 : fmt::format("there is no BudgetReview {}, and none of an "
                                               "ErrorBudget of this name",
                                               base::Quote(name)));
}

// Writes a chart for each objective into a folder; the paths, as the page has them.
base::Result<std::vector<std::string>> WriteCharts(const BudgetReview& review,
                                                   const std::string& folder) {
  std::vector<std::string> paths;
  if (folder.empty() || !review.status.agenda) return paths;
  const auto& agenda = *review.status.agenda;
  for (std::size_t i = 0; i < agenda.objectives.size(); ++i) {
    const std::string path = fmt::format("{}/{}-{}.svg", folder, review.meta.name, i + 1);
    const std::string svg =
        BurnDownSvg(agenda.objectives[i], agenda.from, agenda.until, "burn-down");
    const auto written = WriteNewFile(path, svg, FileMode::kPublic);
    if (!written) return tl::unexpected(written.error());
    paths.push_back(path);
  }
  return paths;
}

base::Status Print(const std::vector<BudgetReview>& reviews, const Flags& flags,
                   std::ostream& out) {
  if (flags.output == "html") {
    WriteAgendaHtml(reviews, out);
    return {};
  }
  if (flags.output == "json") {
    Json list = Json::array();
    for (const BudgetReview& review : reviews) list.push_back(ToJson(review));
    out << list.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    return {};
  }
  for (const BudgetReview& review : reviews) {
    if (&review != &reviews.front()) out << "\n";
    if (flags.output == "text") {
      WriteAgendaText(review, out);
      continue;
    }
    const auto charts = WriteCharts(review, flags.charts);
    if (!charts) return tl::unexpected(charts.error());
    WriteAgendaMarkdown(review, *charts, out);
  }
  return {};
}

int RunIt(const Flags& flags, Streams& streams) {
  const auto fail = [&](const std::string& message) {
    streams.err << "launchgate agenda: " << message << "\n";
    return kExitUsage;
  };
  if (!flags.charts.empty() && flags.output != "markdown") {
    return fail("--charts belongs to -o markdown; -o html has its charts in the page");
  }
  auto reviews = flags.files.empty() ? FromCluster(flags) : FromFiles(flags, streams.in);
  if (!reviews) return fail(reviews.error().message);
  const auto chosen = Choose(*std::move(reviews), flags.name);
  if (!chosen) return fail(chosen.error().message);
  const auto printed = Print(*chosen, flags, streams.out);
  return printed ? kExitAllow : fail(printed.error().message);
}

}  // namespace

void AddAgenda(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = parser.add_subcommand(
      "agenda", "Show the agenda of a monthly error-budget review, with burn-down charts");
  command->add_option("name", flags->name,
                      "A BudgetReview, or an ErrorBudget for its latest one (default: the latest "
                      "of every budget)");
  command->add_option("-f,--file", flags->files,
                      "Read BudgetReviews from these files or folders instead of a cluster; - for "
                      "standard input");
  AddClusterFlags(*command, flags->cluster);
  command->add_option("-o,--output", flags->output, "text, markdown, html or json")
      ->check(CLI::IsMember({"text", "markdown", "html", "json"}));
  command->add_option("--charts", flags->charts,
                      "With -o markdown: write the charts (SVG) into this folder and show them");
  command->footer(
      "Exit code: 0 written, 2 usage, unreadable input, or no such review.\n"
      "Examples:\n"
      "  launchgate agenda -n shop gift-cards\n"
      "  launchgate agenda -n shop gift-cards-2026-10 -o html >agenda.html");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunIt(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
