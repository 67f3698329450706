#include "core/verdict/signature.h"

#include <utility>

#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/verdict/ssh_wire.h"

namespace launchgate::verdict {
namespace {

using base::ErrorKind;
using base::Fail;

constexpr std::string_view kSshEd25519 = "ssh-ed25519";
constexpr std::string_view kSshP256 = "ecdsa-sha2-nistp256";
constexpr std::string_view kSshP256Curve = "nistp256";
constexpr std::string_view kSshRsa = "ssh-rsa";
constexpr char kUncompressedPoint = 0x04;

// DER up to the key itself: SEQUENCE, AlgorithmIdentifier, BIT STRING header
// (RFC 8410 section 4 and RFC 5480 section 2). Both keys have a fixed length.
constexpr std::string_view kEd25519SpkiPrefix("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00",
                                              12);
constexpr std::string_view kP256SpkiPrefix(
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
    "\x03\x42\x00",
    26);

std::string Fingerprint(std::string_view ssh_blob) {
  const base::Sha256Digest digest = base::Sha256(ssh_blob);
  std::string text =
      base::Base64Encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
  text.erase(text.find_last_not_of('=') + 1);
  return "SHA256:" + text;
}

std::string Concatenate(std::string_view prefix, std::string_view rest) {
  std::string bytes(prefix);
  bytes.append(rest);
  return bytes;
}

// Appends one DER INTEGER. At most 33 bytes of content, so lengths take one byte.
void AppendDerInteger(std::string& out, std::string_view number) {
  const bool needs_sign_byte = (static_cast<unsigned char>(number.front()) & 0x80U) != 0;
  out.push_back(0x02);
  out.push_back(static_cast<char>(number.size() + (needs_sign_byte ? 1 : 0)));
  if (needs_sign_byte) out.push_back('\0');
  out.append(number);
}

base::Result<PublicKey> P256FromSsh(SshReader& reader) {
  const base::Result<std::string_view> curve = reader.ReadString();
  if (!curve) return tl::unexpected(curve.error());
  if (*curve != kSshP256Curve) {
    return Fail(ErrorKind::kInvalid, "an ecdsa-sha2-nistp256 key names another curve");
  }
  const base::Result<std::string_view> point = reader.ReadString();
  if (!point) return tl::unexpected(point.error());
  return P256PublicKey(*point);
}

base::Result<PublicKey> Ed25519FromSsh(SshReader& reader) {
  const base::Result<std::string_view> raw = reader.ReadString();
  if (!raw) return tl::unexpected(raw.error());
  return Ed25519PublicKey(*raw);
}

}  // namespace

std::string_view ToString(SignatureAlgorithm algorithm) {
  switch (algorithm) {
    case SignatureAlgorithm::kEd25519:
      return "Ed25519";
    case SignatureAlgorithm::kEcdsaP256Sha256:
      return "ECDSA-P256-SHA256";
    case SignatureAlgorithm::kRsaPkcs1Sha256:
      return "RSA-PKCS1-SHA256";
  }
  return "Unknown";
}

base::Result<PublicKey> Ed25519PublicKey(std::string_view raw) {
  if (raw.size() != kEd25519KeyBytes) {
    return Fail(ErrorKind::kInvalid, "an Ed25519 public key has 32 bytes");
  }
  std::string blob;
  AppendSshString(blob, kSshEd25519);
  AppendSshString(blob, raw);
  return PublicKey{SignatureAlgorithm::kEd25519, Concatenate(kEd25519SpkiPrefix, raw),
                   Fingerprint(blob)};
}

base::Result<PublicKey> P256PublicKey(std::string_view point) {
  if (point.size() != kP256PointBytes || point.front() != kUncompressedPoint) {
    return Fail(ErrorKind::kInvalid, "a P-256 public key is an uncompressed point of 65 bytes");
  }
  std::string blob;
  AppendSshString(blob, kSshP256);
  AppendSshString(blob, kSshP256Curve);
  AppendSshString(blob, point);
  return PublicKey{SignatureAlgorithm::kEcdsaP256Sha256, Concatenate(kP256SpkiPrefix, point),
                   Fingerprint(blob)};
}

PublicKey RsaPublicKey(std::string spki, std::string_view modulus, std::string_view exponent) {
  std::string blob;
  AppendSshString(blob, kSshRsa);
  AppendSshPositive(blob, exponent);
  AppendSshPositive(blob, modulus);
  return PublicKey{SignatureAlgorithm::kRsaPkcs1Sha256, std::move(spki), Fingerprint(blob)};
}

base::Result<PublicKey> PublicKeyFromSsh(std::string_view blob) {
  SshReader reader(blob);
  const base::Result<std::string_view> type = reader.ReadString();
  if (!type) return tl::unexpected(type.error());
  base::Result<PublicKey> key =
      *type == kSshEd25519 ? Ed25519FromSsh(reader)
      : *type == kSshP256  ? P256FromSsh(reader)
                           : Fail(ErrorKind::kUnsupported,
                                  "OpenSSH keys of type " + base::Quote(*type) +
                                      " are not accepted: use ssh-ed25519 or ecdsa-sha2-nistp256");
  if (!key) return key;
  if (const base::Status end = reader.ExpectEnd(); !end) return tl::unexpected(end.error());
  return key;
}

base::Result<std::string> EcdsaDer(std::string_view r, std::string_view s) {
  r = TrimLeadingZeros(r);
  s = TrimLeadingZeros(s);
  if (r.empty() || s.empty() || r.size() > kP256CoordinateBytes ||
      s.size() > kP256CoordinateBytes) {
    return Fail(ErrorKind::kInvalid, "not a P-256 signature: r or s is out of range");
  }
  std::string content;
  AppendDerInteger(content, r);
  AppendDerInteger(content, s);
  std::string der{0x30, static_cast<char>(content.size())};
  return der + content;
}

base::Result<std::string> EcdsaDerFromRaw(std::string_view raw) {
  if (raw.size() != 2 * kP256CoordinateBytes) {
    return Fail(ErrorKind::kInvalid, "a raw P-256 signature has 64 bytes");
  }
  return EcdsaDer(raw.substr(0, kP256CoordinateBytes), raw.substr(kP256CoordinateBytes));
}

}  // namespace launchgate::verdict
