// Everything the webhook needs to answer, in one immutable value. A new one is
// built when objects change and swapped in atomically; readers take no lock
// that a writer can hold.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/decision/change.h"
#include "core/decision/facts.h"

namespace launchgate::decision {

// Thread-safe: nothing can change it. Lookups do not allocate.
class GateIndex {
 public:
  // An index that knows nothing and is not ready: every launch is denied.
  GateIndex() = default;

  GateMode ModeOf(std::string_view ns) const;  // kUnknown for a namespace not seen.
  const TargetFacts* Find(const resources::TargetRef& target) const;  // Null: no review.
  const Health& health() const { return health_; }
  std::size_t review_count() const { return review_count_; }

  class Builder;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct TargetHash {
    std::size_t operator()(const resources::TargetRef& target) const noexcept;
  };
  Health health_;
  std::size_t review_count_ = 0;
  std::unordered_map<std::string, GateMode, TextHash, std::equal_to<>> modes_;
  std::unordered_map<resources::TargetRef, TargetFacts, TargetHash> targets_;
};

// Collects, then gives the index away. Not thread-safe. `facts` are shared, so
// an index in which one review changed costs one review and two tables.
class GateIndex::Builder {
 public:
  Builder& SetHealth(Health health);
  Builder& AddNamespace(std::string name, GateMode mode);        // The last one of a name counts.
  Builder& AddReview(std::shared_ptr<const ReviewFacts> facts);  // Requires facts.
  std::shared_ptr<const GateIndex> Build() &&;

 private:
  std::shared_ptr<GateIndex> index_ = std::make_shared<GateIndex>();
};

}  // namespace launchgate::decision
