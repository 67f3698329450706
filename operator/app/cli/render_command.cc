// launchgate render checklist, launchgate render go-no-go: documents for people,
// made from what the gate judges by.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/files.h"
#include "app/cli/go_no_go.h"
#include "app/cli/judging.h"
#include "app/cli/render_checklist.h"
#include "app/cli/render_go_no_go.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

using json::Json;

struct ChecklistFlags {
  std::vector<std::string> files;
  std::string output = "markdown";
};

struct GoNoGoFlags {
  JudgeFlags judge;
  std::string before;
  std::string output = "markdown";
};

int Fail(Streams& streams, std::string_view command, const std::string& message) {
  streams.err << fmt::format("launchgate render {}: {}\n", command, message);
  return kExitUsage;
}

void Print(const Json& document, std::ostream& out) {
  out << document.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

int RunChecklist(const ChecklistFlags& flags, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  World world(signatures);
  const auto added = AddFiles(flags.files, streams.in, world);
  if (!added) return Fail(streams, "checklist", added.error().message);
  if (world.checklists().size() != 1) {
    return Fail(streams, "checklist",
                fmt::format("there are {} ReadinessChecklists among the files, must be one",
                            world.checklists().size()));
  }
  const auto& loaded = world.checklists().front();
  // A standard that the gate would not use is not handed out either.
  if (!loaded.problems.empty()) {
    return Fail(streams, "checklist", json::Summarize(loaded.problems));
  }
  if (flags.output == "json") {
    Print(ToJson(loaded.object), streams.out);
  } else {
    WriteChecklist(loaded.object, streams.out);
  }
  return kExitAllow;
}

// Nothing without --before.
base::Result<std::vector<Earlier>> ReadBefore(const std::string& path, std::istream& in) {
  if (path.empty()) return std::vector<Earlier>();
  const auto text = ReadInput(path, in);
  if (!text) return base::Wrap("--before", text.error());
  auto earlier = ParseEarlier(*text);
  if (!earlier) return base::Wrap("--before " + path, earlier.error());
  return earlier;
}

base::Result<std::vector<GoNoGo>> MakeRecords(const GoNoGoFlags& flags, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  auto judged = Judge(flags.judge, signatures, streams.in);
  if (!judged) return tl::unexpected(judged.error());
  for (const std::string& warning : judged->warnings) {
    streams.err << "launchgate render go-no-go: warning: " << warning << "\n";
  }
  const auto earlier = ReadBefore(flags.before, streams.in);
  if (!earlier) return tl::unexpected(earlier.error());
  std::vector<GoNoGo> records;
  bool compared = false;
  for (std::size_t i = 0; i < judged->reports.size(); ++i) {
    records.push_back(MakeGoNoGo(judged->world, judged->world.reviews()[i].object,
                                 std::move(judged->reports[i]), *earlier, signatures));
    compared = compared || records.back().before.has_value();
  }
  if (!flags.before.empty() && !compared) {
    return base::Fail(base::ErrorKind::kInvalid, "--before " + flags.before +
                                                     ": holds no answer about a review that is "
                                                     "among the files");
  }
  return records;
}

int RunGoNoGo(const GoNoGoFlags& flags, Streams& streams) {
  const auto records = MakeRecords(flags, streams);
  if (!records) return Fail(streams, "go-no-go", records.error().message);
  if (flags.output == "json") {
    Json document = Json::array();
    for (const GoNoGo& record : *records) document.push_back(ToJson(record));
    if (records->size() == 1) document = Json(document.front());
    Print(document, streams.out);
    return kExitAllow;
  }
  for (const GoNoGo& record : *records) {
    if (&record != &records->front()) streams.out << "\n";
    WriteGoNoGo(record, streams.out);
  }
  return kExitAllow;
}

void AddOutput(CLI::App& command, std::string& output) {
  command.add_option("-o,--output", output, "markdown or json")
      ->check(CLI::IsMember({"markdown", "json"}));
}

void AddRenderChecklist(CLI::App& render, Run& run) {
  auto flags = std::make_shared<ChecklistFlags>();
  CLI::App* command =
      render.add_subcommand("checklist", "Write a ReadinessChecklist as a page to fill in");
  command
      ->add_option("-f,--file", flags->files,
                   "The ReadinessChecklist (YAML or JSON), or a folder with it; - for standard "
                   "input")
      ->required();
  AddOutput(*command, flags->output);
  command->footer(
      "Exit code: 0 written, 2 usage or unreadable input.\n"
      "Example:\n  launchgate render checklist -f checklist.yaml >CHECKLIST.md");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunChecklist(*flags, streams); }; });
}

void AddRenderGoNoGo(CLI::App& render, Run& run) {
  auto flags = std::make_shared<GoNoGoFlags>();
  CLI::App* command = render.add_subcommand(
      "go-no-go", "Write the record of a review: decision, signatures, conditions, evidence");
  AddJudgeFlags(*command, flags->judge);
  command->add_option("--before", flags->before,
                      "The answer of `launchgate check -o json` before the fixes: what did not "
                      "pass then and passes now is written down with its proof");
  AddOutput(*command, flags->output);
  command->footer(
      "Exit code: 0 written, whatever was decided; 2 usage or unreadable input.\n"
      "Examples:\n"
      "  launchgate render go-no-go -f review/ -f verdicts/ --now 2026-11-27T12:00:00Z\n"
      "  launchgate check -f review/ --evidence-root before -o json >before.json\n"
      "  launchgate render go-no-go -f review/ --evidence-root now --before before.json");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunGoNoGo(*flags, streams); }; });
}

}  // namespace

void AddRender(CLI::App& parser, Run& run) {
  CLI::App* render = parser.add_subcommand("render", "Write documents for people, in Markdown");
  render->require_subcommand(1);
  AddRenderChecklist(*render, run);
  AddRenderGoNoGo(*render, run);
}

}  // namespace launchgate::app::cli
