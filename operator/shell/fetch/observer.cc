#include "shell/fetch/observer.h"

#include <array>
#include <cstddef>

namespace launchgate::fetch {

std::string_view ToString(RefusalReason reason) {
  constexpr std::array<std::string_view, kRefusalReasons> kNames = {
      "url",     "destination", "address",     "redirect", "tooLarge",
      "headers", "timeout",     "rateLimited", "busy"};
  return kNames[static_cast<std::size_t>(reason)];
}

std::string_view ToString(FetchOutcome outcome) {
  constexpr std::array<std::string_view, kFetchOutcomes> kNames = {"answered", "notModified",
                                                                   "refused", "failed"};
  return kNames[static_cast<std::size_t>(outcome)];
}

}  // namespace launchgate::fetch
