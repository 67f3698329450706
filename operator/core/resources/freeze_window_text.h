// A FreezeWindow in words, for conditions and the command line. Pure functions.
#pragma once

#include <string>

#include "core/resources/freeze_window.h"

namespace launchgate::resources {

// "\"0 18 * * 5\" in Europe/Zurich, for 2d14h", or "2026-11-26T23:00:00Z to
// 2026-11-28T07:00:00Z"; empty for a window that could not be read.
std::string WhenText(const FreezeWindow& window);

// As kubectl writes selectors: "tier=shop,region in (a,b),!lab". Empty for one
// that selects everything.
std::string SelectorText(const NamespaceSelector& selector);

}  // namespace launchgate::resources
