// manifests/samples: parsed, held against the schemas, and judged, so that what
// people copy is what this version understands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "app/cli/file_sources.h"
#include "app/evidence_gatherer.h"
#include "app/world.h"
#include "core/budget/agenda.h"
#include "core/budget/calendar.h"
#include "core/json/yaml.h"
#include "core/resources/budget_review.h"
#include "shell/clock/clock.h"
#include "shell/clock/time_zones.h"
#include "shell/crypto/keys.h"
#include "tests/contract/crds.h"
#include "tests/support/structural_schema.h"

namespace launchgate::contract {
namespace {

using app::World;
using evidence::FindingStatus;
using json::Json;
using resources::EvidenceKind;
using ::testing::IsEmpty;

constexpr base::Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);
constexpr const char* kRunbook =
    "# gift-cards\n\n## Symptoms\n\nRedemptions fail.\n\n## Mitigation\n\nSwitch payments off.\n\n"
    "## Rollback\n\nUndo the rollout.\n\n## Escalation\n\nCall payments@example.com.\n";

// The runbook and the health page that the samples name.
class SamplePages final : public evidence::PageFetcher {
 public:
  base::Result<evidence::Page> Fetch(std::string_view url) override {
    const bool runbook = url.starts_with("https://runbooks.example.com/");
    return evidence::Page{std::string(url), 200, runbook ? "text/markdown" : "application/json",
                          runbook ? kRunbook : R"({"status":"ok"})"};
  }
};

// A Prometheus with some traffic at every instant.
class SamplePrometheus final : public evidence::PrometheusReader {
 public:
  base::Result<evidence::PrometheusAnswer> Ask(std::string_view /*ns*/,
                                               const evidence::Source& source,
                                               base::Time at) override {
    Json data;
    if (const auto* history = std::get_if<evidence::HistorySource>(&source)) {
      Json values = Json::array();
      const auto range = evidence::RangeOf(*history, at);
      for (base::Time time = range.start; time <= range.end; time += history->step) {
        values.push_back({Seconds(time), "1000"});
      }
      data = {{"resultType", "matrix"},
              {"result", {{{"metric", Json::object()}, {"values", values}}}}};
    } else {
      data = {{"resultType", "vector"},
              {"result", {{{"metric", Json::object()}, {"value", {Seconds(at), "0.001"}}}}}};
    }
    return evidence::PrometheusAnswer{200, Json{{"status", "success"}, {"data", data}}.dump()};
  }

 private:
  static double Seconds(base::Time time) {
    return static_cast<double>(time.time_since_epoch().count()) / 1000;
  }
};

std::filesystem::path SamplesFolder() {
  return std::filesystem::path(LAUNCHGATE_SOURCE_DIR) / "manifests/samples";
}

std::string ReadSample(const std::string& name) { return ReadFile("manifests/samples/" + name); }

void Load(World& world, const std::string& name) {
  const auto added = world.AddText(ReadSample(name), name);
  ASSERT_TRUE(added) << added.error().message;
}

class SampleTest : public ::testing::TestWithParam<EvidenceKind> {
 protected:
  std::string Name() const { return "evidence/" + std::string(ToString(GetParam())) + ".yaml"; }
};

TEST_P(SampleTest, IsReadWithoutAProblem) {
  const crypto::OpenSslSignatures signatures;
  World world(signatures);
  Load(world, "checklist.yaml");
  Load(world, Name());

  ASSERT_EQ(world.reviews().size(), 1U);
  EXPECT_THAT(world.reviews().front().problems, IsEmpty());
  ASSERT_EQ(world.reviews().front().object.evidence.size(), 1U);
  const auto& entry = world.reviews().front().object.evidence.front();
  EXPECT_EQ(entry.kind, GetParam());
  const auto* item = world.FindChecklist("production-readiness")->object.Find(entry.item);
  ASSERT_NE(item, nullptr) << entry.item;
  EXPECT_EQ(item->evidence, GetParam());
}

TEST_P(SampleTest, Passes) {
  const crypto::OpenSslSignatures signatures;
  World world(signatures);
  Load(world, Name());
  SamplePages pages;
  SamplePrometheus prometheus;
  app::cli::FileSources sources(world, "", pages, prometheus);
  const evidence::CauseCatalogue causes;
  const clock::SystemClock clock;
  app::EvidenceGatherer gatherer({sources, {signatures, causes}, clock});
  const auto& review = world.reviews().front().object;
  const auto authority = world.TrustedBy(review);

  const auto gathered = gatherer.Gather(review, authority ? &*authority : nullptr, "", kNow);

  ASSERT_EQ(gathered.findings.size(), 1U);
  const evidence::Finding& finding = gathered.findings.begin()->second;
  EXPECT_EQ(finding.status, FindingStatus::kPass) << finding.reason << ": " << finding.message;
}

INSTANTIATE_TEST_SUITE_P(Kinds, SampleTest,
                         ::testing::Values(EvidenceKind::kRunbook, EvidenceKind::kBackupDrill,
                                           EvidenceKind::kAlertRules, EvidenceKind::kLoadTest,
                                           EvidenceKind::kSlo, EvidenceKind::kResilience,
                                           EvidenceKind::kWorkload, EvidenceKind::kQuery,
                                           EvidenceKind::kHttp, EvidenceKind::kAttestation),
                         [](const auto& row) { return std::string(ToString(row.param)); });

TEST(SamplesTest, EveryFileIsOfAKindThatIsTested) {
  for (const auto& entry : std::filesystem::directory_iterator(SamplesFolder() / "evidence")) {
    const std::string stem = entry.path().stem().string();
    EXPECT_NE(resources::ParseEvidenceKind(stem), EvidenceKind::kUnknown) << stem;
  }
}

TEST(SamplesTest, TheChecklistHasFiveSectionsAndSaysWhy) {
  const crypto::OpenSslSignatures signatures;
  World world(signatures);
  Load(world, "checklist.yaml");
  const auto* checklist = world.FindChecklist("production-readiness");
  ASSERT_NE(checklist, nullptr);
  EXPECT_THAT(checklist->problems, IsEmpty());

  std::set<std::string> sections;
  std::set<EvidenceKind> kinds;
  for (const auto& item : checklist->object.items) {
    sections.insert(item.section);
    kinds.insert(item.evidence);
    EXPECT_FALSE(item.question.empty()) << item.id;
    EXPECT_FALSE(item.why.empty()) << item.id;
    EXPECT_NE(item.severity, resources::Severity::kUnknown) << item.id;
  }
  EXPECT_EQ(sections.size(), 5U);
  EXPECT_EQ(kinds.size(), 10U);
}

TEST(SamplesTest, TheFreezeWindowsHaveTimesInZonesThatExist) {
  const auto documents = json::ParseYaml(ReadSample("freezewindow.yaml"));
  ASSERT_TRUE(documents);
  for (const Json& document : *documents) {
    std::vector<json::Problem> problems;
    const auto window = resources::ParseFreezeWindow(document, problems);
    const auto state = budget::StateAt(window, clock::SystemTimeZones(), kNow);

    EXPECT_THAT(problems, IsEmpty());
    ASSERT_TRUE(state) << state.error().message;
    EXPECT_TRUE(state->next_close) << window.meta.name;
  }
}

TEST(SamplesTest, ObjectsOfOursAreWhatAnApiServerAccepts) {
  std::vector<std::string> names = {"checklist.yaml", "freezewindow.yaml"};
  for (const auto& entry : std::filesystem::directory_iterator(SamplesFolder() / "evidence")) {
    names.push_back("evidence/" + entry.path().filename().string());
  }
  for (const std::string& name : names) {
    const auto documents = json::ParseYaml(ReadSample(name));
    ASSERT_TRUE(documents) << name;
    for (const Json& document : *documents) {
      for (const Kind& kind : Kinds()) {
        if (document["kind"] != kind.name) continue;
        const Json object = {{"spec", document["spec"]}};
        EXPECT_THAT(launchgate::testing::Violations(SchemaOf(kind), object), IsEmpty()) << name;
      }
    }
  }
}

TEST(SamplesTest, TheBudgetReviewIsWhatTheControllerWrites) {
  const Json object = ReadYaml("manifests/samples/budget-review.yaml");
  std::vector<json::Problem> problems;

  const auto review = resources::ParseBudgetReview(object, problems);

  EXPECT_EQ(json::Summarize(problems), "");
  ASSERT_TRUE(review.status.agenda);
  // Read and written again it is the same: no field is misspelt.
  EXPECT_EQ(budget::AgendaJson(*review.status.agenda), object["status"]["agenda"]);
  const Json stored = {{"spec", object["spec"]}, {"status", object["status"]}};
  EXPECT_THAT(launchgate::testing::Violations(SchemaOf(Kinds()[6]), stored), IsEmpty());
}

}  // namespace
}  // namespace launchgate::contract
