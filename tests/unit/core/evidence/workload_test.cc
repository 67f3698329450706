// Judging live workloads: every reason, the kinds, and which disruption budget
// protects what.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using json::Json;
using resources::TargetKind;
using resources::WorkloadSpec;
using ::testing::HasSubstr;

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kUnknown = FindingStatus::kUnknown;

constexpr base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);

Json Sample(const std::string& name) {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR) + "/tests/testdata/evidence/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return Json::parse(text.str());
}

// A review of a live target in a namespace with one PodDisruptionBudget.
struct Scene {
  WorkloadSpec spec;
  TargetKind kind = TargetKind::kDeployment;
  Json object;
  Json budget;

  Json& pod() { return object["spec"]["template"]["spec"]; }
  Json& api() { return pod()["containers"][0]; }
  Json& migrate() { return pod()["initContainers"][0]; }
  Json& proxy() { return pod()["initContainers"][1]; }
  Json& selector() { return budget["spec"]["selector"]; }
};

// The samples satisfy the strictest spec.
Scene Ready() {
  Scene scene;
  scene.spec.require_image_digests = true;
  scene.object = Sample("workload-deployment.json");
  scene.budget = Sample("workload-disruption-budget.json");
  return scene;
}

Finding Judge(const Scene& scene) {
  LiveWorkload live;
  live.kind = scene.kind;
  live.object = scene.object.dump();
  if (!scene.budget.is_null()) live.disruption_budgets.push_back(scene.budget.dump());
  return VerifyWorkload(scene.spec, live, kNow);
}

// Each row changes one thing about the workload that passes.
struct Changed {
  const char* name;
  std::function<void(Scene& scene)> change;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Changed& changed, std::ostream* out) { *out << changed.name; }

class WorkloadTest : public ::testing::TestWithParam<Changed> {};

TEST_P(WorkloadTest, IsJudgedWithTheReason) {
  Scene scene = Ready();
  GetParam().change(scene);

  const Finding finding = Judge(scene);

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
  EXPECT_FALSE(finding.message.empty());
  EXPECT_EQ(finding.valid_until, base::kNever);
}

INSTANTIATE_TEST_SUITE_P(
    Containers, WorkloadTest,
    ::testing::Values(
        Changed{"NothingChanged", [](Scene&) {}, kPass, "WorkloadReady"},
        Changed{"NoProbe", [](Scene& s) { s.api().erase("readinessProbe"); }, kFail,
                "ReadinessProbeMissing"},
        Changed{"AProbeThatAsksNothing",
                [](Scene& s) {
                  s.api()["readinessProbe"] = {{"periodSeconds", 5}};
                },
                kFail, "ReadinessProbeMissing"},
        Changed{"OnlyALivenessProbe",
                [](Scene& s) {
                  s.api()["livenessProbe"] = s.api()["readinessProbe"];
                  s.api().erase("readinessProbe");
                },
                kFail, "ReadinessProbeMissing"},
        Changed{"AGrpcProbe",
                [](Scene& s) {
                  s.api()["readinessProbe"] = {{"grpc", {{"port", 1}}}};
                },
                kPass, "WorkloadReady"},
        Changed{"ASidecarWithoutAProbe", [](Scene& s) { s.proxy().erase("readinessProbe"); }, kFail,
                "ReadinessProbeMissing"},
        Changed{"AnInitContainerThatEndsNeedsNone",
                [](Scene& s) {
                  s.proxy().erase("restartPolicy");
                  s.proxy().erase("readinessProbe");
                },
                kPass, "WorkloadReady"},
        Changed{"NoCpuRequest",
                [](Scene& s) {
                  s.api()["resources"]["requests"].erase("cpu");
                  s.api()["resources"]["limits"].erase("cpu");
                },
                kFail, "RequestsMissing"},
        Changed{"ALimitIsARequestToo", [](Scene& s) { s.api()["resources"].erase("requests"); },
                kPass, "WorkloadReady"},
        Changed{"ARequestOfNothing",
                [](Scene& s) { s.api()["resources"]["requests"]["memory"] = "0Mi"; }, kFail,
                "RequestsMissing"},
        Changed{"NoMemoryLimit", [](Scene& s) { s.api()["resources"]["limits"].erase("memory"); },
                kFail, "LimitsMissing"},
        Changed{"NoCpuLimit", [](Scene& s) { s.api()["resources"]["limits"].erase("cpu"); }, kFail,
                "LimitsMissing"},
        Changed{"ALimitOfNothing", [](Scene& s) { s.api()["resources"]["limits"]["cpu"] = 0; },
                kFail, "LimitsMissing"},
        Changed{"ANumberIsAQuantity", [](Scene& s) { s.api()["resources"]["limits"]["cpu"] = 0.5; },
                kPass, "WorkloadReady"},
        Changed{"AnInitContainerNeedsLimitsToo", [](Scene& s) { s.migrate().erase("resources"); },
                kFail, "RequestsMissing"},
        Changed{"AnImageByTag",
                [](Scene& s) { s.api()["image"] = "registry.example.com/gift-cards:1.4.0"; }, kFail,
                "ImageNotPinned"},
        Changed{"AnImageByTagWhereThatIsAllowed",
                [](Scene& s) {
                  s.spec.require_image_digests = false;
                  s.api()["image"] = "registry.example.com/gift-cards:1.4.0";
                },
                kPass, "WorkloadReady"},
        Changed{"AnInitImageByTag", [](Scene& s) { s.migrate()["image"] = "migrate:1"; }, kFail,
                "ImageNotPinned"},
        Changed{"AnEphemeralImageByTag",
                [](Scene& s) {
                  s.pod()["ephemeralContainers"] = {{{"name", "debug"}, {"image", "busybox"}}};
                },
                kFail, "ImageNotPinned"},
        Changed{"ADigestThatIsTooShort",
                [](Scene& s) { s.api()["image"] = "x@sha256:" + std::string(63, 'a'); }, kFail,
                "ImageNotPinned"},
        Changed{"ADigestInCapitals",
                [](Scene& s) { s.api()["image"] = "x@sha256:" + std::string(64, 'A'); }, kFail,
                "ImageNotPinned"},
        Changed{"ADigestOfAnotherKind",
                [](Scene& s) { s.api()["image"] = "x@sha512:" + std::string(128, 'a'); }, kFail,
                "ImageNotPinned"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Replicas, WorkloadTest,
    ::testing::Values(
        Changed{"ExactlyEnough", [](Scene& s) { s.spec.min_replicas = 3; }, kPass, "WorkloadReady"},
        Changed{"OneTooFew", [](Scene& s) { s.spec.min_replicas = 4; }, kFail, "TooFewReplicas"},
        Changed{"AbsentMeansOne", [](Scene& s) { s.object["spec"].erase("replicas"); }, kFail,
                "TooFewReplicas"},
        Changed{"OneWithAReason",
                [](Scene& s) {
                  s.object["spec"]["replicas"] = 1;
                  s.spec.single_replica_reason = "holds a lock";
                },
                kPass, "WorkloadReady"},
        Changed{"OneWithAReasonNeedsNoBudget",
                [](Scene& s) {
                  s.object["spec"]["replicas"] = 1;
                  s.spec.single_replica_reason = "holds a lock";
                  s.budget = nullptr;
                },
                kPass, "WorkloadReady"},
        Changed{"SeveralWithAReasonNeedABudget",
                [](Scene& s) {
                  s.spec.single_replica_reason = "holds a lock";
                  s.budget = nullptr;
                },
                kFail, "DisruptionBudgetMissing"},
        Changed{"NoneInSpiteOfAReason",
                [](Scene& s) {
                  s.object["spec"]["replicas"] = 0;
                  s.spec.single_replica_reason = "holds a lock";
                },
                kFail, "TooFewReplicas"},
        Changed{"ReplicasAreText", [](Scene& s) { s.object["spec"]["replicas"] = "3"; }, kUnknown,
                "Malformed"},
        Changed{"ReplicasAreNegative", [](Scene& s) { s.object["spec"]["replicas"] = -1; },
                kUnknown, "Malformed"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    DisruptionBudget, WorkloadTest,
    ::testing::Values(
        Changed{"None", [](Scene& s) { s.budget = nullptr; }, kFail, "DisruptionBudgetMissing"},
        Changed{"NoneWhereNoneIsAskedFor",
                [](Scene& s) {
                  s.budget = nullptr;
                  s.spec.require_disruption_budget = false;
                },
                kPass, "WorkloadReady"},
        Changed{"OfAnotherService",
                [](Scene& s) { s.selector()["matchLabels"]["app"] = "checkout"; }, kFail,
                "DisruptionBudgetMissing"},
        Changed{"OfALabelThatThePodsLack",
                [](Scene& s) { s.selector()["matchLabels"]["zone"] = "a"; }, kFail,
                "DisruptionBudgetMissing"},
        Changed{"InAnotherTier",
                [](Scene& s) { s.selector()["matchExpressions"][0]["values"] = {"frontend"}; },
                kFail, "DisruptionBudgetMissing"},
        Changed{"NotInTheTier",
                [](Scene& s) { s.selector()["matchExpressions"][0]["operator"] = "NotIn"; }, kFail,
                "DisruptionBudgetMissing"},
        Changed{"NotInAnAbsentLabel",
                [](Scene& s) {
                  s.selector()["matchExpressions"][0] = {
                      {"key", "zone"}, {"operator", "NotIn"}, {"values", {"a"}}};
                },
                kPass, "WorkloadReady"},
        Changed{"InAnAbsentLabel",
                [](Scene& s) { s.selector()["matchExpressions"][0]["key"] = "zone"; }, kFail,
                "DisruptionBudgetMissing"},
        Changed{"TheLabelExists",
                [](Scene& s) {
                  s.selector()["matchExpressions"][0] = {{"key", "tier"}, {"operator", "Exists"}};
                },
                kPass, "WorkloadReady"},
        Changed{
            "TheLabelMustNotExist",
            [](Scene& s) {
              s.selector()["matchExpressions"][0] = {{"key", "tier"}, {"operator", "DoesNotExist"}};
            },
            kFail, "DisruptionBudgetMissing"},
        Changed{
            "AnotherLabelMustNotExist",
            [](Scene& s) {
              s.selector()["matchExpressions"][0] = {{"key", "zone"}, {"operator", "DoesNotExist"}};
            },
            kPass, "WorkloadReady"},
        Changed{"AnUnknownOperator",
                [](Scene& s) { s.selector()["matchExpressions"][0]["operator"] = "Gt"; }, kUnknown,
                "Malformed"},
        Changed{"AnEmptySelectorInV1", [](Scene& s) { s.selector() = Json::object(); }, kPass,
                "WorkloadReady"},
        Changed{"AnEmptySelectorInV1beta1",
                [](Scene& s) {
                  s.selector() = Json::object();
                  s.budget["apiVersion"] = "policy/v1beta1";
                },
                kFail, "DisruptionBudgetMissing"},
        Changed{"NoSelector", [](Scene& s) { s.budget["spec"].erase("selector"); }, kFail,
                "DisruptionBudgetMissing"},
        Changed{"MaxUnavailable",
                [](Scene& s) {
                  s.budget["spec"].erase("minAvailable");
                  s.budget["spec"]["maxUnavailable"] = 1;
                },
                kPass, "WorkloadReady"},
        Changed{"MaxUnavailableOfAllPods",
                [](Scene& s) {
                  s.budget["spec"].erase("minAvailable");
                  s.budget["spec"]["maxUnavailable"] = 3;
                },
                kFail, "DisruptionBudgetMissing"},
        Changed{"MaxUnavailableOfAllPodsInPercent",
                [](Scene& s) {
                  s.budget["spec"].erase("minAvailable");
                  s.budget["spec"]["maxUnavailable"] = "67%";
                },
                kFail, "DisruptionBudgetMissing"},
        Changed{"MaxUnavailableOfSomeInPercent",
                [](Scene& s) {
                  s.budget["spec"].erase("minAvailable");
                  s.budget["spec"]["maxUnavailable"] = "34%";
                },
                kPass, "WorkloadReady"},
        Changed{"MinAvailableOfNothing", [](Scene& s) { s.budget["spec"]["minAvailable"] = "0%"; },
                kFail, "DisruptionBudgetMissing"},
        Changed{"NeitherLimit", [](Scene& s) { s.budget["spec"].erase("minAvailable"); }, kFail,
                "DisruptionBudgetMissing"},
        Changed{"ALimitThatIsNoAmount", [](Scene& s) { s.budget["spec"]["minAvailable"] = "two"; },
                kUnknown, "Malformed"}),
    [](const auto& row) { return row.param.name; });

void AsCronJob(Scene& scene) {
  const Json pod_template = scene.object["spec"]["template"];
  scene.kind = TargetKind::kCronJob;
  scene.object["kind"] = "CronJob";
  scene.object["spec"] = {{"jobTemplate", {{"spec", {{"template", pod_template}}}}}};
  scene.budget = nullptr;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WorkloadTest,
    ::testing::Values(
        Changed{"StatefulSet",
                [](Scene& s) {
                  s.kind = TargetKind::kStatefulSet;
                  s.object["kind"] = "StatefulSet";
                },
                kPass, "WorkloadReady"},
        Changed{"DaemonSetNeedsNoReplicasAndNoBudget",
                [](Scene& s) {
                  s.kind = TargetKind::kDaemonSet;
                  s.object["kind"] = "DaemonSet";
                  s.object["spec"].erase("replicas");
                  s.budget = nullptr;
                },
                kPass, "WorkloadReady"},
        Changed{"CronJobNeedsNoProbe",
                [](Scene& s) {
                  s.api().erase("readinessProbe");
                  AsCronJob(s);
                },
                kPass, "WorkloadReady"},
        Changed{"CronJobNeedsLimits",
                [](Scene& s) {
                  s.api().erase("resources");
                  AsCronJob(s);
                },
                kFail, "RequestsMissing"},
        Changed{"Rollout",
                [](Scene& s) {
                  s.kind = TargetKind::kRollout;
                  s.object["kind"] = "Rollout";
                },
                kPass, "WorkloadReady"},
        Changed{
            "RolloutOfAnotherWorkload",
            [](Scene& s) {
              s.kind = TargetKind::kRollout;
              s.object["kind"] = "Rollout";
              s.object["spec"].erase("template");
              s.object["spec"]["workloadRef"] = {{"kind", "Deployment"}, {"name", "gift-cards"}};
            },
            kUnknown, "TemplateElsewhere"},
        Changed{"AnotherKindThanTheTarget", [](Scene& s) { s.object["kind"] = "DaemonSet"; },
                kUnknown, "Malformed"},
        Changed{"NoTemplate", [](Scene& s) { s.object["spec"].erase("template"); }, kUnknown,
                "Malformed"},
        Changed{"NoContainers", [](Scene& s) { s.pod()["containers"] = Json::array(); }, kUnknown,
                "Malformed"},
        Changed{"AContainerThatIsText", [](Scene& s) { s.pod()["containers"][0] = "api"; },
                kUnknown, "Malformed"},
        Changed{"TooManyContainers",
                [](Scene& s) {
                  for (int i = 0; i < 200; ++i) s.pod()["containers"].push_back(s.api());
                },
                kUnknown, "Malformed"},
        Changed{"AQuantityThatIsAList",
                [](Scene& s) { s.api()["resources"]["limits"]["cpu"] = Json::array(); }, kUnknown,
                "Malformed"},
        Changed{"NotAnObject", [](Scene& s) { s.object = Json::array(); }, kUnknown, "Malformed"}),
    [](const auto& row) { return row.param.name; });

TEST(WorkloadBudgetTest, OneOfSeveralIsEnough) {
  const Scene scene = Ready();
  LiveWorkload live{TargetKind::kDeployment, scene.object.dump(), {}};
  live.disruption_budgets = {"not json", R"({"spec":{"selector":{"matchLabels":{"app":"x"}}}})",
                             scene.budget.dump()};

  const Finding finding = VerifyWorkload(scene.spec, live, kNow);

  EXPECT_EQ(finding.reason, "WorkloadReady") << finding.message;
  EXPECT_EQ(finding.facts.at("disruptionBudget"), "gift-cards");
}

TEST(WorkloadBudgetTest, OneThatCannotBeReadMayBeTheMissingOne) {
  Scene scene = Ready();
  LiveWorkload live{TargetKind::kDeployment, scene.object.dump(), {"not json"}};

  EXPECT_EQ(VerifyWorkload(scene.spec, live, kNow).reason, "Malformed");
  scene.spec.min_replicas = 10;
  EXPECT_EQ(VerifyWorkload(scene.spec, live, kNow).reason, "TooFewReplicas");
}

TEST(WorkloadMessageTest, TellsEveryShortfall) {
  Scene scene = Ready();
  scene.api() = {{"name", "api"}, {"image", "api:1"}};
  scene.object["spec"]["replicas"] = 1;
  scene.budget = nullptr;

  const Finding finding = Judge(scene);

  EXPECT_EQ(finding.reason, "ReadinessProbeMissing");
  EXPECT_EQ(finding.message,
            "no readiness probe: api; no resource request: api (cpu and memory); no resource "
            "limit: api (cpu and memory); spec.replicas is 1, at least 2 must run; no "
            "PodDisruptionBudget of the namespace selects the pods and keeps at least one of "
            "them; the image is not named by digest (@sha256:...): api");
}

TEST(WorkloadMessageTest, NamesThreeContainersAndCountsTheRest) {
  Scene scene = Ready();
  for (int i = 0; i < 5; ++i) {
    Json other = scene.api();
    other["name"] = "\x1B[31m" + std::string(500, static_cast<char>('a' + i));
    other.erase("readinessProbe");
    scene.pod()["containers"].push_back(other);
  }

  const Finding finding = Judge(scene);

  EXPECT_THAT(finding.message, HasSubstr("and 2 more"));
  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), 1024U);
}

TEST(WorkloadFactsTest, AreTheFigures) {
  const Finding finding = Judge(Ready());

  EXPECT_EQ(finding.facts.at("kind"), "Deployment");
  EXPECT_EQ(finding.facts.at("replicas"), "3");
  EXPECT_EQ(finding.facts.at("containers"), "2");
  EXPECT_EQ(finding.facts.at("imagesByDigest"), "3/3");
  EXPECT_EQ(finding.facts.at("disruptionBudget"), "gift-cards");
}

TEST(WorkloadFactsTest, SayTheSameAtAnyTime) {
  const Scene scene = Ready();
  const LiveWorkload live{scene.kind, scene.object.dump(), {scene.budget.dump()}};

  EXPECT_EQ(VerifyWorkload(scene.spec, live, kNow),
            VerifyWorkload(scene.spec, live, kNow + std::chrono::hours(9)));
}

}  // namespace
}  // namespace launchgate::evidence
