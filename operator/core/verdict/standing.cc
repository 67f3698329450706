#include "core/verdict/standing.h"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "core/base/text.h"

namespace launchgate::verdict {
namespace {

using base::Time;

constexpr std::size_t kMaxShownBytes = 160;  // Of a reason or condition, inside a sentence.

// "alice@example.com (sre)", or with more inside the brackets.
std::string SignerOf(const VerifiedStatement& verified, std::string_view more = "") {
  return base::Printable(verified.statement().identity, 80) + " (" +
         base::Printable(verified.statement().role, 40) + std::string(more) + ")";
}

// Why a Go does not count. kCounts is none.
enum class Lapse {
  kCounts,
  kConflict,
  kKeyRevoked,
  kKeyExpired,
  kNotYetValid,
  kExpired,
  kReviewChanged,
  kChecklistChanged,
  kOtherRevision,
};

struct LapseText {
  std::string_view reason;
  std::string_view before;  // The sentence around the signers' names.
  std::string_view after;
};

LapseText TextOf(Lapse lapse) {
  switch (lapse) {
    case Lapse::kConflict:
      return {reason::kVerdictConflict, "the verdicts of ",
              " contradict each other under one sequence: a new one is needed"};
    case Lapse::kKeyRevoked:
      return {reason::kKeyRevoked, "the key of ", " has been revoked"};
    case Lapse::kKeyExpired:
      return {reason::kKeyExpired, "the key of ", " has expired"};
    case Lapse::kNotYetValid:
      return {reason::kVerdictNotYetValid, "the Go of ", " is not valid yet"};
    case Lapse::kExpired:
      return {reason::kVerdictExpired, "the Go of ", " has ended"};
    case Lapse::kReviewChanged:
      return {reason::kReviewChanged, "the review's spec was changed after the Go of ",
              ": it needs to be signed again"};
    case Lapse::kChecklistChanged:
      return {reason::kReviewChanged, "the checklist was changed after the Go of ",
              ": it needs to be signed again"};
    case Lapse::kOtherRevision:
      return {reason::kOtherRevision, "the Go of ", " is for another pod template"};
    case Lapse::kCounts:
      break;
  }
  return {};
}

bool Contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Lapse JudgeTimes(const VerifiedStatement& verified, Time now) {
  const Statement& statement = verified.statement();
  const resources::AuthorityKey& key = verified.key();
  if (key.revoked) return Lapse::kKeyRevoked;
  if (now >= key.not_after) return Lapse::kKeyExpired;
  // A key says nothing about the time before it was trusted.
  if (now < key.not_before || statement.issued_at < key.not_before) return Lapse::kNotYetValid;
  if (statement.issued_at - kMaxIssuedAhead > now) return Lapse::kNotYetValid;
  if (now >= statement.not_after) return Lapse::kExpired;
  return Lapse::kCounts;
}

Lapse JudgeSubject(const VerdictBook& book, const Statement& statement,
                   std::string_view template_hash) {
  const Subject& about = statement.subject;
  const Subject& expected = book.expected;
  // Target and binding are part of the spec; a digest alone would do.
  if (about.review_digest != expected.review_digest || about.target != expected.target ||
      about.binding != expected.binding) {
    return Lapse::kReviewChanged;
  }
  if (about.checklist != expected.checklist ||
      about.checklist_digest != expected.checklist_digest) {
    return Lapse::kChecklistChanged;
  }
  if (about.binding == resources::Binding::kRevision &&
      (template_hash.empty() || statement.template_hash != template_hash)) {
    return Lapse::kOtherRevision;
  }
  return Lapse::kCounts;
}

// Requires a Go.
Lapse Judge(const VerdictBook& book, const VerifiedStatement& verified,
            std::string_view template_hash, Time now) {
  if (Contains(book.conflicting, verified.statement().identity)) return Lapse::kConflict;
  const Lapse times = JudgeTimes(verified, now);
  return times != Lapse::kCounts ? times : JudgeSubject(book, verified.statement(), template_hash);
}

// Counts voices: a second key of one person and a second person with one key
// both add nothing.
class Voices {
 public:
  void Add(const VerifiedStatement& verified) {
    if (identities_.contains(verified.statement().identity)) return;
    if (!keys_.insert(verified.fingerprint()).second) return;
    identities_.insert(verified.statement().identity);
    ++count_;
  }
  int count() const { return count_; }

 private:
  std::set<std::string_view> identities_;
  std::set<std::string_view> keys_;
  int count_ = 0;
};

// A threshold below one would approve without anybody.
int Needed(const resources::AuthorityRole& role) { return std::max(role.threshold, 1); }

// One Go and what it is worth now.
struct Judged {
  const VerifiedStatement* verified = nullptr;
  Lapse lapse = Lapse::kCounts;
};

std::vector<Judged> JudgeAll(const VerdictBook& book, std::string_view template_hash, Time now) {
  std::vector<Judged> judged;
  for (const VerifiedStatement& verified : book.latest) {
    if (verified.statement().answer != Answer::kGo) continue;
    judged.push_back({&verified, Judge(book, verified, template_hash, now)});
  }
  return judged;
}

void AddNoGos(const VerdictBook& book, Time now, base::Objections& objections) {
  for (const VerifiedStatement& verified : book.latest) {
    const Statement& statement = verified.statement();
    if (statement.answer != Answer::kNoGo || now >= statement.not_after) continue;
    objections.push_back({reason::kNoGo,
                          SignerOf(verified) + " says no until " +
                              base::FormatTime(statement.not_after) + ": " +
                              base::Printable(statement.reason, kMaxShownBytes),
                          ""});
  }
}

void AddOverdueConditions(const std::vector<Judged>& judged, Time now,
                          base::Objections& objections) {
  for (const Judged& go : judged) {
    if (go.lapse != Lapse::kCounts) continue;
    for (const Condition& condition : go.verified->statement().conditions) {
      if (now < condition.due) continue;
      objections.push_back({reason::kConditionOverdue,
                            "promised to " + SignerOf(*go.verified) + " by " +
                                base::Printable(condition.owner, 80) + " until " +
                                base::FormatTime(condition.due) + ": " +
                                base::Printable(condition.text, kMaxShownBytes),
                            condition.item});
    }
  }
}

// "1 more Go in the role sre".
std::string MissingIn(const resources::AuthorityRole& role, int have) {
  return std::to_string(Needed(role) - have) + (have > 0 ? " more Go" : " Go") + " in the role " +
         base::Printable(role.name, 40);
}

// The signers whose Go lapsed in roles that lack one, by why.
void AddLapses(const std::map<Lapse, std::vector<std::string>>& lapsed,
               base::Objections& objections) {
  for (const auto& [lapse, signers] : lapsed) {
    const LapseText text = TextOf(lapse);
    objections.push_back(
        {text.reason, std::string(text.before) + base::JoinWords(signers) + std::string(text.after),
         ""});
  }
}

std::string DescribeLapsed(const Judged& go) {
  if (go.lapse != Lapse::kExpired) return SignerOf(*go.verified);
  return SignerOf(*go.verified, ", until " + base::FormatTime(go.verified->statement().not_after));
}

void AddQuorum(const VerdictBook& book, const std::vector<Judged>& judged,
               base::Objections& objections) {
  std::map<Lapse, std::vector<std::string>> lapsed;
  std::vector<std::string> missing;
  bool any_role = false;
  for (const resources::AuthorityRole& role : book.roles) {
    if (!role.SignsGo()) continue;
    any_role = true;
    Voices counting;
    Voices all;
    for (const Judged& go : judged) {
      if (go.verified->statement().role != role.name) continue;
      all.Add(*go.verified);
      if (go.lapse == Lapse::kCounts) counting.Add(*go.verified);
    }
    if (counting.count() >= Needed(role)) continue;
    for (const Judged& go : judged) {
      if (go.verified->statement().role != role.name || go.lapse == Lapse::kCounts) continue;
      std::vector<std::string>& signers = lapsed[go.lapse];
      const std::string signer = DescribeLapsed(go);
      if (!Contains(signers, signer)) signers.push_back(signer);
    }
    // Lapsed ones are told above; signing them again fills their places.
    if (all.count() < Needed(role)) missing.push_back(MissingIn(role, all.count()));
  }
  AddLapses(lapsed, objections);
  if (!any_role) {
    objections.push_back(
        {reason::kQuorumNotMet, "the authority has no role whose Go would count", ""});
  } else if (!missing.empty()) {
    objections.push_back({judged.empty() ? reason::kVerdictMissing : reason::kQuorumNotMet,
                          "needs " + base::JoinWords(missing), ""});
  }
}

// Instants at which the worth of one statement changes.
void AddInstants(const VerifiedStatement& verified, const std::function<void(Time)>& add) {
  const Statement& statement = verified.statement();
  add(statement.not_after);
  add(statement.issued_at - kMaxIssuedAhead);
  add(verified.key().not_before);
  add(verified.key().not_after);
  for (const Condition& condition : statement.conditions) add(condition.due);
}

}  // namespace

base::Objections CheckVerdicts(const VerdictBook& book, std::string_view template_hash, Time now) {
  base::Objections objections;
  const std::vector<Judged> judged = JudgeAll(book, template_hash, now);
  AddNoGos(book, now, objections);
  AddQuorum(book, judged, objections);
  AddOverdueConditions(judged, now, objections);
  return objections;
}

const VerifiedStatement* FindBreakGlass(const VerdictBook& book, std::string_view template_hash,
                                        Time now) {
  if (template_hash.empty()) return nullptr;
  for (const resources::AuthorityRole& role : book.roles) {
    if (!role.break_glass) continue;
    Voices voices;
    const VerifiedStatement* first = nullptr;
    for (const VerifiedStatement& verified : book.break_glass) {
      const Statement& statement = verified.statement();
      if (statement.role != role.name || statement.template_hash != template_hash) continue;
      if (JudgeTimes(verified, now) != Lapse::kCounts) continue;
      voices.Add(verified);
      if (first == nullptr) first = &verified;
    }
    if (voices.count() >= Needed(role)) return first;
  }
  return nullptr;
}

const Condition* FindWaiver(const VerdictBook& book, std::string_view item,
                            std::string_view template_hash, Time now) {
  if (item.empty()) return nullptr;
  for (const Judged& go : JudgeAll(book, template_hash, now)) {
    if (go.lapse != Lapse::kCounts) continue;
    for (const Condition& condition : go.verified->statement().conditions) {
      if (condition.item == item && now < condition.due) return &condition;
    }
  }
  return nullptr;
}

Time NextChange(const VerdictBook& book, Time now) {
  Time next = base::kNever;
  const auto add = [&](Time instant) {
    if (instant > now) next = std::min(next, instant);
  };
  for (const VerifiedStatement& verified : book.latest) AddInstants(verified, add);
  for (const VerifiedStatement& verified : book.break_glass) AddInstants(verified, add);
  return next;
}

std::optional<Time> GoUntil(const VerdictBook& book, std::string_view template_hash, Time now) {
  if (!CheckVerdicts(book, template_hash, now).empty()) return std::nullopt;
  // Not simply the earliest end: with more Gos than the quorum needs, some may
  // end without ending the approval.
  Time instant = NextChange(book, now);
  while (instant != base::kNever && CheckVerdicts(book, template_hash, instant).empty()) {
    instant = NextChange(book, instant);
  }
  return instant;
}

}  // namespace launchgate::verdict
