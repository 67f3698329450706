#include "core/resources/launch_review.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/resources/fields.h"
#include "core/resources/launch_review_status.h"

namespace launchgate::resources {
namespace {

using internal::Presence;
using json::Reader;

std::string_view GroupOf(std::string_view api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash);
}

TargetRef ReadTarget(Reader& spec, const std::string& ns) {
  Reader reader = spec.Object("target", true);
  TargetRef target;
  target.ns = ns;
  if (!spec.Has("target")) return target;
  reader.RefuseUnknownFields({"apiVersion", "kind", "name"});
  target.name = internal::ReadName(reader, "name");
  const std::string api_version =
      internal::ReadText(reader, "apiVersion", internal::kMaxTitleLength, Presence::kRequired);
  const std::string kind =
      internal::ReadText(reader, "kind", internal::kMaxTitleLength, Presence::kRequired);
  if (api_version.empty() || kind.empty()) return target;
  const auto parsed = ParseTargetKind(GroupOf(api_version), kind);
  if (parsed) {
    target.kind = *parsed;
  } else {
    reader.Complain("kind",
                    "must be Deployment, StatefulSet or DaemonSet of apps, CronJob of "
                    "batch, or Rollout of argoproj.io, not " +
                        base::Quote(kind) + " of " + base::Quote(api_version));
  }
  return target;
}

// An entry is {item: …, <kind>: {…}}. A kind that this version does not know is
// kept by name: the item it is for then cannot pass.
EvidenceEntry ReadEvidence(Reader& reader) {
  EvidenceEntry entry;
  entry.item = internal::ReadLabel(reader, "item");
  std::size_t kinds = 0;
  for (const auto& [key, value] : reader.value().get_ref<const json::Json::object_t&>()) {
    if (key == "item" || value.is_null()) continue;
    ++kinds;
    entry.kind_word = base::Printable(key, internal::kMaxTitleLength);
    entry.kind = ParseEvidenceKind(key);
  }
  if (kinds != 1) {
    reader.Complain("", "must have item and exactly one kind of evidence, such as loadTest");
    entry.kind = EvidenceKind::kUnknown;
    return entry;
  }
  if (entry.kind == EvidenceKind::kUnknown) return entry;
  entry.spec = ReadEvidenceSpec(entry.kind, reader.Object(ToString(entry.kind)));
  return entry;
}

Binding ReadBinding(Reader& spec) {
  const std::string binding = spec.RequiredText("binding");
  if (binding == ToString(Binding::kRevision)) return Binding::kRevision;
  if (!binding.empty() && binding != ToString(Binding::kService)) {
    spec.Complain("binding", "must be Service or Revision, not " + base::Quote(binding));
  }
  return Binding::kService;
}

void ReadSpec(Reader& spec, LaunchReview& review) {
  spec.RefuseUnknownFields(
      {"target", "checklistRef", "owner", "authorityRef", "binding", "errorBudgetRef", "evidence"});
  review.target = ReadTarget(spec, review.meta.ns);
  review.checklist = internal::ReadReference(spec, "checklistRef", Presence::kRequired);
  review.authority = internal::ReadReference(spec, "authorityRef", Presence::kRequired);
  review.error_budget = internal::ReadReference(spec, "errorBudgetRef", Presence::kOptional);
  internal::Owner owner = internal::ReadOwner(spec);
  review.team = std::move(owner.team);
  review.contact = std::move(owner.contact);
  review.binding = ReadBinding(spec);
  std::vector<std::string> items;
  for (Reader& entry : spec.ObjectList("evidence", kMaxEvidenceEntries)) {
    review.evidence.push_back(ReadEvidence(entry));
    items.push_back(review.evidence.back().item);
  }
  internal::RefuseDuplicates(spec, "evidence", "item", items);
}

}  // namespace

std::string_view ToString(Binding binding) {
  return binding == Binding::kRevision ? "Revision" : "Service";
}

const EvidenceEntry* LaunchReview::FindEvidence(std::string_view item_id) const {
  for (const EvidenceEntry& entry : evidence) {
    if (entry.item == item_id) return &entry;
  }
  return nullptr;
}

LaunchReview ParseLaunchReview(const json::Json& object, std::vector<json::Problem>& problems) {
  Reader reader(object, "", problems);
  LaunchReview review;
  review.meta = internal::ReadOurMeta(reader, "LaunchReview");
  if (object.is_object()) review.status = internal::ReadLaunchReviewStatus(object);
  Reader spec = reader.Object("spec", true);
  if (!reader.Has("spec")) return review;
  ReadSpec(spec, review);
  review.spec_digest = json::CanonicalDigest(object["spec"]);
  return review;
}

}  // namespace launchgate::resources
