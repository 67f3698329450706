#include "app/cli/render_checklist.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>

#include "app/cli/markdown.h"

namespace launchgate::app::cli {
namespace {

using resources::ChecklistItem;

// A standard is shown whole: no field of a checklist that was read is longer.
constexpr std::size_t kMaxFieldBytes = 8192;

std::string Text(std::string_view text) { return MarkdownText(text, kMaxFieldBytes); }

std::string TitleOf(const resources::ReadinessChecklist& checklist) {
  return checklist.title.empty() ? checklist.meta.name : checklist.title;
}

void WriteHead(const resources::ReadinessChecklist& checklist, std::ostream& out) {
  out << fmt::format(
      "# {}\n\n"
      "Every line is a question that is answered with yes or no. A Blocker without a yes stops the "
      "launch, unless a signed Go waives it until a date; a Major or a Minor without one is shown "
      "and stops nothing.\n\n"
      "Made from the ReadinessChecklist {} by `launchgate render checklist -f FILE`. Edit the "
      "checklist and make this page again.\n",
      Text(TitleOf(checklist)), MarkdownCode(checklist.meta.name));
}

void WriteItem(const ChecklistItem& item, std::ostream& out) {
  out << fmt::format("\n### {}\n\n**{}**\n\n", MarkdownCode(item.id), Text(item.question));
  if (!item.practice.empty()) out << fmt::format("- Practice: {}\n", Text(item.practice));
  if (!item.why.empty()) out << fmt::format("- Why: {}\n", Text(item.why));
  out << fmt::format("- Severity: {}\n- Evidence: {}\n", resources::ToString(item.severity),
                     MarkdownCode(item.evidence_word));
  out << "- Verdict: [ ] yes  [ ] no  [ ] waived until ____\n";
}

}  // namespace

void WriteChecklist(const resources::ReadinessChecklist& checklist, std::ostream& out) {
  WriteHead(checklist, out);
  const std::string* section = nullptr;
  for (const ChecklistItem& item : checklist.items) {
    if (section == nullptr || *section != item.section) {
      out << fmt::format("\n## {}\n", Text(item.section_title));
    }
    section = &item.section;
    WriteItem(item, out);
  }
}

json::Json ToJson(const resources::ReadinessChecklist& checklist) {
  json::Json sections = json::Json::array();
  for (const ChecklistItem& item : checklist.items) {
    if (sections.empty() || sections.back()["id"] != item.section) {
      sections.push_back(
          {{"id", item.section}, {"title", item.section_title}, {"items", json::Json::array()}});
    }
    sections.back()["items"].push_back({{"id", item.id},
                                        {"question", item.question},
                                        {"practice", item.practice},
                                        {"why", item.why},
                                        {"severity", resources::ToString(item.severity)},
                                        {"evidence", item.evidence_word}});
  }
  return {
      {"name", checklist.meta.name}, {"title", checklist.title}, {"sections", std::move(sections)}};
}

}  // namespace launchgate::app::cli
