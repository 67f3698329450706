// What no freeze may stop: going back to what was approved, and everything that
// launches nothing. Over generated reviews with freezes of every cause.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "core/decision/decide.h"
#include "tests/support/builders.h"
#include "tests/unit/core/admission/review_builder.h"

namespace launchgate::app {
namespace {

using base::Duration;
using base::Time;
using budget::FreezeCause;
using decision::Decision;
using decision::GateMode;
using evidence::FindingStatus;
using test_support::AuthorityBuilder;
using test_support::kBob;
using test_support::kDay;
using test_support::kNow;

constexpr unsigned kSeed = 20261128;
constexpr int kReviews = 300;

constexpr std::array kCauses = {FreezeCause::kBudgetSpent, FreezeCause::kBudgetUnknown,
                                FreezeCause::kFreezeWindow, FreezeCause::kBudgetReviewOverdue};

// One request to the deployment shop/gift-cards, as the API server would send it.
struct Request {
  const char* name;
  admission::ReviewBuilder (*build)();
};

admission::ReviewBuilder Deployment() { return admission::ReviewBuilder("Deployment"); }

constexpr std::string_view kSame = "{}";

// They launch nothing.
const std::vector<Request>& Harmless() {
  static const std::vector<Request> requests = {
      {"scales up", [] { return Deployment().Scale(2, 5); }},
      {"scales down", [] { return Deployment().Scale(5, 1); }},
      {"scales to zero", [] { return Deployment().Scale(2, 0); }},
      {"sets replicas", [] { return Deployment().Update(kSame, R"({"spec": {"replicas": 7}})"); }},
      {"labels",
       [] { return Deployment().Update(kSame, R"({"metadata": {"labels": {"a": "b"}}})"); }},
      {"annotates",
       [] { return Deployment().Update(kSame, R"({"metadata": {"annotations": {"a": "b"}}})"); }},
      {"restarts",
       [] {
         return Deployment().Update(kSame, R"({"spec": {"template": {"metadata": {"annotations":
             {"kubectl.kubernetes.io/restartedAt": "2026-11-23T08:15:56Z"}}}}})");
       }},
      {"pauses", [] { return Deployment().Update(kSame, R"({"spec": {"paused": true}})"); }},
      {"writes the status",
       [] {
         return Deployment()
             .Update(kSame, R"({"status": {"replicas": 2}})")
             .Set("subResource", "status");
       }},
      {"deletes", [] {
         return Deployment().Operation("DELETE").Old(admission::Object("Deployment")).New(nullptr);
       }}};
  return requests;
}

// They run the template that was approved.
const std::vector<Request>& BackToApproved() {
  static const std::vector<Request> requests = {
      {"creates it again", [] { return Deployment(); }},
      {"rolls back",
       [] {
         return Deployment().Update(R"({"spec": {"template": {"spec": {"hostNetwork": true}}}})",
                                    kSame);
       }},
      {"unpauses", [] { return Deployment().Update(R"({"spec": {"paused": true}})", kSame); }},
      {"scales up from zero", [] { return Deployment().Scale(0, 3); }},
      {"sets replicas from zero",
       [] { return Deployment().Update(R"({"spec": {"replicas": 0}})", kSame); }}};
  return requests;
}

decision::Change ChangeOf(const Request& request) {
  admission::Decoder decoder(admission::DefaultControllerIdentities());
  const auto index = admission::IndexWithMode(GateMode::kEnforce);
  const admission::PaddedBody body = request.build().Build();
  return decoder.Decode(body.view(), *index).value().change;
}

class Generator {
 public:
  int Pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool OneIn(int n) { return Pick(1, n) == 1; }

  Time Instant() {
    return kNow + Duration(std::uniform_int_distribution<std::int64_t>(-kDay.count(),
                                                                       60 * kDay.count())(random_));
  }

  // With one freeze at least that is in force at `now`, and more at other times.
  test_support::ReviewBuilder Frozen(Time now) {
    test_support::ReviewBuilder review;
    for (const char* item : {"load-test", "runbook", "dashboard"}) {
      if (OneIn(3)) review.With(item, static_cast<FindingStatus>(Pick(0, 3)));
      if (OneIn(6)) review.Without(item);
    }
    if (OneIn(4)) review.Unsigned();
    if (OneIn(4)) review.Signed(test_support::NoGoBy(test_support::kCarol));
    if (OneIn(4)) review.Authority(AuthorityBuilder().Revoke(kBob));
    review.Frozen(kCauses[std::size_t(Pick(0, 3))], OneIn(2) ? base::kNever : now + Duration(1));
    for (const FreezeCause cause : kCauses) {
      if (OneIn(2)) review.Frozen(cause, kNow + Pick(0, 60) * kDay);
    }
    return review;
  }

 private:
  std::mt19937 random_{kSeed};
};

Decision DecideOn(const decision::TargetFacts& facts, const decision::Change& change, GateMode mode,
                  Time now) {
  return decision::Decide(test_support::Healthy(), mode, &facts, change, now);
}

TEST(FreezePropertyTest, NeverBlocksAnApprovedRevision) {
  RecordProperty("seed", static_cast<int>(kSeed));
  Generator generator;
  std::vector<decision::Change> changes;
  for (const Request& request : BackToApproved()) changes.push_back(ChangeOf(request));
  const std::string approved = changes.front().template_hash;
  for (int i = 0; i < kReviews; ++i) {
    const Time now = generator.Instant();
    test_support::ReviewBuilder review = generator.Frozen(now).Live(approved);
    const GateMode mode = generator.OneIn(2) ? GateMode::kEnforce : GateMode::kStrict;
    const decision::TargetFacts not_approved = review.Target();
    const decision::TargetFacts facts =
        review.Approved(test_support::TemplateHash("another")).Approved(approved).Target();
    for (std::size_t n = 0; n < changes.size(); ++n) {
      // The freeze is real.
      ASSERT_FALSE(DecideOn(not_approved, changes[n], mode, now).allowed());
      const Decision decision = DecideOn(facts, changes[n], mode, now);
      ASSERT_TRUE(decision.allowed()) << "review " << i << " " << BackToApproved()[n].name;
      ASSERT_EQ(decision.reason(), decision::reason::kRollback) << BackToApproved()[n].name;
    }
  }
}

TEST(FreezePropertyTest, NeverBlocksWhatLaunchesNothing) {
  RecordProperty("seed", static_cast<int>(kSeed));
  Generator generator;
  std::vector<decision::Change> changes;
  for (const Request& request : Harmless()) changes.push_back(ChangeOf(request));
  for (int i = 0; i < kReviews; ++i) {
    const Time now = generator.Instant();
    const decision::TargetFacts facts = generator.Frozen(now).Target();
    ASSERT_FALSE(DecideOn(facts, test_support::Rollout(), GateMode::kEnforce, now).allowed());
    for (std::size_t n = 0; n < changes.size(); ++n) {
      const Decision decision = DecideOn(facts, changes[n], GateMode::kEnforce, now);
      ASSERT_TRUE(decision.allowed()) << "review " << i << " " << Harmless()[n].name;
      ASSERT_EQ(decision.reason(), decision::reason::kNoLaunchChange) << Harmless()[n].name;
    }
  }
}

}  // namespace
}  // namespace launchgate::app
