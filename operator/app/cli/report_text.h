// Renderings of a Report for people and for CI.
#pragma once

#include <iosfwd>
#include <vector>

#include "app/cli/report.h"

namespace launchgate::app::cli {

// For a terminal: the decision, why, and every item.
void WriteText(const Report& report, bool colour, std::ostream& out);
// A table to paste into a pull request.
void WriteMarkdown(const Report& report, std::ostream& out);
// One test suite per review, one test case per item, and one for the decision.
void WriteJunit(const std::vector<Report>& reports, std::ostream& out);

}  // namespace launchgate::app::cli
