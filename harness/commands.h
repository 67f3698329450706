// The subcommands of the binary `harness`, one file each. They print answers on
// stdout and progress on stderr, and return the exit code: 0 when all that had to
// hold holds, 1 when something does not, 2 when it could not be found out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "harness/result.h"

namespace CLI {
class App;
}

namespace harness {

inline constexpr int kHolds = 0;
inline constexpr int kFails = 1;
inline constexpr int kUnknown = 2;

using Command = std::function<int()>;

// Each adds a subcommand to `app`, and sets `chosen` when it was named.
void AddResilience(CLI::App& app, Command& chosen);
void AddRedeemAll(CLI::App& app, Command& chosen);
void AddAudit(CLI::App& app, Command& chosen);
void AddLoad(CLI::App& app, Command& chosen);

// One line on stderr.
void Tell(const std::string& line);

inline constexpr std::size_t kMaxFileBytes = 256UL << 20;
[[nodiscard]] Result<std::string> ReadFile(const std::string& path);
// Through a neighbouring file, so that nobody ever reads half of it.
[[nodiscard]] Status WriteFile(const std::string& path, const std::string& text);

// A seed for codes that no earlier run used.
std::uint64_t FreshSeed();

}  // namespace harness
