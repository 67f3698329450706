#include "shell/kube/kind_finder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_transport.h"
#include "tests/support/fake_waiter.h"

namespace launchgate::kube {
namespace {

using base::ErrorKind;
using testing::IsEmpty;

constexpr const char* kBatch =
    R"({"kind":"APIResourceList","resources":[
         {"name":"jobs/status","kind":"Job","namespaced":true},
         {"name":"jobs","kind":"Job","namespaced":true}]})";

TEST(ReadResourceTest, TakesTheKindItselfAndNotItsSubresources) {
  const auto job = ReadResource(kBatch, "Job");

  ASSERT_TRUE(job);
  EXPECT_EQ(job->plural, "jobs");
  EXPECT_TRUE(job->namespaced);
  EXPECT_EQ(ReadResource(kBatch, "job").error().kind, ErrorKind::kNotFound);
}

TEST(ReadResourceTest, AnythingElseIsAnErrorNotAnAbsence) {
  for (const char* text :
       {"", "[]", "{}", R"({"resources":{}})", R"({"resources":[{"name":"jobs","kind":"Job"}]})"}) {
    const auto job = ReadResource(text, "Job");
    ASSERT_FALSE(job) << text;
    EXPECT_EQ(job.error().kind, ErrorKind::kInternal) << text;
  }
}

TEST(ReadVersionsTest, BeginsWithThePreferredOne) {
  const auto versions = ReadVersions(
      R"({"versions":[{"version":"v1beta1"},{"version":"v1"}],"preferredVersion":{"version":"v1"}})");

  ASSERT_TRUE(versions);
  EXPECT_THAT(*versions, testing::ElementsAre("v1", "v1beta1"));
}

TEST(ReadVersionsTest, AnythingElseIsAnError) {
  for (const char* text : {"", "{}", R"({"preferredVersion":{}})", R"({"preferredVersion":7})",
                           R"({"preferredVersion":{"version":"../v1"}})",
                           R"({"preferredVersion":{"version":"v1"},"versions":[7]})",
                           R"({"preferredVersion":{"version":"v1"},"versions":7})"}) {
    EXPECT_FALSE(ReadVersions(text)) << text;
  }
}

class KindFinderTest : public testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(transport_.problems(), IsEmpty()); }

  test_support::FakeTransport transport_;
  test_support::FakeClock clock_;
  test_support::FakeWaiter waiter_{clock_};
  Client client_{transport_, clock_, waiter_, {}, 1};
  KindFinder finder_{client_};
};

TEST_F(KindFinderTest, AsksOnceForAKindThatIsThere) {
  transport_.ExpectSend("GET", "/apis/batch/v1", 200, kBatch);

  const auto first = finder_.Find("batch/v1", "Job", {});
  const auto second = finder_.Find("batch/v1", "Job", {});

  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(**first, kJobs);
  EXPECT_EQ(*first, *second);
}

TEST_F(KindFinderTest, FindsKindsOfTheCoreGroup) {
  transport_.ExpectSend("GET", "/api/v1", 200,
                        R"({"resources":[{"name":"nodes","kind":"Node","namespaced":false}]})");

  const auto node = finder_.Find("v1", "Node", {});

  ASSERT_TRUE(node);
  EXPECT_EQ(ApiVersion(**node), "v1");
  EXPECT_FALSE((*node)->namespaced);
}

TEST_F(KindFinderTest, TakesTheVersionThatTheServerHas) {
  transport_.ExpectSend("GET", "/apis/policy/v1", 404, "404 page not found");
  transport_.ExpectSend("GET", "/apis/policy", 200,
                        R"({"preferredVersion":{"version":"v1beta1"}})");
  transport_.ExpectSend(
      "GET", "/apis/policy/v1beta1", 200,
      R"({"resources":[{"name":"poddisruptionbudgets","kind":"PodDisruptionBudget","namespaced":true}]})");

  const auto budget = finder_.Find("policy/v1", "PodDisruptionBudget", {});

  ASSERT_TRUE(budget) << budget.error().message;
  EXPECT_EQ(ApiVersion(**budget), "policy/v1beta1");
}

// Kubernetes 1.20 prefers batch/v1, and has CronJobs in batch/v1beta1 only.
TEST_F(KindFinderTest, LooksThroughAllVersionsOfTheGroup) {
  transport_.ExpectSend("GET", "/apis/batch/v1", 200, kBatch);
  transport_.ExpectSend(
      "GET", "/apis/batch", 200,
      R"({"versions":[{"version":"v1"},{"version":"v1beta1"}],"preferredVersion":{"version":"v1"}})");
  transport_.ExpectSend(
      "GET", "/apis/batch/v1beta1", 200,
      R"({"resources":[{"name":"cronjobs","kind":"CronJob","namespaced":true}]})");

  const auto cron_job = finder_.Find("batch/v1", "CronJob", {});

  ASSERT_TRUE(cron_job) << cron_job.error().message;
  EXPECT_EQ(**cron_job, kCronJobsV1Beta1);
}

TEST_F(KindFinderTest, AsksAgainForAKindThatWasNotInstalled) {
  for (const char* path : {"/apis/velero.io/v1", "/apis/velero.io"}) {
    transport_.ExpectSend("GET", path, 404, "404 page not found");
  }
  const auto missing = finder_.Find("velero.io/v1", "Restore", {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::kUnsupported);

  transport_.ExpectSend(
      "GET", "/apis/velero.io/v1", 200,
      R"({"resources":[{"name":"restores","kind":"Restore","namespaced":true}]})");

  EXPECT_TRUE(finder_.Find("velero.io/v1", "Restore", {}));
}

TEST_F(KindFinderTest, AGroupThatCannotBeAskedIsNotAbsent) {
  transport_.ExpectSend("GET", "/apis/batch/v1", 403, "");

  EXPECT_EQ(finder_.Find("batch/v1", "Job", {}).error().kind, ErrorKind::kForbidden);
}

TEST_F(KindFinderTest, PutsNothingButCheckedNamesIntoAPath) {
  for (const char* api_version :
       {"../v1", "batch/v1/x", "batch/..", "/v1", "Batch/v1", "batch/", ""}) {
    const auto found = finder_.Find(api_version, "Job", {});
    ASSERT_FALSE(found) << api_version;
    EXPECT_EQ(found.error().kind, ErrorKind::kInvalid) << api_version;
  }
}

}  // namespace
}  // namespace launchgate::kube
