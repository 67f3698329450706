#include "app/cli/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "app/cli/report_text.h"
#include "core/budget/freeze.h"

namespace launchgate::app::cli {
namespace {

using json::Json;

decision::Change LaunchOf(const resources::TargetRef& target, const std::string& hash) {
  decision::Change change;
  change.ns = target.ns;
  change.kind = resources::ToString(target.kind);
  change.name = target.name;
  change.target = target;
  change.launch = true;
  change.what = "rolls out this template";
  change.template_hash = hash.empty() ? std::string(decision::kSomeNewTemplate) : hash;
  return change;
}

Json ItemJson(const Report::Item& item) {
  Json json = {{"id", item.item.id},
               {"section", item.item.section},
               {"severity", resources::ToString(item.item.severity)},
               {"finding", evidence::ToString(item.status)},
               {"reason", ReasonOf(item)},
               {"message", item.finding ? item.finding->message : ""},
               {"facts", Json::object()}};
  if (!item.finding) return json;
  if (item.finding->observed_at) json["observedAt"] = base::FormatTime(*item.finding->observed_at);
  if (item.finding->valid_until != base::kNever) {
    json["validUntil"] = base::FormatTime(item.finding->valid_until);
  }
  json["facts"] = item.finding->facts;
  return json;
}

Json SignersJson(const std::vector<verdict::VerifiedStatement>& statements) {
  Json signers = Json::array();
  for (const verdict::VerifiedStatement& verified : statements) {
    const verdict::Statement& statement = verified.statement();
    Json signer = {{"identity", statement.identity},
                   {"role", statement.role},
                   {"verdict", verdict::ToString(statement.answer)},
                   {"sequence", statement.sequence},
                   {"issuedAt", base::FormatTime(statement.issued_at)},
                   {"notAfter", base::FormatTime(statement.not_after)},
                   {"keyId", verified.fingerprint()}};
    if (!statement.reason.empty()) signer["reason"] = statement.reason;
    if (!statement.ticket.empty()) signer["ticket"] = statement.ticket;
    signers.push_back(std::move(signer));
  }
  return signers;
}

Json VerdictJson(const Report& report) {
  if (!report.facts) return Json::object();
  const verdict::VerdictBook& book = report.facts->verdicts;
  Json rejected = Json::array();
  for (const verdict::Rejection& rejection : book.rejected) {
    rejected.push_back({{"name", rejection.object_name},
                        {"reason", rejection.reason},
                        {"message", rejection.message}});
  }
  Json json = {{"signers", SignersJson(book.latest)}, {"rejected", std::move(rejected)}};
  if (!book.break_glass.empty()) json["breakGlass"] = SignersJson(book.break_glass);
  if (const auto until = verdict::GoUntil(book, report.template_hash, report.now)) {
    json["validUntil"] = base::FormatTime(*until);
  }
  return json;
}

Json FreezeJson(const Report& report) {
  Json json = {{"frozen", false}};
  if (!report.facts) return json;
  for (const budget::Freeze& freeze : report.facts->freezes) {
    if (!budget::InForce(freeze, report.now)) continue;
    json = {{"frozen", true},
            {"reason", budget::ToString(freeze.cause)},
            {"message", freeze.message},
            {"until", base::FormatTime(freeze.until)}};
  }
  return json;
}

}  // namespace

std::string_view ReasonOf(const Report::Item& item) {
  return item.finding ? std::string_view(item.finding->reason) : decision::reason::kEvidenceMissing;
}

std::string_view MessageOf(const Report::Item& item) {
  return item.finding ? std::string_view(item.finding->message)
                      : "the review names no evidence for this item";
}

Report MakeReport(const World& world, const World::Loaded<resources::LaunchReview>& review,
                  std::map<std::string, evidence::Finding> findings,
                  const std::string& template_hash, const verdict::SignatureVerifier& verifier,
                  base::Time now) {
  Report report;
  report.ns = review.object.meta.ns;
  report.review = review.object.meta.name;
  report.target = review.object.target.Word();
  report.now = now;
  if (const auto* checklist = world.FindChecklist(review.object.checklist)) {
    for (const resources::ChecklistItem& item : checklist->object.items) {
      const auto found = findings.find(item.id);
      Report::Item row{item, std::nullopt, evidence::FindingStatus::kUnknown};
      if (found != findings.end()) {
        row.finding = found->second;
        row.status = evidence::StatusAt(found->second, now);
      }
      report.items.push_back(std::move(row));
    }
  }
  report.facts = world.FactsOf(review, std::move(findings), verifier, now);
  decision::TargetFacts target;
  target.reviews.push_back(report.facts);
  for (const auto& other : world.reviews()) {
    const bool twin = &other != &review && other.object.target == review.object.target;
    if (twin) target.reviews.push_back(world.FactsOf(other, {}, verifier, now));
  }
  const decision::Change change = LaunchOf(review.object.target, template_hash);
  report.template_hash = change.template_hash;
  report.decision = decision::Decide(decision::Health{true, "", true}, decision::GateMode::kEnforce,
                                     &target, change, now);
  return report;
}

Report MakeReportWithoutReview(const resources::TargetRef& target, base::Time now) {
  Report report;
  report.ns = target.ns;
  report.target = target.Word();
  report.now = now;
  report.decision = decision::Decide(decision::Health{true, "", true}, decision::GateMode::kEnforce,
                                     nullptr, LaunchOf(target, ""), now);
  return report;
}

std::optional<Format> ParseFormat(std::string_view text) {
  if (text == "text") return Format::kText;
  if (text == "json") return Format::kJson;
  if (text == "markdown") return Format::kMarkdown;
  if (text == "junit") return Format::kJunit;
  return std::nullopt;
}

Json ToJson(const Report& report) {
  Json objections = Json::array();
  for (const base::Objection& objection : report.decision.objections()) {
    objections.push_back(
        {{"reason", objection.reason}, {"item", objection.item}, {"message", objection.message}});
  }
  Json items = Json::array();
  for (const Report::Item& item : report.items) items.push_back(ItemJson(item));
  return {{"namespace", report.ns},
          {"review", report.review},
          {"target", report.target},
          {"decision", report.decision.allowed() ? "Allow" : "Deny"},
          {"reason", report.decision.reason()},
          {"objections", std::move(objections)},
          {"warnings", report.decision.warnings()},
          {"items", std::move(items)},
          {"verdict", VerdictJson(report)},
          {"freeze", FreezeJson(report)}};
}

void Write(const std::vector<Report>& reports, Format format, bool colour, std::ostream& out) {
  if (format == Format::kJson) {
    Json document = Json::array();
    for (const Report& report : reports) document.push_back(ToJson(report));
    if (reports.size() == 1) document = Json(document.front());
    out << document.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    return;
  }
  if (format == Format::kJunit) return WriteJunit(reports, out);
  for (const Report& report : reports) {
    if (format == Format::kMarkdown) {
      WriteMarkdown(report, out);
    } else {
      WriteText(report, colour, out);
    }
  }
}

}  // namespace launchgate::app::cli
