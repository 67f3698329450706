#include <CLI/CLI.hpp>
#include <exception>
#include <ostream>
#include <string>

#include "app/cli/command.h"

namespace launchgate::app::cli {
namespace {

constexpr const char* kDescription =
    "Launchgate gates rollouts on production-readiness evidence.\n"
    "\n"
    "Ask why something was denied:   launchgate explain -n shop deployment/gift-cards\n"
    "Judge a review without cluster: launchgate check -f review.yaml -f checklist.yaml\n"
    "Sign a verdict:                 launchgate sign -n shop gift-cards --go --key alice.pem\n"
    "Write the record of a review:   launchgate render go-no-go -f review/ >go-no-go.md\n"
    "Stop all launches for a while:  launchgate freeze now --for 2h --reason 'INC-42'\n"
    "\n"
    "Also callable as `kubectl launchgate` where it is installed as kubectl-launchgate.";

}  // namespace

int Main(int argc, const char* const* argv, Streams& streams) {
  try {
    CLI::App parser{kDescription, "launchgate"};
    parser.require_subcommand(1);
    parser.set_help_all_flag("--help-all", "Show the help of every command");
    Run run;
    AddOperator(parser, run);
    AddBudget(parser, run);
    AddCheck(parser, run);
    AddExplain(parser, run);
    AddStatus(parser, run);
    AddSign(parser, run);
    AddStatement(parser, run);
    AddAttach(parser, run);
    AddVerify(parser, run);
    AddFreeze(parser, run);
    AddKeys(parser, run);
    AddVerdict(parser, run);
    AddAgenda(parser, run);
    AddRender(parser, run);
    AddCompletion(parser, run);
    AddVersion(parser, run);
    try {
      parser.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      const int code = parser.exit(error, streams.out, streams.err);
      return code == 0 ? kExitAllow : kExitUsage;
    }
    return run(streams);
  } catch (const std::exception& error) {
    streams.err << "launchgate: " << error.what() << "\n";
    return kExitUsage;
  }
}

}  // namespace launchgate::app::cli
