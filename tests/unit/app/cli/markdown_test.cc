// Text from manifests and evidence inside our documents: it can be read, and it
// cannot become a heading, a link, a tag, another cell or another direction.
#include "app/cli/markdown.h"

#include <gtest/gtest.h>

#include <string>

namespace launchgate::app::cli {
namespace {

struct Row {
  std::string name;
  std::string text;
  std::string markdown;
};

class MarkdownTextTest : public ::testing::TestWithParam<Row> {};

TEST_P(MarkdownTextTest, StaysText) {
  EXPECT_EQ(MarkdownText(GetParam().text), GetParam().markdown);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, MarkdownTextTest,
    ::testing::Values(Row{"Plain", "p99 is 812ms, at most 250ms", "p99 is 812ms, at most 250ms"},
                      Row{"Umlauts", "Größe", "Größe"}, Row{"Pipe", "a | b", "a \\| b"},
                      Row{"EscapedPipe", "a \\| b", "a \\\\\\| b"},
                      Row{"Backticks", "``` x `y`", "\\`\\`\\` x \\`y\\`"},
                      Row{"Emphasis", "**Go** _now_ ~~no~~",
                          "\\*\\*Go\\*\\* \\_now\\_ \\~\\~no\\~\\~"},
                      Row{"Link", "[Go](https://evil.example)", "\\[Go\\](https://evil.example)"},
                      Row{"Image", "![x](y)", "!\\[x\\](y)"},
                      Row{"Html", "<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"},
                      Row{"Comment", "<!-- ", "\\<!-- "},
                      Row{"CharacterReference", "&#x202E;&lt;b&gt;", "\\&#x202E;\\&lt;b\\&gt;"},
                      Row{"Formula", "$\\color{white}x$", "\\$\\\\color{white}x\\$"},
                      Row{"NewLine", "a\n\n# Go", "a\\\\x0A\\\\x0A# Go"},
                      Row{"CarriageReturn", "a\r- b", "a\\\\x0D- b"},
                      Row{"Bidi", "a\u202Eb", "a\\\\u{202E}b"},
                      Row{"ZeroWidth", "a\u200Bb", "a\\\\u{200B}b"},
                      Row{"Terminal", "\x1B[31mred", "\\\\x1B\\[31mred"},
                      Row{"NotUtf8", "a\xFF", "a\\\\xFF"}, Row{"Empty", "", ""}),
    [](const auto& row) { return row.param.name; });

TEST(MarkdownTextTest, IsCutBeforeItIsEscaped) {
  EXPECT_EQ(MarkdownText(std::string(600, 'x')).size(), kMaxShownBytes);
  EXPECT_EQ(MarkdownText("||||||||", 6), "\\|\\|\\|...");
}

class MarkdownCodeTest : public ::testing::TestWithParam<Row> {};

TEST_P(MarkdownCodeTest, IsCodeOnlyWhereNothingNeedsAnEscape) {
  EXPECT_EQ(MarkdownCode(GetParam().text), GetParam().markdown);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, MarkdownCodeTest,
    ::testing::Values(Row{"Id", "load-test", "`load-test`"},
                      Row{"Fingerprint", "SHA256:a+b/c=", "`SHA256:a+b/c=`"},
                      Row{"Backtick", "a`b", "a\\`b"}, Row{"Pipe", "a|b", "a\\|b"},
                      Row{"Html", "<b>", "\\<b\\>"}, Row{"NewLine", "a\n", "a\\\\x0A"},
                      Row{"Space", "a b", "a b"}, Row{"Empty", "", ""},
                      Row{"TooLong", std::string(600, 'x'), std::string(509, 'x') + "..."}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::app::cli
