#include "core/decision/requirements.h"

#include <array>
#include <utility>

#include "core/base/text.h"
#include "core/decision/decide.h"

namespace launchgate::decision {
namespace {

using base::Objections;
using base::Time;
using evidence::FindingStatus;

constexpr std::size_t kMaxShownProblems = 3;  // Of a review, inside a sentence.

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
             (budget::OpensByItself(freeze) ? "; opens at " + At(freeze.until, question.now)
                                            : "; frozen until this is lifted"),
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

}  // namespace

std::string At(Time time, Time now) {
  return base::FormatTime(time) + (time > now ? " (in " + base::FormatRoughly(time - now) + ")"
                                              : " (" + base::FormatRoughly(now - time) + " ago)");
}

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

}  // namespace launchgate::decision
