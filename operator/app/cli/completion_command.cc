// launchgate completion: scripts for shells, made from the parser itself, so
// that they cannot name a command that does not exist.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>

#include "app/cli/command.h"

namespace launchgate::app::cli {
namespace {

std::string OptionsOf(const CLI::App& command) {
  std::string words;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) words += " --" + name;
  }
  return words;
}

// "operator check …": the words that may follow `launchgate`.
std::string CommandsOf(const CLI::App& parser) {
  std::string words;
  for (const CLI::App* command : parser.get_subcommands(nullptr)) {
    words += (words.empty() ? "" : " ") + command->get_name();
  }
  return words;
}

void WriteBash(const CLI::App& parser, std::ostream& out) {
  out << "_launchgate() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      << fmt::format("    words='{}'\n", CommandsOf(parser))
      << "  else\n"
         "    case ${COMP_WORDS[1]} in\n";
  for (const CLI::App* command : parser.get_subcommands(nullptr)) {
    out << fmt::format("      {}) words='{}{}' ;;\n", command->get_name(), CommandsOf(*command),
                       OptionsOf(*command));
  }
  out << "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
         "  [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
         "}\n"
         "complete -F _launchgate launchgate kubectl-launchgate\n";
}

void WriteZsh(const CLI::App& parser, std::ostream& out) {
  out << "autoload -U +X bashcompinit && bashcompinit\n";
  WriteBash(parser, out);
}

void WriteFish(const CLI::App& parser, std::ostream& out) {
  for (const CLI::App* command : parser.get_subcommands(nullptr)) {
    out << fmt::format("complete -c launchgate -n __fish_use_subcommand -a {} -d '{}'\n",
                       command->get_name(), command->get_description());
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        out << fmt::format("complete -c launchgate -n '__fish_seen_subcommand_from {}' -l {}\n",
                           command->get_name(), name);
      }
    }
  }
}

}  // namespace

void AddCompletion(CLI::App& parser, Run& run) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = parser.add_subcommand("completion", "Print a completion script for a shell");
  command->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("Example:\n  source <(launchgate completion bash)");
  command->callback([shell, &parser, &run] {
    run = [shell, &parser](Streams& streams) {
      if (*shell == "bash") WriteBash(parser, streams.out);
      if (*shell == "zsh") WriteZsh(parser, streams.out);
      if (*shell == "fish") WriteFish(parser, streams.out);
      return kExitAllow;
    };
  });
}

}  // namespace launchgate::app::cli
