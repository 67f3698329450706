#include "core/decision/decide.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/text.h"
#include "core/decision/requirements.h"

namespace launchgate::decision {
namespace {

using base::Objections;
using base::Time;

// What one row says. Nothing said leaves the question to the next row.
struct Ruling {
  enum class Effect { kNotMine, kAllow, kDeny };
  Effect effect = Effect::kNotMine;
  std::string_view reason;  // Of an Allow.
  std::vector<std::string> warnings;
  Objections objections;
};

Ruling AllowBecause(std::string_view why) { return {Ruling::Effect::kAllow, why, {}, {}}; }

Ruling DenyIfAny(Objections objections) {
  if (objections.empty()) return {};
  return {Ruling::Effect::kDeny, {}, {}, std::move(objections)};
}

// Row 1.

Ruling NotGated(const Question& question) {
  return question.mode == GateMode::kNotOptedIn ? AllowBecause(reason::kNotGated) : Ruling{};
}

Ruling NoLaunchChange(const Question& question) {
  return question.change.launch ? Ruling{} : AllowBecause(reason::kNoLaunchChange);
}

// Row 2.

Ruling ReplicaIsReady(const Question& question) {
  Objections objections;
  if (!question.health.caches_synced) {
    const std::string& waiting = question.health.waiting_for;
    objections.push_back(
        {reason::kNotReady,
         "launchgate is still reading the cluster" +
             (waiting.empty() ? ""
                              : " (waiting for " + base::Printable(waiting, kMaxShownBytes) + ")") +
             "; try again in a few seconds",
         ""});
  } else if (question.mode == GateMode::kUnknown) {
    objections.push_back({reason::kNotReady,
                          "launchgate has not seen the namespace " +
                              base::Quote(question.change.ns) + " yet; try again in a few seconds",
                          ""});
  }
  if (!question.health.clock_trusted) {
    objections.push_back({reason::kClockUntrusted,
                          "launchgate's clock and the API server's differ, so nothing that "
                          "expires can be judged; the platform team has to repair the clock",
                          ""});
  }
  return DenyIfAny(std::move(objections));
}

// Rows 3 and 4. They look at every review of the target: which of two reviews
// is the right one does not matter for a template that was approved before.

Ruling ApprovedRevision(const Question& question) {
  if (question.template_hash.empty()) return {};
  for (const auto& review : question.reviews) {
    const auto& approved = review->approved_revisions;
    if (std::find(approved.begin(), approved.end(), question.template_hash) != approved.end()) {
      return AllowBecause(reason::kRollback);
    }
  }
  return {};
}

// Used even where a Go would do: a BreakGlass must never pass unseen.
Ruling StandingBreakGlass(const Question& question) {
  for (const auto& review : question.reviews) {
    const verdict::VerifiedStatement* found =
        verdict::FindBreakGlass(review->verdicts, question.template_hash, question.now);
    if (found == nullptr) continue;
    const verdict::Statement& statement = found->statement();
    Ruling ruling = AllowBecause(reason::kBreakGlass);
    ruling.warnings.push_back("BreakGlass (" + base::Printable(statement.override_class, 32) +
                              ") by " + base::Printable(statement.identity, 80) + ", ticket " +
                              base::Printable(statement.ticket, 80) + ", ends at " +
                              At(statement.not_after, question.now));
    if (CollectObjections(question).empty()) {
      ruling.warnings.push_back("the BreakGlass was not needed: nothing else objects");
    }
    return ruling;
  }
  return {};
}

// Rows 5 to 8.

Ruling NothingObjects(const Question& question) { return DenyIfAny(CollectObjections(question)); }

// Row 9.

std::vector<std::string> Warnings(const Question& question) {
  const ReviewFacts& review = *question.Review();
  std::vector<std::string> warnings;
  const auto until = verdict::GoUntil(review.verdicts, question.template_hash, question.now);
  if (until && *until != base::kNever && *until - question.now < kEndsSoon) {
    warnings.push_back("the Go ends at " + At(*until, question.now) + ": sign a new one in time");
  }
  for (const ItemFacts& item : review.items) {
    const auto wrong = WrongWith(item, question.now);
    if (!wrong) continue;
    if (warnings.size() + 1 == kMaxWarnings) {
      warnings.emplace_back("more items do not pass; see the review's status");
      break;
    }
    const verdict::Condition* waiver =
        verdict::FindWaiver(review.verdicts, item.id, question.template_hash, question.now);
    warnings.push_back(waiver != nullptr
                           ? item.id + " is waived until " + At(waiver->due, question.now) + ", " +
                                 base::Printable(waiver->owner, 80) +
                                 " has promised: " + base::Printable(waiver->text, kMaxShownBytes)
                           : item.id + " (" + std::string(ToString(item.severity)) +
                                 ") does not pass: " + wrong->message);
  }
  return warnings;
}

Ruling GoStands(const Question& question) {
  Ruling ruling = AllowBecause(reason::kGo);
  ruling.warnings = Warnings(question);
  return ruling;
}

// The decision table. Ordered: the first row that says something decides.
constexpr std::array kTable = {
    NotGated,            // 1
    NoLaunchChange,      // 1
    ReplicaIsReady,      // 2
    ApprovedRevision,    // 3
    StandingBreakGlass,  // 4
    NothingObjects,      // 5 to 8
    GoStands,            // 9
};

// The template that counts: the request's; where it carries none (a scale), the
// one that is live.
std::string_view TemplateOf(const Change& change,
                            const std::vector<std::shared_ptr<const ReviewFacts>>& reviews) {
  if (!change.template_hash.empty()) return change.template_hash;
  if (change.template_unresolved || reviews.size() != 1) return {};
  return reviews.front()->live_template_hash;
}

const Objections& InternalError() {
  static const Objections& objections = *new Objections{
      {reason::kInternalError, "launchgate failed to decide; its log says why", ""}};
  return objections;
}

}  // namespace

// The only place where an Allow is made.
class AllowMaker {
 public:
  static Decision Make(Ruling ruling) {
    Decision decision;
    decision.allowed_ = true;
    decision.reason_ = ruling.reason;
    decision.warnings_ = std::move(ruling.warnings);
    return decision;
  }
};

Decision Decision::Deny(Objections objections) {
  Decision decision;
  decision.objections_ = std::move(objections);
  return decision;
}

Decision::Decision(Decision&& other) noexcept { *this = std::move(other); }

Decision& Decision::operator=(Decision&& other) noexcept {
  if (this == &other) return *this;
  allowed_ = std::exchange(other.allowed_, false);
  reason_ = std::exchange(other.reason_, {});
  objections_ = std::exchange(other.objections_, {});
  warnings_ = std::exchange(other.warnings_, {});
  return *this;
}

std::string_view Decision::reason() const {
  if (allowed_) return reason_;
  return objections_.empty() ? reason::kInternalError : objections_.front().reason;
}

const Objections& Decision::objections() const {
  return allowed_ || !objections_.empty() ? objections_ : InternalError();
}

Decision Decide(const Health& health, GateMode mode, const TargetFacts* facts, const Change& change,
                Time now) noexcept {
  static const TargetFacts kNothingKnown;
  try {
    const auto& reviews = (facts != nullptr ? *facts : kNothingKnown).reviews;
    const Question question{health, mode, reviews, change, now, TemplateOf(change, reviews)};
    for (const auto row : kTable) {
      Ruling ruling = row(question);
      if (ruling.effect == Ruling::Effect::kAllow) return AllowMaker::Make(std::move(ruling));
      if (ruling.effect == Ruling::Effect::kDeny)
        return Decision::Deny(std::move(ruling.objections));
    }
  } catch (...) {  // Out of memory, most likely. The default below is a denial.
  }
  return {};
}

Time NextChange(const ReviewFacts& facts, Time now) {
  Time next = verdict::NextChange(facts.verdicts, now);
  const auto add = [&](Time instant) {
    if (instant > now) next = std::min(next, instant);
  };
  for (const budget::Freeze& freeze : facts.freezes) {
    add(freeze.from);
    add(freeze.until);
  }
  for (const ItemFacts& item : facts.items) {
    if (item.finding && item.finding->status == evidence::FindingStatus::kPass) {
      add(item.finding->valid_until);
    }
  }
  return next;
}

}  // namespace launchgate::decision
