// The JSON form of a Statement; docs/verdict-format.md describes it.
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/json/reader.h"
#include "core/verdict/statement.h"
#include "core/verdict/statement_frame.h"

namespace launchgate::verdict {
namespace {

using base::ErrorKind;
using base::Fail;
using base::Status;
using json::Json;

std::string_view HexOf(std::string_view template_hash) {
  return template_hash.substr(kTemplateHashPrefix.size());
}

// Writing.

void PutUnlessEmpty(Json& object, const char* field, const std::string& text) {
  if (!text.empty()) object[field] = text;
}

Json SubjectEntry(const std::string& name, std::string_view sha256) {
  return {{"name", name}, {"digest", {{"sha256", sha256}}}};
}

Json SubjectList(const Statement& statement) {
  Json list = Json::array();
  list.push_back(
      SubjectEntry(ReviewSubjectName(statement.subject), statement.subject.review_digest));
  if (!statement.template_hash.empty()) {
    list.push_back(
        SubjectEntry(TemplateSubjectName(statement.subject), HexOf(statement.template_hash)));
  }
  for (const ImageDigest& image : statement.images) {
    list.push_back(SubjectEntry(image.name, image.sha256));
  }
  return list;
}

Json FindingList(const std::vector<SeenFinding>& findings) {
  Json list = Json::array();
  for (const SeenFinding& seen : findings) {
    Json entry = {{"item", seen.item}, {"finding", seen.finding}};
    PutUnlessEmpty(entry, "reason", seen.reason);
    list.push_back(std::move(entry));
  }
  return list;
}

Json ConditionList(const std::vector<Condition>& conditions) {
  Json list = Json::array();
  for (const Condition& condition : conditions) {
    Json entry = {{"text", condition.text},
                  {"owner", condition.owner},
                  {"due", base::FormatTime(condition.due)}};
    PutUnlessEmpty(entry, "item", condition.item);
    list.push_back(std::move(entry));
  }
  return list;
}

Json Predicate(const Statement& statement) {
  const Subject& subject = statement.subject;
  Json predicate = {
      {"clusterId", subject.cluster_id},
      {"review",
       {{"namespace", subject.review_ns},
        {"name", subject.review_name},
        {"uid", subject.review_uid},
        {"specDigest", subject.review_digest}}},
      {"checklist", {{"name", subject.checklist}, {"specDigest", subject.checklist_digest}}},
      {"target",
       {{"apiVersion", resources::ApiVersionOf(subject.target.kind)},
        {"kind", resources::ToString(subject.target.kind)},
        {"name", subject.target.name}}},
      {"binding", resources::ToString(subject.binding)},
      {"verdict", ToString(statement.answer)},
      {"findings", FindingList(statement.findings)},
      {"conditions", ConditionList(statement.conditions)},
      {"signer", {{"identity", statement.identity}, {"role", statement.role}}},
      {"issuedAt", base::FormatTime(statement.issued_at)},
      {"notAfter", base::FormatTime(statement.not_after)},
      {"sequence", statement.sequence},
  };
  PutUnlessEmpty(predicate, "templateHash", statement.template_hash);
  PutUnlessEmpty(predicate, "reason", statement.reason);
  PutUnlessEmpty(predicate, "ticket", statement.ticket);
  PutUnlessEmpty(predicate, "class", statement.override_class);
  return predicate;
}

// Reading. Problems are collected by the readers; Validate() has the rules.

std::optional<Answer> ParseAnswer(std::string_view text) {
  for (const Answer answer : {Answer::kGo, Answer::kNoGo, Answer::kBreakGlass}) {
    if (text == ToString(answer)) return answer;
  }
  return std::nullopt;
}

base::Time ReadTime(json::Reader& reader, std::string_view field) {
  if (!reader.Has(field)) reader.Complain(field, "must be set");
  return reader.OptionalTime(field).value_or(base::Time{});
}

void ReadTarget(json::Reader target, Subject& subject) {
  target.RefuseUnknownFields({"apiVersion", "kind", "name"});
  const std::string api_version = target.RequiredText("apiVersion");
  const std::string group = api_version.substr(0, api_version.find('/'));
  const auto kind = resources::ParseTargetKind(group, target.RequiredText("kind"));
  if (!kind || api_version != resources::ApiVersionOf(*kind)) {
    target.Complain("kind", "must be a kind that can be reviewed, with its apiVersion");
  }
  subject.target.kind = kind.value_or(resources::TargetKind::kDeployment);
  subject.target.ns = subject.review_ns;
  subject.target.name = target.RequiredText("name");
}

void ReadSubject(json::Reader& predicate, Subject& subject) {
  subject.cluster_id = predicate.RequiredText("clusterId");
  json::Reader review = predicate.Object("review", true);
  review.RefuseUnknownFields({"namespace", "name", "uid", "specDigest"});
  subject.review_ns = review.RequiredText("namespace");
  subject.review_name = review.RequiredText("name");
  subject.review_uid = review.RequiredText("uid");
  subject.review_digest = review.RequiredText("specDigest");
  json::Reader checklist = predicate.Object("checklist", true);
  checklist.RefuseUnknownFields({"name", "specDigest"});
  subject.checklist = checklist.RequiredText("name");
  subject.checklist_digest = checklist.RequiredText("specDigest");
  ReadTarget(predicate.Object("target", true), subject);
  const std::string binding = predicate.RequiredText("binding");
  if (binding == resources::ToString(resources::Binding::kRevision)) {
    subject.binding = resources::Binding::kRevision;
  } else if (binding != resources::ToString(resources::Binding::kService)) {
    predicate.Complain("binding", "must be Service or Revision");
  }
}

void ReadLists(json::Reader& predicate, Statement& statement) {
  for (json::Reader& entry : predicate.ObjectList("findings", kMaxSeenFindings)) {
    entry.RefuseUnknownFields({"item", "finding", "reason"});
    statement.findings.push_back(
        {entry.RequiredText("item"), entry.RequiredText("finding"), entry.Text("reason")});
  }
  for (json::Reader& entry : predicate.ObjectList("conditions", kMaxConditions)) {
    entry.RefuseUnknownFields({"text", "item", "owner", "due"});
    statement.conditions.push_back({entry.RequiredText("text"), entry.Text("item"),
                                    entry.RequiredText("owner"), ReadTime(entry, "due")});
  }
}

void ReadPredicate(json::Reader predicate, Statement& statement) {
  predicate.RefuseUnknownFields({"clusterId", "review", "checklist", "target", "binding",
                                 "templateHash", "verdict", "findings", "conditions", "reason",
                                 "ticket", "class", "signer", "issuedAt", "notAfter", "sequence"});
  ReadSubject(predicate, statement.subject);
  const auto answer = ParseAnswer(predicate.RequiredText("verdict"));
  if (!answer) predicate.Complain("verdict", "must be Go, NoGo or BreakGlass");
  statement.answer = answer.value_or(Answer::kNoGo);
  ReadLists(predicate, statement);
  statement.template_hash = predicate.Text("templateHash");
  statement.reason = predicate.Text("reason");
  statement.ticket = predicate.Text("ticket");
  statement.override_class = predicate.Text("class");
  json::Reader signer = predicate.Object("signer", true);
  signer.RefuseUnknownFields({"identity", "role"});
  statement.identity = signer.RequiredText("identity");
  statement.role = signer.RequiredText("role");
  statement.issued_at = ReadTime(predicate, "issuedAt");
  statement.not_after = ReadTime(predicate, "notAfter");
  statement.sequence = predicate.Integer("sequence", 0);
}

// The subjects repeat what the predicate says, for tools that know in-toto but
// not our predicate. Both must say the same; what is left are images.
void ReadSubjectList(json::Reader& root, Statement& statement) {
  const std::string review = ReviewSubjectName(statement.subject);
  const std::string pod_template = TemplateSubjectName(statement.subject);
  std::string review_digest;
  std::string template_digest;
  for (json::Reader& entry : root.ObjectList("subject", kMaxImages + 2)) {
    entry.RefuseUnknownFields({"name", "digest"});
    const std::string name = entry.RequiredText("name");
    json::Reader digest = entry.Object("digest", true);
    digest.RefuseUnknownFields({"sha256"});
    std::string sha256 = digest.RequiredText("sha256");
    if (name == review && review_digest.empty()) {
      review_digest = std::move(sha256);
    } else if (name == pod_template && template_digest.empty()) {
      template_digest = std::move(sha256);
    } else {
      statement.images.push_back({name, std::move(sha256)});
    }
  }
  if (review_digest != statement.subject.review_digest) {
    root.Complain("subject", "must name " + base::Quote(review) + " with review.specDigest");
  }
  const std::string expected =
      template_digest.empty() ? "" : std::string(kTemplateHashPrefix) + template_digest;
  if (expected != statement.template_hash) {
    root.Complain("subject", "must name " + base::Quote(pod_template) +
                                 " with the digits of templateHash, or neither");
  }
}

}  // namespace

std::string Serialize(const Statement& statement) {
  return internal::SerializeFrame(SubjectList(statement), kVerdictPredicateType,
                                  Predicate(statement));
}

base::Result<Statement> ParseStatement(std::string_view bytes) {
  const base::Result<Json> document = json::ParseStrict(bytes);
  if (!document) return base::Wrap("the statement", document.error());
  std::vector<json::Problem> problems;
  json::Reader root(*document, "", problems);
  if (!internal::ReadFrame(root, kVerdictPredicateType)) {
    return Fail(ErrorKind::kInvalid, json::Summarize(problems));
  }
  Statement statement;
  ReadPredicate(root.Object("predicate", true), statement);
  ReadSubjectList(root, statement);
  if (!problems.empty()) return Fail(ErrorKind::kInvalid, json::Summarize(problems));
  if (const Status status = Validate(statement); !status) {
    return base::Wrap("the statement", status.error());
  }
  return statement;
}

}  // namespace launchgate::verdict
