#include "app/freezes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/sign_off_builder.h"
#include "tests/unit/core/budget/shifting_zones.h"

namespace launchgate::app {
namespace {

using budget::FreezeCause;
using test_support::AuthorityBuilder;
using test_support::FakeSignatures;
using test_support::kAlice;
using test_support::kBob;
using test_support::kNow;
using test_support::OctoberSubject;
using test_support::SignOffBy;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The review shop/gift-cards names a budget that is within its objectives and
// whose review of October has been overdue since 9 November; it is kNow, the 23rd.
class FreezesTest : public ::testing::Test {
 protected:
  FreezesTest() {
    const verdict::SignOffSubject subject = OctoberSubject();
    review_.meta.ns = subject.ns;
    review_.error_budget = subject.budget;
    budget_.meta.ns = subject.ns;
    budget_.meta.name = subject.budget;
    budget_.meta.uid = subject.budget_uid;
    budget_.meta.created = *base::ParseTime("2026-10-02T00:00:00Z");
    budget_.review = resources::ReviewCadence{"platform", "Etc/UTC"};
    budget_.status.evaluated_at = kNow;
    budget_.status.known_at = kNow;
    october_.meta.ns = subject.ns;
    october_.meta.name = "gift-cards-2026-10";
    october_.budget = subject.budget;
    october_.month = *resources::ParseMonth(subject.month);
    october_.status.agenda_digest = subject.agenda_digest;
    sources_.budget = &budget_;
    sources_.budget_problems = &problems_;
    sources_.reviews.emplace();
    sources_.reviews->budget = &budget_;
    sources_.reviews->reviews = {{&october_, true}};
    sources_.reviews->authority = &authority_;
    sources_.reviews->authority_serves_namespace = true;
    sources_.reviews->cluster_id = subject.cluster_id;
  }

  // The causes that are in force at kNow.
  std::vector<FreezeCause> Causes() const {
    std::vector<FreezeCause> causes;
    for (const auto& freeze : FreezesAbout(review_, sources_, {zones_, verifier_}, kNow)) {
      if (InForce(freeze, kNow)) causes.push_back(freeze.cause);
    }
    return causes;
  }

  void SignOctober() {
    october_.sign_offs = {SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored()};
  }

  resources::LaunchReview review_;
  resources::ErrorBudget budget_;
  std::vector<json::Problem> problems_;
  resources::BudgetReview october_;
  verdict::TrustedAuthority authority_ = AuthorityBuilder().Build();
  budget::ShiftingZones zones_;
  FakeSignatures verifier_;
  FreezeSources sources_;
};

TEST_F(FreezesTest, AnOverdueReviewOfTheBudgetFreezes) {
  EXPECT_THAT(Causes(), ElementsAre(FreezeCause::kBudgetReviewOverdue));
}

TEST_F(FreezesTest, ASignedOneDoesNot) {
  SignOctober();

  EXPECT_THAT(Causes(), IsEmpty());
}

TEST_F(FreezesTest, AReviewThatNamesNoBudgetIsNotConcerned) {
  review_.error_budget.clear();

  EXPECT_THAT(Causes(), IsEmpty());
}

TEST_F(FreezesTest, ABudgetThatCannotBeReadFreezesOnce) {
  problems_.push_back({"spec.review.timeZone", "is missing"});

  EXPECT_THAT(Causes(), ElementsAre(FreezeCause::kBudgetUnknown));
}

TEST_F(FreezesTest, ABudgetThatDoesNotExistFreezes) {
  sources_.budget = nullptr;

  EXPECT_THAT(Causes(), ElementsAre(FreezeCause::kBudgetUnknown));
}

TEST_F(FreezesTest, WhatIsNotPartOfTheQuestionFreezesNothing) {
  FreezeSources without_reviews = sources_;
  without_reviews.reviews.reset();
  EXPECT_THAT(FreezesAbout(review_, without_reviews, {zones_, verifier_}, kNow).size(), 1U);

  sources_.with_budget = false;
  EXPECT_THAT(Causes(), IsEmpty());
}

TEST_F(FreezesTest, OnlyCalendarsAreLaidOutAnew) {
  EXPECT_TRUE(FollowACalendar(sources_));

  budget_.review.reset();
  EXPECT_FALSE(FollowACalendar(sources_));

  const resources::FreezeWindow window;
  sources_.windows.push_back({&window, &problems_});
  EXPECT_TRUE(FollowACalendar(sources_));
}

}  // namespace
}  // namespace launchgate::app
