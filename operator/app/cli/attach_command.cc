// launchgate attach: stores what was signed with the signer's own tool, a verdict or
// a sign-off of a budget's monthly review.
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
#include "app/cli/review_session.h"
#include "app/cli/signing.h"
#include "core/base/bytes.h"
#include "core/verdict/dsse.h"
#include "shell/clock/clock.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct AttachFlags {
  ClusterFlags cluster;
  std::string statement;
  std::string signature;
  std::string ssh_signature;
  bool dry_run = false;
};

int Fail(Streams& streams, const base::Error& error) {
  streams.err << "launchgate attach: " << error.message << "\n";
  return kExitUsage;
}

// Signatures come raw (openssl) or in base64 (cosign).
std::string DecodedSignature(const std::string& text) {
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  const auto decoded =
      base::Base64Decode(std::string_view(text).substr(0, end == std::string::npos ? 0 : end + 1));
  return decoded && !decoded->empty() ? *decoded : text;
}

// A signature as it goes into an object: one of the two forms.
struct Attached {
  std::string envelope;
  std::string armored;
};

base::Result<Attached> ReadAttached(const AttachFlags& flags, const std::string& bytes,
                                    Streams& streams) {
  if (!flags.ssh_signature.empty()) {
    auto armored = ReadInput(flags.ssh_signature, streams.in);
    if (!armored) return tl::unexpected(armored.error());
    return Attached{"", *std::move(armored)};
  }
  const auto signature = ReadInput(flags.signature, streams.in);
  if (!signature) return tl::unexpected(signature.error());
  verdict::Envelope envelope;
  envelope.payload_type = verdict::kInTotoPayloadType;
  envelope.payload = bytes;
  envelope.signatures.push_back({"", DecodedSignature(*signature)});
  auto text = verdict::SerializeEnvelope(envelope);
  if (!text) return tl::unexpected(text.error());
  return Attached{*std::move(text), ""};
}

int AttachSignOff(const AttachFlags& flags, const verdict::SignOff& sign_off,
                  const std::string& bytes, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  const auto month = resources::ParseMonth(sign_off.subject.month);
  const auto opened = OpenBudgetReview(
      flags.cluster, resources::BudgetReviewName(sign_off.subject.budget, *month), signatures);
  if (!opened) return Fail(streams, opened.error());
  const auto attached = ReadAttached(flags, bytes, streams);
  if (!attached) return Fail(streams, attached.error());
  const json::Json entry = attached->envelope.empty()
                               ? SignOffWithSshSignature(bytes, attached->armored)
                               : SignOffWithEnvelope(attached->envelope);
  return SubmitSignOff(*opened, entry, flags.dry_run, clock::SystemClock().Now(), streams.out,
                       streams.err);
}

int RunAttach(const AttachFlags& flags, Streams& streams) {
  if (flags.signature.empty() == flags.ssh_signature.empty()) {
    return Fail(streams,
                {base::ErrorKind::kInvalid, "give one of --signature and --ssh-signature"});
  }
  const auto bytes = ReadInput(flags.statement, streams.in);
  if (!bytes) return Fail(streams, bytes.error());
  if (const auto sign_off = verdict::ParseSignOff(*bytes)) {
    return AttachSignOff(flags, *sign_off, *bytes, streams);
  }
  const auto statement = verdict::ParseStatement(*bytes);
  if (!statement) return Fail(streams, statement.error());
  const crypto::OpenSslSignatures signatures;
  auto opened = OpenReview(flags.cluster, statement->subject.review_name, signatures);
  if (!opened) return Fail(streams, opened.error());
  const auto attached = ReadAttached(flags, *bytes, streams);
  if (!attached) return Fail(streams, attached.error());
  const json::Json verdict = attached->envelope.empty()
                                 ? VerdictWithSshSignature(*statement, *bytes, attached->armored)
                                 : VerdictWithEnvelope(*statement, attached->envelope);
  return Submit(*opened->session, opened->world, opened->review->object, verdict, flags.dry_run,
                streams.out, streams.err);
}

}  // namespace

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
  command->add_flag("--dry-run", flags->dry_run,
                    "Print what would be stored instead of storing it");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunAttach(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
