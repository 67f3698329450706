// Pods, ReplicaSets, ReplicationControllers and Jobs: gated in strict
// namespaces, where only the expected controller of an owner explains them.
#include <gtest/gtest.h>

#include "tests/unit/core/admission/review_builder.h"

namespace launchgate::admission {
namespace {

using decision::GateMode;

constexpr std::string_view kSystem = "system:serviceaccount:kube-system:";

std::string Account(std::string_view controller) {
  return std::string(kSystem) + std::string(controller);
}

base::Result<Decoder::Request> Classify(const ReviewBuilder& review,
                                        GateMode mode = GateMode::kStrict) {
  const auto index = IndexWithMode(mode);
  Decoder decoder(DefaultControllerIdentities());
  return decoder.Decode(review.Build().view(), *index);
}

// ---- In which namespaces

struct ModeCase {
  std::string_view name;
  GateMode mode;
  bool launch;

  friend std::ostream& operator<<(std::ostream& out, const ModeCase& row) {
    return out << row.name;
  }
};

class ChildModeTest : public testing::TestWithParam<ModeCase> {};

TEST_P(ChildModeTest, GatesBareChildrenInStrictNamespacesOnly) {
  for (const std::string_view kind : {"Pod", "ReplicaSet", "ReplicationController", "Job"}) {
    const auto request = Classify(ReviewBuilder(kind), GetParam().mode);

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_EQ(request->change.launch, GetParam().launch) << kind;
    EXPECT_EQ(request->change.target, std::nullopt) << kind;
  }
}

INSTANTIATE_TEST_SUITE_P(Rows, ChildModeTest,
                         testing::Values(ModeCase{"Strict", GateMode::kStrict, true},
                                         ModeCase{"Enforce", GateMode::kEnforce, false},
                                         ModeCase{"Audit", GateMode::kAudit, false},
                                         ModeCase{"Off", GateMode::kNotOptedIn, false}),
                         [](const auto& row) { return std::string(row.param.name); });

// It may be strict; this replica has not seen it yet. (T20)
TEST(ChildModeTest, GatesThemInANamespaceNotSeenYet) {
  const decision::GateIndex knows_nothing;
  Decoder decoder(DefaultControllerIdentities());

  const auto request = decoder.Decode(ReviewBuilder("Pod").Build().view(), knows_nothing);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

// ---- Who may create what (T10, T11)

struct CreatorCase {
  std::string_view name;
  std::string_view child;
  std::string username;
  std::string owner;  // Merge patch.
  bool explained;

  friend std::ostream& operator<<(std::ostream& out, const CreatorCase& row) {
    return out << row.name;
  }
};

class ChildCreatorTest : public testing::TestWithParam<CreatorCase> {};

TEST_P(ChildCreatorTest, IsJudgedByItsExactNameAndByTheOwner) {
  const CreatorCase& row = GetParam();

  const auto request = Classify(ReviewBuilder(row.child).By(row.username).Patch(row.owner));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.launch, !row.explained);
  EXPECT_EQ(request->change.what, row.explained ? "" : "creates it");
  EXPECT_EQ(request->change.target, std::nullopt);
}

const std::string kManager = "system:kube-controller-manager";
const std::string kOfReplicaSet = OwnedBy("apps/v1", "ReplicaSet");
const std::string kOfDeployment = OwnedBy("apps/v1", "Deployment");

INSTANTIATE_TEST_SUITE_P(
    Expected, ChildCreatorTest,
    testing::Values(
        CreatorCase{"PodOfReplicaSet", "Pod", Account("replicaset-controller"), kOfReplicaSet,
                    true},
        CreatorCase{"PodOfStatefulSet", "Pod", Account("statefulset-controller"),
                    OwnedBy("apps/v1", "StatefulSet"), true},
        CreatorCase{"PodOfDaemonSet", "Pod", Account("daemon-set-controller"),
                    OwnedBy("apps/v1", "DaemonSet"), true},
        CreatorCase{"PodOfJob", "Pod", Account("job-controller"), OwnedBy("batch/v1", "Job"), true},
        CreatorCase{"PodOfReplicationController", "Pod", Account("replication-controller"),
                    OwnedBy("v1", "ReplicationController"), true},
        CreatorCase{"ReplicaSetOfDeployment", "ReplicaSet", Account("deployment-controller"),
                    kOfDeployment, true},
        CreatorCase{"ReplicaSetOfRollout", "ReplicaSet",
                    "system:serviceaccount:argo-rollouts:argo-rollouts",
                    OwnedBy("argoproj.io/v1alpha1", "Rollout"), true},
        CreatorCase{"JobOfCronJob", "Job", Account("cronjob-controller"),
                    OwnedBy("batch/v1beta1", "CronJob"), true},
        CreatorCase{"SingleAccountPod", "Pod", kManager, kOfReplicaSet, true},
        CreatorCase{"SingleAccountJob", "Job", kManager, OwnedBy("batch/v1", "CronJob"), true}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Forged, ChildCreatorTest,
    testing::Values(
        CreatorCase{"NobodysPod", "Pod", std::string(kAlice), "{}", false},
        CreatorCase{"PersonWithOwner", "Pod", std::string(kAlice), kOfReplicaSet, false},
        CreatorCase{"JobFromCronJobByHand", "Job", std::string(kAlice),
                    OwnedBy("batch/v1", "CronJob"), false},
        CreatorCase{"ControllerWithoutOwner", "Pod", Account("replicaset-controller"), "{}", false},
        CreatorCase{"OwnerOfAnotherKind", "Pod", Account("replicaset-controller"),
                    OwnedBy("apps/v1", "DaemonSet"), false},
        CreatorCase{"OwnerOfAnotherGroup", "Pod", Account("replicaset-controller"),
                    OwnedBy("example.com/v1", "ReplicaSet"), false},
        CreatorCase{"OwnerWithoutGroup", "Pod", Account("replicaset-controller"),
                    OwnedBy("v1", "ReplicaSet"), false},
        CreatorCase{"OwnerThatIsNotTheController", "Pod", Account("replicaset-controller"),
                    OwnedBy("apps/v1", "ReplicaSet", "gift-cards", R"("controller": false)"),
                    false},
        CreatorCase{"OwnerThatDoesNotSay", "Pod", Account("replicaset-controller"),
                    OwnedBy("apps/v1", "ReplicaSet", "gift-cards", R"("blockOwnerDeletion": true)"),
                    false},
        CreatorCase{"TwoControllers", "Pod", Account("replicaset-controller"),
                    R"({"metadata": {"ownerReferences": [
                        {"uid": "1", "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "a",
                         "controller": true},
                        {"uid": "2", "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "b",
                         "controller": true}]}})",
                    false},
        CreatorCase{"OwnerWithoutUid", "Pod", Account("replicaset-controller"),
                    R"({"metadata": {"ownerReferences": [{"apiVersion": "apps/v1",
                        "kind": "ReplicaSet", "name": "a", "controller": true}]}})",
                    false},
        CreatorCase{"ControllerOfAnotherChild", "Pod", Account("deployment-controller"),
                    kOfDeployment, false},
        CreatorCase{"WrongControllerForTheOwner", "Pod", Account("job-controller"), kOfReplicaSet,
                    false},
        CreatorCase{"SameNameInAnotherNamespace", "Pod",
                    "system:serviceaccount:shop:replicaset-controller", kOfReplicaSet, false},
        CreatorCase{"NameThatBeginsAlike", "Pod", Account("replicaset-controller-2"), kOfReplicaSet,
                    false},
        CreatorCase{"NameInOtherCase", "Pod", Account("ReplicaSet-Controller"), kOfReplicaSet,
                    false},
        CreatorCase{"KindInOtherCase", "Pod", Account("replicaset-controller"),
                    OwnedBy("apps/v1", "Replicaset"), false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ChildCreatorTest, MayAddOwnersThatAreNotControllers) {
  const auto request =
      Classify(ReviewBuilder("Pod").By(Account("replicaset-controller")).Patch(R"({"metadata":
          {"ownerReferences": [
            {"uid": "1", "apiVersion": "v1", "kind": "ConfigMap", "name": "a"},
            {"uid": "2", "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "b",
             "controller": true}]}})"));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->change.launch);
}

// ---- Mirrors of static Pods

TEST(MirrorPodTest, IsNotALaunchWhenANodeShowsIt) {
  const auto request = Classify(
      ReviewBuilder("Pod")
          .By("system:node:a")
          .InGroup("system:nodes")
          .Patch(R"({"metadata": {"annotations": {"kubernetes.io/config.mirror": "1f"}}})"));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->change.launch);
}

TEST(MirrorPodTest, IsALaunchWhenAPersonClaimsIt) {
  const auto request = Classify(
      ReviewBuilder("Pod")
          .By("system:node:a")
          .Patch(R"({"metadata": {"annotations": {"kubernetes.io/config.mirror": "1f"}}})"));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

TEST(MirrorPodTest, IsALaunchWhenANodeMakesAnOrdinaryPod) {
  const auto request = Classify(ReviewBuilder("Pod").By("system:node:a").InGroup("system:nodes"));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

// ---- Changes of children

struct ChildUpdateCase {
  std::string_view name;
  std::string_view kind;
  std::string_view before;
  std::string_view after;
  std::string_view what;  // Empty: not a launch change.

  friend std::ostream& operator<<(std::ostream& out, const ChildUpdateCase& row) {
    return out << row.name;
  }
};

class ChildUpdateTest : public testing::TestWithParam<ChildUpdateCase> {};

TEST_P(ChildUpdateTest, IsClassifiedByTheFieldsThatChanged) {
  const ChildUpdateCase& row = GetParam();

  const auto request = Classify(ReviewBuilder(row.kind).Update(row.before, row.after));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.launch, !row.what.empty());
  EXPECT_EQ(request->change.what, row.what);
  EXPECT_EQ(request->change.target, std::nullopt);
}

TEST_P(ChildUpdateTest, IsNeverALaunchInAnEnforcingNamespace) {
  const ChildUpdateCase& row = GetParam();

  const auto request =
      Classify(ReviewBuilder(row.kind).Update(row.before, row.after), GateMode::kEnforce);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->change.launch);
}

constexpr std::string_view kContainers = "changes its containers";
constexpr std::string_view kNewTemplate = "changes the pod template";
constexpr std::string_view kFromZero = "scales it up from zero";

INSTANTIATE_TEST_SUITE_P(
    Pod, ChildUpdateTest,
    testing::Values(
        ChildUpdateCase{"Label", "Pod", "{}", R"({"metadata": {"labels": {"a": "b"}}})", ""},
        ChildUpdateCase{"Status", "Pod", "{}", R"({"status": {"phase": "Running"}})", ""},
        ChildUpdateCase{"Toleration", "Pod", "{}", R"({"spec": {"tolerations": [{"key": "a"}]}})",
                        ""},
        ChildUpdateCase{"Image", "Pod", "{}",
                        R"({"spec": {"containers": [{"name": "app", "image": "b"}]}})",
                        kContainers},
        ChildUpdateCase{
            "Name", "Pod", "{}",
            R"({"spec": {"containers": [{"name": "a", "image": "registry.example/a:1"}]}})",
            kContainers},
        ChildUpdateCase{
            "SecondContainer", "Pod", "{}",
            R"({"spec": {"containers": [{"name": "app", "image": "registry.example/a:1"},
                                                    {"name": "b", "image": "b"}]}})",
            kContainers},
        ChildUpdateCase{
            "InitImage", "Pod", R"({"spec": {"initContainers": [{"name": "i", "image": "i:1"}]}})",
            R"({"spec": {"initContainers": [{"name": "i", "image": "i:2"}]}})", kContainers},
        ChildUpdateCase{"EphemeralContainer", "Pod", "{}",
                        R"({"spec": {"ephemeralContainers": [{"name": "d", "image": "busybox"}]}})",
                        kContainers}),
    [](const auto& row) { return std::string(row.param.name); });

constexpr std::string_view kImageOfTemplate =
    R"({"spec": {"template": {"spec": {"containers": [{"name": "app", "image": "b"}]}}}})";

INSTANTIATE_TEST_SUITE_P(
    Others, ChildUpdateTest,
    testing::Values(
        ChildUpdateCase{"ReplicaSetLabel", "ReplicaSet", "{}",
                        R"({"metadata": {"labels": {"a": "b"}}})", ""},
        ChildUpdateCase{"ReplicaSetUp", "ReplicaSet", "{}", R"({"spec": {"replicas": 5}})", ""},
        ChildUpdateCase{"ReplicaSetFromZero", "ReplicaSet", R"({"spec": {"replicas": 0}})", "{}",
                        kFromZero},
        ChildUpdateCase{"ReplicaSetTemplate", "ReplicaSet", "{}", kImageOfTemplate, kNewTemplate},
        ChildUpdateCase{"ReplicationControllerFromZero", "ReplicationController",
                        R"({"spec": {"replicas": 0}})", "{}", kFromZero},
        ChildUpdateCase{"ReplicationControllerTemplate", "ReplicationController", "{}",
                        kImageOfTemplate, kNewTemplate},
        ChildUpdateCase{"JobDeadline", "Job", "{}", R"({"spec": {"activeDeadlineSeconds": 5}})",
                        ""},
        ChildUpdateCase{"JobTemplate", "Job", "{}", kImageOfTemplate, kNewTemplate},
        ChildUpdateCase{"JobResumed", "Job", R"({"spec": {"suspend": true}})",
                        R"({"spec": {"suspend": false}})", "resumes it"},
        ChildUpdateCase{"JobFromZero", "Job", R"({"spec": {"parallelism": 0}})",
                        R"({"spec": {"parallelism": 1}})", kFromZero}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(DebugContainerTest, IsALaunch) {
  const auto request =
      Classify(ReviewBuilder("Pod").Update("{}", "{}").Set("subResource", "ephemeralcontainers"));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
  EXPECT_EQ(request->change.what, "adds a container to the running pod");
}

TEST(DebugContainerTest, IsALaunchInTheBodyOfOldServersToo) {
  const auto request = Classify(ReviewBuilder("Pod")
                                    .Update("{}", "{}")
                                    .Patch(R"({"kind": "EphemeralContainers"})")
                                    .PatchRequest(R"({"subResource": "ephemeralcontainers",
                            "kind": {"kind": "EphemeralContainers"}})"));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

TEST(DebugContainerTest, IsALaunchWhoeverAddsIt) {
  const auto request = Classify(ReviewBuilder("Pod")
                                    .By(Account("replicaset-controller"))
                                    .Update(kOfReplicaSet, kOfReplicaSet)
                                    .Set("subResource", "ephemeralcontainers"));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

// ---- Old ReplicaSets scaled up by hand (T12)

constexpr std::string_view kHashLabel =
    R"({"spec": {"template": {"metadata": {"labels": {"pod-template-hash": "5bcc7489cc"}}}}})";

ReviewBuilder ScaledUpByHand(std::string_view owner) {
  ReviewBuilder review("ReplicaSet");
  review.Patch(owner).Patch(kHashLabel).Update(R"({"spec": {"replicas": 0}})", "{}");
  return review;
}

TEST(OldReplicaSetTest, IsItsDeploymentsRevision) {
  const auto request = Classify(ScaledUpByHand(OwnedBy("apps/v1", "Deployment", "cards")));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.what, kFromZero);
  EXPECT_EQ(request->change.target,
            (resources::TargetRef{resources::TargetKind::kDeployment, "shop", "cards"}));
  EXPECT_EQ(request->change.template_hash, TemplateHash(PodTemplate()));
}

TEST(OldReplicaSetTest, IsItsRolloutsRevision) {
  ReviewBuilder review("ReplicaSet");
  review.Patch(OwnedBy("argoproj.io/v1alpha1", "Rollout", "cards"))
      .Patch(R"({"spec": {"template": {"metadata": {"labels":
                {"rollouts-pod-template-hash": "5bcc7489cc"}}}}})")
      .Update(R"({"spec": {"replicas": 0}})", "{}");

  const auto request = Classify(review);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.target,
            (resources::TargetRef{resources::TargetKind::kRollout, "shop", "cards"}));
  EXPECT_EQ(request->change.template_hash, TemplateHash(PodTemplate()));
}

TEST(OldReplicaSetTest, BelongsToWhomItBelongedBeforeTheRequest) {
  const std::string approved = OwnedBy("apps/v1", "Deployment", "approved");
  ReviewBuilder review("ReplicaSet");
  review.Update(R"({"spec": {"replicas": 0}})", approved);

  const auto request = Classify(review);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.target, std::nullopt);
}

TEST(OldReplicaSetTest, IsJudgedByTheTemplateThatItWouldRun) {
  ReviewBuilder review = ScaledUpByHand(OwnedBy("apps/v1", "Deployment", "cards"));
  review.Patch(kImageOfTemplate);

  const auto request = Classify(review);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.what, kNewTemplate);
  EXPECT_NE(request->change.template_hash, TemplateHash(PodTemplate()));
}

TEST(OldReplicaSetTest, MayBeScaledByItsController) {
  ReviewBuilder review = ScaledUpByHand(OwnedBy("apps/v1", "Deployment", "cards"));
  review.By(Account("deployment-controller"));

  const auto request = Classify(review);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_FALSE(request->change.launch);
}

TEST(OldReplicaSetTest, HasNoTemplateInAScaleRequest) {
  const auto from_zero = Classify(ReviewBuilder("ReplicaSet").Scale(0, 1));
  const auto up = Classify(ReviewBuilder("ReplicaSet").Scale(1, 2));

  ASSERT_TRUE(from_zero) << from_zero.error().message;
  EXPECT_TRUE(from_zero->change.launch);
  EXPECT_EQ(from_zero->change.target, std::nullopt);
  ASSERT_TRUE(up) << up.error().message;
  EXPECT_FALSE(up->change.launch);
}

TEST(ReplicationControllerTest, IsALaunchWhenScaledFromZero) {
  const auto request = Classify(ReviewBuilder("ReplicationController").Scale(-1, 1));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_TRUE(request->change.launch);
}

TEST(ChildDeletionTest, IsNotALaunch) {
  for (const std::string_view kind : {"Pod", "ReplicaSet", "ReplicationController", "Job"}) {
    const auto request =
        Classify(ReviewBuilder(kind).Operation("DELETE").Old(Object(kind)).New(nullptr));

    ASSERT_TRUE(request) << request.error().message;
    EXPECT_FALSE(request->change.launch) << kind;
  }
}

}  // namespace
}  // namespace launchgate::admission
