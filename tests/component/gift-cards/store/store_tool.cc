// gift_cards_store_tool backup|restore|verify|redemptions ...
// The commands as the gift-cards binary has them, without the service.
#include <CLI/CLI.hpp>

#include "gift-cards/store/commands.h"

int main(int argc, char** argv) {
  CLI::App app{"Redemptions on disk", "gift-cards"};
  app.require_subcommand(1);
  int exit_code = gift_cards::kExitDone;
  gift_cards::AddStoreCommands(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? gift_cards::kExitDone : gift_cards::kExitUnusable;
  }
  return exit_code;
}
