// A leader that is stopped (SIGSTOP), replaced, and continued: none of its
// writes may be accepted afterwards, and it must end itself within a second.
// The leader is a process of its own: this program, run again in another role.
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "shell/kube/lease.h"
#include "shell/kube/requests.h"
#include "tests/component/kube/transport_fixture.h"
#include "tests/support/fake_api_server.h"

extern char** environ;

namespace launchgate::kube {
namespace {

using std::chrono::milliseconds;
using test_support::Json;

constexpr int kRounds = 5;
constexpr int kLostLeadership = 42;  // Exit code.
#ifdef __SANITIZE_THREAD__
constexpr milliseconds kEndsWithin{2'000};  // ThreadSanitizer itself sleeps 1 s in _exit().
#else
constexpr milliseconds kEndsWithin{1'000};
#endif
constexpr const char* kServerVariable = "LAUNCHGATE_LEASE_TEST_SERVER";
constexpr const char* kIdentityVariable = "LAUNCHGATE_LEASE_TEST_IDENTITY";

LeaseOptions QuickOptions() { return {milliseconds(1'000), milliseconds(600), milliseconds(60)}; }

std::unique_ptr<transport::Transport> Connect(const std::string& url, const std::string& name) {
  transport::CpprestOptions connect;
  connect.base_url = url;
  connect.user_agent = name;
  return test_support::MustMake(std::move(connect));
}

// One write of a worker: read, change, write back exactly that version.
void WriteState(transport::Transport& transport, const LeadershipGuard& guard,
                const std::string& writer) {
  auto read = GetRequest(kConfigMaps, {"shop", "state"});
  const auto answer = transport.Send(*read, {});
  if (!answer || answer->status != 200) return;
  Json object = Json::parse(answer->body);
  object["data"]["writer"] = writer;
  object["data"]["count"] =
      std::to_string(std::stol(object["data"]["count"].get<std::string>()) + 1);
  auto write = ReplaceRequest(kConfigMaps, {"shop", "state"}, object, {});
  const milliseconds left = guard.Remaining();
  if (left == milliseconds::zero()) return;
  write->timeout = left;
  (void)transport.Send(*write, {});
}

// The other role: leads and writes until the leadership is lost.
[[noreturn]] void LeadAndWriteUntilLost(const std::string& url, const std::string& identity) {
  // Whatever happens, this process ends: also when it stands still and its parent dies.
  ::alarm(30);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const clock::SystemClock clock;
  SystemWaiter waiter;
  const auto transport = Connect(url, identity);
  KubeLeaseApi api(*transport, clock, {"launchgate", "controller"});
  LeaderElector elector(api, clock, waiter, identity, QuickOptions(),
                        {{}, [] { ::_exit(kLostLeadership); }});
  elector.Start();
  while (true) {
    if (elector.guard().MayAct()) {
      WriteState(*transport, elector.guard(), identity);
    } else {
      waiter.Wait(milliseconds(5), {});
    }
  }
}

class LeaseProcessTest : public ::testing::Test {
 protected:
  LeaseProcessTest() {
    server_.AddKind(kLeases);
    server_.AddKind(kConfigMaps);
    server_.Create(kConfigMaps, {{"metadata", {{"name", "state"}, {"namespace", "shop"}}},
                                 {"data", {{"writer", "nobody"}, {"count", "0"}}}});
  }

  pid_t StartLeader(const std::string& identity) {
    const std::string server = std::string(kServerVariable) + "=" + server_.url();
    const std::string name = std::string(kIdentityVariable) + "=" + identity;
    std::string program = "leader";
    const std::vector<char*> argv{program.data(), nullptr};
    std::vector<char*> environment;
    for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
    environment.push_back(const_cast<char*>(server.c_str()));
    environment.push_back(const_cast<char*>(name.c_str()));
    environment.push_back(nullptr);
    pid_t pid = -1;
    EXPECT_EQ(
        ::posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, argv.data(), environment.data()),
        0);
    return pid;
  }

  Json State() { return server_.Get(kConfigMaps, {"shop", "state"}).body; }

  // Blocks until `identity` has written; false after 20 s.
  bool WaitForWriteBy(const std::string& identity) {
    std::mutex mutex;
    std::condition_variable written;
    bool done = false;
    server_.SetRequestHook([&](const test_support::ReceivedRequest& request) {
      if (request.method != "GET" || request.user_agent != identity) return;
      const std::lock_guard lock(mutex);
      // A worker reads before each write: by now its first write was answered.
      done = State()["data"]["writer"] == identity;
      written.notify_all();
    });
    std::unique_lock lock(mutex);
    const bool seen = written.wait_for(lock, std::chrono::seconds(20), [&] { return done; });
    lock.unlock();
    server_.SetRequestHook({});
    return seen;
  }

  test_support::FakeApiServer server_;
};

TEST_F(LeaseProcessTest, ALeaderThatWasStoppedAndReplacedWritesNothingMoreAndEndsItself) {
  const clock::SystemClock clock;
  SystemWaiter waiter;
  for (int round = 0; round < kRounds; ++round) {
    const std::string old_leader = "old-" + std::to_string(round);
    const std::string new_leader = "new-" + std::to_string(round);
    const pid_t pid = StartLeader(old_leader);
    ASSERT_GT(pid, 0);
    ASSERT_TRUE(WaitForWriteBy(old_leader));
    ASSERT_EQ(::kill(pid, SIGSTOP), 0);

    const auto transport = Connect(server_.url(), new_leader);
    KubeLeaseApi api(*transport, clock, {"launchgate", "controller"});
    LeaderElector elector(api, clock, waiter, new_leader, QuickOptions(), {});
    while (!elector.IsLeader()) waiter.Wait(elector.Attempt({}), {});
    WriteState(*transport, elector.guard(), new_leader);
    const Json after_takeover = State();
    EXPECT_EQ(after_takeover["data"]["writer"], new_leader);
    ASSERT_EQ(::kill(pid, SIGCONT), 0);
    const auto continued = std::chrono::steady_clock::now();
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);

    EXPECT_LT(std::chrono::steady_clock::now() - continued, kEndsWithin);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == kLostLeadership);
    EXPECT_EQ(State(), after_takeover) << "a stale write was accepted";
    elector.StopAndRelease(milliseconds(500));
  }
}

}  // namespace

int RunAs(int argc, char** argv) {
  const char* const url = std::getenv(kServerVariable);
  const char* const identity = std::getenv(kIdentityVariable);
  if (url != nullptr && identity != nullptr) LeadAndWriteUntilLost(url, identity);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

}  // namespace launchgate::kube

int main(int argc, char** argv) { return launchgate::kube::RunAs(argc, argv); }
