// The signed bytes of a verdict or of a sign-off: whatever parses holds the rules
// of a statement, what we write of it parses to the same statement, and nothing is
// both. Signed by a trusted person, the same bytes are believed only as that
// person's word.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>
#include <vector>

#include "core/verdict/budget_sign_off.h"
#include "core/verdict/dsse.h"
#include "core/verdict/open.h"
#include "core/verdict/sign_off_standing.h"
#include "core/verdict/statement.h"
#include "tests/support/builders.h"

namespace {

using launchgate::test_support::AuthorityBuilder;
using launchgate::test_support::FakeEnvelope;
using launchgate::test_support::FakeSignatures;
using launchgate::test_support::kAlice;
using launchgate::test_support::KeyOf;
using launchgate::verdict::Answer;
using launchgate::verdict::kInTotoPayloadType;
using launchgate::verdict::ParseStatement;
using launchgate::verdict::Statement;
using launchgate::verdict::TrustedAuthority;
using launchgate::verdict::VerifiedStatement;

void CheckParsing(std::string_view bytes) {
  const auto statement = ParseStatement(bytes);
  if (!statement) return;
  if (!Validate(*statement)) std::abort();
  const auto again = ParseStatement(Serialize(*statement));
  if (!again || *again != *statement) std::abort();
}

void CheckSignOff(std::string_view bytes) {
  const auto sign_off = launchgate::verdict::ParseSignOff(bytes);
  if (!sign_off) return;
  if (!Validate(*sign_off) || ParseStatement(bytes)) std::abort();
  const auto again = launchgate::verdict::ParseSignOff(Serialize(*sign_off));
  if (!again || *again != *sign_off) std::abort();
}

void CheckOpeningSignOff(std::string_view bytes) {
  static const TrustedAuthority authority = AuthorityBuilder().Build();
  launchgate::resources::SignedDocument stored;
  stored.envelope = FakeEnvelope(kInTotoPayloadType, bytes, {KeyOf(kAlice)});
  const auto opened = OpenSignOff(stored, authority, FakeSignatures());
  const auto* believed = std::get_if<launchgate::verdict::VerifiedSignOff>(&opened);
  if (believed == nullptr) return;
  if (believed->sign_off().identity != kAlice.identity) std::abort();
  if (believed->sign_off().role != kAlice.role) std::abort();
}

void CheckOpening(std::string_view bytes) {
  static const TrustedAuthority authority = AuthorityBuilder().Build();
  launchgate::resources::LaunchVerdict stored;
  stored.envelope = FakeEnvelope(kInTotoPayloadType, bytes, {KeyOf(kAlice)});
  const auto opened = Open(stored, authority, FakeSignatures());
  const auto* believed = std::get_if<std::vector<VerifiedStatement>>(&opened);
  if (believed == nullptr) return;
  if (believed->size() != 1) std::abort();
  const Statement& statement = believed->front().statement();
  if (statement.identity != kAlice.identity || statement.role != kAlice.role) std::abort();
  if (statement.answer == Answer::kBreakGlass) std::abort();
  if (statement.not_after - statement.issued_at > authority.max_verdict_lifetime) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // An envelope has to hold it in base64.
  if (size > launchgate::verdict::kMaxEnvelopeBytes / 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CheckParsing(bytes);
  CheckOpening(bytes);
  CheckSignOff(bytes);
  CheckOpeningSignOff(bytes);
  return 0;
}
