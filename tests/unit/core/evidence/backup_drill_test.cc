// Judging restore drills: our record, Jobs and Velero Restores; every reason
// and the edges.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using json::Json;
using resources::BackupDrillSpec;
using ::testing::HasSubstr;

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kStale = FindingStatus::kStale;
constexpr auto kUnknown = FindingStatus::kUnknown;

constexpr base::Duration kMillisecond{1};
constexpr base::Duration kMaxAge = std::chrono::hours(24 * 30);
// When the newest restore of every sample ended.
constexpr base::Time kRestoredAt = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) +
                                   std::chrono::hours(3) + std::chrono::minutes(14) +
                                   std::chrono::seconds(10);
constexpr base::Time kNow = kRestoredAt + std::chrono::hours(24);

Json Sample(const std::string& name) {
  std::ifstream file(std::string(LAUNCHGATE_SOURCE_DIR) + "/tests/testdata/evidence/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << name;
  return Json::parse(text.str());
}

// What the samples satisfy.
BackupDrillSpec Limits() {
  BackupDrillSpec spec;
  spec.from.url = "https://ci.example.com/drills.json";
  spec.max_age = kMaxAge;
  spec.max_recovery_time = std::chrono::minutes(30);
  spec.max_data_loss = std::chrono::minutes(5);
  return spec;
}

BackupDrillSpec FromObject(const std::string& api_version, const std::string& kind) {
  BackupDrillSpec spec = Limits();
  spec.from = {};
  spec.from.object = {api_version, kind, "gift-cards-restore"};
  return spec;
}

Finding Judge(const BackupDrillSpec& spec, const Json& document, base::Time now = kNow) {
  return VerifyBackupDrill(spec, Document{document.dump(), std::nullopt}, now);
}

// Each row changes one thing about a drill that passes.
struct Changed {
  const char* name;
  std::function<void(BackupDrillSpec& spec, Json& document)> change;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Changed& changed, std::ostream* out) { *out << changed.name; }

void ExpectJudged(BackupDrillSpec spec, Json document, const Changed& row) {
  row.change(spec, document);

  const Finding finding = Judge(spec, document);

  EXPECT_EQ(finding.status, row.status) << finding.message;
  EXPECT_EQ(finding.reason, row.reason) << finding.message;
  EXPECT_FALSE(finding.message.empty());
}

class DrillRecordTest : public ::testing::TestWithParam<Changed> {};

TEST_P(DrillRecordTest, IsJudgedWithTheReason) {
  ExpectJudged(Limits(), Sample("drill-record.json"), GetParam());
}

Json& Newest(Json& record) { return record["drills"][0]; }

INSTANTIATE_TEST_SUITE_P(
    Reasons, DrillRecordTest,
    ::testing::Values(
        Changed{"NothingChanged", [](auto&, auto&) {}, kPass, "RestoreProven"},
        Changed{"OneDrillWithoutAList", [](auto&, Json& d) { d = Json(Newest(d)); }, kPass,
                "RestoreProven"},
        Changed{"FromAConfigMap",
                [](BackupDrillSpec& s, auto&) {
                  s.from = {};
                  s.from.config_map = {"gift-cards-drills", "restore.json"};
                },
                kPass, "RestoreProven"},
        Changed{"TheNewestFailed", [](auto&, Json& d) { Newest(d)["succeeded"] = false; }, kFail,
                "RestoreFailed"},
        Changed{"ANewerFailureBeatsAnOlderSuccess",
                [](auto&, Json& d) { d["drills"][1]["restoredAt"] = "2026-11-20T03:14:11Z"; },
                kFail, "RestoreFailed"},
        Changed{"AFailureInAnotherZoneIsNewer",
                [](auto&, Json& d) { d["drills"][1]["restoredAt"] = "2026-11-20T02:14:11-01:00"; },
                kFail, "RestoreFailed"},
        Changed{"AFailureNeedsNoFigures",
                [](auto&, Json& d) {
                  Newest(d) = {{"restoredAt", "2026-11-20T03:14:10Z"}, {"succeeded", false}};
                },
                kFail, "RestoreFailed"},
        Changed{"TwoAreTheNewest",
                [](auto&, Json& d) { d["drills"][1]["restoredAt"] = "2026-11-20T03:14:10Z"; },
                kUnknown, "Malformed"},
        Changed{"TwoOlderOnesAtTheSameTime",
                [](auto&, Json& d) { d["drills"].push_back(d["drills"][1]); }, kPass,
                "RestoreProven"},
        Changed{"ExactlyQuickEnough", [](auto&, Json& d) { Newest(d)["recoveryTime"] = "30m"; },
                kPass, "RestoreProven"},
        Changed{"JustTooSlow", [](auto&, Json& d) { Newest(d)["recoveryTime"] = "30m0.001s"; },
                kFail, "RecoveryTooSlow"},
        Changed{"ExactlyLittleEnoughLost", [](auto&, Json& d) { Newest(d)["dataLoss"] = "5m"; },
                kPass, "RestoreProven"},
        Changed{"JustTooMuchLost", [](auto&, Json& d) { Newest(d)["dataLoss"] = "5m1s"; }, kFail,
                "DataLossTooHigh"},
        Changed{"ACheckDoesNotMatch",
                [](auto&, Json& d) { Newest(d)["checks"]["rows"] = "mismatch"; }, kFail,
                "ChecksFailed"},
        Changed{"ACheckWasSkipped",
                [](auto&, Json& d) { Newest(d)["checks"]["rows"] = "skipped"; }, kUnknown,
                "Malformed"},
        Changed{"NoRecoveryTime", [](auto&, Json& d) { Newest(d).erase("recoveryTime"); },
                kUnknown, "FigureMissing"},
        Changed{"NoDataLoss", [](auto&, Json& d) { Newest(d).erase("dataLoss"); }, kUnknown,
                "FigureMissing"},
        Changed{"FiguresThatNobodyAskedFor",
                [](BackupDrillSpec& s, Json& d) {
                  s.max_recovery_time.reset();
                  s.max_data_loss.reset();
                  Newest(d).erase("recoveryTime");
                  Newest(d).erase("dataLoss");
                },
                kPass, "RestoreProven"},
        Changed{"AnOldFailureSaysNothing",
                [](auto&, Json& d) {
 Newest(d)["restoredAt"] = "2026-10-25T03:12:44Z";
 Newest(d).erase("backupTakenAt");
 }, kPass,
                "RestoreProven"},
        Changed{"TooOld",
                [](auto&, Json& d) {
 Newest(d)["restoredAt"] = "2026-10-21T12:12:44Z";
 Newest(d).erase("backupTakenAt");
 }, kStale,
                "TooOld"},
        Changed{"NoDrills", [](auto&, Json& d) { d["drills"] = Json::array(); }, kUnknown,
                "NoDrills"},
        Changed{"NoTimeAtAll",
                [](auto&, Json& d) {
                  d["drills"].erase(1);
                  Newest(d).erase("restoredAt");
                },
                kUnknown, "NoTimestamp"},
        Changed{"NoTimeInAListOfTwo", [](auto&, Json& d) { Newest(d).erase("restoredAt"); },
                kUnknown, "Malformed"},
        Changed{"InTheFuture",
                [](auto&, Json& d) { Newest(d)["restoredAt"] = "2026-11-21T03:16:10Z"; }, kUnknown,
                "TimeInFuture"},
        Changed{"SucceededIsText", [](auto&, Json& d) { Newest(d)["succeeded"] = "true"; },
                kUnknown, "Malformed"},
        Changed{"SucceededIsMissing", [](auto&, Json& d) { Newest(d).erase("succeeded"); },
                kUnknown, "Malformed"},
        Changed{"AFieldNobodyKnows",
                [](auto&, Json& d) { Newest(d)["check"] = {{"rows", "mismatch"}}; }, kUnknown,
                "Malformed"},
        Changed{"AnOlderDrillIsMalformed",
                [](auto&, Json& d) { d["drills"][1]["recoveryTime"] = 3; }, kUnknown, "Malformed"},
        Changed{"BackupAfterTheRestore",
                [](auto&, Json& d) { Newest(d)["backupTakenAt"] = "2026-11-20T03:14:11Z"; },
                kUnknown, "Malformed"},
        Changed{"NegativeRecoveryTime", [](auto&, Json& d) { Newest(d)["recoveryTime"] = "-1s"; },
                kUnknown, "Malformed"},
        Changed{"TooManyDrills",
                [](auto&, Json& d) {
                  for (int i = 0; i < 1000; ++i) d["drills"].push_back(d["drills"][1]);
                },
                kUnknown, "Malformed"},
        Changed{"TooManyChecks",
                [](auto&, Json& d) {
                  for (int i = 0; i < 100; ++i) Newest(d)["checks"]["t" + std::to_string(i)] = "match";
                },
                kUnknown, "Malformed"},
        Changed{"NotAnObject", [](auto&, Json& d) { d = Json::array(); }, kUnknown, "Malformed"}),
    [](const auto& row) { return row.param.name; });

class DrillJobTest : public ::testing::TestWithParam<Changed> {};

TEST_P(DrillJobTest, IsJudgedWithTheReason) {
  ExpectJudged(FromObject("batch/v1", "Job"), Sample("drill-job.json"), GetParam());
}

Json& Condition(Json& job) { return job["status"]["conditions"][0]; }

INSTANTIATE_TEST_SUITE_P(
    Reasons, DrillJobTest,
    ::testing::Values(
        Changed{"Complete", [](auto&, auto&) {}, kPass, "RestoreProven"},
        Changed{"Failed", [](auto&, Json& d) { Condition(d)["type"] = "Failed"; }, kFail,
                "RestoreFailed"},
        Changed{"FailedWithoutATransitionTime",
                [](auto&, Json& d) {
                  Condition(d)["type"] = "Failed";
                  Condition(d).erase("lastTransitionTime");
                },
                kFail, "RestoreFailed"},
        Changed{"CompleteAndFailed",
                [](auto&, Json& d) {
                  d["status"]["conditions"].push_back({{"type", "Failed"}, {"status", "True"}});
                },
                kFail, "RestoreFailed"},
        Changed{"StillRunning", [](auto&, Json& d) { d["status"].erase("conditions"); }, kUnknown,
                "DrillRunning"},
        Changed{"CompleteIsFalse", [](auto&, Json& d) { Condition(d)["status"] = "False"; },
                kUnknown, "DrillRunning"},
        Changed{"OnlySuccessCriteriaMet",
                [](auto&, Json& d) { Condition(d)["type"] = "SuccessCriteriaMet"; }, kUnknown,
                "DrillRunning"},
        Changed{"NeverStarted", [](auto&, Json& d) { d.erase("status"); }, kUnknown,
                "DrillRunning"},
        Changed{"NoPodSucceeded", [](auto&, Json& d) { d["status"].erase("succeeded"); }, kUnknown,
                "NothingRestored"},
        Changed{"TooSlow",
                [](auto&, Json& d) { d["status"]["startTime"] = "2026-11-20T02:00:00Z"; }, kFail,
                "RecoveryTooSlow"},
        Changed{"EndsBeforeItStarts",
                [](auto&, Json& d) { d["status"]["startTime"] = "2026-11-20T04:00:00Z"; }, kUnknown,
                "Malformed"},
        Changed{"NoStart", [](auto&, Json& d) { d["status"].erase("startTime"); }, kUnknown,
                "FigureMissing"},
        Changed{"NoEnd",
                [](BackupDrillSpec& s, Json& d) {
                  s.max_recovery_time.reset();
                  d["status"].erase("completionTime");
                },
                kUnknown, "NoTimestamp"},
        Changed{"NoDataLossAnnotation", [](auto&, Json& d) { d["metadata"].erase("annotations"); },
                kUnknown, "FigureMissing"},
        Changed{
            "TooMuchLost",
            [](auto&, Json& d) { d["metadata"]["annotations"]["launchgate.dev/data-loss"] = "6m"; },
            kFail, "DataLossTooHigh"},
        Changed{"DataLossIsNoDuration",
                [](auto&, Json& d) {
                  d["metadata"]["annotations"]["launchgate.dev/data-loss"] = "none";
                },
                kUnknown, "Malformed"},
        Changed{"AnotherKindThanNamed", [](auto&, Json& d) { d["kind"] = "CronJob"; }, kUnknown,
                "Malformed"},
        Changed{"AKindThatNobodyCanRead",
                [](BackupDrillSpec& s, auto&) { s.from.object->kind = "CronJob"; }, kUnknown,
                "UnsupportedObject"},
        Changed{"AJobOfAnotherGroup",
                [](BackupDrillSpec& s, auto&) { s.from.object->api_version = "example.com/v1"; },
                kUnknown, "UnsupportedObject"},
        Changed{"ConditionsAreNoList",
                [](auto&, Json& d) { d["status"]["conditions"] = "Complete"; }, kUnknown,
                "Malformed"}),
    [](const auto& row) { return row.param.name; });

class VeleroRestoreTest : public ::testing::TestWithParam<Changed> {};

TEST_P(VeleroRestoreTest, IsJudgedWithTheReason) {
  ExpectJudged(FromObject("velero.io/v1", "Restore"), Sample("drill-velero-restore.json"),
               GetParam());
}

Changed Phase(const char* phase, FindingStatus status, const char* reason) {
  return {phase, [phase](auto&, Json& d) { d["status"]["phase"] = phase; }, status, reason};
}

INSTANTIATE_TEST_SUITE_P(
    Reasons, VeleroRestoreTest,
    ::testing::Values(
        Phase("Completed", kPass, "RestoreProven"),
        Phase("PartiallyFailed", kFail, "RestoreFailed"), Phase("Failed", kFail, "RestoreFailed"),
        Phase("FailedValidation", kFail, "RestoreFailed"), Phase("New", kUnknown, "DrillRunning"),
        Phase("InProgress", kUnknown, "DrillRunning"),
        Phase("WaitingForPluginOperations", kUnknown, "DrillRunning"),
        Phase("WaitingForPluginOperationsPartiallyFailed", kUnknown, "DrillRunning"),
        Phase("Finalizing", kUnknown, "DrillRunning"),
        Phase("FinalizingPartiallyFailed", kUnknown, "DrillRunning"),
        Phase("completed", kUnknown, "Malformed"),
        Changed{"NotBegun", [](auto&, Json& d) { d.erase("status"); }, kUnknown, "DrillRunning"},
        Changed{"NotValidAndSoNeverStarted",
                [](auto&, Json& d) {
                  d["status"] = {{"phase", "FailedValidation"}};
                },
                kFail, "RestoreFailed"},
        Changed{"CompletedWithErrors", [](auto&, Json& d) { d["status"]["errors"] = 1; }, kFail,
                "RestoreFailed"},
        Changed{"NothingRestored",
                [](auto&, Json& d) {
                  d["status"]["progress"] = {{"totalItems", 0}};
                },
                kUnknown, "NothingRestored"},
        Changed{"AnOldVeleroWithoutProgress", [](auto&, Json& d) { d["status"].erase("progress"); },
                kPass, "RestoreProven"},
        Changed{"NoEnd",
                [](BackupDrillSpec& s, Json& d) {
                  s.max_recovery_time.reset();
                  d["status"].erase("completionTimestamp");
                },
                kUnknown, "NoTimestamp"}),
    [](const auto& row) { return row.param.name; });

TEST(BackupDrillTest, TheSourceTellsTheTimeOfTheOnlyDrill) {
  Json record = Sample("drill-record.json");
  record["drills"].erase(1);
  Newest(record).erase("restoredAt");

  const Finding finding =
      VerifyBackupDrill(Limits(), Document{record.dump(), kRestoredAt + kMillisecond}, kNow);

  EXPECT_EQ(finding.reason, "RestoreProven") << finding.message;
  EXPECT_EQ(finding.observed_at, kRestoredAt + kMillisecond);
}

TEST(BackupDrillTest, TheTimeOfTheDrillWinsOverThatOfItsSource) {
  const Finding finding =
      VerifyBackupDrill(Limits(), Document{Sample("drill-record.json").dump(), kNow}, kNow);

  EXPECT_EQ(finding.observed_at, kRestoredAt);
}

TEST(BackupDrillTest, APassEndsExactlyWhenItGetsTooOld) {
  const Json record = Sample("drill-record.json");

  const Finding before = Judge(Limits(), record, kRestoredAt + kMaxAge - kMillisecond);
  const Finding at = Judge(Limits(), record, kRestoredAt + kMaxAge);

  EXPECT_EQ(before.status, kPass);
  EXPECT_EQ(before.valid_until, kRestoredAt + kMaxAge);
  EXPECT_EQ(at.status, kStale);
  EXPECT_THAT(at.message, HasSubstr("2026-11-20T03:14:10Z, at most 30d ago"));
}

TEST(BackupDrillTest, AnOldFailureIsStillAFailure) {
  Json record = Sample("drill-record.json");
  Newest(record)["succeeded"] = false;

  EXPECT_EQ(Judge(Limits(), record, kRestoredAt + 2 * kMaxAge).status, kFail);
}

TEST(BackupDrillTest, TellsEveryShortfallWithItsFigures) {
  Json record = Sample("drill-record.json");
  Newest(record)["recoveryTime"] = "45m";
  Newest(record)["dataLoss"] = "1h";
  Newest(record)["checks"]["rows"] = "mismatch";

  const Finding finding = Judge(Limits(), record);

  EXPECT_EQ(finding.reason, "ChecksFailed");
  EXPECT_THAT(finding.message, HasSubstr("1 of 2 checks"));
  EXPECT_THAT(finding.message, HasSubstr("took 45m, at most 30m is allowed"));
  EXPECT_THAT(finding.message, HasSubstr("lost 1h of data, at most 5m is allowed"));
}

TEST(BackupDrillTest, RecordsTheFiguresWithUnits) {
  const Finding finding = Judge(Limits(), Sample("drill-record.json"));

  EXPECT_EQ(finding.facts.at("form"), "record");
  EXPECT_EQ(finding.facts.at("drills"), "2");
  EXPECT_EQ(finding.facts.at("restoredAt"), "2026-11-20T03:14:10Z");
  EXPECT_EQ(finding.facts.at("recoveryTime"), "4m10s");
  EXPECT_EQ(finding.facts.at("dataLoss"), "1m30s");
  EXPECT_EQ(finding.facts.at("checks"), "2/2 match");
}

TEST(BackupDrillTest, SaysTheSameAtAnyLaterTime) {
  const Json record = Sample("drill-record.json");

  EXPECT_EQ(Judge(Limits(), record, kNow), Judge(Limits(), record, kNow + std::chrono::hours(9)));
}

TEST(BackupDrillTest, TextThatIsNotJsonIsMalformed) {
  for (const char* body : {"", "not json", "{", R"({"succeeded": true, "succeeded": false})"}) {
    const Finding finding = VerifyBackupDrill(Limits(), Document{body, kRestoredAt}, kNow);

    EXPECT_EQ(finding.reason, "Malformed") << body;
  }
}

// Names of checks and reasons of Jobs are the document's. (THREATS T45, T69.)
TEST(BackupDrillTest, WhatADocumentSaysIsBoundedAndPrintable) {
  const std::string hostile = "\x1B[31m" + std::string(5000, 'x');
  Json record = Sample("drill-record.json");
  for (int i = 0; i < 50; ++i) Newest(record)["checks"][hostile + std::to_string(i)] = "mismatch";
  Json job = Sample("drill-job.json");
  Condition(job)["type"] = "Failed";
  Condition(job)["reason"] = hostile;

  for (const Finding& finding :
       {Judge(Limits(), record), Judge(FromObject("batch/v1", "Job"), job)}) {
    EXPECT_EQ(finding.status, kFail);
    EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
    EXPECT_LE(finding.message.size(), 1024U);
  }
}

}  // namespace
}  // namespace launchgate::evidence
