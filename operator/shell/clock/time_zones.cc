#include "shell/clock/time_zones.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <fstream>
#include <iterator>

#include "core/base/text.h"

namespace launchgate::clock {
namespace {

using base::ErrorKind;
using budget::WallInstants;
using budget::WallTime;
using std::chrono::seconds;

// Where the library looks first.
constexpr std::string_view kDatabase = "/usr/share/zoneinfo/";
// Whatever clock changes a zone still has, files that are written out in full have one later.
constexpr date::sys_seconds kWrittenOutUntil = date::sys_days(date::year(2037) / 1 / 1);
constexpr std::size_t kMaxZoneFileBytes = 64U << 10U;

base::Time InstantOf(WallTime wall, seconds offset) {
  return base::Time(wall.time_since_epoch() - offset);
}

class Zone final : public budget::TimeZone {
 public:
  explicit Zone(const date::time_zone& zone) : zone_(zone) {}

  WallInstants InstantsOf(WallTime wall) const override {
    const date::local_info info = zone_.get_info(date::local_seconds(wall.time_since_epoch()));
    if (info.result == date::local_info::nonexistent) {
      const base::Time change(info.first.end.time_since_epoch());
      return {WallInstants::Kind::kNever, change, change};
    }
    const base::Time first = InstantOf(wall, info.first.offset);
    if (info.result == date::local_info::unique) return {WallInstants::Kind::kOnce, first, first};
    return {WallInstants::Kind::kTwice, first, InstantOf(wall, info.second.offset)};
  }

  WallTime WallAt(base::Time instant) const override {
    const auto whole = std::chrono::floor<seconds>(instant).time_since_epoch();
    return WallTime(whole + zone_.get_info(date::sys_seconds(whole)).offset);
  }

 private:
  const date::time_zone& zone_;  // Of the library's database, which is never given back.
};

// The last line of a zone's file says in words how its clocks go on for ever
// ("CET-1CEST,M3.5.0,M10.5.0/3"); a comma is about changes. Empty when the
// library found the database somewhere else.
bool ChangesForEver(const std::string& name) {
  std::ifstream file(std::string(kDatabase) + name, std::ios::binary);
  std::string content;
  for (std::istreambuf_iterator<char> byte(file), end;
       byte != end && content.size() < kMaxZoneFileBytes; ++byte) {
    content += *byte;
  }
  if (content.empty() || content.back() != '\n') return false;
  const std::size_t line = content.rfind('\n', content.size() - 2);
  return line != std::string::npos && content.find(',', line) != std::string::npos;
}

bool IsWrittenOut(const date::time_zone& zone) {
  const bool changes_later =
      zone.get_info(kWrittenOutUntil).end < date::sys_days(date::year::max() / 1 / 1);
  return changes_later || !ChangesForEver(zone.name());
}

// Whether there is a database; it is read by the first call.
base::Status CheckDatabase() {
  std::string why = "there are none in " + std::string(kDatabase);
  try {
    if (!date::get_tzdb().zones.empty()) return {};
  } catch (const std::exception& error) {
    why = base::Printable(error.what(), base::kMaxQuotedBytes);
  }
  return base::Fail(ErrorKind::kUnavailable, "the time zones of this machine cannot be read: " +
                                                 why + "; install the package tzdata");
}

base::Result<std::shared_ptr<const budget::TimeZone>> Load(const std::string& name) {
  const base::Status database = CheckDatabase();
  if (!database) return tl::unexpected(database.error());
  const date::time_zone* zone = nullptr;
  try {
    // A name without '/' that begins small is a file that belongs to the machine.
    if (!name.empty() && name.front() >= 'A' && name.front() <= 'Z') {
      zone = date::locate_zone(name);
    }
  } catch (const std::exception&) {
    zone = nullptr;  // What it throws says less than the sentence below.
  }
  if (zone == nullptr) {
    return base::Fail(ErrorKind::kNotFound,
                      fmt::format("there is no time zone {}; write a name of the IANA database, "
                                  "such as \"Europe/Zurich\"",
                                  base::Quote(name)));
  }
  try {
    if (IsWrittenOut(*zone)) return std::make_shared<const Zone>(*zone);
  } catch (const std::exception& error) {
    return base::Fail(
        ErrorKind::kUnavailable,
        fmt::format("the time zone {} cannot be read: {}; install the package tzdata "
                    "anew",
                    base::Quote(name), base::Printable(error.what(), base::kMaxQuotedBytes)));
  }
  return base::Fail(ErrorKind::kUnavailable,
                    fmt::format("the time zone {} is stored without its coming changes; install a "
                                "tzdata that was built with zic -b fat, as Debian's is",
                                base::Quote(name)));
}

}  // namespace

base::Result<std::shared_ptr<const budget::TimeZone>> SystemTimeZones::Find(
    std::string_view iana_name) const {
  const std::lock_guard lock(mutex_);
  const auto known = zones_.find(iana_name);
  if (known != zones_.end()) return known->second;
  auto loaded = Load(std::string(iana_name));
  if (loaded) zones_.emplace(std::string(iana_name), *loaded);
  return loaded;
}

}  // namespace launchgate::clock
