// The webhook keeps its facts while objects stay the same and the hour does not
// change. Whatever happens to the objects meanwhile, and at whatever instant it is
// asked: it says what somebody says who reads the objects at that instant.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/app/gate_objects.h"

namespace launchgate::app {
namespace {

using base::Duration;
using base::Time;
using decision::Decision;
using decision::ReviewFacts;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::seconds;
using test_support::kAlice;
using test_support::kBob;
using test_support::kCarol;
using test_support::kDave;
using test_support::kDay;
using test_support::Signer;

constexpr unsigned kSeed = 20261127;
constexpr int kHistories = 15;
constexpr int kSteps = 40;           // Of each.
constexpr std::size_t kMaxKept = 5;  // Verdicts, so that a history does not get slower.

const Time kBegin = base::ParseTime("2026-10-20T09:30:00Z").value();

enum class What { kFinding, kVerdict, kKey, kBudget, kWindow, kSignOff };

// Objects to which something happens now and then.
class History {
 public:
  explicit History(std::mt19937_64& random) : random_(random), objects_(kBegin) {
    now_ = kBegin;
    if (OneIn(4)) return;
    const std::array<const char*, 4> zones = {"Europe/Zurich", "Asia/Kathmandu", "America/Santiago",
                                              "Etc/UTC"};
    objects_.budget.review =
        resources::ReviewCadence{"platform", OneOf(zones), 1, Pick(1, 9), Pick(0, 6)};
  }

  Time now() const { return now_; }
  int version() const { return version_; }
  const GateObjects& objects() const { return objects_; }

  void Pass() {
    const std::array<Duration, 5> longest = {seconds(2), minutes(2), minutes(20), kDay, 5 * kDay};
    now_ += AtMost(OneOf(longest));
    // Some of what is exact is exact to the hour.
    if (OneIn(8)) now_ = CalendarStart(now_) + hours(1);
  }

  void Change(const std::vector<What>& changes) {
    ++version_;
    switch (changes[static_cast<std::size_t>(Pick(0, static_cast<int>(changes.size()) - 1))]) {
      case What::kFinding:
        return ChangeFinding();
      case What::kVerdict:
        return Say();
      case What::kKey:
        objects_.authority.KeyTimes(Anybody(), Around(30 * kDay), now_ + kDay);
        return;
      case What::kBudget:
        return ChangeBudget();
      case What::kWindow:
        return ChangeWindows();
      case What::kSignOff:
        return SignOff();
    }
  }

 private:
  int Pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  // From a millisecond on.
  Duration AtMost(Duration longest) {
    return Duration(std::uniform_int_distribution<std::int64_t>(1, longest.count())(random_));
  }
  template <typename Value, std::size_t kCount>
  const Value& OneOf(const std::array<Value, kCount>& values) {
    return values[static_cast<std::size_t>(Pick(0, static_cast<int>(kCount) - 1))];
  }
  bool OneIn(int n) { return Pick(1, n) == 1; }
  // Mostly to come, to the millisecond.
  Time Around(Duration distance) { return now_ - distance / 4 + AtMost(distance); }
  const Signer& Anybody() {
    static const std::array<Signer, 4> people = {kAlice, kBob, kCarol, kDave};
    return OneOf(people);
  }

  void ChangeFinding() {
    const std::array<const char*, 3> items = {"load-test", "runbook", "dashboard"};
    resources::RecordedFinding& finding = objects_.Finding(OneOf(items));
    finding.finding = OneIn(4) ? "Fail" : "Pass";
    finding.valid_until = Around(3 * kDay);
  }

  void Say() {
    const Signer& who = Anybody();
    auto statement = who.role == kDave.role ? test_support::BreakGlassBy(who)
                     : OneIn(4)             ? test_support::NoGoBy(who)
                                            : test_support::GoBy(who);
    const Time issued = now_ - minutes(5) + AtMost(minutes(10));
    statement.Sequence(++sequence_)
        .Issued(issued)
        .Until(issued + AtMost((who.role == kDave.role ? 1 : 9) * kDay));
    if (statement.Build().answer == verdict::Answer::kGo && OneIn(3)) {
      statement.Promise("load-test", Around(2 * kDay));
    }
    objects_.verdicts.push_back(statement.Stored());
    if (objects_.verdicts.size() > kMaxKept) objects_.verdicts.erase(objects_.verdicts.begin());
  }

  void ChangeBudget() {
    resources::ErrorBudgetStatus& status = objects_.budget.status;
    status.known_at = now_ - minutes(2);
    objects_.budget.policy.unknown_grace = minutes(Pick(1, 7 * 24 * 60));
    status.frozen_since.reset();
    if (OneIn(4)) status.frozen_since = now_ - minutes(1);
  }

  void ChangeWindows() {
    if (objects_.windows.size() > 1 || OneIn(3)) return objects_.windows.clear();
    if (OneIn(2)) {
      const Time start = Around(3 * kDay);
      return objects_.Freeze(OneOffWindow(start, start + AtMost(kDay)));
    }
    const std::array<const char*, 4> crons = {"30 2 * * *", "0 18 * * FRI", "*/40 * * * SUN",
                                              "0 0 1,31 * *"};
    objects_.Freeze(CalendarWindow(OneOf(crons), minutes(Pick(1, 2000)), "Europe/Zurich"));
  }

  // Of one of the last months, dated from before to a while ahead; sometimes the
  // review is not there yet, and sometimes it is deleted.
  void SignOff() {
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now_));
    const auto month = today.year() / today.month() - months(Pick(1, 3));
    const auto found =
        std::ranges::find(objects_.budget_reviews, month, &resources::BudgetReview::month);
    const bool known = found != objects_.budget_reviews.end();
    if (known && OneIn(8)) {
      objects_.budget_reviews.erase(found);
      return;
    }
    resources::BudgetReview& review = known ? *found : objects_.AddReview(month);
    if (review.sign_offs.size() > kMaxKept / 2) review.sign_offs.clear();
    const Time issued = Around(hours(1));
    for (const Signer& who : {kAlice, kBob}) {
      if (OneIn(4)) continue;
      review.sign_offs.push_back(
          test_support::SignOffBy(who).For(objects_.SubjectOf(month)).Issued(issued).Stored());
    }
  }

  std::mt19937_64& random_;
  Time now_;
  int version_ = 0;
  std::int64_t sequence_ = 1;
  GateObjects objects_;
};

// As gate_index_keeper.cc keeps them.
class KeptFacts {
 public:
  std::shared_ptr<const ReviewFacts> Of(const History& history) {
    const bool by_the_hour = history.objects().FollowACalendar();
    const Time calendar_start = by_the_hour ? CalendarStart(history.now()) : Time();
    if (!facts_ || version_ != history.version() || calendar_start_ != calendar_start) {
      facts_ = history.objects().FactsAt(history.now());
      version_ = history.version();
      calendar_start_ = calendar_start;
    } else {
      ++kept_;
    }
    return facts_;
  }
  int kept() const { return kept_; }

 private:
  std::shared_ptr<const ReviewFacts> facts_;
  int version_ = 0;
  Time calendar_start_{};
  int kept_ = 0;
};

std::vector<std::string> ReasonsOf(const Decision& decision) {
  std::vector<std::string> reasons;
  for (const base::Objection& objection : decision.objections()) {
    reasons.push_back(fmt::format("{} {} {}", objection.reason, objection.item, objection.message));
  }
  return reasons;
}

// What happens to the objects, as often as it is listed, and denials that must occur:
// otherwise the property would hold for want of cases.
struct Course {
  const char* name;
  std::vector<What> changes;
  std::vector<const char*> denials;
  friend void PrintTo(const Course& course, std::ostream* out) { *out << course.name; }
};

class ReplayPropertyTest : public ::testing::TestWithParam<Course> {};

TEST_P(ReplayPropertyTest, KeptFactsSayWhatTheObjectsSay) {
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937_64 random(kSeed);
  std::map<std::string_view, int> seen;
  int kept = 0;
  for (int i = 0; i < kHistories; ++i) {
    History history(random);
    KeptFacts facts;
    for (int step = 0; step < kSteps; ++step) {
      history.Pass();
      if (step % 4 == 0) history.Change(GetParam().changes);

      const Decision said = DecideFrom(facts.Of(history), history.now());
      const Decision replayed = DecideFrom(history.objects().FactsAt(history.now()), history.now());

      const std::string where = fmt::format("seed {}, history {}, step {} at {}", kSeed, i, step,
                                            base::FormatTime(history.now()));
      ASSERT_EQ(said.allowed(), replayed.allowed()) << where;
      ASSERT_EQ(said.reason(), replayed.reason()) << where;
      if (said.allowed()) continue;
      ASSERT_EQ(ReasonsOf(said), ReasonsOf(replayed)) << where;
      for (const base::Objection& objection : said.objections()) ++seen[objection.reason];
    }
    kept += facts.kept();
  }
  EXPECT_GT(kept, kHistories * kSteps / 8);
  for (const char* denial : GetParam().denials) EXPECT_GT(seen[denial], 0) << denial;
}

INSTANTIATE_TEST_SUITE_P(
    Courses, ReplayPropertyTest,
    ::testing::Values(
        Course{"Reviews", {What::kSignOff}, {"BudgetReviewOverdue"}},
        Course{"Freezes",
               {What::kWindow, What::kBudget},
               {"FreezeWindow", "BudgetSpent", "BudgetUnknown"}},
        Course{"Verdicts",
               {What::kVerdict, What::kVerdict, What::kVerdict, What::kKey, What::kFinding},
               {"EvidenceStale", "VerdictExpired", "VerdictNotYetValid", "NoGo", "ConditionOverdue",
                "KeyExpired"}},
        Course{"Everything",
               {What::kFinding, What::kVerdict, What::kKey, What::kBudget, What::kWindow,
                What::kSignOff},
               {"FreezeWindow", "BudgetReviewOverdue", "EvidenceStale", "VerdictExpired"}}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace launchgate::app
