// gift-cards serve: the service as a process.
#pragma once

#include <CLI/App.hpp>

namespace gift_cards {

// Adds the command. When it was parsed it runs until SIGTERM or SIGINT and
// leaves its result in `exit_code`, which outlives `app`: 0 when everything in
// flight was answered, 1 otherwise or when it could not start.
void AddServeCommand(CLI::App& app, int& exit_code);

}  // namespace gift_cards
