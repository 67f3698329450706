// Properties of the decision over generated situations: whatever makes a
// situation stricter never admits more, and an Allow comes from a known row
// only. The generator is seeded, so every run sees the same situations.
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

#include "core/decision/decide.h"
#include "tests/support/builders.h"

namespace launchgate::decision {
namespace {

using budget::FreezeCause;
using evidence::FindingStatus;
using test_support::AuthorityBuilder;
using test_support::BreakGlassBy;
using test_support::GoBy;
using test_support::kAlice;
using test_support::kBob;
using test_support::kCarol;
using test_support::kDave;
using test_support::kDay;
using test_support::kNow;
using test_support::NoGoBy;
using test_support::ReadyReview;
using test_support::ReviewBuilder;
using test_support::Rollout;
using test_support::Signer;
using test_support::TemplateHash;

constexpr int kSituations = 200;
constexpr int kSituationsPerChange = 50;

// One situation as switches, so that it can be built again with one of them changed.
struct Situation {
  std::array<FindingStatus, 3> findings{};
  std::array<bool, 3> has_evidence{};
  std::array<int, 3> go_sequence{};    // 0: no Go. Of Alice, Bob, Carol.
  std::array<int, 3> nogo_sequence{};  // 0: no NoGo.
  std::array<int, 3> go_days{};        // The Go ends so many days after kNow; may be negative.
  std::array<bool, 3> revoked{};
  int promise_days = 0;  // In Alice's Go, waives load-test; 0: none.
  bool frozen = false;
  bool approved = false;
  bool break_glass = false;
  bool broken = false;
  bool launch = true;
  GateMode mode = GateMode::kEnforce;
  Health health;
};

constexpr std::array<const char*, 3> kItems = {"load-test", "runbook", "dashboard"};
const std::array<Signer, 3> kSigners = {kAlice, kBob, kCarol};

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  int Pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool OneIn(int n) { return Pick(1, n) == 1; }

  Situation Next() {
    Situation situation;
    for (std::size_t i = 0; i < 3; ++i) {
      situation.findings[i] =
          OneIn(12) ? static_cast<FindingStatus>(Pick(0, 3)) : FindingStatus::kPass;
      situation.has_evidence[i] = !OneIn(16);
      situation.go_sequence[i] = OneIn(8) ? 0 : Pick(1, 3);
      situation.nogo_sequence[i] = OneIn(5) ? Pick(1, 3) : 0;
      situation.go_days[i] = OneIn(8) ? Pick(-1, 1) : 10;
      situation.revoked[i] = OneIn(16);
    }
    situation.promise_days = OneIn(4) ? Pick(-1, 5) : 0;
    situation.frozen = OneIn(6);
    situation.approved = OneIn(10);
    situation.break_glass = OneIn(10);
    situation.broken = OneIn(12);
    situation.launch = !OneIn(20);
    situation.mode = OneIn(10) ? static_cast<GateMode>(Pick(0, 4)) : GateMode::kEnforce;
    situation.health = {!OneIn(20), "", !OneIn(20)};
    return situation;
  }

 private:
  std::mt19937 random_;
};

ReviewBuilder Build(const Situation& situation) {
  ReviewBuilder review = ReadyReview().Unsigned();
  AuthorityBuilder authority;
  for (std::size_t i = 0; i < 3; ++i) {
    review.With(kItems[i], situation.findings[i]);
    if (!situation.has_evidence[i]) review.Without(kItems[i]);
    if (situation.go_sequence[i] > 0) {
      auto go = GoBy(kSigners[i])
                    .Sequence(situation.go_sequence[i])
                    .Issued(kNow - 3 * kDay)
                    .Until(kNow + situation.go_days[i] * kDay);
      if (i == 0 && situation.promise_days != 0) {
        go.Promise("load-test", kNow + situation.promise_days * kDay);
      }
      review.Signed(go);
    }
    if (situation.nogo_sequence[i] > 0) {
      review.Signed(NoGoBy(kSigners[i]).Sequence(situation.nogo_sequence[i]));
    }
    if (situation.revoked[i]) authority.Revoke(kSigners[i]);
  }
  review.Authority(authority);
  if (situation.frozen) review.Frozen(FreezeCause::kBudgetSpent);
  if (situation.approved) review.Approved(TemplateHash());
  if (situation.break_glass) review.Signed(BreakGlassBy(kDave));
  if (situation.broken) review.Problem("is broken");
  return review;
}

Decision DecideOn(const Situation& situation, const ReviewBuilder& review) {
  const TargetFacts facts = review.Target();
  Change change = Rollout();
  change.launch = situation.launch;
  return Decide(situation.health, situation.mode, &facts, change, kNow);
}

bool Admits(const Situation& situation) { return DecideOn(situation, Build(situation)).allowed(); }

// What would make a situation stricter.
struct Stricter {
  const char* name;
  void (*apply)(Situation&);
};

class StricterTest : public testing::TestWithParam<Stricter> {};

TEST_P(StricterTest, NeverAdmitsMore) {
  Generator generator(4711);
  int denied_by_it = 0;
  for (int i = 0; i < kSituationsPerChange; ++i) {
    const Situation before = generator.Next();
    Situation after = before;
    GetParam().apply(after);

    const bool admitted_before = Admits(before);
    const bool admitted_after = Admits(after);

    ASSERT_FALSE(admitted_after && !admitted_before) << "situation " << i;
    if (admitted_before && !admitted_after) ++denied_by_it;
  }
  // Otherwise the property would hold for want of cases.
  EXPECT_GT(denied_by_it, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Changes, StricterTest,
    testing::Values(
        Stricter{"AFreeze", [](Situation& s) { s.frozen = true; }},
        Stricter{"AFailingBlocker", [](Situation& s) { s.findings[1] = FindingStatus::kFail; }},
        Stricter{"AnUnknownBlocker", [](Situation& s) { s.findings[1] = FindingStatus::kUnknown; }},
        Stricter{"RemovedEvidence", [](Situation& s) { s.has_evidence[1] = false; }},
        Stricter{"ABrokenReview", [](Situation& s) { s.broken = true; }},
        Stricter{"ALaterNoGo", [](Situation& s) { s.nogo_sequence[2] = 9; }},
        Stricter{"ARevokedKey", [](Situation& s) { s.revoked[1] = true; }},
        Stricter{"ARevokedKeyOfANoGo",
                 [](Situation& s) {
                   s.revoked[2] = true;
                   s.go_days[0] = -1;
                 }},
        Stricter{"AnEndedGo", [](Situation& s) { s.go_days[1] = 0; }},
        Stricter{"AnOverduePromise", [](Situation& s) { s.promise_days = -1; }},
        Stricter{"NoApprovedRevision", [](Situation& s) { s.approved = false; }},
        Stricter{"NoBreakGlass", [](Situation& s) { s.break_glass = false; }},
        Stricter{"UnsyncedCaches", [](Situation& s) { s.health.caches_synced = false; }},
        Stricter{"AnUntrustedClock", [](Situation& s) { s.health.clock_trusted = false; }}),
    [](const auto& row) { return row.param.name; });

TEST(DecidePropertyTest, AllowsForKnownReasonsOnlyAndDeniesWithObjections) {
  const std::vector<std::string_view> known = {reason::kNotGated, reason::kNoLaunchChange,
                                               reason::kRollback, reason::kBreakGlass, reason::kGo};
  std::vector<int> seen(known.size());
  Generator generator(42);
  for (int i = 0; i < kSituations; ++i) {
    const Situation situation = generator.Next();
    const Decision decision = DecideOn(situation, Build(situation));
    if (!decision.allowed()) {
      ASSERT_FALSE(decision.objections().empty());
      ASSERT_NE(decision.reason(), reason::kInternalError);
      continue;
    }
    const auto place = std::find(known.begin(), known.end(), decision.reason());
    ASSERT_NE(place, known.end()) << decision.reason();
    ASSERT_TRUE(decision.objections().empty());
    ++seen[static_cast<std::size_t>(place - known.begin())];
  }
  for (std::size_t i = 0; i < known.size(); ++i) EXPECT_GT(seen[i], 0) << known[i];
}

TEST(DecidePropertyTest, SaysGoOnlyWhereEveryRequirementHolds) {
  Generator generator(7);
  int gos = 0;
  for (int i = 0; i < kSituations; ++i) {
    const Situation situation = generator.Next();
    if (DecideOn(situation, Build(situation)).reason() != reason::kGo) continue;
    ++gos;
    ASSERT_TRUE(situation.health.caches_synced && situation.health.clock_trusted);
    ASSERT_FALSE(situation.frozen || situation.broken || situation.break_glass);
    ASSERT_TRUE(situation.has_evidence[1] && situation.findings[1] == FindingStatus::kPass);
    // Bob is the only one of his role.
    ASSERT_TRUE(situation.go_sequence[1] > situation.nogo_sequence[1] && !situation.revoked[1]);
    ASSERT_GT(situation.go_days[1], 0);
  }
  EXPECT_GT(gos, 10);
}

TEST(DecidePropertyTest, GivesTheSameAnswerEveryTime) {
  Generator generator(11);
  for (int i = 0; i < 60; ++i) {
    const Situation situation = generator.Next();
    const Decision first = DecideOn(situation, Build(situation));
    const Decision second = DecideOn(situation, Build(situation));
    ASSERT_EQ(first.objections(), second.objections());
    ASSERT_EQ(first.reason(), second.reason());
  }
}

TEST(DecidePropertyTest, ForeseesEveryInstantAtWhichTheAnswerChangesByItself) {
  Generator generator(23);
  for (int i = 0; i < 100; ++i) {
    Situation situation = generator.Next();
    situation.health = test_support::Healthy();
    const TargetFacts facts = Build(situation).Target();
    const auto answer_at = [&](base::Time now) {
      return Decide(situation.health, GateMode::kEnforce, &facts, Rollout(), now).allowed();
    };
    base::Time now = kNow;
    for (int step = 0; step < 30; ++step) {
      const base::Time next = NextChange(*facts.reviews.front(), now);
      if (next == base::kNever) break;
      ASSERT_GT(next, now);
      // Between two foreseen instants nothing changes.
      ASSERT_EQ(answer_at(now), answer_at(next - test_support::kMillisecond));
      ASSERT_EQ(answer_at(now), answer_at(now + (next - now) / 2));
      now = next;
    }
  }
}

}  // namespace
}  // namespace launchgate::decision
