// check --page: a runbook is judged before anybody can open its URL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "tests/component/cli/cli_fixture.h"
#include "tests/support/raw_server.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kRunbook = R"(# gift-cards

## Mitigation

Close the breaker by hand: see below, step by step.

## Escalation

Call #payments-oncall.
)";
constexpr const char* kUrl = "https://runbooks.example.com/gift-cards?view=1";

class PageTest : public CliTest {
 protected:
  // A review of a runbook at `url` and of a page of the service itself.
  std::string RunbookReview(const std::string& url, const std::string& health) {
    return Write("runbooks.yaml", R"(
apiVersion: launchgate.dev/v1alpha1
kind: ReadinessChecklist
metadata: {name: operations}
spec:
  sections:
  - id: operations
    title: Operations
    items:
    - {id: runbook, question: "Does a person know what to do?", severity: Blocker, evidence: runbook}
    - {id: health, question: "Does it say that it is ready?", severity: Blocker, evidence: http}
---
apiVersion: launchgate.dev/v1alpha1
kind: LaunchReview
metadata: {name: gift-cards, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: Deployment, name: gift-cards}
  checklistRef: {name: operations}
  authorityRef: {name: team}
  owner: {team: payments, contact: "#payments"}
  binding: Service
  evidence:
  - item: runbook
    runbook: {url: ")" + url + R"(", requiredSections: [Mitigation, Escalation]}
  - item: health
    http: {url: ")" + health + R"(", status: 200, contains: ready}
)");
  }

  // The item of the answer of `check`, which denies: nobody signed.
  json ItemOf(const std::string& id, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {
        "check", "-f",  RunbookReview(kUrl, "https://gift-cards.example.com/readyz"), "--now", kNow,
        "-o",    "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = Launchgate(arguments);
    EXPECT_EQ(outcome.code, kExitDeny) << outcome.err;
    const json answer = json::parse(outcome.out);
    for (const json& item : answer["items"]) {
      if (item["id"] == id) return item;
    }
    return json();
  }

  std::string Page(const std::string& url, const std::string& file, const std::string& text) {
    return url + "=" + Write(file, text);
  }
};

TEST_F(PageTest, APageIsReadFromItsFileWithoutANetwork) {
  const json item = ItemOf("runbook", {"--page", Page(kUrl, "runbook.md", kRunbook)});

  EXPECT_EQ(item["finding"], "Pass") << item;
  EXPECT_EQ(item["reason"], "RunbookComplete");
}

TEST_F(PageTest, TheContentDecidesAsIfItHadBeenFetched) {
  const json item = ItemOf("runbook", {"--page", Page(kUrl, "runbook.md",
                                                      "# gift-cards\n\nWait until it is "
                                                      "over; call #payments-oncall.\n")});

  EXPECT_EQ(item["finding"], "Fail") << item;
  EXPECT_EQ(item["reason"], "SectionMissing");
}

TEST_F(PageTest, EveryOtherUrlIsAsUnavailableAsBefore) {
  const json item = ItemOf("health", {"--page", Page(kUrl, "runbook.md", kRunbook)});

  EXPECT_EQ(item["finding"], "Unknown") << item;
  EXPECT_EQ(item["reason"], "SourceUnavailable");
  EXPECT_THAT(item["message"].get<std::string>(),
              AllOf(HasSubstr("--allow-fetch"), HasSubstr("--page")));
}

TEST_F(PageTest, IsGivenOncePerUrl) {
  const json item = ItemOf("health", {"--page", Page(kUrl, "runbook.md", kRunbook), "--page",
                                      Page("https://gift-cards.example.com/readyz", "ready.json",
                                           R"({"status": "ready"})")});

  EXPECT_EQ(item["finding"], "Pass") << item;
}

TEST_F(PageTest, OtherUrlsAreStillFetchedWhereThatIsAllowed) {
  const test_support::RawServer server([](test_support::RawConnection& connection) {
    while (connection.ReadRequest()) {
      const bool sent = connection.Write(
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nready");
      if (!sent) return;
    }
  });
  const std::string review = RunbookReview(kUrl, server.url() + "/readyz");

  const Outcome outcome =
      Launchgate({"check", "-f", review, "--now", kNow, "-o", "json", "--allow-fetch", "--page",
                  Page(kUrl, "runbook.md", kRunbook)});

  const json items = json::parse(outcome.out)["items"];
  EXPECT_EQ(items[0]["finding"], "Pass") << outcome.out;
  EXPECT_EQ(items[1]["finding"], "Pass") << outcome.out;
  ASSERT_EQ(server.requests().size(), 1U) << "the given page is not fetched";
  EXPECT_THAT(server.requests().front(), HasSubstr("/readyz"));
}

TEST_F(PageTest, AMissingFileIsAUsageErrorThatNamesTheFlag) {
  const Outcome outcome =
      Launchgate({"check", "-f", RunbookReview(kUrl, "https://a.example/"), "--page",
                  std::string(kUrl) + "=" + (root_ / "none.md").string()});

  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("--page"), HasSubstr("none.md: No such file")));
}

TEST_F(PageTest, AUrlThatNoReviewNamesIsAWarning) {
  const std::string review = RunbookReview(kUrl, "https://a.example/");

  const Outcome outcome = Launchgate(
      {"check", "-f", review, "--page", Page("https://a.example/typo", "a.md", kRunbook)});

  EXPECT_EQ(outcome.code, kExitDeny);
  EXPECT_THAT(outcome.err,
              HasSubstr("warning: --page \"https://a.example/typo\": no review names this URL"));
}

}  // namespace
}  // namespace launchgate::app::cli
