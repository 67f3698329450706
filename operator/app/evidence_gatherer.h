// Gathers the findings of one review: reads what the evidence entries need,
// judges it, and remembers the result until a source changes, its time is up, or
// it is due to be looked at again.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/evidence_sources.h"
#include "core/base/time.h"
#include "core/evidence/finding.h"
#include "core/evidence/judge.h"
#include "core/resources/launch_review.h"
#include "core/verdict/open.h"
#include "shell/clock/clock.h"

namespace launchgate::app {

// Told about every finding that was made anew. Thread-safe; must not call back.
class EvidenceObserver {
 public:
  virtual ~EvidenceObserver() = default;
  // `kind`: "loadTest", …, or "unknown". `seconds`: reading and judging.
  virtual void OnVerified(std::string_view kind, double seconds) = 0;
  // How many findings of the kind stand at each status now.
  virtual void OnFindings(std::string_view kind, evidence::FindingStatus status, double count) = 0;
};

struct Gathered {
  std::map<std::string, evidence::Finding> findings;  // Per item id.
  base::Time next = base::kNever;                     // When looking again may give something else.
};

// A pass survives this many failures in a row for reasons of the network; the
// next one replaces it by Unknown. A definite answer counts at once.
inline constexpr int kToleratedFailures = 1;
// After a source could not be read, sooner than the usual recheck.
inline constexpr base::Duration kRetryUnreadable = std::chrono::seconds(30);

inline constexpr base::Duration kDefaultMinRecheckEvery = std::chrono::seconds(30);

// A new value of this annotation of a review makes everything that is not watched
// due at once: for people who mended something and do not want to wait.
inline constexpr std::string_view kRecheckAnnotation = "launchgate.dev/recheck";

// What the gatherer works with; all of it outlives the gatherer.
struct EvidenceGathererParts {
  EvidenceSources& sources;
  evidence::JudgeTools tools;
  const clock::Clock& clock;             // Only to measure how long it takes.
  EvidenceObserver* observer = nullptr;  // May be null.
  // Reviews that ask for more frequent rechecks get this one.
  base::Duration min_recheck_every = kDefaultMinRecheckEvery;
  std::uint64_t seed = 0;
};

// Thread-safe for different reviews; one review is gathered by one thread at a
// time (the work queue sees to that).
class EvidenceGatherer {
 public:
  explicit EvidenceGatherer(const EvidenceGathererParts& parts);

  // `authority` is null when the review's authority does not exist;
  // `authority_version` changes whenever it does.
  Gathered Gather(const resources::LaunchReview& review, const verdict::TrustedAuthority* authority,
                  std::string_view authority_version, base::Time now);
  // The review is gone: forget its findings.
  void Forget(const std::string& review_key);

  // Keys of the reviews whose evidence depends on what `watch_name` names.
  std::vector<std::string> ReadersOf(const std::string& watch_name) const;
  // The same for everything whose watch name begins so ("Job.batch ").
  std::vector<std::string> ReadersOfAny(std::string_view watch_prefix) const;

 private:
  // One remembered finding and what it was made of.
  struct Known {
    std::string kind;
    std::string made_of;  // uid, generation and the versions of watched sources.
    evidence::Finding finding;
    int failures = 0;       // In a row, for reasons of the network.
    std::string asked_by;   // Value of kRecheckAnnotation.
    bool recalled = false;  // From the review's status, not looked at by this process.
    base::Time next = base::kNever;
  };
  struct KnownReview {
    std::map<std::string, Known> items;
    std::set<std::string> watch_names;
  };

  // The passes that an earlier process recorded, each due within its recheck: a
  // restart must not ask every server at once.
  std::map<std::string, Known> Recall(const resources::LaunchReview& review, base::Time now);
  Known Look(const evidence::Question& question, const Known* before,
             std::string_view authority_version, base::Time now);
  // Reads everything that the question needs and judges it.
  Known Verify(const evidence::Question& question, base::Time now);
  void Settle(const Known& before, base::Time now, Known& known) const;
  std::string MadeOf(const evidence::Question& question, std::string_view authority_version);
  void Watch(const resources::LaunchReview& review, const verdict::TrustedAuthority* authority);
  void WatchLocked(const std::string& review_key, std::set<std::string> names);
  void CountLocked(const Known& known, int change);
  base::Duration Jittered(base::Duration interval);
  base::Duration Anytime(base::Duration within);

  const EvidenceGathererParts parts_;

  mutable std::mutex mutex_;  // Guards what follows.
  std::map<std::string, KnownReview> known_;
  std::map<std::string, std::set<std::string>> readers_;                  // Per watch name.
  std::map<std::string, std::map<evidence::FindingStatus, int>> counts_;  // Per kind.
  std::mt19937_64 random_;
};

}  // namespace launchgate::app
