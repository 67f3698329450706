// The commands of gift-cards that work on files: backup, restore, verify and
// redemptions. All but restore work while the store is served.
#pragma once

namespace CLI {
class App;
}

namespace gift_cards {

// Exit codes of these commands; users' scripts rely on them.
inline constexpr int kExitDone = 0;
inline constexpr int kExitNotVerified = 1;  // Read, and not what it should be.
inline constexpr int kExitUnusable = 2;     // Usage, or a file that cannot be read or written.

// Adds the commands. One of them runs while `app` parses, writes its answer to
// standard output and errors to standard error, and sets `exit_code`, which must
// outlive the parsing. What CLI11 says of wrong usage is the caller's, who exits
// with kExitUnusable.
void AddStoreCommands(CLI::App& app, int& exit_code);

}  // namespace gift_cards
