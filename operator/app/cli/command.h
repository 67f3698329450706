// What every subcommand is: a function that registers itself with the parser,
// and one that runs and gives an exit code.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

namespace CLI {
class App;
}

namespace launchgate::app::cli {

// Exit codes (docs/cli.md). Stable: users' CI relies on them.
inline constexpr int kExitAllow = 0;  // Also: success of commands that decide nothing.
inline constexpr int kExitDeny = 1;   // Also: a signature that does not verify.
inline constexpr int kExitUsage = 2;  // Usage, unreadable input, no connection.

// Where a command reads and writes, so that tests need no process.
struct Streams {
  std::istream& in;
  std::ostream& out;  // The answer, and nothing else.
  std::ostream& err;  // Progress, warnings, errors.
  bool colour = false;
};

// Set by the subcommand that was chosen while the command line is parsed.
using Run = std::function<int(Streams&)>;

// One line per command in commands.cc; each adds a subcommand to `parser` whose
// callback stores into `run` what to do.
void AddOperator(CLI::App& parser, Run& run);
void AddBudget(CLI::App& parser, Run& run);
void AddCheck(CLI::App& parser, Run& run);
void AddExplain(CLI::App& parser, Run& run);
void AddStatus(CLI::App& parser, Run& run);
void AddSign(CLI::App& parser, Run& run);
void AddStatement(CLI::App& parser, Run& run);
void AddAttach(CLI::App& parser, Run& run);
void AddVerify(CLI::App& parser, Run& run);
void AddFreeze(CLI::App& parser, Run& run);
void AddKeys(CLI::App& parser, Run& run);
void AddVerdict(CLI::App& parser, Run& run);
void AddAgenda(CLI::App& parser, Run& run);
void AddRender(CLI::App& parser, Run& run);
void AddCompletion(CLI::App& parser, Run& run);
void AddVersion(CLI::App& parser, Run& run);

// Parses and runs one command line. Never throws.
int Main(int argc, const char* const* argv, Streams& streams);

}  // namespace launchgate::app::cli
