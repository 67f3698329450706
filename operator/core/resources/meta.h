// What every Launchgate object has.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/time.h"

namespace launchgate::resources {

inline constexpr std::string_view kGroup = "launchgate.dev";
inline constexpr std::string_view kVersion = "v1alpha1";
inline constexpr std::string_view kApiVersion = "launchgate.dev/v1alpha1";

// Label on a Namespace that opts it in: enforce, strict or audit.
inline constexpr std::string_view kGateLabel = "launchgate.dev/gate";
// Annotation with the time at which the evidence in a ConfigMap was recorded.
inline constexpr std::string_view kRecordedAtAnnotation = "launchgate.dev/recorded-at";

// Prefix of every label and annotation that means something to us.
inline constexpr std::string_view kAnnotationPrefix = "launchgate.dev/";

struct Meta {
  std::string ns;  // Empty for cluster-scoped objects.
  std::string name;
  std::string uid;               // Empty offline, when an object comes from a file.
  std::string resource_version;  // Opaque.
  std::int64_t generation = 0;
  base::Time created{};
  // Only those of ours ("launchgate.dev/…"): others can be large and decide nothing.
  std::map<std::string, std::string> annotations;

  // "shop/gift-cards", or the bare name of a cluster-scoped object.
  std::string Key() const { return ns.empty() ? name : ns + "/" + name; }
};

}  // namespace launchgate::resources
