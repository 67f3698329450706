// Sign-offs of the review shop/gift-cards of October 2026 to start from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/resources/signed_document.h"
#include "core/verdict/budget_sign_off.h"
#include "core/verdict/dsse.h"
#include "tests/support/builders.h"

namespace launchgate::test_support {

inline verdict::SignOffSubject OctoberSubject() {
  return {"5d2a1c8e-8f4e-4f0a-9a55-6f6f3d1d0c11", "shop",    "gift-cards",
          "7e1f3f1e-41a5-4a52-9d4d-0a5d6f1c2b3a", "2026-10", base::Sha256Hex("agenda of October")};
}

// Issued a day before kNow, without actions.
class SignOffBuilder {
 public:
  explicit SignOffBuilder(const Signer& signer) : keys_{KeyOf(signer)} {
    sign_off_.subject = OctoberSubject();
    sign_off_.identity = signer.identity;
    sign_off_.role = signer.role;
    sign_off_.issued_at = kNow - kDay;
  }
  SignOffBuilder& For(verdict::SignOffSubject subject) {
    sign_off_.subject = std::move(subject);
    return *this;
  }
  SignOffBuilder& Issued(base::Time time) {
    sign_off_.issued_at = time;
    return *this;
  }
  SignOffBuilder& Action(std::string text, std::string owner, base::Time due) {
    sign_off_.actions.push_back({std::move(text), std::move(owner), due});
    return *this;
  }
  SignOffBuilder& SignedWith(std::vector<verdict::PublicKey> keys) {
    keys_ = std::move(keys);
    return *this;
  }

  const verdict::SignOff& Build() const { return sign_off_; }
  // As it is stored: a DSSE envelope.
  resources::SignedDocument Stored() const {
    resources::SignedDocument stored;
    stored.envelope =
        FakeEnvelope(verdict::kInTotoPayloadType, verdict::Serialize(sign_off_), keys_);
    return stored;
  }

 private:
  verdict::SignOff sign_off_;
  std::vector<verdict::PublicKey> keys_;
};

inline SignOffBuilder SignOffBy(const Signer& signer) { return SignOffBuilder(signer); }

}  // namespace launchgate::test_support
