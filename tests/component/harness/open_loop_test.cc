// The open loop against servers that answer, refuse, and do neither.
#include "harness/open_loop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>

#include "harness/schedule.h"
#include "tests/component/harness/fake_services.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Numbered(std::uint64_t index) {
  return "/giftcards/redeem?code=" + std::to_string(index) + "&amount=2500";
}

OpenLoopOptions Options(const std::string& url) {
  return {.base_url = url,
          .per_second = 400,
          .duration = milliseconds(250),
          .patience = milliseconds(20'000)};
}

TEST(OpenLoopTest, SendsEveryRequestOnceInTheOrderItIsDue) {
  FakeService service(AnswerWell);

  const auto outcomes = RunOpenLoop(Options(service.url()), Numbered);

  ASSERT_TRUE(outcomes) << outcomes.error();
  ASSERT_THAT(*outcomes, SizeIs(100));
  for (std::size_t i = 0; i < outcomes->size(); ++i) {
    EXPECT_EQ((*outcomes)[i].due, DueAt(i, 400));
    EXPECT_EQ((*outcomes)[i].status, 200);
    EXPECT_GT((*outcomes)[i].latency_ms, 0);
  }
  const auto queries = service.queries();
  EXPECT_THAT(queries, SizeIs(100));
  EXPECT_THAT(std::set<std::string>(queries.begin(), queries.end()), SizeIs(100));
}

TEST(OpenLoopTest, TakesAsLongAsTheScheduleSays) {
  FakeService service(AnswerWell);
  const auto before = std::chrono::steady_clock::now();

  const auto outcomes = RunOpenLoop(Options(service.url()), Numbered);

  const auto took = std::chrono::steady_clock::now() - before;
  ASSERT_TRUE(outcomes);
  EXPECT_GE(took, outcomes->back().due);
}

TEST(OpenLoopTest, KeepsConnectionsOpen) {
  FakeService service(AnswerWell);

  const auto outcomes = RunOpenLoop(Options(service.url()), Numbered);

  ASSERT_TRUE(outcomes);
  EXPECT_EQ(service.stats().requests, 100U);
  EXPECT_LT(service.stats().connections_accepted, 50U);
}

TEST(OpenLoopTest, ReportsTheStatusOfRefusals) {
  FakeService service([](const Received&, Responder responder) {
    responder.Send({.status = 503, .body = R"({"error":"shed"})"});
  });

  const auto outcomes = RunOpenLoop(Options(service.url()), Numbered);

  ASSERT_TRUE(outcomes);
  EXPECT_THAT(*outcomes, Each(::testing::Field(&Outcome::status, 503)));
}

TEST(OpenLoopTest, CountsTheWholePatienceWhereNobodyAnswers) {
  Silence silence;
  FakeService service([&](const Received& request, Responder responder) {
    // Every tenth is never answered; the others must not suffer.
    if (request.query.find("0&") != std::string_view::npos)
      return silence.Keep(std::move(responder));
    AnswerWell(request, std::move(responder));
  });
  OpenLoopOptions options = Options(service.url());
  options.patience = milliseconds(3'000);

  const auto outcomes = RunOpenLoop(options, Numbered);

  ASSERT_TRUE(outcomes);
  for (std::size_t i = 0; i < outcomes->size(); ++i) {
    const Outcome& outcome = (*outcomes)[i];
    if (i % 10 == 0) {
      EXPECT_EQ(outcome.status, kNoAnswer) << i;
      EXPECT_EQ(outcome.latency_ms, 3'000) << i;
    } else {
      EXPECT_EQ(outcome.status, 200) << i;
      EXPECT_LT(outcome.latency_ms, 3'000) << i;
    }
  }
}

TEST(OpenLoopTest, DoesNotTakeARefusedConnectionForAQuickAnswer) {
  std::string url;
  {
    FakeService gone(AnswerWell);
    url = gone.url();
  }

  const auto outcomes = RunOpenLoop(Options(url), Numbered);

  ASSERT_TRUE(outcomes);
  EXPECT_THAT(*outcomes, SizeIs(100));
  EXPECT_THAT(*outcomes, Each(::testing::Field(&Outcome::status, kNoAnswer)));
  EXPECT_THAT(*outcomes, Each(::testing::Field(&Outcome::latency_ms, 20'000)));
}

// Coordinated omission: a closed loop would have sent the later requests late and
// called them quick.
TEST(OpenLoopTest, CountsWhatAStallDidToTheRequestsBehindIt) {
  Silence silence;
  std::atomic<int> asked{0};
  FakeService service([&](const Received& request, Responder responder) {
    if (asked++ == 0) return silence.Keep(std::move(responder));
    AnswerWell(request, std::move(responder));
  });
  OpenLoopOptions options = Options(service.url());
  options.per_second = 100;
  options.duration = milliseconds(100);
  options.patience = milliseconds(1'000);
  options.max_in_flight = 1;

  const auto outcomes = RunOpenLoop(options, Numbered);

  ASSERT_TRUE(outcomes);
  ASSERT_THAT(*outcomes, SizeIs(10));
  EXPECT_EQ(outcomes->front().status, kNoAnswer);
  for (std::size_t i = 1; i < outcomes->size(); ++i) {
    // It was due at 10 ms times its number, and could be sent after 1000 ms.
    EXPECT_GE((*outcomes)[i].latency_ms, 1'000 - 10.0 * static_cast<double>(i) - 1) << i;
  }
}

TEST(OpenLoopTest, EndsWhatWaitedForAPlaceAsLongAsItsClientWould) {
  Silence silence;
  FakeService service(
      [&](const Received&, Responder responder) { silence.Keep(std::move(responder)); });
  OpenLoopOptions options = Options(service.url());
  options.per_second = 1'000;
  options.duration = milliseconds(50);
  options.patience = milliseconds(300);
  options.max_in_flight = 2;

  const auto outcomes = RunOpenLoop(options, Numbered);

  ASSERT_TRUE(outcomes);
  EXPECT_THAT(*outcomes, SizeIs(50));
  EXPECT_THAT(*outcomes, Each(::testing::Field(&Outcome::status, kNoAnswer)));
  EXPECT_THAT(*outcomes, Each(::testing::Field(&Outcome::latency_ms, 300)));
}

TEST(OpenLoopTest, StartsNoMoreWhenTold) {
  FakeService service(AnswerWell);
  std::size_t told = 0;

  const auto outcomes =
      RunOpenLoop(Options(service.url()), Numbered, [&](const Outcome&) { return ++told < 10; });

  ASSERT_TRUE(outcomes);
  EXPECT_GE(outcomes->size(), 10U);
  EXPECT_LT(outcomes->size(), 100U);
  EXPECT_EQ(told, outcomes->size());
  EXPECT_EQ(service.queries().size(), outcomes->size());
}

struct RefusedRow {
  std::string name;
  std::function<void(OpenLoopOptions&)> change;
  std::string says;
};

class RefusedTest : public ::testing::TestWithParam<RefusedRow> {};

TEST_P(RefusedTest, SaysWhatIsWrongWithTheOptions) {
  OpenLoopOptions options = Options("http://127.0.0.1:9");
  GetParam().change(options);

  const auto outcomes = RunOpenLoop(options, Numbered);

  ASSERT_FALSE(outcomes);
  EXPECT_THAT(outcomes.error(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, RefusedTest,
    ::testing::Values(
        RefusedRow{"NoRate", [](OpenLoopOptions& o) { o.per_second = 0; }, "rate"},
        RefusedRow{"RateOfNothing", [](OpenLoopOptions& o) { o.per_second = 0.0 / 0.0; }, "rate"},
        RefusedRow{"TooFast", [](OpenLoopOptions& o) { o.per_second = 20'001; }, "at most 20000"},
        RefusedRow{"NoPatience", [](OpenLoopOptions& o) { o.patience = milliseconds(0); },
                   "patience"},
        RefusedRow{"NobodyInFlight", [](OpenLoopOptions& o) { o.max_in_flight = 0; }, "in flight"},
        RefusedRow{"TooManyInFlight", [](OpenLoopOptions& o) { o.max_in_flight = 4'097; },
                   "between 1 and 4096"},
        RefusedRow{"TooMany", [](OpenLoopOptions& o) { o.duration = std::chrono::hours(24); },
                   "at most 2000000"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace harness
