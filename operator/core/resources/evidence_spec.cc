#include "core/resources/evidence_spec.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/resources/evidence_source.h"
#include "core/resources/fields.h"

namespace launchgate::resources {
namespace {

using internal::DurationBounds;
using internal::Presence;
using json::Reader;

constexpr DurationBounds kMaxAgeBounds{kShortestMaxAge, kLongestMaxAge};
constexpr DurationBounds kRecheckBounds{kShortestRecheckEvery, kLongestRecheckEvery};
constexpr DurationBounds kLatencyBounds{base::Duration(1), kLongestLatency};
constexpr DurationBounds kRecoveryBounds{base::Duration(0), kLongestRecovery};
constexpr std::size_t kSha256HexLength = 64;

struct ComparisonWord {
  Comparison comparison;
  std::string_view word;
};
constexpr std::array kComparisonWords = {
    ComparisonWord{Comparison::kLess, "<"},     ComparisonWord{Comparison::kAtMost, "<="},
    ComparisonWord{Comparison::kEqual, "=="},   ComparisonWord{Comparison::kNotEqual, "!="},
    ComparisonWord{Comparison::kAtLeast, ">="}, ComparisonWord{Comparison::kGreater, ">"},
};

base::Duration ReadMaxAge(Reader& reader) {
  return internal::ReadDuration(reader, "maxAge", kMaxAgeBounds).value_or(kDefaultMaxAge);
}

base::Duration ReadRecheck(Reader& reader) {
  return internal::ReadDuration(reader, "recheckEvery", kRecheckBounds)
      .value_or(kDefaultRecheckEvery);
}

std::optional<LatencyLimit> ReadLatency(Reader& evidence) {
  if (!evidence.Has("maxLatency")) return std::nullopt;
  Reader reader = evidence.Object("maxLatency");
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

// A list of different texts, each at most 128 characters long.
std::vector<std::string> ReadTitles(Reader& reader, std::string_view field, std::size_t max_items) {
  std::vector<std::string> titles = reader.TextList(field, max_items);
  for (const std::string& title : titles) {
    if (title.size() > internal::kMaxTitleLength) {
      reader.Complain(field, "must have titles of at most 128 bytes");
    }
  }
  internal::RefuseDuplicates(reader, field, "", titles);
  return titles;
}

std::vector<std::string> ReadObjectives(Reader& reader, std::string_view field) {
  std::vector<std::string> names = reader.TextList(field, kMaxObjectivesNamed);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (base::IsDnsLabel(names[i])) continue;
    reader.Complain(std::string(field) + "[" + std::to_string(i) + "]",
                    "must be the name of an objective (lowercase letters, digits and '-')");
  }
  internal::RefuseDuplicates(reader, field, "", names);
  return names;
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

RunbookSpec ReadRunbook(Reader& reader) {
  reader.RefuseUnknownFields({"url", "urls", "requiredSections", "recheckEvery"});
  RunbookSpec spec;
  spec.urls = ReadRunbookUrls(reader);
  spec.required_sections = ReadTitles(reader, "requiredSections", kMaxRequiredSections);
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

BackupDrillSpec ReadBackupDrill(Reader& reader) {
  reader.RefuseUnknownFields({"from", "maxAge", "maxRecoveryTime", "maxDataLoss", "recheckEvery"});
  BackupDrillSpec spec;
  spec.from = internal::ReadSource(reader, {"configMapRef", "url", "objectRef", "prometheus"});
  spec.max_age = ReadMaxAge(reader);
  spec.max_recovery_time = internal::ReadDuration(reader, "maxRecoveryTime", kRecoveryBounds);
  spec.max_data_loss = internal::ReadDuration(reader, "maxDataLoss", kRecoveryBounds);
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

AlertRulesSpec ReadAlertRules(Reader& reader) {
  reader.RefuseUnknownFields(
      {"from", "coversObjectives", "allowedCauses", "loadedIn", "recheckEvery"});
  AlertRulesSpec spec;
  spec.from = internal::ReadSource(reader, {"configMapRef", "prometheusRuleRef", "prometheus"},
                                   internal::PrometheusGives::kRules);
  spec.covers_objectives = ReadObjectives(reader, "coversObjectives");
  spec.allowed_causes = ReadTitles(reader, "allowedCauses", kMaxAllowedCauses);
  if (reader.Has("loadedIn")) {
    spec.loaded_in =
        internal::ReadPrometheus(reader.Object("loadedIn"), internal::PrometheusGives::kRules)
            .server;
  }
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

LoadTestSpec ReadLoadTest(Reader& reader) {
  reader.RefuseUnknownFields(
      {"from", "maxAge", "minRequestRate", "maxLatency", "maxErrorRate", "recheckEvery"});
  LoadTestSpec spec;
  spec.from = internal::ReadSource(reader, {"configMapRef", "url"});
  spec.max_age = ReadMaxAge(reader);
  spec.min_request_rate = reader.OptionalDecimal("minRequestRate");
  if (spec.min_request_rate && *spec.min_request_rate < 0) {
    reader.Complain("minRequestRate", "must not be negative");
  }
  spec.max_latency = ReadLatency(reader);
  spec.max_error_rate = reader.OptionalDecimal("maxErrorRate");
  if (spec.max_error_rate && (*spec.max_error_rate < 0 || *spec.max_error_rate > 1)) {
    reader.Complain("maxErrorRate", "must be from 0 to 1, such as \"0.01\" for one percent");
  }
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

SloSpec ReadSlo(Reader& reader) {
  reader.RefuseUnknownFields({"objectives", "recheckEvery"});
  SloSpec spec;
  spec.objectives = ReadObjectives(reader, "objectives");
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

ResilienceSpec ReadResilience(Reader& reader) {
  reader.RefuseUnknownFields({"from", "maxAge", "maxLatency", "maxRecoveryTime", "recheckEvery"});
  ResilienceSpec spec;
  spec.from = internal::ReadSource(reader, {"configMapRef", "url"});
  spec.max_age = ReadMaxAge(reader);
  spec.max_latency = ReadLatency(reader);
  spec.max_recovery_time = internal::ReadDuration(reader, "maxRecoveryTime", kRecoveryBounds);
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

WorkloadSpec ReadWorkload(Reader& reader) {
  reader.RefuseUnknownFields(
      {"minReplicas", "singleReplicaReason", "requireImageDigests", "requireDisruptionBudget"});
  WorkloadSpec spec;
  const std::int64_t replicas = reader.Integer("minReplicas", spec.min_replicas);
  if (replicas < 1 || replicas > kMaxRequiredReplicas) {
    reader.Complain("minReplicas", "must be from 1 to 1000");
  } else {
    spec.min_replicas = static_cast<int>(replicas);
  }
  spec.single_replica_reason = internal::ReadText(
      reader, "singleReplicaReason", internal::kMaxSentenceLength, Presence::kOptional);
  spec.require_image_digests = reader.Boolean("requireImageDigests", spec.require_image_digests);
  spec.require_disruption_budget =
      reader.Boolean("requireDisruptionBudget", spec.require_disruption_budget);
  return spec;
}

QuerySpec ReadQuery(Reader& reader) {
  reader.RefuseUnknownFields({"from", "operator", "value", "recheckEvery"});
  QuerySpec spec;
  spec.from = internal::ReadSource(reader, {"prometheus"});
  const std::string word = reader.RequiredText("operator");
  const auto comparison = ParseComparison(word);
  if (comparison) {
    spec.comparison = *comparison;
  } else if (!word.empty()) {
    reader.Complain("operator", "must be <, <=, ==, !=, >= or >, not " + base::Quote(word));
  }
  if (!reader.Has("value")) reader.Complain("value", "must be set");
  spec.value = reader.OptionalDecimal("value").value_or(0);
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

HttpSpec ReadHttp(Reader& reader) {
  reader.RefuseUnknownFields({"url", "status", "contains", "recheckEvery"});
  HttpSpec spec;
  spec.url = internal::ReadUrl(reader, "url");
  const std::int64_t status = reader.Integer("status", spec.status);
  // Redirects are followed, and 5xx says that the server is in trouble.
  if (status < 200 || status > 499 || (status >= 300 && status <= 399)) {
    reader.Complain("status", "must be from 200 to 299 or from 400 to 499");
  } else {
    spec.status = static_cast<int>(status);
  }
  spec.contains =
      internal::ReadText(reader, "contains", internal::kMaxIdentityLength, Presence::kOptional);
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

AttestationSpec ReadAttestation(Reader& reader) {
  reader.RefuseUnknownFields(
      {"from", "role", "predicateType", "subject", "subjectSha256", "maxAge", "recheckEvery"});
  AttestationSpec spec;
  spec.from = internal::ReadSource(reader, {"configMapRef", "url"});
  spec.role = internal::ReadLabel(reader, "role");
  spec.predicate_type = internal::ReadText(reader, "predicateType", internal::kMaxIdentityLength,
                                           Presence::kRequired);
  spec.subject =
      internal::ReadText(reader, "subject", internal::kMaxSentenceLength, Presence::kRequired);
  spec.subject_sha256 = reader.Text("subjectSha256");
  const bool is_digest =
      spec.subject_sha256.size() == kSha256HexLength &&
      spec.subject_sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!spec.subject_sha256.empty() && !is_digest) {
    reader.Complain("subjectSha256", "must be 64 lowercase hexadecimal digits");
  }
  spec.max_age = ReadMaxAge(reader);
  spec.recheck_every = ReadRecheck(reader);
  return spec;
}

// The member `from` of the structs that have one.
template <typename T>
concept HasSource = requires(const T& spec) {
  spec.from;
};
template <typename T>
concept HasRecheck = requires(const T& spec) {
  spec.recheck_every;
};

}  // namespace

std::string_view ToString(Comparison comparison) {
  for (const ComparisonWord& entry : kComparisonWords) {
    if (entry.comparison == comparison) return entry.word;
  }
  return "?";
}

std::optional<Comparison> ParseComparison(std::string_view text) {
  for (const ComparisonWord& entry : kComparisonWords) {
    if (entry.word == text) return entry.comparison;
  }
  return std::nullopt;
}

bool Holds(Comparison comparison, double observed, double value) {
  switch (comparison) {
    case Comparison::kLess:
      return observed < value;
    case Comparison::kAtMost:
      return observed <= value;
    case Comparison::kEqual:
      return observed == value;
    case Comparison::kNotEqual:
      return observed != value;
    case Comparison::kAtLeast:
      return observed >= value;
    case Comparison::kGreater:
      return observed > value;
  }
  return false;
}

EvidenceSpec ReadEvidenceSpec(EvidenceKind kind, Reader reader) {
  switch (kind) {
    case EvidenceKind::kRunbook:
      return ReadRunbook(reader);
    case EvidenceKind::kBackupDrill:
      return ReadBackupDrill(reader);
    case EvidenceKind::kAlertRules:
      return ReadAlertRules(reader);
    case EvidenceKind::kLoadTest:
      return ReadLoadTest(reader);
    case EvidenceKind::kSlo:
      return ReadSlo(reader);
    case EvidenceKind::kResilience:
      return ReadResilience(reader);
    case EvidenceKind::kWorkload:
      return ReadWorkload(reader);
    case EvidenceKind::kQuery:
      return ReadQuery(reader);
    case EvidenceKind::kHttp:
      return ReadHttp(reader);
    case EvidenceKind::kAttestation:
      return ReadAttestation(reader);
    case EvidenceKind::kUnknown:
      break;
  }
  return std::monostate();
}

const EvidenceSource* SourceOf(const EvidenceSpec& spec) {
  return std::visit(
      []<typename T>(const T& kind) -> const EvidenceSource* {
        if constexpr (HasSource<T>) return &kind.from;
        return nullptr;
      },
      spec);
}

base::Duration RecheckEvery(const EvidenceSpec& spec) {
  return std::visit(
      []<typename T>(const T& kind) -> base::Duration {
        if constexpr (HasRecheck<T>) return kind.recheck_every;
        return kDefaultRecheckEvery;
      },
      spec);
}

EvidenceSpec WithRecheckOfAtLeast(EvidenceSpec spec, base::Duration shortest) {
  std::visit(
      [&]<typename T>(T& kind) {
        if constexpr (HasRecheck<T>) kind.recheck_every = std::max(kind.recheck_every, shortest);
      },
      spec);
  return spec;
}

}  // namespace launchgate::resources
