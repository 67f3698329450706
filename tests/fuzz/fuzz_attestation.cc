// Attestations from anywhere. As a whole document: believed only when a key of
// the role really made a signature over it. As the payload that such a key
// signed: believed only when it says what is asked. Signed by a stranger: never
// believed, and nothing of it is repeated.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "core/evidence/verify.h"
#include "core/verdict/dsse.h"
#include "tests/support/builders.h"

namespace {

using launchgate::evidence::Document;
using launchgate::evidence::Finding;
using launchgate::evidence::FindingStatus;
using launchgate::resources::AttestationSpec;
using launchgate::verdict::EnvelopeSignature;
using launchgate::verdict::kInTotoPayloadType;
using launchgate::verdict::TrustedAuthority;
using nlohmann::json;
namespace test_support = launchgate::test_support;

constexpr std::size_t kMaxMessageBytes = 1024;  // Of a finding in a status.
constexpr const char* kTestResult = "https://in-toto.io/attestation/test-result/v0.1";

void Require(bool condition) {
  if (!condition) std::abort();
}

const AttestationSpec& Spec() {
  static const AttestationSpec spec = [] {
    AttestationSpec made;
    made.role = "sre";
    made.predicate_type = kTestResult;
    made.subject = "registry.example.com/gift-cards";
    made.max_age = std::chrono::hours(24 * 30);
    return made;
  }();
  return spec;
}

Finding Judge(const std::string& body) {
  static const TrustedAuthority authority =
      test_support::AuthorityBuilder().AttestationRole("sre").Build();
  Finding finding = VerifyAttestation(Spec(), authority, test_support::FakeSignatures(),
                                      Document{body, test_support::kNow}, test_support::kNow);
  Require(!finding.reason.empty() && finding.message.size() <= kMaxMessageBytes);
  return finding;
}

void CheckPayload(const std::string& payload) {
  const json statement = json::parse(payload);
  Require(statement.at("predicateType") == kTestResult);
  Require(statement.at("predicate").at("result") == "PASSED");
  Require(statement.size() == 4);
  const json& subjects = statement.at("subject");
  Require(std::any_of(subjects.begin(), subjects.end(),
                      [](const json& subject) { return subject.at("name") == Spec().subject; }));
}

void CheckDocument(const std::string& body) {
  const Finding finding = Judge(body);
  const auto envelope = launchgate::verdict::ParseEnvelope(body);
  bool is_signed = false;
  if (envelope) {
    const std::string bytes = launchgate::verdict::Pae(envelope->payload_type, envelope->payload);
    for (const EnvelopeSignature& signature : envelope->signatures) {
      for (const auto& signer : {test_support::kAlice, test_support::kCarol}) {
        const auto key = test_support::KeyOf(signer);
        is_signed = is_signed || signature.sig == test_support::FakeSignatures::Sign(key, bytes);
      }
    }
  }
  if (!is_signed) Require(finding.status != FindingStatus::kPass && finding.facts.empty());
  if (finding.status == FindingStatus::kPass) CheckPayload(envelope->payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An envelope has to hold it in base64.
  if (size > launchgate::verdict::kMaxEnvelopeBytes / 2) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  CheckDocument(bytes);

  const auto trusted = test_support::KeyOf(test_support::kAlice);
  const Finding believed = Judge(test_support::FakeEnvelope(kInTotoPayloadType, bytes, {trusted}));
  if (believed.status == FindingStatus::kPass) CheckPayload(bytes);

  const auto stranger = test_support::KeyOf({"mallory@example.com", "sre"});
  const Finding refused = Judge(test_support::FakeEnvelope(kInTotoPayloadType, bytes, {stranger}));
  Require(refused.reason == "SignatureInvalid" && refused.facts.empty());
  return 0;
}
