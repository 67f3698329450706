#include "core/decision/agenda_material.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/builders.h"

namespace launchgate::decision {
namespace {

using test_support::BreakGlassBy;
using test_support::GoBy;
using test_support::kAlice;
using test_support::kBob;
using test_support::kDave;
using test_support::kDay;
using test_support::kNow;
using test_support::NoGoBy;
using test_support::Passing;
using test_support::ReadyReview;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

budget::AgendaMaterial MaterialOf(const test_support::ReviewBuilder& review,
                                  base::Time now = kNow) {
  budget::AgendaMaterial material;
  AddService(*review.Build(), now, material);
  return material;
}

TEST(AgendaMaterialTest, NamesWhoBrokeTheGlassAndWhy) {
  const auto signed_by_dave = BreakGlassBy(kDave).Reason("the key had leaked");

  const auto material = MaterialOf(ReadyReview().Signed(signed_by_dave));

  ASSERT_THAT(material.overrides, SizeIs(1));
  EXPECT_EQ(material.overrides[0].review, "gift-cards");
  EXPECT_EQ(material.overrides[0].identity, kDave.identity);
  EXPECT_EQ(material.overrides[0].ticket, signed_by_dave.Build().ticket);
  EXPECT_EQ(material.overrides[0].override_class, signed_by_dave.Build().override_class);
  EXPECT_EQ(material.overrides[0].reason, "the key had leaked");
  EXPECT_EQ(material.overrides[0].issued_at, signed_by_dave.Build().issued_at);
}

TEST(AgendaMaterialTest, AnOverrideThatHasEndedBelongsToItsMonthAllTheSame) {
  const auto material = MaterialOf(ReadyReview().Signed(BreakGlassBy(kDave)), kNow + 20 * kDay);

  EXPECT_THAT(material.overrides, SizeIs(1));
}

TEST(AgendaMaterialTest, NamesTheConditionsOfAStandingGo) {
  const auto go = GoBy(kAlice).Promise("load-test", kNow + 3 * kDay);
  const auto review = ReadyReview().Unsigned().Signed(go).Signed(GoBy(kBob));

  const auto material = MaterialOf(review);

  ASSERT_THAT(material.conditions, SizeIs(1));
  EXPECT_EQ(material.conditions[0].review, "gift-cards");
  EXPECT_EQ(material.conditions[0].item, "load-test");
  EXPECT_EQ(material.conditions[0].owner, go.Build().conditions[0].owner);
  EXPECT_EQ(material.conditions[0].due, kNow + 3 * kDay);
}

TEST(AgendaMaterialTest, WhatNoGoPromisesIsNoPromise) {
  const auto go = GoBy(kAlice).Promise("load-test", kNow + 3 * kDay).Until(kNow + kDay);
  const auto ended = MaterialOf(ReadyReview().Unsigned().Signed(go), kNow + kDay);
  const auto withdrawn =
      MaterialOf(ReadyReview().Unsigned().Signed(go).Signed(NoGoBy(kAlice).Sequence(2)));

  EXPECT_THAT(ended.conditions, IsEmpty());
  EXPECT_THAT(withdrawn.conditions, IsEmpty());
}

TEST(AgendaMaterialTest, SaysUntilWhenEvidenceIsGood) {
  auto forever = Passing();
  forever.valid_until = base::kNever;
  const auto review = ReadyReview().With("runbook", forever).Without("dashboard");

  const auto material = MaterialOf(review);

  ASSERT_THAT(material.evidence, SizeIs(1));
  EXPECT_EQ(material.evidence[0].item, "load-test");
  EXPECT_EQ(material.evidence[0].valid_until, Passing().valid_until);
}

TEST(AgendaMaterialTest, AddsOneServiceToTheOthers) {
  budget::AgendaMaterial material;
  AddService(*ReadyReview().Build(), kNow, material);
  AddService(*ReadyReview().Named("gift-cards-jobs").Build(), kNow, material);

  std::vector<std::string> reviews;
  for (const auto& entry : material.evidence) reviews.push_back(entry.review);
  EXPECT_THAT(reviews, ElementsAre("gift-cards", "gift-cards", "gift-cards", "gift-cards-jobs",
                                   "gift-cards-jobs", "gift-cards-jobs"));
}

}  // namespace
}  // namespace launchgate::decision
