// The signed bytes of a verdict: whatever parses holds the rules of a
// statement, and what we write of it parses to the same statement. Signed by a
// trusted person, the same bytes are believed only as that person's word.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>
#include <vector>

#include "core/verdict/dsse.h"
#include "core/verdict/open.h"
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
  return 0;
}
