#include "tests/support/builders.h"

#include <algorithm>
#include <utility>

#include "core/base/bytes.h"
#include "core/verdict/dsse.h"

namespace launchgate::test_support {

using evidence::Finding;
using evidence::FindingStatus;
using verdict::Answer;

std::string TemplateHash(std::string_view of) {
  return std::string(verdict::kTemplateHashPrefix) + base::Sha256Hex(of);
}

std::string FakeSignatures::Sign(const verdict::PublicKey& key, std::string_view message) {
  return base::Sha256Hex(key.spki + '\0' + std::string(message));
}

base::Result<bool> FakeSignatures::Verify(const verdict::PublicKey& key, std::string_view message,
                                          std::string_view signature) const {
  return signature == Sign(key, message);
}

verdict::PublicKey KeyOf(const Signer& signer, std::string_view seed) {
  verdict::PublicKey key;
  key.spki = "key of " + signer.identity + " as " + signer.role + std::string(seed);
  const auto digest = base::Sha256(key.spki);
  std::string text = base::Base64Encode(std::string(digest.begin(), digest.end()));
  text.resize(text.find('='));
  key.fingerprint = "SHA256:" + text;
  return key;
}

verdict::TrustedKey TrustedKeyOf(const Signer& signer, std::string_view seed) {
  verdict::TrustedKey key;
  key.record.id = signer.identity + "/" + signer.role + std::string(seed);
  key.record.identity = signer.identity;
  key.record.role = signer.role;
  key.record.public_key = "-----BEGIN PUBLIC KEY-----";
  key.key = KeyOf(signer, seed);
  return key;
}

AuthorityBuilder::AuthorityBuilder() {
  authority_.name = "platform";
  authority_.roles = {{"sre", 1, false}, {"product", 1, false}, {"incident", 1, true}};
  authority_.max_verdict_lifetime = 90 * kDay;
  for (const Signer& signer : {kAlice, kCarol, kBob, kDave}) Key(TrustedKeyOf(signer));
}

AuthorityBuilder& AuthorityBuilder::Role(std::string name, int threshold, bool break_glass) {
  std::erase_if(authority_.roles, [&](const auto& role) { return role.name == name; });
  authority_.roles.push_back({std::move(name), threshold, break_glass});
  return *this;
}

AuthorityBuilder& AuthorityBuilder::AttestationRole(std::string name) {
  Role(std::move(name), 1);
  authority_.roles.back().attestations = true;
  return *this;
}

AuthorityBuilder& AuthorityBuilder::WithoutRoles() {
  authority_.roles.clear();
  return *this;
}

AuthorityBuilder& AuthorityBuilder::Key(verdict::TrustedKey key) {
  authority_.keys.push_back(std::move(key));
  return *this;
}

AuthorityBuilder& AuthorityBuilder::Revoke(const Signer& signer) {
  for (verdict::TrustedKey& key : authority_.keys) {
    if (key.key.spki == KeyOf(signer).spki) key.record.revoked = true;
  }
  return *this;
}

AuthorityBuilder& AuthorityBuilder::KeyTimes(const Signer& signer, base::Time not_before,
                                             base::Time not_after) {
  for (verdict::TrustedKey& key : authority_.keys) {
    if (key.key.spki != KeyOf(signer).spki) continue;
    key.record.not_before = not_before;
    key.record.not_after = not_after;
  }
  return *this;
}

AuthorityBuilder& AuthorityBuilder::MaxLifetime(base::Duration lifetime) {
  authority_.max_verdict_lifetime = lifetime;
  return *this;
}

verdict::Subject ReadySubject() {
  verdict::Subject subject;
  subject.cluster_id = "5d2a1c8e-8f4e-4f0a-9a55-6f6f3d1d0c11";
  subject.review_ns = "shop";
  subject.review_name = "gift-cards";
  subject.review_uid = "0b8f3a52-52f0-4a57-8a0e-0e7f5a3f9f10";
  subject.review_digest = base::Sha256Hex("spec of the review");
  subject.checklist = "production-readiness";
  subject.checklist_digest = base::Sha256Hex("spec of the checklist");
  subject.target = {resources::TargetKind::kDeployment, "shop", "gift-cards"};
  return subject;
}

StatementBuilder::StatementBuilder(Answer answer, const Signer& signer) {
  const bool break_glass = answer == Answer::kBreakGlass;
  statement_.answer = answer;
  statement_.subject = ReadySubject();
  statement_.identity = signer.identity;
  statement_.role = signer.role;
  statement_.sequence = 1;
  statement_.issued_at = kNow - (break_glass ? base::Duration(std::chrono::hours(2)) : kDay);
  statement_.not_after = statement_.issued_at + (break_glass ? 1 : 30) * kDay;
  statement_.findings = {{"load-test", "Pass", "ThresholdsHeld"}};
  if (answer != Answer::kGo) statement_.reason = "the restore drill was never run";
  if (break_glass) {
    statement_.template_hash = TemplateHash();
    statement_.ticket = "INC-4711";
    statement_.override_class = verdict::kClassP0;
  }
  keys_ = {KeyOf(signer)};
}

StatementBuilder& StatementBuilder::Sequence(std::int64_t sequence) {
  statement_.sequence = sequence;
  return *this;
}

StatementBuilder& StatementBuilder::Issued(base::Time time) {
  statement_.issued_at = time;
  return *this;
}

StatementBuilder& StatementBuilder::Until(base::Time time) {
  statement_.not_after = time;
  return *this;
}

StatementBuilder& StatementBuilder::Template(std::string hash) {
  statement_.template_hash = std::move(hash);
  return *this;
}

StatementBuilder& StatementBuilder::For(verdict::Subject subject) {
  statement_.subject = std::move(subject);
  return *this;
}

StatementBuilder& StatementBuilder::Promise(std::string item, base::Time due) {
  statement_.conditions.push_back({"run it again", std::move(item), "erin@example.com", due});
  return *this;
}

StatementBuilder& StatementBuilder::Reason(std::string reason) {
  statement_.reason = std::move(reason);
  return *this;
}

StatementBuilder& StatementBuilder::SignedWith(std::vector<verdict::PublicKey> keys) {
  keys_ = std::move(keys);
  return *this;
}

resources::LaunchVerdict StatementBuilder::Stored() const {
  resources::LaunchVerdict stored;
  stored.meta.ns = statement_.subject.review_ns;
  stored.meta.name = statement_.subject.review_name + "-" +
                     statement_.identity.substr(0, statement_.identity.find('@')) + "-" +
                     std::to_string(statement_.sequence);
  stored.review = statement_.subject.review_name;
  stored.envelope = FakeEnvelope(verdict::kInTotoPayloadType, Serialize(statement_), keys_);
  return stored;
}

StatementBuilder GoBy(const Signer& signer) { return {Answer::kGo, signer}; }
StatementBuilder NoGoBy(const Signer& signer) { return {Answer::kNoGo, signer}; }
StatementBuilder BreakGlassBy(const Signer& signer) { return {Answer::kBreakGlass, signer}; }

std::string FakeEnvelope(std::string_view payload_type, std::string_view payload,
                         const std::vector<verdict::PublicKey>& keys) {
  verdict::Envelope envelope;
  envelope.payload_type = payload_type;
  envelope.payload = payload;
  for (const verdict::PublicKey& key : keys) {
    envelope.signatures.push_back(
        {key.fingerprint, FakeSignatures::Sign(key, verdict::Pae(payload_type, payload))});
  }
  return verdict::SerializeEnvelope(envelope).value();
}

Finding WithStatus(FindingStatus status) {
  Finding finding;
  finding.status = status;
  finding.reason = std::string(ToString(status));
  if (status == FindingStatus::kFail) finding.message = "p95 is 812ms, at most 250ms is allowed";
  if (status == FindingStatus::kStale) finding.message = "is 41d old, at most 30d is allowed";
  if (status == FindingStatus::kUnknown) finding.message = "the ConfigMap could not be read";
  finding.valid_until = kNow + 7 * kDay;
  return finding;
}

Finding Passing() { return WithStatus(FindingStatus::kPass); }

ReviewBuilder::ReviewBuilder() : authority_(AuthorityBuilder().Build()), expected_(ReadySubject()) {
  facts_.ns = "shop";
  facts_.name = "gift-cards";
  facts_.target = expected_.target;
  facts_.team = "payments";
  facts_.contact = "#payments-oncall";
  Item("load-test", resources::Severity::kBlocker, Passing());
  Item("runbook", resources::Severity::kBlocker, Passing());
  Item("dashboard", resources::Severity::kMinor, Passing());
  Signed(GoBy(kAlice));
  Signed(GoBy(kBob));
}

ReviewBuilder& ReviewBuilder::Named(std::string name) {
  facts_.name = std::move(name);
  return *this;
}

ReviewBuilder& ReviewBuilder::With(std::string_view item, FindingStatus status) {
  return With(item, std::optional<Finding>(WithStatus(status)));
}

ReviewBuilder& ReviewBuilder::With(std::string_view item, std::optional<Finding> finding) {
  std::find_if(facts_.items.begin(), facts_.items.end(), [&](const auto& facts) {
    return facts.id == item;
  })->finding = std::move(finding);
  return *this;
}

ReviewBuilder& ReviewBuilder::Without(std::string_view item) {
  return With(item, std::optional<Finding>());
}

ReviewBuilder& ReviewBuilder::Item(std::string id, resources::Severity severity,
                                   std::optional<Finding> finding) {
  facts_.items.push_back({std::move(id), severity, std::move(finding)});
  return *this;
}

ReviewBuilder& ReviewBuilder::Unsigned() {
  verdicts_.clear();
  return *this;
}

ReviewBuilder& ReviewBuilder::Signed(const StatementBuilder& statement) {
  verdicts_.push_back(statement.Stored());
  return *this;
}

ReviewBuilder& ReviewBuilder::Authority(const AuthorityBuilder& authority) {
  authority_ = authority.Build();
  return *this;
}

ReviewBuilder& ReviewBuilder::Expecting(verdict::Subject subject) {
  expected_ = std::move(subject);
  return *this;
}

ReviewBuilder& ReviewBuilder::Frozen(budget::FreezeCause cause, base::Time until) {
  facts_.freezes.push_back(
      {cause, "shop/gift-cards", "the budget of 28 days is spent (131 %)", kNow - kDay, until});
  return *this;
}

ReviewBuilder& ReviewBuilder::Problem(std::string problem) {
  facts_.problems.push_back(std::move(problem));
  return *this;
}

ReviewBuilder& ReviewBuilder::Approved(std::string template_hash) {
  facts_.approved_revisions.push_back(std::move(template_hash));
  return *this;
}

ReviewBuilder& ReviewBuilder::Live(std::string template_hash) {
  facts_.live_template_hash = std::move(template_hash);
  return *this;
}

ReviewBuilder& ReviewBuilder::Owner(std::string team, std::string contact) {
  facts_.team = std::move(team);
  facts_.contact = std::move(contact);
  return *this;
}

std::shared_ptr<const decision::ReviewFacts> ReviewBuilder::Build() const {
  auto facts = std::make_shared<decision::ReviewFacts>(facts_);
  facts->verdicts = verdict::BuildBook(verdicts_, authority_, expected_, {}, FakeSignatures(),
                                       verdict::Origin::kCluster);
  return facts;
}

ReviewBuilder ReadyReview() { return {}; }

decision::Change Rollout(std::string template_hash) {
  decision::Change change;
  change.ns = "shop";
  change.kind = "Deployment";
  change.name = "gift-cards";
  change.target = resources::TargetRef{resources::TargetKind::kDeployment, "shop", "gift-cards"};
  change.launch = true;
  change.what = "changes the pod template";
  change.template_hash = std::move(template_hash);
  return change;
}

}  // namespace launchgate::test_support
