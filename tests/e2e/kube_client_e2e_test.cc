// Our Kubernetes client against a real API server: what only that can tell.
// Started by kube_client_test.sh, which provides the control plane and a
// namespace that is deleted afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "shell/clock/clock.h"
#include "shell/kube/client.h"
#include "shell/kube/config.h"
#include "shell/kube/discovery.h"
#include "shell/kube/events.h"
#include "shell/transport/cpprest_transport.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;

std::string Required(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    ADD_FAILURE() << name << " is not set; run this through ./dev test e2e";
    return {};
  }
  return value;
}

std::unique_ptr<transport::Transport> Connect(const clock::Clock& clock) {
  static const bool started = transport::InitializeTransportThreads(4).has_value();
  EXPECT_TRUE(started);
  auto config = LoadKubeconfig(Required("LAUNCHGATE_E2E_KUBECONFIG"), "", clock);
  if (!config) {
    ADD_FAILURE() << config.error().message;
    return nullptr;
  }
  config->transport.user_agent = "launchgate-e2e";
  auto made = transport::MakeCpprestTransport(std::move(config->transport));
  if (!made) {
    ADD_FAILURE() << made.error().message;
    return nullptr;
  }
  return std::move(*made);
}

class KubeClientE2eTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(transport_, nullptr); }

  Json ConfigMap(const std::string& name, const std::string& value) const {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}}},
            {"data", {{"key", value}}}};
  }

  const std::string ns_ = Required("NAMESPACE");
  clock::SystemClock clock_;
  SystemWaiter waiter_;
  std::unique_ptr<transport::Transport> transport_ = Connect(clock_);
  Client client_{*transport_, clock_, waiter_, {}, 1};
};

TEST_F(KubeClientE2eTest, DiscoversWhatTheServerHas) {
  Discovery discovery(client_, clock_, {});

  const auto found = discovery.Get({});

  ASSERT_TRUE(found) << found.error().message;
  EXPECT_GE(found->version.minor, 20);
  ASSERT_NE(found->cron_jobs, nullptr);
  EXPECT_EQ(*found->cron_jobs == kCronJobs, found->version.AtLeast(1, 21));
  EXPECT_FALSE(found->rollouts);
}

TEST_F(KubeClientE2eTest, CreatesReadsPatchesReplacesAndDeletes) {
  const ObjectKey key{ns_, "lifecycle"};
  const auto created = client_.Create(kConfigMaps, ns_, ConfigMap("lifecycle", "1"), {}, {});
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ(client_.Create(kConfigMaps, ns_, ConfigMap("lifecycle", "1"), {}, {}).error().reason,
            "AlreadyExists");

  const auto read = client_.Get(kConfigMaps, key, {});
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->meta.uid, created->meta.uid);

  const auto patched = client_.MergePatch(kConfigMaps, key, {{"data", {{"key", "2"}}}}, {}, {});
  ASSERT_TRUE(patched) << patched.error().message;
  EXPECT_EQ((*patched->body)["data"]["key"], "2");

  const auto stale = client_.Replace(kConfigMaps, key, *read->body, {}, {});
  EXPECT_EQ(stale.error().kind, base::ErrorKind::kConflict);
  EXPECT_TRUE(client_.Replace(kConfigMaps, key, *patched->body, {}, {}));

  EXPECT_EQ(client_.Delete(kConfigMaps, key, {"another-uid", ""}, {}).error().kind,
            base::ErrorKind::kConflict);
  EXPECT_TRUE(client_.Delete(kConfigMaps, key, {created->meta.uid, ""}, {}));
  EXPECT_EQ(client_.Get(kConfigMaps, key, {}).error().kind, base::ErrorKind::kNotFound);
}

TEST_F(KubeClientE2eTest, AppliesFieldsAndTakesThemOverOnlyWhenForced) {
  const ObjectKey key{ns_, "applied"};
  const Json fields = {{"data", {{"key", "1"}}}};
  const Json other_fields = {{"data", {{"key", "2"}}}};

  ASSERT_TRUE(client_.Apply(kConfigMaps, key, fields, {"one"}, {}));
  EXPECT_TRUE(client_.Apply(kConfigMaps, key, fields, {"one"}, {}));
  const auto conflict = client_.Apply(kConfigMaps, key, other_fields, {"two"}, {});
  const auto dry = client_.Apply(kConfigMaps, key, other_fields, {"two", true, true}, {});
  const auto unchanged = client_.Get(kConfigMaps, key, {});
  const auto forced = client_.Apply(kConfigMaps, key, other_fields, {"two", true}, {});

  EXPECT_EQ(conflict.error().kind, base::ErrorKind::kConflict);
  EXPECT_TRUE(dry) << dry.error().message;
  EXPECT_EQ((*unchanged->body)["data"]["key"], "1");
  ASSERT_TRUE(forced) << forced.error().message;
  EXPECT_EQ((*forced->body)["data"]["key"], "2");
}

TEST_F(KubeClientE2eTest, AppliesAStatusConditionallyOnAResourceVersion) {
  const ObjectKey key{ns_, "web"};
  const Json labels = {{"app", "web"}};
  const Json deployment = {
      {"spec",
       {{"replicas", 0},
        {"selector", {{"matchLabels", labels}}},
        {"template",
         {{"metadata", {{"labels", labels}}},
          {"spec",
           {{"containers", {{{"name", "c"}, {"image", "registry.example.com/web:1"}}}}}}}}}}};
  ASSERT_TRUE(client_.Apply(kDeployments, key, deployment, {"one"}, {}));
  const Json condition = {{"type", "Gated"}, {"status", "True"}, {"reason", "Test"}};
  Json status = {{"status", {{"conditions", {condition}}}}};

  const auto applied = client_.ApplyStatus(kDeployments, key, status, {"gate", true}, {});
  ASSERT_TRUE(applied) << applied.error().message;
  status["metadata"]["resourceVersion"] = "1";
  const auto stale = client_.ApplyStatus(kDeployments, key, status, {"gate", true}, {});

  EXPECT_THAT((*applied->body)["status"]["conditions"].dump(), HasSubstr("Gated"));
  EXPECT_EQ(stale.error().kind, base::ErrorKind::kConflict);
}

TEST_F(KubeClientE2eTest, ListsInPagesAndAsMetadataOnly) {
  for (int i = 0; i < 5; ++i) {
    Json map = ConfigMap("page-" + std::to_string(i), "x");
    map["metadata"]["labels"] = {{"test", "pages"}};
    ASSERT_TRUE(client_.Create(kConfigMaps, ns_, map, {}, {}));
  }
  ListOptions options;
  options.label_selector = "test in (pages)";
  options.limit = 2;
  options.content = Content::kMetadataOnly;
  std::set<std::string> names;
  int pages = 0;

  const auto version = client_.List(kConfigMaps, ns_, options,
                                    [&](ListPage page) {
                                      ++pages;
                                      for (const Object& item : page.items) {
                                        names.insert(item.meta.key.name);
                                        EXPECT_FALSE(item.body->contains("data"));
                                      }
                                      return true;
                                    },
                                    {});

  ASSERT_TRUE(version) << version.error().message;
  EXPECT_EQ(names.size(), 5U);
  EXPECT_EQ(pages, 3);
}

TEST_F(KubeClientE2eTest, AWatchSeesAChangeWhenItHappensAndEndsWhenTold) {
  const auto version = client_.List(kConfigMaps, ns_, {}, [](const ListPage&) { return true; }, {});
  ASSERT_TRUE(version) << version.error().message;
  WatchOptions options;
  options.resource_version = *version;
  options.timeout = std::chrono::seconds(30);
  const auto request = WatchRequest(kConfigMaps, ns_, options);
  ASSERT_TRUE(request);
  class UntilSeen final : public transport::StreamSink {
   public:
    bool OnData(std::string_view piece) override {
      text += piece;
      return text.find("\"watched\"") == std::string::npos || text.back() != '\n';
    }
    std::string text;
  } sink;
  ASSERT_TRUE(client_.Create(kConfigMaps, ns_, ConfigMap("watched", "x"), {}, {}));

  const auto end = transport_->Stream(*request, sink, std::chrono::seconds(20), {});

  ASSERT_TRUE(end) << end.error().message;
  EXPECT_EQ(Json::parse(sink.text.substr(0, sink.text.find('\n')))["type"], "ADDED");
}

TEST_F(KubeClientE2eTest, AWatchFromAForgottenVersionIsRefusedInWordsWeKnow) {
  WatchOptions options;
  options.resource_version = "1";
  options.timeout = std::chrono::seconds(5);
  const auto request = WatchRequest(kConfigMaps, ns_, options);
  class Collect final : public transport::StreamSink {
   public:
    bool OnData(std::string_view piece) override {
      text += piece;
      return text.find('\n') == std::string::npos;
    }
    std::string text;
  } sink;

  const auto end = transport_->Stream(*request, sink, std::chrono::seconds(20), {});

  // A server that has forgotten says so by HTTP status or inside the stream; one
  // that still remembers goes on from there.
  ASSERT_TRUE(end) << end.error().message;
  if (end->status != 200) {
    EXPECT_EQ(end->status, 410) << end->body;
    return;
  }
  const Json first = Json::parse(sink.text.substr(0, sink.text.find('\n')));
  if (first["type"] == "ERROR") {
    EXPECT_EQ(first["object"]["code"], 410);
  } else {
    EXPECT_EQ(first["object"]["kind"], "ConfigMap") << sink.text;
  }
}

TEST_F(KubeClientE2eTest, WhatTheServerRefusesSaysWhy) {
  Json invalid = ConfigMap("invalid", "x");
  invalid["data"] = {{"not a key!", "x"}};

  const auto refused = client_.Create(kConfigMaps, ns_, invalid, {}, {});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(refused.error().http_status, 422);
  EXPECT_THAT(refused.error().message, HasSubstr("not a key!"));
}

TEST_F(KubeClientE2eTest, EventsAreWrittenOnceCountedAndJoined) {
  EventRecorderOptions options;
  options.controller = "launchgate.dev/controller";
  options.instance = "e2e";
  options.series_interval = std::chrono::milliseconds(0);
  std::vector<std::string> failures;
  const auto remember = [&](const base::Error& error) { failures.push_back(error.message); };
  const Event event{{"v1", "Namespace", {"", ns_}, "u-1"},
                    EventSubject{"v1", "ConfigMap", {ns_, "a"}, ""},
                    EventType::kWarning,
                    "LaunchDenied",
                    "Gate",
                    "evidence is missing"};
  Event namespaced = event;
  namespaced.regarding = {"v1", "ConfigMap", {ns_, "a"}, ""};
  EventRecorder recorder(client_, clock_, options, remember);
  EventRecorder restarted(client_, clock_, options, remember);

  recorder.Record(event);
  recorder.Record(namespaced);
  recorder.SendDue({});
  recorder.Record(namespaced);
  recorder.SendDue({});
  restarted.Record(namespaced);
  restarted.SendDue({});

  EXPECT_THAT(failures, testing::IsEmpty());
  const auto stored = client_.Get(kEvents, {ns_, EventName(namespaced)}, {});
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ((*stored->body)["series"]["count"], 3) << stored->body->dump(2);
  EXPECT_EQ((*stored->body)["note"], "evidence is missing");
}

}  // namespace
}  // namespace launchgate::kube
