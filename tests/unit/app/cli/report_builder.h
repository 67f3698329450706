// Reports as MakeReport() makes them, of reviews that tests/support builds.
#pragma once

#include <string>

#include "app/cli/go_no_go.h"
#include "tests/support/builders.h"

namespace launchgate::app::cli {

// Decided at `now` about rolling out `template_hash`. The item runbook stands in
// the section Operations, all others in Capacity.
Report ReportOf(const test_support::ReviewBuilder& review, base::Time now = test_support::kNow,
                const std::string& template_hash = test_support::TemplateHash());

// The same as a record: with the checks of its fake signatures by Alice and Bob,
// and without an earlier answer.
GoNoGo RecordOf(const test_support::ReviewBuilder& review, base::Time now = test_support::kNow);

// What WriteGoNoGo() writes.
std::string MarkdownOf(const GoNoGo& record);

// The part of a document from the line `heading` to the next heading that is not
// below it; empty when there is none.
std::string PartOf(const std::string& document, const std::string& heading);

}  // namespace launchgate::app::cli
