#include "shell/kube/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_transport.h"
#include "tests/support/fake_waiter.h"

namespace launchgate::kube {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct VersionRow {
  std::string name;
  std::string major;
  std::string minor;
  int expected_minor;
  friend void PrintTo(const VersionRow& row, std::ostream* out) { *out << row.name; }
};

class ReadVersionTest : public testing::TestWithParam<VersionRow> {};

TEST_P(ReadVersionTest, TakesTheLeadingDigits) {
  const VersionRow& row = GetParam();

  const auto version = ReadVersion(R"({"major":")" + row.major + R"(","minor":")" + row.minor +
                                   R"(","gitVersion":"v1.2.3"})");

  ASSERT_TRUE(version) << version.error().message;
  EXPECT_EQ(*version, (ServerVersion{1, row.expected_minor, "v1.2.3"}));
}

INSTANTIATE_TEST_SUITE_P(Rows, ReadVersionTest,
                         testing::Values(VersionRow{"Upstream", "1", "20", 20},
                                         VersionRow{"Vendor", "1", "28+", 28},
                                         VersionRow{"VendorDash", "1", "30-gke", 30}),
                         [](const auto& row) { return row.param.name; });

TEST(ReadVersionTest, AnythingElseIsAnError) {
  for (const char* text : {"", "[]", "{}", R"({"major":1,"minor":20})",
                           R"({"major":"1","minor":"x"})", R"({"major":"1","minor":"-3"})"}) {
    EXPECT_FALSE(ReadVersion(text)) << text;
  }
}

TEST(ServerVersionTest, ComparesMajorFirst) {
  EXPECT_TRUE((ServerVersion{1, 28, ""}.AtLeast(1, 28)));
  EXPECT_FALSE((ServerVersion{1, 27, ""}.AtLeast(1, 28)));
  EXPECT_TRUE((ServerVersion{2, 0, ""}.AtLeast(1, 28)));
}

TEST(ReadResourceNamesTest, LeavesSubresourcesOut) {
  const auto names = ReadResourceNames(
      R"({"resources":[{"name":"jobs"},{"name":"jobs/status"},{"name":"cronjobs"}]})");

  ASSERT_TRUE(names);
  EXPECT_THAT(*names, ElementsAre("jobs", "cronjobs"));
}

TEST(ReadResourceNamesTest, AnythingElseIsAnErrorNotAnEmptyList) {
  for (const char* text : {"", "[]", "{}", R"({"resources":{}})", R"({"resources":[7]})",
                           R"({"resources":[{"name":7}]})"}) {
    EXPECT_FALSE(ReadResourceNames(text)) << text;
  }
}

std::string Resources(const std::string& name) {
  return R"({"kind":"APIResourceList","resources":[{"name":")" + name + R"("}]})";
}

class DiscoveryTest : public testing::Test {
 protected:
  // A server as of 1.20 with nothing installed, but for what `answers` says.
  void ScriptRound(const std::string& minor, std::map<std::string, std::string> answers) {
    transport_.ExpectSend("GET", "/version", 200,
                          R"({"major":"1","minor":")" + minor + R"(","gitVersion":"v"})");
    for (const char* path :
         {"/apis/batch/v1", "/apis/batch/v1beta1", "/apis/argoproj.io/v1alpha1",
          "/apis/admissionregistration.k8s.io/v1", "/apis/launchgate.dev/v1alpha1"}) {
      const auto answer = answers.find(path);
      if (answer == answers.end()) {
        transport_.ExpectSend("GET", path, 404, "404 page not found");
      } else {
        transport_.ExpectSend("GET", path, 200, answer->second);
      }
    }
  }
  void TearDown() override { EXPECT_THAT(transport_.problems(), IsEmpty()); }

  test_support::FakeTransport transport_;
  test_support::FakeClock clock_;
  test_support::FakeWaiter waiter_{clock_};
  Client client_{transport_, clock_, waiter_, {}, 1};
  Discovery discovery_{client_, clock_, {}};
};

TEST_F(DiscoveryTest, FindsWhatAnOldServerHas) {
  ScriptRound("20", {{"/apis/batch/v1", Resources("jobs")},
                     {"/apis/batch/v1beta1", Resources("cronjobs")},
                     {"/apis/admissionregistration.k8s.io/v1",
                      Resources("validatingwebhookconfigurations")}});

  const auto found = discovery_.Get({});

  ASSERT_TRUE(found) << found.error().message;
  ASSERT_NE(found->cron_jobs, nullptr);
  EXPECT_EQ(*found->cron_jobs, kCronJobsV1Beta1);
  EXPECT_FALSE(found->rollouts);
  EXPECT_FALSE(found->validating_admission_policies);
  EXPECT_FALSE(found->webhook_match_conditions);
  EXPECT_FALSE(found->crd_validation_rules);
  EXPECT_EQ(found->missing_launchgate_kinds.size(), 4U);
}

TEST_F(DiscoveryTest, FindsWhatACurrentServerHas) {
  ScriptRound("36",
              {{"/apis/batch/v1", Resources("cronjobs")},
               {"/apis/argoproj.io/v1alpha1", Resources("rollouts")},
               {"/apis/admissionregistration.k8s.io/v1", Resources("validatingadmissionpolicies")},
               {"/apis/launchgate.dev/v1alpha1",
                R"({"resources":[{"name":"launchreviews"},{"name":"launchreviews/status"},
                     {"name":"readinesschecklists"},{"name":"launchauthorities"}]})"}});

  const auto found = discovery_.Get({});

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(*found->cron_jobs, kCronJobs);
  EXPECT_TRUE(found->rollouts);
  EXPECT_TRUE(found->validating_admission_policies);
  EXPECT_TRUE(found->webhook_match_conditions);
  EXPECT_TRUE(found->crd_validation_rules);
  EXPECT_THAT(found->missing_launchgate_kinds, ElementsAre("launchverdicts.launchgate.dev"));
}

TEST_F(DiscoveryTest, PrefersTheStableCronJobsWhereBothAreServed) {
  ScriptRound("22", {{"/apis/batch/v1", Resources("cronjobs")},
                     {"/apis/batch/v1beta1", Resources("cronjobs")}});

  EXPECT_EQ(*discovery_.Get({})->cron_jobs, kCronJobs);
}

TEST_F(DiscoveryTest, AGroupThatCannotBeAskedIsAnErrorNotAnAbsence) {
  transport_.ExpectSend("GET", "/version", 200, R"({"major":"1","minor":"28"})");
  transport_.ExpectSend("GET", "/apis/batch/v1", 403, "");

  const auto found = discovery_.Get({});

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, base::ErrorKind::kForbidden);
}

TEST_F(DiscoveryTest, RemembersUntilItIsTooOldOrTold) {
  ScriptRound("20", {});
  ASSERT_TRUE(discovery_.Get({}));
  ASSERT_TRUE(discovery_.Get({}));
  EXPECT_EQ(transport_.requests().size(), 6U);

  ScriptRound("21", {});
  clock_.Advance(DiscoveryOptions{}.max_age);
  EXPECT_EQ(discovery_.Get({})->version.minor, 21);

  ScriptRound("22", {});
  discovery_.Invalidate();
  EXPECT_EQ(discovery_.Get({})->version.minor, 22);
}

}  // namespace
}  // namespace launchgate::kube
