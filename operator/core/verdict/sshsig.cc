#include "core/verdict/sshsig.h"

#include <openssl/sha.h>

#include <array>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/verdict/ssh_wire.h"

namespace launchgate::verdict {
namespace {

using base::ErrorKind;
using base::Fail;

constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----";
constexpr std::string_view kMagic = "SSHSIG";
constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kSha256Name = "sha256";
constexpr std::string_view kSha512Name = "sha512";
constexpr std::string_view kWhiteSpace = " \t\r\n";

// The fields of the blob in their order; views into it.
struct Fields {
  std::string_view public_key;
  std::string_view name_space;
  std::string_view reserved;
  std::string_view hash;
  std::string_view signature;
};

tl::unexpected<base::Error> BadArmor() {
  return Fail(ErrorKind::kInvalid,
              "not an OpenSSH signature: paste all of what `ssh-keygen -Y sign` wrote, from "
              "BEGIN SSH SIGNATURE to END SSH SIGNATURE");
}

// The base64 between the two marker lines, line breaks removed.
base::Result<std::string> Dearmor(std::string_view armored) {
  const std::size_t last = armored.find_last_not_of(kWhiteSpace);
  const std::string_view text = armored.substr(0, last == std::string_view::npos ? 0 : last + 1);
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd) ||
      text.size() < kBegin.size() + kEnd.size()) {
    return BadArmor();
  }
  const std::string_view body =
      text.substr(kBegin.size(), text.size() - kBegin.size() - kEnd.size());
  // ssh-keygen ignores line breaks but knows neither the URL-safe alphabet nor
  // base64 without padding; neither do we, so that both judge alike.
  if (!body.ends_with('\n') || body.find_first_of("-_ \t") != std::string_view::npos) {
    return BadArmor();
  }
  std::string base64;
  for (const char character : body) {
    if (character != '\r' && character != '\n') base64.push_back(character);
  }
  if (base64.size() % 4 != 0) return BadArmor();
  return base64;
}

base::Result<Fields> SplitBlob(std::string_view blob) {
  SshReader reader(blob);
  if (const base::Status magic = reader.Expect(kMagic); !magic) return BadArmor();
  const base::Result<std::uint32_t> version = reader.ReadUint32();
  if (!version) return tl::unexpected(version.error());
  if (*version != kVersion) {
    return Fail(ErrorKind::kUnsupported,
                "OpenSSH signature version " + std::to_string(*version) + " is not 1");
  }
  Fields fields;
  for (std::string_view* field : {&fields.public_key, &fields.name_space, &fields.reserved,
                                  &fields.hash, &fields.signature}) {
    const base::Result<std::string_view> read = reader.ReadString();
    if (!read) return tl::unexpected(read.error());
    *field = *read;
  }
  if (const base::Status end = reader.ExpectEnd(); !end) return tl::unexpected(end.error());
  return fields;
}

std::optional<SshHash> HashNamed(std::string_view name) {
  if (name == kSha256Name) return SshHash::kSha256;
  if (name == kSha512Name) return SshHash::kSha512;
  return std::nullopt;
}

base::Status CheckFraming(const Fields& fields) {
  if (fields.name_space != kSshSignatureNamespace) {
    return Fail(ErrorKind::kInvalid, "the signature was made for the namespace " +
                                         base::Quote(fields.name_space) +
                                         "; sign with `ssh-keygen -Y sign -n " +
                                         std::string(kSshSignatureNamespace) + "`");
  }
  // OpenSSH signs an empty reserved field whatever the blob says, so anything
  // in it would be unsigned content.
  if (!fields.reserved.empty()) {
    return Fail(ErrorKind::kInvalid, "the reserved field of the OpenSSH signature is not empty");
  }
  return {};
}

base::Result<std::string> Ed25519Signature(std::string_view value) {
  if (value.size() != kEd25519SignatureBytes) {
    return Fail(ErrorKind::kInvalid, "an Ed25519 signature has 64 bytes");
  }
  return std::string(value);
}

base::Result<std::string> P256Signature(std::string_view value) {
  SshReader reader(value);
  const base::Result<std::string_view> r = reader.ReadPositive();
  if (!r) return tl::unexpected(r.error());
  const base::Result<std::string_view> s = reader.ReadPositive();
  if (!s) return tl::unexpected(s.error());
  if (const base::Status end = reader.ExpectEnd(); !end) return tl::unexpected(end.error());
  return EcdsaDer(*r, *s);
}

// The signature in the form SignatureVerifier expects. Its type has to be the key's.
base::Result<std::string> ReadSignature(SignatureAlgorithm algorithm, std::string_view blob) {
  SshReader reader(blob);
  const base::Result<std::string_view> type = reader.ReadString();
  if (!type) return tl::unexpected(type.error());
  const base::Result<std::string_view> value = reader.ReadString();
  if (!value) return tl::unexpected(value.error());
  if (const base::Status end = reader.ExpectEnd(); !end) return tl::unexpected(end.error());
  if (algorithm == SignatureAlgorithm::kEd25519 && *type == "ssh-ed25519") {
    return Ed25519Signature(*value);
  }
  if (algorithm == SignatureAlgorithm::kEcdsaP256Sha256 && *type == "ecdsa-sha2-nistp256") {
    return P256Signature(*value);
  }
  return Fail(ErrorKind::kInvalid, "the signature type " + base::Quote(*type) +
                                       " does not go with a key for " +
                                       std::string(ToString(algorithm)));
}

std::string Hash(SshHash hash, std::string_view message) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
  std::array<unsigned char, SHA512_DIGEST_LENGTH> digest{};
  if (hash == SshHash::kSha256) {
    SHA256(bytes, message.size(), digest.data());
    return {reinterpret_cast<const char*>(digest.data()), SHA256_DIGEST_LENGTH};
  }
  SHA512(bytes, message.size(), digest.data());
  return {reinterpret_cast<const char*>(digest.data()), SHA512_DIGEST_LENGTH};
}

}  // namespace

base::Result<SshSignature> ParseSshSignature(std::string_view armored) {
  if (armored.size() > kMaxArmoredBytes) {
    return Fail(ErrorKind::kExhausted,
                "an OpenSSH signature has at most " + std::to_string(kMaxArmoredBytes) + " bytes");
  }
  const base::Result<std::string> base64 = Dearmor(armored);
  if (!base64) return tl::unexpected(base64.error());
  const base::Result<std::string> blob = base::Base64Decode(*base64);
  if (!blob) return BadArmor();
  const base::Result<Fields> fields = SplitBlob(*blob);
  if (!fields) return tl::unexpected(fields.error());
  if (const base::Status framing = CheckFraming(*fields); !framing) {
    return tl::unexpected(framing.error());
  }
  const std::optional<SshHash> hash = HashNamed(fields->hash);
  if (!hash) {
    return Fail(ErrorKind::kUnsupported,
                "the hash " + base::Quote(fields->hash) + " is neither sha256 nor sha512");
  }
  base::Result<PublicKey> key = PublicKeyFromSsh(fields->public_key);
  if (!key) return base::Wrap("the key inside the signature", std::move(key.error()));
  base::Result<std::string> signature = ReadSignature(key->algorithm, fields->signature);
  if (!signature) return tl::unexpected(signature.error());
  return SshSignature{*std::move(key), *hash, *std::move(signature)};
}

std::string SshSignedBytes(SshHash hash, std::string_view message) {
  std::string bytes(kMagic);
  AppendSshString(bytes, kSshSignatureNamespace);
  AppendSshString(bytes, "");
  AppendSshString(bytes, hash == SshHash::kSha256 ? kSha256Name : kSha512Name);
  AppendSshString(bytes, Hash(hash, message));
  return bytes;
}

base::Result<bool> VerifySshSignature(const SignatureVerifier& verifier, const PublicKey& trusted,
                                      const SshSignature& signature, std::string_view message) {
  if (signature.key.spki != trusted.spki) return false;
  return verifier.Verify(trusted, SshSignedBytes(signature.hash, message), signature.signature);
}

}  // namespace launchgate::verdict
