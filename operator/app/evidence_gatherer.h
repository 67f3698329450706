// Gathers the findings of one review: reads what the evidence entries name,
// hands it to the verifiers, and remembers the result until its source changes,
// its time is up, or it is due to be looked at again.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/evidence/fetcher.h"
#include "core/evidence/finding.h"
#include "core/evidence/verify.h"
#include "core/resources/launch_review.h"

namespace launchgate::app {

// Documents inside the cluster. Thread-safe.
class DocumentSource {
 public:
  virtual ~DocumentSource() = default;
  // Changes whenever the object does; empty when there is none. Answers from
  // memory.
  virtual std::string VersionOf(const std::string& ns, const std::string& config_map) const = 0;
  // kNotFound when the object or the key does not exist.
  virtual base::Result<evidence::Document> Read(const std::string& ns,
                                                const std::string& config_map,
                                                const std::string& key) = 0;
};

struct Gathered {
  std::map<std::string, evidence::Finding> findings;  // Per item id.
  base::Time next = base::kNever;                     // When looking again may give something else.
};

// Thread-safe for different reviews; one review is gathered by one thread at a
// time (the work queue sees to that).
class EvidenceGatherer {
 public:
  EvidenceGatherer(DocumentSource& documents, evidence::PageFetcher& pages, std::uint64_t seed);

  Gathered Gather(const resources::LaunchReview& review, base::Time now);
  // The review is gone: forget its findings.
  void Forget(const std::string& review_key);

 private:
  // One remembered finding and what it was made of.
  struct Known {
    std::string made_of;  // uid, generation and source version.
    evidence::Finding finding;
    base::Time next = base::kNever;
  };
  using KnownItems = std::map<std::string, Known>;

  Known Judge(const resources::LaunchReview& review, const resources::EvidenceEntry& entry,
              const Known* before, base::Time now);
  Known JudgeLoadTest(const resources::LaunchReview& review, const resources::LoadTestSpec& spec,
                      const Known* before, base::Time now);
  Known JudgeRunbook(const resources::LaunchReview& review, const resources::RunbookSpec& spec,
                     const Known* before, base::Time now);
  std::string MadeOf(const resources::LaunchReview& review,
                     const resources::EvidenceEntry& entry) const;
  base::Duration Jittered(base::Duration interval);

  DocumentSource& documents_;
  evidence::PageFetcher& pages_;

  std::mutex mutex_;  // Guards what follows.
  std::map<std::string, KnownItems> known_;
  std::mt19937_64 random_;
};

}  // namespace launchgate::app
