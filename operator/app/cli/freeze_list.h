// FreezeWindows and what they say at one instant, as a table and as JSON.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "app/world.h"
#include "core/base/time.h"
#include "core/budget/calendar.h"
#include "core/budget/time_zone.h"
#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/freeze_window.h"

namespace launchgate::app::cli {

struct ListedFreeze {
  resources::FreezeWindow window;
  budget::WindowState state;
  std::string problem;  // Why it cannot be used, and so freezes always; else empty.
};

// What the windows of `world` say at `now`, in the order of their names.
std::vector<ListedFreeze> ListFreezes(const World& world, const budget::TimeZones& zones,
                                      base::Time now);

// A line for each, and one more for what is wrong with it. Texts of the objects are
// made printable.
void WriteFreezeTable(const std::vector<ListedFreeze>& freezes, bool colour, std::ostream& out);
// docs/cli.md says what is in it.
json::Json FreezesJson(const std::vector<ListedFreeze>& freezes);

}  // namespace launchgate::app::cli
