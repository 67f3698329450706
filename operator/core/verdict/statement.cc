#include "core/verdict/statement.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/verdict/statement_frame.h"

namespace launchgate::verdict {
namespace {

using base::Status;
using internal::Invalid;
using internal::IsRepresentable;
using internal::RequireText;

constexpr std::string_view kFindingNames[] = {"Pass", "Fail", "Stale", "Unknown"};

bool IsSha256Hex(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// Each check looks at one part of a statement; the first complaint is returned.

Status CheckSubject(const Statement& statement) {
  const Subject& subject = statement.subject;
  const std::pair<std::string_view, const std::string*> texts[] = {
      {"clusterId", &subject.cluster_id},
      {"review.uid", &subject.review_uid},
      {"signer.identity", &statement.identity},
      {"signer.role", &statement.role},
  };
  for (const auto& [field, text] : texts) {
    if (Status status = RequireText(field, *text, kMaxFieldBytes); !status) return status;
  }
  const std::pair<std::string_view, const std::string*> names[] = {
      {"review.name", &subject.review_name},
      {"checklist.name", &subject.checklist},
      {"target.name", &subject.target.name},
  };
  for (const auto& [field, name] : names) {
    if (!base::IsDnsSubdomain(*name)) return Invalid(field, "must be a Kubernetes name");
  }
  if (!base::IsDnsLabel(subject.review_ns)) {
    return Invalid("review.namespace", "must be the name of a namespace");
  }
  if (subject.target.ns != subject.review_ns) {
    return Invalid("target", "must be in the namespace of the review");
  }
  if (!IsSha256Hex(subject.review_digest)) {
    return Invalid("review.specDigest", "must be 64 lowercase hexadecimal digits");
  }
  if (!IsSha256Hex(subject.checklist_digest)) {
    return Invalid("checklist.specDigest", "must be 64 lowercase hexadecimal digits");
  }
  return {};
}

Status CheckTemplate(const Statement& statement) {
  const bool needed = statement.answer == Answer::kBreakGlass ||
                      statement.subject.binding == resources::Binding::kRevision;
  if (needed && !IsTemplateHash(statement.template_hash)) {
    return Invalid("templateHash",
                   "must be v1:sha256: and 64 hexadecimal digits for a BreakGlass and for the "
                   "binding Revision");
  }
  if (!needed && !statement.template_hash.empty()) {
    return Invalid("templateHash", "must be absent: the binding Service holds for any template");
  }
  if (!needed && !statement.images.empty()) {
    return Invalid("subject", "must not name images without a templateHash");
  }
  if (statement.images.size() > kMaxImages) return Invalid("subject", "names too many images");
  std::set<std::string> seen{ReviewSubjectName(statement.subject),
                             TemplateSubjectName(statement.subject)};
  for (const ImageDigest& image : statement.images) {
    if (Status status = RequireText("subject.name", image.name, kMaxFieldBytes); !status) {
      return status;
    }
    if (!IsSha256Hex(image.sha256)) {
      return Invalid("subject.digest.sha256", "must be 64 lowercase hexadecimal digits");
    }
    if (!seen.insert(image.name).second) return Invalid("subject", "names the same thing twice");
  }
  return {};
}

Status CheckFindings(const Statement& statement) {
  if (statement.findings.size() > kMaxSeenFindings) return Invalid("findings", "are too many");
  for (const SeenFinding& seen : statement.findings) {
    if (!base::IsDnsLabel(seen.item)) return Invalid("findings.item", "must be the id of an item");
    if (std::find(std::begin(kFindingNames), std::end(kFindingNames), seen.finding) ==
        std::end(kFindingNames)) {
      return Invalid("findings.finding", "must be Pass, Fail, Stale or Unknown");
    }
    if (seen.reason.size() > kMaxFieldBytes) return Invalid("findings.reason", "is too long");
  }
  return {};
}

Status CheckConditions(const Statement& statement) {
  if (statement.conditions.empty()) return {};
  if (statement.answer != Answer::kGo) return Invalid("conditions", "belong to a Go only");
  if (statement.conditions.size() > kMaxConditions) {
    return Invalid("conditions", "must be at most " + std::to_string(kMaxConditions));
  }
  for (const Condition& condition : statement.conditions) {
    if (Status text = RequireText("conditions.text", condition.text, kMaxReasonBytes); !text) {
      return text;
    }
    if (Status owner = RequireText("conditions.owner", condition.owner, kMaxFieldBytes); !owner) {
      return owner;
    }
    if (!condition.item.empty() && !base::IsDnsLabel(condition.item)) {
      return Invalid("conditions.item", "must be the id of an item");
    }
    if (condition.due <= statement.issued_at) {
      return Invalid("conditions.due", "must be later than issuedAt");
    }
  }
  return {};
}

Status CheckReason(const Statement& statement) {
  if (statement.reason.size() > kMaxReasonBytes) {
    return Invalid("reason", "must have at most " + std::to_string(kMaxReasonBytes) + " bytes");
  }
  if (statement.ticket.size() > kMaxFieldBytes) return Invalid("ticket", "is too long");
  if (statement.answer != Answer::kGo && statement.reason.empty()) {
    return Invalid("reason", "must be set for a NoGo and a BreakGlass");
  }
  if (statement.answer != Answer::kBreakGlass) {
    if (statement.override_class.empty()) return {};
    return Invalid("class", "belongs to a BreakGlass only");
  }
  if (statement.ticket.empty()) return Invalid("ticket", "must be set for a BreakGlass");
  if (statement.override_class != kClassP0 && statement.override_class != kClassSecurityFix) {
    return Invalid("class", "of a BreakGlass must be P0 or SecurityFix");
  }
  return {};
}

Status CheckTimes(const Statement& statement) {
  if (!IsRepresentable(statement.issued_at)) return Invalid("issuedAt", "must be set");
  if (!IsRepresentable(statement.not_after)) return Invalid("notAfter", "must be set");
  if (statement.not_after <= statement.issued_at) {
    return Invalid("notAfter", "must be later than issuedAt");
  }
  for (const Condition& condition : statement.conditions) {
    if (!IsRepresentable(condition.due)) return Invalid("conditions.due", "must be set");
  }
  if (statement.answer == Answer::kBreakGlass &&
      statement.not_after - statement.issued_at > kMaxBreakGlassLifetime) {
    return Invalid("notAfter", "of a BreakGlass must be at most 24h after issuedAt");
  }
  if (statement.sequence < 1 || statement.sequence > kMaxSequence) {
    return Invalid("sequence", "must be between 1 and 2^53-1");
  }
  return {};
}

constexpr std::array kChecks = {CheckSubject,    CheckTemplate, CheckFindings,
                                CheckConditions, CheckReason,   CheckTimes};

}  // namespace

std::string_view ToString(Answer answer) {
  switch (answer) {
    case Answer::kGo:
      return "Go";
    case Answer::kBreakGlass:
      return "BreakGlass";
    case Answer::kNoGo:
      break;
  }
  return "NoGo";
}

bool IsTemplateHash(std::string_view text) {
  return text.substr(0, kTemplateHashPrefix.size()) == kTemplateHashPrefix &&
         IsSha256Hex(text.substr(kTemplateHashPrefix.size()));
}

std::string ReviewSubjectName(const Subject& subject) {
  return "launchreview/" + subject.review_ns + "/" + subject.review_name;
}

std::string TemplateSubjectName(const Subject& subject) {
  return "podtemplate/" + subject.target.ns + "/" + subject.target.Word();
}

base::Status Validate(const Statement& statement) {
  for (const auto check : kChecks) {
    if (Status status = check(statement); !status) return status;
  }
  return {};
}

}  // namespace launchgate::verdict
