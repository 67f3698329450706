#include "core/evidence/page_outline.h"

#include <cmark.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <utility>

namespace launchgate::evidence {
namespace {

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

bool StartsWithWord(std::string_view text, std::string_view lower_prefix) {
  if (text.size() < lower_prefix.size()) return false;
  return std::ranges::equal(text.substr(0, lower_prefix.size()), lower_prefix,
                            [](char a, char b) { return Lower(a) == b; });
}

// Without white space around it and with single spaces inside, as it is shown.
std::string InOneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (space && (line.empty() || line.back() == ' ')) continue;
    line += space ? ' ' : c;
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

// Collects text into the section it stands in.
class Collector {
 public:
  void Text(std::string_view text) {
    outline_.text += text;
    if (heading_ > 0) {
      title_ += text;
    } else if (!outline_.sections.empty()) {
      outline_.sections.back().text += text;
    }
  }
  // A fragment ("#rollback") leads to a place on a page and would read like the
  // name of a channel.
  void Link(std::string_view url) {
    Text(" ");
    Text(url.substr(0, url.find('#')));
    Text(" ");
  }
  void OpenHeading(int level) {
    CloseHeading();
    heading_ = level;
  }
  void CloseHeading() {
    if (heading_ > 0 && outline_.sections.size() < kMaxHeadings) {
      outline_.sections.push_back({heading_, InOneLine(title_), ""});
    }
    heading_ = 0;
    title_.clear();
    Text("\n");
  }
  void AsksForPassword() { outline_.asks_for_password = true; }
  PageOutline Take() {
    if (heading_ > 0) CloseHeading();
    return std::move(outline_);
  }

 private:
  PageOutline outline_;
  int heading_ = 0;  // Level of the heading we are inside, 0 outside.
  std::string title_;
};

void CollectLiteral(cmark_node* node, Collector& collector) {
  if (const char* literal = cmark_node_get_literal(node)) collector.Text(literal);
}

void EnterNode(cmark_node* node, Collector& collector) {
  switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
      collector.OpenHeading(cmark_node_get_heading_level(node));
      break;
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE:
    case CMARK_NODE_CODE_BLOCK:
      CollectLiteral(node, collector);
      break;
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
    case CMARK_NODE_PARAGRAPH:
    case CMARK_NODE_ITEM:
      collector.Text("\n");
      break;
    default:
      break;
  }
}

void LeaveNode(cmark_node* node, Collector& collector) {
  if (cmark_node_get_type(node) == CMARK_NODE_HEADING) collector.CloseHeading();
  if (cmark_node_get_type(node) != CMARK_NODE_LINK) return;
  if (const char* url = cmark_node_get_url(node)) collector.Link(url);
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kReferences = {{
    {"&amp;", "&"},
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&quot;", "\""},
    {"&#39;", "'"},
    {"&apos;", "'"},
    {"&nbsp;", " "},
    {"&#64;", "@"},
}};

// One HTML page, scanned front to back.
class HtmlScanner {
 public:
  explicit HtmlScanner(std::string_view page) : rest_(page) {}

  PageOutline Scan() {
    while (!rest_.empty()) {
      if (StartsTag()) {
        Tag();
      } else if (rest_.front() == '&') {
        Reference();
      } else {
        // The first byte is text, also where it is a '<' that starts no tag.
        const std::size_t end = std::min(rest_.find_first_of("<&", 1), rest_.size());
        collector_.Text(rest_.substr(0, end));
        rest_.remove_prefix(end);
      }
    }
    return collector_.Take();
  }

 private:
  // "a < b" is text: a tag's name follows its '<' at once.
  bool StartsTag() const {
    if (rest_.size() < 2 || rest_.front() != '<') return false;
    const char next = rest_[1];
    return std::isalpha(static_cast<unsigned char>(next)) != 0 || next == '/' || next == '!' ||
           next == '?';
  }

  void Reference() {
    for (const auto& [name, text] : kReferences) {
      if (!rest_.starts_with(name)) continue;
      collector_.Text(text);
      rest_.remove_prefix(name.size());
      return;
    }
    collector_.Text("&");
    rest_.remove_prefix(1);
  }

  void Tag() {
    if (rest_.starts_with("<!--")) return SkipPast("-->");
    const std::string_view tag = rest_.substr(0, std::min(TagEnd(), rest_.size()));
    rest_.remove_prefix(tag.size());
    if (StartsWithWord(tag, "<script")) return SkipPast("</script");
    if (StartsWithWord(tag, "<style")) return SkipPast("</style");
    if (StartsWithWord(tag, "<input") && IsPasswordField(tag)) collector_.AsksForPassword();
    if (const int level = HeadingLevel(tag, "<h")) collector_.OpenHeading(level);
    if (HeadingLevel(tag, "</h") > 0) collector_.CloseHeading();
    if (StartsWithWord(tag, "<a ")) collector_.Link(Attribute(tag, "href"));
    if (!IsInline(tag)) collector_.Text("\n");
  }

  // Just past the '>' that ends the tag at the front; quotes may hide one.
  std::size_t TagEnd() const {
    char quote = '\0';
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return i + 1;
      }
    }
    return rest_.size();
  }

  void SkipPast(std::string_view lower_end) {
    const auto found = std::search(rest_.begin(), rest_.end(), lower_end.begin(), lower_end.end(),
                                   [](char a, char b) { return Lower(a) == b; });
    const auto begin = static_cast<std::size_t>(found - rest_.begin());
    rest_.remove_prefix(std::min(rest_.size(), begin + lower_end.size()));
    // "</script >" ends a script as well: the rest of the end tag goes with it.
    if (!lower_end.ends_with('>')) {
      const std::size_t end = rest_.find('>');
      rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    }
  }

  static int HeadingLevel(std::string_view tag, std::string_view prefix) {
    if (!StartsWithWord(tag, prefix) || tag.size() < prefix.size() + 2) return 0;
    const char digit = tag[prefix.size()];
    const char after = tag[prefix.size() + 1];
    const bool ends = after == '>' || std::isspace(static_cast<unsigned char>(after)) != 0;
    return digit >= '1' && digit <= '6' && ends ? digit - '0' : 0;
  }

  static bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
  static std::string_view SkipSpace(std::string_view text) {
    while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
    return text;
  }

  // Empty when the tag has no such attribute. A tag starts with '<', so that
  // every name has a byte in front.
  static std::string Attribute(std::string_view tag, std::string_view name) {
    std::string lower(tag);
    std::ranges::transform(lower, lower.begin(), Lower);
    std::size_t at = lower.find(name);
    // Not the end of another name, as in "data-type".
    while (at != std::string::npos && !IsSpace(lower[at - 1])) at = lower.find(name, at + 1);
    if (at == std::string::npos) return "";
    std::string_view value = SkipSpace(tag.substr(at + name.size()));
    if (!value.starts_with('=')) return "";
    value = SkipSpace(value.substr(1));
    if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
      const std::size_t end = value.find(value.front(), 1);
      return std::string(value.substr(1, end == std::string_view::npos ? end : end - 1));
    }
    return std::string(value.substr(0, value.find_first_of(" >")));
  }

  static bool IsPasswordField(std::string_view tag) {
    std::string type = Attribute(tag, "type");
    std::ranges::transform(type, type.begin(), Lower);
    return type == "password";
  }

  static bool IsInline(std::string_view tag) {
    constexpr std::array<std::string_view, 7> kInline = {"<a",      "<b",    "<i",   "<em",
                                                         "<strong", "<span", "<code"};
    const std::string opening =
        tag.starts_with("</") ? "<" + std::string(tag.substr(2)) : std::string(tag);
    return std::ranges::any_of(kInline, [&](std::string_view name) {
      return StartsWithWord(opening, name) &&
             (opening.size() == name.size() || opening[name.size()] == '>' ||
              opening[name.size()] == ' ');
    });
  }

  std::string_view rest_;
  Collector collector_;
};

bool LooksLikeHtml(std::string_view page) {
  const std::size_t start = page.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (start == std::string_view::npos) return false;
  const std::string_view front = page.substr(start);
  return StartsWithWord(front, "<!doctype html") || StartsWithWord(front, "<html");
}

}  // namespace

PageOutline OutlineMarkdown(std::string_view page) {
  page = page.substr(0, kMaxPageBytes);
  const std::unique_ptr<cmark_node, decltype(&cmark_node_free)> document(
      cmark_parse_document(page.data(), page.size(), CMARK_OPT_VALIDATE_UTF8), &cmark_node_free);
  const std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> walk(cmark_iter_new(document.get()),
                                                                     &cmark_iter_free);
  Collector collector;
  for (cmark_event_type event = cmark_iter_next(walk.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(walk.get())) {
    cmark_node* node = cmark_iter_get_node(walk.get());
    if (event == CMARK_EVENT_ENTER) EnterNode(node, collector);
    if (event == CMARK_EVENT_EXIT) LeaveNode(node, collector);
  }
  return collector.Take();
}

PageOutline OutlineHtml(std::string_view page) {
  return HtmlScanner(page.substr(0, kMaxPageBytes)).Scan();
}

PageOutline Outline(std::string_view content_type, std::string_view page) {
  const bool html = StartsWithWord(content_type, "text/html") ||
                    StartsWithWord(content_type, "application/xhtml") || LooksLikeHtml(page);
  return html ? OutlineHtml(page) : OutlineMarkdown(page);
}

}  // namespace launchgate::evidence
