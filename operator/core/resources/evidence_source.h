// Reading where a document is found (`from`). Internal to this module.
#pragma once

#include <initializer_list>
#include <string_view>

#include "core/json/reader.h"
#include "core/resources/evidence_spec.h"

namespace launchgate::resources::internal {

// What is asked of a Prometheus: the value of a query, or the rules it has loaded.
enum class PrometheusGives { kSamples, kRules };

// {server, query}, or {server} for rules.
EvidenceSource::Prometheus ReadPrometheus(json::Reader reference, PrometheusGives gives);

// `from` of an evidence entry, which must name exactly one of the `allowed` sources.
EvidenceSource ReadSource(json::Reader& evidence, std::initializer_list<std::string_view> allowed,
                          PrometheusGives gives = PrometheusGives::kSamples);

}  // namespace launchgate::resources::internal
