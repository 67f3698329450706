// What each kind of evidence asks to be read, and what trouble with a source
// comes to. What the verifiers say is tested with each of them.
#include "core/evidence/judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using base::ErrorKind;
using resources::EvidenceKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr base::Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);
constexpr const char* kBudget = R"json({
  "apiVersion": "launchgate.dev/v1alpha1", "kind": "ErrorBudget",
  "metadata": {"name": "gift-cards", "namespace": "shop"},
  "spec": {"prometheus": {"server": "main"}, "window": {"rolling": "28d"},
           "objectives": [
             {"name": "availability", "target": "99.9",
              "events": {"total": "sum(increase(requests_total[$window]))",
                         "bad": "sum(increase(errors_total[$window]))"}},
             {"name": "freshness", "target": "99",
              "events": {"total": "sum(increase(reads_total[$window]))",
                         "good": "sum(increase(fresh_total[$window]))"}}]}})json";

class NoSignatures final : public verdict::SignatureVerifier {
 public:
  base::Result<bool> Verify(const verdict::PublicKey& /*key*/, std::string_view /*message*/,
                            std::string_view /*signature*/) const override {
    return false;
  }
};

class JudgeTest : public ::testing::Test {
 protected:
  // A review with the one entry `{item: it, KIND: SPEC}`.
  void Ask(std::string_view kind, const std::string& spec, const std::string& budget = "") {
    json::Json review = json::Json::parse(R"({
      "apiVersion": "launchgate.dev/v1alpha1", "kind": "LaunchReview",
      "metadata": {"name": "gift-cards", "namespace": "shop"},
      "spec": {"target": {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "cards"},
               "checklistRef": {"name": "c"}, "authorityRef": {"name": "a"},
               "owner": {"team": "t", "contact": "c"}, "binding": "Service"}})");
    review["spec"]["evidence"] = {{{"item", "it"}, {kind, json::Json::parse(spec)}}};
    if (!budget.empty()) review["spec"]["errorBudgetRef"] = {{"name", budget}};
    std::vector<json::Problem> problems;
    review_ = resources::ParseLaunchReview(review, problems);
    ASSERT_THAT(problems, IsEmpty()) << json::Summarize(problems);
  }
  Question Asked() const { return {review_, review_.evidence.front(), nullptr}; }
  std::vector<Source> Needed(const Readings& have = {}) const { return StillNeeded(Asked(), have); }
  Finding Judged(const Readings& readings) const { return Judge(Asked(), readings, tools_, kNow); }

  static Reading Body(std::string body, int status = 200) {
    Reading reading;
    reading.body = std::move(body);
    reading.http_status = status;
    reading.read_at = kNow;
    return reading;
  }

  const NoSignatures signatures_{};
  const CauseCatalogue causes_;
  const JudgeTools tools_{signatures_, causes_};
  resources::LaunchReview review_;
};

TEST_F(JudgeTest, ADocumentIsReadFromItsSource) {
  Ask("loadTest", R"({"from": {"configMapRef": {"name": "k6", "key": "a.json"}}})");
  EXPECT_THAT(Needed(), ElementsAre(Source(ConfigMapSource{"k6", "a.json"})));

  Ask("resilience", R"({"from": {"url": "https://x.example/r"}})");
  EXPECT_THAT(Needed(), ElementsAre(Source(UrlSource{"https://x.example/r"})));

  Ask("backupDrill",
      R"({"from": {"objectRef": {"apiVersion": "batch/v1", "kind": "Job", "name": "drill"}}})");
  EXPECT_THAT(Needed(), ElementsAre(Source(ObjectSource{"batch/v1", "Job", "drill"})));

  Ask("backupDrill", R"({"from": {"prometheus": {"server": "main", "query": "max_x"
}
}
})");
  EXPECT_THAT(Needed(), ElementsAre(Source(SampleSource{"main", "max_x"})));
}

TEST_F(JudgeTest, ARunbookIsReadPageByPage) {
  Ask("runbook", R"({"urls": ["https://x.example/1", "https://x.example/2"]})");

  EXPECT_THAT(Needed(), ElementsAre(Source(UrlSource{"https://x.example/1"}),
                                    Source(UrlSource{"https://x.example/2"})));
}

TEST_F(JudgeTest, AWorkloadIsTheTargetAndTheBudgetsBesideIt) {
  Ask("workload", "{}");

  EXPECT_THAT(Needed(), ElementsAre(Source(ObjectSource{"apps/v1", "StatefulSet", "cards"}),
                                    Source(DisruptionBudgetsSource())));
}

TEST_F(JudgeTest, AlertRulesAreReadBesideTheObjectivesAndTheServerThatHasThem) {
  Ask("alertRules",
      R"({"from": {"prometheusRuleRef": {"name": "cards"}}, "loadedIn": {"server": "main"}})",
      "gift-cards");

  EXPECT_THAT(
      Needed(),
      ElementsAre(Source(ObjectSource{"monitoring.coreos.com/v1", "PrometheusRule", "cards"}),
                  Source(ObjectSource{"launchgate.dev/v1alpha1", "ErrorBudget", "gift-cards"}),
                  Source(RulesSource{"main"})));
}

TEST_F(JudgeTest, TheErrorBudgetTellsWhatToAskPrometheus) {
  Ask("slo", R"({"objectives": ["availability"]})", "gift-cards");
  const Source budget = ObjectSource{"launchgate.dev/v1alpha1", "ErrorBudget", "gift-cards"};
  ASSERT_THAT(Needed(), ElementsAre(budget));
  Readings readings;
  readings.emplace(budget, Body(kBudget));

  const auto next = Needed(readings);

  ASSERT_THAT(next, SizeIs(1));
  const auto& history = std::get<HistorySource>(next.front());
  EXPECT_EQ(history.server, "main");
  EXPECT_EQ(history.query, "sum(increase(requests_total[1d]))");
  EXPECT_EQ(history.step, std::chrono::hours(24));
  EXPECT_EQ(history.steps, kSloSteps);
  readings.emplace(next.front(), Body("{}"));
  EXPECT_THAT(Needed(readings), IsEmpty());
}

TEST_F(JudgeTest, AllObjectivesAreMeantWhereNoneIsNamed) {
  Ask("slo", "{}", "gift-cards");
  Readings readings;
  readings.emplace(Needed().front(), Body(kBudget));

  EXPECT_THAT(Needed(readings), SizeIs(2));
}

TEST_F(JudgeTest, ABrokenErrorBudgetIsNotAskedAbout) {
  Ask("slo", "{}", "gift-cards");
  Readings readings;
  readings.emplace(Needed().front(), Body(R"({"spec": {}})"));

  EXPECT_THAT(Needed(readings), IsEmpty());
  EXPECT_EQ(Judged(readings).reason, "Malformed");
}

TEST_F(JudgeTest, ObjectivesNeedAnErrorBudget) {
  Ask("slo", "{}");

  EXPECT_THAT(Needed(), IsEmpty());
  EXPECT_EQ(Judged({}).reason, "SourceMissing");
  EXPECT_THAT(Judged({}).message, HasSubstr("errorBudgetRef"));
}

TEST_F(JudgeTest, AnAttestationNeedsAnAuthority) {
  Ask("attestation", R"({"from": {"configMapRef": {"name": "a", "key": "b"}}, "role": "ci",
                         "predicateType": "x", "subject": "y"})");
  Readings readings;
  readings.emplace(Needed().front(), Body("{}"));

  EXPECT_EQ(Judged(readings).reason, "SourceMissing");
  EXPECT_THAT(Judged(readings).message, HasSubstr("LaunchAuthority"));
}

TEST_F(JudgeTest, AKindThatNobodyKnowsNeedsNothing) {
  Ask("seance", "{}");

  EXPECT_THAT(Needed(), IsEmpty());
  EXPECT_EQ(Judged({}).reason, "NotSupportedYet");
}

TEST_F(JudgeTest, OnlyObjectsAreWatched) {
  EXPECT_TRUE(IsWatched(ConfigMapSource{}));
  EXPECT_TRUE(IsWatched(ObjectSource{}));
  EXPECT_TRUE(IsWatched(DisruptionBudgetsSource{}));
  EXPECT_FALSE(IsWatched(UrlSource{}));
  EXPECT_FALSE(IsWatched(SampleSource{}));
  EXPECT_FALSE(IsWatched(HistorySource{}));
  EXPECT_FALSE(IsWatched(RulesSource{}));
}

// Trouble with a source has the same reason whatever the kind of evidence.
struct Trouble {
  const char* name;
  ErrorKind error;
  const char* reason;
  bool transient;
};
void PrintTo(const Trouble& trouble, std::ostream* out) { *out << trouble.name; }

struct Sourced {
  const char* kind;
  const char* spec;
  const char* budget;
};
constexpr Sourced kKinds[] = {
    {"runbook", R"({"url": "https://x.example/"})", ""},
    {"backupDrill", R"({"from": {"configMapRef": {"name": "a", "key": "b"}}})", ""},
    {"alertRules", R"({"from": {"configMapRef": {"name": "a", "key": "b"}}})", ""},
    {"alertRules", R"({"from": {"prometheus": {"server": "main"}}})", "gift-cards"},
    {"loadTest", R"({"from": {"url": "https://x.example/"}})", ""},
    {"slo", "{}", "gift-cards"},
    {"resilience", R"({"from": {"configMapRef": {"name": "a", "key": "b"}}})", ""},
    {"workload", "{}", ""},
    {"query",
     R"({"from": {"prometheus": {"server": "main", "query": "x"}}, "operator": "<", "value": "1"})",
     ""},
    {"http", R"({"url": "https://x.example/"})", ""},
};

class SourceTroubleTest : public JudgeTest, public ::testing::WithParamInterface<Trouble> {};

TEST_P(SourceTroubleTest, HasItsReasonForEveryKind) {
  for (const Sourced& row : kKinds) {
    Ask(row.kind, row.spec, row.budget);
    Readings readings;
    for (const Source& source : Needed()) {
      readings.emplace(source, base::Fail(GetParam().error, "no luck"));
    }

    const Finding finding = Judged(readings);

    EXPECT_EQ(finding.status, FindingStatus::kUnknown) << row.kind;
    EXPECT_EQ(finding.reason, GetParam().reason) << row.kind;
    EXPECT_EQ(IsTransient(finding), GetParam().transient) << row.kind;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Errors, SourceTroubleTest,
    ::testing::Values(Trouble{"Missing", ErrorKind::kNotFound, "SourceMissing", false},
                      Trouble{"Forbidden", ErrorKind::kForbidden, "SourceForbidden", false},
                      Trouble{"Refused", ErrorKind::kInvalid, "SourceRefused", false},
                      Trouble{"NotInstalled", ErrorKind::kUnsupported, "SourceNotInstalled", false},
                      Trouble{"TooLarge", ErrorKind::kExhausted, "SourceTooLarge", false},
                      Trouble{"OutOfReach", ErrorKind::kUnavailable, "SourceUnavailable", true},
                      Trouble{"Internal", ErrorKind::kInternal, "SourceUnavailable", true}),
    [](const auto& row) { return row.param.name; });

// A document's server that did not answer 200.
struct Status {
  const char* name;
  int status;
  const char* reason;
};
void PrintTo(const Status& status, std::ostream* out) { *out << status.name; }

class DocumentStatusTest : public JudgeTest, public ::testing::WithParamInterface<Status> {};

TEST_P(DocumentStatusTest, OfAUrlIsNotRead) {
  Ask("resilience", R"({"from": {"url": "https://x.example/"}})");
  Readings readings;
  readings.emplace(Needed().front(), Body("an error page", GetParam().status));

  EXPECT_EQ(Judged(readings).reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(Rows, DocumentStatusTest,
                         ::testing::Values(Status{"Gone", 404, "SourceMissing"},
                                           Status{"Private", 403, "SourceMissing"},
                                           Status{"Overloaded", 429, "SourceUnavailable"},
                                           Status{"Broken", 500, "SourceUnavailable"},
                                           Status{"Empty", 204, "SourceMissing"}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::evidence
