// When findings are made anew, and what trouble on the way does to them.
#include "app/evidence_gatherer.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/evidence/verify.h"
#include "tests/support/fake_clock.h"

namespace launchgate::app {
namespace {

using base::ErrorKind;
using base::Time;
using evidence::FindingStatus;

constexpr Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);
constexpr base::Duration kMinute = std::chrono::minutes(1);
constexpr base::Duration kRecheck = 10 * kMinute;
constexpr const char* kItem = "the-item";
constexpr const char* kGoodReport =
    R"({"metrics": {"http_reqs": {"count": 100, "rate": 50},
                    "checks": {"thresholds": {"rate>0.99": false}}}})";
constexpr const char* kBadReport =
    R"({"metrics": {"http_reqs": {"count": 100, "rate": 50},
                    "checks": {"thresholds": {"rate>0.99": true}}}})";
constexpr const char* kGoodPage =
    "# gift-cards\n\nHow to run the service at night.\n\nAsk sre@example.com\n";

// A ConfigMap and a web server, of which every review asks.
class FakeSources final : public EvidenceSources {
 public:
  std::string VersionOf(const std::string& /*ns*/, const evidence::Source& /*source*/) override {
    return version;
  }
  base::Result<evidence::Reading> Read(const std::string& ns, const evidence::Source& source,
                                       Time now) override {
    base::Result<evidence::Reading> reading = base::Fail(ErrorKind::kInternal, "not asked for");
    if (const auto* config_map = std::get_if<evidence::ConfigMapSource>(&source)) {
      ++reads;
      asked = ns + "/" + config_map->name + "/" + config_map->key;
      reading = document;
    } else if (std::holds_alternative<evidence::UrlSource>(source)) {
      ++fetches;
      reading = page;
    }
    if (reading) reading->read_at = now;
    return reading;
  }

  static evidence::Reading Document(const char* body, Time recorded_at) {
    evidence::Reading reading;
    reading.body = body;
    reading.recorded_at = recorded_at;
    return reading;
  }
  static evidence::Reading Page(int status, const std::string& type, const std::string& body) {
    evidence::Reading reading;
    reading.http_status = status;
    reading.content_type = type;
    reading.body = body;
    return reading;
  }

  std::string version = "1";
  base::Result<evidence::Reading> document = Document(kGoodReport, kNow);
  base::Result<evidence::Reading> page = Page(200, "text/markdown", kGoodPage);
  int reads = 0;
  int fetches = 0;
  std::string asked;
};

class NoSignatures final : public verdict::SignatureVerifier {
 public:
  base::Result<bool> Verify(const verdict::PublicKey& /*key*/, std::string_view /*message*/,
                            std::string_view /*signature*/) const override {
    return false;
  }
};

// What an observer was told last.
class FakeObserver final : public EvidenceObserver {
 public:
  void OnVerified(std::string_view kind, double seconds) override {
    ++verified[std::string(kind)];
    EXPECT_GE(seconds, 0);
  }
  void OnFindings(std::string_view kind, FindingStatus status, double count) override {
    findings[std::string(kind) + " " + std::string(ToString(status))] = count;
  }

  std::map<std::string, int> verified;
  std::map<std::string, double> findings;
};

class EvidenceGathererTest : public ::testing::Test {
 protected:
  EvidenceGathererTest() {
    review_.meta.ns = "shop";
    review_.meta.name = "gift-cards";
    review_.meta.uid = "uid";
    review_.meta.generation = 1;
    review_.target.name = "gift-cards";
  }

  resources::EvidenceEntry& Entry(resources::EvidenceKind kind) {
    resources::EvidenceEntry entry;
    entry.item = kItem;
    entry.kind = kind;
    entry.kind_word = ToString(kind);
    review_.evidence = {entry};
    return review_.evidence.front();
  }
  void UseConfigMap() {
    resources::LoadTestSpec spec;
    spec.max_age = std::chrono::hours(24);
    spec.recheck_every = kRecheck;
    spec.from.config_map = {"report", "summary.json"};
    Entry(resources::EvidenceKind::kLoadTest).spec = spec;
  }
  void UseReportUrl() {
    UseConfigMap();
    auto& spec = std::get<resources::LoadTestSpec>(review_.evidence.front().spec);
    spec.from.config_map.reset();
    spec.from.url = "https://ci.example.com/report.json";
    spec.recheck_every = 2 * kMinute;
    spec.min_request_rate = 10;
    // The machine-readable format carries its own time.
    sources_.page = FakeSources::Page(200, "application/json", Report(100));
  }
  static std::string Report(int requests) {
    return R"({"config": {"duration": 2}, "metadata": {"generated_at": "2026-11-23T12:00:00Z"},
               "results": {"metrics": [{"name": "http_reqs", "values": {"count": )" +
           std::to_string(requests) + "}}]}}";
  }
  void UseRunbook() {
    resources::RunbookSpec spec;
    spec.urls = {"https://wiki.example.com/gift-cards"};
    spec.recheck_every = kRecheck;
    Entry(resources::EvidenceKind::kRunbook).spec = spec;
  }

  evidence::Finding Find(Time now) {
    last_ = gatherer_.Gather(review_, nullptr, "", now);
    return last_.findings.at(kItem);
  }

  FakeSources sources_;
  FakeObserver observer_;
  const NoSignatures signatures_;
  test_support::FakeClock clock_;
  const evidence::CauseCatalogue causes_;
  EvidenceGatherer gatherer_{
      {sources_, {signatures_, causes_}, clock_, &observer_, kDefaultMinRecheckEvery, 7}};
  resources::LaunchReview review_;
  Gathered last_;
};

TEST_F(EvidenceGathererTest, ReadsAConfigMapOnceForEveryVersion) {
  UseConfigMap();

  EXPECT_EQ(Find(kNow).status, FindingStatus::kPass);
  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kPass);
  EXPECT_EQ(sources_.reads, 1);
  EXPECT_EQ(sources_.asked, "shop/report/summary.json");
  sources_.version = "2";
  sources_.document = FakeSources::Document(kBadReport, kNow);

  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kFail);
  EXPECT_EQ(sources_.reads, 2);
}

TEST_F(EvidenceGathererTest, ANewGenerationOrObjectIsJudgedAnew) {
  UseConfigMap();
  Find(kNow);

  review_.meta.generation = 2;
  Find(kNow);
  review_.meta.uid = "another";
  Find(kNow);

  EXPECT_EQ(sources_.reads, 3);
}

TEST_F(EvidenceGathererTest, AForgottenReviewIsJudgedAnew) {
  UseConfigMap();
  Find(kNow);

  gatherer_.Forget(review_.meta.Key());
  Find(kNow);

  EXPECT_EQ(sources_.reads, 2);
}

TEST_F(EvidenceGathererTest, LooksAgainExactlyWhenAPassGoesStale) {
  UseConfigMap();
  Find(kNow);

  EXPECT_EQ(last_.next, kNow + std::chrono::hours(24));
  EXPECT_EQ(Find(last_.next).status, FindingStatus::kStale);
}

TEST_F(EvidenceGathererTest, WaitsForAMissingConfigMapAndDoesNotPoll) {
  UseConfigMap();
  sources_.version = "";
  sources_.document = base::Fail(ErrorKind::kNotFound, "no such ConfigMap");

  EXPECT_EQ(Find(kNow).reason, "SourceMissing");
  EXPECT_EQ(last_.next, base::kNever);
  sources_.version = "1";
  sources_.document = FakeSources::Document(kGoodReport, kNow);

  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kPass);
}

TEST_F(EvidenceGathererTest, AsksAgainWhereAPermissionIsMissing) {
  UseConfigMap();
  sources_.document = base::Fail(ErrorKind::kForbidden, "may not read");

  EXPECT_EQ(Find(kNow).reason, "SourceForbidden");
  EXPECT_LE(last_.next, kNow + resources::kDefaultRecheckEvery);
}

TEST_F(EvidenceGathererTest, AReportOfTheFutureIsLookedAtAgain) {
  UseConfigMap();
  sources_.document = FakeSources::Document(kGoodReport, kNow + 5 * kMinute);

  EXPECT_EQ(Find(kNow).reason, "TimeInFuture");
  ASSERT_LE(last_.next, kNow + 5 * kMinute);

  EXPECT_EQ(Find(kNow + 5 * kMinute).status, FindingStatus::kPass);
}

TEST_F(EvidenceGathererTest, AReportsUrlIsFetchedAsOftenAsItsSpecSays) {
  UseReportUrl();

  EXPECT_EQ(Find(kNow).status, FindingStatus::kPass) << Find(kNow).message;
  EXPECT_LE(last_.next, kNow + 2 * kMinute);
  EXPECT_GE(last_.next, kNow + kMinute);
  Find(last_.next - base::Duration(1));
  EXPECT_EQ(sources_.fetches, 1);
  Find(last_.next);

  EXPECT_EQ(sources_.fetches, 2);
}

// A pass survives what says nothing about the evidence, and nothing else.
struct Trouble {
  const char* name;
  base::Result<evidence::Reading> answer;
  bool pass_stands;
  const char* reason_without_pass;
};
void PrintTo(const Trouble& trouble, std::ostream* out) { *out << trouble.name; }

std::vector<Trouble> Troubles() {
  const auto fail = [](ErrorKind kind) {
    return base::Result<evidence::Reading>(base::Fail(kind, "x"));
  };
  const auto page = [](int status) { return FakeSources::Page(status, "", "x"); };
  return {{"Unavailable", fail(ErrorKind::kUnavailable), true, "SourceUnavailable"},
          {"ServerError", page(503), true, nullptr},
          {"TooManyRequests", page(429), true, nullptr},
          {"NotFound", page(404), false, nullptr},
          {"Forbidden", page(403), false, nullptr},
          {"Refused", fail(ErrorKind::kInvalid), false, "SourceRefused"},
          {"TooLarge", fail(ErrorKind::kExhausted), false, "SourceTooLarge"}};
}

class TroubleTest : public EvidenceGathererTest, public ::testing::WithParamInterface<Trouble> {
 protected:
  void ExpectWhatItSays() {
    ASSERT_EQ(Find(kNow).status, FindingStatus::kPass);
    const evidence::Finding before = last_.findings.at(kItem);
    sources_.page = GetParam().answer;

    const evidence::Finding after = Find(kNow + kRecheck);

    EXPECT_EQ(after == before, GetParam().pass_stands) << after.message;
    EXPECT_EQ(after.status == FindingStatus::kPass, GetParam().pass_stands);
    if (GetParam().pass_stands) {
      EXPECT_EQ(last_.next, kNow + kRecheck + kMinute / 2);
    }
  }
};

TEST_P(TroubleTest, AfterAGoodRunbook) {
  UseRunbook();
  ExpectWhatItSays();
}

TEST_P(TroubleTest, AfterAGoodReport) {
  UseReportUrl();
  ExpectWhatItSays();
}

TEST_P(TroubleTest, WithoutAPassIsToldAtOnce) {
  UseRunbook();
  sources_.page = GetParam().answer;

  const evidence::Finding finding = Find(kNow);

  EXPECT_NE(finding.status, FindingStatus::kPass);
  if (GetParam().reason_without_pass != nullptr) {
    EXPECT_EQ(finding.reason, GetParam().reason_without_pass);
  }
}

INSTANTIATE_TEST_SUITE_P(Answers, TroubleTest, ::testing::ValuesIn(Troubles()),
                         [](const auto& row) { return row.param.name; });

TEST_F(EvidenceGathererTest, APassDoesNotOutliveItsEndWhileTheSourceIsDown) {
  UseRunbook();
  const Time end = Find(kNow).valid_until;
  sources_.page = base::Fail(ErrorKind::kUnavailable, "down");

  EXPECT_EQ(Find(end - base::Duration(1)).status, FindingStatus::kPass);
  EXPECT_LE(last_.next, end);

  EXPECT_EQ(Find(end).status, FindingStatus::kUnknown);
}

TEST_F(EvidenceGathererTest, TheSecondFailureInARowTakesAPassAway) {
  UseRunbook();
  Find(kNow);
  sources_.page = base::Fail(ErrorKind::kUnavailable, "down");

  EXPECT_EQ(Find(kNow + kRecheck).status, FindingStatus::kPass);
  EXPECT_EQ(last_.next, kNow + kRecheck + kRetryUnreadable);

  EXPECT_EQ(Find(last_.next).reason, "SourceUnavailable");
}

TEST_F(EvidenceGathererTest, FailuresThatAreNotInARowDoNotAddUp) {
  UseRunbook();
  Find(kNow);
  Time now = kNow;
  for (int round = 0; round < 3; ++round) {
    sources_.page = base::Fail(ErrorKind::kUnavailable, "down");
    now += kRecheck;
    EXPECT_EQ(Find(now).status, FindingStatus::kPass) << round;

    sources_.page = FakeSources::Page(200, "text/markdown", kGoodPage);
    now = last_.next;
    EXPECT_EQ(Find(now).status, FindingStatus::kPass) << round;
  }
}

TEST_F(EvidenceGathererTest, RechecksNoMoreOftenThanTheOperatorAllows) {
  UseRunbook();
  std::get<resources::RunbookSpec>(review_.evidence.front().spec).recheck_every =
      std::chrono::seconds(1);

  const evidence::Finding finding = Find(kNow);

  EXPECT_GE(last_.next, kNow + kDefaultMinRecheckEvery * 9 / 10);
  EXPECT_EQ(finding.valid_until, kNow + evidence::kRunbookValidity * kDefaultMinRecheckEvery);
}

TEST_F(EvidenceGathererTest, LooksAgainAtOnceWhenSomebodyAsks) {
  UseRunbook();
  Find(kNow);
  sources_.page = FakeSources::Page(200, "text/markdown", "# another service\n\nNothing to see\n");
  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kPass);

  review_.meta.annotations[std::string(kRecheckAnnotation)] = "please";

  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kFail);
  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kFail);
  EXPECT_EQ(sources_.fetches, 2);
}

// What the controller wrote before it was restarted.
void Record(const evidence::Finding& finding, resources::LaunchReview& review) {
  review.status.observed_generation = review.meta.generation;
  review.status.items = {{kItem, std::string(ToString(finding.status)), finding.reason,
                          finding.message, finding.observed_at, finding.valid_until,
                          finding.facts}};
}

TEST_F(EvidenceGathererTest, ARestartDoesNotFetchWhatIsKnownToPass) {
  UseRunbook();
  Record(Find(kNow), review_);
  EvidenceGatherer restarted(
      {sources_, {signatures_, causes_}, clock_, nullptr, kDefaultMinRecheckEvery, 7});
  sources_.fetches = 0;

  const Gathered first = restarted.Gather(review_, nullptr, "", kNow + kMinute);

  EXPECT_EQ(first.findings.at(kItem), last_.findings.at(kItem));
  EXPECT_EQ(sources_.fetches, 0);
  EXPECT_LE(first.next, kNow + kMinute + kRecheck);
  restarted.Gather(review_, nullptr, "", first.next);
  EXPECT_EQ(sources_.fetches, 1);
}

TEST_F(EvidenceGathererTest, ARestartJudgesAnewWhatIsWatchedOrDoesNotPass) {
  UseConfigMap();
  Record(Find(kNow), review_);
  EvidenceGatherer restarted(
      {sources_, {signatures_, causes_}, clock_, nullptr, kDefaultMinRecheckEvery, 7});
  sources_.reads = 0;
  restarted.Gather(review_, nullptr, "", kNow);
  EXPECT_EQ(sources_.reads, 1);

  UseRunbook();
  sources_.page = base::Fail(ErrorKind::kUnavailable, "down");
  Record(Find(kNow), review_);
  EvidenceGatherer again(
      {sources_, {signatures_, causes_}, clock_, nullptr, kDefaultMinRecheckEvery, 7});
  sources_.fetches = 0;
  again.Gather(review_, nullptr, "", kNow);
  EXPECT_EQ(sources_.fetches, 1);
}

TEST_F(EvidenceGathererTest, WhatWasRecordedForAnotherGenerationIsNotRecalled) {
  UseRunbook();
  Record(Find(kNow), review_);
  review_.meta.generation = 2;
  EvidenceGatherer restarted(
      {sources_, {signatures_, causes_}, clock_, nullptr, kDefaultMinRecheckEvery, 7});
  sources_.fetches = 0;

  restarted.Gather(review_, nullptr, "", kNow);

  EXPECT_EQ(sources_.fetches, 1);
}

TEST_F(EvidenceGathererTest, ADefiniteNoCountsAtOnce) {
  UseRunbook();
  Find(kNow);
  sources_.page =
      FakeSources::Page(200, "text/markdown", "# another service\n\nNothing to see, ask nobody\n");

  EXPECT_EQ(Find(kNow + kRecheck).status, FindingStatus::kFail);
}

TEST_F(EvidenceGathererTest, APassOfAnotherGenerationDoesNotStand) {
  UseRunbook();
  Find(kNow);
  sources_.page = base::Fail(ErrorKind::kUnavailable, "down");

  review_.meta.generation = 2;

  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kUnknown);
}

TEST_F(EvidenceGathererTest, ARunbooksTimesAreRenewedAtHalfOfItsLife) {
  UseRunbook();
  const evidence::Finding first = Find(kNow);

  const evidence::Finding early = Find(kNow + kRecheck);
  const evidence::Finding late = Find(kNow + 3 * kRecheck);

  EXPECT_EQ(early, first);
  EXPECT_EQ(late.observed_at, kNow + 3 * kRecheck);
}

TEST_F(EvidenceGathererTest, KindsThatNobodyVerifiesAreUnknownForGood) {
  Entry(resources::EvidenceKind::kUnknown).kind_word = "seance";

  EXPECT_EQ(Find(kNow).reason, "NotSupportedYet");
  EXPECT_EQ(last_.next, base::kNever);
}

TEST_F(EvidenceGathererTest, KnowsWhichReviewsReadAConfigMap) {
  UseConfigMap();
  const std::string name = WatchName("shop", evidence::ConfigMapSource{"report", "any"});
  EXPECT_TRUE(gatherer_.ReadersOf(name).empty());

  Find(kNow);

  EXPECT_EQ(gatherer_.ReadersOf(name), std::vector<std::string>{"shop/gift-cards"});
  EXPECT_EQ(gatherer_.ReadersOfAny("configmap "), std::vector<std::string>{"shop/gift-cards"});
  EXPECT_TRUE(
      gatherer_.ReadersOf(WatchName("other", evidence::ConfigMapSource{"report", ""})).empty());
}

TEST_F(EvidenceGathererTest, AReviewThatNamesAnotherConfigMapReadsTheFirstNoMore) {
  UseConfigMap();
  Find(kNow);

  std::get<resources::LoadTestSpec>(review_.evidence.front().spec).from.config_map->name = "newer";
  review_.meta.generation = 2;
  Find(kNow);

  EXPECT_TRUE(
      gatherer_.ReadersOf(WatchName("shop", evidence::ConfigMapSource{"report", ""})).empty());
  EXPECT_FALSE(
      gatherer_.ReadersOf(WatchName("shop", evidence::ConfigMapSource{"newer", ""})).empty());
  gatherer_.Forget("shop/gift-cards");
  EXPECT_TRUE(gatherer_.ReadersOfAny("").empty());
}

TEST_F(EvidenceGathererTest, TellsHowManyFindingsStandAtEachStatus) {
  UseConfigMap();
  Find(kNow);
  EXPECT_EQ(observer_.findings["loadTest Pass"], 1);

  sources_.version = "2";
  sources_.document = FakeSources::Document(kBadReport, kNow);
  Find(kNow);
  EXPECT_EQ(observer_.findings["loadTest Pass"], 0);
  EXPECT_EQ(observer_.findings["loadTest Fail"], 1);

  gatherer_.Forget("shop/gift-cards");
  EXPECT_EQ(observer_.findings["loadTest Fail"], 0);
  EXPECT_EQ(observer_.verified["loadTest"], 2);
}

}  // namespace
}  // namespace launchgate::app
