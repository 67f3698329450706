// A database of zones whose clocks leap where a test says so.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/budget/time_zone.h"

namespace launchgate::budget {

// From an instant on, the wall clock is ahead of UTC by an offset; before all of
// them by the first. Searches every stretch of constant offset for a wall time.
class LeapingZone final : public TimeZone {
 public:
  using Offsets = std::vector<std::pair<base::Time, std::chrono::minutes>>;
  explicit LeapingZone(Offsets offsets) : offsets_(std::move(offsets)) {}

  WallInstants InstantsOf(WallTime wall) const override {
    std::vector<base::Time> shown;
    base::Time leap{};
    for (std::size_t i = 0; i < offsets_.size(); ++i) {
      const base::Time candidate(wall.time_since_epoch() - offsets_[i].second);
      const bool begun = i == 0 || candidate >= offsets_[i].first;
      const bool over = i + 1 < offsets_.size() && candidate >= offsets_[i + 1].first;
      if (begun && !over) shown.push_back(candidate);
      if (!begun && leap == base::Time()) leap = offsets_[i].first;
    }
    if (shown.empty()) return {WallInstants::Kind::kNever, leap, leap};
    const auto kind = shown.size() == 1 ? WallInstants::Kind::kOnce : WallInstants::Kind::kTwice;
    return {kind, shown.front(), shown.back()};
  }

  WallTime WallAt(base::Time instant) const override {
    std::chrono::minutes offset = offsets_.front().second;
    for (const auto& [from, ahead] : offsets_) {
      if (from <= instant) offset = ahead;
    }
    return WallTime(std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch() + offset);
  }

 private:
  Offsets offsets_;
};

// kNotFound for every other name; kUnavailable for all once Break() was called.
class LeapingZones final : public TimeZones {
 public:
  LeapingZones& Add(const std::string& name, LeapingZone::Offsets offsets) {
    zones_[name] = std::make_shared<LeapingZone>(std::move(offsets));
    return *this;
  }
  void Break() { broken_ = true; }

  base::Result<std::shared_ptr<const TimeZone>> Find(std::string_view iana_name) const override {
    if (broken_) return base::Fail(base::ErrorKind::kUnavailable, "no database here");
    const auto found = zones_.find(std::string(iana_name));
    if (found != zones_.end()) return found->second;
    return base::Fail(base::ErrorKind::kNotFound, "there is no such zone");
  }

 private:
  std::map<std::string, std::shared_ptr<const TimeZone>> zones_;
  bool broken_ = false;
};

}  // namespace launchgate::budget
