// The picture is XML that any browser takes, and shows what was measured.
#include "harness/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/harness/steps.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const PictureHead kHead{.title = "gift-cards & payments",
                        .subtitle = "80 <per second>",
                        .deadline = std::chrono::milliseconds(850)};
const std::vector<Series> kBoth = {{"seeded", SeededSteps()}, {"fixed", FixedSteps()}};

// Why `xml` is not well-formed; empty when it is. Knows elements, attributes in
// double quotes and the five entities: all that the picture uses.
std::string WhyNotWellFormed(const std::string& xml) {
  std::vector<std::string> open;
  for (std::size_t at = 0; at < xml.size();) {
    if (xml[at] == '&') {
      const std::string entity = xml.substr(at, xml.find(';', at) - at);
      if (entity != "&amp" && entity != "&lt" && entity != "&gt" && entity != "&quot")
        return entity;
    }
    if (xml[at] == '>') return "a stray >";
    if (xml[at] != '<') {
      ++at;
      continue;
    }
    const std::size_t end = xml.find('>', at);
    if (end == std::string::npos) return "a tag does not end";
    const std::string tag = xml.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos) return "a < in " + tag;
    if (std::count(tag.begin(), tag.end(), '"') % 2 != 0) return "a quote is open in " + tag;
    at = end + 1;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return "unexpected " + tag;
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(tag.substr(0, tag.find(' ')));
    }
  }
  return open.empty() ? "" : open.back() + " is never closed";
}

std::size_t CountOf(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
    ++count;
  }
  return count;
}

TEST(WellFormedTest, TellsBrokenXml) {
  EXPECT_EQ(WhyNotWellFormed("<a b=\"c\"><d/>text &amp;</a>"), "");
  EXPECT_NE(WhyNotWellFormed("<a><b></a></b>"), "");
  EXPECT_NE(WhyNotWellFormed("<a>"), "");
  EXPECT_NE(WhyNotWellFormed("<a b=\"c></a>"), "");
  EXPECT_NE(WhyNotWellFormed("<a>this & that</a>"), "");
}

TEST(PictureTest, IsWellFormedForAnyNumberOfServicesAndSteps) {
  EXPECT_EQ(WhyNotWellFormed(WritePicture(kHead, kBoth)), "");
  EXPECT_EQ(WhyNotWellFormed(WritePicture(kHead, {kBoth[1]})), "");
  EXPECT_EQ(WhyNotWellFormed(WritePicture(kHead, {{"fixed", {}}})), "");
  EXPECT_EQ(WhyNotWellFormed(WritePicture(kHead, {})), "");
}

TEST(PictureTest, EscapesTexts) {
  const std::string picture = WritePicture(kHead, {{"a<b>\x01", FixedSteps()}});

  EXPECT_EQ(WhyNotWellFormed(picture), "");
  EXPECT_THAT(picture, HasSubstr("gift-cards &amp; payments"));
  EXPECT_THAT(picture, HasSubstr("80 &lt;per second&gt;"));
  EXPECT_THAT(picture, HasSubstr("a&lt;b&gt; "));
}

TEST(PictureTest, NeedsNothingFromOutsideAndRunsNothing) {
  const std::string picture = WritePicture(kHead, kBoth);

  for (const char* word :
       {"<script", "href", "url(", "@import", "onload", "<image", "<foreignObject"}) {
    EXPECT_THAT(picture, Not(HasSubstr(word)));
  }
  EXPECT_EQ(CountOf(picture, "http"), 1U);  // The namespace.
}

TEST(PictureTest, SaysInWordsWhatItShows) {
  const std::string picture = WritePicture(kHead, kBoth);

  EXPECT_THAT(picture, HasSubstr(R"(role="img" aria-labelledby="title desc")"));
  EXPECT_THAT(picture, HasSubstr("latency 5000 ms: seeded p50 6.0 s, p99 6.0 s, slowest 6.0 s, "
                                 "96.7 % failed; fixed p50 2.0 ms, p99 806 ms, slowest 811 ms, "
                                 "100.0 % failed."));
}

TEST(PictureTest, IsReadableOnDarkPages) {
  EXPECT_THAT(WritePicture(kHead, kBoth), HasSubstr("@media (prefers-color-scheme: dark)"));
}

TEST(PictureTest, DrawsTheDeadlineBetweenTheServices) {
  const std::string picture = WritePicture(kHead, kBoth);

  EXPECT_EQ(CountOf(picture, "class=\"limit\""), 1U);
  EXPECT_THAT(picture, HasSubstr(">deadline 850 ms</text>"));
}

TEST(PictureTest, MarksWhereClientsGaveUp) {
  const std::string with = WritePicture(kHead, kBoth);
  const std::string without = WritePicture(kHead, {kBoth[1]});

  EXPECT_EQ(CountOf(with, "<path"), 1U);
  EXPECT_EQ(CountOf(without, "<path"), 0U);
}

TEST(PictureTest, SaysWhenAServiceWasNotWellAgain) {
  const std::string picture = WritePicture(kHead, kBoth);

  EXPECT_THAT(picture, HasSubstr(">not in 6 s</text>"));
  EXPECT_THAT(picture, HasSubstr(">2.4 s</text>"));
  EXPECT_THAT(picture, HasSubstr(">not tried</text>"));
}

TEST(PictureTest, LeavesOutMoreThanItHasRoomFor) {
  Series many{"fixed", {}};
  for (int i = 1; i <= 100; ++i) many.steps.push_back(StepOf(Fault::kLatency, i));

  const std::string picture = WritePicture(kHead, {many});

  EXPECT_THAT(picture, HasSubstr(">latency 24 ms</text>"));
  EXPECT_THAT(picture, Not(HasSubstr(">latency 25 ms</text>")));
}

struct AxisRow {
  std::string name;
  double value;
  double expected;
};

class OnLogAxisTest : public ::testing::TestWithParam<AxisRow> {};

TEST_P(OnLogAxisTest, PutsEveryDecadeAtTheSameDistance) {
  EXPECT_DOUBLE_EQ(OnLogAxis(GetParam().value, 1, 10'000), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(Rows, OnLogAxisTest,
                         ::testing::Values(AxisRow{"Low", 1, 0}, AxisRow{"OneDecade", 10, 0.25},
                                           AxisRow{"Half", 100, 0.5}, AxisRow{"High", 10'000, 1},
                                           AxisRow{"BelowIsClamped", 0.01, 0},
                                           AxisRow{"ZeroIsClamped", 0, 0},
                                           AxisRow{"AboveIsClamped", 1e9, 1}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace harness
