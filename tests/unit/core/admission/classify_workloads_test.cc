// The table of kinds.h, field by field, for the kinds that a review can name.
#include <gtest/gtest.h>

#include "tests/unit/core/admission/review_builder.h"

namespace launchgate::admission {
namespace {

using decision::GateMode;

// One UPDATE of an object of `kind`, from `before` to `after` (merge patches).
struct UpdateCase {
  std::string_view name;
  std::string_view kind;
  std::string_view before;
  std::string_view after;
  std::string_view what;  // Empty: not a launch change.

  friend std::ostream& operator<<(std::ostream& out, const UpdateCase& row) {
    return out << row.name;
  }
};

class WorkloadUpdateTest : public testing::TestWithParam<UpdateCase> {};

TEST_P(WorkloadUpdateTest, IsClassifiedByTheFieldsThatChanged) {
  const UpdateCase& row = GetParam();
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());
  const PaddedBody body = ReviewBuilder(row.kind).Update(row.before, row.after).Build();

  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.launch, !row.what.empty());
  EXPECT_EQ(request->change.what, row.what);
  EXPECT_EQ(request->change.template_hash.empty(), row.what.empty());
  ASSERT_TRUE(request->change.target);
  EXPECT_EQ(resources::ToString(request->change.target->kind), row.kind);
  EXPECT_EQ(request->change.target->name, "gift-cards");
}

constexpr std::string_view kSame = "{}";
constexpr std::string_view kNewTemplate = "changes the pod template";
constexpr std::string_view kFromZero = "scales it up from zero";
constexpr std::string_view kNewImage =
    R"({"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "b"}]}}}})";
constexpr std::string_view kRestarted = R"({"spec": {"template": {"metadata": {"annotations":
    {"kubectl.kubernetes.io/restartedAt": "2026-11-23T08:15:56Z"}}}}})";
constexpr std::string_view kRestartedAgain = R"({"spec": {"template": {"metadata": {"annotations":
    {"kubectl.kubernetes.io/restartedAt": "2026-11-24T08:15:56Z"}}}}})";
constexpr std::string_view kAnnotatedTemplate =
    R"({"spec": {"template": {"metadata": {"annotations": {"note": "x"}}}}})";
constexpr std::string_view kZero = R"({"spec": {"replicas": 0}})";
constexpr std::string_view kThree = R"({"spec": {"replicas": 3}})";
constexpr std::string_view kNoReplicas = R"({"spec": {"replicas": null}})";

INSTANTIATE_TEST_SUITE_P(
    Deployment, WorkloadUpdateTest,
    testing::Values(
        UpdateCase{"Nothing", "Deployment", kSame, kSame, ""},
        UpdateCase{"Annotation", "Deployment", kSame,
                   R"({"metadata": {"annotations": {"note": "x"}}})", ""},
        UpdateCase{"Label", "Deployment", kSame, R"({"metadata": {"labels": {"a": "b"}}})", ""},
        UpdateCase{"Status", "Deployment", kSame, R"({"status": {"replicas": 2}})", ""},
        UpdateCase{"Strategy", "Deployment", kSame, R"({"spec": {"strategy": {"type": "x"}}})", ""},
        UpdateCase{"Restart", "Deployment", kSame, kRestarted, ""},
        UpdateCase{"RestartTwice", "Deployment", kRestarted, kRestartedAgain, ""},
        UpdateCase{"RestartUndone", "Deployment", kRestarted, kSame, ""},
        UpdateCase{"EmptyAnnotationsOfTemplate", "Deployment", kSame,
                   R"({"spec": {"template": {"metadata": {"annotations": {}}}}})", ""},
        UpdateCase{"Image", "Deployment", kSame, kNewImage, kNewTemplate},
        UpdateCase{"AnnotationOfTemplate", "Deployment", kSame, kAnnotatedTemplate, kNewTemplate},
        UpdateCase{
            "InitContainer", "Deployment", kSame,
            R"({"spec": {"template": {"spec": {"initContainers": [{"name": "i", "image": "i"}]}}}})",
            kNewTemplate},
        UpdateCase{"FieldOfTheFuture", "Deployment", kSame,
                   R"({"spec": {"template": {"spec": {"notYetInvented": {"image": "x"}}}}})",
                   kNewTemplate},
        UpdateCase{"ImageWhileBeingDeleted", "Deployment",
                   R"({"metadata": {"deletionTimestamp": "2026-11-23T08:15:56Z"}})",
                   R"({"metadata": {"deletionTimestamp": "2026-11-23T08:15:56Z"},
                       "spec": {"template": {"spec": {"hostNetwork": true}}}})",
                   kNewTemplate},
        UpdateCase{"Pause", "Deployment", kSame, R"({"spec": {"paused": true}})", ""},
        UpdateCase{"Unpause", "Deployment", R"({"spec": {"paused": true}})", kSame,
                   "unpauses its rollout"},
        UpdateCase{"UnpauseWithFalse", "Deployment", R"({"spec": {"paused": true}})",
                   R"({"spec": {"paused": false}})", "unpauses its rollout"},
        UpdateCase{"FromZero", "Deployment", kZero, kThree, kFromZero},
        UpdateCase{"FromZeroToDefault", "Deployment", kZero, kNoReplicas, kFromZero},
        UpdateCase{"ToZero", "Deployment", kSame, kZero, ""},
        UpdateCase{"FromDefaultToThree", "Deployment", kNoReplicas, kThree, ""},
        UpdateCase{"FromTwoToThree", "Deployment", kSame, kThree, ""}),
    [](const auto& row) { return std::string(row.param.name); });

constexpr std::string_view kPartition5 =
    R"({"spec": {"updateStrategy": {"rollingUpdate": {"partition": 5}}}})";
constexpr std::string_view kPartition4 =
    R"({"spec": {"updateStrategy": {"rollingUpdate": {"partition": 4}}}})";
constexpr std::string_view kOnDelete = R"({"spec": {"updateStrategy": {"type": "OnDelete"}}})";
constexpr std::string_view kRolling = R"({"spec": {"updateStrategy": {"type": "RollingUpdate"}}})";
constexpr std::string_view kLowers = "lowers the partition of its rollout";
constexpr std::string_view kRolls = "turns on rolling updates";

INSTANTIATE_TEST_SUITE_P(
    StatefulSet, WorkloadUpdateTest,
    testing::Values(UpdateCase{"Nothing", "StatefulSet", kSame, kSame, ""},
                    UpdateCase{"Restart", "StatefulSet", kSame, kRestarted, ""},
                    UpdateCase{"Image", "StatefulSet", kSame, kNewImage, kNewTemplate},
                    UpdateCase{"PartitionLowered", "StatefulSet", kPartition5, kPartition4,
                               kLowers},
                    UpdateCase{"PartitionRemoved", "StatefulSet", kPartition5, kSame, kLowers},
                    UpdateCase{"PartitionRaised", "StatefulSet", kPartition4, kPartition5, ""},
                    UpdateCase{"PartitionSet", "StatefulSet", kSame, kPartition5, ""},
                    UpdateCase{"OnDeleteToRolling", "StatefulSet", kOnDelete, kRolling, kRolls},
                    UpdateCase{"OnDeleteToDefault", "StatefulSet", kOnDelete, kSame, kRolls},
                    UpdateCase{"RollingToOnDelete", "StatefulSet", kRolling, kOnDelete, ""},
                    UpdateCase{"DefaultToRolling", "StatefulSet", kSame, kRolling, ""},
                    UpdateCase{"FromZero", "StatefulSet", kZero, kThree, kFromZero},
                    UpdateCase{"FromTwoToThree", "StatefulSet", kSame, kThree, ""}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    DaemonSet, WorkloadUpdateTest,
    testing::Values(UpdateCase{"Nothing", "DaemonSet", kSame, kSame, ""},
                    UpdateCase{"Restart", "DaemonSet", kSame, kRestarted, ""},
                    UpdateCase{"Image", "DaemonSet", kSame, kNewImage, kNewTemplate},
                    UpdateCase{"OnDeleteToRolling", "DaemonSet", kOnDelete, kRolling, kRolls},
                    UpdateCase{"RollingToOnDelete", "DaemonSet", kRolling, kOnDelete, ""},
                    UpdateCase{"NodeSelector", "DaemonSet", kSame,
                               R"({"spec": {"template": {"spec": {"nodeSelector": {"a": "b"}}}}})",
                               kNewTemplate}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    CronJob, WorkloadUpdateTest,
    testing::Values(
        UpdateCase{"Nothing", "CronJob", kSame, kSame, ""},
        UpdateCase{"Schedule", "CronJob", kSame, R"({"spec": {"schedule": "1 3 * * *"}})", ""},
        UpdateCase{"Restart", "CronJob", kSame,
                   R"({"spec": {"jobTemplate": {"spec": {"template": {"metadata": {"annotations":
                      {"kubectl.kubernetes.io/restartedAt": "2026-11-23T08:15:56Z"}}}}}}})",
                   ""},
        UpdateCase{"Image", "CronJob", kSame,
                   R"({"spec": {"jobTemplate": {"spec": {"template": {"spec":
                      {"containers": [{"name": "app", "image": "b"}]}}}}}})",
                   kNewTemplate},
        UpdateCase{"Parallelism", "CronJob", kSame,
                   R"({"spec": {"jobTemplate": {"spec": {"parallelism": 4}}}})",
                   "changes its job template"},
        UpdateCase{"LabelOfTheJob", "CronJob", kSame,
                   R"({"spec": {"jobTemplate": {"metadata": {"labels": {"a": "b"}}}}})", ""},
        UpdateCase{"Suspend", "CronJob", kSame, R"({"spec": {"suspend": true}})", ""},
        UpdateCase{"Resume", "CronJob", R"({"spec": {"suspend": true}})",
                   R"({"spec": {"suspend": false}})", "resumes its schedule"}),
    [](const auto& row) { return std::string(row.param.name); });

constexpr std::string_view kPausedAtStep1 =
    R"({"status": {"currentStepIndex": 1, "pauseConditions": [{"reason": "CanaryPauseStep"}]}})";

INSTANTIATE_TEST_SUITE_P(
    Rollout, WorkloadUpdateTest,
    testing::Values(
        UpdateCase{"Nothing", "Rollout", kSame, kSame, ""},
        UpdateCase{"Image", "Rollout", kSame, kNewImage, kNewTemplate},
        UpdateCase{"RestartAt", "Rollout", kSame,
                   R"({"spec": {"restartAt": "2026-11-23T08:15:56Z"}})", ""},
        UpdateCase{"Unpause", "Rollout", R"({"spec": {"paused": true}})", kSame,
                   "unpauses its rollout"},
        UpdateCase{"FromZero", "Rollout", kZero, kThree, kFromZero},
        UpdateCase{"PromoteFull", "Rollout", kSame, R"({"status": {"promoteFull": true}})",
                   "promotes it in full"},
        UpdateCase{"PromotedInFull", "Rollout", R"({"status": {"promoteFull": true}})", kSame, ""},
        UpdateCase{"Abort", "Rollout", kSame, R"({"status": {"abort": true}})", ""},
        UpdateCase{"Retry", "Rollout", R"({"status": {"abort": true}})",
                   R"({"status": {"abort": false}})", "retries its aborted rollout"},
        UpdateCase{"EndPause", "Rollout", kPausedAtStep1, R"({"status": {"currentStepIndex": 1}})",
                   "ends a pause of its rollout"},
        UpdateCase{"BeginPause", "Rollout", R"({"status": {"currentStepIndex": 1}})",
                   kPausedAtStep1, ""},
        UpdateCase{"SkipStep", "Rollout", R"({"status": {"currentStepIndex": 1}})",
                   R"({"status": {"currentStepIndex": 7}})", "skips a step of its rollout"}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- Operations and subresources

class GatedKindTest : public testing::TestWithParam<std::string_view> {};

TEST_P(GatedKindTest, IsALaunchWhenItIsCreated) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder(GetParam()).Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
  EXPECT_EQ(request->change.what, "creates it");
  EXPECT_EQ(request->change.template_hash, TemplateHash(PodTemplate()));
  EXPECT_EQ(request->change.kind, GetParam());
}

TEST_P(GatedKindTest, IsALaunchWhoeverCreatesIt) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder(GetParam())
                              .By("system:serviceaccount:kube-system:deployment-controller")
                              .InGroup("system:masters")
                              .InGroup("system:nodes")
                              .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

TEST_P(GatedKindTest, IsNotALaunchWhenItIsDeleted) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body =
      ReviewBuilder(GetParam()).Operation("DELETE").Old(Object(GetParam())).New(nullptr).Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->change.launch);
}

TEST_P(GatedKindTest, IsNotALaunchWhenOnlyItsStatusIsWritten) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder(GetParam())
                              .Update(kSame, R"({"status": {"observedGeneration": 3}})")
                              .Set("subResource", "status")
                              .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->change.launch);
}

TEST_P(GatedKindTest, IsDecidedTheSameInADryRun) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder(GetParam()).Set("dryRun", true).Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->dry_run);
  EXPECT_TRUE(request->change.launch);
}

INSTANTIATE_TEST_SUITE_P(Kinds, GatedKindTest,
                         testing::Values("Deployment", "StatefulSet", "DaemonSet", "CronJob",
                                         "Rollout"),
                         [](const auto& row) { return std::string(row.param); });

struct ScaleCase {
  std::string_view name;
  std::string_view kind;
  int was;
  int is;
  bool launch;

  friend std::ostream& operator<<(std::ostream& out, const ScaleCase& row) {
    return out << row.name;
  }
};

class ScaleTest : public testing::TestWithParam<ScaleCase> {};

TEST_P(ScaleTest, IsALaunchOnlyFromZero) {
  const ScaleCase& row = GetParam();
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder(row.kind).Scale(row.was, row.is).Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.launch, row.launch);
  EXPECT_EQ(request->change.template_hash, "");  // The live template counts.
  EXPECT_FALSE(request->change.template_unresolved);
  EXPECT_EQ(request->change.kind, row.kind);
  ASSERT_TRUE(request->change.target);
  EXPECT_EQ(request->change.target->name, "gift-cards");
}

// In a Scale an absent `replicas` is zero, unlike in the workloads.
constexpr int kAbsent = -1;
INSTANTIATE_TEST_SUITE_P(
    Rows, ScaleTest,
    testing::Values(ScaleCase{"DeploymentUp", "Deployment", 2, 3, false},
                    ScaleCase{"DeploymentDown", "Deployment", 3, 0, false},
                    ScaleCase{"DeploymentFromZero", "Deployment", 0, 1, true},
                    ScaleCase{"DeploymentFromAbsent", "Deployment", kAbsent, 1, true},
                    ScaleCase{"DeploymentToAbsent", "Deployment", 1, kAbsent, false},
                    ScaleCase{"StatefulSetFromZero", "StatefulSet", 0, 3, true},
                    ScaleCase{"StatefulSetUp", "StatefulSet", 1, 3, false},
                    ScaleCase{"RolloutFromZero", "Rollout", kAbsent, 3, true},
                    ScaleCase{"RolloutUp", "Rollout", 1, 3, false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(VersionTest, AcceptsTheOlderCronJob) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body =
      ReviewBuilder("CronJob").PatchRequest(R"({"kind": {"version": "v1beta1"}})").Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

// What the user sent is the API server's business; it has converted it. (T07)
TEST(VersionTest, LooksAtTheConvertedKindAndNotAtTheOneThatWasSent) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder("Deployment")
                              .PatchRequest(R"({"requestKind":
      {"group": "extensions", "version": "v1beta1", "kind": "Deployment"}})")
                              .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

// ---- Names (T09)

TEST(NameTest, IsThatOfTheObjectWhenTheRequestHasNone) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder("Deployment")
                              .Set("name", "")
                              .Patch(R"({"metadata": {"name": "gift-cards-x7k2p"}})")
                              .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.name, "gift-cards-x7k2p");
}

TEST(NameTest, MayBeUnknownAndIsThenNobodysTarget) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body =
      ReviewBuilder("Deployment")
          .PatchRequest(R"({"name": null})")
          .Patch(R"({"metadata": {"name": null, "generateName": "gift-cards-"}})")
          .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
  EXPECT_EQ(request->change.target->name, "");
}

TEST(NameTest, MustBeOne) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder("Deployment").Set("name", "approved").Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message, "`object.metadata.name` must be the name of the request");
}

// ---- Argo Rollouts whose template is elsewhere (T13)

constexpr std::string_view kFromDeployment = R"({"spec": {"template": null, "workloadRef":
    {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cards"}}})";

std::shared_ptr<decision::ReviewFacts> FactsOfCards(std::string live_template_hash) {
  auto facts = std::make_shared<decision::ReviewFacts>();
  facts->ns = "shop";
  facts->name = "cards";
  facts->target = {resources::TargetKind::kDeployment, "shop", "cards"};
  facts->live_template_hash = std::move(live_template_hash);
  return facts;
}

std::shared_ptr<const decision::GateIndex> IndexWithReviews(
    std::vector<std::shared_ptr<decision::ReviewFacts>> reviews) {
  decision::GateIndex::Builder builder;
  builder.AddNamespace("shop", GateMode::kEnforce);
  for (auto& facts : reviews) builder.AddReview(std::move(facts));
  return std::move(builder).Build();
}

TEST(WorkloadRefTest, TakesTheLiveTemplateOfTheDeployment) {
  const auto index = IndexWithReviews({FactsOfCards("v1:sha256:aa")});
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder("Rollout").Update(kSame, kFromDeployment).Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
  EXPECT_EQ(request->change.template_hash, "v1:sha256:aa");
  EXPECT_FALSE(request->change.template_unresolved);
  EXPECT_EQ(request->change.target->kind, resources::TargetKind::kRollout);
}

TEST(WorkloadRefTest, IsALaunchWhenItNamesAnotherDeployment) {
  const auto index = IndexWithReviews({FactsOfCards("v1:sha256:aa")});
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder("Rollout")
                              .New([] {
                                json::Json rollout = Object("Rollout");
                                rollout.merge_patch(json::Json::parse(kFromDeployment));
                                return rollout;
                              }())
                              .Update(R"({"spec": {"workloadRef": {"name": "before"}}})", kSame)
                              .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.what, "takes its pod template from another workload");
}

struct UnresolvedCase {
  std::string_view name;
  std::string_view patch;
  std::vector<std::string> live_hashes;  // Of the reviews of Deployment "cards".

  friend std::ostream& operator<<(std::ostream& out, const UnresolvedCase& row) {
    return out << row.name;
  }
};

class UnresolvedTemplateTest : public testing::TestWithParam<UnresolvedCase> {};

TEST_P(UnresolvedTemplateTest, IsNeverTakenForTheLiveOne) {
  std::vector<std::shared_ptr<decision::ReviewFacts>> reviews;
  for (const std::string& hash : GetParam().live_hashes) reviews.push_back(FactsOfCards(hash));
  const auto index = IndexWithReviews(std::move(reviews));
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder("Rollout").Patch(GetParam().patch).Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
  EXPECT_TRUE(request->change.template_unresolved);
  EXPECT_EQ(request->change.template_hash, "");
}

INSTANTIATE_TEST_SUITE_P(
    Rows, UnresolvedTemplateTest,
    testing::Values(UnresolvedCase{"NoReview", kFromDeployment, {}},
                    UnresolvedCase{"TwoReviews", kFromDeployment, {"v1:sha256:aa", "v1:sha256:aa"}},
                    UnresolvedCase{"NotSeenLive", kFromDeployment, {""}},
                    UnresolvedCase{"ReplicaSet",
                                   R"({"spec": {"template": null, "workloadRef":
                          {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "cards"}}})",
                                   {"v1:sha256:aa"}},
                    UnresolvedCase{"PodTemplate",
                                   R"({"spec": {"template": null, "workloadRef":
                          {"apiVersion": "v1", "kind": "PodTemplate", "name": "cards"}}})",
                                   {"v1:sha256:aa"}},
                    UnresolvedCase{"TemplateAndReference",
                                   R"({"spec": {"workloadRef":
                          {"apiVersion": "apps/v1", "kind": "Deployment", "name": "cards"}}})",
                                   {"v1:sha256:aa"}}),
    [](const auto& row) { return std::string(row.param.name); });

// Go clients write the empty template of a Rollout in full.
TEST(WorkloadRefTest, IgnoresATemplateWithoutContainers) {
  const auto index = IndexWithReviews({FactsOfCards("v1:sha256:aa")});
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body =
      ReviewBuilder("Rollout")
          .Patch(kFromDeployment)
          .Patch(R"({"spec": {"template": {"metadata": {}, "spec": {"containers": []}}}})")
          .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.template_hash, "v1:sha256:aa");
}

// ---- Status of Rollouts (T03)

TEST(RolloutStatusTest, PromotionIsALaunchOfTheTemplateInTheRequest) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder("Rollout")
                              .Update(kSame, R"({"status": {"promoteFull": true}})")
                              .Set("subResource", "status")
                              .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.what, "promotes it in full");
  EXPECT_EQ(request->change.template_hash, TemplateHash(PodTemplate()));
}

struct ControllerStatusCase {
  std::string_view name;
  std::string_view before;
  std::string_view after;
  std::string_view username;
  bool launch;

  friend std::ostream& operator<<(std::ostream& out, const ControllerStatusCase& row) {
    return out << row.name;
  }
};

class RolloutControllerTest : public testing::TestWithParam<ControllerStatusCase> {};

TEST_P(RolloutControllerTest, MayDoItsOrdinaryWork) {
  const ControllerStatusCase& row = GetParam();
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const PaddedBody body = ReviewBuilder("Rollout")
                              .Update(row.before, row.after)
                              .By(row.username)
                              .Set("subResource", "status")
                              .Build();
  const auto request = decoder.Decode(body.view(), *index);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.launch, row.launch);
}

constexpr std::string_view kArgo = "system:serviceaccount:argo-rollouts:argo-rollouts";
INSTANTIATE_TEST_SUITE_P(
    Rows, RolloutControllerTest,
    testing::Values(ControllerStatusCase{"PauseIsOver", kPausedAtStep1,
                                         R"({"status": {"currentStepIndex": 2}})", kArgo, false},
                    ControllerStatusCase{"AbortIsOver", R"({"status": {"abort": true}})", kSame,
                                         kArgo, false},
                    ControllerStatusCase{"EvenItDoesNotPromoteInFull", kSame,
                                         R"({"status": {"promoteFull": true}})", kArgo, true},
                    ControllerStatusCase{"SameNameInAnotherNamespace", kPausedAtStep1,
                                         R"({"status": {"currentStepIndex": 2}})",
                                         "system:serviceaccount:shop:argo-rollouts", true},
                    ControllerStatusCase{
                        "NameWithASuffix", kPausedAtStep1, R"({"status": {"currentStepIndex": 2}})",
                        "system:serviceaccount:argo-rollouts:argo-rollouts2", true}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace launchgate::admission
