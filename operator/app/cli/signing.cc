#include "app/cli/signing.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>
#include <variant>

#include "app/cli/command.h"
#include "app/cli/files.h"
#include "core/admission/template_hash.h"
#include "core/base/bytes.h"
#include "core/base/text.h"
#include "core/decision/assemble.h"
#include "core/json/yaml.h"
#include "core/verdict/open.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

using base::ErrorKind;
using json::Json;
using verdict::Answer;

constexpr std::size_t kMaxReviewNameInVerdict = 200;
constexpr std::size_t kNameDigestLength = 12;

// "item=runbook,owner=bob,due=2026-12-01T00:00:00Z,text=write it": text comes
// last and may contain commas.
base::Result<verdict::Condition> ParseCondition(const std::string& flag) {
  const auto refuse = [&](const std::string& why) {
    return base::Fail(ErrorKind::kInvalid,
                      fmt::format("--condition {}: {} (form: item=runbook,owner=bob@example.com,"
                                  "due=2026-12-01T00:00:00Z,text=what is promised)",
                                  base::Quote(flag), why));
  };
  const std::size_t text_at = flag.find("text=");
  if (text_at == std::string::npos) return refuse("must end with text=");
  verdict::Condition condition;
  condition.text = flag.substr(text_at + 5);
  bool has_due = false;
  std::string rest = flag.substr(0, text_at);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string part = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    if (part.starts_with("item=")) {
      condition.item = part.substr(5);
    } else if (part.starts_with("owner=")) {
      condition.owner = part.substr(6);
    } else if (part.starts_with("due=")) {
      const auto due = base::ParseTime(part.substr(4));
      if (!due) return refuse("due " + due.error().message);
      condition.due = *due;
      has_due = true;
    } else {
      return refuse("has an unknown part " + base::Quote(part));
    }
  }
  if (!has_due) return refuse("has no due=");
  return condition;
}

base::Result<Answer> AnswerOf(const StatementFlags& flags) {
  if (flags.go + flags.no_go + flags.break_glass != 1) {
    return base::Fail(ErrorKind::kInvalid, "say exactly one of --go, --no-go and --break-glass");
  }
  if (flags.go) return Answer::kGo;
  return flags.no_go ? Answer::kNoGo : Answer::kBreakGlass;
}

// One more than any verdict of this person that the cluster has seen.
std::int64_t NextSequence(const resources::LaunchReview& review, const decision::ReviewFacts& facts,
                          const std::string& identity) {
  std::int64_t highest = 0;
  const auto seen = review.status.highest_sequences.find(identity);
  if (seen != review.status.highest_sequences.end()) highest = seen->second;
  for (const auto* statements : {&facts.verdicts.latest, &facts.verdicts.break_glass}) {
    for (const verdict::VerifiedStatement& verified : *statements) {
      if (verified.statement().identity != identity) continue;
      highest = std::max(highest, verified.statement().sequence);
    }
  }
  return highest + 1;
}

// The hash that a denial names, so that one can be signed for what was denied.
std::string HashIn(std::string_view message) {
  constexpr std::size_t kHexDigits = 64;
  const std::size_t at = message.find(verdict::kTemplateHashPrefix);
  if (at == std::string_view::npos) return "";
  std::string hash(message.substr(at, verdict::kTemplateHashPrefix.size() + kHexDigits));
  return verdict::IsTemplateHash(hash) ? hash : "";
}

base::Result<std::string> HashByDryRun(Session& session, const resources::TargetRef& target,
                                       const Json& manifest) {
  const auto type = session.TypeOf(target.kind);
  if (!type) return tl::unexpected(type.error());
  Json object = manifest;
  object["metadata"]["namespace"] = target.ns;
  kube::ApplyOptions options;
  options.field_manager = "launchgate-cli";
  options.force = true;
  options.dry_run = true;
  const auto applied =
      session.client().Apply(*type, {target.ns, target.name}, object, options, std::stop_token());
  if (applied) return admission::TemplateHashOfWorkload(*applied->body);
  std::string hash = HashIn(applied.error().message);
  if (!hash.empty()) return hash;
  return tl::unexpected<base::Error>(applied.error());
}

// The manifest of `target` in a file.
base::Result<Json> ManifestOf(const std::string& path, const resources::TargetRef& target,
                              std::istream& in) {
  const auto text = ReadInput(path, in);
  if (!text) return tl::unexpected(text.error());
  const auto documents = json::ParseYaml(*text);
  if (!documents) return base::Wrap(path, documents.error());
  for (const Json& document : *documents) {
    for (const resources::Manifest& manifest : resources::ReadManifests(document)) {
      const auto* workload = std::get_if<resources::Workload>(&manifest.content);
      if (workload == nullptr) continue;
      const bool wanted =
          workload->target.kind == target.kind && workload->target.name == target.name;
      if (wanted) return *workload->object;
    }
  }
  return base::Fail(ErrorKind::kNotFound, fmt::format("{}: holds no {}", path, target.Word()));
}

base::Result<std::string> TemplateHash(const StatementFlags& flags, Session& session, World& world,
                                       const resources::TargetRef& target, std::istream& in) {
  if (!flags.template_hash.empty()) {
    if (verdict::IsTemplateHash(flags.template_hash)) return flags.template_hash;
    return base::Fail(ErrorKind::kInvalid,
                      "--template must be a hash as a denial names it: v1:sha256:<64 hex digits>");
  }
  if (!flags.template_from.empty()) return StoredHashOf(session, target, flags.template_from, in);
  const auto read = session.ReadTarget(target, world);
  if (!read) return tl::unexpected(read.error());
  const resources::Workload* workload = world.FindWorkload(target);
  if (workload == nullptr) {
    return base::Fail(ErrorKind::kNotFound,
                      target.Word() +
                          " does not exist yet; name the template with --template or "
                          "--template-from");
  }
  return admission::TemplateHashOfWorkload(*workload->object);
}

void FillFindings(const World& world, const resources::LaunchReview& review,
                  verdict::Statement& statement) {
  const auto* checklist = world.FindChecklist(review.checklist);
  if (checklist == nullptr) return;
  const auto findings = decision::RecordedFindings(review);
  for (const resources::ChecklistItem& item : checklist->object.items) {
    const auto found = findings.find(item.id);
    if (found == findings.end()) {
      statement.findings.push_back({item.id, "Unknown", "EvidenceMissing"});
    } else {
      statement.findings.push_back(
          {item.id,
           std::string(evidence::ToString(evidence::StatusAt(found->second, statement.issued_at))),
           found->second.reason});
    }
  }
}

std::string Lowered(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

Json VerdictObject(const verdict::Statement& statement, Json spec) {
  const std::string digest = json::CanonicalDigest(spec).substr(0, kNameDigestLength);
  const std::string& review = statement.subject.review_name;
  spec["reviewRef"] = {{"name", review}};
  return {{"apiVersion", resources::kApiVersion},
          {"kind", "LaunchVerdict"},
          {"metadata",
           {{"name", fmt::format("{}-{}-{}", review.substr(0, kMaxReviewNameInVerdict),
                                 Lowered(verdict::ToString(statement.answer)), digest)},
            {"namespace", statement.subject.review_ns}}},
          {"spec", std::move(spec)}};
}

}  // namespace

void AddStatementFlags(CLI::App& command, StatementFlags& flags) {
  command.add_option("review", flags.review, "Name of the LaunchReview");
  command.add_flag("--go", flags.go, "May launch");
  command.add_flag("--no-go", flags.no_go, "Must not launch");
  command.add_flag("--break-glass", flags.break_glass,
                   "Override for one template, at most 24h; needs --reason, --ticket, --class");
  command.add_option("--reason", flags.reason, "Why (required with --no-go and --break-glass)");
  command.add_option("--ticket", flags.ticket, "Incident or change it belongs to");
  command.add_option("--class", flags.override_class, "Of an override: P0 or SecurityFix")
      ->check(CLI::IsMember({"P0", "SecurityFix"}));
  command.add_option("--valid-for", flags.valid_for, "How long it stands (default 30d)");
  command.add_option("--template", flags.template_hash,
                     "Bind this template hash, as a denial names it (override, binding Revision)");
  command
      .add_option("--template-from", flags.template_from,
                  "Bind the template of this manifest as the API server would store it (dry run)")
      ->excludes("--template");
  command.add_option("--condition", flags.conditions,
                     "Promise that goes with a Go, and waives an item until it is due: "
                     "item=ID,owner=WHO,due=RFC3339,text=WHAT (repeatable)");
}

base::Result<const World::Loaded<resources::LaunchReview>*> FindReview(const World& world,
                                                                       const std::string& ns,
                                                                       const std::string& name) {
  for (const auto& review : world.reviews()) {
    if (review.object.meta.name == name) return &review;
  }
  return base::Fail(ErrorKind::kNotFound, fmt::format("namespace {} has no LaunchReview {}",
                                                      base::Quote(ns), base::Quote(name)));
}

base::Result<Signer> FindSigner(const World& world, const resources::LaunchReview& review,
                                const verdict::PublicKey* key, const std::string& key_id,
                                const verdict::PublicKeyReader& reader) {
  const auto* authority = world.FindAuthority(review.authority);
  if (authority == nullptr) {
    return base::Fail(ErrorKind::kNotFound,
                      "there is no LaunchAuthority " + base::Quote(review.authority));
  }
  return FindSignerIn(verdict::Trust(authority->object, reader).authority, key, key_id);
}

base::Result<Signer> FindSignerIn(const verdict::TrustedAuthority& authority,
                                  const verdict::PublicKey* key, const std::string& key_id) {
  for (const verdict::TrustedKey& trusted : authority.keys) {
    const bool wanted =
        key != nullptr ? trusted.key.spki == key->spki : trusted.record.id == key_id;
    if (!wanted) continue;
    if (trusted.record.revoked) {
      return base::Fail(ErrorKind::kForbidden,
                        fmt::format("key {} is revoked", base::Quote(trusted.record.id)));
    }
    return Signer{trusted.record.identity, trusted.record.role};
  }
  return base::Fail(ErrorKind::kForbidden,
                    fmt::format("LaunchAuthority {} does not list this key ({}); ask its owner to "
                                "add it",
                                base::Quote(authority.name),
                                key != nullptr ? key->fingerprint : base::Quote(key_id)));
}

base::Result<std::string> StoredHashOf(Session& session, const resources::TargetRef& target,
                                       const std::string& path, std::istream& in) {
  const auto manifest = ManifestOf(path, target, in);
  if (!manifest) return tl::unexpected(manifest.error());
  return HashByDryRun(session, target, *manifest);
}

base::Result<Draft> DraftStatement(const StatementFlags& flags, const Signer& signer,
                                   Session& session, World& world,
                                   const World::Loaded<resources::LaunchReview>& review,
                                   const verdict::SignatureVerifier& verifier, base::Time now,
                                   std::istream& in) {
  const auto answer = AnswerOf(flags);
  if (!answer) return tl::unexpected(answer.error());
  if (!review.problems.empty()) {
    return base::Fail(ErrorKind::kInvalid, "the review is not valid, and nobody should sign it: " +
                                               json::Summarize(review.problems));
  }
  const auto lifetime = base::ParseDuration(flags.valid_for);
  if (!lifetime) return base::Wrap("--valid-for", lifetime.error());
  const auto facts = world.FactsOf(review, {}, verifier, now);

  verdict::Statement statement;
  statement.answer = *answer;
  statement.subject = facts->verdicts.expected;
  statement.reason = flags.reason;
  statement.ticket = flags.ticket;
  statement.override_class = flags.override_class;
  statement.identity = signer.identity;
  statement.role = signer.role;
  statement.issued_at = std::chrono::floor<std::chrono::seconds>(now);
  statement.not_after =
      statement.issued_at + (*answer == Answer::kBreakGlass
                                 ? std::min(*lifetime, verdict::kMaxBreakGlassLifetime)
                                 : *lifetime);
  statement.sequence = NextSequence(review.object, *facts, signer.identity);
  for (const std::string& flag : flags.conditions) {
    auto condition = ParseCondition(flag);
    if (!condition) return tl::unexpected(condition.error());
    statement.conditions.push_back(*std::move(condition));
  }
  const bool binds_template =
      *answer == Answer::kBreakGlass || review.object.binding == resources::Binding::kRevision;
  if (binds_template) {
    auto hash = TemplateHash(flags, session, world, review.object.target, in);
    if (!hash) return tl::unexpected(hash.error());
    statement.template_hash = *std::move(hash);
  }
  FillFindings(world, review.object, statement);
  const auto valid = verdict::Validate(statement);
  if (!valid) return tl::unexpected(valid.error());
  Draft draft;
  draft.bytes = verdict::Serialize(statement);
  draft.statement = std::move(statement);
  return draft;
}

void Summarize(const Draft& draft, std::ostream& out) {
  const verdict::Statement& statement = draft.statement;
  std::map<std::string, int> findings;
  for (const verdict::SeenFinding& seen : statement.findings) ++findings[seen.finding];
  out << fmt::format("{} for {}/{} ({}) as {} in role {}\n", verdict::ToString(statement.answer),
                     statement.subject.review_ns, statement.subject.review_name,
                     statement.subject.target.Word(), base::Quote(statement.identity),
                     statement.role);
  out << fmt::format("  until {}, sequence {}\n", base::FormatTime(statement.not_after),
                     statement.sequence);
  out << "  findings:";
  for (const auto& [finding, count] : findings) out << fmt::format(" {} {}", count, finding);
  out << "\n";
  if (!statement.template_hash.empty()) out << "  template " << statement.template_hash << "\n";
  for (const verdict::Condition& condition : statement.conditions) {
    out << fmt::format("  condition: {} by {} until {}\n", base::Quote(condition.text),
                       base::Quote(condition.owner), base::FormatTime(condition.due));
  }
}

Json VerdictWithEnvelope(const verdict::Statement& statement, const std::string& envelope) {
  return VerdictObject(statement, {{"envelope", Json::parse(envelope)}});
}

Json VerdictWithSshSignature(const verdict::Statement& statement, const std::string& bytes,
                             const std::string& armored) {
  return VerdictObject(statement,
                       {{"statement", base::Base64Encode(bytes)}, {"sshSignature", armored}});
}

int Submit(Session& session, const World& world, const resources::LaunchReview& review,
           const Json& verdict, bool dry_run, std::ostream& out, std::ostream& err) {
  std::vector<json::Problem> problems;
  const resources::LaunchVerdict parsed = resources::ParseLaunchVerdict(verdict, problems);
  const crypto::OpenSslSignatures signatures;
  const auto* authority = world.FindAuthority(review.authority);
  if (!problems.empty() || authority == nullptr) {
    err << "launchgate: " << json::Summarize(problems) << "\n";
    return kExitUsage;
  }
  const verdict::TrustResult trust = verdict::Trust(authority->object, signatures);
  const auto opened = verdict::Open(parsed, trust.authority, signatures);
  if (const auto* rejection = std::get_if<verdict::Rejection>(&opened)) {
    err << fmt::format("launchgate: the gate would not count this: {}: {}\n", rejection->reason,
                       rejection->message);
    return kExitDeny;
  }
  if (dry_run) {
    out << verdict.dump(2) << "\n";
    return kExitAllow;
  }
  const auto created = session.client().Create(kube::kLaunchVerdicts, review.meta.ns, verdict,
                                               kube::WriteOptions(), std::stop_token());
  if (!created && created.error().reason != "AlreadyExists") {
    err << "launchgate: " << created.error().message << "\n";
    return kExitUsage;
  }
  out << fmt::format("launchverdict.{}/{} created\n", resources::kGroup, parsed.meta.name);
  return kExitAllow;
}

}  // namespace launchgate::app::cli
