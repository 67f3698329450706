#include "core/resources/evidence_source.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/resources/fields.h"

namespace launchgate::resources::internal {
namespace {

using json::Reader;

EvidenceSource::ConfigMapKey ReadConfigMapKey(Reader reference) {
  reference.RefuseUnknownFields({"name", "key"});
  EvidenceSource::ConfigMapKey config_map;
  config_map.name = ReadName(reference, "name");
  config_map.key = reference.RequiredText("key");
  if (!config_map.key.empty() && !base::IsDataKey(config_map.key)) {
    reference.Complain("key", "must be a key of a ConfigMap (letters, digits, '-', '_' and '.')");
  }
  return config_map;
}

// The parts are put into API paths, so each must be what it claims. (THREATS T46.)
EvidenceSource::ObjectRef ReadObjectRef(Reader reference) {
  reference.RefuseUnknownFields({"apiVersion", "kind", "name"});
  EvidenceSource::ObjectRef object;
  object.api_version = ReadText(reference, "apiVersion", kMaxIdentityLength, Presence::kRequired);
  object.kind = ReadText(reference, "kind", kMaxTitleLength, Presence::kRequired);
  object.name = ReadName(reference, "name");
  const std::size_t slash = object.api_version.find('/');
  const bool core_group = slash == std::string::npos;
  const std::string group = core_group ? "" : object.api_version.substr(0, slash);
  const std::string version =
      core_group ? object.api_version : object.api_version.substr(slash + 1);
  if (!object.api_version.empty() &&
      ((!core_group && !base::IsDnsSubdomain(group)) || !base::IsDnsLabel(version))) {
    reference.Complain("apiVersion", "must be a version such as \"v1\" or \"batch/v1\"");
  }
  const bool is_word = std::ranges::all_of(object.kind, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  if (!is_word) reference.Complain("kind", "must be the name of a kind, such as \"Job\"");
  if (core_group && object.kind == "Secret") {
    reference.Complain("kind", "must not be Secret: evidence is shown to everybody");
  }
  return object;
}

}  // namespace

EvidenceSource::Prometheus ReadPrometheus(Reader reference, PrometheusGives gives) {
  EvidenceSource::Prometheus prometheus;
  if (gives == PrometheusGives::kSamples) {
    reference.RefuseUnknownFields({"server", "query"});
    prometheus.query = ReadText(reference, "query", kMaxQueryLength, Presence::kRequired);
  } else {
    reference.RefuseUnknownFields({"server"});
  }
  prometheus.server = ReadLabel(reference, "server");
  return prometheus;
}

EvidenceSource ReadSource(Reader& evidence, std::initializer_list<std::string_view> allowed,
                          PrometheusGives gives) {
  EvidenceSource source;
  Reader from = evidence.Object("from", true);
  if (!evidence.Has("from")) return source;
  from.RefuseUnknownFields(allowed);
  const auto named =
      std::ranges::count_if(allowed, [&](std::string_view field) { return from.Has(field); });
  if (named != 1) {
    const std::vector<std::string> words(allowed.begin(), allowed.end());
    from.Complain("", words.size() == 1 ? "must have " + words.front()
                                        : "must have exactly one of " + base::JoinWords(words));
    return source;
  }
  if (from.Has("url")) source.url = ReadUrl(from, "url");
  if (from.Has("configMapRef")) source.config_map = ReadConfigMapKey(from.Object("configMapRef"));
  if (from.Has("objectRef")) source.object = ReadObjectRef(from.Object("objectRef"));
  if (from.Has("prometheusRuleRef")) {
    source.prometheus_rule = {ReadReference(from, "prometheusRuleRef", Presence::kRequired)};
  }
  if (from.Has("prometheus")) {
    source.prometheus = ReadPrometheus(from.Object("prometheus"), gives);
  }
  return source;
}

}  // namespace launchgate::resources::internal
