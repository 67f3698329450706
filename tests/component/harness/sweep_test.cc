// Injecting faults into a provider, under a service that passes them on.
#include "harness/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>

#include "harness/codes.h"
#include "harness/sampler.h"
#include "tests/component/harness/fake_services.h"

namespace harness {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Fails when payments does, and says that its breaker is open from then on until a
// charge goes well.
class PassingService {
 public:
  explicit PassingService(FakePayments& payments)
      : service_(
            [this, &payments](const Received& request, Responder responder) {
              const bool failed = payments.Charge();
              if (failed != open_.exchange(failed)) ++(failed ? opened_ : closed_);
              if (failed) return responder.Send({.status = 503});
              AnswerWell(request, std::move(responder));
            },
            [this] {
              return "gift_cards_breaker_state{state=\"" + std::string(open_ ? "open" : "closed") +
                     "\"} 1\ngift_cards_breaker_transitions_total{to=\"open\"} " +
                     std::to_string(opened_) +
                     "\ngift_cards_breaker_transitions_total{to=\"closed\"} " +
                     std::to_string(closed_) + "\n";
            }) {}

  [[nodiscard]] const FakeService& service() const { return service_; }

 private:
  std::atomic<bool> open_{false};
  std::atomic<int> opened_{0};
  std::atomic<int> closed_{0};
  FakeService service_;
};

StepPlan Step(Fault fault, double value) {
  return {.fault = fault,
          .value = value,
          .per_second = 200,
          .duration = milliseconds(150),
          .patience = milliseconds(20'000)};
}

StepPlan RecoveryStep() {
  StepPlan plan = Step(Fault::kNone, 0);
  plan.duration = milliseconds(20'000);
  plan.measures_recovery = true;
  return plan;
}

class SweepTest : public ::testing::Test {
 protected:
  SweepOptions Options() {
    return {.service_url = passing_.service().url(),
            .payments_url = payments_.url(),
            .deadline = milliseconds(10'000),
            .seed = 7,
            .progress = [this](const std::string& line) { told_.push_back(line); }};
  }

  FakePayments payments_;
  PassingService passing_{payments_};
  std::vector<std::string> told_;
};

TEST_F(SweepTest, TurnsTheKnobsOfEachStepAndBackAtTheEnd) {
  const auto steps = RunSweep(
      Options(), {Step(Fault::kLatency, 200), Step(Fault::kErrors, 0.5), Step(Fault::kHang, 0.1)});

  ASSERT_TRUE(steps) << steps.error();
  const auto turned = payments_.turned();
  ASSERT_THAT(turned, SizeIs(4));
  const auto knobs = [](int latency, double fail, double hang) {
    return json{
        {"LATENCY_MS", latency}, {"JITTER_MS", 0}, {"FAIL_RATE", fail}, {"HANG_RATE", hang}};
  };
  EXPECT_EQ(turned[0], knobs(200, 0, 0));
  EXPECT_EQ(turned[1], knobs(0, 0.5, 0));
  EXPECT_EQ(turned[2], knobs(0, 0, 0.1));
  EXPECT_EQ(turned[3], knobs(0, 0, 0));
}

TEST_F(SweepTest, SeesTheFaultAndTheRecovery) {
  const auto steps =
      RunSweep(Options(), {Step(Fault::kNone, 0), Step(Fault::kErrors, 1), RecoveryStep()});

  ASSERT_TRUE(steps) << steps.error();
  ASSERT_THAT(*steps, SizeIs(3));
  EXPECT_EQ((*steps)[0].tally.errors, 0U);
  EXPECT_FALSE((*steps)[0].recovery);
  EXPECT_EQ((*steps)[1].tally.ErrorShare(), 1);
  ASSERT_TRUE((*steps)[2].recovery);
  EXPECT_TRUE((*steps)[2].recovery->recovered);
  // Twenty good answers at 200 per second.
  EXPECT_GE((*steps)[2].recovery->took, milliseconds(95));
  EXPECT_LT((*steps)[2].recovery->took, milliseconds(20'000));
}

TEST_F(SweepTest, CountsTransitionsAndCallsOfEachStep) {
  const auto steps =
      RunSweep(Options(), {Step(Fault::kNone, 0), Step(Fault::kErrors, 1), RecoveryStep()});

  ASSERT_TRUE(steps) << steps.error();
  ASSERT_TRUE((*steps)[1].breaker && (*steps)[2].breaker);
  EXPECT_EQ((*steps)[1].breaker->opened, 1U);
  EXPECT_EQ((*steps)[1].breaker->at_end, BreakerState::kOpen);
  EXPECT_EQ((*steps)[2].breaker->closed, 1U);
  EXPECT_EQ((*steps)[2].breaker->at_end, BreakerState::kClosed);
  EXPECT_EQ((*steps)[0].payments_calls, 30U);
  EXPECT_EQ((*steps)[1].payments_calls, 30U);
  EXPECT_EQ((*steps)[0].looks, (*steps)[0].looks_alive);
}

TEST_F(SweepTest, NeverUsesACodeTwice) {
  ASSERT_TRUE(RunSweep(Options(), {Step(Fault::kNone, 0), Step(Fault::kNone, 0)}));

  const auto queries = passing_.service().queries();
  EXPECT_THAT(queries, SizeIs(60));
  EXPECT_THAT(std::set<std::string>(queries.begin(), queries.end()), SizeIs(60));
  EXPECT_EQ("/giftcards/redeem?" + queries.front(), RedeemTarget(CodeOf(7, 0)));
}

TEST_F(SweepTest, TellsEveryStep) {
  ASSERT_TRUE(RunSweep(Options(), {Step(Fault::kErrors, 1), RecoveryStep()}));

  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_THAT(told_[0], HasSubstr("errors 100 %"));
  EXPECT_THAT(told_[1], HasSubstr("well after"));
}

TEST_F(SweepTest, SaysThatAServiceWasNotWellAgain) {
  FakeService broken([](const Received&, Responder responder) { responder.Send({.status = 500}); });
  SweepOptions options = Options();
  options.service_url = broken.url();
  StepPlan recovery = RecoveryStep();
  recovery.duration = milliseconds(300);

  const auto steps = RunSweep(options, {recovery});

  ASSERT_TRUE(steps) << steps.error();
  ASSERT_TRUE((*steps)[0].recovery);
  EXPECT_FALSE((*steps)[0].recovery->recovered);
  EXPECT_EQ((*steps)[0].recovery->took, milliseconds(300));
  EXPECT_FALSE((*steps)[0].breaker);
}

TEST_F(SweepTest, StopsWhenTheKnobsAreRefused) {
  payments_.RefuseKnobs();

  const auto steps = RunSweep(Options(), {Step(Fault::kErrors, 1)});

  ASSERT_FALSE(steps);
  EXPECT_THAT(steps.error(), HasSubstr("/knobs: answered 400"));
  EXPECT_TRUE(passing_.service().queries().empty());
}

TEST_F(SweepTest, SamplesBeforeAndAfterWhateverTheLength) {
  payments_.Charge();
  const auto sampler = Sampler::Start({passing_.service().url(), payments_.url()});
  payments_.Charge();

  const std::vector<Sample> samples = sampler->Stop();

  ASSERT_GE(samples.size(), 2U);
  EXPECT_EQ(samples.front().payments_calls, 1U);
  EXPECT_EQ(samples.back().payments_calls, 2U);
  EXPECT_TRUE(samples.front().alive);
  ASSERT_TRUE(samples.front().breaker);
  EXPECT_EQ(samples.front().breaker->state, BreakerState::kClosed);
}

TEST_F(SweepTest, SamplesSayWhatCouldNotBeSeen) {
  std::string gone;
  {
    FakeService service(AnswerWell);
    gone = service.url();
  }

  const std::vector<Sample> samples = Sampler::Start({gone, gone})->Stop();

  ASSERT_GE(samples.size(), 2U);
  for (const Sample& sample : samples) {
    EXPECT_FALSE(sample.alive);
    EXPECT_FALSE(sample.breaker);
    EXPECT_FALSE(sample.payments_calls);
  }
}

}  // namespace
}  // namespace harness
