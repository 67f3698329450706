// launchgate version
#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "app/cli/command.h"

namespace launchgate::app::cli {

void AddVersion(CLI::App& parser, Run& run) {
  auto output = std::make_shared<std::string>("text");
  CLI::App* command = parser.add_subcommand("version", "Say which version this is");
  command->add_option("-o,--output", *output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([output, &run] {
    run = [output](Streams& streams) {
      if (*output == "json") {
        streams.out << nlohmann::json({{"version", LAUNCHGATE_VERSION}}).dump() << "\n";
      } else {
        streams.out << "launchgate " LAUNCHGATE_VERSION "\n";
      }
      return kExitAllow;
    };
  });
}

}  // namespace launchgate::app::cli
