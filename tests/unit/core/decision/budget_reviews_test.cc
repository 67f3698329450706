#include "core/decision/budget_reviews.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <list>
#include <string>
#include <vector>

#include "tests/support/sign_off_builder.h"
#include "tests/unit/core/budget/shifting_zones.h"

namespace launchgate::decision {
namespace {

using budget::ShiftingZones;
using test_support::AuthorityBuilder;
using test_support::FakeSignatures;
using test_support::kAlice;
using test_support::kBob;
using test_support::kDay;
using test_support::kMillisecond;
using test_support::kNow;
using test_support::OctoberSubject;
using test_support::SignOffBy;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::chrono::year_month Month(std::string_view text) { return *resources::ParseMonth(text); }

// The budget shop/gift-cards, made in October 2026, at kNow: 23 November, when
// its review of October has been overdue since the 9th.
class BudgetReviewsTest : public ::testing::Test {
 protected:
  BudgetReviewsTest() {
    const verdict::SignOffSubject subject = OctoberSubject();
    budget_.meta.ns = subject.ns;
    budget_.meta.name = subject.budget;
    budget_.meta.uid = subject.budget_uid;
    budget_.meta.created = *base::ParseTime("2026-10-02T00:00:00Z");
    budget_.review = resources::ReviewCadence{"platform", "Etc/UTC"};
    inputs_.budget = &budget_;
    inputs_.authority = &authority_;
    inputs_.authority_serves_namespace = true;
    inputs_.cluster_id = subject.cluster_id;
  }

  resources::BudgetReview& AddReview(std::string_view month, bool usable = true) {
    resources::BudgetReview& review = reviews_.emplace_back();
    review.meta.ns = "shop";
    review.budget = "gift-cards";
    review.month = Month(month);
    review.meta.name = resources::BudgetReviewName(review.budget, review.month);
    review.status.agenda_digest = OctoberSubject().agenda_digest;
    inputs_.reviews.push_back({&review, usable});
    return review;
  }

  resources::BudgetReview& AddSignedOctober(bool usable = true) {
    resources::BudgetReview& review = AddReview("2026-10", usable);
    review.sign_offs = {SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored()};
    return review;
  }

  // Messages of the freezes in force at `at`, as they are known at kNow.
  std::vector<std::string> Frozen(base::Time at = kNow) const {
    std::vector<std::string> messages;
    for (const auto& freeze : ReviewFreezes(inputs_, ShiftingZones(), FakeSignatures(), kNow)) {
      if (InForce(freeze, at)) messages.push_back(freeze.message);
    }
    return messages;
  }

  // What the review of October lacks.
  std::vector<std::string> Missing() const {
    return StandingOf(inputs_, inputs_.reviews.front(), FakeSignatures(), kNow).missing;
  }

  resources::ErrorBudget budget_;
  verdict::TrustedAuthority authority_ = AuthorityBuilder().Build();
  std::list<resources::BudgetReview> reviews_;
  BudgetReviewInputs inputs_;
};

TEST_F(BudgetReviewsTest, AnUnsignedReviewFreezes) {
  AddReview("2026-10");

  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("the review of 2026-10 was due")));
}

TEST_F(BudgetReviewsTest, AReviewThatIsNotThereFreezesAsWell) {
  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("gift-cards-2026-10 does not exist")));
}

TEST_F(BudgetReviewsTest, AQuorumOfSignOffsThaws) {
  AddSignedOctober();

  EXPECT_THAT(Frozen(), IsEmpty());
  EXPECT_THAT(Missing(), IsEmpty());
}

TEST_F(BudgetReviewsTest, HalfAQuorumDoesNot) {
  AddSignedOctober().sign_offs.pop_back();

  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("2026-10")));
  EXPECT_THAT(Missing(), ElementsAre("1 sign-off in the role product"));
}

TEST_F(BudgetReviewsTest, SignOffsOfAnAgendaThatWasReplacedDoNot) {
  AddSignedOctober().status.agenda_digest = std::string(64, '0');

  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("2026-10")));
}

TEST_F(BudgetReviewsTest, SignOffsUnderTheNameOfAnotherMonthDoNot) {
  resources::BudgetReview& september = AddReview("2026-09");
  september.sign_offs = {SignOffBy(kAlice).Stored(), SignOffBy(kBob).Stored()};

  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("2026-09"), HasSubstr("2026-10")));
}

TEST_F(BudgetReviewsTest, AReviewOfAnotherBudgetOrNamespaceIsPassedOver) {
  AddSignedOctober().budget = "payments";
  AddSignedOctober().meta.ns = "other";

  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("does not exist")));
}

TEST_F(BudgetReviewsTest, AReviewWithAProblemIsUnsigned) {
  AddSignedOctober(false);

  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("2026-10")));
  EXPECT_THAT(Missing(), ElementsAre(HasSubstr("read without a problem")));
}

TEST_F(BudgetReviewsTest, ABudgetThatWasMadeAnewNeedsNewSignOffs) {
  AddSignedOctober();
  budget_.meta.uid = "another";
  budget_.meta.created = kNow - kDay;

  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("2026-10")));
}

TEST_F(BudgetReviewsTest, NothingCountsWithoutAnAuthorityThatMayBeUsedHere) {
  AddSignedOctober();

  inputs_.authority_serves_namespace = false;
  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("2026-10")));
  EXPECT_THAT(Missing(), ElementsAre(HasSubstr("not among its spec.namespaces")));

  inputs_.authority_serves_namespace = true;
  inputs_.authority_problems = {"key \"a\" has the same public key as another record"};
  EXPECT_THAT(Missing(), ElementsAre("LaunchAuthority \"platform\" without its problems"));

  inputs_.authority_problems.clear();
  inputs_.authority = nullptr;
  EXPECT_THAT(Frozen(), ElementsAre(HasSubstr("2026-10")));
  EXPECT_THAT(Missing(), ElementsAre("LaunchAuthority \"platform\", which does not exist"));
}

TEST_F(BudgetReviewsTest, WithoutACadenceNothingFreezes) {
  AddReview("2026-10");
  budget_.review.reset();

  EXPECT_THAT(Frozen(), IsEmpty());
}

TEST_F(BudgetReviewsTest, ASignOffThatIsDatedAheadThawsWhenItBeginsToCount) {
  AddReview("2026-10").sign_offs = {SignOffBy(kAlice).Stored(),
                                    SignOffBy(kBob).Issued(kNow + kDay).Stored()};
  const base::Time counts = kNow + kDay - verdict::kMaxIssuedAhead;

  EXPECT_THAT(Frozen(counts - kMillisecond), ElementsAre(HasSubstr("2026-10")));
  EXPECT_THAT(Frozen(counts), IsEmpty());
}

TEST_F(BudgetReviewsTest, ALaterSignOffInAnotherRoleFreezesWhenItBeginsToCount) {
  const test_support::Signer alice_of_product{kAlice.identity, kBob.role};
  authority_ = AuthorityBuilder().Key(test_support::TrustedKeyOf(alice_of_product)).Build();
  AddSignedOctober().sign_offs.push_back(SignOffBy(alice_of_product).Issued(kNow + kDay).Stored());
  const base::Time counts = kNow + kDay - verdict::kMaxIssuedAhead;

  EXPECT_THAT(Frozen(counts - kMillisecond), IsEmpty());
  EXPECT_THAT(Frozen(counts), ElementsAre(HasSubstr("2026-10")));
}

// A verifier that counts what it is asked.
class Counting final : public verdict::SignatureVerifier {
 public:
  base::Result<bool> Verify(const verdict::PublicKey& key, std::string_view message,
                            std::string_view signature) const override {
    ++count;
    return FakeSignatures().Verify(key, message, signature);
  }
  mutable int count = 0;
};

TEST_F(BudgetReviewsTest, HistoryIsNotVerifiedAgain) {
  for (const char* month : {"2024-10", "2025-10", "2026-05"}) {
    AddReview(month).sign_offs = {SignOffBy(kAlice).Stored()};
  }
  const Counting verifier;

  const auto known = KnownReviewsOf(inputs_, verifier, kNow);

  EXPECT_EQ(verifier.count, 0);
  EXPECT_EQ(known.existing.size(), 3U);
}

}  // namespace
}  // namespace launchgate::decision
