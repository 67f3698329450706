// Values that tests of the gate start from. Every builder starts valid: what it
// builds is allowed; a test states only the difference.
//
//   const auto review = ReadyReview().With("load-test", FindingStatus::kStale).Build();
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/decision/decide.h"
#include "core/decision/facts.h"
#include "core/resources/launch_verdict.h"
#include "core/verdict/open.h"
#include "core/verdict/signature.h"
#include "core/verdict/standing.h"
#include "core/verdict/statement.h"

namespace launchgate::test_support {

// 2026-11-23T12:00:00Z, the moment at which the tests of the gate happen.
inline constexpr base::Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);
inline constexpr base::Duration kDay = std::chrono::hours(24);
inline constexpr base::Duration kMillisecond = std::chrono::milliseconds(1);

// "v1:sha256:…" of any text; one template per text.
std::string TemplateHash(std::string_view of = "gift-cards:1.4.0");

struct Signer {
  std::string identity;
  std::string role;
};
// The people of DefaultAuthority(). Two roles must say Go: sre and product.
inline const Signer kAlice{"alice@example.com", "sre"};
inline const Signer kCarol{"carol@example.com", "sre"};
inline const Signer kBob{"bob@example.com", "product"};
inline const Signer kDave{"dave@example.com", "incident"};  // Break-glass.

// Signatures without cryptography: a digest over key and message. Thread-safe.
class FakeSignatures : public verdict::SignatureVerifier {
 public:
  static std::string Sign(const verdict::PublicKey& key, std::string_view message);
  base::Result<bool> Verify(const verdict::PublicKey& key, std::string_view message,
                            std::string_view signature) const override;
};

// The key pair of a signer; the same one for the same `seed`.
verdict::PublicKey KeyOf(const Signer& signer, std::string_view seed = "");
verdict::TrustedKey TrustedKeyOf(const Signer& signer, std::string_view seed = "");

// "platform": sre (1) and product (1), incident (1, break-glass), verdicts live
// at most 90 days; keys of the four people above.
class AuthorityBuilder {
 public:
  AuthorityBuilder();
  AuthorityBuilder& Role(std::string name, int threshold,
                         bool break_glass = false);  // Or changes it.
  AuthorityBuilder& AttestationRole(std::string name);
  AuthorityBuilder& WithoutRoles();
  AuthorityBuilder& Key(verdict::TrustedKey key);
  AuthorityBuilder& Revoke(const Signer& signer);
  AuthorityBuilder& KeyTimes(const Signer& signer, base::Time not_before, base::Time not_after);
  AuthorityBuilder& MaxLifetime(base::Duration lifetime);
  verdict::TrustedAuthority Build() const { return authority_; }

 private:
  verdict::TrustedAuthority authority_;
};

// What the review shop/gift-cards of ReadyReview() expects verdicts to be about.
verdict::Subject ReadySubject();

// A statement about ReadySubject(), issued a day before kNow, with sequence 1;
// a Go or NoGo lives 30 days, a BreakGlass for TemplateHash() is two hours old
// and lives a day.
class StatementBuilder {
 public:
  StatementBuilder(verdict::Answer answer, const Signer& signer);
  StatementBuilder& Sequence(std::int64_t sequence);
  StatementBuilder& Issued(base::Time time);
  StatementBuilder& Until(base::Time time);
  StatementBuilder& Template(std::string hash);
  StatementBuilder& For(verdict::Subject subject);
  StatementBuilder& Promise(std::string item, base::Time due);
  StatementBuilder& Reason(std::string reason);
  // Signs with other keys than the signer's own.
  StatementBuilder& SignedWith(std::vector<verdict::PublicKey> keys);

  const verdict::Statement& Build() const { return statement_; }
  // As it is stored: a DSSE envelope. The name follows from signer and sequence.
  resources::LaunchVerdict Stored() const;

 private:
  verdict::Statement statement_;
  std::vector<verdict::PublicKey> keys_;
};

StatementBuilder GoBy(const Signer& signer);
StatementBuilder NoGoBy(const Signer& signer);
StatementBuilder BreakGlassBy(const Signer& signer);

// A DSSE envelope with fake signatures over any bytes and any type.
std::string FakeEnvelope(std::string_view payload_type, std::string_view payload,
                         const std::vector<verdict::PublicKey>& keys);

evidence::Finding Passing();  // Until a week after kNow.
evidence::Finding WithStatus(evidence::FindingStatus status);

// The review shop/gift-cards of Deployment gift-cards: the Blocker items
// load-test and runbook and the Minor item dashboard all pass, Alice and Bob
// said Go.
class ReviewBuilder {
 public:
  ReviewBuilder();
  ReviewBuilder& Named(std::string name);
  ReviewBuilder& With(std::string_view item, evidence::FindingStatus status);
  ReviewBuilder& With(std::string_view item, std::optional<evidence::Finding> finding);
  ReviewBuilder& Without(std::string_view item);  // Without evidence for it.
  ReviewBuilder& Item(std::string id, resources::Severity severity,
                      std::optional<evidence::Finding> finding);
  ReviewBuilder& Unsigned();
  ReviewBuilder& Signed(const StatementBuilder& statement);
  ReviewBuilder& Authority(const AuthorityBuilder& authority);
  ReviewBuilder& Expecting(verdict::Subject subject);  // What the cluster has now.
  ReviewBuilder& Frozen(budget::FreezeCause cause, base::Time until = base::kNever);
  ReviewBuilder& Problem(std::string problem);
  ReviewBuilder& Approved(std::string template_hash);
  ReviewBuilder& Live(std::string template_hash);
  ReviewBuilder& Owner(std::string team, std::string contact);

  std::shared_ptr<const decision::ReviewFacts> Build() const;
  decision::TargetFacts Target() const { return {{Build()}}; }

 private:
  decision::ReviewFacts facts_;
  verdict::TrustedAuthority authority_;
  verdict::Subject expected_;
  std::vector<resources::LaunchVerdict> verdicts_;
};
ReviewBuilder ReadyReview();

inline decision::Health Healthy() { return {true, "", true}; }

// A rollout of `template_hash` to deployment/gift-cards in shop.
decision::Change Rollout(std::string template_hash = TemplateHash());

}  // namespace launchgate::test_support
