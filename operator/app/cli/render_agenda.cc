#include "app/cli/render_agenda.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "app/cli/agenda_sections.h"
#include "app/cli/burn_down_chart.h"
#include "app/cli/html.h"
#include "app/cli/markdown.h"
#include "core/base/text.h"
#include "core/budget/agenda.h"

namespace launchgate::app::cli {
namespace {

using json::Json;
using resources::AgendaObjective;
using resources::BudgetAgenda;
using resources::BudgetReview;

// Texts of an agenda are shown whole; escapes make them longer.
constexpr std::size_t kMaxFieldBytes = 4096;

std::string Markdown(std::string_view text) { return MarkdownText(text, kMaxFieldBytes); }
std::string Html(std::string_view text) { return HtmlText(text, kMaxFieldBytes); }

// "100 % ▇▆▃ 12 %".
std::string BurnDownLine(const AgendaObjective& objective) {
  if (objective.burn_down.empty()) return "no data";
  return fmt::format("100 % {} {}", Sparkline(objective.burn_down),
                     Percent(objective.burn_down.back()));
}

void WriteMarkdownTable(const AgendaSection& section, std::ostream& out) {
  out << fmt::format("\n## {}\n\n", section.title);
  if (section.rows.empty()) {
    out << section.nothing << "\n";
    return;
  }
  std::string head = "|";
  std::string rule = "|";
  for (const std::string& column : section.columns) {
    head += fmt::format(" {} |", column);
    rule += "---|";
  }
  out << head << "\n" << rule << "\n";
  for (const auto& row : section.rows) {
    out << "|";
    for (const std::string& cell : row) out << fmt::format(" {} |", Markdown(cell));
    out << "\n";
  }
}

void WriteMarkdownCharts(const BudgetAgenda& agenda, const std::vector<std::string>& charts,
                         std::ostream& out) {
  out << "\n## Burn-down\n\n";
  for (std::size_t i = 0; i < agenda.objectives.size(); ++i) {
    const AgendaObjective& objective = agenda.objectives[i];
    out << fmt::format("- {}: {}\n", Markdown(objective.name), BurnDownLine(objective));
    if (i < charts.size()) {
      out << fmt::format("\n  ![Error budget left of {}](<{}>)\n\n", Markdown(objective.name),
                         charts[i]);
    }
  }
}

void WriteTextSection(const AgendaSection& section, std::ostream& out) {
  out << "\n" << section.title << "\n";
  if (section.rows.empty()) out << "  " << section.nothing << "\n";
  for (const auto& row : section.rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i].empty()) continue;
      line += fmt::format("{}{}: {}", line.empty() ? "  - " : "; ", section.columns[i],
                          base::Printable(row[i], kMaxFieldBytes));
    }
    out << line << "\n";
  }
}

void WriteHtmlTable(const AgendaSection& section, std::ostream& out) {
  out << fmt::format("<h3>{}</h3>\n", Html(section.title));
  if (section.rows.empty()) {
    out << fmt::format("<p>{}</p>\n", Html(section.nothing));
    return;
  }
  out << "<table>\n<thead><tr>";
  for (const std::string& column : section.columns) {
    out << fmt::format("<th scope=\"col\">{}</th>", Html(column));
  }
  out << "</tr></thead>\n<tbody>\n";
  for (const auto& row : section.rows) {
    out << "<tr>";
    for (const std::string& cell : row) out << fmt::format("<td>{}</td>", Html(cell));
    out << "</tr>\n";
  }
  out << "</tbody>\n</table>\n";
}

void WriteHtmlReview(const BudgetReview& review, std::size_t number, std::ostream& out) {
  out << fmt::format("<section>\n<h2>{}</h2>\n", Html(TitleOf(review)));
  for (const std::string& sentence : HeadOf(review)) {
    out << fmt::format("<p>{}</p>\n", Html(sentence));
  }
  if (review.status.agenda) {
    const BudgetAgenda& agenda = *review.status.agenda;
    const auto sections = SectionsOf(agenda);
    WriteHtmlTable(sections.front(), out);
    for (std::size_t i = 0; i < agenda.objectives.size(); ++i) {
      out << "<figure>\n"
          << BurnDownSvg(agenda.objectives[i], agenda.from, agenda.until,
                         fmt::format("burn-down-{}-{}", number, i + 1))
          << fmt::format("<figcaption>{}: {}</figcaption>\n</figure>\n",
                         Html(agenda.objectives[i].name), BurnDownLine(agenda.objectives[i]));
    }
    for (std::size_t i = 1; i < sections.size(); ++i) WriteHtmlTable(sections[i], out);
  }
  out << "</section>\n";
}

void SetTime(Json& object, const char* field, const std::optional<base::Time>& time) {
  if (time) object[field] = base::FormatTime(*time);
}

}  // namespace

void WriteAgendaText(const BudgetReview& review, std::ostream& out) {
  out << TitleOf(review) << "\n";
  for (const std::string& sentence : HeadOf(review)) out << sentence << "\n";
  if (!review.status.agenda) return;
  for (const AgendaSection& section : SectionsOf(*review.status.agenda)) {
    WriteTextSection(section, out);
  }
  out << "\nBurn-down\n";
  for (const AgendaObjective& objective : review.status.agenda->objectives) {
    out << fmt::format("  - {}: {}\n", base::Printable(objective.name, kMaxFieldBytes),
                       BurnDownLine(objective));
  }
}

void WriteAgendaMarkdown(const BudgetReview& review, const std::vector<std::string>& charts,
                         std::ostream& out) {
  out << fmt::format("# {}\n", Markdown(TitleOf(review)));
  for (const std::string& sentence : HeadOf(review)) out << "\n" << Markdown(sentence) << "\n";
  if (!review.status.agenda) return;
  const auto sections = SectionsOf(*review.status.agenda);
  WriteMarkdownTable(sections.front(), out);
  WriteMarkdownCharts(*review.status.agenda, charts, out);
  for (std::size_t i = 1; i < sections.size(); ++i) WriteMarkdownTable(sections[i], out);
}

void WriteAgendaHtml(const std::vector<BudgetReview>& reviews, std::ostream& out) {
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
         "'unsafe-inline'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width\">\n"
         "<title>Error budget reviews</title>\n"
         "<style>:root{color-scheme:light dark}body{font-family:sans-serif;max-width:60rem;"
         "margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{border:1px solid;"
         "padding:.25rem .5rem;text-align:left;vertical-align:top}figure{margin:1rem 0}"
         "svg{max-width:100%;height:auto}</style>\n</head>\n<body>\n<h1>Error budget "
         "reviews</h1>\n";
  for (std::size_t i = 0; i < reviews.size(); ++i) WriteHtmlReview(reviews[i], i + 1, out);
  out << "</body>\n</html>\n";
}

Json ToJson(const BudgetReview& review) {
  Json signers = Json::array();
  for (const resources::SignedOffBy& signer : review.status.signed_off_by) {
    signers.push_back({{"identity", signer.identity},
                       {"role", signer.role},
                       {"issuedAt", base::FormatTime(signer.issued_at)}});
  }
  Json document = {{"namespace", review.meta.ns},
                   {"name", review.meta.name},
                   {"budget", review.budget},
                   {"month", resources::FormatMonth(review.month)},
                   {"signedOffBy", std::move(signers)}};
  SetTime(document, "openedAt", review.status.opened_at);
  SetTime(document, "dueAt", review.status.due_at);
  SetTime(document, "freezesAt", review.status.freezes_at);
  if (review.status.agenda) {
    document["agenda"] = budget::AgendaJson(*review.status.agenda);
    document["agendaDigest"] = review.status.agenda_digest;
  }
  return document;
}

}  // namespace launchgate::app::cli
