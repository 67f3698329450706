// The burn-down chart: what is where, and that it can be read without colour,
// without sight, and without trusting what it shows.
#include "app/cli/burn_down_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace launchgate::app::cli {
namespace {

using resources::AgendaObjective;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

base::Time At(std::string_view text) { return *base::ParseTime(text); }

const base::Time kFrom = At("2026-10-01T00:00:00Z");
const base::Time kUntil = At("2026-10-11T00:00:00Z");

AgendaObjective Availability(std::vector<double> burn_down) {
  AgendaObjective objective;
  objective.name = "availability";
  objective.target = "99.9";
  objective.burn_down = std::move(burn_down);
  return objective;
}

std::string Svg(const AgendaObjective& objective) {
  return BurnDownSvg(objective, kFrom, kUntil, "chart");
}

TEST(BurnDownChartTest, DrawsALineFromAllOfTheBudgetToWhatIsLeft) {
  // From y 24 (100 %) to y 216 (0 %), from x 64 to x 704.
  EXPECT_THAT(Svg(Availability({0.5, 0})),
              HasSubstr("points=\"64.0,24.0 384.0,120.0 704.0,216.0\""));
}

TEST(BurnDownChartTest, MakesRoomBelowZeroWhereItWasOverspent) {
  const std::string svg = Svg(Availability({0.5, -0.4}));

  // 0 % is at two thirds: the lowest line is at -50 %.
  EXPECT_THAT(svg, HasSubstr("points=\"64.0,24.0 384.0,88.0 704.0,203.2\""));
  EXPECT_THAT(svg, HasSubstr(">-50 %</text>"));
  EXPECT_THAT(svg, HasSubstr("It was overspent in this time."));
}

TEST(BurnDownChartTest, AVeryBadDayRunsAlongTheBottom) {
  const std::string svg = Svg(Availability({-9}));

  EXPECT_THAT(svg, HasSubstr("points=\"64.0,24.0 704.0,216.0\""));
  EXPECT_THAT(svg, HasSubstr("At the end -900 % of the budget is left."));
}

TEST(BurnDownChartTest, HasAxesWithWords) {
  const std::string svg = Svg(Availability({1}));

  EXPECT_THAT(svg, HasSubstr(">100 %</text>"));
  EXPECT_THAT(svg, HasSubstr(">0 %</text>"));
  EXPECT_THAT(svg, HasSubstr(">2026-10-01T00:00:00Z</text>"));
  EXPECT_THAT(svg, HasSubstr(">2026-10-11T00:00:00Z</text>"));
}

TEST(BurnDownChartTest, IncidentsAreHatchedAndNumbered) {
  AgendaObjective objective = Availability({0.5});
  objective.incidents = {{At("2026-10-06T00:00:00Z"), At("2026-10-07T00:00:00Z"), 0.4},
                         {At("2026-10-02T00:00:00Z"), At("2026-10-02T00:05:00Z"), 0.1},
                         {At("2026-09-01T00:00:00Z"), At("2026-12-01T00:00:00Z"), 0.1}};

  const std::string svg = Svg(objective);

  EXPECT_THAT(svg, HasSubstr("<rect x=\"384.0\" y=\"24.0\" width=\"64.0\" height=\"192.0\" "
                             "fill=\"url(#chart-hatch)\""));
  EXPECT_THAT(svg, HasSubstr("width=\"3.0\""));    // Five minutes can still be seen.
  EXPECT_THAT(svg, HasSubstr("width=\"640.0\""));  // None is drawn outside of the axes.
  EXPECT_THAT(svg, HasSubstr(">3</text>"));
  EXPECT_THAT(svg, HasSubstr("3 incidents are marked."));
}

TEST(BurnDownChartTest, TellsItselfToWhoDoesNotSeeIt) {
  const std::string svg = Svg(Availability({0.5}));

  EXPECT_THAT(svg, HasSubstr("role=\"img\" aria-labelledby=\"chart-title chart-desc\""));
  EXPECT_THAT(svg, HasSubstr("<title id=\"chart-title\">Error budget left of availability, target "
                             "99.9 %</title>"));
  EXPECT_THAT(svg, HasSubstr("<desc id=\"chart-desc\">At the end 50 % of the budget is left."));
}

TEST(BurnDownChartTest, NamesNoColour) {
  EXPECT_THAT(Svg(Availability({-0.4})), Not(ContainsRegex("#[0-9a-fA-F]{3}|rgb|red|green")));
}

TEST(BurnDownChartTest, WithoutPointsSaysSo) {
  const std::string svg = Svg(Availability({}));

  EXPECT_THAT(svg, HasSubstr(">no data</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("<polyline")));
}

TEST(BurnDownChartTest, ANameStaysText) {
  AgendaObjective objective = Availability({1});
  objective.name = "</title><script>alert('x')</script>";
  objective.target = "99\"><b>";

  const std::string svg = Svg(objective);

  EXPECT_THAT(svg, Not(HasSubstr("<script>")));
  EXPECT_THAT(svg, Not(HasSubstr("<b>")));
  EXPECT_THAT(svg, HasSubstr("&lt;/title&gt;&lt;script&gt;alert(&#39;x&#39;)"));
}

struct SparkRow {
  const char* name;
  std::vector<double> burn_down;
  const char* line;
};

class SparklineTest : public ::testing::TestWithParam<SparkRow> {};

TEST_P(SparklineTest, HasOneCharacterPerPoint) {
  EXPECT_EQ(Sparkline(GetParam().burn_down), GetParam().line);
}

INSTANTIATE_TEST_SUITE_P(Rows, SparklineTest,
                         ::testing::Values(SparkRow{"Nothing", {}, ""},
                                           SparkRow{"Down", {1, 0.75, 0.5, 0.25, 0.01}, "█▆▅▃▁"},
                                           SparkRow{"Gone", {0.2, 0, -0.4}, "▂××"},
                                           SparkRow{"MoreThanAll", {1.5}, "█"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::app::cli
