#include "app/cli/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>

#include "app/cli/markdown.h"
#include "core/base/text.h"

namespace launchgate::app::cli {
namespace {

using evidence::FindingStatus;

constexpr std::string_view kGreen = "\x1B[32m";
constexpr std::string_view kRed = "\x1B[31m";
constexpr std::string_view kYellow = "\x1B[33m";
constexpr std::string_view kReset = "\x1B[0m";

std::string Shown(std::string_view text) { return base::Printable(text, kMaxShownBytes); }

std::string Coloured(std::string_view text, std::string_view colour, bool on) {
  return on ? fmt::format("{}{}{}", colour, text, kReset) : std::string(text);
}

std::string_view ColourOf(FindingStatus status) {
  if (status == FindingStatus::kPass) return kGreen;
  return status == FindingStatus::kUnknown ? kYellow : kRed;
}

std::string FactsOf(const Report::Item& item) {
  std::string text;
  if (!item.finding) return text;
  for (const auto& [name, value] : item.finding->facts) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", Shown(name), Shown(value));
  }
  return text;
}

void WriteSigners(const Report& report, std::ostream& out) {
  if (!report.facts) return;
  for (const verdict::VerifiedStatement& verified : report.facts->verdicts.latest) {
    const verdict::Statement& statement = verified.statement();
    out << fmt::format("  {:<6} {} ({}), until {}\n", verdict::ToString(statement.answer),
                       Shown(statement.identity), Shown(statement.role),
                       base::FormatTime(statement.not_after));
  }
  for (const verdict::Rejection& rejection : report.facts->verdicts.rejected) {
    out << fmt::format("  not counted: {}: {}: {}\n", Shown(rejection.object_name),
                       rejection.reason, Shown(rejection.message));
  }
}

std::string Xml(std::string_view text) {
  std::string escaped;
  for (const char c : Shown(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

bool Blocks(const Report::Item& item) {
  return item.item.severity == resources::Severity::kBlocker ||
         item.item.severity == resources::Severity::kUnknown;
}

void WriteCase(const Report::Item& item, std::ostream& out) {
  out << fmt::format("    <testcase classname=\"{}\" name=\"{}\">", Xml(item.item.section),
                     Xml(item.item.id));
  if (item.status != FindingStatus::kPass) {
    const std::string message =
        Xml(fmt::format("{}: {}", evidence::ToString(item.status), MessageOf(item)));
    out << fmt::format("<{} message=\"{}\"/>", Blocks(item) ? "failure" : "skipped", message);
  }
  out << "</testcase>\n";
}

}  // namespace

void WriteText(const Report& report, bool colour, std::ostream& out) {
  const bool allowed = report.decision.allowed();
  out << fmt::format("{} {}/{}: {}\n",
                     Coloured(allowed ? "ALLOW" : "DENY", allowed ? kGreen : kRed, colour),
                     Shown(report.ns), Shown(report.target), report.decision.reason());
  for (const base::Objection& objection : report.decision.objections()) {
    out << fmt::format("  - {}: {}\n", objection.reason, Shown(objection.message));
  }
  for (const std::string& warning : report.decision.warnings()) {
    out << fmt::format("  {} {}\n", Coloured("warning:", kYellow, colour), Shown(warning));
  }
  if (!report.items.empty()) out << "\nItems\n";
  std::size_t width = 0;
  for (const Report::Item& item : report.items) width = std::max(width, item.item.id.size());
  for (const Report::Item& item : report.items) {
    out << fmt::format("  {} {:<{}}  {:<7}  {}\n",
                       Coloured(fmt::format("{:<7}", evidence::ToString(item.status)),
                                ColourOf(item.status), colour),
                       item.item.id, width, resources::ToString(item.item.severity),
                       Shown(MessageOf(item)));
    const std::string facts = FactsOf(item);
    if (!facts.empty()) out << fmt::format("          {:<{}}  {}\n", "", width, facts);
  }
  if (report.facts &&
      (!report.facts->verdicts.latest.empty() || !report.facts->verdicts.rejected.empty())) {
    out << "\nVerdicts\n";
    WriteSigners(report, out);
  }
}

void WriteMarkdown(const Report& report, std::ostream& out) {
  out << fmt::format("### {}: {}/{} ({})\n\n", report.decision.allowed() ? "Allow" : "Deny",
                     MarkdownText(report.ns), MarkdownText(report.target),
                     report.decision.reason());
  for (const base::Objection& objection : report.decision.objections()) {
    const std::string about = objection.item.empty() ? "" : " " + MarkdownCode(objection.item);
    out << fmt::format("- **{}**{}: {}\n", objection.reason, about,
                       MarkdownText(objection.message));
  }
  out << "\n| section | item | question | severity | finding | reason | why | valid until |\n"
         "|---|---|---|---|---|---|---|---|\n";
  for (const Report::Item& item : report.items) {
    const bool ends = item.finding && item.finding->valid_until != base::kNever;
    out << fmt::format(
        "| {} | {} | {} | {} | {} | {} | {} | {} |\n", MarkdownText(item.item.section_title),
        MarkdownText(item.item.id), MarkdownText(item.item.question),
        resources::ToString(item.item.severity), evidence::ToString(item.status), ReasonOf(item),
        MarkdownText(MessageOf(item)), ends ? base::FormatTime(item.finding->valid_until) : "");
  }
  out << "\n";
}

void WriteJunit(const std::vector<Report>& reports, std::ostream& out) {
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const Report& report : reports) {
    out << fmt::format("  <testsuite name=\"{}/{}\">\n", Xml(report.ns), Xml(report.target));
    for (const Report::Item& item : report.items) WriteCase(item, out);
    out << "    <testcase classname=\"decision\" name=\"decision\">";
    if (!report.decision.allowed()) {
      out << fmt::format("<failure message=\"{}\"/>",
                         Xml(report.decision.objections().front().message));
    }
    out << "</testcase>\n  </testsuite>\n";
  }
  out << "</testsuites>\n";
}

}  // namespace launchgate::app::cli
