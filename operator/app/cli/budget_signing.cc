#include "app/cli/budget_signing.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>
#include <variant>

#include "app/cli/agenda_sections.h"
#include "app/cli/burn_down_chart.h"
#include "app/cli/command.h"
#include "core/base/bytes.h"
#include "core/base/text.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

using base::ErrorKind;
using json::Json;
using resources::AgendaAction;

// The stored object; a kNotFound says which one is missing.
base::Result<Json> Read(Session& session, const kube::ResourceType& type,
                        const kube::ObjectKey& key) {
  const auto object = session.client().Get(type, key, std::stop_token());
  if (object) return *object->body;
  if (object.error().kind != ErrorKind::kNotFound) {
    return tl::unexpected<base::Error>(object.error());
  }
  return base::Fail(ErrorKind::kNotFound,
                    fmt::format("there is no {} {}", type.kind, base::Quote(kube::ToString(key))));
}

base::Status RequireNone(std::string_view what, const std::vector<json::Problem>& problems) {
  if (problems.empty()) return {};
  return base::Fail(ErrorKind::kInvalid,
                    fmt::format("the {} is not valid, and nobody should sign it: {}", what,
                                json::Summarize(problems)));
}

base::Status ReadReview(const std::string& name, OpenedBudgetReview& opened) {
  auto object = Read(*opened.session, kube::kBudgetReviews, {opened.session->ns(), name});
  if (!object) return tl::unexpected(object.error());
  std::vector<json::Problem> problems;
  opened.object = *std::move(object);
  opened.review = resources::ParseBudgetReview(opened.object, problems);
  return RequireNone("BudgetReview", problems);
}

base::Status ReadBudget(OpenedBudgetReview& opened) {
  const auto object =
      Read(*opened.session, kube::kErrorBudgets, {opened.session->ns(), opened.review.budget});
  if (!object) return tl::unexpected(object.error());
  std::vector<json::Problem> problems;
  opened.budget = resources::ParseErrorBudget(*object, problems);
  if (auto usable = RequireNone("ErrorBudget", problems); !usable) return usable;
  if (opened.budget.review) return {};
  return base::Fail(ErrorKind::kInvalid, fmt::format("ErrorBudget {} has no spec.review",
                                                     base::Quote(opened.budget.meta.name)));
}

base::Status ReadAuthority(OpenedBudgetReview& opened, const verdict::PublicKeyReader& reader) {
  const auto object =
      Read(*opened.session, kube::kLaunchAuthorities, {"", opened.budget.review->authority});
  if (!object) return tl::unexpected(object.error());
  std::vector<json::Problem> problems;
  auto authority = resources::ParseLaunchAuthority(*object, problems);
  opened.authority = RecordOf(std::move(authority), problems, reader);
  return {};
}

// "give it a deadline;carol@example.com;2026-12-01T00:00:00Z": the last two
// semicolons divide, the text may have some of its own.
base::Result<AgendaAction> ParseAction(const std::string& flag) {
  const auto refuse = [&](const std::string& why) {
    return base::Fail(ErrorKind::kInvalid,
                      fmt::format("--action {}: {} (form: \"what is to be done;who;"
                                  "2026-12-01T00:00:00Z\")",
                                  base::Quote(flag), why));
  };
  const std::size_t due_at = flag.rfind(';');
  if (due_at == std::string::npos || due_at == 0) return refuse("has no owner and no due time");
  const std::size_t owner_at = flag.rfind(';', due_at - 1);
  if (owner_at == std::string::npos) return refuse("has no owner or no due time");
  const auto due = base::ParseTime(std::string_view(flag).substr(due_at + 1));
  if (!due) return refuse("the due time " + due.error().message);
  return AgendaAction{flag.substr(0, owner_at), flag.substr(owner_at + 1, due_at - owner_at - 1),
                      *due};
}

Json EntriesOf(const Json& object) {
  const auto spec = object.find("spec");
  const auto entries = spec->find("signOffs");
  return entries != spec->end() && entries->is_array() ? *entries : Json::array();
}

// Without the entries that `identity` signed: they are superseded by what comes.
Json WithoutThoseOf(const OpenedBudgetReview& opened, const std::string& identity,
                    const verdict::SignatureVerifier& verifier) {
  Json kept = Json::array();
  const Json entries = EntriesOf(opened.object);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto before =
        verdict::OpenSignOff(opened.review.sign_offs[i], opened.authority.trusted, verifier);
    const auto* verified = std::get_if<verdict::VerifiedSignOff>(&before);
    if (verified == nullptr || verified->sign_off().identity != identity)
      kept.push_back(entries[i]);
  }
  return kept;
}

// The list with the new entry in it; kExhausted when there is no room.
base::Result<Json> ListWith(const OpenedBudgetReview& opened, const Json& entry,
                            const std::string& identity,
                            const verdict::SignatureVerifier& verifier) {
  Json entries = EntriesOf(opened.object);
  if (entries.size() >= resources::kMaxSignOffs) {
    entries = WithoutThoseOf(opened, identity, verifier);
  }
  if (entries.size() >= resources::kMaxSignOffs) {
    return base::Fail(ErrorKind::kExhausted,
                      fmt::format("spec.signOffs has {} entries already; remove those that do not "
                                  "count, the condition SignedOff names them",
                                  resources::kMaxSignOffs));
  }
  entries.push_back(entry);
  return entries;
}

// The one entry, judged as if it stood alone.
verdict::SignOffStanding JudgeAlone(const OpenedBudgetReview& opened, const Json& entry,
                                    const verdict::SignatureVerifier& verifier, base::Time now) {
  resources::BudgetReview alone = opened.review;
  std::vector<json::Problem> problems;
  Json object = opened.object;
  object["spec"]["signOffs"] = Json::array({entry});
  alone.sign_offs = resources::ParseBudgetReview(object, problems).sign_offs;
  return decision::StandingOf(opened.Inputs(), {&alone, problems.empty()}, verifier, now);
}

int Write(const OpenedBudgetReview& opened, const Json& entries, const std::string& identity,
          const verdict::SignatureVerifier& verifier, base::Time now, std::ostream& out,
          std::ostream& err) {
  const resources::Meta& meta = opened.review.meta;
  // With the version that was read: whoever signed meanwhile is not written over.
  const Json patch = {{"metadata", {{"resourceVersion", meta.resource_version}}},
                      {"spec", {{"signOffs", entries}}}};
  const auto written = opened.session->client().MergePatch(
      kube::kBudgetReviews, {meta.ns, meta.name}, patch, kube::WriteOptions(), std::stop_token());
  if (!written) {
    err << "launchgate: " << written.error().message << "\n";
    if (written.error().kind == ErrorKind::kConflict) {
      err << "launchgate: somebody else changed the review meanwhile; run the command again\n";
    }
    return kExitUsage;
  }
  out << fmt::format("budgetreview.{}/{} signed by {}\n", resources::kGroup, meta.name,
                     base::Quote(identity));
  std::vector<json::Problem> problems;
  const auto review = resources::ParseBudgetReview(*written->body, problems);
  const auto standing =
      decision::StandingOf(opened.Inputs(), {&review, problems.empty()}, verifier, now);
  err << (standing.signed_off ? "the review is signed off\n"
                              : "still needed: " + base::JoinWords(standing.missing) + "\n");
  return kExitAllow;
}

}  // namespace

void AddSignOffFlags(CLI::App& command, SignOffFlags& flags) {
  command.add_option("--budget-review", flags.review,
                     "Sign off this BudgetReview instead of signing a verdict");
  command
      .add_option("--action", flags.actions,
                  "With --budget-review: what was decided, \"TEXT;OWNER;DUE\" with DUE in RFC 3339 "
                  "(repeatable)")
      ->needs("--budget-review");
}

decision::BudgetReviewInputs OpenedBudgetReview::Inputs() const {
  decision::BudgetReviewInputs inputs;
  inputs.budget = &budget;
  SetAuthority(&authority, budget.meta.ns, inputs);
  inputs.cluster_id = cluster_id;
  return inputs;
}

base::Result<OpenedBudgetReview> OpenBudgetReview(const ClusterFlags& flags,
                                                  const std::string& name,
                                                  const verdict::PublicKeyReader& reader) {
  auto session = Session::Open(flags);
  if (!session) return tl::unexpected(session.error());
  OpenedBudgetReview opened;
  opened.session = *std::move(session);
  const auto kube_system = Read(*opened.session, kube::kNamespaces, {"", "kube-system"});
  if (!kube_system) return tl::unexpected(kube_system.error());
  std::vector<json::Problem> ignored;
  opened.cluster_id = resources::ParseMeta(*kube_system, ignored).uid;
  if (auto read = ReadReview(name, opened); !read) return tl::unexpected(read.error());
  if (auto read = ReadBudget(opened); !read) return tl::unexpected(read.error());
  if (auto read = ReadAuthority(opened, reader); !read) return tl::unexpected(read.error());
  if (!opened.review.status.agenda) {
    return base::Fail(ErrorKind::kInvalid,
                      "the review has no agenda yet; the controller takes it when the figures of "
                      "the month are known");
  }
  return opened;
}

base::Result<SignOffDraft> DraftSignOff(const SignOffFlags& flags, const Signer& signer,
                                        const OpenedBudgetReview& opened, base::Time now) {
  SignOffDraft draft;
  draft.sign_off.subject = decision::SubjectOf(opened.Inputs(), opened.review);
  draft.sign_off.identity = signer.identity;
  draft.sign_off.role = signer.role;
  draft.sign_off.issued_at = std::chrono::floor<std::chrono::seconds>(now);
  for (const std::string& flag : flags.actions) {
    auto action = ParseAction(flag);
    if (!action) return tl::unexpected(action.error());
    draft.sign_off.actions.push_back(*std::move(action));
  }
  const auto valid = verdict::Validate(draft.sign_off);
  if (!valid) return tl::unexpected(valid.error());
  draft.bytes = verdict::Serialize(draft.sign_off);
  return draft;
}

void Summarize(const SignOffDraft& draft, const OpenedBudgetReview& opened, std::ostream& out) {
  const verdict::SignOff& sign_off = draft.sign_off;
  out << fmt::format("{} as {} in role {}\n", TitleOf(opened.review),
                     base::Quote(sign_off.identity), sign_off.role);
  out << fmt::format("  agenda sha256:{}\n", sign_off.subject.agenda_digest);
  for (const resources::AgendaObjective& objective : opened.review.status.agenda->objectives) {
    out << fmt::format("  {}: {} of the budget consumed\n", base::Quote(objective.name),
                       objective.consumed ? Percent(*objective.consumed) : "an unknown share");
  }
  for (const AgendaAction& action : sign_off.actions) {
    out << fmt::format("  action: {} by {} until {}\n", base::Quote(action.text),
                       base::Quote(action.owner), base::FormatTime(action.due));
  }
}

Json SignOffWithEnvelope(const std::string& envelope) {
  return {{"envelope", Json::parse(envelope)}};
}

Json SignOffWithSshSignature(const std::string& bytes, const std::string& armored) {
  return {{"statement", base::Base64Encode(bytes)}, {"sshSignature", armored}};
}

int SubmitSignOff(const OpenedBudgetReview& opened, const Json& entry, bool dry_run, base::Time now,
                  std::ostream& out, std::ostream& err) {
  const crypto::OpenSslSignatures signatures;
  const auto alone = JudgeAlone(opened, entry, signatures, now);
  if (alone.counted.empty()) {
    const std::string why =
        alone.rejected.empty()
            ? base::JoinWords(alone.missing)
            : fmt::format("{}: {}", alone.rejected[0].why.reason, alone.rejected[0].why.message);
    err << "launchgate: the gate would not count this: " << why << "\n";
    return kExitDeny;
  }
  if (dry_run) {
    out << entry.dump(2) << "\n";
    return kExitAllow;
  }
  const std::string& identity = alone.counted.front().sign_off().identity;
  const auto entries = ListWith(opened, entry, identity, signatures);
  if (!entries) {
    err << "launchgate: " << entries.error().message << "\n";
    return kExitUsage;
  }
  return Write(opened, *entries, identity, signatures, now, out, err);
}

}  // namespace launchgate::app::cli
