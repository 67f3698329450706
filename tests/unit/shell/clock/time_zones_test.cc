#include "shell/clock/time_zones.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace launchgate::clock {
namespace {

using budget::WallInstants;
using budget::WallTime;
using Kind = WallInstants::Kind;
using std::chrono::hours;
using std::chrono::minutes;

std::shared_ptr<const budget::TimeZone> Zone(const std::string& name) {
  static const SystemTimeZones zones;
  const auto zone = zones.Find(name);
  EXPECT_TRUE(zone) << zone.error().message;
  return zone.value_or(nullptr);
}

WallTime Wall(int year, int month, int day, minutes time) {
  return std::chrono::local_days(std::chrono::year(year) / month / day) + time;
}

struct ChangeRow {
  const char* name;
  const char* zone;
  WallTime wall;
  Kind kind;
  const char* first;
  const char* last;
};

class WallInstantsTest : public ::testing::TestWithParam<ChangeRow> {};

TEST_P(WallInstantsTest, AreThoseOfTheDatabase) {
  const ChangeRow& row = GetParam();

  const WallInstants instants = Zone(row.zone)->InstantsOf(row.wall);

  EXPECT_EQ(instants.kind, row.kind);
  EXPECT_EQ(base::FormatTime(instants.first), row.first);
  EXPECT_EQ(base::FormatTime(instants.last), row.last);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WallInstantsTest,
    ::testing::Values(
        ChangeRow{"ZurichInWinter", "Europe/Zurich", Wall(2026, 11, 23, hours(9)), Kind::kOnce,
                  "2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"},
        ChangeRow{"ZurichLeapsForward", "Europe/Zurich", Wall(2026, 3, 29, minutes(150)),
                  Kind::kNever, "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"},
        ChangeRow{"ZurichGoesBack", "Europe/Zurich", Wall(2026, 10, 25, minutes(150)), Kind::kTwice,
                  "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
        ChangeRow{"ZurichAfterItWentBack", "Europe/Zurich", Wall(2026, 10, 25, hours(3)),
                  Kind::kOnce, "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"},
        ChangeRow{"LordHoweLeapsHalfAnHour", "Australia/Lord_Howe",
                  Wall(2026, 10, 4, minutes(2 * 60 + 15)), Kind::kNever, "2026-10-03T15:30:00Z",
                  "2026-10-03T15:30:00Z"},
        ChangeRow{"LordHoweGoesBackHalfAnHour", "Australia/Lord_Howe",
                  Wall(2026, 4, 5, minutes(60 + 45)), Kind::kTwice, "2026-04-04T14:45:00Z",
                  "2026-04-04T15:15:00Z"},
        ChangeRow{"SaoPauloSkippedMidnight", "America/Sao_Paulo", Wall(2018, 11, 4, minutes(0)),
                  Kind::kNever, "2018-11-04T03:00:00Z", "2018-11-04T03:00:00Z"},
        ChangeRow{"ApiaSkippedADay", "Pacific/Apia", Wall(2011, 12, 30, hours(12)), Kind::kNever,
                  "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
        ChangeRow{"TheLastYearThatIsKnown", "America/New_York", Wall(2037, 7, 1, hours(12)),
                  Kind::kOnce, "2037-07-01T16:00:00Z", "2037-07-01T16:00:00Z"},
        ChangeRow{"Utc", "UTC", Wall(2026, 3, 29, minutes(150)), Kind::kOnce,
                  "2026-03-29T02:30:00Z", "2026-03-29T02:30:00Z"}),
    [](const auto& row) { return row.param.name; });

TEST(SystemTimeZonesTest, ShowTheWallAndCutFractions) {
  const base::Time instant = *base::ParseTime("2026-03-29T00:59:59.999Z");

  EXPECT_EQ(Zone("Europe/Zurich")->WallAt(instant),
            Wall(2026, 3, 29, hours(1)) + std::chrono::seconds(59 * 60 + 59));
  EXPECT_EQ(Zone("Europe/Zurich")->WallAt(instant + std::chrono::milliseconds(1)),
            Wall(2026, 3, 29, hours(3)));
}

TEST(SystemTimeZonesTest, KnowOnlyNamesOfTheIanaDatabase) {
  const SystemTimeZones zones;

  for (const char* name : {"Europe/Atlantis", "localtime", "posixrules", "right/UTC", "posix/UTC",
                           "leapseconds", "../passwd", "Europe/../UTC", "/etc/localtime", "Europe",
                           "europe/zurich", "", " UTC", "CET-1CEST"}) {
    const auto zone = zones.Find(name);

    ASSERT_FALSE(zone) << name;
    EXPECT_EQ(zone.error().kind, base::ErrorKind::kNotFound) << name;
    EXPECT_NE(zone.error().message.find("IANA"), std::string::npos) << name;
  }
  EXPECT_FALSE(zones.Find(std::string("UTC\0", 4)));
}

TEST(SystemTimeZonesTest, RememberWhatTheyFound) {
  const SystemTimeZones zones;

  EXPECT_EQ(*zones.Find("Europe/Zurich"), *zones.Find("Europe/Zurich"));
}

TEST(SystemTimeZonesTest, AreAskedByManyThreads) {
  const SystemTimeZones zones;
  std::vector<std::jthread> threads;
  std::atomic<int> found = 0;

  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (const char* name : {"Asia/Tokyo", "Europe/Paris", "America/Lima", "Africa/Cairo"}) {
        const auto zone = zones.Find(name);
        if (zone && (*zone)->InstantsOf(Wall(2026, 3, 1, hours(1))).kind == Kind::kOnce) ++found;
      }
    });
  }
  threads.clear();

  EXPECT_EQ(found, 32);
}

}  // namespace
}  // namespace launchgate::clock
