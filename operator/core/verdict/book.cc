// Which statements speak for each signer.
#include <algorithm>
#include <utility>
#include <variant>

#include "core/base/text.h"
#include "core/verdict/standing.h"

namespace launchgate::verdict {
namespace {

bool SameWhereKnown(const std::string& expected, const std::string& stated, Origin origin) {
  if (expected.empty()) return origin == Origin::kFiles;
  return expected == stated;
}

std::optional<Rejection> CheckBelongs(const VerifiedStatement& verified, const Subject& expected,
                                      Origin origin) {
  const Subject& about = verified.statement().subject;
  if (!SameWhereKnown(expected.cluster_id, about.cluster_id, origin)) {
    return Rejection{rejection::kOtherCluster, "was signed for another cluster",
                     verified.object_name()};
  }
  const bool same_review = about.review_ns == expected.review_ns &&
                           about.review_name == expected.review_name &&
                           SameWhereKnown(expected.review_uid, about.review_uid, origin);
  const bool same_target =
      verified.statement().answer != Answer::kBreakGlass || about.target == expected.target;
  if (same_review && same_target) return std::nullopt;
  return Rejection{rejection::kOtherReview,
                   "was signed for the review " +
                       base::Quote(about.review_ns + "/" + about.review_name) + " with the UID " +
                       base::Quote(about.review_uid) + " and the target " +
                       base::Quote(about.target.Word()),
                   verified.object_name()};
}

// Collects what may count and keeps the rejections within their bound.
class BookBuilder {
 public:
  BookBuilder(VerdictBook& book, const std::map<std::string, std::int64_t>& highest_seen)
      : book_(book), highest_claimed_(highest_seen) {
    book_.highest_sequences = highest_seen;
  }

  void Reject(Rejection rejection) {
    if (book_.rejected.size() < kMaxRejections) book_.rejected.push_back(std::move(rejection));
  }

  void Accept(VerifiedStatement verified) {
    verified.ForgetFindings();
    const Statement& statement = verified.statement();
    if (statement.answer == Answer::kBreakGlass) {
      book_.break_glass.push_back(std::move(verified));
      return;
    }
    Raise(highest_claimed_, statement);
    if (!IsRevokedGo(verified)) Raise(book_.highest_sequences, statement);
    candidates_.push_back(std::move(verified));
  }

  void Finish() {
    for (VerifiedStatement& candidate : candidates_) {
      if (const std::int64_t later = SupersededBy(candidate); later > 0) {
        Reject({rejection::kSuperseded,
                "sequence " + std::to_string(candidate.statement().sequence) + " of " +
                    base::Quote(candidate.statement().identity) + " is superseded by " +
                    std::to_string(later),
                candidate.object_name()});
      } else {
        AddLatest(std::move(candidate));
      }
    }
  }

 private:
  using Sequences = std::map<std::string, std::int64_t>;

  static void Raise(Sequences& highest, const Statement& statement) {
    std::int64_t& value = highest[statement.identity];
    value = std::max(value, statement.sequence);
  }

  // Whoever holds a revoked key must not be able to take back a NoGo with it.
  static bool IsRevokedGo(const VerifiedStatement& verified) {
    return verified.key().revoked && verified.statement().answer == Answer::kGo;
  }

  // The sequence that supersedes, 0 for none.
  std::int64_t SupersededBy(const VerifiedStatement& verified) const {
    const Statement& statement = verified.statement();
    const Sequences& highest =
        statement.answer == Answer::kNoGo ? book_.highest_sequences : highest_claimed_;
    const std::int64_t sequence = highest.at(statement.identity);
    return statement.sequence < sequence ? sequence : 0;
  }

  void AddLatest(VerifiedStatement candidate) {
    const Statement& statement = candidate.statement();
    for (const VerifiedStatement& other : book_.latest) {
      if (other.statement().identity != statement.identity) continue;
      if (other.statement().sequence != statement.sequence) continue;
      // The same document stored twice says nothing new.
      if (other.statement() == statement && other.fingerprint() == candidate.fingerprint()) return;
      if (other.statement() != statement) AddConflict(statement.identity);
    }
    book_.latest.push_back(std::move(candidate));
  }

  void AddConflict(const std::string& identity) {
    std::vector<std::string>& list = book_.conflicting;
    if (std::find(list.begin(), list.end(), identity) == list.end()) list.push_back(identity);
  }

  VerdictBook& book_;
  Sequences highest_claimed_;  // Also raised by a Go of a revoked key: it ends older Gos.
  std::vector<VerifiedStatement> candidates_;
};

}  // namespace

VerdictBook BuildBook(const std::vector<resources::LaunchVerdict>& verdicts,
                      const TrustedAuthority& authority, const Subject& expected,
                      const std::map<std::string, std::int64_t>& highest_seen,
                      const SignatureVerifier& verifier, Origin origin) {
  VerdictBook book;
  book.expected = expected;
  book.roles = authority.roles;
  BookBuilder builder(book, highest_seen);
  for (const resources::LaunchVerdict& verdict : verdicts) {
    auto opened = Open(verdict, authority, verifier);
    if (auto* rejection = std::get_if<Rejection>(&opened)) {
      builder.Reject(std::move(*rejection));
      continue;
    }
    for (VerifiedStatement& verified : std::get<std::vector<VerifiedStatement>>(opened)) {
      auto stranger = CheckBelongs(verified, expected, origin);
      if (stranger) {
        builder.Reject(std::move(*stranger));
      } else {
        builder.Accept(std::move(verified));
      }
    }
  }
  builder.Finish();
  return book;
}

}  // namespace launchgate::verdict
