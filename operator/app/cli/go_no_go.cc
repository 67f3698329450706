#include "app/cli/go_no_go.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "app/cli/files.h"
#include "core/json/reader.h"

namespace launchgate::app::cli {
namespace {

using evidence::FindingStatus;
using json::Json;
using verdict::VerifiedStatement;

constexpr std::size_t kMaxItems = resources::kMaxSections * resources::kMaxItemsPerSection;

Earlier ReadEarlier(json::Reader reader) {
  Earlier earlier;
  earlier.ns = reader.Text("namespace");
  earlier.review = reader.RequiredText("review");
  if (!reader.Has("items")) reader.Complain("items", "must be set");
  for (json::Reader& item : reader.ObjectList("items", kMaxItems)) {
    const FindingStatus finding = evidence::ParseFindingStatus(item.RequiredText("finding"));
    earlier.items[item.RequiredText("id")] = {finding, item.RequiredText("reason"),
                                              item.Text("message")};
  }
  return earlier;
}

// The statements that SignedBy() gives, by the LaunchVerdict they are from.
std::map<std::string, std::vector<const VerifiedStatement*>> ByVerdict(const Report& report) {
  std::map<std::string, std::vector<const VerifiedStatement*>> verdicts;
  for (const VerifiedStatement* verified : SignedBy(report)) {
    verdicts[verified->object_name()].push_back(verified);
  }
  return verdicts;
}

const resources::LaunchVerdict* FindVerdict(const World& world,
                                            const resources::LaunchReview& review,
                                            const std::string& name) {
  const auto found = std::ranges::find_if(world.verdicts(), [&](const auto& loaded) {
    return loaded.problems.empty() && loaded.object.meta.name == name &&
           loaded.object.meta.ns == review.meta.ns && loaded.object.review == review.meta.name;
  });
  return found == world.verdicts().end() ? nullptr : &found->object;
}

Json ConditionsJson(const Report& report) {
  Json list = Json::array();
  for (const Promise& promise : PromisesOf(report)) {
    list.push_back({{"text", promise.condition.text},
                    {"item", promise.condition.item},
                    {"owner", promise.condition.owner},
                    {"due", base::FormatTime(promise.condition.due)},
                    {"overdue", promise.overdue},
                    {"signers", promise.signers}});
  }
  return list;
}

Json FixesJson(const GoNoGo& record) {
  Json list = Json::array();
  for (const Fix& fix : FixesOf(record)) {
    list.push_back({{"item", fix.now->item.id},
                    {"before",
                     {{"finding", evidence::ToString(fix.before->finding)},
                      {"reason", fix.before->reason},
                      {"message", fix.before->message}}},
                    {"now",
                     {{"finding", evidence::ToString(fix.now->status)},
                      {"reason", ReasonOf(*fix.now)},
                      {"message", MessageOf(*fix.now)},
                      {"facts", fix.now->finding->facts}}}});
  }
  return list;
}

Json ChecksJson(const GoNoGo& record) {
  Json list = Json::array();
  for (const VerdictCheck& check : record.checks) {
    Json signatures = Json::array();
    for (const SignatureCheck& signature : check.signatures) {
      signatures.push_back({{"identity", signature.identity},
                            {"role", signature.role},
                            {"algorithm", verdict::ToString(signature.algorithm)},
                            {"keyId", signature.fingerprint},
                            {"publicKeyFile", signature.public_key_file},
                            {"publicKeySha256", signature.spki_sha256},
                            {"hashKey", signature.hash_key},
                            {"verify", signature.verify}});
    }
    list.push_back({{"name", check.name},
                    {"file", check.file},
                    {"signedWith", check.signed_with},
                    {"prepare", check.prepare},
                    {"signatures", std::move(signatures)}});
  }
  return list;
}

}  // namespace

base::Result<std::vector<Earlier>> ParseEarlier(std::string_view text) {
  const auto document = json::ParseStrict(text, {.max_bytes = kMaxInputBytes});
  if (!document) return tl::unexpected(document.error());
  // One object is a list of one.
  const Json list = {{"reviews", document->is_array() ? *document : Json::array({*document})}};
  std::vector<json::Problem> problems;
  json::Reader reader(list, "", problems);
  std::vector<Earlier> earlier;
  for (const json::Reader& review : reader.ObjectList("reviews", kMaxEarlierReviews)) {
    earlier.push_back(ReadEarlier(review));
  }
  if (!problems.empty()) {
    return base::Fail(base::ErrorKind::kInvalid,
                      "is no answer of `launchgate check -o json`: " + json::Summarize(problems));
  }
  return earlier;
}

GoNoGo MakeGoNoGo(const World& world, const resources::LaunchReview& review, Report report,
                  const std::vector<Earlier>& earlier, const verdict::SignatureVerifier& verifier) {
  GoNoGo record;
  record.report = std::move(report);
  const auto before = std::ranges::find_if(earlier, [&](const Earlier& answer) {
    return answer.ns == record.report.ns && answer.review == record.report.review;
  });
  if (before != earlier.end()) record.before = *before;
  const auto authority = world.TrustedBy(review);
  if (!authority) return record;
  for (const auto& [name, statements] : ByVerdict(record.report)) {
    const resources::LaunchVerdict* verdict = FindVerdict(world, review, name);
    if (verdict == nullptr) continue;
    record.checks.push_back(CheckOf(*verdict, statements, *authority, verifier));
  }
  return record;
}

std::string_view AnswerOf(const Report& report) {
  return report.decision.allowed() ? "Go" : "No-Go";
}

std::vector<const VerifiedStatement*> SignedBy(const Report& report) {
  std::vector<const VerifiedStatement*> statements;
  if (!report.facts) return statements;
  const verdict::VerdictBook& book = report.facts->verdicts;
  for (const VerifiedStatement& verified : book.latest) statements.push_back(&verified);
  std::ranges::stable_sort(statements, {}, [](const VerifiedStatement* verified) {
    return std::string_view(verified->statement().identity);
  });
  for (const VerifiedStatement& verified : book.break_glass) statements.push_back(&verified);
  return statements;
}

std::vector<Promise> PromisesOf(const Report& report) {
  std::vector<Promise> promises;
  for (const VerifiedStatement* verified : SignedBy(report)) {
    for (const verdict::Condition& condition : verified->statement().conditions) {
      auto same = std::ranges::find(promises, condition, &Promise::condition);
      if (same == promises.end()) {
        promises.push_back({condition, {}, report.now >= condition.due});
        same = promises.end() - 1;
      }
      same->signers.push_back(verified->statement().identity);
    }
  }
  std::ranges::stable_sort(promises, {},
                           [](const Promise& promise) { return promise.condition.due; });
  return promises;
}

std::optional<base::Time> WaivedUntil(const Report& report, const Report::Item& item) {
  if (!report.facts || item.status == FindingStatus::kPass) return std::nullopt;
  const verdict::Condition* waiver =
      verdict::FindWaiver(report.facts->verdicts, item.item.id, report.template_hash, report.now);
  if (waiver == nullptr) return std::nullopt;
  return waiver->due;
}

std::vector<Fix> FixesOf(const GoNoGo& record) {
  std::vector<Fix> fixes;
  if (!record.before) return fixes;
  for (const Report::Item& item : record.report.items) {
    const auto before = record.before->items.find(item.item.id);
    if (before == record.before->items.end()) continue;
    const bool passed = before->second.finding == FindingStatus::kPass;
    if (!passed && item.status == FindingStatus::kPass) fixes.push_back({&item, &before->second});
  }
  return fixes;
}

Json ToJson(const GoNoGo& record) {
  const Report& report = record.report;
  Json json = ToJson(report);
  json["answer"] = AnswerOf(report);
  json["asOf"] = base::FormatTime(report.now);
  if (report.facts) {
    json["checklist"] = report.facts->verdicts.expected.checklist;
    json["owner"] = {{"team", report.facts->team}, {"contact", report.facts->contact}};
  }
  json["conditions"] = ConditionsJson(report);
  for (std::size_t i = 0; i < report.items.size(); ++i) {
    const auto waived = WaivedUntil(report, report.items[i]);
    if (waived) json["items"][i]["waivedUntil"] = base::FormatTime(*waived);
  }
  if (record.before) json["fixes"] = FixesJson(record);
  json["verify"] = ChecksJson(record);
  return json;
}

}  // namespace launchgate::app::cli
