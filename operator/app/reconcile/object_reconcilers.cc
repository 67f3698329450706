#include "app/reconcile/object_reconcilers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/text.h"
#include "core/verdict/open.h"

namespace launchgate::app {
namespace {

using json::Json;

constexpr std::size_t kMaxConditionMessage = 1024;

struct Ready {
  bool ready = false;
  std::string reason;
  std::string message;
};

Ready Invalid(std::string_view message) {
  return {false, "Invalid", base::Printable(message, kMaxConditionMessage)};
}

// {observedGeneration, conditions: [Ready]}, keeping the transition time while
// the condition's status stays.
Json ReadyStatus(const Ready& ready, std::int64_t generation, const std::string& before_text,
                 base::Time now) {
  const char* status = ready.ready ? "True" : "False";
  Json transition = base::FormatTime(now);
  const Json before = Json::parse(before_text, nullptr, false);
  const Json::json_pointer was("/conditions/0/status");
  const Json::json_pointer since("/conditions/0/lastTransitionTime");
  if (before.is_object() && before.contains(was) && before.at(was) == status &&
      before.contains(since)) {
    transition = before.at(since);
  }
  return {{"observedGeneration", generation},
          {"conditions", Json::array({{{"type", "Ready"},
                                       {"status", status},
                                       {"reason", ready.reason},
                                       {"message", ready.message},
                                       {"observedGeneration", generation},
                                       {"lastTransitionTime", std::move(transition)}}})}};
}

StatusTarget TargetOf(const kube::ResourceType& type, const resources::Meta& meta,
                      const std::string& status_text) {
  return {type, {meta.ns, meta.name}, meta.resource_version, status_text};
}

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
  const Ready ready =
      record->problems.empty()
          ? Ready{true, "Valid", fmt::format("{} items", record->checklist.items.size())}
          : Invalid(json::Summarize(record->problems));
  const auto written = status_.Write(
      TargetOf(kube::kReadinessChecklists, meta, record->status_text),
      ReadyStatus(ready, meta.generation, record->status_text, clock_.Now()), std::move(stop));
  if (!written) return tl::unexpected(written.error());
  return base::kNever;
}

base::Result<base::Time> ObjectReconcilers::ReconcileAuthority(const kube::ObjectKey& key,
                                                               std::stop_token stop) {
  const auto record = cluster_.authorities().Get(key);
  if (!record) return base::kNever;
  const resources::Meta& meta = record->authority.meta;
  const Ready ready = record->problems.empty()
                          ? Ready{true, "Valid",
                                  fmt::format("{} keys in {} roles", record->trusted.keys.size(),
                                              record->authority.roles.size())}
                          : Invalid(base::JoinWords(record->problems));
  const auto written = status_.Write(
      TargetOf(kube::kLaunchAuthorities, meta, record->status_text),
      ReadyStatus(ready, meta.generation, record->status_text, clock_.Now()), std::move(stop));
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

  Ready ready;
  Json shown = Json::object();  // What the printer columns show of a verified statement.
  if (!record->problems.empty()) {
    ready = Invalid(json::Summarize(record->problems));
  } else if (!review) {
    ready = {false, "ReviewMissing",
             fmt::format("there is no LaunchReview {}", base::Quote(verdict.review))};
  } else if (!authority) {
    ready = {false, "AuthorityMissing",
             fmt::format("there is no LaunchAuthority {}", base::Quote(review->review.authority))};
  } else {
    const auto opened = verdict::Open(verdict, authority->trusted, verifier_);
    if (const auto* rejection = std::get_if<verdict::Rejection>(&opened)) {
      ready = {false, std::string(rejection->reason),
               base::Printable(rejection->message, kMaxConditionMessage)};
    } else {
      const auto& statements = std::get<std::vector<verdict::VerifiedStatement>>(opened);
      const verdict::Statement& statement = statements.front().statement();
      ready = {true, "SignatureVerified",
               fmt::format("{} by {} ({}), ends {}", verdict::ToString(statement.answer),
                           base::Quote(statement.identity), statement.role,
                           base::FormatTime(statement.not_after))};
      shown = {{"verdict", verdict::ToString(statement.answer)},
               {"identity", statement.identity},
               {"role", statement.role},
               {"sequence", statement.sequence},
               {"issuedAt", base::FormatTime(statement.issued_at)},
               {"notAfter", base::FormatTime(statement.not_after)}};
    }
  }
  Json status = ReadyStatus(ready, verdict.meta.generation, record->status_text, clock_.Now());
  status.update(shown);
  const auto written = status_.Write(
      TargetOf(kube::kLaunchVerdicts, verdict.meta, record->status_text), status, std::move(stop));
  if (!written) return tl::unexpected(written.error());
  return base::kNever;
}

}  // namespace launchgate::app
