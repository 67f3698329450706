#include "core/resources/launch_verdict.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/resources/fields.h"

namespace launchgate::resources {
namespace {

using internal::Presence;
using json::Reader;

constexpr std::size_t kMaxPayloadTypeLength = 256;
constexpr std::size_t kMaxKeyIdLength = 256;
constexpr std::size_t kMaxSignatureLength = 2048;

// Unknown members are ignored, as the DSSE specification asks of consumers; only
// the known ones are carried over. Key order does not matter: what is signed is
// the payload.
std::string ReadEnvelope(Reader envelope) {
  json::Json out = json::Json::object();
  out["payloadType"] =
      internal::ReadText(envelope, "payloadType", kMaxPayloadTypeLength, Presence::kRequired);
  out["payload"] = internal::ReadText(envelope, "payload", kMaxPayloadLength, Presence::kRequired);
  json::Json& signatures = out["signatures"] = json::Json::array();
  for (Reader& signature : envelope.ObjectList("signatures", kMaxEnvelopeSignatures)) {
    signatures.push_back(
        {{"keyid", internal::ReadText(signature, "keyid", kMaxKeyIdLength, Presence::kOptional)},
         {"sig", internal::ReadText(signature, "sig", kMaxSignatureLength, Presence::kRequired)}});
  }
  if (signatures.empty()) envelope.Complain("signatures", "must have at least one signature");
  return json::Canonical(out);
}

std::string ReadStatement(Reader& spec) {
  const std::string text =
      internal::ReadText(spec, "statement", kMaxPayloadLength, Presence::kRequired);
  if (text.empty()) return "";
  const base::Result<std::string> bytes = base::Base64Decode(text);
  if (bytes) return *bytes;
  spec.Complain("statement", "must be base64 of the signed bytes");
  return "";
}

}  // namespace

LaunchVerdict ParseLaunchVerdict(const json::Json& object, std::vector<json::Problem>& problems) {
  Reader reader(object, "", problems);
  LaunchVerdict verdict;
  verdict.meta = internal::ReadOurMeta(reader, "LaunchVerdict");
  Reader spec = reader.Object("spec", true);
  if (!reader.Has("spec")) return verdict;
  spec.RefuseUnknownFields({"reviewRef", "envelope", "statement", "sshSignature"});
  verdict.review = internal::ReadReference(spec, "reviewRef", Presence::kRequired);

  const bool ssh = spec.Has("statement") || spec.Has("sshSignature");
  if (spec.Has("envelope") == ssh) {
    spec.Complain("", "must have either envelope, or statement and sshSignature");
    return verdict;
  }
  if (!ssh) {
    verdict.envelope = ReadEnvelope(spec.Object("envelope"));
    return verdict;
  }
  verdict.statement = ReadStatement(spec);
  verdict.ssh_signature =
      internal::ReadText(spec, "sshSignature", kMaxSshSignatureBytes, Presence::kRequired);
  return verdict;
}

}  // namespace launchgate::resources
