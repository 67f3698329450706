#include "core/decision/gate_index.h"

#include <algorithm>
#include <utility>

namespace launchgate::decision {

std::size_t GateIndex::TargetHash::operator()(const resources::TargetRef& target) const noexcept {
  const std::hash<std::string_view> hash;
  std::size_t value = hash(target.name);
  // 31 is odd, so that no bits of the name are lost.
  value = value * 31 + hash(target.ns);
  return value * 31 + static_cast<std::size_t>(target.kind);
}

GateMode GateIndex::ModeOf(std::string_view ns) const {
  const auto found = modes_.find(ns);
  return found == modes_.end() ? GateMode::kUnknown : found->second;
}

const TargetFacts* GateIndex::Find(const resources::TargetRef& target) const {
  const auto found = targets_.find(target);
  return found == targets_.end() ? nullptr : &found->second;
}

GateIndex::Builder& GateIndex::Builder::SetHealth(Health health) {
  index_->health_ = std::move(health);
  return *this;
}

GateIndex::Builder& GateIndex::Builder::AddNamespace(std::string name, GateMode mode) {
  index_->modes_[std::move(name)] = mode;
  return *this;
}

GateIndex::Builder& GateIndex::Builder::AddReview(std::shared_ptr<const ReviewFacts> facts) {
  // In the order of their names, so that two replicas complain in the same words.
  auto& reviews = index_->targets_[facts->target].reviews;
  const auto place = std::upper_bound(
      reviews.begin(), reviews.end(), facts,
      [](const auto& left, const auto& right) { return left->name < right->name; });
  reviews.insert(place, std::move(facts));
  ++index_->review_count_;
  return *this;
}

std::shared_ptr<const GateIndex> GateIndex::Builder::Build() && { return std::move(index_); }

}  // namespace launchgate::decision
