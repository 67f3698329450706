// When the webhook's certificates are renewed: pure rules over what a Secret
// holds, so that ten years of rotations run in a unit test.
//
// The one invariant: a leaf is served only when the authority that signed it is
// already in the caBundle that the API server trusts. Hence a new authority is
// published first ("next"), signs only after that has spread, and the old one
// stays trusted until it ends by itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/json/json.h"
#include "shell/crypto/certificates.h"

namespace launchgate::app {

struct RotationOptions {
  base::Duration authority_lifetime = std::chrono::hours(24 * 365);
  base::Duration leaf_lifetime = std::chrono::hours(24 * 30);
  // A certificate is replaced when less than this share of its life is left.
  double renew_below = 1.0 / 3;
  // After a caBundle was written, until every API server has read it.
  base::Duration propagation = std::chrono::seconds(60);
  // Certificates begin this long before they are made: clocks differ.
  base::Duration backdate = std::chrono::minutes(5);
};

// What the Secret holds.
struct CertificateSet {
  crypto::KeyPair signer;                       // Signs leaves now.
  std::optional<crypto::KeyPair> next;          // Published, will sign later.
  base::Time next_published_at = base::kNever;  // kNever: not seen in the caBundle yet.
  crypto::KeyPair leaf;
  std::string trusted_pem;  // Every authority that the caBundle must hold.
};

// To and from the `data` of a Secret (base64 values). kInvalid when anything is
// missing or unreadable; the set is then made anew.
json::Json ToSecretData(const CertificateSet& set);
base::Result<CertificateSet> FromSecretData(const json::Json& data);

struct RotationStep {
  // Set when the Secret has to be written.
  std::optional<CertificateSet> write;
  std::string why;  // For the log; empty when nothing is written.
  // Look again then, at the latest.
  base::Time next_look;
};

// What to do now. `set`: nothing when there is no usable Secret.
// `published_pem`: the caBundle that the webhook configuration holds now.
base::Result<RotationStep> NextRotation(std::optional<CertificateSet> set,
                                        std::string_view published_pem,
                                        const crypto::ServerNames& names, base::Time now,
                                        const RotationOptions& options);

// `published_pem` with every authority of `wanted_pem` that it lacks, without
// those that have ended. What must be written into the configuration before a
// set that wants it is served.
base::Result<std::string> MergedBundle(std::string_view published_pem, std::string_view wanted_pem,
                                       base::Time now);

}  // namespace launchgate::app
