// launchgate sign, statement, attach: three ways to one signed verdict.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>

#include "app/cli/command.h"
#include "app/cli/files.h"
#include "app/cli/passphrase.h"
#include "app/cli/signing.h"
#include "core/base/bytes.h"
#include "core/verdict/dsse.h"
#include "shell/clock/clock.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct SignFlags {
  ClusterFlags cluster;
  StatementFlags statement;
  std::string key;
  std::string passphrase_file;
  bool dry_run = false;
};

struct StatementOnlyFlags {
  ClusterFlags cluster;
  StatementFlags statement;
  std::string key_id;
  bool pae = false;
};

struct AttachFlags {
  ClusterFlags cluster;
  std::string statement;
  std::string signature;
  std::string ssh_signature;
  bool dry_run = false;
};

int Fail(Streams& streams, std::string_view command, const base::Error& error) {
  streams.err << fmt::format("launchgate {}: {}\n", command, error.message);
  return kExitUsage;
}

// What every one of the three needs from the cluster.
struct Opened {
  std::unique_ptr<Session> session;
  World world;
  const World::Loaded<resources::LaunchReview>* review = nullptr;
};

base::Result<Opened> OpenReview(const ClusterFlags& flags, const std::string& name,
                                const verdict::PublicKeyReader& reader) {
  auto session = Session::Open(flags);
  if (!session) return tl::unexpected(session.error());
  auto world = (*session)->ReadWorld(reader);
  if (!world) return tl::unexpected(world.error());
  Opened opened{*std::move(session), *std::move(world), nullptr};
  const auto review = FindReview(opened.world, opened.session->ns(), name);
  if (!review) return tl::unexpected(review.error());
  opened.review = *review;
  return opened;
}

base::Result<crypto::PrivateKey> ReadKey(const SignFlags& flags, Streams& streams) {
  auto pem = ReadInput(flags.key, streams.in);
  if (!pem) return tl::unexpected(pem.error());
  const crypto::Secret text(std::move(*pem));
  return crypto::PrivateKey::FromPem(text.Reveal(), PassphraseFrom(flags.passphrase_file, streams));
}

int RunSign(const SignFlags& flags, Streams& streams) {
  const auto key = ReadKey(flags, streams);
  if (!key) return Fail(streams, "sign", key.error());
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

  const auto signature = key->Sign(verdict::Pae(verdict::kInTotoPayloadType, draft->bytes));
  if (!signature) return Fail(streams, "sign", signature.error());
  verdict::Envelope envelope;
  envelope.payload_type = verdict::kInTotoPayloadType;
  envelope.payload = draft->bytes;
  envelope.signatures.push_back({key->public_key().fingerprint, *signature});
  const auto text = verdict::SerializeEnvelope(envelope);
  if (!text) return Fail(streams, "sign", text.error());
  return Submit(*opened->session, opened->world, review,
                VerdictWithEnvelope(draft->statement, *text), flags.dry_run, streams.out,
                streams.err);
}

int RunStatement(const StatementOnlyFlags& flags, Streams& streams) {
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
  // Exactly these bytes, without a newline: they are what gets signed.
  streams.out << (flags.pae ? verdict::Pae(verdict::kInTotoPayloadType, draft->bytes)
                            : draft->bytes);
  streams.out.flush();
  return kExitAllow;
}

// Signatures come raw (openssl) or in base64 (cosign).
std::string DecodedSignature(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  const auto decoded =
      base::Base64Decode(std::string_view(text).substr(0, end == std::string::npos ? 0 : end + 1));
  return decoded && !decoded->empty() ? *decoded : text;
}

base::Result<json::Json> BuildAttached(const AttachFlags& flags,
                                       const verdict::Statement& statement,
                                       const std::string& bytes, Streams& streams) {
  if (!flags.ssh_signature.empty()) {
    const auto armored = ReadInput(flags.ssh_signature, streams.in);
    if (!armored) return tl::unexpected(armored.error());
    return VerdictWithSshSignature(statement, bytes, *armored);
  }
  const auto signature = ReadInput(flags.signature, streams.in);
  if (!signature) return tl::unexpected(signature.error());
  verdict::Envelope envelope;
  envelope.payload_type = verdict::kInTotoPayloadType;
  envelope.payload = bytes;
  envelope.signatures.push_back({"", DecodedSignature(*signature)});
  const auto text = verdict::SerializeEnvelope(envelope);
  if (!text) return tl::unexpected(text.error());
  return VerdictWithEnvelope(statement, *text);
}

int RunAttach(const AttachFlags& flags, Streams& streams) {
  if (flags.signature.empty() == flags.ssh_signature.empty()) {
    return Fail(streams, "attach",
                {base::ErrorKind::kInvalid, "give one of --signature and --ssh-signature"});
  }
  const auto bytes = ReadInput(flags.statement, streams.in);
  if (!bytes) return Fail(streams, "attach", bytes.error());
  const auto statement = verdict::ParseStatement(*bytes);
  if (!statement) return Fail(streams, "attach", statement.error());
  const crypto::OpenSslSignatures signatures;
  auto opened = OpenReview(flags.cluster, statement->subject.review_name, signatures);
  if (!opened) return Fail(streams, "attach", opened.error());
  const auto verdict = BuildAttached(flags, *statement, *bytes, streams);
  if (!verdict) return Fail(streams, "attach", verdict.error());
  return Submit(*opened->session, opened->world, opened->review->object, *verdict, flags.dry_run,
                streams.out, streams.err);
}

}  // namespace

void AddSign(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<SignFlags>();
  CLI::App* command = parser.add_subcommand("sign", "Sign a verdict with a PEM key and store it");
  AddStatementFlags(*command, flags->statement);
  AddClusterFlags(*command, flags->cluster);
  command->add_option("--key", flags->key, "Private key (PEM: Ed25519, ECDSA P-256 or RSA)")
      ->required();
  command->add_option("--passphrase-file", flags->passphrase_file,
                      "Where the key's passphrase is; without it you are asked");
  command->add_flag("--dry-run", flags->dry_run, "Print the LaunchVerdict instead of storing it");
  command->footer(
      "Examples:\n"
      "  launchgate sign -n shop gift-cards --go --key alice.pem\n"
      "  launchgate sign -n shop gift-cards --no-go --reason 'pager storm' --key bob.pem\n"
      "  launchgate sign -n shop gift-cards --break-glass --class P0 --ticket INC-42 \\\n"
      "      --reason 'checkout is down' --template-from fix.yaml --valid-for 4h --key oncall.pem");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunSign(*flags, streams); }; });
}

void AddStatement(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<StatementOnlyFlags>();
  CLI::App* command = parser.add_subcommand(
      "statement", "Print the exact bytes of a verdict, to be signed with your own tool");
  AddStatementFlags(*command, flags->statement);
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

void AddAttach(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<AttachFlags>();
  CLI::App* command =
      parser.add_subcommand("attach", "Store a statement that was signed with another tool");
  AddClusterFlags(*command, flags->cluster);
  command->add_option("--statement", flags->statement, "The bytes that `statement` printed")
      ->required();
  command->add_option("--signature", flags->signature,
                      "Signature over the PAE of the statement, raw or base64");
  command->add_option("--ssh-signature", flags->ssh_signature,
                      "Armored signature of `ssh-keygen -Y sign` over the statement");
  command->add_flag("--dry-run", flags->dry_run, "Print the LaunchVerdict instead of storing it");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunAttach(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
