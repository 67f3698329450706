// The headings of a page and the text below each, from Markdown or HTML.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace launchgate::evidence {

// Only this much of a page is read; runbooks are for people, not for machines.
inline constexpr std::size_t kMaxPageBytes = 256U << 10U;
inline constexpr std::size_t kMaxHeadings = 500;

struct Section {
  int level = 1;      // 1 to 6.
  std::string title;  // Without markup.
  std::string text;   // Up to the next heading of any level, white space kept.
};

struct PageOutline {
  std::vector<Section> sections;   // In the order of the page.
  std::string text;                // All visible text, headings included.
  bool asks_for_password = false;  // A form with a password field: a login page.
};

// CommonMark. Links keep their destination in the text ("mailto:a@b"), without
// a fragment.
PageOutline OutlineMarkdown(std::string_view page);

// A forgiving scan, not a browser: tags are dropped, scripts and styles skipped,
// the common character references decoded.
PageOutline OutlineHtml(std::string_view page);

// Chooses by the content type; pages without one are looked at.
PageOutline Outline(std::string_view content_type, std::string_view page);

}  // namespace launchgate::evidence
