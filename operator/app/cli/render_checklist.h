// A readiness standard as a document to fill in: CHECKLIST.md.
#pragma once

#include <iosfwd>

#include "core/json/json.h"
#include "core/resources/readiness_checklist.h"

namespace launchgate::app::cli {

// Markdown: a heading per section, a block per item with a field for the verdict.
// The same checklist gives the same bytes. Outside text stays text (markdown.h).
void WriteChecklist(const resources::ReadinessChecklist& checklist, std::ostream& out);

// The same content: {name, title, sections: [{id, title, items: [{id, question,
// practice, why, severity, evidence}]}]}.
json::Json ToJson(const resources::ReadinessChecklist& checklist);

}  // namespace launchgate::app::cli
