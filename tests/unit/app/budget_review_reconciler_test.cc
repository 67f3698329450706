#include "app/reconcile/budget_review_reconciler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/sign_off_builder.h"
#include "tests/unit/core/budget/shifting_zones.h"

namespace launchgate::app {
namespace {

using json::Json;
using resources::BudgetState;
using test_support::AuthorityBuilder;
using test_support::FakeSignatures;
using test_support::kAlice;
using test_support::kBob;
using test_support::OctoberSubject;
using test_support::SignOffBy;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

base::Time At(std::string_view text) { return *base::ParseTime(text); }

const base::Time kOpened = At("2026-11-01T00:00:00Z");
const base::Time kDue = At("2026-11-06T00:00:00Z");
const base::Time kFreezes = At("2026-11-09T00:00:00Z");

// Keeps objects as an API server would.
class FakeStore final : public BudgetReviewStore {
 public:
  base::Result<bool> Create(const Json& review, std::stop_token /*stop*/) override {
    if (failure) return tl::unexpected(*failure);
    Json object = review;
    object["metadata"]["uid"] = "review-uid";
    return objects.emplace(review["metadata"]["name"], object).second;
  }
  base::Result<bool> WriteStatus(const StatusTarget& target, const Json& status,
                                 std::stop_token /*stop*/) override {
    if (failure) return tl::unexpected(*failure);
    if (json::Canonical(status) == target.status_text) return false;
    objects.at(target.key.name)["status"] = status;
    ++status_writes;
    return true;
  }
  std::map<std::string, Json> objects;
  int status_writes = 0;
  std::optional<base::Error> failure;
};

class FakeAgendas final : public AgendaSource {
 public:
  budget::AgendaMaterial MaterialOf(const resources::ErrorBudget& /*budget*/,
                                    const budget::ReviewTimes& times, base::Time /*now*/,
                                    std::stop_token /*stop*/) override {
    asked.push_back(resources::FormatMonth(times.month));
    return material;
  }
  budget::AgendaMaterial material;
  std::vector<std::string> asked;
};

class FakeAnnouncer final : public BudgetReviewAnnouncer {
 public:
  void Announce(const kube::EventSubject& subject, const Notice& notice) override {
    told.emplace_back(subject.kind + " " + kube::ToString(subject.key), notice.reason);
  }
  void Count(const kube::ObjectKey& /*budget*/, const ReviewStates& counted) override {
    states = counted;
  }
  ReviewStates states;
  std::vector<std::pair<std::string, std::string>> told;
};

// The budget shop/gift-cards, made in October 2026.
class BudgetReviewReconcilerTest : public ::testing::Test {
 protected:
  BudgetReviewReconcilerTest() {
    budget_.meta.ns = "shop";
    budget_.meta.name = "gift-cards";
    budget_.meta.uid = OctoberSubject().budget_uid;
    budget_.meta.created = At("2026-10-02T00:00:00Z");
    budget_.window = {resources::WindowKind::kRolling, std::chrono::hours(672), ""};
    budget_.review = resources::ReviewCadence{"platform", "Etc/UTC"};
    resources::Objective objective;
    objective.name = "availability";
    objective.target_text = "99.9";
    budget_.objectives = {objective};
    resources::ObjectiveStatus figures;
    figures.name = "availability";
    figures.state = BudgetState::kWithinBudget;
    agendas_.material.figures.objectives = {figures};
    authority_->trusted = AuthorityBuilder().Build();
    authority_->authority.namespaces = {"shop"};
  }

  // One reconcile with what the store has now.
  base::Result<base::Time> Reconcile(base::Time now) {
    BudgetReviewsInput input;
    input.budget = &budget_;
    input.authority = authority_;
    input.cluster_id = OctoberSubject().cluster_id;
    for (const auto& [name, object] : store_.objects) {
      kube::RawObject raw;
      const std::string text = object.dump();
      raw.json = text;
      input.reviews.push_back(std::make_shared<const BudgetReviewRecord>(
          DecodeBudgetReview(raw, KeepStatus::kYes).value()));
    }
    return BudgetReviewReconciler(store_, agendas_, announcer_, zones_, verifier_)
        .Reconcile(input, now, {});
  }

  Json& October() { return store_.objects.at("gift-cards-2026-10"); }

  // "True", "False" or "" of a condition.
  std::string Is(const std::string& type) {
    for (const Json& condition : October()["status"]["conditions"]) {
      if (condition["type"] == type) return condition["status"];
    }
    return "";
  }

  // Adds sign-offs of the agenda that October has.
  void SignOctober(base::Time issued_at = kOpened) {
    verdict::SignOffSubject subject = OctoberSubject();
    subject.agenda_digest = October()["status"]["agendaDigest"];
    for (const auto& signer : {kAlice, kBob}) {
      const auto stored = SignOffBy(signer).For(subject).Issued(issued_at).Action(
          "add a deadline", "carol@example.com", kFreezes);
      October()["spec"]["signOffs"].push_back(
          {{"envelope", Json::parse(stored.Stored().envelope)}});
    }
  }

  resources::ErrorBudget budget_;
  std::shared_ptr<AuthorityRecord> authority_ = std::make_shared<AuthorityRecord>();
  FakeStore store_;
  FakeAgendas agendas_;
  FakeAnnouncer announcer_;
  budget::ShiftingZones zones_;
  FakeSignatures verifier_;
};

TEST_F(BudgetReviewReconcilerTest, DoesNothingBeforeTheCadenceDay) {
  const auto next = Reconcile(kOpened - std::chrono::seconds(1));

  EXPECT_EQ(*next, kOpened);
  EXPECT_THAT(store_.objects, IsEmpty());
}

TEST_F(BudgetReviewReconcilerTest, OpensTheReviewOnTheCadenceDay) {
  const auto next = Reconcile(kOpened);

  EXPECT_EQ(*next, kDue);
  EXPECT_EQ(October()["kind"], "BudgetReview");
  EXPECT_EQ(October()["metadata"]["namespace"], "shop");
  EXPECT_EQ(October()["spec"],
            Json({{"budgetRef", {{"name", "gift-cards"}}}, {"month", "2026-10"}}));
  EXPECT_THAT(announcer_.told,
              ElementsAre(Pair("ErrorBudget shop/gift-cards", "BudgetReviewOpened")));
}

TEST_F(BudgetReviewReconcilerTest, SaysNothingAboutAReviewThatSomebodyElseCreated) {
  store_.objects["gift-cards-2026-10"] = Json();
  BudgetReviewsInput stale;
  stale.budget = &budget_;

  const auto next = BudgetReviewReconciler(store_, agendas_, announcer_, zones_, verifier_)
                        .Reconcile(stale, kOpened, {});

  EXPECT_TRUE(next);
  EXPECT_THAT(announcer_.told, IsEmpty());
}

TEST_F(BudgetReviewReconcilerTest, TakesTheAgendaOnce) {
  ASSERT_TRUE(Reconcile(kOpened));
  ASSERT_TRUE(Reconcile(kOpened + std::chrono::minutes(1)));
  const Json agenda = October()["status"]["agenda"];
  agendas_.material.figures.objectives[0].consumed = 5;
  ASSERT_TRUE(Reconcile(kOpened + std::chrono::hours(1)));

  EXPECT_EQ(agenda["objectives"][0]["name"], "availability");
  EXPECT_EQ(October()["status"]["agenda"], agenda);
  EXPECT_THAT(agendas_.asked, ElementsAre("2026-10"));
  EXPECT_EQ(store_.status_writes, 1);
}

TEST_F(BudgetReviewReconcilerTest, AsksAgainForFiguresThatAreNotKnown) {
  agendas_.material.figures.objectives[0].state = BudgetState::kUnknown;
  ASSERT_TRUE(Reconcile(kOpened));
  const base::Time now = kOpened + std::chrono::minutes(1);

  EXPECT_EQ(*Reconcile(now), now + kFiguresRetry);
  EXPECT_EQ(Is("Ready"), "False");

  ASSERT_TRUE(Reconcile(kOpened + budget::kFiguresPatience));
  EXPECT_EQ(Is("Ready"), "True");
  EXPECT_EQ(October()["status"]["agenda"]["objectives"][0]["state"], "BudgetUnknown");
}

TEST_F(BudgetReviewReconcilerTest, SaysOnceThatItIsSignedOff) {
  ASSERT_TRUE(Reconcile(kOpened));
  ASSERT_TRUE(Reconcile(kOpened));
  SignOctober();
  announcer_.told.clear();

  ASSERT_TRUE(Reconcile(kDue));
  ASSERT_TRUE(Reconcile(kFreezes));

  EXPECT_EQ(Is("SignedOff"), "True");
  EXPECT_EQ(Is("Overdue"), "False");
  EXPECT_THAT(announcer_.told,
              ElementsAre(Pair("BudgetReview shop/gift-cards-2026-10", "BudgetReviewSignedOff")));
}

TEST_F(BudgetReviewReconcilerTest, LooksAgainWhenASignOffThatIsDatedAheadBeginsToCount) {
  ASSERT_TRUE(Reconcile(kOpened));  // Makes it, …
  ASSERT_TRUE(Reconcile(kOpened));  // … and takes its agenda.
  SignOctober(kOpened + std::chrono::hours(1));
  const base::Time counts = kOpened + std::chrono::hours(1) - verdict::kMaxIssuedAhead;

  EXPECT_EQ(*Reconcile(kOpened), counts);
  EXPECT_EQ(Is("SignedOff"), "False");
  ASSERT_TRUE(Reconcile(counts));
  EXPECT_EQ(Is("SignedOff"), "True");
}

TEST_F(BudgetReviewReconcilerTest, SaysOnceThatItIsDueAndOnceThatItFreezes) {
  ASSERT_TRUE(Reconcile(kOpened));
  ASSERT_TRUE(Reconcile(kOpened));
  announcer_.told.clear();

  EXPECT_EQ(*Reconcile(kDue), kFreezes);
  ASSERT_TRUE(Reconcile(kDue + std::chrono::hours(1)));
  ASSERT_TRUE(Reconcile(kFreezes));
  ASSERT_TRUE(Reconcile(kFreezes + std::chrono::hours(1)));

  EXPECT_EQ(Is("Overdue"), "True");
  EXPECT_THAT(announcer_.told,
              ElementsAre(Pair("BudgetReview shop/gift-cards-2026-10", "BudgetReviewOverdue"),
                          Pair("BudgetReview shop/gift-cards-2026-10", "BudgetReviewOverdue")));
}

TEST_F(BudgetReviewReconcilerTest, CountsEachReviewThatIsAskedForOnce) {
  ASSERT_TRUE(Reconcile(kOpened));
  EXPECT_EQ(announcer_.states, (ReviewStates{1, 0, 0}));

  ASSERT_TRUE(Reconcile(kFreezes - std::chrono::seconds(1)));
  EXPECT_EQ(announcer_.states, (ReviewStates{1, 0, 0}));

  ASSERT_TRUE(Reconcile(kFreezes));
  EXPECT_EQ(announcer_.states, (ReviewStates{0, 1, 0}));

  SignOctober();
  ASSERT_TRUE(Reconcile(kFreezes));
  EXPECT_EQ(announcer_.states, (ReviewStates{0, 0, 1}));
}

TEST_F(BudgetReviewReconcilerTest, AReviewThatCannotBeCreatedFreezesAndIsCountedSo) {
  ASSERT_TRUE(Reconcile(kFreezes));

  EXPECT_EQ(announcer_.states, (ReviewStates{0, 1, 0}));
}

TEST_F(BudgetReviewReconcilerTest, AsksTheNextReviewAboutTheActionsOfTheLast) {
  ASSERT_TRUE(Reconcile(kOpened));
  ASSERT_TRUE(Reconcile(kOpened));
  SignOctober();

  const base::Time december = At("2026-12-01T00:00:00Z");
  ASSERT_TRUE(Reconcile(december));
  ASSERT_TRUE(Reconcile(december));

  const Json& agenda = store_.objects.at("gift-cards-2026-11")["status"]["agenda"];
  ASSERT_EQ(agenda["actions"].size(), 1U);
  EXPECT_EQ(agenda["actions"][0]["text"], "add a deadline");
}

TEST_F(BudgetReviewReconcilerTest, LeavesHistoryAsItIs) {
  ASSERT_TRUE(Reconcile(kOpened));
  ASSERT_TRUE(Reconcile(kOpened));
  SignOctober();
  ASSERT_TRUE(Reconcile(kDue));
  const Json before = October();
  authority_->trusted = AuthorityBuilder().Revoke(kAlice).Build();

  ASSERT_TRUE(Reconcile(At("2027-06-20T00:00:00Z")));

  EXPECT_EQ(October(), before);
}

TEST_F(BudgetReviewReconcilerTest, OpensADeletedReviewAgainUnsigned) {
  ASSERT_TRUE(Reconcile(kOpened));
  ASSERT_TRUE(Reconcile(kOpened));
  SignOctober();
  store_.objects.clear();

  ASSERT_TRUE(Reconcile(kFreezes));
  ASSERT_TRUE(Reconcile(kFreezes));

  EXPECT_EQ(Is("SignedOff"), "False");
  EXPECT_EQ(Is("Overdue"), "True");
}

TEST_F(BudgetReviewReconcilerTest, HandsOnWhatFailed) {
  store_.failure = base::Error{base::ErrorKind::kForbidden, "not allowed"};
  EXPECT_EQ(Reconcile(kOpened).error().kind, base::ErrorKind::kForbidden);

  store_.failure.reset();
  budget_.review->time_zone = "Mars/Olympus";
  EXPECT_EQ(Reconcile(kOpened).error().kind, base::ErrorKind::kNotFound);
}

TEST_F(BudgetReviewReconcilerTest, ABudgetWithoutACadenceNeedsNothing) {
  budget_.review.reset();

  EXPECT_EQ(*Reconcile(kFreezes), base::kNever);
  EXPECT_THAT(store_.objects, IsEmpty());
}

TEST(BudgetReviewRecordTest, TheWebhookKeepsTheDigestAndNothingElseOfTheAgenda) {
  const Json object = {{"apiVersion", "launchgate.dev/v1alpha1"},
                       {"kind", "BudgetReview"},
                       {"metadata", {{"name", "gift-cards-2026-10"}, {"namespace", "shop"}}},
                       {"spec", {{"budgetRef", {{"name", "gift-cards"}}}, {"month", "2026-10"}}},
                       {"status", {{"agenda", {{"asOf", "2026-11-01T00:00:00Z"}}}}}};
  const std::string text = object.dump();
  kube::RawObject raw;
  raw.json = text;

  const auto webhook = DecodeBudgetReview(raw, KeepStatus::kNo);
  const auto controller = DecodeBudgetReview(raw, KeepStatus::kYes);

  EXPECT_THAT(webhook->problems, IsEmpty());
  EXPECT_FALSE(webhook->review.status.agenda);
  EXPECT_EQ(webhook->status_text, "");
  EXPECT_EQ(webhook->review.status.agenda_digest,
            json::CanonicalDigest(object["status"]["agenda"]));
  EXPECT_EQ(controller->review.status.agenda_digest, webhook->review.status.agenda_digest);
  EXPECT_EQ(controller->status_text, json::Canonical(object["status"]));
  raw.json = "{";
  EXPECT_FALSE(DecodeBudgetReview(raw, KeepStatus::kNo));
}

}  // namespace
}  // namespace launchgate::app
