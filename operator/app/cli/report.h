// The answer of `check` and `explain` about one review, and its renderings.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/world.h"
#include "core/decision/decide.h"
#include "core/json/json.h"

namespace launchgate::app::cli {

struct Report {
  std::string ns;
  std::string review;  // Empty: there is none for the target.
  std::string target;  // "deployment/gift-cards"
  std::string template_hash;
  decision::Decision decision;
  struct Item {
    resources::ChecklistItem item;
    std::optional<evidence::Finding> finding;  // Nothing: the review names no evidence.
    evidence::FindingStatus status = evidence::FindingStatus::kUnknown;
  };
  std::vector<Item> items;
  std::shared_ptr<const decision::ReviewFacts> facts;  // Null without a review.
  base::Time now{};
};

// What an item's finding says, also where the review names no evidence for it.
// Point into `item`.
std::string_view ReasonOf(const Report::Item& item);
std::string_view MessageOf(const Report::Item& item);

// Asks Decide() about rolling out `template_hash` (empty: some template that
// nobody has approved yet).
Report MakeReport(const World& world, const World::Loaded<resources::LaunchReview>& review,
                  std::map<std::string, evidence::Finding> findings,
                  const std::string& template_hash, const verdict::SignatureVerifier& verifier,
                  base::Time now);

// For a target that no review names.
Report MakeReportWithoutReview(const resources::TargetRef& target, base::Time now);

enum class Format { kText, kJson, kMarkdown, kJunit };
std::optional<Format> ParseFormat(std::string_view text);

// All reports in one document. JSON is one object for one report (docs/cli.md)
// and a list for several.
void Write(const std::vector<Report>& reports, Format format, bool colour, std::ostream& out);

json::Json ToJson(const Report& report);

}  // namespace launchgate::app::cli
