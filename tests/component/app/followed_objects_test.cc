// Which objects are followed, what tells of their changes, and what happens
// while a kind is not installed.
#include "app/followed_objects.h"

#include <gtest/gtest.h>

#include "tests/component/app/followed_fixture.h"

namespace launchgate::app {
namespace {

using base::ErrorKind;

const FollowedKind kJob{"batch/v1", "Job"};
const FollowedKind kRestore{"velero.io/v1", "Restore"};
const FollowedKind kBudget{"policy/v1", "PodDisruptionBudget"};
const FollowedKind kDeployment{"apps/v1", "Deployment"};

class FollowedObjectsTest : public FollowedFixture {};

TEST_F(FollowedObjectsTest, KnowsTheVersionOfAnObjectAtTheFirstQuestion) {
  server_.AddKind(kube::kJobs);
  server_.Create(kube::kJobs, Named("drill"));
  objects_->Start({});

  const std::string version = objects_->VersionOf(kJob, {"shop", "drill"});

  EXPECT_NE(version, "");
  EXPECT_EQ(objects_->VersionOf(kJob, {"shop", "other"}), "");
  EXPECT_EQ(objects_->VersionOf(kJob, {"elsewhere", "drill"}), "");
}

TEST_F(FollowedObjectsTest, TellsOfEveryChange) {
  server_.AddKind(kube::kJobs);
  objects_->Start({kJob});
  ASSERT_TRUE(server_.WaitForWatches(1, "jobs"));

  server_.Create(kube::kJobs, Named("drill"));
  ASSERT_TRUE(WasTold("Job.batch shop/drill"));
  const std::string first = objects_->VersionOf(kJob, {"shop", "drill"});
  ForgetWhatWasTold();
  server_.Patch(kube::kJobs, {"shop", "drill"}, {{"spec", {{"suspend", true}}}});

  ASSERT_TRUE(WasTold("Job.batch shop/drill"));
  EXPECT_NE(objects_->VersionOf(kJob, {"shop", "drill"}), first);
}

TEST_F(FollowedObjectsTest, PicksUpAKindThatIsInstalledLater) {
  objects_->Start({});
  EXPECT_EQ(objects_->VersionOf(kRestore, {"shop", "drill"}), "");
  EXPECT_EQ(objects_->Read(kRestore, {"shop", "drill"}).error().kind, ErrorKind::kUnsupported);

  server_.AddKind(kRestores);
  server_.Create(kRestores, Named("drill"));

  ASSERT_TRUE(WasTold("Restore.velero.io "));
  EXPECT_TRUE(objects_->Read(kRestore, {"shop", "drill"}));
  EXPECT_NE(objects_->VersionOf(kRestore, {"shop", "drill"}), "");
}

TEST_F(FollowedObjectsTest, TellsAMissingObjectFromAMissingKind) {
  server_.AddKind(kube::kJobs);
  objects_->Start({});

  EXPECT_EQ(objects_->Read(kJob, {"shop", "drill"}).error().kind, ErrorKind::kNotFound);
}

TEST_F(FollowedObjectsTest, AnAuthorsVersionMeansTheKindAndNotTheVersion) {
  server_.AddKind(kDisruptionBudgets);
  server_.Create(kDisruptionBudgets, Named("one"));
  server_.Create(kDisruptionBudgets, Named("two", "other"));
  objects_->Start({});

  const auto budgets = objects_->ReadAll(kBudget, "shop");

  ASSERT_TRUE(budgets) << budgets.error().message;
  ASSERT_EQ(budgets->size(), 1U);
  EXPECT_EQ(budgets->front().meta.key.name, "one");
}

TEST_F(FollowedObjectsTest, TheVersionOfANamespaceChangesWithAnyOfItsObjects) {
  server_.AddKind(kDisruptionBudgets);
  objects_->Start({});
  const std::string shop = objects_->VersionOfAll(kBudget, "shop");
  const std::string other = objects_->VersionOfAll(kBudget, "other");

  server_.Create(kDisruptionBudgets, Named("one"));

  ASSERT_TRUE(WasTold("PodDisruptionBudget.policy shop/one"));
  EXPECT_NE(objects_->VersionOfAll(kBudget, "shop"), shop);
  EXPECT_EQ(objects_->VersionOfAll(kBudget, "other"), other);
}

TEST_F(FollowedObjectsTest, AWorkloadsStatusIsNoChangeOfIt) {
  server_.AddKind(kube::kDeployments);
  auto deployment = Named("gift-cards");
  deployment["spec"] = {{"replicas", 1}};
  server_.Create(kube::kDeployments, deployment);
  objects_->Start({});
  const std::string version = objects_->VersionOf(kDeployment, {"shop", "gift-cards"});

  deployment["status"] = {{"readyReplicas", 1}};
  server_.Replace(kube::kDeployments, deployment, true);
  server_.Create(kube::kDeployments, Named("after-it"));

  ASSERT_TRUE(WasTold("Deployment.apps shop/after-it"));
  EXPECT_EQ(objects_->VersionOf(kDeployment, {"shop", "gift-cards"}), version);
}

}  // namespace
}  // namespace launchgate::app
