#include "app/reconcile/object_reconcilers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "app/reconcile/conditions.h"
#include "core/base/text.h"
#include "core/verdict/open.h"

namespace launchgate::app {
namespace {

using json::Json;

}  // namespace

ObjectReconcilers::ObjectReconcilers(Cluster& cluster, StatusWriter& status,
                                     const verdict::SignatureVerifier& verifier,
                                     const clock::Clock& clock)
    : cluster_(cluster), status_(status), verifier_(verifier), clock_(clock) {}

base::Result<base::Time> ObjectReconcilers::ReconcileChecklist(const kube::ObjectKey& key,
                                                               std::stop_token stop) {
  const auto record = cluster_.checklists().Get(key);
  if (!record) return base::kNever;
  const resources::Meta& meta = record->checklist.meta;
  const Condition ready =
      record->problems.empty()
          ? ReadyCondition(true, "Valid", fmt::format("{} items", record->checklist.items.size()))
          : InvalidCondition(json::Summarize(record->problems));
  const auto written = status_.Write(
      StatusTargetOf(kube::kReadinessChecklists, meta, record->status_text),
      StatusWith({ready}, meta.generation, record->status_text, clock_.Now()), std::move(stop));
  if (!written) return tl::unexpected(written.error());
  return base::kNever;
}

base::Result<base::Time> ObjectReconcilers::ReconcileAuthority(const kube::ObjectKey& key,
                                                               std::stop_token stop) {
  const auto record = cluster_.authorities().Get(key);
  if (!record) return base::kNever;
  const resources::Meta& meta = record->authority.meta;
  const Condition ready =
      record->problems.empty()
          ? ReadyCondition(true, "Valid",
                           fmt::format("{} keys in {} roles", record->trusted.keys.size(),
                                       record->authority.roles.size()))
          : InvalidCondition(base::JoinWords(record->problems));
  const auto written = status_.Write(
      StatusTargetOf(kube::kLaunchAuthorities, meta, record->status_text),
      StatusWith({ready}, meta.generation, record->status_text, clock_.Now()), std::move(stop));
  if (!written) return tl::unexpected(written.error());
  return base::kNever;
}

base::Result<base::Time> ObjectReconcilers::ReconcileVerdict(const kube::ObjectKey& key,
                                                             std::stop_token stop) {
  const auto record = cluster_.verdicts().Get(key);
  if (!record) return base::kNever;
  const resources::LaunchVerdict& verdict = record->verdict;
  const auto review = cluster_.reviews().Get({key.ns, verdict.review});
  const auto authority =
      review ? cluster_.authorities().Get({"", review->review.authority}) : nullptr;

  Condition ready;
  Json shown = Json::object();  // What the printer columns show of a verified statement.
  if (!record->problems.empty()) {
    ready = InvalidCondition(json::Summarize(record->problems));
  } else if (!review) {
    ready = ReadyCondition(false, "ReviewMissing",
                           fmt::format("there is no LaunchReview {}", base::Quote(verdict.review)));
  } else if (!authority) {
    ready = ReadyCondition(
        false, "AuthorityMissing",
        fmt::format("there is no LaunchAuthority {}", base::Quote(review->review.authority)));
  } else {
    const auto opened = verdict::Open(verdict, authority->trusted, verifier_);
    if (const auto* rejection = std::get_if<verdict::Rejection>(&opened)) {
      ready = ReadyCondition(false, rejection->reason, rejection->message);
    } else {
      const auto& statements = std::get<std::vector<verdict::VerifiedStatement>>(opened);
      const verdict::Statement& statement = statements.front().statement();
      ready =
          ReadyCondition(true, "SignatureVerified",
                         fmt::format("{} by {} ({}), ends {}", verdict::ToString(statement.answer),
                                     base::Quote(statement.identity), statement.role,
                                     base::FormatTime(statement.not_after)));
      shown = {{"verdict", verdict::ToString(statement.answer)},
               {"identity", statement.identity},
               {"role", statement.role},
               {"sequence", statement.sequence},
               {"issuedAt", base::FormatTime(statement.issued_at)},
               {"notAfter", base::FormatTime(statement.not_after)}};
    }
  }
  Json status = StatusWith({ready}, verdict.meta.generation, record->status_text, clock_.Now());
  status.update(shown);
  const auto written =
      status_.Write(StatusTargetOf(kube::kLaunchVerdicts, verdict.meta, record->status_text),
                    status, std::move(stop));
  if (!written) return tl::unexpected(written.error());
  return base::kNever;
}

}  // namespace launchgate::app
