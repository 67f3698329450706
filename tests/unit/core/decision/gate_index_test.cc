#include "core/decision/gate_index.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "core/decision/decide.h"
#include "tests/support/builders.h"

namespace launchgate::decision {
namespace {

using resources::TargetKind;
using resources::TargetRef;
using test_support::ReadyReview;
using test_support::Rollout;

const TargetRef kTarget{TargetKind::kDeployment, "shop", "gift-cards"};

TEST(GateIndexTest, ThatIsEmptyKnowsNothingAndDeniesEveryLaunch) {
  const GateIndex index;

  EXPECT_EQ(index.ModeOf("shop"), GateMode::kUnknown);
  EXPECT_EQ(index.Find(kTarget), nullptr);
  EXPECT_EQ(index.review_count(), 0U);
  EXPECT_FALSE(Decide(index.health(), index.ModeOf("shop"), index.Find(kTarget), Rollout(),
                      test_support::kNow)
                   .allowed());
}

TEST(GateIndexTest, FindsReviewsByKindNamespaceAndName) {
  GateIndex::Builder builder;
  builder.AddReview(ReadyReview().Build());
  const auto index = std::move(builder).Build();

  ASSERT_NE(index->Find(kTarget), nullptr);
  EXPECT_EQ(index->Find(kTarget)->reviews.size(), 1U);
  EXPECT_EQ(index->Find({TargetKind::kStatefulSet, "shop", "gift-cards"}), nullptr);
  EXPECT_EQ(index->Find({TargetKind::kDeployment, "shop2", "gift-cards"}), nullptr);
  EXPECT_EQ(index->Find({TargetKind::kDeployment, "shop", "gift-card"}), nullptr);
}

TEST(GateIndexTest, KeepsTwoReviewsOfOneTargetInTheOrderOfTheirNames) {
  GateIndex::Builder builder;
  builder.AddReview(ReadyReview().Named("second").Build());
  builder.AddReview(ReadyReview().Named("first").Build());
  const auto index = std::move(builder).Build();

  const TargetFacts* facts = index->Find(kTarget);

  ASSERT_EQ(facts->reviews.size(), 2U);
  EXPECT_EQ(facts->reviews[0]->name, "first");
  EXPECT_EQ(facts->reviews[1]->name, "second");
  EXPECT_EQ(index->review_count(), 2U);
}

TEST(GateIndexTest, KnowsTheModeOfEveryNamespace) {
  GateIndex::Builder builder;
  builder.AddNamespace("shop", GateMode::kStrict)
      .AddNamespace("kube-system", GateMode::kNotOptedIn);
  builder.AddNamespace("shop", GateMode::kEnforce);
  const auto index = std::move(builder).Build();

  EXPECT_EQ(index->ModeOf("shop"), GateMode::kEnforce);
  EXPECT_EQ(index->ModeOf("kube-system"), GateMode::kNotOptedIn);
  EXPECT_EQ(index->ModeOf("kube-syste"), GateMode::kUnknown);
}

TEST(GateIndexTest, CarriesTheHealthOfTheProcess) {
  GateIndex::Builder builder;
  builder.SetHealth({true, "", true});
  const auto index = std::move(builder).Build();

  EXPECT_TRUE(index->health().caches_synced);
  EXPECT_TRUE(index->health().clock_trusted);
}

TEST(GateIndexTest, SharesReviewsWithTheIndexBeforeIt) {
  const auto facts = ReadyReview().Build();
  GateIndex::Builder before;
  before.AddReview(facts);
  GateIndex::Builder after;
  after.AddReview(facts);

  const auto first = std::move(before).Build();
  const auto second = std::move(after).Build();

  EXPECT_EQ(first->Find(kTarget)->reviews.front(), second->Find(kTarget)->reviews.front());
}

}  // namespace
}  // namespace launchgate::decision
