#include "app/cli/signature_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/verdict/dsse.h"
#include "core/verdict/sshsig.h"

namespace launchgate::app::cli {
namespace {

using verdict::SignatureAlgorithm;
using verdict::TrustedKey;
using verdict::VerifiedStatement;

// A word in a command: a Kubernetes name, else `otherwise`.
std::string Word(const std::string& name, std::string_view otherwise) {
  return base::IsDnsSubdomain(name) ? name : std::string(otherwise);
}

std::string VerifyCommand(SignatureAlgorithm algorithm, const std::string& key_file) {
  if (algorithm == SignatureAlgorithm::kEd25519) {
    return fmt::format("openssl pkeyutl -verify -pubin -inkey {} -rawin -in pae -sigfile sig",
                       key_file);
  }
  return fmt::format("openssl dgst -sha256 -verify {} -signature sig pae", key_file);
}

// jq reads both the LaunchVerdict and the envelope that `verdict export` prints;
// tr turns the URL-safe alphabet, which envelopes may have, into the other.
std::string FromEnvelope(std::string_view field, const std::string& file, std::string_view into) {
  return fmt::format("jq -r '(.spec.envelope // .).{}' {} | tr '_-' '/+' | base64 -d >{}", field,
                     file, into);
}

// PAE (dsse.h). Open() believes one payload type only.
std::string PrepareEnvelope(const std::string& file) {
  const std::string_view type = verdict::kInTotoPayloadType;
  return FromEnvelope("payload", file, "body") +
         fmt::format("\n{{ printf 'DSSEv1 {} {} %d ' \"$(wc -c <body)\"; cat body; }} >pae",
                     type.size(), type);
}

// PROTOCOL.sshsig: the magic, then strings of a 32-bit length and bytes.
std::string PrepareSsh(const std::string& file, verdict::SshHash hash) {
  const bool sha256 = hash == verdict::SshHash::kSha256;
  const std::string_view name_space = verdict::kSshSignatureNamespace;
  return fmt::format(
      "jq -r .spec.statement {} | tr '_-' '/+' | base64 -d >body\n"
      "{{ printf 'SSHSIG\\0\\0\\0\\{:03o}{}\\0\\0\\0\\0\\0\\0\\0\\006{}\\0\\0\\0\\{:03o}'; "
      "openssl dgst -{} -binary body; }} >pae",
      file, name_space.size(), name_space, sha256 ? "sha256" : "sha512", sha256 ? 32 : 64,
      sha256 ? "sha256" : "sha512");
}

bool Holds(const base::Result<bool>& answer) { return answer && *answer; }

// Where among the envelope's signatures the one of `key` is.
std::optional<std::size_t> IndexOf(const verdict::Envelope& envelope, const TrustedKey& key,
                                   const verdict::SignatureVerifier& verifier) {
  const std::string pae = verdict::Pae(envelope.payload_type, envelope.payload);
  for (std::size_t i = 0; i < envelope.signatures.size(); ++i) {
    if (Holds(verifier.Verify(key.key, pae, envelope.signatures[i].sig))) return i;
  }
  return std::nullopt;
}

SignatureCheck SignatureOf(const VerifiedStatement& verified, const TrustedKey& key) {
  SignatureCheck check;
  check.identity = verified.statement().identity;
  check.role = verified.statement().role;
  check.fingerprint = verified.fingerprint();
  const base::Sha256Digest digest = base::Sha256(key.key.spki);
  check.spki_sha256 = base::Base64Encode(std::string(digest.begin(), digest.end()));
  check.algorithm = key.key.algorithm;
  check.public_key_file = Word(key.record.id, "signer") + ".pub.pem";
  check.hash_key =
      fmt::format("openssl pkey -pubin -in {} -outform DER | openssl dgst -sha256 -binary | base64",
                  check.public_key_file);
  check.verify = VerifyCommand(check.algorithm, check.public_key_file);
  return check;
}

const TrustedKey* FindKey(const verdict::TrustedAuthority& authority,
                          const VerifiedStatement& verified) {
  const auto found = std::ranges::find_if(authority.keys, [&](const TrustedKey& key) {
    return key.key.fingerprint == verified.fingerprint() && key.record.id == verified.key().id;
  });
  return found == authority.keys.end() ? nullptr : &*found;
}

}  // namespace

VerdictCheck CheckOf(const resources::LaunchVerdict& verdict,
                     const std::vector<const VerifiedStatement*>& believed,
                     const verdict::TrustedAuthority& authority,
                     const verdict::SignatureVerifier& verifier) {
  VerdictCheck check;
  check.name = verdict.meta.name;
  check.file = Word(verdict.meta.name, "verdict") + ".json";
  const auto envelope = verdict::ParseEnvelope(verdict.envelope);
  const auto ssh = verdict::ParseSshSignature(verdict.ssh_signature);
  check.signed_with = envelope ? "DSSE" : "SSHSIG";
  if (envelope) check.prepare = PrepareEnvelope(check.file);
  if (!envelope && ssh) check.prepare = PrepareSsh(check.file, ssh->hash);
  for (const VerifiedStatement* verified : believed) {
    const TrustedKey* key = FindKey(authority, *verified);
    if (key == nullptr) continue;
    SignatureCheck signature = SignatureOf(*verified, *key);
    if (envelope) {
      const auto index = IndexOf(*envelope, *key, verifier);
      if (!index) continue;
      signature.verify =
          FromEnvelope(fmt::format("signatures[{}].sig", *index), check.file, "sig") + "\n" +
          signature.verify;
    } else if (ssh) {
      // In the form OpenSSL reads: OpenSSH's own differs for ECDSA. Whatever the
      // key verifies over these bytes, its owner signed.
      signature.verify =
          fmt::format("echo {} | base64 -d >sig\n", base::Base64Encode(ssh->signature)) +
          signature.verify;
    }
    check.signatures.push_back(std::move(signature));
  }
  return check;
}

}  // namespace launchgate::app::cli
