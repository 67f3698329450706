#include "core/resources/freeze_window_text.h"

#include <gtest/gtest.h>

#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

FreezeWindow Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  FreezeWindow window = ParseFreezeWindow(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return window;
}

TEST(FreezeWindowTextTest, SaysWhen) {
  EXPECT_EQ(WhenText(Parse(Sample("freezewindow.yaml"))),
            R"("0 18 * * FRI" in Europe/Zurich, for 2d14h)");
  EXPECT_EQ(WhenText(Parse(Sample("freezewindow-once.yaml"))),
            "2026-11-26T23:00:00Z to 2026-11-28T07:00:00Z");
  EXPECT_EQ(WhenText(FreezeWindow()), "");
}

TEST(FreezeWindowTextTest, WritesSelectorsAsKubectlDoes) {
  NamespaceSelector selector = Parse(Sample("freezewindow.yaml")).namespace_selector;
  selector.match_expressions.push_back({"zone", LabelOperator::kNotIn, {"a", "b"}});
  selector.match_expressions.push_back({"team", LabelOperator::kExists, {}});

  EXPECT_EQ(SelectorText(selector),
            "tier=shop,example.com/region in (emea,apac),!experimental,zone notin (a,b),team");
  EXPECT_EQ(SelectorText({}), "");
}

}  // namespace
}  // namespace launchgate::resources
