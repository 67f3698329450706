// The time zones of this machine.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/budget/time_zone.h"

namespace launchgate::clock {

// Reads /usr/share/zoneinfo (the Debian package tzdata); downloads nothing. The
// database is read once, so changed rules count after a restart. Rules are known
// until the end of 2037: that is how far such files are written out, and what
// they say beyond that in words is not read; later the last offset holds. A zone
// that is written out less far (zic -b slim) is kUnavailable, because its clock
// changes would be missed.
//
// `localtime` and the like are no zones here: they differ from machine to machine.
class SystemTimeZones final : public budget::TimeZones {
 public:
  base::Result<std::shared_ptr<const budget::TimeZone>> Find(
      std::string_view iana_name) const override;

 private:
  mutable std::mutex mutex_;  // Guards zones_, which holds what was found so far.
  mutable std::map<std::string, std::shared_ptr<const budget::TimeZone>, std::less<>> zones_;
};

}  // namespace launchgate::clock
