#include "core/resources/launch_verdict.h"

#include <utility>

#include "core/resources/fields.h"

namespace launchgate::resources {

LaunchVerdict ParseLaunchVerdict(const json::Json& object, std::vector<json::Problem>& problems) {
  json::Reader reader(object, "", problems);
  LaunchVerdict verdict;
  verdict.meta = internal::ReadOurMeta(reader, "LaunchVerdict");
  json::Reader spec = reader.Object("spec", true);
  if (!reader.Has("spec")) return verdict;
  spec.RefuseUnknownFields({"reviewRef", "envelope", "statement", "sshSignature"});
  verdict.review = internal::ReadReference(spec, "reviewRef", internal::Presence::kRequired);
  static_cast<SignedDocument&>(verdict) = internal::ReadSignedDocument(spec, kMaxPayloadLength);
  return verdict;
}

}  // namespace launchgate::resources
