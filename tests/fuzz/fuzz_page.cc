// Runbooks as any web server may send them: nothing crashes, what is kept is
// bounded by the page, and a runbook passes only with its sections and its
// service's name in it.
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/evidence/page_outline.h"
#include "core/evidence/verify.h"

namespace {

using launchgate::base::Time;
using launchgate::evidence::Finding;
using launchgate::evidence::FindingStatus;
using launchgate::evidence::Page;
using launchgate::evidence::PageOutline;
using launchgate::evidence::Section;
using launchgate::resources::RunbookSpec;

constexpr std::size_t kMaxMessageBytes = 4096;  // Cut to 1024 when it is stored.
constexpr Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
constexpr const char* kService = "gift-cards";

void Require(bool condition) {
  if (!condition) std::abort();
}

bool Contains(std::string_view text, std::string_view lowercase_word) {
  std::string lowered(text);
  for (char& c : lowered) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lowered.find(lowercase_word) != std::string::npos;
}

void CheckOutline(const PageOutline& outline) {
  Require(outline.sections.size() <= launchgate::evidence::kMaxHeadings);
  for (const Section& section : outline.sections) Require(section.level >= 1 && section.level <= 6);
}

void CheckRunbook(const char* content_type, const std::string& body) {
  RunbookSpec spec;
  spec.urls = {"https://wiki.example.com/gift-cards"};
  spec.required_sections = {"Rollback"};
  spec.recheck_every = std::chrono::minutes(10);
  const Finding finding = launchgate::evidence::VerifyRunbook(
      spec, kService, {Page{spec.urls.front(), 200, content_type, body}}, kNow, kNow);
  Require(!finding.reason.empty() && finding.message.size() <= kMaxMessageBytes);
  if (finding.status != FindingStatus::kPass) return;
  const PageOutline outline = launchgate::evidence::Outline(content_type, body);
  Require(!outline.asks_for_password && Contains(outline.text, kService));
  bool has_section = false;
  for (const Section& section : outline.sections) {
    has_section = has_section || Contains(section.title, "rollback");
  }
  Require(has_section);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  CheckOutline(launchgate::evidence::OutlineMarkdown(body));
  CheckOutline(launchgate::evidence::OutlineHtml(body));
  for (const char* type : {"text/markdown", "text/html; charset=utf-8", "", "application/pdf"}) {
    CheckRunbook(type, body);
  }
  return 0;
}
