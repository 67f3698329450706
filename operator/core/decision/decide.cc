#include "core/decision/decide.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/text.h"

namespace launchgate::decision {
namespace {

using base::Objections;
using base::Time;
using evidence::FindingStatus;

constexpr std::size_t kMaxShownBytes = 240;   // Of a message from outside, inside a sentence.
constexpr std::size_t kMaxShownProblems = 3;  // Of a review, inside a sentence.

// What is asked, with everything the rows look at.
struct Question {
  const Health& health;
  GateMode mode;
  const std::vector<std::shared_ptr<const ReviewFacts>>& reviews;
  const Change& change;
  Time now;
  // Of the template that would run; empty when nobody knows it.
  std::string_view template_hash;

  // The one review that decides, null where there is none or more than one.
  const ReviewFacts* Review() const {
    return reviews.size() == 1 ? reviews.front().get() : nullptr;
  }
};

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

std::string At(Time time, Time now) {
  return base::FormatTime(time) + (time > now ? " (in " + base::FormatRoughly(time - now) + ")"
                                              : " (" + base::FormatRoughly(now - time) + " ago)");
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

Objections CollectObjections(const Question& question);

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

// Row 5.

std::string SummarizeProblems(const std::vector<std::string>& problems) {
  std::string text;
  for (std::size_t i = 0; i < problems.size() && i < kMaxShownProblems; ++i) {
    text += (i == 0 ? "" : "; ") + base::Printable(problems[i], kMaxShownBytes);
  }
  if (problems.size() > kMaxShownProblems) {
    text += "; and " + std::to_string(problems.size() - kMaxShownProblems) + " more";
  }
  return text;
}

Objections ExactlyOneReview(const Question& question) {
  const Change& change = question.change;
  if (!change.target) {
    return {{reason::kReviewMissing,
             "a " + base::Printable(change.kind, 64) +
                 " by itself cannot be reviewed; a namespace in strict mode runs one only when "
                 "an approved owner creates it",
             ""}};
  }
  if (question.reviews.empty()) {
    return {{reason::kReviewMissing,
             "no LaunchReview in this namespace is about " +
                 base::Printable(change.target->Word(), kMaxShownBytes),
             ""}};
  }
  if (question.reviews.size() == 1) return {};
  std::vector<std::string> names;
  for (const auto& review : question.reviews) names.push_back(base::Printable(review->name, 64));
  return {{reason::kReviewAmbiguous,
           "more than one LaunchReview is about this target, delete all but one: " +
               base::Printable(base::JoinWords(names), kMaxShownBytes),
           ""}};
}

Objections ReviewIsValid(const Question& question) {
  const ReviewFacts& review = *question.Review();
  if (review.problems.empty()) return {};
  return {{reason::kReviewInvalid,
           "the LaunchReview " + base::Printable(review.name, 64) +
               " cannot be used: " + SummarizeProblems(review.problems),
           ""}};
}

Objections TemplateIsKnown(const Question& question) {
  if (!question.template_hash.empty()) return {};
  return {
      {reason::kTemplateUnknown,
       question.change.template_unresolved
           ? "the workload that holds the pod template cannot be found"
           : "the pod template that would run has not been seen yet; try again in a few seconds",
       ""}};
}

// Row 6.

Objections NoFreeze(const Question& question) {
  Objections objections;
  for (const budget::Freeze& freeze : question.Review()->freezes) {
    if (!budget::InForce(freeze, question.now)) continue;
    objections.push_back(
        {budget::ToString(freeze.cause),
         base::Printable(freeze.source, 128) + ": " +
             base::Printable(freeze.message, kMaxShownBytes) +
             (freeze.until == base::kNever ? "; frozen until this is lifted"
                                           : "; opens at " + At(freeze.until, question.now)),
         ""});
  }
  return objections;
}

// Row 7.

// Severities of a newer version of the API stop a launch like a Blocker.
bool Blocks(const ItemFacts& item) {
  return item.severity != resources::Severity::kMajor &&
         item.severity != resources::Severity::kMinor;
}

std::string StaleMessage(const evidence::Finding& finding, Time now) {
  // Found stale when it was verified, or gone stale since.
  if (finding.status == FindingStatus::kStale) {
    return base::Printable(finding.message, kMaxShownBytes);
  }
  return "the evidence was good until " + At(finding.valid_until, now) + ": renew it";
}

// What is wrong with an item at `now`; nothing when it passes.
std::optional<base::Objection> WrongWith(const ItemFacts& item, Time now) {
  if (!item.finding) {
    return base::Objection{reason::kEvidenceMissing, "the review names no evidence for this item",
                           item.id};
  }
  const std::string& message = item.finding->message;
  switch (evidence::StatusAt(*item.finding, now)) {
    case FindingStatus::kPass:
      return std::nullopt;
    case FindingStatus::kFail:
      return base::Objection{reason::kEvidenceFailing, base::Printable(message, kMaxShownBytes),
                             item.id};
    case FindingStatus::kStale:
      return base::Objection{reason::kEvidenceStale, StaleMessage(*item.finding, now), item.id};
    case FindingStatus::kUnknown:
      break;
  }
  return base::Objection{reason::kEvidenceUnknown, base::Printable(message, kMaxShownBytes),
                         item.id};
}

Objections EvidenceStands(const Question& question) {
  const ReviewFacts& review = *question.Review();
  Objections objections;
  for (const ItemFacts& item : review.items) {
    if (!Blocks(item)) continue;
    auto wrong = WrongWith(item, question.now);
    if (!wrong) continue;
    if (verdict::FindWaiver(review.verdicts, item.id, question.template_hash, question.now)) {
      continue;
    }
    objections.push_back(std::move(*wrong));
  }
  return objections;
}

// Row 8.

Objections VerdictStands(const Question& question) {
  const ReviewFacts& review = *question.Review();
  // What was signed cannot be compared with a review that cannot be read.
  if (!review.problems.empty()) return {};
  return verdict::CheckVerdicts(review.verdicts, question.template_hash, question.now);
}

// Rows 5 to 8 for one review, in the order in which people read them.
constexpr std::array kRequirements = {ReviewIsValid, TemplateIsKnown, NoFreeze, EvidenceStands,
                                      VerdictStands};

Objections CollectObjections(const Question& question) {
  Objections objections = ExactlyOneReview(question);
  if (!objections.empty()) return objections;
  for (const auto requirement : kRequirements) {
    for (base::Objection& objection : requirement(question)) {
      objections.push_back(std::move(objection));
    }
  }
  return objections;
}

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
    if (item.finding && item.finding->status == FindingStatus::kPass) {
      add(item.finding->valid_until);
    }
  }
  return next;
}

}  // namespace launchgate::decision
