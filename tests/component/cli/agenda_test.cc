// launchgate agenda, as a person runs it on files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/command.h"
#include "tests/component/cli/cli_fixture.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class AgendaTest : public CliTest {
 protected:
  // The sample of tests/testdata, of this month.
  std::string Month(const std::string& month) {
    std::string text =
        ReadFile(LAUNCHGATE_SOURCE_DIR "/tests/testdata/resources/budgetreview.yaml");
    const std::string name = "gift-cards-2026-10";
    text.replace(text.find(name), name.size(), "gift-cards-" + month);
    const std::string field = "month: \"2026-10\"";
    text.replace(text.find(field), field.size(), "month: \"" + month + "\"");
    return Write("reviews/" + month + ".yaml", text);
  }
};

TEST_F(AgendaTest, ShowsTheLatestReviewOfEveryBudgetOfAFolder) {
  Month("2026-09");
  Month("2026-10");

  const Outcome outcome = Launchgate({"agenda", "-f", (root_ / "reviews").string()});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_THAT(outcome.out, StartsWith("Error budget review of shop/gift-cards, 2026-10\n"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("2026-09\n")));
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST_F(AgendaTest, TakesTheNameOfAReviewOrOfABudget) {
  Month("2026-09");
  Month("2026-10");
  const std::string folder = (root_ / "reviews").string();

  EXPECT_THAT(Launchgate({"agenda", "gift-cards-2026-09", "-f", folder}).out,
              StartsWith("Error budget review of shop/gift-cards, 2026-09\n"));
  EXPECT_THAT(Launchgate({"agenda", "gift-cards", "-f", folder}).out,
              StartsWith("Error budget review of shop/gift-cards, 2026-10\n"));
}

TEST_F(AgendaTest, WritesMarkdownWithChartsBesideIt) {
  const std::string file = Month("2026-10");
  std::filesystem::create_directory(root_ / "charts");
  const std::string charts = (root_ / "charts").string();

  const Outcome outcome = Launchgate({"agenda", "-f", file, "-o", "markdown", "--charts", charts});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("](<" + charts + "/gift-cards-2026-10-1.svg>)"));
  EXPECT_THAT(ReadFile(root_ / "charts/gift-cards-2026-10-1.svg"), StartsWith("<svg xmlns="));
  // Nothing is written over.
  EXPECT_EQ(Launchgate({"agenda", "-f", file, "-o", "markdown", "--charts", charts}).code,
            kExitUsage);
}

TEST_F(AgendaTest, WritesHtmlAndJson) {
  const std::string file = Month("2026-10");

  const Outcome html = Launchgate({"agenda", "-f", file, "-o", "html"});
  const Outcome list = Launchgate({"agenda", "-f", file, "-o", "json"});

  EXPECT_THAT(html.out, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(html.out, HasSubstr("<polyline points="));
  EXPECT_EQ(json::parse(list.out)[0]["name"], "gift-cards-2026-10");
}

TEST_F(AgendaTest, EveryMistakeIsExitCodeTwo) {
  const std::string file = Month("2026-10");
  const std::string broken = Write("broken.yaml", R"(
apiVersion: launchgate.dev/v1alpha1
kind: BudgetReview
metadata: {name: x, namespace: shop}
spec: {budgetRef: {name: gift-cards}, month: "2026-10"}
)");

  const Outcome other = Launchgate({"agenda", "payments", "-f", file});
  const Outcome elsewhere = Launchgate({"agenda", "-n", "other", "-f", file});
  const Outcome invalid = Launchgate({"agenda", "-f", broken});
  const Outcome charts = Launchgate({"agenda", "-f", file, "--charts", "."});

  EXPECT_EQ(other.code, kExitUsage);
  EXPECT_THAT(other.err, HasSubstr("there is no BudgetReview \"payments\""));
  EXPECT_EQ(elsewhere.code, kExitUsage);
  EXPECT_EQ(invalid.code, kExitUsage);
  EXPECT_THAT(invalid.err, HasSubstr("metadata.name: must be \"gift-cards-2026-10\""));
  EXPECT_EQ(charts.code, kExitUsage);
  EXPECT_THAT(charts.err, HasSubstr("--charts belongs to -o markdown"));
}

}  // namespace
}  // namespace launchgate::app::cli
