// When findings are made anew, and what trouble on the way does to them.
#include "app/evidence_gatherer.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

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

class FakeDocuments final : public DocumentSource {
 public:
  std::string VersionOf(const std::string& /*ns*/, const std::string& /*name*/) const override {
    return version;
  }
  base::Result<evidence::Document> Read(const std::string& ns, const std::string& name,
                                        const std::string& key) override {
    ++reads;
    asked = ns + "/" + name + "/" + key;
    return answer;
  }

  std::string version = "1";
  base::Result<evidence::Document> answer = evidence::Document{kGoodReport, kNow};
  int reads = 0;
  std::string asked;
};

class FakePages final : public evidence::PageFetcher {
 public:
  base::Result<evidence::Page> Fetch(std::string_view url) override {
    ++fetches;
    if (!answer) return answer;
    evidence::Page page = *answer;
    page.url = url;
    return page;
  }

  base::Result<evidence::Page> answer = evidence::Page{"", 200, "text/markdown", kGoodPage};
  int fetches = 0;
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
    Entry(resources::EvidenceKind::kLoadTest).load_test = spec;
  }
  void UseReportUrl() {
    UseConfigMap();
    auto& spec = *review_.evidence.front().load_test;
    spec.from.config_map.reset();
    spec.from.url = "https://ci.example.com/report.json";
    spec.recheck_every = 2 * kMinute;
    spec.min_request_rate = 10;
    // The machine-readable format carries its own time.
    pages_.answer = evidence::Page{"", 200, "application/json", Report(100)};
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
    Entry(resources::EvidenceKind::kRunbook).runbook = spec;
  }

  evidence::Finding Find(Time now) {
    last_ = gatherer_.Gather(review_, now);
    return last_.findings.at(kItem);
  }

  FakeDocuments documents_;
  FakePages pages_;
  EvidenceGatherer gatherer_{documents_, pages_, 7};
  resources::LaunchReview review_;
  Gathered last_;
};

TEST_F(EvidenceGathererTest, ReadsAConfigMapOnceForEveryVersion) {
  UseConfigMap();

  EXPECT_EQ(Find(kNow).status, FindingStatus::kPass);
  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kPass);
  EXPECT_EQ(documents_.reads, 1);
  EXPECT_EQ(documents_.asked, "shop/report/summary.json");
  documents_.version = "2";
  documents_.answer = evidence::Document{kBadReport, kNow};

  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kFail);
  EXPECT_EQ(documents_.reads, 2);
}

TEST_F(EvidenceGathererTest, ANewGenerationOrObjectIsJudgedAnew) {
  UseConfigMap();
  Find(kNow);

  review_.meta.generation = 2;
  Find(kNow);
  review_.meta.uid = "another";
  Find(kNow);

  EXPECT_EQ(documents_.reads, 3);
}

TEST_F(EvidenceGathererTest, AForgottenReviewIsJudgedAnew) {
  UseConfigMap();
  Find(kNow);

  gatherer_.Forget(review_.meta.Key());
  Find(kNow);

  EXPECT_EQ(documents_.reads, 2);
}

TEST_F(EvidenceGathererTest, LooksAgainExactlyWhenAPassGoesStale) {
  UseConfigMap();
  Find(kNow);

  EXPECT_EQ(last_.next, kNow + std::chrono::hours(24));
  EXPECT_EQ(Find(last_.next).status, FindingStatus::kStale);
}

TEST_F(EvidenceGathererTest, WaitsForAMissingConfigMapAndDoesNotPoll) {
  UseConfigMap();
  documents_.version = "";
  documents_.answer = base::Fail(ErrorKind::kNotFound, "no such ConfigMap");

  EXPECT_EQ(Find(kNow).reason, "SourceMissing");
  EXPECT_EQ(last_.next, base::kNever);
  documents_.version = "1";
  documents_.answer = evidence::Document{kGoodReport, kNow};

  EXPECT_EQ(Find(kNow + kMinute).status, FindingStatus::kPass);
}

TEST_F(EvidenceGathererTest, AsksAgainWhereAPermissionIsMissing) {
  UseConfigMap();
  documents_.answer = base::Fail(ErrorKind::kForbidden, "may not read");

  EXPECT_EQ(Find(kNow).reason, "SourceForbidden");
  EXPECT_LE(last_.next, kNow + resources::kDefaultRecheckEvery);
}

TEST_F(EvidenceGathererTest, AReportOfTheFutureIsLookedAtAgain) {
  UseConfigMap();
  documents_.answer = evidence::Document{kGoodReport, kNow + 5 * kMinute};

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
  EXPECT_EQ(pages_.fetches, 1);
  Find(last_.next);

  EXPECT_EQ(pages_.fetches, 2);
}

// A pass survives what says nothing about the evidence, and nothing else.
struct Trouble {
  const char* name;
  base::Result<evidence::Page> answer;
  bool pass_stands;
  const char* reason_without_pass;
};
void PrintTo(const Trouble& trouble, std::ostream* out) { *out << trouble.name; }

std::vector<Trouble> Troubles() {
  const auto fail = [](ErrorKind kind) {
    return base::Result<evidence::Page>(base::Fail(kind, "x"));
  };
  const auto page = [](int status) { return evidence::Page{"", status, "", "x"}; };
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
    pages_.answer = GetParam().answer;

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
  pages_.answer = GetParam().answer;

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
  pages_.answer = base::Fail(ErrorKind::kUnavailable, "down");

  EXPECT_EQ(Find(end - base::Duration(1)).status, FindingStatus::kPass);
  EXPECT_LE(last_.next, end);

  EXPECT_EQ(Find(end).status, FindingStatus::kUnknown);
}

TEST_F(EvidenceGathererTest, APassOfAnotherGenerationDoesNotStand) {
  UseRunbook();
  Find(kNow);
  pages_.answer = base::Fail(ErrorKind::kUnavailable, "down");

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
  Entry(resources::EvidenceKind::kBackupDrill);

  EXPECT_EQ(Find(kNow).reason, "NotSupportedYet");
  EXPECT_EQ(last_.next, base::kNever);
}

}  // namespace
}  // namespace launchgate::app
