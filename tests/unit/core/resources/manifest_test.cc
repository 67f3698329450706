#include "core/resources/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

Manifest Read(const std::string& text) { return ReadManifest(json::Json::parse(text)); }

TEST(ManifestTest, RecognisesOurKinds) {
  const Manifest review = ReadManifest(ReviewSample());
  const Manifest checklist = ReadManifest(ChecklistSample());
  const Manifest authority = ReadManifest(AuthoritySample());
  const Manifest verdict = ReadManifest(Sample("launchverdict-ssh.yaml"));
  const Manifest budget = ReadManifest(BudgetSample());
  const Manifest window = ReadManifest(Sample("freezewindow.yaml"));
  const Manifest month = ReadManifest(Sample("budgetreview.yaml"));

  EXPECT_TRUE(std::holds_alternative<LaunchReview>(review.content));
  EXPECT_TRUE(std::holds_alternative<ReadinessChecklist>(checklist.content));
  EXPECT_TRUE(std::holds_alternative<LaunchAuthority>(authority.content));
  EXPECT_TRUE(std::holds_alternative<LaunchVerdict>(verdict.content));
  EXPECT_TRUE(std::holds_alternative<ErrorBudget>(budget.content));
  EXPECT_TRUE(std::holds_alternative<FreezeWindow>(window.content));
  EXPECT_TRUE(std::holds_alternative<BudgetReview>(month.content));
  for (const Manifest* manifest :
       {&review, &checklist, &authority, &verdict, &budget, &window, &month}) {
    EXPECT_EQ(Lines(manifest->problems), "");
  }
}

TEST(ManifestTest, HandsOnTheProblemsOfOurKinds) {
  const Manifest manifest = ReadManifest(With(ReviewSample(), "/spec/binding", R"("x")"));

  EXPECT_TRUE(std::holds_alternative<LaunchReview>(manifest.content));
  EXPECT_THAT(Lines(manifest.problems), HasSubstr("spec.binding: must be"));
}

TEST(ManifestTest, ComplainsAboutUnknownKindsOfOurGroup) {
  const Manifest manifest = Read(
      R"({"apiVersion": "launchgate.dev/v1alpha1", "kind": "LaunchReveiw", "metadata": {"name": "x"}})");

  EXPECT_TRUE(std::holds_alternative<OtherObject>(manifest.content));
  EXPECT_THAT(Lines(manifest.problems), HasSubstr("not \"LaunchReveiw\""));
}

TEST(ManifestTest, ComplainsAboutOtherVersionsOfOurGroup) {
  const Manifest manifest =
      ReadManifest(With(ReviewSample(), "/apiVersion", R"("launchgate.dev/v1")"));

  EXPECT_THAT(Lines(manifest.problems),
              HasSubstr("apiVersion: must be \"launchgate.dev/v1alpha1\""));
}

TEST(ManifestTest, ReadsConfigMaps) {
  const Manifest manifest = Read(R"({"apiVersion": "v1", "kind": "ConfigMap",
      "metadata": {"name": "k6", "namespace": "shop",
                   "annotations": {"launchgate.dev/recorded-at": "2026-11-23T08:00:00Z"}},
      "data": {"summary.json": "{}", "broken": 5}, "binaryData": {"x": "AA=="}})");

  const auto* config_map = std::get_if<ConfigMap>(&manifest.content);
  ASSERT_NE(config_map, nullptr);
  EXPECT_EQ(Lines(manifest.problems), "");
  EXPECT_EQ(config_map->meta.Key(), "shop/k6");
  EXPECT_THAT(config_map->data, ElementsAre(Pair("summary.json", "{}")));
  EXPECT_EQ(config_map->meta.annotations.at(std::string(kRecordedAtAnnotation)),
            "2026-11-23T08:00:00Z");
}

TEST(ManifestTest, ReadsTheGateOfANamespace) {
  const Manifest gated = Read(R"({"apiVersion": "v1", "kind": "Namespace",
      "metadata": {"name": "shop", "labels": {"launchgate.dev/gate": "enforce"}}})");
  const Manifest open =
      Read(R"({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})");

  EXPECT_EQ(std::get<Namespace>(gated.content).gate, "enforce");
  EXPECT_EQ(std::get<Namespace>(open.content).gate, "");
}

TEST(ManifestTest, KeepsWorkloadsWhole) {
  const std::string text = R"({"apiVersion": "apps/v1", "kind": "Deployment",
      "metadata": {"name": "gift-cards", "namespace": "shop"}, "spec": {"template": {"x": 1}}})";

  const Manifest manifest = Read(text);

  const auto* workload = std::get_if<Workload>(&manifest.content);
  ASSERT_NE(workload, nullptr);
  EXPECT_EQ(workload->target, (TargetRef{TargetKind::kDeployment, "shop", "gift-cards"}));
  ASSERT_NE(workload->object, nullptr);
  EXPECT_EQ(*workload->object, json::Json::parse(text));
}

TEST(ManifestTest, SaysWhyAWorkloadHasNoUsableName) {
  const Manifest manifest = Read(
      R"({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"generateName": "x-"}})");

  EXPECT_TRUE(std::holds_alternative<Workload>(manifest.content));
  EXPECT_THAT(Lines(manifest.problems), HasSubstr("metadata.name: must be set"));
}

TEST(ManifestTest, DoesNotJudgeOtherObjects) {
  const Manifest manifest =
      Read(R"({"apiVersion": "v1", "kind": "Service", "metadata": {"name": 5}})");

  EXPECT_EQ(std::get<OtherObject>(manifest.content).kind, "Service");
  EXPECT_THAT(manifest.problems, IsEmpty());
}

TEST(ManifestTest, ComplainsAboutWhatIsNoKubernetesObject) {
  for (const std::string text :
       {"1", "null", "[]", "{}", R"({"kind": "X"})", R"({"apiVersion": 1, "kind": "X"})"}) {
    EXPECT_THAT(Lines(Read(text).problems), HasSubstr("must be a Kubernetes object")) << text;
  }
}

TEST(ManifestTest, TakesListsApart) {
  json::Json list = {{"apiVersion", "v1"}, {"kind", "List"}, {"items", json::Json::array()}};
  list["items"].push_back(ReviewSample());
  list["items"].push_back(ChecklistSample());

  const std::vector<Manifest> manifests = ReadManifests(list);

  ASSERT_THAT(manifests, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<LaunchReview>(manifests[0].content));
  EXPECT_TRUE(std::holds_alternative<ReadinessChecklist>(manifests[1].content));
  EXPECT_THAT(ReadManifests(ReviewSample()), SizeIs(1));
  EXPECT_THAT(ReadManifests(With(list, "/items", "absent")), IsEmpty());
}

TEST(ManifestTest, ReadsItemsOfListResponsesThatCarryNoKind) {
  std::vector<json::Problem> problems;

  const ConfigMap config_map = ParseConfigMap(
      json::Json::parse(R"({"metadata": {"name": "a", "namespace": "b"}, "data": {"k": "v"}})"),
      problems);

  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(config_map.data.at("k"), "v");
}

}  // namespace
}  // namespace launchgate::resources
