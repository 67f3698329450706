// What the controller writes into BudgetReview.status against the schema that a
// server holds it to. A field that a server pruned would change what was signed.
#include "core/decision/budget_review_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/budget/agenda.h"
#include "tests/contract/crds.h"
#include "tests/support/sign_off_builder.h"
#include "tests/support/structural_schema.h"

namespace launchgate::contract {
namespace {

using json::Json;
using test_support::kAlice;
using test_support::kNow;
using test_support::OctoberSubject;
using test_support::SignOffBy;
using ::testing::IsEmpty;

// Every list full, every text longer than it may be.
resources::BudgetAgenda LargestAgenda() {
  const std::string text(3000, 'x');
  resources::ErrorBudget budget;
  budget.meta.ns = "shop";
  resources::ObjectiveStatus figures;
  figures.message = text;
  figures.total_events = 1e12;
  figures.bad_events = 0.123456789;
  figures.sli = 99.999999999;
  figures.consumed = 12345.6;
  figures.remaining = -12344.6;
  figures.incidents.resize(resources::kMaxIncidents, {kNow, kNow, 0.5});
  figures.burn_down.resize(resources::kMaxBurnDownPoints, -0.12345);
  budget::AgendaMaterial material;
  for (std::size_t i = 0; i < resources::kMaxObjectives; ++i) {
    resources::Objective objective;
    objective.name = figures.name = "objective-" + std::to_string(i);
    objective.target_text = "99.999999";
    budget.objectives.push_back(objective);
    material.figures.objectives.push_back(figures);
  }
  material.freezes.resize(50, {budget::FreezeCause::kBudgetSpent, text, text, kNow, base::kNever});
  material.freezes.push_back(
      {budget::FreezeCause::kFreezeWindow, text, text, kNow, kNow + std::chrono::hours(1)});
  material.overrides.resize(50, {text, text, text, text, text, kNow});
  material.conditions.resize(100, {text, text, text, text, kNow});
  material.evidence.resize(100, {text, text, kNow});
  material.actions.resize(100, {text, text, kNow});
  budget::ReviewTimes times;
  times.month_start = kNow - std::chrono::hours(24);
  times.month_end = kNow + std::chrono::hours(24);
  return budget::BuildAgenda(budget, times, base::kNever, material, kNow);
}

Json StatusOf(const std::optional<resources::BudgetAgenda>& agenda,
              const verdict::SignOffStanding& standing) {
  const budget::ReviewTimes times{*resources::ParseMonth("2026-10"), kNow, kNow, kNow, kNow, kNow};
  return decision::BudgetReviewStatusJson({}, {}, times, standing, agenda, Json(), kNow);
}

std::vector<std::string> ViolationsOf(const Json& status) {
  return testing::Violations(SchemaOf(Kinds()[6]).at("properties").at("status"), status);
}

TEST(BudgetReviewStatusContractTest, TheLargestStatusFitsTheSchema) {
  const auto standing =
      verdict::JudgeSignOffs({SignOffBy(kAlice).Stored(), resources::SignedDocument()},
                             test_support::AuthorityBuilder().Build(), OctoberSubject(),
                             test_support::FakeSignatures(), verdict::Origin::kCluster, kNow);

  EXPECT_THAT(ViolationsOf(StatusOf(LargestAgenda(), standing)), IsEmpty());
}

TEST(BudgetReviewStatusContractTest, SoDoesTheSmallest) {
  EXPECT_THAT(ViolationsOf(StatusOf(std::nullopt, {})), IsEmpty());
  EXPECT_THAT(ViolationsOf(StatusOf(resources::BudgetAgenda(), {})), IsEmpty());
}

}  // namespace
}  // namespace launchgate::contract
