#include "app/cli/render_go_no_go.h"

#include <fmt/format.h>

#include <ostream>
#include <string>

#include "app/cli/markdown.h"
#include "core/base/text.h"

namespace launchgate::app::cli {
namespace {

using evidence::FindingStatus;
using verdict::Answer;
using verdict::VerifiedStatement;

// Conditions and reasons of verdicts are shown whole: people signed every word.
constexpr std::size_t kMaxSignedBytes = 4096;

std::string Signed(std::string_view text) { return MarkdownText(text, kMaxSignedBytes); }

std::string Plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// "Go, with 2 conditions".
std::string Headline(const Report& report) {
  const std::string answer(AnswerOf(report));
  if (!report.decision.allowed()) {
    return SignedBy(report).empty() ? answer + ": nobody has signed yet" : answer;
  }
  if (report.decision.reason() == decision::reason::kBreakGlass) return answer + ", by break-glass";
  if (report.decision.reason() == decision::reason::kRollback) {
    return answer + ": this version was approved before";
  }
  const std::size_t promises = PromisesOf(report).size();
  return promises == 0 ? answer : fmt::format("{}, with {}", answer, Plural(promises, "condition"));
}

void WriteDecision(const Report& report, std::ostream& out) {
  const bool allowed = report.decision.allowed();
  out << fmt::format("- Decision of the gate: {} ({})", allowed ? "Allow" : "Deny",
                     report.decision.reason());
  if (report.facts && allowed) {
    const auto until = verdict::GoUntil(report.facts->verdicts, report.template_hash, report.now);
    if (until) out << ", until " << base::FormatTime(*until);
  }
  out << "\n";
  for (const base::Objection& objection : report.decision.objections()) {
    const std::string about =
        objection.item.empty() ? "" : fmt::format(" {}", MarkdownCode(objection.item));
    out << fmt::format("  - **{}**{}: {}\n", objection.reason, about,
                       MarkdownText(objection.message));
  }
  for (const std::string& warning : report.decision.warnings()) {
    out << fmt::format("  - Warning: {}\n", MarkdownText(warning));
  }
}

void WriteHead(const Report& report, std::ostream& out) {
  const std::string where = report.ns.empty() ? "" : fmt::format(" in {}", MarkdownText(report.ns));
  out << fmt::format("# Go/no-go: {}{}\n\n**{}**\n\n", MarkdownText(report.target), where,
                     Headline(report));
  out << fmt::format("- Review: {}", MarkdownCode(report.review));
  if (report.facts) {
    const verdict::Subject& subject = report.facts->verdicts.expected;
    out << fmt::format(", held to the standard {}\n- Owner: {}, {}\n",
                       MarkdownCode(subject.checklist), MarkdownText(report.facts->team),
                       MarkdownText(report.facts->contact));
    const bool service = subject.binding == resources::Binding::kService;
    out << fmt::format("- A Go holds for: {}", service ? "every version" : "exactly one version");
  }
  out << "\n";
  if (report.template_hash != decision::kSomeNewTemplate) {
    out << fmt::format("- Version: {}\n", MarkdownCode(report.template_hash));
  }
  out << fmt::format("- Judged as of: {}\n", base::FormatTime(report.now));
  WriteDecision(report, out);
  out << "\nMade by `launchgate render go-no-go` from the review, its evidence and its signed "
         "verdicts. Make it again instead of editing it.\n";
}

std::string EndOf(const VerifiedStatement& verified, base::Time now) {
  const base::Time end = verified.statement().not_after;
  return base::FormatTime(end) + (now >= end ? " (ended)" : "");
}

void WriteSigners(const Report& report, std::ostream& out) {
  out << "\n## Signed by\n\n";
  const std::vector<const VerifiedStatement*> statements = SignedBy(report);
  if (statements.empty()) {
    out << "Nobody: there is no verdict that counts.\n";
  } else {
    out << "| who | role | verdict | sequence | issued | valid until | key |\n"
           "|---|---|---|---|---|---|---|\n";
  }
  for (const VerifiedStatement* verified : statements) {
    const verdict::Statement& statement = verified->statement();
    out << fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", Signed(statement.identity),
                       Signed(statement.role), verdict::ToString(statement.answer),
                       statement.sequence, base::FormatTime(statement.issued_at),
                       EndOf(*verified, report.now), MarkdownCode(verified->fingerprint()));
  }
  std::string said;
  for (const VerifiedStatement* verified : statements) {
    const verdict::Statement& statement = verified->statement();
    if (statement.reason.empty()) continue;
    const bool emergency = statement.answer == Answer::kBreakGlass;
    said += fmt::format(
        "- {} ({}{}): {}\n", Signed(statement.identity), verdict::ToString(statement.answer),
        emergency ? ", ticket " + Signed(statement.ticket) : "", Signed(statement.reason));
  }
  if (!said.empty()) out << "\nReasons given:\n\n" << said;
  if (!report.facts || report.facts->verdicts.rejected.empty()) return;
  out << "\nNot counted:\n\n";
  for (const verdict::Rejection& rejection : report.facts->verdicts.rejected) {
    out << fmt::format("- {}: **{}**, {}\n", MarkdownCode(rejection.object_name), rejection.reason,
                       MarkdownText(rejection.message));
  }
}

void WriteConditions(const Report& report, std::ostream& out) {
  out << "\n## Conditions\n\n";
  const std::vector<Promise> promises = PromisesOf(report);
  if (promises.empty()) {
    out << "None.\n";
    return;
  }
  out << "Each is owned by a person and ends on a date. Until then it waives the item it names; a "
         "Go whose condition is overdue ends.\n\n"
         "| condition | item | owner | due | promised to |\n|---|---|---|---|---|\n";
  for (const Promise& promise : promises) {
    const verdict::Condition& condition = promise.condition;
    out << fmt::format("| {} | {} | {} | {}{} | {} |\n", Signed(condition.text),
                       condition.item.empty() ? "" : MarkdownCode(condition.item),
                       Signed(condition.owner), base::FormatTime(condition.due),
                       promise.overdue ? " **overdue**" : "",
                       Signed(base::JoinWords(promise.signers)));
  }
}

std::string FindingOf(const Report& report, const Report::Item& item) {
  std::string text(evidence::ToString(item.status));
  const auto waived = WaivedUntil(report, item);
  if (waived) text += ", waived until " + base::FormatTime(*waived);
  return text;
}

// "TestPassed: every figure was within its limit".
std::string Proof(std::string_view reason, std::string_view message) {
  if (message.empty()) return MarkdownText(reason);
  return fmt::format("{}: {}", MarkdownText(reason), MarkdownText(message));
}

// The same with the figures: "… (p99=812ms, requests=1200)".
std::string ProofOf(const Report::Item& item) {
  std::string figures;
  if (item.finding) {
    for (const auto& [name, value] : item.finding->facts) {
      figures += fmt::format("{}{}={}", figures.empty() ? "" : ", ", name, value);
    }
  }
  if (!figures.empty()) figures = fmt::format(" ({})", MarkdownText(figures));
  return Proof(ReasonOf(item), MessageOf(item)) + figures;
}

void WriteEvidence(const Report& report, std::ostream& out) {
  out << "\n## Evidence\n";
  if (report.items.empty()) out << "\nThe standard is not among the files.\n";
  std::string_view section;
  for (const Report::Item& item : report.items) {
    if (&item == &report.items.front() || item.item.section != section) {
      section = item.item.section;
      out << fmt::format(
          "\n### {}\n\n"
          "| item | severity | finding | what was found | observed | valid until |\n"
          "|---|---|---|---|---|---|\n",
          MarkdownText(item.item.section_title));
    }
    const bool observed = item.finding && item.finding->observed_at;
    const bool ends = item.finding && item.finding->valid_until != base::kNever;
    out << fmt::format("| {} | {} | {} | {} | {} | {} |\n", MarkdownCode(item.item.id),
                       resources::ToString(item.item.severity), FindingOf(report, item),
                       ProofOf(item), observed ? base::FormatTime(*item.finding->observed_at) : "",
                       ends ? base::FormatTime(item.finding->valid_until) : "");
  }
}

void WriteFixes(const GoNoGo& record, std::ostream& out) {
  if (!record.before) return;
  std::size_t open = 0;
  for (const auto& [id, item] : record.before->items) {
    if (item.finding != FindingStatus::kPass) ++open;
  }
  const std::vector<Fix> fixes = FixesOf(record);
  out << fmt::format(
      "\n## Record of fixes\n\nOf {} that did not pass in the earlier answer of `launchgate "
      "check`, {} {} now.\n",
      Plural(open, "item"), fixes.size(), fixes.size() == 1 ? "passes" : "pass");
  if (fixes.empty()) return;
  out << "\n| item | what was wrong | the proof now |\n|---|---|---|\n";
  for (const Fix& fix : fixes) {
    out << fmt::format("| {} | {}, {} | {} |\n", MarkdownCode(fix.now->item.id),
                       evidence::ToString(fix.before->finding),
                       Proof(fix.before->reason, fix.before->message), ProofOf(*fix.now));
  }
}

void WriteCheck(const VerdictCheck& check, const std::string& ns, std::ostream& out) {
  const std::string name = MarkdownCode(check.name);
  out << fmt::format("\n### LaunchVerdict {}\n\n", name);
  // The file is named after the object wherever its name is one.
  if (check.file == check.name + ".json") {
    const std::string in = base::IsDnsLabel(ns) ? " -n " + ns : "";
    out << fmt::format("`{}` is what `kubectl get launchverdict{} {} -o json` prints", check.file,
                       in, check.name);
    if (check.signed_with == "DSSE") {
      out << fmt::format(", or `launchgate verdict export {} -f MANIFEST`", check.name);
    }
    out << ".\n";
  } else {
    out << fmt::format("`{}` is the object as JSON.\n", check.file);
  }
  out << fmt::format("\n```sh\n{}\n```\n", check.prepare);
  for (const SignatureCheck& signature : check.signatures) {
    out << fmt::format(
        "\nSigned by {} ({}) with an {} key, `{}`:\n\n"
        "```sh\n# The public key: must print {}\n{}\n{}\n```\n",
        Signed(signature.identity), Signed(signature.role), verdict::ToString(signature.algorithm),
        signature.public_key_file, signature.spki_sha256, signature.hash_key, signature.verify);
  }
}

void WriteChecks(const GoNoGo& record, std::ostream& out) {
  out << "\n## Verify the signatures yourself\n\n";
  if (record.checks.empty()) {
    out << "There is nothing to verify: nobody has signed.\n";
    return;
  }
  out << "With OpenSSL 3, jq and a shell, and without Launchgate. Have each LaunchVerdict as JSON "
         "and each signer's public key as PEM in one folder; get the keys from the signers or from "
         "whoever keeps the LaunchAuthority, not from this page. Each last command says "
         "`Signature Verified Successfully` or `Verified OK` and ends with 0.\n\n"
         "`jq .predicate body` then shows what was signed.";
  if (record.report.facts) {
    const verdict::Subject& subject = record.report.facts->verdicts.expected;
    out << fmt::format(
        " It is about this review and this standard when `review.specDigest` is `{}` and "
        "`checklist.specDigest` is `{}`.",
        subject.review_digest, subject.checklist_digest);
  }
  out << "\n";
  for (const VerdictCheck& check : record.checks) WriteCheck(check, record.report.ns, out);
}

}  // namespace

void WriteGoNoGo(const GoNoGo& record, std::ostream& out) {
  WriteHead(record.report, out);
  WriteSigners(record.report, out);
  WriteConditions(record.report, out);
  WriteEvidence(record.report, out);
  WriteFixes(record, out);
  WriteChecks(record, out);
}

}  // namespace launchgate::app::cli
