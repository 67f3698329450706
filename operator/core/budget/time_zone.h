// What core asks about time zones. The database is a thing of the machine, so
// it is read elsewhere (shell/clock) and passed in.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace launchgate::budget {

// What a clock on the wall of a zone shows. It may be shown twice a year, or never.
using WallTime = std::chrono::local_time<std::chrono::seconds>;

// When the wall clock shows a time.
struct WallInstants {
  enum class Kind {
    kOnce,   // first == last.
    kNever,  // A gap skips it: both are the instant at which clocks are set forward.
    kTwice,  // An overlap repeats it.
  };
  Kind kind = Kind::kOnce;
  base::Time first{};
  base::Time last{};
};

// Immutable, thread-safe.
class TimeZone {
 public:
  virtual ~TimeZone() = default;
  virtual WallInstants InstantsOf(WallTime wall) const = 0;
  virtual WallTime WallAt(base::Time instant) const = 0;  // Fractions of a second are cut.
};

// The zones of the IANA database. Thread-safe.
class TimeZones {
 public:
  virtual ~TimeZones() = default;
  // kNotFound: no zone has this name. kUnavailable: the database cannot be read.
  virtual base::Result<std::shared_ptr<const TimeZone>> Find(std::string_view iana_name) const = 0;
};

}  // namespace launchgate::budget
