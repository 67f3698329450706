// The record of a launch review as a Markdown document for people.
#pragma once

#include <iosfwd>

#include "app/cli/go_no_go.h"

namespace launchgate::app::cli {

// One document with a heading of the first level. The same record gives the same
// bytes. Outside text stays text (markdown.h).
void WriteGoNoGo(const GoNoGo& record, std::ostream& out);

}  // namespace launchgate::app::cli
