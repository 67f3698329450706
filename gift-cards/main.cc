// gift-cards: one program, one command per job.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "gift-cards/serve_command.h"
// backup, restore, verify and redemptions come with the store.
#if __has_include("gift-cards/store/commands.h")
#include "gift-cards/store/commands.h"
#define GIFT_CARDS_HAS_STORE_COMMANDS 1
#else
#define GIFT_CARDS_HAS_STORE_COMMANDS 0
#endif

namespace {

constexpr int kExitUsage = 2;

constexpr const char* kDescription =
    "Redeems gift cards by charging a payment provider that may be slow, failing or silent.\n"
    "\n"
    "Serve:          gift-cards serve --database db --payments-url http://payments:8080\n"
    "What is what:   gift-cards COMMAND --help";

}  // namespace

int main(int argc, char** argv) {
  try {
    int exit_code = 0;
    CLI::App app{kDescription, "gift-cards"};
    app.require_subcommand(1);
    gift_cards::AddServeCommand(app, exit_code);
#if GIFT_CARDS_HAS_STORE_COMMANDS
    gift_cards::AddStoreCommands(app, exit_code);
#endif
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      return app.exit(error) == 0 ? 0 : kExitUsage;
    }
    return exit_code;
  } catch (const std::exception& failure) {
    std::cerr << "gift-cards: " << failure.what() << "\n";
    return 1;
  }
}
