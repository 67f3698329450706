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

// One line per command, those below it first: the first pattern that fits counts.
void WriteBashCase(const CLI::App& command, const std::string& words, std::ostream& out) {
  for (const CLI::App* below : command.get_subcommands(nullptr)) {
    WriteBashCase(*below, words + " " + below->get_name(), out);
  }
  out << fmt::format("      '{} '*) words='{}{}' ;;\n", words, CommandsOf(command),
                     OptionsOf(command));
}

void WriteBash(const CLI::App& parser, std::ostream& out) {
  out << "_launchgate() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      << fmt::format("    words='{}'\n", CommandsOf(parser))
      << "  else\n"
         "    case \"${COMP_WORDS[*]:1} \" in\n";
  for (const CLI::App* command : parser.get_subcommands(nullptr)) {
    WriteBashCase(*command, command->get_name(), out);
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

// A text in single quotes of fish.
std::string FishQuoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

// The options of a command, and the commands below it with theirs.
void WriteFishCommand(const CLI::App& command, std::ostream& out) {
  const std::string seen =
      fmt::format("complete -c launchgate -n '__fish_seen_subcommand_from {}'", command.get_name());
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) out << seen << " -l " << name << "\n";
  }
  for (const CLI::App* below : command.get_subcommands(nullptr)) {
    out << fmt::format("{} -a {} -d {}\n", seen, below->get_name(),
                       FishQuoted(below->get_description()));
    WriteFishCommand(*below, out);
  }
}

void WriteFish(const CLI::App& parser, std::ostream& out) {
  for (const CLI::App* command : parser.get_subcommands(nullptr)) {
    out << fmt::format("complete -c launchgate -n __fish_use_subcommand -a {} -d {}\n",
                       command->get_name(), FishQuoted(command->get_description()));
    WriteFishCommand(*command, out);
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
