// Headings and text of pages, as people and tools write them.
#include "core/evidence/page_outline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace launchgate::evidence {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// "2:Rollback" for each heading, separated by commas.
std::string Headings(const PageOutline& outline) {
  std::string list;
  for (const Section& section : outline.sections) {
    list += (list.empty() ? "" : ",") + std::to_string(section.level) + ":" + section.title;
  }
  return list;
}

struct Row {
  const char* name;
  const char* type;
  const char* page;
  const char* headings;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class HeadingsTest : public ::testing::TestWithParam<Row> {};

TEST_P(HeadingsTest, AreFound) {
  const PageOutline outline = Outline(GetParam().type, GetParam().page);

  EXPECT_EQ(Headings(outline), GetParam().headings);
}

constexpr const char* kMd = "text/markdown";
constexpr const char* kHtml = "text/html; charset=utf-8";

INSTANTIATE_TEST_SUITE_P(
    Pages, HeadingsTest,
    ::testing::Values(
        Row{"MarkdownAtx", kMd, "# A\n\n## B\n", "1:A,2:B"},
        Row{"MarkdownSetext", kMd, "A\n===\n\nB\n---\n", "1:A,2:B"},
        Row{"MarkdownClosedAtx", kMd, "## B ##\n", "2:B"},
        Row{"MarkdownSevenMarksAreText", kMd, "####### B\n", ""},
        Row{"MarkdownCodeIsNoHeading", kMd, "```\n# A\n```\n", ""},
        Row{"MarkdownIndentedCodeIsNoHeading", kMd, "    # A\n", ""},
        Row{"MarkdownWithoutSpaceIsText", kMd, "#channel\n", ""},
        Row{"MarkdownInlineMarkup", kMd, "## **Roll** *back* `now`\n", "2:Roll back now"},
        Row{"MarkdownLinkInHeading", kMd, "## [Rollback](http://x/y)\n", "2:Rollback http://x/y"},
        Row{"MarkdownEntity", kMd, "## A &amp; B\n", "2:A & B"},
        Row{"Html", kHtml, "<h1>A</h1><p>x</p><H2 class='x'>B</H2>", "1:A,2:B"},
        Row{"HtmlNestedMarkup", kHtml, "<h2><span id=\"b\">Roll</span>back</h2>", "2:Rollback"},
        Row{"HtmlUnclosedHeading", kHtml, "<h1>A<h2>B", "1:A,2:B"},
        Row{"HtmlHeaderIsNoHeading", kHtml, "<header>A</header><hr><h2>B</h2>", "2:B"},
        Row{"HtmlNoSeventhLevel", kHtml, "<h7>A</h7>", ""},
        Row{"HtmlScriptIsSkipped", kHtml, "<script>'<h1>A</h1>'</script><h2>B</h2>", "2:B"},
        Row{"HtmlScriptEndWithSpace", kHtml, "<SCRIPT>x</Script \n><h2>B</h2>", "2:B"},
        Row{"HtmlStyleIsSkipped", kHtml, "<style>h1{}<h1>A</h1></style><h2>B</h2>", "2:B"},
        Row{"HtmlCommentIsSkipped", kHtml, "<!-- <h1>A</h1> --><h2>B</h2>", "2:B"},
        Row{"HtmlUnclosedCommentEndsThePage", kHtml, "<h1>A</h1><!-- <h2>B</h2>", "1:A"},
        Row{"HtmlUnclosedScriptEndsThePage", kHtml, "<h1>A</h1><script><h2>B</h2>", "1:A"},
        Row{"HtmlQuoteInAttribute", kHtml, "<p title='>'><h2>B</h2>", "2:B"},
        Row{"HtmlLessThanIsText", kHtml, "<p>if a < b, don't<h2>B</h2>", "2:B"},
        Row{"HtmlReferences", kHtml, "<h2>A &amp; B&nbsp;C</h2>", "2:A & B C"},
        Row{"HtmlByLook", "", "\n<!DOCTYPE html><h1>A</h1>", "1:A"},
        Row{"HtmlByLookAtPlainText", "text/plain", "<html><h1>A</h1></html>", "1:A"},
        Row{"HtmlByTypeInCapitals", "TEXT/HTML", "<h1>A</h1>", "1:A"},
        Row{"Xhtml", "application/xhtml+xml", "<h1>A</h1>", "1:A"},
        Row{"PlainTextIsMarkdown", "text/plain", "# A\n", "1:A"}, Row{"NothingAtAll", "", "", ""}),
    [](const auto& row) { return row.param.name; });

TEST(PageOutlineTest, GivesEachSectionItsOwnText) {
  const PageOutline outline = OutlineMarkdown("lead\n\n# A\n\none\n\n## B\n\ntwo\n");

  ASSERT_THAT(outline.sections, SizeIs(2));
  EXPECT_THAT(outline.sections[0].text, HasSubstr("one"));
  EXPECT_THAT(outline.sections[0].text, Not(HasSubstr("two")));
  EXPECT_THAT(outline.sections[1].text, HasSubstr("two"));
  EXPECT_THAT(outline.text, HasSubstr("lead"));
  EXPECT_THAT(outline.text, HasSubstr("A"));
}

TEST(PageOutlineTest, KeepsWhereLinksLead) {
  const PageOutline markdown = OutlineMarkdown("[mail us](mailto:sre@example.com)");
  const PageOutline html = OutlineHtml("<a href=\"mailto:sre@example.com\">mail us</a>");

  EXPECT_THAT(markdown.text, HasSubstr(" mailto:sre@example.com "));
  EXPECT_THAT(html.text, HasSubstr(" mailto:sre@example.com "));
}

TEST(PageOutlineTest, DropsTheFragmentsOfLinks) {
  const PageOutline markdown = OutlineMarkdown("[up](#top) [there](http://x/y#rollback)");
  const PageOutline html =
      OutlineHtml("<a href=#top>up</a> <a href='http://x/y#rollback'>there</a>");

  for (const PageOutline& outline : {markdown, html}) {
    EXPECT_THAT(outline.text, Not(HasSubstr("#")));
    EXPECT_THAT(outline.text, HasSubstr("http://x/y"));
  }
}

TEST(PageOutlineTest, SeesPasswordFields) {
  for (const char* page : {"<input type=password>", "<INPUT name=p TYPE=\"Password\">",
                           "<input\ntype='password'/>", "<input type = \"password\" >"}) {
    EXPECT_TRUE(OutlineHtml(page).asks_for_password) << page;
  }
  for (const char* page : {"<input type=text name=password>", "<p>type=password</p>",
                           "<input data-type=password type=text>", "<!-- <input type=password> -->",
                           "<input>", "<input type>", "<input type="}) {
    EXPECT_FALSE(OutlineHtml(page).asks_for_password) << page;
  }
}

TEST(PageOutlineTest, BoundsWhatItReadsOfAPage) {
  const std::string filler(kMaxPageBytes, 'x');

  EXPECT_THAT(OutlineHtml(filler + "<h1>A</h1>").sections, SizeIs(0));
  EXPECT_THAT(OutlineMarkdown(filler + "\n\n# A\n").sections, SizeIs(0));
}

TEST(PageOutlineTest, BoundsTheNumberOfHeadings) {
  std::string html;
  std::string markdown;
  for (std::size_t i = 0; i < kMaxHeadings + 10; ++i) {
    html += "<h1>A</h1>";
    markdown += "# A\n";
  }

  EXPECT_THAT(OutlineHtml(html).sections, SizeIs(kMaxHeadings));
  EXPECT_THAT(OutlineMarkdown(markdown).sections, SizeIs(kMaxHeadings));
}

// Shapes that make careless parsers slow or deep. Ends by itself, or ctest's
// limit ends it.
TEST(PageOutlineTest, SurvivesHostilePages) {
  for (const char* unit : {"[", "![", "<", "&", "> ", "*", "`", "- ", "<!--", "<a href=", "<h1>",
                           "</h1>", "\"", "<x ", "](", "**a ", "_a_", "<script>", "\xFF"}) {
    std::string page;
    while (page.size() < kMaxPageBytes) page += unit;

    OutlineHtml(page);
    OutlineMarkdown(page);
  }
  SUCCEED();
}

TEST(PageOutlineTest, SurvivesEveryTruncationOfAPage) {
  const std::string page =
      "<!DOCTYPE html><h1 class=\"a>b\">A &amp; B</h1><!-- c --><script>d</script >"
      "<input type = 'password'><a href='mailto:e@f.g#h'>i</a><h2>J";
  for (std::size_t size = 0; size <= page.size(); ++size) {
    const PageOutline outline = OutlineHtml(std::string_view(page).substr(0, size));

    EXPECT_LE(outline.sections.size(), 2U);
  }
}

}  // namespace
}  // namespace launchgate::evidence
