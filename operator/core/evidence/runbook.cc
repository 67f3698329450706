#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>

#include "core/base/text.h"
#include "core/evidence/page_outline.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

// Less visible text than this is a placeholder, not a runbook.
constexpr std::size_t kMinVisibleBytes = 40;
constexpr std::size_t kMinPhoneDigits = 7;
constexpr std::size_t kMinExtensionDigits = 3;
constexpr std::size_t kMaxPhoneText = 24;

std::string Lowered(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool IsWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// Whether `words` stands in `text` as whole words, letter case aside, so that
// "Rollback" is found in "4. Rollback procedure" but not in "Rollbacks".
bool ContainsWords(std::string_view text, std::string_view words) {
  const std::string haystack = Lowered(text);
  const std::string needle = Lowered(words);
  if (needle.empty()) return false;
  for (std::size_t at = haystack.find(needle); at != std::string::npos;
       at = haystack.find(needle, at + 1)) {
    const bool starts = at == 0 || !IsWord(haystack[at - 1]);
    const std::size_t end = at + needle.size();
    if (starts && (end == haystack.size() || !IsWord(haystack[end]))) return true;
  }
  return false;
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\xC2\xA0") == std::string_view::npos;
}

// The text of a section with that of its subsections.
std::string WholeText(const PageOutline& outline, std::size_t index) {
  const Section& section = outline.sections[index];
  std::string text = section.text;
  for (std::size_t i = index + 1; i < outline.sections.size(); ++i) {
    if (outline.sections[i].level <= section.level) break;
    text += outline.sections[i].title + "\n" + outline.sections[i].text;
  }
  return text;
}

enum class SectionState { kMissing, kEmpty, kPresent };

SectionState StateOf(const PageOutline& outline, std::string_view title) {
  SectionState state = SectionState::kMissing;
  for (std::size_t i = 0; i < outline.sections.size(); ++i) {
    if (!ContainsWords(outline.sections[i].title, title)) continue;
    if (!IsBlank(WholeText(outline, i))) return SectionState::kPresent;
    state = SectionState::kEmpty;
  }
  return state;
}

// "#payments-oncall" or "@payments": a mark directly followed by a name.
bool HasHandle(std::string_view text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const bool mark = text[i] == '#' || text[i] == '@';
    const bool starts = i == 0 || !IsWord(text[i - 1]);
    const bool name =
        std::isalpha(static_cast<unsigned char>(text[i + 1])) != 0 && IsWord(text[i + 2]);
    if (mark && starts && name) return true;
  }
  return false;
}

// "alice@example.com": a name, an at sign, a domain with a dot.
bool HasMailAddress(std::string_view text) {
  for (std::size_t at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (at == 0 || !IsWord(text[at - 1])) continue;
    const std::string_view domain = text.substr(at + 1);
    const std::size_t end = std::min(domain.find_first_of(" \t\r\n,;<>()"), domain.size());
    const std::size_t dot = domain.substr(0, end).find('.');
    if (dot != std::string_view::npos && dot > 0 && dot + 1 < end) return true;
  }
  return false;
}

// The digits at the front, with only phone punctuation between them.
std::size_t CountDigits(std::string_view text) {
  std::size_t digits = 0;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      ++digits;
    } else if (std::string_view(" +-()/.").find(c) == std::string_view::npos) {
      break;
    }
  }
  return digits;
}

// "+49 30 1234567": seven digits or more with only phone punctuation between.
bool HasPhoneNumber(std::string_view text) {
  for (std::size_t plus = text.find('+'); plus != std::string_view::npos;
       plus = text.find('+', plus + 1)) {
    if (CountDigits(text.substr(plus + 1, kMaxPhoneText)) >= kMinPhoneDigits) return true;
  }
  return false;
}

// "tel:5550100": a link that dials, also one without a country code.
bool HasTelephoneLink(std::string_view text) {
  const std::string lower = Lowered(text);
  for (std::size_t at = lower.find("tel:"); at != std::string::npos;
       at = lower.find("tel:", at + 1)) {
    if (at > 0 && IsWord(lower[at - 1])) continue;
    if (CountDigits(std::string_view(lower).substr(at + 4, kMaxPhoneText)) >= kMinExtensionDigits) {
      return true;
    }
  }
  return false;
}

bool HasContact(std::string_view text) {
  return HasMailAddress(text) || HasHandle(text) || HasPhoneNumber(text) || HasTelephoneLink(text);
}

// Where people look for whom to call: a section that says so in its title,
// else anywhere on the page.
bool NamesEscalationContact(const PageOutline& outline) {
  constexpr std::array<std::string_view, 5> kTitles = {"escalation", "on-call", "oncall", "contact",
                                                       "contacts"};
  bool found_section = false;
  for (std::size_t i = 0; i < outline.sections.size(); ++i) {
    const bool about = std::ranges::any_of(kTitles, [&](std::string_view title) {
      return ContainsWords(outline.sections[i].title, title);
    });
    if (!about) continue;
    found_section = true;
    if (HasContact(WholeText(outline, i))) return true;
  }
  return !found_section && HasContact(outline.text);
}

struct Verdict {
  FindingStatus status = FindingStatus::kFail;
  std::string reason;
  std::string message;
};

std::optional<Verdict> JudgeSections(const resources::RunbookSpec& spec, const PageOutline& outline,
                                     const std::string& url) {
  std::vector<std::string> missing;
  std::vector<std::string> empty;
  for (const std::string& title : spec.required_sections) {
    const SectionState state = StateOf(outline, title);
    if (state == SectionState::kMissing) missing.push_back(base::Quote(title));
    if (state == SectionState::kEmpty) empty.push_back(base::Quote(title));
  }
  if (!missing.empty()) {
    return Verdict{FindingStatus::kFail, "SectionMissing",
                   fmt::format("{} has no section {}", url, base::JoinWords(missing))};
  }
  if (!empty.empty()) {
    return Verdict{FindingStatus::kFail, "SectionEmpty",
                   fmt::format("{} says nothing in section {}", url, base::JoinWords(empty))};
  }
  return std::nullopt;
}

// Server trouble and rate limits say nothing about the runbook.
std::optional<Verdict> JudgeStatus(const Page& page, const std::string& url) {
  if (page.http_status == 200) return std::nullopt;
  const bool trouble = page.http_status >= 500 || page.http_status == 429 || page.http_status < 200;
  return Verdict{trouble ? FindingStatus::kUnknown : FindingStatus::kFail,
                 trouble ? "ServerError" : "HttpStatus",
                 fmt::format("{} answered {}", url, page.http_status)};
}

std::optional<Verdict> JudgePage(const resources::RunbookSpec& spec, std::string_view service,
                                 const Page& page) {
  const std::string url = base::Printable(page.url, base::kMaxQuotedBytes);
  if (auto status = JudgeStatus(page, url)) return status;
  const PageOutline outline = Outline(page.content_type, page.body);
  if (outline.asks_for_password) {
    return Verdict{FindingStatus::kFail, "LoginPage",
                   url +
                       " answers with a login page; publish the runbook where the operator "
                       "can read it without credentials"};
  }
  const auto visible = std::ranges::count_if(outline.text, [](char c) { return c > ' ' || c < 0; });
  if (static_cast<std::size_t>(visible) < kMinVisibleBytes) {
    return Verdict{FindingStatus::kFail, "PageEmpty", url + " is as good as empty"};
  }
  if (auto sections = JudgeSections(spec, outline, url)) return sections;
  if (!ContainsWords(outline.text, service)) {
    return Verdict{FindingStatus::kFail, "ServiceNotNamed",
                   fmt::format("{} does not name the service {}", url, base::Quote(service))};
  }
  if (!NamesEscalationContact(outline)) {
    return Verdict{FindingStatus::kFail, "NoEscalationContact",
                   url + " names nobody to call: no mail address, channel, handle or phone number"};
  }
  return std::nullopt;
}

}  // namespace

Finding VerifyRunbook(const resources::RunbookSpec& spec, std::string_view service,
                      const std::vector<Page>& pages, base::Time fetched_at, base::Time now) {
  Finding finding;
  finding.facts["pages"] = std::to_string(pages.size());
  if (pages.empty()) {
    finding.reason = "SourceMissing";
    finding.message = "no runbook page was fetched";
    return finding;
  }
  if (fetched_at > now + kMaxClockSkew) {
    finding.reason = "TimeInFuture";
    finding.message = "the runbook was fetched in the future: " + base::FormatTime(fetched_at);
    return finding;
  }
  finding.observed_at = fetched_at;
  finding.valid_until = fetched_at + kRunbookValidity * spec.recheck_every;
  for (const Page& page : pages) {
    if (auto verdict = JudgePage(spec, service, page)) {
      finding.status = verdict->status;
      finding.reason = std::move(verdict->reason);
      finding.message = std::move(verdict->message);
      return finding;
    }
  }
  const bool stale = now >= finding.valid_until;
  finding.status = stale ? FindingStatus::kStale : FindingStatus::kPass;
  finding.reason = stale ? "TooOld" : "RunbookComplete";
  finding.message = stale ? "the runbook was last read at " + base::FormatTime(fetched_at)
                          : "the runbook has every required section and says whom to call";
  return finding;
}

}  // namespace launchgate::evidence
