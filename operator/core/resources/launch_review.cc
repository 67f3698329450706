#include "core/resources/launch_review.h"

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/resources/fields.h"
#include "core/resources/launch_review_status.h"

namespace launchgate::resources {
namespace {

using internal::DurationBounds;
using internal::Presence;
using json::Reader;

constexpr DurationBounds kMaxAgeBounds{kShortestMaxAge, kLongestMaxAge};
constexpr DurationBounds kRecheckBounds{kShortestRecheckEvery, kLongestRecheckEvery};
constexpr DurationBounds kLatencyBounds{base::Duration(1), kLongestLatency};

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

EvidenceSource ReadSource(Reader& evidence) {
  EvidenceSource source;
  Reader from = evidence.Object("from", true);
  if (!evidence.Has("from")) return source;
  from.RefuseUnknownFields({"configMapRef", "url"});
  if (from.Has("configMapRef") == from.Has("url")) {
    from.Complain("", "must have exactly one of configMapRef and url");
    return source;
  }
  if (from.Has("url")) {
    source.url = internal::ReadUrl(from, "url");
    return source;
  }
  Reader reference = from.Object("configMapRef");
  reference.RefuseUnknownFields({"name", "key"});
  EvidenceSource::ConfigMapKey config_map;
  config_map.name = internal::ReadName(reference, "name");
  config_map.key = reference.RequiredText("key");
  if (!config_map.key.empty() && !base::IsDataKey(config_map.key)) {
    reference.Complain("key", "must be a key of a ConfigMap (letters, digits, '-', '_' and '.')");
  }
  source.config_map = std::move(config_map);
  return source;
}

std::optional<LatencyLimit> ReadLatency(Reader& load_test) {
  if (!load_test.Has("maxLatency")) return std::nullopt;
  Reader reader = load_test.Object("maxLatency");
  reader.RefuseUnknownFields({"percentile", "threshold"});
  LatencyLimit limit;
  for (const char* field : {"percentile", "threshold"}) {
    if (!reader.Has(field)) reader.Complain(field, "must be set");
  }
  const auto percentile = reader.OptionalDecimal("percentile");
  if (percentile && (*percentile <= 0 || *percentile >= 100)) {
    reader.Complain("percentile", "must be more than 0 and less than 100");
  } else if (percentile) {
    limit.percentile = *percentile;
    limit.percentile_text = reader.Text("percentile");
  }
  limit.threshold =
      internal::ReadDuration(reader, "threshold", kLatencyBounds).value_or(base::Duration(0));
  return limit;
}

LoadTestSpec ReadLoadTest(Reader reader) {
  reader.RefuseUnknownFields(
      {"from", "maxAge", "minRequestRate", "maxLatency", "maxErrorRate", "recheckEvery"});
  LoadTestSpec spec;
  spec.from = ReadSource(reader);
  spec.max_age = internal::ReadDuration(reader, "maxAge", kMaxAgeBounds).value_or(kDefaultMaxAge);
  spec.min_request_rate = reader.OptionalDecimal("minRequestRate");
  if (spec.min_request_rate && *spec.min_request_rate < 0) {
    reader.Complain("minRequestRate", "must not be negative");
  }
  spec.max_latency = ReadLatency(reader);
  spec.max_error_rate = reader.OptionalDecimal("maxErrorRate");
  if (spec.max_error_rate && (*spec.max_error_rate < 0 || *spec.max_error_rate > 1)) {
    reader.Complain("maxErrorRate", "must be from 0 to 1, such as \"0.01\" for one percent");
  }
  spec.recheck_every =
      internal::ReadDuration(reader, "recheckEvery", kRecheckBounds).value_or(kDefaultRecheckEvery);
  return spec;
}

std::vector<std::string> ReadRunbookUrls(Reader& reader) {
  if (reader.Has("url") == reader.Has("urls")) {
    reader.Complain("", "must have exactly one of url and urls");
    return {};
  }
  if (reader.Has("url")) return {internal::ReadUrl(reader, "url")};
  std::vector<std::string> urls = reader.TextList("urls", kMaxRunbookUrls);
  if (urls.empty()) reader.Complain("urls", "must have at least one URL");
  for (std::size_t i = 0; i < urls.size(); ++i) {
    if (const auto why = internal::WhyBadUrl(urls[i])) {
      reader.Complain("urls[" + std::to_string(i) + "]", *why);
    }
  }
  internal::RefuseDuplicates(reader, "urls", "", urls);
  return urls;
}

RunbookSpec ReadRunbook(Reader reader) {
  reader.RefuseUnknownFields({"url", "urls", "requiredSections", "recheckEvery"});
  RunbookSpec spec;
  spec.urls = ReadRunbookUrls(reader);
  spec.required_sections = reader.TextList("requiredSections", kMaxRequiredSections);
  for (const std::string& section : spec.required_sections) {
    if (section.size() > internal::kMaxTitleLength) {
      reader.Complain("requiredSections", "must have titles of at most 128 bytes");
    }
  }
  internal::RefuseDuplicates(reader, "requiredSections", "", spec.required_sections);
  spec.recheck_every =
      internal::ReadDuration(reader, "recheckEvery", kRecheckBounds).value_or(kDefaultRecheckEvery);
  return spec;
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
  Reader spec = reader.Object(ToString(entry.kind));
  if (entry.kind == EvidenceKind::kLoadTest) entry.load_test = ReadLoadTest(spec);
  if (entry.kind == EvidenceKind::kRunbook) entry.runbook = ReadRunbook(spec);
  return entry;
}

void ReadOwner(Reader& spec, LaunchReview& review) {
  Reader owner = spec.Object("owner", true);
  if (!spec.Has("owner")) return;
  owner.RefuseUnknownFields({"team", "contact"});
  review.team = internal::ReadText(owner, "team", internal::kMaxTitleLength, Presence::kRequired);
  review.contact =
      internal::ReadText(owner, "contact", internal::kMaxIdentityLength, Presence::kRequired);
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
  ReadOwner(spec, review);
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
