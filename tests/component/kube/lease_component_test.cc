// Candidates against a server that really refuses stale writes.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "shell/kube/lease.h"
#include "tests/component/kube/informer_fixture.h"

namespace launchgate::kube {
namespace {

using std::chrono::milliseconds;

// Quick enough for a test; the ratios are those of 15/10/2 s.
LeaseOptions QuickOptions() {
  LeaseOptions options;
  options.duration = milliseconds(1'000);
  options.renew_deadline = milliseconds(600);
  options.retry_period = milliseconds(60);
  return options;
}

// One process that runs for the lease.
class Candidate {
 public:
  Candidate(const std::string& url, std::string identity) : transport_(Connect(url)) {
    api_ =
        std::make_unique<KubeLeaseApi>(*transport_, clock_, ObjectKey{"launchgate", "controller"});
    elector_ = std::make_unique<LeaderElector>(
        *api_, clock_, waiter_, std::move(identity), QuickOptions(),
        LeaderCallbacks{[this](const Fence&) { Count(started_); }, [this] { Count(lost_); }});
    elector_->Start();
  }

  LeaderElector& elector() { return *elector_; }
  bool WaitUntilStarted() { return WaitFor(started_); }
  bool WaitUntilLost() { return WaitFor(lost_); }
  int started() const {
    const std::lock_guard lock(mutex_);
    return started_;
  }

 private:
  static std::unique_ptr<transport::Transport> Connect(const std::string& url) {
    transport::CpprestOptions connect;
    connect.base_url = url;
    return test_support::MustMake(std::move(connect));
  }
  void Count(int& counter) {
    const std::lock_guard lock(mutex_);
    ++counter;
    changed_.notify_all();
  }
  bool WaitFor(const int& counter) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return counter > 0; });
  }

  clock::SystemClock clock_;
  SystemWaiter waiter_;
  std::unique_ptr<transport::Transport> transport_;
  std::unique_ptr<KubeLeaseApi> api_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  int started_ = 0;
  int lost_ = 0;
  std::unique_ptr<LeaderElector> elector_;
};

class LeaseComponentTest : public ::testing::Test {
 protected:
  LeaseComponentTest() { server_.AddKind(kLeases); }
  test_support::Json Spec() {
    return server_.Get(kLeases, {"launchgate", "controller"}).body["spec"];
  }
  test_support::FakeApiServer server_;
};

TEST_F(LeaseComponentTest, OneOfThreeLeadsAndEveryWriteCarriesTheVersionItIsBasedOn) {
  Candidate a(server_.url(), "a");
  Candidate b(server_.url(), "b");
  Candidate c(server_.url(), "c");
  std::mutex mutex;
  std::condition_variable renewed;
  int writes = 0;
  server_.SetRequestHook([&](const test_support::ReceivedRequest& request) {
    if (request.method != "PUT") return;
    const std::lock_guard lock(mutex);
    ++writes;
    EXPECT_TRUE(test_support::Json::parse(request.body)["metadata"].contains("resourceVersion"));
    renewed.notify_all();
  });

  std::unique_lock lock(mutex);
  ASSERT_TRUE(renewed.wait_for(lock, std::chrono::seconds(20), [&] { return writes >= 5; }));
  lock.unlock();
  server_.SetRequestHook({});

  EXPECT_EQ(a.started() + b.started() + c.started(), 1);
  EXPECT_EQ(a.elector().IsLeader() + b.elector().IsLeader() + c.elector().IsLeader(), 1);
}

TEST_F(LeaseComponentTest, AReleasedLeaseIsTakenOverWithoutWaitingForItsEnd) {
  Candidate first(server_.url(), "first");
  ASSERT_TRUE(first.WaitUntilStarted());
  Candidate second(server_.url(), "second");

  first.elector().Withdraw();
  EXPECT_TRUE(first.elector().IsLeader());
  first.elector().StopAndRelease(milliseconds(500));

  EXPECT_FALSE(first.elector().IsLeader());
  ASSERT_TRUE(second.WaitUntilStarted());
  EXPECT_EQ(Spec()["holderIdentity"], "second");
  EXPECT_EQ(Spec()["leaseTransitions"], 1);
  EXPECT_EQ(second.elector().guard().fence().transitions, 1);
}

TEST_F(LeaseComponentTest, ALeaderThatIsCutOffStopsBeforeAnotherMayBegin) {
  Candidate leader(server_.url(), "leader");
  ASSERT_TRUE(leader.WaitUntilStarted());

  server_.SetReachable(false);

  ASSERT_TRUE(leader.WaitUntilLost());
  EXPECT_FALSE(leader.elector().guard().MayAct());
  // The lease on the server still names it: nobody else could have begun yet.
  EXPECT_EQ(Spec()["holderIdentity"], "leader");
  server_.SetReachable(true);
  Candidate next(server_.url(), "next");
  ASSERT_TRUE(next.WaitUntilStarted());
  EXPECT_FALSE(leader.elector().IsLeader());
  EXPECT_EQ(Spec()["leaseTransitions"], 1);
}

TEST_F(LeaseComponentTest, KeepsWhatOthersWroteIntoTheLease) {
  server_.Create(
      kLeases,
      {{"metadata",
        {{"name", "controller"}, {"namespace", "launchgate"}, {"labels", {{"owner", "platform"}}}}},
       {"spec", {{"preferredHolder", "somebody"}}}});

  Candidate candidate(server_.url(), "candidate");

  ASSERT_TRUE(candidate.WaitUntilStarted());
  EXPECT_EQ(Spec()["preferredHolder"], "somebody");
  EXPECT_EQ(Spec()["renewTime"].get<std::string>().size(), 27U) << "MicroTime has six digits";
  const auto lease = server_.Get(kLeases, {"launchgate", "controller"}).body;
  EXPECT_EQ(lease["metadata"]["labels"]["owner"], "platform");
}

}  // namespace
}  // namespace launchgate::kube
