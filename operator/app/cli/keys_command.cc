// launchgate keys generate | fingerprint
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
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

struct GenerateFlags {
  std::string out;
  std::string type = "ed25519";
  std::string output = "text";
};

struct FingerprintFlags {
  std::string file;
  std::string passphrase_file;
  std::string output = "text";
};

int Fail(Streams& streams, const base::Error& error) {
  streams.err << "launchgate keys: " << error.message << "\n";
  return kExitUsage;
}

nlohmann::json Describe(const verdict::PublicKey& key) {
  return {{"algorithm", verdict::ToString(key.algorithm)},
          {"fingerprint", key.fingerprint},
          {"publicKey", crypto::PublicKeyPem(key)}};
}

int RunGenerate(const GenerateFlags& flags, Streams& streams) {
  const auto algorithm = flags.type == "ecdsa" ? verdict::SignatureAlgorithm::kEcdsaP256Sha256
                                               : verdict::SignatureAlgorithm::kEd25519;
  const auto key = crypto::PrivateKey::Generate(algorithm);
  if (!key) return Fail(streams, key.error());
  const auto pem = key->ToPem();
  if (!pem) return Fail(streams, pem.error());
  const std::string private_file = flags.out + ".pem";
  const std::string public_file = flags.out + ".pub.pem";
  const std::string public_pem = crypto::PublicKeyPem(key->public_key());
  const auto wrote_private = WriteNewFile(private_file, pem->Reveal(), FileMode::kPrivate);
  if (!wrote_private) return Fail(streams, wrote_private.error());
  const auto wrote_public = WriteNewFile(public_file, public_pem, FileMode::kPublic);
  if (!wrote_public) return Fail(streams, wrote_public.error());
  if (flags.output == "json") {
    auto json = Describe(key->public_key());
    json["privateKeyFile"] = private_file;
    json["publicKeyFile"] = public_file;
    streams.out << json.dump(2) << "\n";
    return kExitAllow;
  }
  streams.out << fmt::format(
      "{}\n{}   keep it to yourself; it never belongs into a cluster\n{}   give it to the owner "
      "of your LaunchAuthority\n",
      key->public_key().fingerprint, private_file, public_file);
  return kExitAllow;
}

int RunFingerprint(const FingerprintFlags& flags, Streams& streams) {
  const auto text = ReadInput(flags.file, streams.in);
  if (!text) return Fail(streams, text.error());
  auto key = crypto::ReadPublicKey(*text);
  if (!key) {
    const auto private_key =
        crypto::PrivateKey::FromPem(*text, PassphraseFrom(flags.passphrase_file, streams));
    // The first complaint is about the kind of file people mean most often.
    if (!private_key) return Fail(streams, key.error());
    key = private_key->public_key();
  }
  if (flags.output == "json") {
    streams.out << Describe(*key).dump(2) << "\n";
  } else {
    streams.out << key->fingerprint << "\n";
  }
  return kExitAllow;
}

}  // namespace

void AddKeys(CLI::App& parser, Run& run) {
  CLI::App* keys = parser.add_subcommand("keys", "Make signing keys and look at them");
  keys->require_subcommand(1);

  auto generate_flags = std::make_shared<GenerateFlags>();
  CLI::App* generate = keys->add_subcommand("generate", "Make a key pair");
  generate->add_option("--out", generate_flags->out, "Writes OUT.pem (mode 0600) and OUT.pub.pem")
      ->required();
  generate->add_option("--type", generate_flags->type, "ed25519 or ecdsa (P-256)")
      ->check(CLI::IsMember({"ed25519", "ecdsa"}));
  generate->add_option("-o,--output", generate_flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  generate->footer("Example:\n  launchgate keys generate --out alice");
  generate->callback([generate_flags, &run] {
    run = [generate_flags](Streams& streams) { return RunGenerate(*generate_flags, streams); };
  });

  auto fingerprint_flags = std::make_shared<FingerprintFlags>();
  CLI::App* fingerprint =
      keys->add_subcommand("fingerprint", "Print a key's fingerprint as ssh-keygen -l does");
  fingerprint->add_option("file", fingerprint_flags->file, "Public or private key (- for stdin)")
      ->required();
  fingerprint->add_option("--passphrase-file", fingerprint_flags->passphrase_file,
                          "Passphrase of an encrypted private key");
  fingerprint->add_option("-o,--output", fingerprint_flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  fingerprint->callback([fingerprint_flags, &run] {
    run = [fingerprint_flags](Streams& streams) {
      return RunFingerprint(*fingerprint_flags, streams);
    };
  });
}

}  // namespace launchgate::app::cli
