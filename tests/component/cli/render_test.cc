// launchgate render, as a person runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "tests/component/cli/cli_fixture.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class RenderTest : public CliTest {
 protected:
  // The arguments of a command about the review, its standard and alice's Go, with
  // this k6 result as its evidence.
  std::vector<std::string> Judging(std::vector<std::string> command, const std::string& sample) {
    const std::string standard = Standard();
    const std::string review = Review();
    const std::vector<std::string> more = {"-f",
                                           standard,
                                           "-f",
                                           review,
                                           "-f",
                                           Go(standard, review),
                                           "--evidence-root",
                                           Evidence(sample),
                                           "--now",
                                           kNow};
    command.insert(command.end(), more.begin(), more.end());
    return command;
  }

  std::vector<std::string> GoNoGo(const std::string& sample,
                                  const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = Judging({"render", "go-no-go"}, sample);
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  // What `check -o json` said while the load test failed.
  std::string Before() {
    std::vector<std::string> arguments =
        Judging({"check", "-o", "json"}, "fail.handle-summary.json");
    return Write("before.json", Launchgate(arguments).out);
  }
};

TEST_F(RenderTest, WritesTheChecklistOfAFolder) {
  Standard();
  Review();

  const Outcome outcome = Launchgate({"render", "checklist", "-f", root_.string()});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, AllOf(StartsWith("# capacity\n"), HasSubstr("### `load-test`\n"),
                                 HasSubstr("- Verdict: [ ] yes  [ ] no  [ ] waived until ____\n")));
}

TEST_F(RenderTest, WritesTheChecklistAsJson) {
  const Outcome outcome = Launchgate({"render", "checklist", "-f", Standard(), "-o", "json"});

  ASSERT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_EQ(json::parse(outcome.out)["sections"][0]["items"][0]["id"], "load-test");
}

TEST_F(RenderTest, AChecklistThatTheGateWouldNotUseIsNotWritten) {
  const std::string broken = Write("broken.yaml", R"(
apiVersion: launchgate.dev/v1alpha1
kind: ReadinessChecklist
metadata: {name: broken}
spec:
  sections:
  - id: capacity
    title: Capacity
    items:
    - {id: load-test, questoin: "?", severity: Blocker, evidence: loadTest}
)");

  const Outcome outcome = Launchgate({"render", "checklist", "-f", broken});

  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("spec.sections[0].items[0].questoin"));
}

TEST_F(RenderTest, OneChecklistIsWrittenAtATime) {
  const std::string standard = Standard();

  const Outcome none = Launchgate({"render", "checklist", "-f", Review()});
  const Outcome two = Launchgate({"render", "checklist", "-f", standard, "-f", standard});

  EXPECT_EQ(none.code, kExitUsage);
  EXPECT_THAT(none.err, HasSubstr("there are 0 ReadinessChecklists"));
  EXPECT_EQ(two.code, kExitUsage);
  EXPECT_THAT(two.err, HasSubstr("there are 2 ReadinessChecklists"));
}

TEST_F(RenderTest, ARecordIsWrittenWhateverWasDecided) {
  const Outcome go = Launchgate(GoNoGo("pass.handle-summary.json"));
  const Outcome no_go = Launchgate(GoNoGo("fail.handle-summary.json"));

  EXPECT_EQ(go.code, kExitAllow) << go.err;
  EXPECT_THAT(go.out, AllOf(StartsWith("# Go/no-go: deployment/gift-cards in shop\n\n**Go**\n"),
                            HasSubstr("| alice@example.com | sre | Go | 1 |"),
                            HasSubstr("LoadTestPassed"), HasSubstr("### LaunchVerdict `go`")));
  EXPECT_EQ(no_go.code, kExitAllow) << no_go.err;
  EXPECT_THAT(no_go.out, AllOf(HasSubstr("**No-Go**"), HasSubstr("**EvidenceFailing**")));
}

TEST_F(RenderTest, ARecordAgreesWithCheck) {
  for (const char* sample : {"pass.handle-summary.json", "fail.handle-summary.json"}) {
    const Outcome check = Launchgate(Judging({"check", "-o", "json"}, sample));
    const Outcome record = Launchgate(GoNoGo(sample, {"-o", "json"}));

    json expected = json::parse(check.out);
    const json document = json::parse(record.out);
    for (const auto& [name, value] : expected.items()) EXPECT_EQ(document[name], value) << name;
    EXPECT_EQ(document["answer"], check.code == kExitAllow ? "Go" : "No-Go");
  }
}

TEST_F(RenderTest, ARecordOfFixesComparesWithAnEarlierAnswer) {
  const std::string before = Before();

  const Outcome outcome = Launchgate(GoNoGo("pass.handle-summary.json", {"--before", before}));

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("1 passes now."),
                                 HasSubstr("| `load-test` | Fail, ThresholdsFailed: "),
                                 HasSubstr(" | LoadTestPassed: ")));
}

TEST_F(RenderTest, AnEarlierAnswerMustBeOneAboutTheReview) {
  const std::string other =
      Write("other.json", R"({"namespace": "shop", "review": "checkout", "items": []})");
  const Outcome about_other = Launchgate(GoNoGo("pass.handle-summary.json", {"--before", other}));
  const Outcome no_answer = Launchgate(GoNoGo("pass.handle-summary.json", {"--before", Review()}));
  const Outcome missing =
      Launchgate(GoNoGo("pass.handle-summary.json", {"--before", (root_ / "none.json").string()}));

  EXPECT_EQ(about_other.code, kExitUsage);
  EXPECT_THAT(about_other.err, HasSubstr("--before"));
  EXPECT_EQ(no_answer.code, kExitUsage);
  EXPECT_THAT(no_answer.err, AllOf(HasSubstr("--before"), HasSubstr("review.yaml")));
  EXPECT_EQ(missing.code, kExitUsage);
  EXPECT_THAT(missing.err, HasSubstr("none.json"));
}

TEST_F(RenderTest, TheSameInputInAnotherFolderGivesTheSameBytes) {
  const Outcome first = Launchgate(GoNoGo("pass.handle-summary.json", {"--before", Before()}));
  std::filesystem::create_directories(root_ / "elsewhere");
  const std::filesystem::path first_root = root_;
  root_ /= "elsewhere";
  const Outcome second = Launchgate(GoNoGo("pass.handle-summary.json", {"--before", Before()}));
  root_ = first_root;

  ASSERT_EQ(first.code, kExitAllow) << first.err;
  EXPECT_EQ(second.out, first.out);
}

TEST_F(RenderTest, WhereAFileIsMissingTheRecordDoesNotSayWhereItWasLookedFor) {
  std::vector<std::string> arguments = GoNoGo("pass.handle-summary.json");
  std::filesystem::remove(root_ / "evidence/k6/summary.json");

  const Outcome outcome = Launchgate(arguments);

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_THAT(outcome.out, AllOf(HasSubstr("k6/summary.json of the evidence folder: No such file"),
                                 Not(HasSubstr(root_.string()))));
}

TEST_F(RenderTest, SeveralReviewsGiveSeveralRecords) {
  const std::string second = Write("second.yaml", R"(
apiVersion: launchgate.dev/v1alpha1
kind: LaunchReview
metadata: {name: checkout, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: Deployment, name: checkout}
  checklistRef: {name: capacity}
  authorityRef: {name: team}
  owner: {team: payments, contact: "#payments"}
  binding: Service
)");

  const Outcome text = Launchgate(GoNoGo("pass.handle-summary.json", {"-f", second}));
  const Outcome list = Launchgate(GoNoGo("pass.handle-summary.json", {"-f", second, "-o", "json"}));

  EXPECT_THAT(text.out, AllOf(StartsWith("# Go/no-go: deployment/gift-cards in shop\n"),
                              HasSubstr("\n\n# Go/no-go: deployment/checkout in shop\n")));
  const json document = json::parse(list.out);
  ASSERT_EQ(document.size(), 2U);
  EXPECT_EQ(document[0]["answer"], "Go");
  EXPECT_EQ(document[1]["answer"], "No-Go");
}

TEST_F(RenderTest, UnreadableInputIsExitCodeTwo) {
  const std::string standard = Standard();
  const std::vector<std::vector<std::string>> mistakes = {
      {"render"},
      {"render", "poem"},
      {"render", "checklist"},
      {"render", "go-no-go"},
      {"render", "checklist", "-f", (root_ / "none.yaml").string()},
      {"render", "checklist", "-f", standard, "-o", "junit"},
      {"render", "go-no-go", "-f", (root_ / "none.yaml").string()},
      {"render", "go-no-go", "-f", standard},
      {"render", "go-no-go", "-f", standard, "-f", Review(), "--now", "yesterday"},
      {"render", "go-no-go", "-f", standard, "-f", Review(), "--page", "runbook.md"},
      {"render", "go-no-go", "-f", standard, "-f", Review(), "-o", "text"},
      {"render", "go-no-go", "-f", Write("broken.yaml", "a: [")}};

  for (const std::vector<std::string>& arguments : mistakes) {
    const Outcome outcome = Launchgate(arguments);

    EXPECT_EQ(outcome.code, kExitUsage) << ::testing::PrintToString(arguments);
    EXPECT_THAT(outcome.out, IsEmpty()) << ::testing::PrintToString(arguments);
    EXPECT_THAT(outcome.err, Not(IsEmpty())) << ::testing::PrintToString(arguments);
  }
}

TEST_F(RenderTest, HelpHasExamples) {
  const Outcome checklist = Launchgate({"render", "checklist", "--help"});
  const Outcome record = Launchgate({"render", "go-no-go", "--help"});

  EXPECT_THAT(checklist.out, HasSubstr("launchgate render checklist -f checklist.yaml"));
  EXPECT_THAT(record.out, AllOf(HasSubstr("launchgate render go-no-go -f review/"),
                                HasSubstr("--before"), HasSubstr("--page")));
}

TEST_F(RenderTest, CompletionKnowsBothDocumentsAndTheirFlags) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome outcome = Launchgate({"completion", shell});

    for (const char* word : {"render", "checklist", "go-no-go", "before"}) {
      EXPECT_THAT(outcome.out, HasSubstr(word)) << shell;
    }
  }
}

}  // namespace
}  // namespace launchgate::app::cli
