#include "core/resources/signed_document.h"

#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/resources/fields.h"

namespace launchgate::resources::internal {
namespace {

using json::Reader;

constexpr std::size_t kMaxPayloadTypeLength = 256;
constexpr std::size_t kMaxKeyIdLength = 256;
constexpr std::size_t kMaxSignatureLength = 2048;

// Unknown members are ignored, as the DSSE specification asks of consumers; only
// the known ones are carried over. Key order does not matter: what is signed is
// the payload.
std::string ReadEnvelope(Reader envelope, std::size_t max_payload) {
  json::Json out = json::Json::object();
  out["payloadType"] =
      ReadText(envelope, "payloadType", kMaxPayloadTypeLength, Presence::kRequired);
  out["payload"] = ReadText(envelope, "payload", max_payload, Presence::kRequired);
  json::Json& signatures = out["signatures"] = json::Json::array();
  for (Reader& signature : envelope.ObjectList("signatures", kMaxEnvelopeSignatures)) {
    signatures.push_back(
        {{"keyid", ReadText(signature, "keyid", kMaxKeyIdLength, Presence::kOptional)},
         {"sig", ReadText(signature, "sig", kMaxSignatureLength, Presence::kRequired)}});
  }
  if (signatures.empty()) envelope.Complain("signatures", "must have at least one signature");
  return json::Canonical(out);
}

std::string ReadStatement(Reader& object, std::size_t max_payload) {
  const std::string text = ReadText(object, "statement", max_payload, Presence::kRequired);
  if (text.empty()) return "";
  const base::Result<std::string> bytes = base::Base64Decode(text);
  if (bytes) return *bytes;
  object.Complain("statement", "must be base64 of the signed bytes");
  return "";
}

}  // namespace

SignedDocument ReadSignedDocument(Reader& object, std::size_t max_payload) {
  SignedDocument document;
  const bool ssh = object.Has("statement") || object.Has("sshSignature");
  if (object.Has("envelope") == ssh) {
    object.Complain("", "must have either envelope, or statement and sshSignature");
    return document;
  }
  if (!ssh) {
    document.envelope = ReadEnvelope(object.Object("envelope"), max_payload);
    return document;
  }
  document.statement = ReadStatement(object, max_payload);
  document.ssh_signature =
      ReadText(object, "sshSignature", kMaxSshSignatureBytes, Presence::kRequired);
  return document;
}

}  // namespace launchgate::resources::internal
