#include "tests/unit/app/cli/report_builder.h"

#include <sstream>
#include <utility>

#include "app/cli/render_go_no_go.h"

namespace launchgate::app::cli {

Report ReportOf(const test_support::ReviewBuilder& review, base::Time now,
                const std::string& template_hash) {
  Report report;
  report.facts = review.Build();
  report.ns = report.facts->ns;
  report.review = report.facts->name;
  report.target = report.facts->target.Word();
  report.template_hash = template_hash;
  report.now = now;
  for (const decision::ItemFacts& facts : report.facts->items) {
    Report::Item item;
    item.item.id = facts.id;
    item.item.question = "Is " + facts.id + " good?";
    item.item.severity = facts.severity;
    const bool runbook = facts.id == "runbook";
    item.item.section = runbook ? "operations" : "capacity";
    item.item.section_title = runbook ? "Operations" : "Capacity";
    item.finding = facts.finding;
    if (item.finding) item.status = evidence::StatusAt(*item.finding, now);
    report.items.push_back(std::move(item));
  }
  const decision::TargetFacts target{{report.facts}};
  report.decision = decision::Decide(test_support::Healthy(), decision::GateMode::kEnforce, &target,
                                     test_support::Rollout(template_hash), now);
  return report;
}

GoNoGo RecordOf(const test_support::ReviewBuilder& review, base::Time now) {
  GoNoGo record;
  record.report = ReportOf(review, now);
  const verdict::TrustedAuthority authority = test_support::AuthorityBuilder().Build();
  for (const verdict::VerifiedStatement* verified : SignedBy(record.report)) {
    resources::LaunchVerdict verdict;
    for (const auto& signer : {test_support::kAlice, test_support::kBob}) {
      if (signer.identity == verified->statement().identity) {
        verdict = test_support::GoBy(signer).Stored();
      }
    }
    if (!verdict.envelope.empty()) {
      record.checks.push_back(
          CheckOf(verdict, {verified}, authority, test_support::FakeSignatures()));
    }
  }
  return record;
}

std::string MarkdownOf(const GoNoGo& record) {
  std::ostringstream out;
  WriteGoNoGo(record, out);
  return out.str();
}

std::string PartOf(const std::string& document, const std::string& heading) {
  const std::string start = "\n" + heading + "\n";
  const std::size_t from = document.find(start);
  if (from == std::string::npos) return "";
  std::size_t to = document.find("\n#", from + start.size());
  const std::size_t level = heading.find(' ');
  // One "#" begins a comment of a command as well, and no part of these documents.
  const auto ends = [&](std::size_t at) {
    const std::size_t found = document.find(' ', at) - at - 1;
    return found > 1 && found <= level;
  };
  while (to != std::string::npos && !ends(to)) {
    to = document.find("\n#", to + 1);
  }
  return document.substr(from + 1, to == std::string::npos ? to : to - from - 1);
}

}  // namespace launchgate::app::cli
