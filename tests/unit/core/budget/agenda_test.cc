#include "core/budget/agenda.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/resources/budget_review.h"
#include "tests/unit/core/budget/shifting_zones.h"

namespace launchgate::budget {
namespace {

using resources::BudgetAgenda;
using resources::BudgetState;
using ::testing::ElementsAre;
using ::testing::SizeIs;

base::Time At(std::string_view text) { return *base::ParseTime(text); }

const base::Time kNow = At("2026-11-01T00:05:00Z");

resources::ErrorBudget Budget() {
  resources::ErrorBudget budget;
  budget.meta.ns = "shop";
  budget.meta.name = "gift-cards";
  budget.window = {resources::WindowKind::kRolling, std::chrono::hours(672), ""};
  budget.review = resources::ReviewCadence{"platform", "Etc/UTC"};
  for (const char* name : {"availability", "latency"}) {
    resources::Objective objective;
    objective.name = name;
    objective.target = 99.9;
    objective.target_text = "99.90";
    budget.objectives.push_back(objective);
  }
  return budget;
}

ReviewTimes October() {
  return *TimesOf(*Budget().review, *resources::ParseMonth("2026-10"), ShiftingZones());
}

resources::ObjectiveStatus Known(const char* name) {
  resources::ObjectiveStatus status;
  status.name = name;
  status.state = BudgetState::kSpent;
  status.message = "140 % of the budget is spent";
  status.total_events = 1'200'000;
  status.bad_events = 1680.25;
  status.sli = 99.86;
  status.consumed = 1.4;
  status.remaining = -0.4;
  status.incidents = {{At("2026-10-21T09:00:00Z"), At("2026-10-21T11:00:00Z"), 0.9}};
  status.burn_down = {1, 0.75, -0.4};
  return status;
}

AgendaMaterial Material() {
  AgendaMaterial material;
  material.figures.objectives = {Known("availability"), Known("latency")};
  return material;
}

BudgetAgenda Build(const AgendaMaterial& material) {
  return BuildAgenda(Budget(), October(), At("2026-12-01T00:00:00Z"), material, kNow);
}

template <typename Entry>
std::vector<std::string> Reviews(const std::vector<Entry>& entries) {
  std::vector<std::string> reviews;
  for (const Entry& entry : entries) reviews.push_back(entry.review);
  return reviews;
}

TEST(AgendaTest, HoldsTheFiguresOfEveryObjectiveOfTheMonth) {
  const BudgetAgenda agenda = Build(Material());

  EXPECT_EQ(base::FormatTime(agenda.as_of), "2026-11-01T00:05:00Z");
  EXPECT_EQ(base::FormatTime(agenda.from), "2026-10-01T00:00:00Z");
  EXPECT_EQ(base::FormatTime(agenda.until), "2026-11-01T00:00:00Z");
  ASSERT_THAT(agenda.objectives, SizeIs(2));
  EXPECT_EQ(agenda.objectives[0].name, "availability");
  EXPECT_EQ(agenda.objectives[0].target, "99.90");
  EXPECT_EQ(agenda.objectives[0].consumed, 1.4);
  EXPECT_THAT(agenda.objectives[0].burn_down, ElementsAre(1, 0.75, -0.4));
}

TEST(AgendaTest, SaysThatAnObjectiveWasNotEvaluated) {
  AgendaMaterial material = Material();
  material.figures.objectives.pop_back();

  const BudgetAgenda agenda = Build(material);

  EXPECT_EQ(agenda.objectives[1].state, BudgetState::kUnknown);
  EXPECT_EQ(agenda.objectives[1].message, "the objective was not evaluated for this month");
}

TEST(AgendaTest, KeepsTheFreezesOfTheMonth) {
  const auto freeze = [](const char* source, base::Time from, base::Time until) {
    return Freeze{FreezeCause::kFreezeWindow, source, "closed", from, until};
  };
  AgendaMaterial material = Material();
  material.freezes = {freeze("over before", At("2026-09-01T00:00:00Z"), At("2026-10-01T00:00:00Z")),
                      freeze("still", At("2026-10-30T00:00:00Z"), base::kNever),
                      freeze("within", At("2026-10-10T00:00:00Z"), At("2026-10-11T00:00:00Z")),
                      freeze("since ever", base::Time::min(), base::kNever),
                      freeze("begins after it", At("2026-11-01T00:00:00Z"), base::kNever),
                      freeze("not yet", kNow + std::chrono::hours(1), base::kNever)};

  const BudgetAgenda agenda = Build(material);

  ASSERT_THAT(agenda.freezes, SizeIs(3));
  EXPECT_EQ(agenda.freezes[0].source, "since ever");
  EXPECT_EQ(base::FormatTime(agenda.freezes[0].from), "2026-10-01T00:00:00Z");
  EXPECT_EQ(agenda.freezes[1].source, "within");
  EXPECT_EQ(agenda.freezes[1].until, At("2026-10-11T00:00:00Z"));
  EXPECT_EQ(agenda.freezes[2].source, "still");
  EXPECT_EQ(agenda.freezes[2].until, std::nullopt);
}

TEST(AgendaTest, KeepsTheOverridesOfTheMonth) {
  AgendaMaterial material = Material();
  material.overrides = {{"early", "a", "T", "P0", "why", At("2026-09-30T23:59:59Z")},
                        {"last", "a", "T", "P0", "why", At("2026-10-31T23:59:59Z")},
                        {"first", "a", "T", "P0", "why", At("2026-10-01T00:00:00Z")},
                        {"late", "a", "T", "P0", "why", At("2026-11-01T00:00:00Z")}};

  EXPECT_THAT(Reviews(Build(material).overrides), ElementsAre("first", "last"));
}

TEST(AgendaTest, KeepsWhatFallsDueBeforeTheNextReview) {
  AgendaMaterial material = Material();
  const base::Time last = At("2026-11-30T23:59:59Z");
  const base::Time next = At("2026-12-01T00:00:00Z");
  material.conditions = {{"next time", "i", "t", "o", next},
                         {"soon", "i", "t", "o", last},
                         {"overdue", "i", "t", "o", kNow}};
  material.evidence = {{"next time", "i", next}, {"soon", "i", last}, {"stale", "i", kNow}};

  const BudgetAgenda agenda = Build(material);

  EXPECT_THAT(Reviews(agenda.conditions), ElementsAre("overdue", "soon"));
  EXPECT_THAT(Reviews(agenda.evidence), ElementsAre("stale", "soon"));
}

TEST(AgendaTest, BoundsEveryListAndCountsWhatItLeftOut) {
  AgendaMaterial material = Material();
  const base::Time in = At("2026-10-15T00:00:00Z");
  material.freezes.resize(resources::kMaxAgendaFreezes + 1,
                          {FreezeCause::kBudgetSpent, "s", "m", in, base::kNever});
  material.overrides.resize(resources::kMaxAgendaOverrides + 2, {"r", "i", "t", "P0", "w", in});
  material.conditions.resize(resources::kMaxAgendaConditions + 3, {"r", "i", "t", "o", in});
  material.evidence.resize(resources::kMaxAgendaEvidence + 4, {"r", "i", in});
  material.actions.resize(resources::kMaxAgendaActions + 5, {"t", "o", in});

  const BudgetAgenda agenda = Build(material);

  EXPECT_THAT(agenda.freezes, SizeIs(resources::kMaxAgendaFreezes));
  EXPECT_THAT(agenda.actions, SizeIs(resources::kMaxAgendaActions));
  EXPECT_EQ(agenda.omitted, 1 + 2 + 3 + 4 + 5);
}

// Etcd takes 1.5 MiB; spec and agenda together stay far from it.
TEST(AgendaTest, TheLargestAgendaIsSmall) {
  const std::string text(5000, '\x01');
  resources::ErrorBudget budget = Budget();
  budget.objectives.resize(resources::kMaxObjectives, budget.objectives.front());
  AgendaMaterial material = Material();
  material.figures.objectives[0].message = text;
  const base::Time in = At("2026-10-15T00:00:00Z");
  material.freezes.resize(100, {FreezeCause::kBudgetSpent, text, text, in, base::kNever});
  material.overrides.resize(100, {text, text, text, text, text, in});
  material.conditions.resize(100, {text, text, text, text, in});
  material.evidence.resize(100, {text, text, in});
  material.actions.resize(100, {text, text, in});

  const BudgetAgenda agenda =
      BuildAgenda(budget, October(), At("2026-12-01T00:00:00Z"), material, kNow);

  EXPECT_LE(AgendaJson(agenda).dump().size(), 512U << 10U);
}

TEST(AgendaTest, IsReadAsItWasWritten) {
  AgendaMaterial material = Material();
  const base::Time in = At("2026-10-15T00:00:00Z");
  material.freezes = {{FreezeCause::kBudgetSpent, "ErrorBudget shop/gift-cards", "spent", in,
                       in + std::chrono::hours(1)}};
  material.overrides = {{"gift-cards", "dave", "INC-1", "P0", "down", in}};
  material.conditions = {{"gift-cards", "drill", "run it", "erin", in}};
  material.evidence = {{"gift-cards", "load-test", in}};
  material.actions = {{"add a deadline", "carol", in}};
  const BudgetAgenda agenda = Build(material);
  const json::Json stored = {{"status", {{"agenda", AgendaJson(agenda)}}}};

  const auto read = resources::internal::ReadBudgetReviewStatus(stored);

  ASSERT_TRUE(read.agenda);
  EXPECT_EQ(AgendaJson(*read.agenda), AgendaJson(agenda));
  EXPECT_EQ(read.agenda_digest, AgendaDigest(agenda));
}

TEST(AgendaTest, TextsAreWhatAPersonSees) {
  AgendaMaterial material = Material();
  material.actions = {{"safe\u202Eefas\n", "carol", kNow}};

  EXPECT_EQ(Build(material).actions[0].text, "safe\\u{202E}efas\\x0A");
}

TEST(FiguresWillDoTest, WaitsForFiguresButNotForEver) {
  resources::ErrorBudgetStatus unknown = Material().figures;
  unknown.objectives[1].state = BudgetState::kUnknown;
  resources::ErrorBudgetStatus missing = Material().figures;
  missing.objectives.pop_back();
  const base::Time end = October().opened_at + kFiguresPatience;

  EXPECT_TRUE(FiguresWillDo(Budget(), Material().figures, October(), kNow));
  for (const auto& figures : {unknown, missing}) {
    EXPECT_FALSE(FiguresWillDo(Budget(), figures, October(), kNow));
    EXPECT_FALSE(FiguresWillDo(Budget(), figures, October(), end - std::chrono::milliseconds(1)));
    EXPECT_TRUE(FiguresWillDo(Budget(), figures, October(), end));
  }
}

}  // namespace
}  // namespace launchgate::budget
