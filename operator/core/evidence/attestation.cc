#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/text.h"
#include "core/evidence/judging.h"
#include "core/evidence/verify.h"
#include "core/json/reader.h"
#include "core/verdict/dsse.h"
#include "core/verdict/statement.h"

namespace launchgate::evidence {
namespace {

using internal::Unknown;
using json::Json;
using json::Reader;
using resources::AttestationSpec;
using verdict::TrustedAuthority;
using verdict::TrustedKey;

constexpr internal::Words kWords{"the attestation", "was recorded", "AttestationVerified",
                                 "have it signed anew"};

// Every version of it has a result.
constexpr std::string_view kTestResultPrefix = "https://in-toto.io/attestation/test-result/";
constexpr std::size_t kMaxStatementSubjects = 1024;
constexpr std::size_t kMaxSubjectDigests = 32;

Finding Refused(std::string reason, std::string message) {
  Finding finding;
  finding.status = FindingStatus::kFail;
  finding.reason = std::move(reason);
  finding.message = std::move(message);
  return finding;
}

// One public key may stand in several records by mistake. Revoking one of them
// means the key.
bool IsRevoked(const TrustedKey& key, const TrustedAuthority& authority) {
  return std::ranges::any_of(authority.keys, [&](const TrustedKey& other) {
    return other.key.spki == key.key.spki && other.record.revoked;
  });
}

bool IsValidAt(const TrustedKey& key, base::Time now) {
  return now >= key.record.not_before && now < key.record.not_after;
}

struct Signers {
  std::vector<const TrustedKey*> keys;  // Made a signature over the exact bytes.
  bool unanswered = false;              // A key of the role could not be tried.
};

// What the envelope says about keys is not asked: every trusted key is tried.
Signers FindSigners(const verdict::Envelope& envelope, std::string_view role,
                    const TrustedAuthority& authority, const verdict::SignatureVerifier& verifier) {
  const std::string message = verdict::Pae(envelope.payload_type, envelope.payload);
  Signers signers;
  for (const TrustedKey& trusted : authority.keys) {
    const auto signed_by = [&](const verdict::EnvelopeSignature& signature) {
      const auto answer = verifier.Verify(trusted.key, message, signature.sig);
      signers.unanswered = signers.unanswered || (!answer && trusted.record.role == role);
      return answer.has_value() && *answer;
    };
    if (std::ranges::any_of(envelope.signatures, signed_by)) signers.keys.push_back(&trusted);
  }
  return signers;
}

// The key of the role whose word counts now, the one that counts longest of
// several; or why there is none.
std::variant<const TrustedKey*, Finding> ChooseSigner(const Signers& signers,
                                                      const AttestationSpec& spec,
                                                      const TrustedAuthority& authority,
                                                      base::Time now) {
  const TrustedKey* chosen = nullptr;
  const TrustedKey* revoked = nullptr;
  const TrustedKey* out_of_time = nullptr;
  for (const TrustedKey* key : signers.keys) {
    if (key->record.role != spec.role) continue;
    if (IsRevoked(*key, authority)) {
      revoked = key;
    } else if (!IsValidAt(*key, now)) {
      out_of_time = key;
    } else if (chosen == nullptr || key->record.not_after > chosen->record.not_after) {
      chosen = key;
    }
  }
  if (chosen != nullptr) return chosen;
  if (revoked != nullptr) {
    return Refused("KeyRevoked", fmt::format("the key {} that signed it is revoked",
                                             base::Quote(revoked->record.id)));
  }
  if (out_of_time != nullptr) {
    const resources::AuthorityKey& record = out_of_time->record;
    return Refused(
        "KeyExpired",
        fmt::format("the key {} that signed it is valid from {} until {}", base::Quote(record.id),
                    base::FormatTime(record.not_before), base::FormatTime(record.not_after)));
  }
  if (signers.unanswered) {
    return Unknown("SignatureNotChecked",
                   "a key of the role " + base::Quote(spec.role) + " cannot be used");
  }
  if (!signers.keys.empty()) {
    const resources::AuthorityKey& record = signers.keys.front()->record;
    return Refused(
        "SignerNotInRole",
        fmt::format("the key {} that signed it has the role {}, not {}", base::Quote(record.id),
                    base::Quote(record.role), base::Quote(spec.role)));
  }
  return Refused("SignatureInvalid", "no key of the authority " + base::Quote(authority.name) +
                                         " made a signature over these bytes");
}

// What a signed in-toto statement says, as far as anybody asks.
struct Content {
  std::string predicate_type;
  bool subject_found = false;
  std::string result;  // Of a test-result predicate.
  bool failed_tests = false;
};

bool ReadSubject(Reader& entry, const AttestationSpec& spec) {
  entry.RefuseUnknownFields({"name", "digest"});
  // Source commits are subjects without a name; nobody asks for those.
  const bool is_named = entry.Text("name") == spec.subject;
  Reader digest = entry.Object("digest", true);
  const std::size_t digests = digest.value().size();
  if (digests == 0 || digests > kMaxSubjectDigests) {
    entry.Complain("digest", fmt::format("must have 1 to {} digests", kMaxSubjectDigests));
  }
  for (const auto& [algorithm, value] : digest.value().items()) {
    if (!value.is_string()) digest.Complain(algorithm, "must be text");
  }
  return is_named && (spec.subject_sha256.empty() || digest.Text("sha256") == spec.subject_sha256);
}

Content ReadStatement(Reader& root, const AttestationSpec& spec) {
  root.RefuseUnknownFields({"_type", "subject", "predicateType", "predicate"});
  if (root.Text("_type") != verdict::kStatementType) {
    root.Complain("_type", "must be " + std::string(verdict::kStatementType));
  }
  Content content;
  content.predicate_type = root.RequiredText("predicateType");
  std::vector<Reader> subjects = root.ObjectList("subject", kMaxStatementSubjects);
  if (subjects.empty()) root.Complain("subject", "must have at least one subject");
  for (Reader& entry : subjects) {
    const bool found = ReadSubject(entry, spec);
    content.subject_found = content.subject_found || found;
  }
  Reader predicate = root.Object("predicate", true);
  if (!content.predicate_type.starts_with(kTestResultPrefix)) return content;
  content.result = predicate.RequiredText("result");
  if (content.result != "PASSED" && content.result != "WARNED" && content.result != "FAILED") {
    predicate.Complain("result", "must be PASSED, WARNED or FAILED");
  }
  const auto failed = predicate.value().find("failedTests");
  if (failed != predicate.value().end() && !failed->is_null()) {
    if (!failed->is_array()) predicate.Complain("failedTests", "must be a list");
    content.failed_tests = !failed->empty();
  }
  return content;
}

// What the statement lacks; it is signed, so that its words may be repeated.
std::optional<Finding> Objection(const Content& content, const AttestationSpec& spec) {
  if (content.predicate_type != spec.predicate_type) {
    return Refused("PredicateTypeOther", fmt::format("is of the predicate type {}, not {}",
                                                     base::Quote(content.predicate_type),
                                                     base::Quote(spec.predicate_type)));
  }
  if (!content.subject_found) {
    const std::string digest =
        spec.subject_sha256.empty() ? "" : " with the digest sha256:" + spec.subject_sha256;
    return Refused("SubjectOther",
                   "is not about the subject " + base::Quote(spec.subject) + digest);
  }
  if (content.result == "FAILED" || content.failed_tests) {
    return Refused("TestsFailed", "the signed test result names failed tests");
  }
  if (content.result == "WARNED") {
    return Refused("TestsWarned", "the signed test result is WARNED, not PASSED");
  }
  return std::nullopt;
}

void RecordFacts(const TrustedKey& signer, const Content& content, Finding& finding) {
  finding.facts["signer"] = base::Printable(signer.record.identity, base::kMaxQuotedBytes);
  finding.facts["key"] = base::Printable(signer.record.id, base::kMaxQuotedBytes);
  finding.facts["predicateType"] = base::Printable(content.predicate_type, base::kMaxQuotedBytes);
  if (!content.result.empty()) finding.facts["result"] = content.result;
}

// `envelope` was signed by `signer`: its bytes are parsed here, for the only time.
Finding JudgeSigned(const AttestationSpec& spec, const verdict::Envelope& envelope,
                    const TrustedKey& signer, const Document& document, base::Time now) {
  if (envelope.payload_type != verdict::kInTotoPayloadType) {
    return Unknown("Malformed",
                   fmt::format("the signed payload is of the type {}, not {}",
                               base::Quote(envelope.payload_type), verdict::kInTotoPayloadType));
  }
  const auto parsed = json::ParseStrict(envelope.payload);
  if (!parsed) return Unknown("Malformed", "the statement is not JSON: " + parsed.error().message);
  std::vector<json::Problem> problems;
  Reader root(*parsed, "statement", problems);
  const Content content = ReadStatement(root, spec);
  if (!problems.empty()) return Unknown("Malformed", json::Summarize(problems));

  Finding finding;
  if (auto objection = Objection(content, spec)) finding = *std::move(objection);
  RecordFacts(signer, content, finding);
  finding.observed_at = document.recorded_at;
  if (finding.status == FindingStatus::kFail) return finding;
  if (auto undated = internal::WhyUndated(finding.observed_at, kWords, now)) {
    undated->facts = finding.facts;
    return *std::move(undated);
  }
  internal::Conclude({}, kWords, spec.max_age, now, finding);
  // The word of a key counts no longer than the key.
  finding.valid_until = std::min(finding.valid_until, signer.record.not_after);
  return finding;
}

}  // namespace

Finding VerifyAttestation(const AttestationSpec& spec, const TrustedAuthority& authority,
                          const verdict::SignatureVerifier& verifier, const Document& document,
                          base::Time now) {
  const auto role = std::ranges::find(authority.roles, spec.role, &resources::AuthorityRole::name);
  if (role == authority.roles.end()) {
    return Unknown("RoleUnknown", fmt::format("the authority {} has no role {}",
                                              base::Quote(authority.name), base::Quote(spec.role)));
  }
  // One key has one use: who may say go is not who may say that tests passed.
  // (THREATS T52.)
  if (!role->attestations) {
    return Unknown("RoleNotForAttestations",
                   fmt::format("the role {} of the authority {} signs verdicts; name a role with "
                               "attestations: true",
                               base::Quote(spec.role), base::Quote(authority.name)));
  }
  const auto envelope = verdict::ParseEnvelope(document.body);
  if (!envelope) return Unknown("Malformed", envelope.error().message);
  const Signers signers = FindSigners(*envelope, spec.role, authority, verifier);
  const auto signer = ChooseSigner(signers, spec, authority, now);
  if (const auto* no = std::get_if<Finding>(&signer)) return *no;
  return JudgeSigned(spec, *envelope, *std::get<const TrustedKey*>(signer), document, now);
}

}  // namespace launchgate::evidence
