// 2,000 changes while the watch is broken 100 times: 50 times the version has
// expired (410) and 50 times the connection is cut. Nothing may be missed.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <random>
#include <set>

#include "tests/component/kube/informer_fixture.h"

namespace launchgate::kube {
namespace {

using test_support::Cut;
using test_support::GoneStyle;
using test_support::StoreEvent;

constexpr int kChanges = 2'000;
constexpr int kFaults = 100;
constexpr int kNames = 150;

std::uint64_t Number(const std::string& version) { return std::stoull(version); }

class InformerSurvivalTest : public InformerTest {
 protected:
  // A create, an update or a delete of one of kNames objects.
  void MakeOneChange() {
    const std::string name = "object-" + std::to_string(random_() % kNames);
    if (server_.Get(kConfigMaps, {"shop", name}).code != 200) {
      ASSERT_EQ(server_.Create(kConfigMaps, ConfigMap(name, ++value_)).code, 201);
    } else if (random_() % 4 == 0) {
      ASSERT_EQ(server_.Delete(kConfigMaps, {"shop", name}).code, 200);
    } else {
      ASSERT_EQ(server_.Replace(kConfigMaps, ConfigMap(name, ++value_)).code, 200);
    }
  }

  // Breaks the open watch in one of the five ways, the 410s and the cuts in turn.
  void MakeOneFault(int number) {
    ASSERT_TRUE(server_.WaitForWatches(1, "configmaps"));
    if (number % 2 == 0) {
      const Cut how = number % 4 == 0 ? Cut::kNow : Cut::kMidEvent;
      ASSERT_EQ(server_.CutWatches(how), 1);
      ++cuts_;
    } else if (number % 3 == 0) {
      ASSERT_EQ(server_.ExpireWatches(), 1);
      ++expiries_;
    } else {
      // The watch is lost, and when it comes back its version is too old.
      server_.Compact(number % 3 == 1 ? GoneStyle::kStatus : GoneStyle::kEvent);
      ASSERT_EQ(server_.CutWatches(Cut::kNow), 1);
      ++expiries_;
    }
  }

  std::mt19937 random_{42};
  int value_ = 0;
  int cuts_ = 0;
  int expiries_ = 0;
};

// A change counts as missed unless the handlers were told of it, or a list
// skipped it: between two events of the watches no version may be left out.
struct Tally {
  int observed = 0;
  int superseded = 0;
  int missed = 0;
  int missed_deletions = 0;  // Objects the handlers knew and never saw go.
};

class Audit {
 public:
  explicit Audit(const std::vector<InformerLog::Entry>& entries) {
    std::uint64_t position = 0;  // Everything up to here is accounted for.
    for (const InformerLog::Entry& entry : entries) {
      if (!entry.listed.empty()) {
        skipped_by_list_.emplace_back(position, Number(entry.listed));
        position = Number(entry.listed);
        continue;
      }
      const ObjectMeta& meta = entry.change.meta;
      (entry.change.after ? known_ : gone_).insert(meta.uid);
      observed_.insert(Number(meta.resource_version));
      position = std::max(position, Number(meta.resource_version));
    }
  }

  Tally Count(const std::vector<StoreEvent>& history) const {
    Tally tally;
    for (const StoreEvent& event : history) {
      const std::string uid = (*event.object)["metadata"]["uid"];
      const bool gone = event.type == "DELETED";
      if (gone && known_.contains(uid) && !gone_.contains(uid)) ++tally.missed_deletions;
      ++(observed_.contains(event.version) ? tally.observed
         : WasSkippedByList(event.version) ? tally.superseded
                                           : tally.missed);
    }
    return tally;
  }

 private:
  bool WasSkippedByList(std::uint64_t version) const {
    return std::any_of(skipped_by_list_.begin(), skipped_by_list_.end(), [&](const auto& range) {
      return range.first < version && version <= range.second;
    });
  }

  std::set<std::uint64_t> observed_;
  std::set<std::string> known_;
  std::set<std::string> gone_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> skipped_by_list_;
};

InformerLog::Entry Told(const std::string& version) {
  InformerLog::Entry entry;
  entry.change.meta.uid = "uid";
  entry.change.meta.resource_version = version;
  entry.change.after = std::make_shared<const SeenObject>();
  return entry;
}

InformerLog::Entry Listed(const std::string& version) {
  InformerLog::Entry entry;
  entry.listed = version;
  return entry;
}

// The test of the test: what counts as missed.
TEST(AuditTest, OnlyAListExcusesAChangeThatWasNotTold) {
  const auto object = std::make_shared<const test_support::Json>(
      test_support::Json{{"metadata", {{"uid", "uid"}}}});
  const std::vector<StoreEvent> history{{11, "", "ADDED", object, nullptr},
                                        {12, "", "MODIFIED", object, object},
                                        {13, "", "MODIFIED", object, object},
                                        {14, "", "DELETED", object, object}};

  const Tally skipped = Audit({Listed("10"), Told("11"), Told("13")}).Count(history);
  const Tally listed = Audit({Listed("10"), Told("11"), Listed("12"), Told("13")}).Count(history);

  EXPECT_EQ(skipped.observed, 2);
  EXPECT_EQ(skipped.missed, 2);
  EXPECT_EQ(skipped.missed_deletions, 1);
  EXPECT_EQ(listed.superseded, 1);
  EXPECT_EQ(listed.missed, 1) << "the end of the history";
}

TEST_F(InformerSurvivalTest, MissesNothingThroughFifty410sAndFiftyCutConnections) {
  server_.AddKind(kConfigMaps);
  for (int i = 0; i < kNames / 2; ++i) MakeOneChange();
  InformerOptions options = Options();
  options.watcher.page_limit = 40;
  Follow(options);
  ASSERT_TRUE(informer_->WaitForSync({}));
  const std::uint64_t before = server_.History(kConfigMaps).back().version;

  for (int change = 0; change < kChanges; ++change) {
    if (change % (kChanges / kFaults) == 0) MakeOneFault(change / (kChanges / kFaults));
    MakeOneChange();
  }

  EXPECT_EQ(cuts_, 50);
  EXPECT_EQ(expiries_, 50);
  EXPECT_TRUE(log_.WaitUntil([this] { return CacheState() == ServerState(); }));
  informer_->Stop();
  std::vector<StoreEvent> history = server_.History(kConfigMaps);
  std::erase_if(history, [before](const StoreEvent& event) { return event.version <= before; });
  ASSERT_EQ(history.size(), static_cast<std::size_t>(kChanges));
  const Tally tally = Audit(log_.entries()).Count(history);
  EXPECT_EQ(tally.missed, 0);
  EXPECT_EQ(tally.missed_deletions, 0);
  EXPECT_EQ(tally.observed + tally.superseded, kChanges);
  EXPECT_GE(log_.count(InformerNote::kExpired), 50);
  EXPECT_GE(server_.resets(), 50);
  std::cout << "changes " << kChanges << ", observed " << tally.observed
            << ", superseded by a list " << tally.superseded << ", missed " << tally.missed
            << ", lists " << log_.count(InformerNote::kListed) << ", connections reset "
            << server_.resets() << ", 410s " << server_.gone_answers() << "\n";
}

TEST_F(InformerSurvivalTest, SeesEveryChangeItselfWhenConnectionsAreOnlyCut) {
  server_.AddKind(kConfigMaps);
  Follow();
  ASSERT_TRUE(informer_->WaitForSync({}));

  for (int change = 0; change < 500; ++change) {
    if (change % 10 == 0) {
      ASSERT_TRUE(server_.WaitForWatches(1, "configmaps"));
      ASSERT_EQ(server_.CutWatches(change % 20 == 0 ? Cut::kNow : Cut::kMidEvent), 1);
    }
    MakeOneChange();
  }

  const std::vector<StoreEvent> history = server_.History(kConfigMaps);
  EXPECT_TRUE(log_.WaitUntil([&] { return log_.changes() >= history.size(); }));
  informer_->Stop();
  std::vector<InformerLog::Entry> entries = log_.entries();
  std::erase_if(entries, [](const auto& entry) { return !entry.listed.empty(); });
  ASSERT_EQ(entries.size(), history.size());
  for (std::size_t i = 0; i < history.size(); ++i) {
    EXPECT_EQ(Number(entries[i].change.meta.resource_version), history[i].version);
  }
  EXPECT_EQ(log_.count(InformerNote::kListed), 1) << "a cut is repaired without a list";
}

}  // namespace
}  // namespace launchgate::kube
