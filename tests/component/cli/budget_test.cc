// launchgate budget rules, show and backtest, as a person runs them on files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/command.h"
#include "core/json/yaml.h"
#include "platform/http_server.h"
#include "tests/component/cli/cli_fixture.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSample = LAUNCHGATE_SOURCE_DIR "/tests/testdata/resources/errorbudget.yaml";
// One objective over two days: of 1000 requests an hour one may fail.
constexpr const char* kShort = R"yaml(apiVersion: launchgate.dev/v1alpha1
kind: ErrorBudget
metadata: {name: gift-cards, namespace: shop}
spec:
  prometheus: {server: main}
  window: {rolling: 2d}
  objectives:
  - name: availability
    target: "99.9"
    events: {total: "sum(increase(all[$window]))", bad: "sum(increase(failed[$window]))"}
)yaml";

// A Prometheus in which every hour has 1000 requests, and one hour 60 failures.
class OneBadHour {
 public:
  static constexpr std::int64_t kBadHour = 1'772'614'800;  // Ends at 2026-03-04T09:00:00Z.

  OneBadHour() {
    platform::Route route;
    route.method = "GET";
    route.path = "/api/v1/query_range";
    route.handler = [](const platform::Request& request) {
      return Answer(std::string(request.query));
    };
    server_ = *platform::HttpServer::Start({}, {route});
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

 private:
  static std::int64_t Number(const std::string& query, const std::string& name) {
    const std::size_t at = query.find(name + "=");
    return static_cast<std::int64_t>(std::stod(query.substr(at + name.size() + 1)));
  }

  static platform::Response Answer(const std::string& query) {
    const bool bad = query.find("failed") != std::string::npos;
    json values = json::array();
    for (std::int64_t at = Number(query, "start"); at <= Number(query, "end"); at += 3600) {
      values.push_back({at, bad ? (at == kBadHour ? "60" : "0") : "1000"});
    }
    const json series = {{"metric", json::object()}, {"values", std::move(values)}};
    const json data = {{"resultType", "matrix"}, {"result", json::array({series})}};
    const json body = {{"status", "success"}, {"data", data}};
    platform::Response response;
    response.content_type = "application/json";
    response.body = body.dump();
    return response;
  }

  std::unique_ptr<platform::HttpServer> server_;
};

class BudgetTest : public CliTest {};

TEST_F(BudgetTest, PrintsRulesForPrometheusAndForItsOperator) {
  const Outcome object = Launchgate({"budget", "rules", "-f", kSample});
  const Outcome file = Launchgate({"budget", "rules", "-f", kSample, "-o", "rules"});
  const Outcome as_json = Launchgate({"budget", "rules", "-f", kSample, "-o", "json"});

  ASSERT_EQ(object.code, kExitAllow) << object.err;
  const auto rule = launchgate::json::ParseYaml(object.out);
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ((*rule)[0]["kind"], "PrometheusRule");
  EXPECT_EQ((*launchgate::json::ParseYaml(file.out))[0], (*rule)[0]["spec"]);
  EXPECT_EQ(json::parse(as_json.out), (*rule)[0]["spec"]);
  EXPECT_EQ((*rule)[0]["spec"]["groups"][0]["rules"].size(), 6U);
}

TEST_F(BudgetTest, ShowsWhatTheStatusSays) {
  const Outcome outcome =
      Launchgate({"budget", "show", "-f", kSample, "--now", "2026-11-23T08:20:00Z"});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("redeem-availability"));
  EXPECT_THAT(outcome.out, HasSubstr("-40 %"));
  EXPECT_THAT(outcome.out, HasSubstr("BudgetSpent"));
  EXPECT_THAT(outcome.out, HasSubstr("frozen (BudgetSpent): redeem-availability: 140 %"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("frozen (BudgetUnknown)")));
}

TEST_F(BudgetTest, ShowsTheSameToScripts) {
  const Outcome outcome =
      Launchgate({"budget", "show", "-f", kSample, "--now", "2026-11-23T09:00:00Z", "-o", "json"});

  const json budget = json::parse(outcome.out)[0];
  EXPECT_EQ(budget["name"], "gift-cards");
  EXPECT_EQ(budget["objectives"][0]["consumed"], 1.4);
  EXPECT_EQ(budget["objectives"][1]["reason"], "NotEvaluated");
  // Half an hour of grace was over at 08:45.
  EXPECT_EQ(budget["freezes"][1]["reason"], "BudgetUnknown");
}

TEST_F(BudgetTest, TellsOnWhichDaysLaunchesWouldHaveBeenFrozen) {
  const OneBadHour prometheus;
  const std::string file = Write("budget.yaml", kShort);

  const Outcome outcome =
      Launchgate({"budget", "backtest", "-f", file, "--prometheus", prometheus.url(), "--from",
                  "2026-03-03T00:00:00Z", "--to", "2026-03-08T00:00:00Z"});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("availability (99.9 %): frozen on 3 of 5 days"));
  EXPECT_THAT(outcome.out,
              HasSubstr("frozen from 2026-03-04T09:00:00Z to 2026-03-06T09:00:00Z (2d)"));
  EXPECT_THAT(outcome.err, HasSubstr("asking Prometheus about availability"));
}

TEST_F(BudgetTest, TriesAnotherTarget) {
  const OneBadHour prometheus;
  const std::string file = Write("budget.yaml", kShort);

  const Outcome outcome =
      Launchgate({"budget", "backtest", "-f", file, "--prometheus", prometheus.url(), "--from",
                  "2026-03-03T00:00:00Z", "--to", "2026-03-08T00:00:00Z", "--target",
                  "availability=99.5", "-o", "json"});

  const json objective = json::parse(outcome.out)[0]["objectives"][0];
  EXPECT_EQ(objective["target"], "99.5");
  EXPECT_TRUE(objective["freezes"].empty());
}

struct Row {
  const char* name;
  std::vector<std::string> arguments;
  const char* complaint;
};

class RefusedBudgetTest : public CliTest, public ::testing::WithParamInterface<Row> {};

INSTANTIATE_TEST_SUITE_P(
    Rows, RefusedBudgetTest,
    ::testing::Values(
        Row{"NoSuchBudget", {"show", "payments"}, "there is no ErrorBudget \"payments\""},
        Row{"BadTime", {"show", "--now", "yesterday"}, "--now"},
        Row{"UnknownObjective",
            {"backtest", "--prometheus", "http://127.0.0.1:1", "--target", "x=99"},
            "--target \"x=99\" must be OBJECTIVE=PERCENT"},
        Row{"BackwardsInTime",
            {"backtest", "--prometheus", "http://127.0.0.1:1", "--from", "2026-03-03T00:00:00Z",
             "--to", "2026-03-02T00:00:00Z"},
            "--from must be before --to"},
        Row{"UnknownZone",
            {"backtest", "--prometheus", "http://127.0.0.1:1", "--time-zone", "Mars/Olympus"},
            "--time-zone"}),
    [](const auto& row) { return row.param.name; });

TEST_P(RefusedBudgetTest, SaysWhatToRepair) {
  std::vector<std::string> arguments = {"budget"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  arguments.insert(arguments.end(), {"-f", kSample});

  const Outcome outcome = Launchgate(arguments);

  EXPECT_EQ(outcome.code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().complaint));
}

}  // namespace
}  // namespace launchgate::app::cli
