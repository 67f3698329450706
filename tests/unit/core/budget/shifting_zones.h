// Time zones whose clocks are set forward and back, without a database.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/budget/time_zone.h"

namespace launchgate::budget {

// From `at` on the zone is `offset` ahead of UTC.
struct Shift {
  base::Time at{};
  std::chrono::seconds offset{};
};

// The first shift says what holds before all others.
class ShiftingZone final : public TimeZone {
 public:
  explicit ShiftingZone(std::vector<Shift> shifts) : shifts_(std::move(shifts)) {}

  WallInstants InstantsOf(WallTime wall) const override {
    std::vector<base::Time> found;
    for (const Shift& shift : shifts_) {
      const base::Time instant(wall.time_since_epoch() - shift.offset);
      const bool known = std::ranges::find(found, instant) != found.end();
      if (!known && OffsetAt(instant) == shift.offset) found.push_back(instant);
    }
    if (found.empty()) return Gap(wall);
    const auto [first, last] = std::ranges::minmax(found);
    return {first == last ? WallInstants::Kind::kOnce : WallInstants::Kind::kTwice, first, last};
  }

  WallTime WallAt(base::Time instant) const override {
    return WallTime(std::chrono::floor<std::chrono::seconds>(instant.time_since_epoch()) +
                    OffsetAt(instant));
  }

 private:
  std::chrono::seconds OffsetAt(base::Time instant) const {
    std::chrono::seconds offset = shifts_.front().offset;
    for (const Shift& shift : shifts_) {
      if (shift.at <= instant) offset = shift.offset;
    }
    return offset;
  }

  // The wall time is between what the clock shows before and after a shift.
  WallInstants Gap(WallTime wall) const {
    for (std::size_t i = 1; i < shifts_.size(); ++i) {
      const auto instant = shifts_[i].at.time_since_epoch();
      if (instant + shifts_[i - 1].offset <= wall.time_since_epoch() &&
          wall.time_since_epoch() < instant + shifts_[i].offset) {
        return {WallInstants::Kind::kNever, shifts_[i].at, shifts_[i].at};
      }
    }
    return {};
  }

  std::vector<Shift> shifts_;
};

// Etc/UTC; Europe/Zurich in 2026 and 2027; Atlantic/Azores in 2026, where the
// clock goes back from 01:00 to 00:00, so that one midnight comes twice; and
// America/Santiago of 2026, where one midnight is skipped.
class ShiftingZones final : public TimeZones {
 public:
  ShiftingZones() {
    using std::chrono::hours;
    Add("Etc/UTC", {{"1970-01-01T00:00:00Z", hours(0)}});
    Add("Europe/Zurich", {{"1970-01-01T00:00:00Z", hours(1)},
                          {"2026-03-29T01:00:00Z", hours(2)},
                          {"2026-10-25T01:00:00Z", hours(1)},
                          {"2027-03-28T01:00:00Z", hours(2)}});
    Add("Atlantic/Azores", {{"1970-01-01T00:00:00Z", hours(-1)},
                            {"2026-03-29T01:00:00Z", hours(0)},
                            {"2026-10-25T01:00:00Z", hours(-1)}});
    Add("America/Santiago", {{"1970-01-01T00:00:00Z", hours(-3)},
                             {"2026-04-05T03:00:00Z", hours(-4)},
                             {"2026-09-06T04:00:00Z", hours(-3)}});
  }

  base::Result<std::shared_ptr<const TimeZone>> Find(std::string_view iana_name) const override {
    const auto found = zones_.find(iana_name);
    if (found != zones_.end()) return found->second;
    return base::Fail(base::ErrorKind::kNotFound, "there is no such time zone");
  }

 private:
  void Add(const char* name, const std::vector<std::pair<const char*, std::chrono::hours>>& rows) {
    std::vector<Shift> shifts;
    for (const auto& [at, offset] : rows) shifts.push_back({*base::ParseTime(at), offset});
    zones_.emplace(name, std::make_shared<ShiftingZone>(std::move(shifts)));
  }

  std::map<std::string, std::shared_ptr<const TimeZone>, std::less<>> zones_;
};

}  // namespace launchgate::budget
