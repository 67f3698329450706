// Customers who ask again until they are told "redeemed".
#include "harness/redeem_all.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "harness/codes.h"
#include "tests/component/harness/fake_services.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

RedeemAllOptions Options(const std::string& url) {
  return {.service_url = url,
          .seed = 3,
          .count = 100,
          .connections = 4,
          .max_attempts = 10,
          .patience = milliseconds(10'000),
          .pause = milliseconds(1),
          .longest_pause = milliseconds(2)};
}

// Answers the n-th time that a code is asked for with the n-th of `script`, and
// with "redeemed" afterwards.
class ScriptedRedemptions {
 public:
  explicit ScriptedRedemptions(std::vector<Response> script) : script_(std::move(script)) {}

  void operator()(const Received& request, Responder responder) {
    Response response{.body = R"({"status":"redeemed","chargeId":"ch-)" +
                              std::string(request.query.substr(5, 16)) + "\"}"};
    {
      const std::lock_guard lock(mutex_);
      const std::size_t turn = asked_[std::string(request.query)]++;
      if (turn < script_.size()) response = script_[turn];
    }
    responder.Send(std::move(response));
  }

 private:
  const std::vector<Response> script_;
  std::mutex mutex_;  // Guards asked_.
  std::map<std::string, std::size_t> asked_;
};

struct Told {
  std::map<std::string, std::string> charges;  // By digest.
  int calls = 0;

  OnAcknowledged Listener() {
    return [this](const Acknowledged& one) {
      charges[one.code_digest] = one.charge_id;
      ++calls;
      return true;
    };
  }
};

TEST(RedeemAllTest, RedeemsEveryCodeOnceWhenAllIsWell) {
  ScriptedRedemptions redemptions({});
  FakeService service(std::ref(redemptions));
  Told told;

  const auto result = RedeemAll(Options(service.url()), told.Listener());

  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->acknowledged, 100U);
  EXPECT_EQ(result->attempts, 100U);
  EXPECT_EQ(told.calls, 100);
  EXPECT_EQ(told.charges.at(DigestOf(CodeOf(3, 42))), "ch-" + CodeOf(3, 42));
}

TEST(RedeemAllTest, AsksAgainAfterEveryKindOfRefusal) {
  ScriptedRedemptions redemptions({{.status = 503, .headers = {{"Retry-After", "1"}}},
                                   {.status = 504},
                                   {.status = 500},
                                   {.body = R"({"status":"redeemed"})"}});
  FakeService service(std::ref(redemptions));
  Told told;

  const auto result = RedeemAll(Options(service.url()), told.Listener());

  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->acknowledged, 100U);
  EXPECT_EQ(result->attempts, 500U);
  EXPECT_EQ(result->refused, 400U);
  EXPECT_EQ(told.charges.size(), 100U);
}

TEST(RedeemAllTest, AsksAgainWhereTheConnectionWasCut) {
  Silence silence;
  std::mutex mutex;
  std::set<std::string> seen;
  FakeService service([&](const Received& request, Responder responder) {
    const std::lock_guard lock(mutex);
    if (seen.insert(std::string(request.query)).second) return silence.Keep(std::move(responder));
    AnswerWell(request, std::move(responder));
  });
  RedeemAllOptions options = Options(service.url());
  options.count = 8;
  options.patience = milliseconds(200);
  Told told;

  const auto result = RedeemAll(options, told.Listener());

  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->acknowledged, 8U);
  EXPECT_GE(result->cut, 8U);
}

TEST(RedeemAllTest, GivesUpAfterSoManyTriesAndSaysSo) {
  FakeService service(
      [](const Received&, Responder responder) { responder.Send({.status = 503}); });
  RedeemAllOptions options = Options(service.url());
  options.count = 5;
  Told told;

  const auto result = RedeemAll(options, told.Listener());

  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(result->acknowledged, 0U);
  EXPECT_EQ(result->abandoned, 5U);
  EXPECT_EQ(result->attempts, 50U);
}

TEST(RedeemAllTest, StopsWhenAcknowledgementsCannotBeKept) {
  ScriptedRedemptions redemptions({});
  FakeService service(std::ref(redemptions));

  const auto result = RedeemAll(Options(service.url()), [](const Acknowledged&) { return false; });

  ASSERT_FALSE(result);
  EXPECT_THAT(result.error(), HasSubstr("written down"));
  EXPECT_LT(service.queries().size(), 100U);
}

TEST(RedeemAllTest, RefusesOptionsOutOfBounds) {
  RedeemAllOptions none = Options("http://127.0.0.1:9");
  none.count = 0;
  RedeemAllOptions crowd = Options("http://127.0.0.1:9");
  crowd.connections = 257;

  EXPECT_FALSE(RedeemAll(none, Told().Listener()));
  EXPECT_FALSE(RedeemAll(crowd, Told().Listener()));
}

}  // namespace
}  // namespace harness
