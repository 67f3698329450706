#include "core/verdict/dsse.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/json/json.h"
#include "core/verdict/signature.h"

namespace launchgate::verdict {
namespace {

using base::ErrorKind;
using base::Fail;
using json::Json;

// An envelope has three levels; the rest is for fields we ignore.
constexpr std::size_t kMaxEnvelopeDepth = 16;
constexpr std::string_view kFingerprintPrefix = "SHA256:";
constexpr std::size_t kFingerprintDigits = 43;  // 32 bytes of base64 without padding.

tl::unexpected<base::Error> Invalid(std::string what) {
  return Fail(ErrorKind::kInvalid, "not a DSSE envelope: " + std::move(what));
}

// How lenient decoders see a key: Go's encoding/json folds letter case, the long s
// (U+017F) and the Kelvin sign (U+212A); protobuf's JSON also knows "payload_type".
std::string Fold(std::string_view key) {
  std::string folded;
  while (!key.empty()) {
    if (key.starts_with("\xC5\xBF")) {
      folded.push_back('s');
      key.remove_prefix(2);
    } else if (key.starts_with("\xE2\x84\xAA")) {
      folded.push_back('k');
      key.remove_prefix(3);
    } else {
      const char letter = key.front();
      if (letter != '_') {
        folded.push_back(letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a')
                                                        : letter);
      }
      key.remove_prefix(1);
    }
  }
  return folded;
}

// Refuses keys that another decoder would take for one of `known`.
base::Status RefuseLookAlikes(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& [key, value] : object.items()) {
    for (const std::string_view name : known) {
      if (key != name && Fold(key) == Fold(name)) {
        return Invalid("the key " + base::Quote(key) + " could be mistaken for \"" +
                       std::string(name) + "\"");
      }
    }
  }
  return {};
}

// The string under `key`; absent and other types are errors.
base::Result<std::string> RequiredString(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) {
    return Invalid("\"" + std::string(key) + "\" must be a string");
  }
  return found->get<std::string>();
}

base::Result<std::string> RequiredBase64(const Json& object, std::string_view key) {
  base::Result<std::string> text = RequiredString(object, key);
  if (!text) return text;
  base::Result<std::string> bytes = base::Base64Decode(*text);
  if (!bytes) return base::Wrap("\"" + std::string(key) + "\" of the envelope", bytes.error());
  return bytes;
}

// Visible ASCII that needs no escape in JSON: what media types and URIs are made of.
base::Status CheckPayloadType(std::string_view type) {
  const bool plain = std::all_of(type.begin(), type.end(), [](char character) {
    return character > ' ' && character <= '~' && character != '"' && character != '\\';
  });
  if (type.empty() || type.size() > kMaxPayloadTypeBytes || !plain) {
    return Invalid("\"payloadType\" must be 1 to 256 visible ASCII characters");
  }
  return {};
}

base::Status CheckSignature(const EnvelopeSignature& signature) {
  if (signature.sig.empty() || signature.sig.size() > kMaxSignatureBytes) {
    return Invalid("\"sig\" must have 1 to 1024 bytes");
  }
  if (signature.keyid.size() > kMaxKeyIdBytes)
    return Invalid("a \"keyid\" is longer than 256 bytes");
  return {};
}

base::Result<EnvelopeSignature> ReadSignature(const Json& entry) {
  if (!entry.is_object()) return Invalid("every signature must be an object");
  if (const base::Status keys = RefuseLookAlikes(entry, {"keyid", "sig"}); !keys) {
    return tl::unexpected(keys.error());
  }
  base::Result<std::string> sig = RequiredBase64(entry, "sig");
  if (!sig) return tl::unexpected(sig.error());
  EnvelopeSignature signature{"", *std::move(sig)};
  if (entry.contains("keyid")) {
    base::Result<std::string> keyid = RequiredString(entry, "keyid");
    if (!keyid) return tl::unexpected(keyid.error());
    signature.keyid = *std::move(keyid);
  }
  if (const base::Status status = CheckSignature(signature); !status) {
    return tl::unexpected(status.error());
  }
  return signature;
}

base::Result<std::vector<EnvelopeSignature>> ReadSignatures(const Json& document) {
  const auto found = document.find("signatures");
  if (found == document.end() || !found->is_array() || found->empty()) {
    return Invalid("\"signatures\" must be a list with at least one entry");
  }
  if (found->size() > kMaxEnvelopeSignatures) {
    return Fail(ErrorKind::kExhausted, "an envelope has at most 16 signatures");
  }
  std::vector<EnvelopeSignature> signatures;
  for (const Json& entry : *found) {
    base::Result<EnvelopeSignature> signature = ReadSignature(entry);
    if (!signature) return tl::unexpected(signature.error());
    signatures.push_back(*std::move(signature));
  }
  return signatures;
}

base::Status CheckForWriting(const Envelope& envelope) {
  if (base::Status type = CheckPayloadType(envelope.payload_type); !type) return type;
  if (envelope.signatures.empty() || envelope.signatures.size() > kMaxEnvelopeSignatures) {
    return Invalid("it needs 1 to 16 signatures");
  }
  for (const EnvelopeSignature& signature : envelope.signatures) {
    if (base::Status status = CheckSignature(signature); !status) return status;
    if (!signature.keyid.empty() && !IsFingerprint(signature.keyid)) {
      return Invalid("\"keyid\" must be empty or the fingerprint that `ssh-keygen -lf` prints");
    }
  }
  return {};
}

}  // namespace

std::string Pae(std::string_view payload_type, std::string_view body) {
  std::string bytes = "DSSEv1 " + std::to_string(payload_type.size()) + " ";
  bytes.append(payload_type);
  bytes += " " + std::to_string(body.size()) + " ";
  bytes.append(body);
  return bytes;
}

base::Result<Envelope> ParseEnvelope(std::string_view text) {
  if (text.size() > kMaxEnvelopeBytes) {
    return Fail(ErrorKind::kExhausted, "an envelope has at most 256 KiB");
  }
  const base::Result<Json> document =
      json::ParseStrict(text, {.max_bytes = kMaxEnvelopeBytes, .max_depth = kMaxEnvelopeDepth});
  if (!document) return base::Wrap("the envelope", document.error());
  if (!document->is_object()) return Invalid("it must be a JSON object");
  if (const base::Status keys =
          RefuseLookAlikes(*document, {"payloadType", "payload", "signatures"});
      !keys) {
    return tl::unexpected(keys.error());
  }
  base::Result<std::string> type = RequiredString(*document, "payloadType");
  if (!type) return tl::unexpected(type.error());
  if (const base::Status status = CheckPayloadType(*type); !status) {
    return tl::unexpected(status.error());
  }
  base::Result<std::string> payload = RequiredBase64(*document, "payload");
  if (!payload) return tl::unexpected(payload.error());
  base::Result<std::vector<EnvelopeSignature>> signatures = ReadSignatures(*document);
  if (!signatures) return tl::unexpected(signatures.error());
  return Envelope{*std::move(type), *std::move(payload), *std::move(signatures)};
}

base::Result<std::string> SerializeEnvelope(const Envelope& envelope) {
  if (const base::Status status = CheckForWriting(envelope); !status) {
    return tl::unexpected(status.error());
  }
  // Nothing below needs escaping: the type is plain ASCII, the rest is base64.
  std::string text = R"({"payloadType":")" + envelope.payload_type + R"(","payload":")" +
                     base::Base64Encode(envelope.payload) + R"(","signatures":[)";
  const char* separator = "";
  for (const EnvelopeSignature& signature : envelope.signatures) {
    text += separator;
    text += R"({"keyid":")" + signature.keyid + R"(","sig":")" + base::Base64Encode(signature.sig) +
            R"("})";
    separator = ",";
  }
  text += "]}";
  if (text.size() > kMaxEnvelopeBytes) {
    return Fail(ErrorKind::kExhausted, "an envelope has at most 256 KiB; the payload is too large");
  }
  return text;
}

bool IsFingerprint(std::string_view text) {
  if (!text.starts_with(kFingerprintPrefix)) return false;
  text.remove_prefix(kFingerprintPrefix.size());
  return text.size() == kFingerprintDigits && text.find_first_of("-_") == std::string_view::npos &&
         base::Base64Decode(text).has_value();
}

}  // namespace launchgate::verdict
