// What each source gives, read from the fake API server, and which watch names
// a change of an object touches.
#include "app/cluster_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/component/app/followed_fixture.h"

namespace launchgate::app {
namespace {

using base::ErrorKind;
using evidence::Source;
using ::testing::Contains;

constexpr base::Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);

class Pages final : public evidence::PageFetcher {
 public:
  base::Result<evidence::Page> Fetch(std::string_view url) override {
    return evidence::Page{std::string(url), 404, "text/plain", "nothing here"};
  }
};

class Servers final : public evidence::PrometheusReader {
 public:
  base::Result<evidence::PrometheusAnswer> Ask(std::string_view ns, const Source& source,
                                               base::Time at) override {
    const auto& sample = std::get<evidence::SampleSource>(source);
    return evidence::PrometheusAnswer{200, std::string(ns) + " " + sample.server + " " +
                                               sample.query + " " + base::FormatTime(at)};
  }
};

class ClusterSourcesTest : public FollowedFixture {
 protected:
  ClusterSourcesTest() { server_.AddKind(kube::kConfigMaps); }

  void CreateConfigMap(const std::string& recorded_at = "2026-11-22T10:00:00Z") {
    auto config_map = Named("report");
    config_map["metadata"]["annotations"] = {{"launchgate.dev/recorded-at", recorded_at}};
    config_map["data"] = {{"a.json", "[1]"}, {"b.json", "[2]"}};
    server_.Create(kube::kConfigMaps, config_map);
  }
  int GetsOf(const std::string& target) {
    int gets = 0;
    for (const auto& request : server_.requests()) {
      gets += request.method == "GET" && request.target == target ? 1 : 0;
    }
    return gets;
  }

  Pages pages_;
  Servers servers_;
  ClusterSources sources_{*objects_, pages_, servers_};
};

TEST_F(ClusterSourcesTest, AConfigMapsKeyHasTheTimeOfItsAnnotation) {
  CreateConfigMap();
  objects_->Start(ClusterSources::UsualKinds());

  const auto reading = sources_.Read("shop", evidence::ConfigMapSource{"report", "a.json"}, kNow);

  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(reading->body, "[1]");
  EXPECT_EQ(base::FormatTime(reading->recorded_at.value()), "2026-11-22T10:00:00Z");
  EXPECT_EQ(reading->read_at, kNow);
}

TEST_F(ClusterSourcesTest, TwoKeysOfOneVersionAreReadInOneRequest) {
  CreateConfigMap();
  objects_->Start(ClusterSources::UsualKinds());

  sources_.Read("shop", evidence::ConfigMapSource{"report", "a.json"}, kNow);
  const auto second = sources_.Read("shop", evidence::ConfigMapSource{"report", "b.json"}, kNow);

  EXPECT_EQ(second->body, "[2]");
  EXPECT_EQ(GetsOf("/api/v1/namespaces/shop/configmaps/report"), 1);
}

TEST_F(ClusterSourcesTest, AnObjectThatChangedIsReadAnew) {
  CreateConfigMap();
  objects_->Start(ClusterSources::UsualKinds());
  sources_.Read("shop", evidence::ConfigMapSource{"report", "a.json"}, kNow);
  ForgetWhatWasTold();

  server_.Patch(kube::kConfigMaps, {"shop", "report"}, {{"data", {{"a.json", "[9]"}}}});
  ASSERT_TRUE(WasTold("ConfigMap. shop/report"));

  EXPECT_EQ(sources_.Read("shop", evidence::ConfigMapSource{"report", "a.json"}, kNow)->body,
            "[9]");
}

TEST_F(ClusterSourcesTest, SaysWhatIsMissing) {
  CreateConfigMap("yesterday");
  objects_->Start(ClusterSources::UsualKinds());
  const auto error = [&](const Source& source) {
    return sources_.Read("shop", source, kNow).error();
  };

  EXPECT_EQ(error(evidence::ConfigMapSource{"absent", "a.json"}).kind, ErrorKind::kNotFound);
  EXPECT_EQ(error(evidence::ConfigMapSource{"report", "c.json"}).kind, ErrorKind::kNotFound);
  EXPECT_EQ(error(evidence::ConfigMapSource{"report", "a.json"}).kind, ErrorKind::kInvalid);
  EXPECT_EQ(error(evidence::ObjectSource{"velero.io/v1", "Restore", "drill"}).kind,
            ErrorKind::kUnsupported);
}

TEST_F(ClusterSourcesTest, AnObjectIsGivenWhole) {
  server_.AddKind(kube::kJobs);
  auto job = Named("drill");
  job["spec"] = {{"completions", 1}};
  server_.Create(kube::kJobs, job);
  objects_->Start({});

  const auto reading =
      sources_.Read("shop", evidence::ObjectSource{"batch/v1", "Job", "drill"}, kNow);

  ASSERT_TRUE(reading) << reading.error().message;
  EXPECT_EQ(test_support::Json::parse(reading->body)["spec"]["completions"], 1);
  EXPECT_FALSE(reading->recorded_at);
}

TEST_F(ClusterSourcesTest, UrlsAndPrometheusAreAskedWithTheirOwnWords) {
  const auto page = sources_.Read("shop", evidence::UrlSource{"https://x.example/"}, kNow);
  const auto sample = sources_.Read("shop", evidence::SampleSource{"main", "up"}, kNow);

  EXPECT_EQ(page->http_status, 404);
  EXPECT_EQ(page->content_type, "text/plain");
  EXPECT_EQ(sample->body, "shop main up 2026-11-23T12:00:00Z");
  EXPECT_EQ(sample->http_status, 200);
}

TEST(WatchNamesTest, AChangeTouchesTheNamesThatSourcesAreKnownBy) {
  const kube::ObjectKey key{"shop", "report"};

  EXPECT_THAT(ClusterSources::WatchNamesOf("", "ConfigMap", key),
              Contains(WatchName("shop", evidence::ConfigMapSource{"report", "any"})));
  EXPECT_THAT(ClusterSources::WatchNamesOf("", "ConfigMap", key),
              Contains(WatchName("shop", evidence::ObjectSource{"v1", "ConfigMap", "report"})));
  EXPECT_THAT(ClusterSources::WatchNamesOf("batch", "Job", key),
              Contains(WatchName("shop", evidence::ObjectSource{"batch/v1", "Job", "report"})));
  EXPECT_THAT(ClusterSources::WatchNamesOf("policy", "PodDisruptionBudget", key),
              Contains(WatchName("shop", evidence::DisruptionBudgetsSource())));
  EXPECT_EQ(WatchName("shop", evidence::UrlSource{"https://x.example/"}), "");
}

TEST(WatchNamesTest, AKindThatAppearsTouchesAllOfItsObjects) {
  for (const std::string& prefix :
       ClusterSources::WatchNamesOf("policy", "PodDisruptionBudget", {})) {
    EXPECT_TRUE(prefix.ends_with(' ')) << prefix;
  }
  const auto names = ClusterSources::WatchNamesOf("velero.io", "Restore", {});
  ASSERT_EQ(names.size(), 1U);
  EXPECT_TRUE(WatchName("shop", evidence::ObjectSource{"velero.io/v1", "Restore", "drill"})
                  .starts_with(names.front()));
}

}  // namespace
}  // namespace launchgate::app
