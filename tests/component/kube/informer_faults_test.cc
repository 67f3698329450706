// One fault at a time: what the informer does, and what it says about itself.
#include <algorithm>

#include "tests/component/kube/informer_fixture.h"

namespace launchgate::kube {
namespace {

using test_support::Cut;
using test_support::GoneStyle;

class InformerFaultsTest : public InformerTest {};

TEST_F(InformerFaultsTest, ListsInPagesAndFollowsEveryKindOfChange) {
  server_.AddKind(kConfigMaps);
  for (int i = 0; i < 25; ++i) server_.Create(kConfigMaps, ConfigMap("c" + std::to_string(i), i));
  InformerOptions options = Options();
  options.watcher.page_limit = 10;
  Follow(options);
  ASSERT_TRUE(informer_->WaitForSync({}));

  server_.Create(kConfigMaps, ConfigMap("new", 1));
  server_.Replace(kConfigMaps, ConfigMap("c3", 99));
  server_.Delete(kConfigMaps, {"shop", "c4"});

  EXPECT_TRUE(log_.WaitUntil([this] { return log_.changes() == 28; }));
  EXPECT_EQ(CacheState(), ServerState());
  EXPECT_EQ(informer_->Health().objects, 25U);
}

TEST_F(InformerFaultsTest, ReportsAKindThatDoesNotExistAsAbsentUntilItDoes) {
  Follow();
  EXPECT_TRUE(log_.WaitUntil([this] { return informer_->Health().state == SyncState::kAbsent; }));
  EXPECT_FALSE(informer_->HasSynced());

  server_.AddKind(kConfigMaps);

  EXPECT_TRUE(informer_->WaitForSync({}));
  EXPECT_EQ(informer_->Health().objects, 0U);
}

TEST_F(InformerFaultsTest, KeepsWhatItKnewWhenAKindIsRemovedButIsNotSynced) {
  server_.AddKind(kConfigMaps);
  server_.Create(kConfigMaps, ConfigMap("kept", 1));
  Follow();
  ASSERT_TRUE(server_.WaitForWatches(1, "configmaps"));

  server_.RemoveKind(kConfigMaps);

  EXPECT_TRUE(log_.WaitUntil([this] { return informer_->Health().state == SyncState::kAbsent; }));
  EXPECT_FALSE(informer_->HasSynced());
  EXPECT_NE(informer_->Get({"shop", "kept"}), nullptr);
}

TEST_F(InformerFaultsTest, NoticesAHalfOpenConnectionAndContinuesWithoutAList) {
  server_.AddKind(kConfigMaps);
  InformerOptions options = Options();
  options.watcher.idle_timeout = std::chrono::milliseconds(500);
  Follow(options);
  ASSERT_TRUE(server_.WaitForWatches(1, "configmaps"));

  ASSERT_EQ(server_.StallWatches(), 1);
  server_.Create(kConfigMaps, ConfigMap("unseen-at-first", 1));

  EXPECT_TRUE(log_.WaitUntil([this] { return log_.changes() == 1; }));
  EXPECT_EQ(log_.count(InformerNote::kWatchBroken), 1);
  EXPECT_EQ(log_.count(InformerNote::kListed), 1);
}

TEST_F(InformerFaultsTest, BookmarksMoveTheVersionOfAQuietCollectionForward) {
  server_.AddKind(kConfigMaps);
  server_.AddKind(kSecrets);
  InformerOptions options = Options();
  options.watcher.watch_min = options.watcher.watch_max = std::chrono::seconds(1);
  Follow(options);
  ASSERT_TRUE(server_.WaitForWatches(1, "configmaps"));
  server_.Create(kSecrets, ConfigMap("of-another-kind", 1));
  const std::string newest =
      server_.Get(kSecrets, {"shop", "of-another-kind"}).body["metadata"]["resourceVersion"];

  // The next watch tells where the informer stands.
  EXPECT_TRUE(log_.WaitUntil([&] {
    const auto requests = server_.requests();
    return std::any_of(requests.begin(), requests.end(), [&](const auto& request) {
      return request.IsWatch() &&
             request.target.find("resourceVersion=" + newest) != std::string::npos;
    });
  }));
  EXPECT_EQ(log_.count(InformerNote::kListed), 1);
  EXPECT_EQ(log_.count(InformerNote::kWatchBroken), 0);
}

TEST_F(InformerFaultsTest, ReadsEventsThatArriveInPiecesOfThreeBytes) {
  test_support::FakeApiServerOptions fragmented;
  fragmented.fragment_bytes = 3;
  test_support::FakeApiServer server(fragmented);
  server.AddKind(kConfigMaps);
  transport::CpprestOptions connect;
  connect.base_url = server.url();
  const auto transport = test_support::MustMake(std::move(connect));
  Informer<SeenObject> informer({*transport, clock_, waiter_, {}}, Options(), &Decode);
  informer.AddHandler([this](const Change<SeenObject>& change) { log_.Add(change); });
  informer.Start();
  ASSERT_TRUE(server.WaitForWatches(1, "configmaps"));

  for (int i = 0; i < 5; ++i) server.Create(kConfigMaps, ConfigMap("c" + std::to_string(i), i));

  EXPECT_TRUE(log_.WaitUntil([this] { return log_.changes() == 5; }));
}

TEST_F(InformerFaultsTest, SeesOnlyItsNamespaceAndItsLabels) {
  server_.AddKind(kConfigMaps);
  auto labelled = ConfigMap("labelled", 1);
  labelled["metadata"]["labels"]["team"] = "payments";
  server_.Create(kConfigMaps, labelled);
  server_.Create(kConfigMaps, ConfigMap("plain", 1));
  labelled["metadata"]["namespace"] = "elsewhere";
  server_.Create(kConfigMaps, labelled);
  InformerOptions options = Options();
  options.ns = "shop";
  options.label_selector = "team=payments";
  Follow(options);
  ASSERT_TRUE(server_.WaitForWatches(1, "configmaps"));
  ASSERT_EQ(CacheState().size(), 1U);

  server_.Patch(kConfigMaps, {"shop", "plain"},
                {{"metadata", {{"labels", {{"team", "payments"}}}}}});
  EXPECT_TRUE(log_.WaitUntil([this] { return CacheState().size() == 2; }));
  server_.Patch(kConfigMaps, {"shop", "labelled"},
                {{"metadata", {{"labels", {{"team", nullptr}}}}}});

  EXPECT_TRUE(log_.WaitUntil([this] { return CacheState().size() == 1; }));
  EXPECT_TRUE(CacheState().contains({"shop", "plain"}));
}

TEST_F(InformerFaultsTest, HonoursRetryAfterWhenTheServerIsBusy) {
  server_.AddKind(kConfigMaps);
  server_.RefuseNext(1, "/api/v1/configmaps", 429, {{"Retry-After", "1"}});
  const auto began = std::chrono::steady_clock::now();

  Follow();

  EXPECT_TRUE(informer_->WaitForSync({}));
  EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
  EXPECT_EQ(log_.count(InformerNote::kRefused), 1);
}

TEST_F(InformerFaultsTest, ComesBackAfterAPartition) {
  server_.AddKind(kConfigMaps);
  Follow();
  ASSERT_TRUE(server_.WaitForWatches(1, "configmaps"));

  server_.SetReachable(false);
  server_.Create(kConfigMaps, ConfigMap("made-meanwhile", 1));
  ASSERT_TRUE(log_.WaitUntil([this] { return log_.count(InformerNote::kWatchBroken) >= 5; }));
  EXPECT_TRUE(CacheState().empty());
  server_.SetReachable(true);

  EXPECT_TRUE(log_.WaitUntil([this] { return CacheState() == ServerState(); }));
}

TEST_F(InformerFaultsTest, ReadsAllAtOnceWhenItsPagesExpireHalfWay) {
  server_.AddKind(kConfigMaps);
  for (int i = 0; i < 30; ++i) server_.Create(kConfigMaps, ConfigMap("c" + std::to_string(i), i));
  int pages = 0;
  server_.SetRequestHook([&](const test_support::ReceivedRequest& request) {
    if (request.target.find("continue=") != std::string::npos && ++pages == 1) {
      server_.Compact(GoneStyle::kStatus);
    }
  });
  InformerOptions options = Options();
  options.watcher.page_limit = 10;

  Follow(options);

  EXPECT_TRUE(informer_->WaitForSync({}));
  informer_->Stop();
  EXPECT_EQ(CacheState(), ServerState());
  EXPECT_EQ(log_.count(InformerNote::kExpired), 1);
}

TEST_F(InformerFaultsTest, StopsAtOnceInTheMiddleOfAWatch) {
  server_.AddKind(kConfigMaps);
  Follow();
  ASSERT_TRUE(server_.WaitForWatches(1, "configmaps"));
  const auto began = std::chrono::steady_clock::now();

  informer_->Stop();

  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace launchgate::kube
