// launchgate verify, launchgate verdict export: verdicts outside the gate.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/files.h"
#include "app/cli/session.h"
#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/verdict/dsse.h"
#include "core/verdict/open.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

using json::Json;

struct VerifyFlags {
  ClusterFlags cluster;
  std::vector<std::string> files;
  std::string review;
  std::string output = "text";
};

struct ExportFlags {
  ClusterFlags cluster;
  std::vector<std::string> files;
  std::string name;
  std::string bundle;
};

int Fail(Streams& streams, std::string_view command, const base::Error& error) {
  streams.err << fmt::format("launchgate {}: {}\n", command, error.message);
  return kExitUsage;
}

// From the files, or from the cluster when there are none.
base::Result<World> Load(const std::vector<std::string>& files, const ClusterFlags& cluster,
                         const verdict::PublicKeyReader& reader, std::istream& in) {
  if (files.empty()) {
    const auto session = Session::Open(cluster);
    if (!session) return tl::unexpected(session.error());
    return (*session)->ReadWorld(reader);
  }
  World world(reader);
  for (const std::string& path : files) {
    const auto text = ReadInput(path, in);
    if (!text) return tl::unexpected(text.error());
    const auto added = world.AddText(*text, path);
    if (!added) return tl::unexpected(added.error());
  }
  return world;
}

struct Verified {
  std::string name;
  bool good = false;
  std::string reason;
  std::string message;
};

// The authority of the review that the verdict points at; among files without
// that review, the only authority there is.
const World::Loaded<resources::LaunchAuthority>* AuthorityFor(
    const World& world, const resources::LaunchVerdict& verdict) {
  for (const auto& review : world.reviews()) {
    const bool same =
        review.object.meta.name == verdict.review && review.object.meta.ns == verdict.meta.ns;
    if (same) return world.FindAuthority(review.object.authority);
  }
  return world.OnlyAuthority();
}

Verified VerifyOne(const World& world, const World::Loaded<resources::LaunchVerdict>& loaded,
                   const crypto::OpenSslSignatures& signatures) {
  Verified result;
  result.name = loaded.object.meta.Key();
  if (!loaded.problems.empty()) {
    result.reason = "Invalid";
    result.message = json::Summarize(loaded.problems);
    return result;
  }
  const auto* authority = AuthorityFor(world, loaded.object);
  if (authority == nullptr) {
    result.reason = "AuthorityMissing";
    result.message = "no LaunchAuthority is known for it";
    return result;
  }
  const verdict::TrustResult trust = verdict::Trust(authority->object, signatures);
  const auto opened = verdict::Open(loaded.object, trust.authority, signatures);
  if (const auto* rejection = std::get_if<verdict::Rejection>(&opened)) {
    result.reason = rejection->reason;
    result.message = rejection->message;
    return result;
  }
  result.good = true;
  result.reason = "SignatureVerified";
  for (const auto& verified : std::get<std::vector<verdict::VerifiedStatement>>(opened)) {
    const verdict::Statement& statement = verified.statement();
    result.message += fmt::format(
        "{}{} by {} ({}) for {}/{}, until {}, key {}", result.message.empty() ? "" : "; ",
        verdict::ToString(statement.answer), base::Quote(statement.identity), statement.role,
        statement.subject.review_ns, statement.subject.review_name,
        base::FormatTime(statement.not_after), verified.fingerprint());
  }
  return result;
}

int RunVerify(const VerifyFlags& flags, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  const auto world = Load(flags.files, flags.cluster, signatures, streams.in);
  if (!world) return Fail(streams, "verify", world.error());
  std::vector<Verified> results;
  for (const auto& verdict : world->verdicts()) {
    if (!flags.review.empty() && verdict.object.review != flags.review) continue;
    results.push_back(VerifyOne(*world, verdict, signatures));
  }
  if (flags.output == "json") {
    Json list = Json::array();
    for (const Verified& result : results) {
      list.push_back({{"name", result.name},
                      {"verified", result.good},
                      {"reason", result.reason},
                      {"message", result.message}});
    }
    streams.out << list.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    for (const Verified& result : results) {
      streams.out << fmt::format("{}  {}  {}: {}\n", result.good ? "good" : "BAD ", result.name,
                                 result.reason, base::Printable(result.message, std::size_t{1024}));
    }
  }
  if (results.empty()) {
    streams.err << "launchgate verify: there is no LaunchVerdict to verify\n";
    return kExitDeny;
  }
  return std::ranges::all_of(results, &Verified::good) ? kExitAllow : kExitDeny;
}

// Sigstore bundle v0.3: exactly one signature each (FORMATS section 2).
Json BundleOf(const verdict::Envelope& envelope, std::size_t index, const std::string& hint) {
  return {{"mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json"},
          {"verificationMaterial", {{"publicKey", {{"hint", hint}}}}},
          {"dsseEnvelope",
           {{"payloadType", envelope.payload_type},
            {"payload", base::Base64Encode(envelope.payload)},
            {"signatures",
             Json::array({{{"keyid", ""},
                           {"sig", base::Base64Encode(envelope.signatures[index].sig)}}})}}}};
}

// Which trusted key made a signature; a bundle names it by a hash of the key.
std::string HintFor(const verdict::TrustedAuthority& authority, const verdict::Envelope& envelope,
                    std::size_t index, const crypto::OpenSslSignatures& signatures) {
  const std::string pae = verdict::Pae(envelope.payload_type, envelope.payload);
  for (const verdict::TrustedKey& key : authority.keys) {
    const auto good = signatures.Verify(key.key, pae, envelope.signatures[index].sig);
    if (good && *good) return crypto::SpkiHint(key.key);
  }
  return "";
}

int WriteBundles(const ExportFlags& flags, const World& world,
                 const resources::LaunchVerdict& verdict, const verdict::Envelope& envelope,
                 const crypto::OpenSslSignatures& signatures, Streams& streams) {
  const auto* authority = AuthorityFor(world, verdict);
  if (authority == nullptr) {
    return Fail(streams, "verdict export",
                {base::ErrorKind::kNotFound, "no LaunchAuthority is known for the verdict"});
  }
  const verdict::TrustResult trust = verdict::Trust(authority->object, signatures);
  for (std::size_t i = 0; i < envelope.signatures.size(); ++i) {
    const std::string hint = HintFor(trust.authority, envelope, i, signatures);
    if (hint.empty()) continue;
    const std::string path = fmt::format("{}/{}-{}.sigstore.json", flags.bundle, flags.name, i + 1);
    const auto written =
        WriteNewFile(path, BundleOf(envelope, i, hint).dump() + "\n", FileMode::kPublic);
    if (!written) return Fail(streams, "verdict export", written.error());
    streams.out << path << "\n";
  }
  return kExitAllow;
}

int RunExport(const ExportFlags& flags, Streams& streams) {
  const crypto::OpenSslSignatures signatures;
  const auto world = Load(flags.files, flags.cluster, signatures, streams.in);
  if (!world) return Fail(streams, "verdict export", world.error());
  for (const auto& loaded : world->verdicts()) {
    if (loaded.object.meta.name != flags.name) continue;
    if (loaded.object.envelope.empty()) {
      return Fail(streams, "verdict export",
                  {base::ErrorKind::kUnsupported,
                   "the verdict has an SSH signature and no DSSE envelope; verify it with "
                   "ssh-keygen -Y verify"});
    }
    const auto envelope = verdict::ParseEnvelope(loaded.object.envelope);
    if (!envelope) return Fail(streams, "verdict export", envelope.error());
    if (!flags.bundle.empty()) {
      return WriteBundles(flags, *world, loaded.object, *envelope, signatures, streams);
    }
    const auto text = verdict::SerializeEnvelope(*envelope);
    if (!text) return Fail(streams, "verdict export", text.error());
    streams.out << *text << "\n";
    return kExitAllow;
  }
  return Fail(streams, "verdict export",
              {base::ErrorKind::kNotFound, "there is no LaunchVerdict " + base::Quote(flags.name)});
}

}  // namespace

void AddVerify(CLI::App& parser, Run& run) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App* command = parser.add_subcommand("verify", "Verify the signatures of verdicts");
  command->add_option("review", flags->review, "Only verdicts about this LaunchReview");
  command->add_option("-f,--file", flags->files,
                      "Verdicts and their LaunchAuthority from files instead of a cluster");
  AddClusterFlags(*command, flags->cluster);
  command->add_option("-o,--output", flags->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->footer(
      "Exit code: 0 every verdict verifies, 1 one does not or there is none, 2 usage.\n"
      "Examples:\n"
      "  launchgate verify -n shop gift-cards\n"
      "  launchgate verify -f verdicts.yaml -f authority.yaml");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunVerify(*flags, streams); }; });
}

void AddVerdict(CLI::App& parser, Run& run) {
  CLI::App* verdict = parser.add_subcommand("verdict", "Work with stored verdicts");
  verdict->require_subcommand(1);
  auto flags = std::make_shared<ExportFlags>();
  CLI::App* command =
      verdict->add_subcommand("export", "Print a verdict's DSSE envelope, or write bundles");
  command->add_option("name", flags->name, "Name of the LaunchVerdict")->required();
  command->add_option("-f,--file", flags->files, "From files instead of a cluster");
  AddClusterFlags(*command, flags->cluster);
  command->add_option("--bundle", flags->bundle,
                      "Write one sigstore bundle per signature into this folder");
  command->footer("Example:\n  launchgate verdict export -n shop gift-cards-go-1a2b3c >e.json");
  command->callback(
      [flags, &run] { run = [flags](Streams& streams) { return RunExport(*flags, streams); }; });
}

}  // namespace launchgate::app::cli
