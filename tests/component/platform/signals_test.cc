#include "platform/signals.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace launchgate::platform {
namespace {

class SignalTest : public testing::TestWithParam<int> {};

TEST_P(SignalTest, RequestsAStop) {
  const auto watcher = SignalWatcher::Start();
  ASSERT_TRUE(watcher);
  ASSERT_FALSE((*watcher)->token().stop_requested());

  ::kill(::getpid(), GetParam());
  (*watcher)->Wait();

  EXPECT_TRUE((*watcher)->token().stop_requested());
  EXPECT_EQ((*watcher)->received(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Signals, SignalTest, testing::Values(SIGTERM, SIGINT));

TEST(SignalWatcherTest, CanBeStoppedWithoutASignal) {
  const auto watcher = SignalWatcher::Start();
  ASSERT_TRUE(watcher);

  (*watcher)->source().request_stop();
  (*watcher)->Wait();

  EXPECT_EQ((*watcher)->received(), 0);
}

TEST(SignalWatcherTest, ABrokenPipeIsAnErrorAndNotTheEnd) {
  const auto watcher = SignalWatcher::Start();
  ASSERT_TRUE(watcher);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ::close(ends[0]);

  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[1]);
}

TEST(SignalWatcherTest, PutsThingsBackAsTheyWere) {
  sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  { const auto watcher = SignalWatcher::Start(); }

  sigset_t after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
  struct sigaction pipe_action = {};
  ::sigaction(SIGPIPE, nullptr, &pipe_action);
  EXPECT_EQ(pipe_action.sa_handler, SIG_DFL);
}

// In a process of its own: the second signal ends it.
[[noreturn]] void ReceiveTwoSignals() {
  const auto watcher = SignalWatcher::Start();
  ::kill(::getpid(), SIGTERM);
  (*watcher)->Wait();
  ::kill(::getpid(), SIGINT);
  while (true) ::pause();
}

TEST(SignalWatcherDeathTest, ASecondSignalMeansNow) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");

  EXPECT_EXIT(ReceiveTwoSignals(), testing::ExitedWithCode(128 + SIGINT), "");
}

}  // namespace
}  // namespace launchgate::platform
