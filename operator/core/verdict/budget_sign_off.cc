#include "core/verdict/budget_sign_off.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/json/reader.h"
#include "core/resources/budget_review.h"
#include "core/verdict/statement.h"
#include "core/verdict/statement_frame.h"

namespace launchgate::verdict {
namespace {

using base::ErrorKind;
using base::Fail;
using base::Status;
using internal::Invalid;
using internal::IsRepresentable;
using json::Json;
using resources::AgendaAction;

constexpr std::size_t kSha256HexDigits = 64;

// As internal::RequireText(), and nothing in it that a screen would not show.
Status RequireText(std::string_view field, const std::string& text, std::size_t max_bytes) {
  if (Status status = internal::RequireText(field, text, max_bytes); !status) return status;
  if (base::Printable(text, max_bytes) != text) {
    return Invalid(field, "must be text without control characters and bidi overrides");
  }
  return {};
}

Status CheckSubject(const SignOff& sign_off) {
  const SignOffSubject& subject = sign_off.subject;
  const std::pair<std::string_view, const std::string*> texts[] = {
      {"clusterId", &subject.cluster_id},
      {"budget.uid", &subject.budget_uid},
      {"signer.identity", &sign_off.identity},
      {"signer.role", &sign_off.role},
  };
  for (const auto& [field, text] : texts) {
    if (Status status = RequireText(field, *text, kMaxFieldBytes); !status) return status;
  }
  if (!base::IsDnsLabel(subject.ns)) {
    return Invalid("budget.namespace", "must be the name of a namespace");
  }
  if (!base::IsDnsSubdomain(subject.budget)) {
    return Invalid("budget.name", "must be a Kubernetes name");
  }
  if (!resources::ParseMonth(subject.month)) {
    return Invalid("month", "must be a month such as \"2026-10\"");
  }
  const bool hex = std::ranges::all_of(subject.agenda_digest, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  if (!hex || subject.agenda_digest.size() != kSha256HexDigits) {
    return Invalid("agendaDigest", "must be 64 lowercase hexadecimal digits");
  }
  return {};
}

Status CheckActions(const SignOff& sign_off) {
  if (sign_off.actions.size() > kMaxSignOffActions) {
    return Invalid("actions", "must be at most " + std::to_string(kMaxSignOffActions));
  }
  for (const AgendaAction& action : sign_off.actions) {
    if (Status text = RequireText("actions.text", action.text, kMaxActionTextBytes); !text) {
      return text;
    }
    if (Status owner = RequireText("actions.owner", action.owner, kMaxFieldBytes); !owner) {
      return owner;
    }
    if (!IsRepresentable(action.due) || action.due <= sign_off.issued_at) {
      return Invalid("actions.due", "must be later than issuedAt");
    }
  }
  return {};
}

Json ActionList(const std::vector<AgendaAction>& actions) {
  Json list = Json::array();
  for (const AgendaAction& action : actions) {
    list.push_back(
        {{"text", action.text}, {"owner", action.owner}, {"due", base::FormatTime(action.due)}});
  }
  return list;
}

base::Time ReadTime(json::Reader& reader, std::string_view field) {
  if (!reader.Has(field)) reader.Complain(field, "must be set");
  return reader.OptionalTime(field).value_or(base::Time{});
}

void ReadPredicate(json::Reader predicate, SignOff& sign_off) {
  predicate.RefuseUnknownFields(
      {"clusterId", "budget", "month", "agendaDigest", "actions", "signer", "issuedAt"});
  SignOffSubject& subject = sign_off.subject;
  subject.cluster_id = predicate.RequiredText("clusterId");
  json::Reader budget = predicate.Object("budget", true);
  budget.RefuseUnknownFields({"namespace", "name", "uid"});
  subject.ns = budget.RequiredText("namespace");
  subject.budget = budget.RequiredText("name");
  subject.budget_uid = budget.RequiredText("uid");
  subject.month = predicate.RequiredText("month");
  subject.agenda_digest = predicate.RequiredText("agendaDigest");
  for (json::Reader& action : predicate.ObjectList("actions", kMaxSignOffActions)) {
    action.RefuseUnknownFields({"text", "owner", "due"});
    sign_off.actions.push_back(
        {action.RequiredText("text"), action.RequiredText("owner"), ReadTime(action, "due")});
  }
  json::Reader signer = predicate.Object("signer", true);
  signer.RefuseUnknownFields({"identity", "role"});
  sign_off.identity = signer.RequiredText("identity");
  sign_off.role = signer.RequiredText("role");
  sign_off.issued_at = ReadTime(predicate, "issuedAt");
}

// Repeats what the predicate says, for tools that know in-toto and not our predicate.
void CheckSubjectList(json::Reader& root, const SignOffSubject& expected) {
  const auto entries = root.ObjectList("subject", 1);
  bool same = entries.size() == 1;
  for (json::Reader entry : entries) {
    entry.RefuseUnknownFields({"name", "digest"});
    json::Reader digest = entry.Object("digest", true);
    digest.RefuseUnknownFields({"sha256"});
    same = same && entry.Text("name") == AgendaSubjectName(expected) &&
           digest.Text("sha256") == expected.agenda_digest;
  }
  if (same) return;
  root.Complain("subject", "must name " + base::Quote(AgendaSubjectName(expected)) +
                               " with agendaDigest, and nothing else");
}

}  // namespace

std::string AgendaSubjectName(const SignOffSubject& subject) {
  return "budgetreview/" + subject.ns + "/" + subject.budget + "-" + subject.month;
}

std::string Serialize(const SignOff& sign_off) {
  const SignOffSubject& subject = sign_off.subject;
  const Json predicate = {
      {"clusterId", subject.cluster_id},
      {"budget",
       {{"namespace", subject.ns}, {"name", subject.budget}, {"uid", subject.budget_uid}}},
      {"month", subject.month},
      {"agendaDigest", subject.agenda_digest},
      {"actions", ActionList(sign_off.actions)},
      {"signer", {{"identity", sign_off.identity}, {"role", sign_off.role}}},
      {"issuedAt", base::FormatTime(sign_off.issued_at)},
  };
  const Json about = {{"name", AgendaSubjectName(subject)},
                      {"digest", {{"sha256", subject.agenda_digest}}}};
  return internal::SerializeFrame(Json::array({about}), kBudgetReviewPredicateType, predicate);
}

base::Result<SignOff> ParseSignOff(std::string_view bytes) {
  const base::Result<Json> document = json::ParseStrict(bytes);
  if (!document) return base::Wrap("the sign-off", document.error());
  std::vector<json::Problem> problems;
  json::Reader root(*document, "", problems);
  if (!internal::ReadFrame(root, kBudgetReviewPredicateType)) {
    return Fail(ErrorKind::kInvalid, json::Summarize(problems));
  }
  SignOff sign_off;
  ReadPredicate(root.Object("predicate", true), sign_off);
  CheckSubjectList(root, sign_off.subject);
  if (!problems.empty()) return Fail(ErrorKind::kInvalid, json::Summarize(problems));
  if (const Status status = Validate(sign_off); !status) {
    return base::Wrap("the sign-off", status.error());
  }
  return sign_off;
}

base::Status Validate(const SignOff& sign_off) {
  if (Status subject = CheckSubject(sign_off); !subject) return subject;
  if (!IsRepresentable(sign_off.issued_at)) return Invalid("issuedAt", "must be set");
  return CheckActions(sign_off);
}

}  // namespace launchgate::verdict
