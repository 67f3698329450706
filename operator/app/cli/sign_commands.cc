// launchgate sign, statement: two ways to one signed verdict, or to one sign-off of
// a budget's monthly review. The third is attach_command.cc.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>

#include "app/cli/budget_signing.h"
#include "app/cli/command.h"
#include "app/cli/files.h"
#include "app/cli/passphrase.h"
#include "app/cli/review_session.h"
#include "app/cli/signing.h"
#include "core/verdict/dsse.h"
#include "shell/clock/clock.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct SignFlags {
  ClusterFlags cluster;
  StatementFlags statement;
  SignOffFlags sign_off;
  std::string key;
  std::string passphrase_file;
  bool dry_run = false;
};

struct StatementOnlyFlags {
  ClusterFlags cluster;
  StatementFlags statement;
  SignOffFlags sign_off;
  std::string key_id;
  bool pae = false;
};

int Fail(Streams& streams, std::string_view command, const base::Error& error) {
  streams.err << fmt::format("launchgate {}: {}\n", command, error.message);
  return kExitUsage;
}

// A verdict about a LaunchReview, or a sign-off of a BudgetReview: never both.
base::Status RequireOne(const StatementFlags& statement, const SignOffFlags& sign_off) {
  if (sign_off.review.empty()) {
    if (!statement.review.empty()) return {};
    return base::Fail(base::ErrorKind::kInvalid,
                      "name a LaunchReview, or a BudgetReview with --budget-review");
  }
  if (statement.review.empty() && !statement.go && !statement.no_go && !statement.break_glass) {
    return {};
  }
  return base::Fail(base::ErrorKind::kInvalid,
                    "--budget-review signs a BudgetReview off: it goes with no LaunchReview and "
                    "with none of --go, --no-go and --break-glass");
}

base::Result<crypto::PrivateKey> ReadKey(const SignFlags& flags, Streams& streams) {
  auto pem = ReadInput(flags.key, streams.in);
  if (!pem) return tl::unexpected(pem.error());
  const crypto::Secret text(std::move(*pem));
  return crypto::PrivateKey::FromPem(text.Reveal(), PassphraseFrom(flags.passphrase_file, streams));
}

base::Result<std::string> EnvelopeOf(const crypto::PrivateKey& key, const std::string& bytes) {
  const auto signature = key.Sign(verdict::Pae(verdict::kInTotoPayloadType, bytes));
  if (!signature) return tl::unexpected(signature.error());
  verdict::Envelope envelope;
  envelope.payload_type = verdict::kInTotoPayloadType;
  envelope.payload = bytes;
  envelope.signatures.push_back({key.public_key().fingerprint, *signature});
  return verdict::SerializeEnvelope(envelope);
}

int RunSignOff(const SignFlags& flags, const crypto::PrivateKey& key, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  const auto opened = OpenBudgetReview(flags.cluster, flags.sign_off.review, signatures);
  if (!opened) return Fail(streams, "sign", opened.error());
  const auto signer = FindSignerIn(opened->authority.trusted, &key.public_key(), "");
  if (!signer) return Fail(streams, "sign", signer.error());
  const base::Time now = clock::SystemClock().Now();
  const auto draft = DraftSignOff(flags.sign_off, *signer, *opened, now);
  if (!draft) return Fail(streams, "sign", draft.error());
  Summarize(*draft, *opened, streams.err);
  const auto envelope = EnvelopeOf(key, draft->bytes);
  if (!envelope) return Fail(streams, "sign", envelope.error());
  return SubmitSignOff(*opened, SignOffWithEnvelope(*envelope), flags.dry_run, now, streams.out,
                       streams.err);
}

int RunSign(const SignFlags& flags, Streams& streams) {
  if (auto one = RequireOne(flags.statement, flags.sign_off); !one) {
    return Fail(streams, "sign", one.error());
  }
  const auto key = ReadKey(flags, streams);
  if (!key) return Fail(streams, "sign", key.error());
  if (!flags.sign_off.review.empty()) return RunSignOff(flags, *key, streams);
  const crypto::OpenSslSignatures signatures;
  auto opened = OpenReview(flags.cluster, flags.statement.review, signatures);
  if (!opened) return Fail(streams, "sign", opened.error());
  const resources::LaunchReview review = opened->review->object;
  const auto signer = FindSigner(opened->world, review, &key->public_key(), "", signatures);
  if (!signer) return Fail(streams, "sign", signer.error());
  const auto reviewed = *opened->review;  // DraftStatement may add to the world.
  const auto draft = DraftStatement(flags.statement, *signer, *opened->session, opened->world,
                                    reviewed, signatures, clock::SystemClock().Now(), streams.in);
  if (!draft) return Fail(streams, "sign", draft.error());
  Summarize(*draft, streams.err);

  const auto text = EnvelopeOf(*key, draft->bytes);
  if (!text) return Fail(streams, "sign", text.error());
  return Submit(*opened->session, opened->world, review,
                VerdictWithEnvelope(draft->statement, *text), flags.dry_run, streams.out,
                streams.err);
}

// Exactly these bytes, without a newline: they are what gets signed.
int PrintBytes(const std::string& bytes, bool pae, Streams& streams) {
  streams.out << (pae ? verdict::Pae(verdict::kInTotoPayloadType, bytes) : bytes);
  streams.out.flush();
  return kExitAllow;
}

int RunSignOffStatement(const StatementOnlyFlags& flags, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  const auto opened = OpenBudgetReview(flags.cluster, flags.sign_off.review, signatures);
  if (!opened) return Fail(streams, "statement", opened.error());
  const auto signer = FindSignerIn(opened->authority.trusted, nullptr, flags.key_id);
  if (!signer) return Fail(streams, "statement", signer.error());
  const auto draft = DraftSignOff(flags.sign_off, *signer, *opened, clock::SystemClock().Now());
  if (!draft) return Fail(streams, "statement", draft.error());
  Summarize(*draft, *opened, streams.err);
  return PrintBytes(draft->bytes, flags.pae, streams);
}

int RunStatement(const StatementOnlyFlags& flags, Streams& streams) {
  if (auto one = RequireOne(flags.statement, flags.sign_off); !one) {
    return Fail(streams, "statement", one.error());
  }
  if (!flags.sign_off.review.empty()) return RunSignOffStatement(flags, streams);
  const crypto::OpenSslSignatures signatures;
  auto opened = OpenReview(flags.cluster, flags.statement.review, signatures);
  if (!opened) return Fail(streams, "statement", opened.error());
  const auto signer =
      FindSigner(opened->world, opened->review->object, nullptr, flags.key_id, signatures);
  if (!signer) return Fail(streams, "statement", signer.error());
  const auto reviewed = *opened->review;
  const auto draft = DraftStatement(flags.statement, *signer, *opened->session, opened->world,
                                    reviewed, signatures, clock::SystemClock().Now(), streams.in);
  if (!draft) return Fail(streams, "statement", draft.error());
  Summarize(*draft, streams.err);
  return PrintBytes(draft->bytes, flags.pae, streams);
}

}  // namespace

void AddSign(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<SignFlags>();
  CLI::App* command = parser.add_subcommand(
      "sign", "Sign a verdict or a budget's review with a PEM key and store it");
  AddStatementFlags(*command, flags->statement);
  AddSignOffFlags(*command, flags->sign_off);
  AddClusterFlags(*command, flags->cluster);
  command->add_option("--key", flags->key, "Private key (PEM: Ed25519, ECDSA P-256 or RSA)")
      ->required();
  command->add_option("--passphrase-file", flags->passphrase_file,
                      "Where the key's passphrase is; without it you are asked");
  command->add_flag("--dry-run", flags->dry_run,
                    "Print what would be stored instead of storing it");
  command->footer(
      "Examples:\n"
      "  launchgate sign -n shop gift-cards --go --key alice.pem\n"
      "  launchgate sign -n shop gift-cards --no-go --reason 'pager storm' --key bob.pem\n"
      "  launchgate sign -n shop gift-cards --break-glass --class P0 --ticket INC-42 \\\n"
      "      --reason 'checkout is down' --template-from fix.yaml --valid-for 4h --key oncall.pem\n"
      "  launchgate sign -n shop --budget-review gift-cards-2026-10 --key alice.pem \\\n"
      "      --action 'give payments a deadline;carol@example.com;2026-12-01T00:00:00Z'");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunSign(*flags, streams); }; });
}

void AddStatement(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<StatementOnlyFlags>();
  CLI::App* command = parser.add_subcommand(
      "statement", "Print the exact bytes of a verdict, to be signed with your own tool");
  AddStatementFlags(*command, flags->statement);
  AddSignOffFlags(*command, flags->sign_off);
  AddClusterFlags(*command, flags->cluster);
  command->add_option("--key-id", flags->key_id, "Id of your key's record in the LaunchAuthority")
      ->required();
  command->add_flag("--pae", flags->pae,
                    "Print the DSSE pre-authentication encoding, which openssl signs");
  command->footer(
      "Examples:\n"
      "  launchgate statement -n shop gift-cards --go --key-id alice >statement.json\n"
      "  ssh-keygen -Y sign -n launch-verdict@launchgate.dev -f ~/.ssh/id_ed25519 statement.json\n"
      "  launchgate attach -n shop --statement statement.json --ssh-signature statement.json.sig");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunStatement(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
