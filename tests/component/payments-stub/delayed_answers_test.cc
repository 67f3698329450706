// The thread that sends late answers, with real time and without sockets.
#include "payments-stub/delayed_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace payments_stub {
namespace {

using launchgate::platform::Responder;
using launchgate::platform::Response;
using std::chrono::hours;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Clock = DelayedAnswers::Clock;

constexpr std::size_t kRoom = 8;

// What was answered, in the order in which it was. Thread-safe.
class Answered {
 public:
  Responder MakeResponder() {
    return Responder([this](const Response& response) {
      const std::lock_guard lock(mutex_);
      bodies_.push_back(response.status == 200 ? response.body : std::to_string(response.status));
      added_.notify_all();
    });
  }

  // All of them, once there are `count`; what there is after 20 s.
  std::vector<std::string> Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    added_.wait_for(lock, std::chrono::seconds(20), [&] { return bodies_.size() >= count; });
    return bodies_;
  }

  std::vector<std::string> Now() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }

 private:
  std::mutex mutex_;  // Guards bodies_.
  std::condition_variable added_;
  std::vector<std::string> bodies_;
};

bool Add(DelayedAnswers& answers, Answered& answered, Clock::time_point due,
         const std::string& body) {
  Responder responder = answered.MakeResponder();
  const bool added = answers.Add(due, responder, {.body = body});
  if (!added) responder.Send({.body = body + " refused"});
  return added;
}

TEST(DelayedAnswersTest, SendsInTheOrderInWhichAnswersAreDue) {
  Answered answered;
  DelayedAnswers answers(kRoom);
  const auto soon = Clock::now() + milliseconds(50);

  // The second one is due before what the thread already waits for.
  EXPECT_TRUE(Add(answers, answered, soon + milliseconds(20), "third"));
  EXPECT_TRUE(Add(answers, answered, soon, "first"));
  EXPECT_TRUE(Add(answers, answered, soon + milliseconds(10), "second"));

  EXPECT_THAT(answered.Await(3), ElementsAre("first", "second", "third"));
  EXPECT_GE(Clock::now(), soon + milliseconds(20));
  EXPECT_EQ(answers.waiting(), 0U);
}

TEST(DelayedAnswersTest, SendsWhatIsDueFromTheCallersThread) {
  Answered answered;
  DelayedAnswers answers(0);

  EXPECT_TRUE(Add(answers, answered, Clock::now(), "at once"));

  EXPECT_THAT(answered.Now(), ElementsAre("at once"));
}

TEST(DelayedAnswersTest, GivesTheResponderBackWhenTooManyWait) {
  Answered answered;
  DelayedAnswers answers(1);
  ASSERT_TRUE(Add(answers, answered, Clock::now() + hours(1), "waits"));

  EXPECT_FALSE(Add(answers, answered, Clock::now() + hours(1), "second"));

  EXPECT_THAT(answered.Now(), ElementsAre("second refused"));
  EXPECT_EQ(answers.waiting(), 1U);
}

TEST(DelayedAnswersTest, LetsEverybodyGoWhenDroppedAndTakesNobodyIn) {
  Answered answered;
  DelayedAnswers answers(kRoom);
  ASSERT_TRUE(Add(answers, answered, Clock::now() + hours(1), "a"));
  ASSERT_TRUE(Add(answers, answered, Clock::now() + hours(2), "b"));
  ASSERT_THAT(answered.Now(), IsEmpty());

  answers.Drop();

  EXPECT_THAT(answered.Now(), ElementsAre("500", "500"));
  EXPECT_FALSE(Add(answers, answered, Clock::now() + hours(1), "late"));
  answers.Drop();
}

}  // namespace
}  // namespace payments_stub
