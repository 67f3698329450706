// The CRDs against operator/core/resources: what a server accepts and what the
// operator reads must be the same fields under the same rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/json/reader.h"
#include "core/resources/budget_review.h"
#include "core/resources/error_budget.h"
#include "core/resources/freeze_window.h"
#include "core/resources/launch_authority.h"
#include "core/resources/launch_review.h"
#include "core/resources/launch_verdict.h"
#include "core/resources/manifest.h"
#include "core/resources/readiness_checklist.h"
#include "tests/contract/crds.h"
#include "tests/support/structural_schema.h"

namespace launchgate::contract {
namespace {

using json::Json;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> ProblemsOf(const Json& object) {
  std::vector<std::string> lines;
  for (const json::Problem& problem : resources::ReadManifest(object).problems) {
    lines.push_back(problem.ToString());
  }
  return lines;
}

Json SampleObject(const std::string& sample) {
  return ReadYaml("tests/testdata/resources/" + sample);
}

class CrdResourcesTest : public ::testing::TestWithParam<Kind> {};

INSTANTIATE_TEST_SUITE_P(Kinds, CrdResourcesTest, ::testing::ValuesIn(Kinds()),
                         [](const auto& row) { return row.param.name; });

// With HasASampleForEveryField: the operator reads every field of the schema.
TEST_P(CrdResourcesTest, TheOperatorReadsEverySample) {
  for (const std::string& sample : GetParam().samples) {
    EXPECT_THAT(ProblemsOf(SampleObject(sample)), IsEmpty()) << sample;
  }
}

constexpr const char* kIntruder = "zzz";

// Adds an unknown field to every object below `value` in turn and collects what
// the operator then says about it, as schema path -> complaint.
class Intruder {
 public:
  explicit Intruder(Json object) : object_(std::move(object)) {}

  std::map<std::string, std::string> Complaints() {
    Visit(object_["spec"], "spec", "spec");
    return complaints_;
  }

 private:
  void Visit(Json& value, const std::string& path, const std::string& schema_path) {
    if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        Visit(value[i], path + "[" + std::to_string(i) + "]", schema_path + "[]");
      }
    }
    if (!value.is_object()) return;
    value[kIntruder] = 1;
    const std::string expected = path + "." + kIntruder + ": ";
    for (const std::string& problem : ProblemsOf(object_)) {
      if (problem.starts_with(expected)) complaints_[schema_path] = problem;
    }
    value.erase(kIntruder);
    for (auto& [name, member] : value.items()) {
      Visit(member, path + "." + name, schema_path + "." + name);
    }
  }

  Json object_;
  std::map<std::string, std::string> complaints_;
};

std::string KnownFields(const Json& schema) {
  std::vector<std::string> names;
  for (const auto& [name, property] : schema["properties"].items()) names.push_back(name);
  std::sort(names.begin(), names.end());
  return ::testing::PrintToString(names);
}

// "… known are a, b and c" as a sorted list.
std::string ToldFields(const std::string& complaint) {
  const std::string marker = "known are ";
  std::string text = complaint.substr(complaint.find(marker) + marker.size());
  if (const std::size_t last = text.find(" and "); last != std::string::npos) {
    text.replace(last, 5, ", ");
  }
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(", ", at), text.size());
    names.push_back(text.substr(at, comma - at));
    at = comma + 2;
  }
  std::sort(names.begin(), names.end());
  return ::testing::PrintToString(names);
}

// Objects in which the operator does not look for misspelt fields, and why.
bool IsExempt(const std::string& path, const Json& schema) {
  // Kinds that this version does not verify; their fields are not read at all.
  for (const char* kind : {"backupDrill", "alertRules", "slo", "resilience", "workload", "query",
                           "http", "attestation"}) {
    if (path.starts_with("spec.evidence[]." + std::string(kind))) return true;
  }
  // Any key is fine in a map of labels.
  if (schema.contains("additionalProperties")) return true;
  // An unknown field there is a kind of evidence that a newer version knows.
  if (path == "spec.evidence[]") return true;
  // DSSE asks consumers to ignore unknown members.
  if (path.starts_with("spec.envelope") || path.starts_with("spec.signOffs[].envelope")) {
    return true;
  }
  return !path.starts_with("spec") || schema["type"] != "object";
}

TEST_P(CrdResourcesTest, TheOperatorKnowsExactlyTheFieldsOfTheSchema) {
  std::map<std::string, std::string> complaints;
  for (const std::string& sample : GetParam().samples) {
    complaints.merge(Intruder(SampleObject(sample)).Complaints());
  }
  std::size_t compared = 0;

  testing::ForEachSchema(SchemaOf(GetParam()), [&](const std::string& path, const Json& schema) {
    if (IsExempt(path, schema)) return;
    ASSERT_EQ(complaints.count(path), 1U) << "unknown fields are accepted in " << path;
    EXPECT_EQ(ToldFields(complaints[path]), KnownFields(schema)) << path;
    ++compared;
  });

  EXPECT_GE(compared, 2U);
}

TEST(CrdBoundsTest, AreThoseOfTheOperator) {
  const auto at = [](std::size_t kind, const char* pointer) {
    return SchemaOf(Kinds()[kind]).at(Json::json_pointer(pointer)).get<std::size_t>();
  };

  EXPECT_EQ(at(0, "/properties/spec/properties/evidence/maxItems"), resources::kMaxEvidenceEntries);
  const std::string runbook = "/properties/spec/properties/evidence/items/properties/runbook";
  EXPECT_EQ(at(0, (runbook + "/properties/urls/maxItems").c_str()), resources::kMaxRunbookUrls);
  EXPECT_EQ(at(0, (runbook + "/properties/url/maxLength").c_str()), resources::kMaxUrlLength);
  EXPECT_EQ(at(0, (runbook + "/properties/requiredSections/maxItems").c_str()),
            resources::kMaxRequiredSections);
  const std::string status = "/properties/status/properties";
  EXPECT_EQ(at(0, (status + "/approvedRevisions/maxItems").c_str()),
            resources::kMaxApprovedRevisions);
  EXPECT_EQ(at(0, (status + "/items/maxItems").c_str()), resources::kMaxRecordedFindings);
  EXPECT_EQ(at(0, (status + "/items/items/properties/facts/maxProperties").c_str()),
            resources::kMaxFacts);
  EXPECT_EQ(at(0, (status + "/items/items/properties/message/maxLength").c_str()),
            resources::kMaxFindingMessageLength);
  EXPECT_EQ(at(0, (status + "/verdict/properties/highestSequences/maxItems").c_str()),
            resources::kMaxRememberedSigners);
  EXPECT_EQ(at(1, "/properties/spec/properties/sections/maxItems"), resources::kMaxSections);
  EXPECT_EQ(at(1, "/properties/spec/properties/sections/items/properties/items/maxItems"),
            resources::kMaxItemsPerSection);
  EXPECT_EQ(at(2, "/properties/spec/properties/statement/maxLength"), resources::kMaxPayloadLength);
  EXPECT_EQ(at(2, "/properties/spec/properties/sshSignature/maxLength"),
            resources::kMaxSshSignatureBytes);
  EXPECT_EQ(at(2, "/properties/spec/properties/envelope/properties/signatures/maxItems"),
            resources::kMaxEnvelopeSignatures);
  EXPECT_EQ(at(3, "/properties/spec/properties/keys/maxItems"), resources::kMaxAuthorityKeys);
  EXPECT_EQ(at(3, "/properties/spec/properties/roles/maxItems"), resources::kMaxAuthorityRoles);
  EXPECT_EQ(at(3, "/properties/spec/properties/namespaces/maxItems"),
            resources::kMaxAuthorityNamespaces);
  const std::string objectives = "/properties/spec/properties/objectives";
  EXPECT_EQ(at(4, (objectives + "/maxItems").c_str()), resources::kMaxObjectives);
  const std::string events = objectives + "/items/properties/events/properties";
  for (const char* field : {"total", "good", "bad"}) {
    EXPECT_EQ(at(4, (events + "/" + field + "/maxLength").c_str()),
              resources::kMaxExpressionLength);
  }
}

TEST(CrdBoundsTest, OfAFreezeWindowAreThoseOfTheOperator) {
  const Json spec = SchemaOf(Kinds()[5])["properties"]["spec"]["properties"];
  const Json selector = spec["namespaceSelector"]["properties"];

  EXPECT_EQ(spec["schedule"]["properties"]["cron"]["maxLength"], resources::kMaxCronLength);
  EXPECT_EQ(selector["matchLabels"]["maxProperties"], resources::kMaxMatchLabels);
  EXPECT_EQ(selector["matchExpressions"]["maxItems"], resources::kMaxMatchExpressions);
  EXPECT_EQ(selector["matchExpressions"]["items"]["properties"]["values"]["maxItems"],
            resources::kMaxLabelValues);
}

TEST(CrdBoundsTest, OfAReviewAreThoseOfTheOperator) {
  const auto at = [schema = SchemaOf(Kinds()[6])](const std::string& pointer) {
    return schema.at(Json::json_pointer("/properties/" + pointer)).get<std::size_t>();
  };

  const std::string sign_offs = "spec/properties/signOffs";
  EXPECT_EQ(at("spec/properties/budgetRef/properties/name/maxLength"),
            resources::kMaxReviewedBudgetName);
  EXPECT_EQ(at(sign_offs + "/maxItems"), resources::kMaxSignOffs);
  EXPECT_EQ(at(sign_offs + "/items/properties/statement/maxLength"),
            resources::kMaxSignOffPayloadLength);
  EXPECT_EQ(at(sign_offs + "/items/properties/envelope/properties/payload/maxLength"),
            resources::kMaxSignOffPayloadLength);
  EXPECT_EQ(at("status/properties/signedOffBy/maxItems"), resources::kMaxSignedOffBy);
  const std::string agenda = "status/properties/agenda/properties/";
  EXPECT_EQ(at(agenda + "objectives/maxItems"), resources::kMaxObjectives);
  const std::string objective = agenda + "objectives/items/properties/";
  EXPECT_EQ(at(objective + "incidents/maxItems"), resources::kMaxIncidents);
  EXPECT_EQ(at(objective + "burnDown/maxItems"), resources::kMaxBurnDownPoints);
  EXPECT_EQ(at(agenda + "freezes/maxItems"), resources::kMaxAgendaFreezes);
  EXPECT_EQ(at(agenda + "overrides/maxItems"), resources::kMaxAgendaOverrides);
  EXPECT_EQ(at(agenda + "conditions/maxItems"), resources::kMaxAgendaConditions);
  EXPECT_EQ(at(agenda + "evidence/maxItems"), resources::kMaxAgendaEvidence);
  EXPECT_EQ(at(agenda + "actions/maxItems"), resources::kMaxAgendaActions);
  EXPECT_EQ(at(agenda + "omitted/maximum"), resources::kMaxAgendaOmitted);
  EXPECT_EQ(at(agenda + "actions/items/properties/text/maxLength"),
            resources::kMaxAgendaTextLength);
}

TEST(CrdBoundsTest, EveryKindOfEvidenceIsInBothSchemas) {
  const Json entry =
      SchemaOf(Kinds()[0]).at("/properties/spec/properties/evidence/items"_json_pointer);
  const Json words =
      SchemaOf(Kinds()[1])
          .at("/properties/spec/properties/sections/items/properties/items/items/properties/evidence/enum"_json_pointer);

  EXPECT_EQ(words.size(), static_cast<std::size_t>(resources::EvidenceKind::kUnknown));
  EXPECT_EQ(entry["oneOf"].size(), words.size());
  for (const std::string word : words) {
    EXPECT_NE(resources::ParseEvidenceKind(word), resources::EvidenceKind::kUnknown) << word;
    EXPECT_TRUE(entry["properties"].contains(word)) << word;
  }
}

// One change to a sample that must be refused.
struct Refused {
  std::string name;
  std::string sample;
  std::string pointer;
  std::string value;          // JSON, or "absent".
  bool by_the_server = true;  // Also where CEL is not there.
};

class RefusedTest : public ::testing::TestWithParam<Refused> {};

Json Changed(const Refused& row) {
  Json object = SampleObject(row.sample);
  const Json::json_pointer pointer(row.pointer);
  if (row.value == "absent") {
    object.at(pointer.parent_pointer()).erase(pointer.back());
  } else {
    object[pointer] = Json::parse(row.value);
  }
  return object;
}

TEST_P(RefusedTest, ByTheOperatorAndWhereASchemaCanSayItByTheServer) {
  Json object = Changed(GetParam());

  EXPECT_THAT(ProblemsOf(object), Not(IsEmpty()));

  const std::string kind = object["kind"];
  for (const char* field : {"apiVersion", "kind", "metadata"}) object.erase(field);
  for (const Kind& candidate : Kinds()) {
    if (candidate.name != kind) continue;
    const std::vector<std::string> violations = testing::Violations(SchemaOf(candidate), object);
    EXPECT_EQ(!violations.empty(), GetParam().by_the_server)
        << ::testing::PrintToString(violations);
  }
}

constexpr const char* kReview = "launchreview.yaml";
constexpr const char* kChecklist = "readinesschecklist.yaml";
constexpr const char* kAuthority = "launchauthority.yaml";
constexpr const char* kEnvelope = "launchverdict-envelope.yaml";
constexpr const char* kSsh = "launchverdict-ssh.yaml";
constexpr const char* kBudget = "errorbudget.yaml";
constexpr const char* kMonthly = "errorbudget-calendar.yaml";
constexpr const char* kWeekend = "freezewindow.yaml";
constexpr const char* kOnce = "freezewindow-once.yaml";
constexpr const char* kMonth = "budgetreview.yaml";
constexpr bool kOnlyByTheOperator = false;

INSTANTIATE_TEST_SUITE_P(
    Reviews, RefusedTest,
    ::testing::Values(
        Refused{"NoTarget", kReview, "/spec/target", "absent"},
        Refused{"NoBinding", kReview, "/spec/binding", "absent"},
        Refused{"UnknownBinding", kReview, "/spec/binding", R"("Forever")"},
        Refused{"TargetOfAnotherKind", kReview, "/spec/target/kind", R"("Pod")"},
        Refused{"KindAndGroupDoNotFit", kReview, "/spec/target/apiVersion", R"("batch/v1")"},
        Refused{"TraversalInName", kReview, "/spec/target/name", R"("../x")"},
        Refused{"UnknownField", kReview, "/spec/replicas", "1"},
        Refused{"TwoKindsInOneEntry", kReview, "/spec/evidence/0/slo", "{}"},
        Refused{"NoKindInAnEntry", kReview, "/spec/evidence/0/runbook", "absent"},
        Refused{"TwoSources", kReview, "/spec/evidence/8/loadTest/from/url", R"("https://a.b/")"},
        Refused{"NoSource", kReview, "/spec/evidence/8/loadTest/from", "{}"},
        Refused{"SameItemTwice", kReview, "/spec/evidence/1/item", R"("runbook")"},
        Refused{"UrlWithPassword", kReview, "/spec/evidence/0/runbook/url",
                R"("https://a:b@example.com/")"},
        Refused{"UrlOfAFile", kReview, "/spec/evidence/0/runbook/url", R"("file:///etc/passwd")"},
        Refused{"UrlAndUrls", kReview, "/spec/evidence/0/runbook/urls", R"(["https://a.b/"])"},
        Refused{"PercentileOf100", kReview, "/spec/evidence/8/loadTest/maxLatency/percentile",
                R"("100")"},
        Refused{"PercentileOf0", kReview, "/spec/evidence/8/loadTest/maxLatency/percentile",
                R"("0.0")"},
        Refused{"ErrorRateAbove1", kReview, "/spec/evidence/8/loadTest/maxErrorRate", R"("1.1")"},
        Refused{"RateIsANumber", kReview, "/spec/evidence/8/loadTest/minRequestRate", "200"},
        Refused{"MaxAgeWithoutUnit", kReview, "/spec/evidence/8/loadTest/maxAge", R"("30")"},
        Refused{"MaxAgeTooLong", kReview, "/spec/evidence/8/loadTest/maxAge", R"("999d")",
                kOnlyByTheOperator},
        Refused{"PortTooLarge", kReview, "/spec/evidence/0/runbook/url", R"("https://a.b:70000/")",
                kOnlyByTheOperator}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Others, RefusedTest,
    ::testing::Values(
        Refused{"NoSections", kChecklist, "/spec/sections", "[]"},
        Refused{"EmptySection", kChecklist, "/spec/sections/0/items", "[]"},
        Refused{"SameSectionTwice", kChecklist, "/spec/sections/1/id", R"("operations")"},
        Refused{"SameItemInOneSection", kChecklist, "/spec/sections/0/items/1/id", R"("runbook")"},
        Refused{"SameItemInTwoSections", kChecklist, "/spec/sections/1/items/0/id", R"("runbook")",
                kOnlyByTheOperator},
        Refused{"NoKeys", kAuthority, "/spec/keys", "[]"},
        Refused{
            "PrivateKey", kAuthority, "/spec/keys/0/publicKey",
            R"("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAAAAAAAAAAAAAAAAAA\n-----END PRIVATE KEY-----\n")"},
        Refused{"TimeWithoutZone", kAuthority, "/spec/keys/0/notAfter", R"("2027-01-01T00:00:00")"},
        Refused{"ThresholdOfZero", kAuthority, "/spec/roles/0/threshold", "0"},
        Refused{"SameRoleTwice", kAuthority, "/spec/roles/1/name", R"("service-owner")"},
        Refused{"NamespacePattern", kAuthority, "/spec/namespaces/0", R"("shop-*")"},
        Refused{"SameNamespaceTwice", kAuthority, "/spec/namespaces", R"(["a", "a"])"},
        Refused{"RoleNobodyDefined", kAuthority, "/spec/keys/0/role", R"("boss")",
                kOnlyByTheOperator},
        Refused{"OnlyBreakGlassRoles", kAuthority, "/spec/roles",
                R"([{"name": "sre", "threshold": 1, "breakGlass": true}])", kOnlyByTheOperator},
        Refused{"QuorumNobodyCanMeet", kAuthority, "/spec/roles/0/threshold", "2",
                kOnlyByTheOperator},
        Refused{"NeitherForm", kEnvelope, "/spec/envelope", "absent"},
        Refused{"BothForms", kEnvelope, "/spec/statement", R"("e30=")"},
        Refused{"EnvelopeAndSshSignature", kEnvelope, "/spec/sshSignature", R"("x")"},
        Refused{"StatementWithoutSignature", kSsh, "/spec/sshSignature", "absent"},
        Refused{"StatementIsNoBase64", kSsh, "/spec/statement", R"("{}")"},
        Refused{"NoSignatures", kEnvelope, "/spec/envelope/signatures", "[]"},
        Refused{"NoReview", kEnvelope, "/spec/reviewRef", "absent"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    BudgetReviews, RefusedTest,
    ::testing::Values(
        Refused{"NoBudget", kMonth, "/spec/budgetRef", "absent"},
        Refused{"NoMonth", kMonth, "/spec/month", "absent"},
        Refused{"Thirteenth", kMonth, "/spec/month", R"("2026-13")"},
        Refused{"BeforeTime", kMonth, "/spec/month", R"("1969-12")"},
        Refused{"Day", kMonth, "/spec/month", R"("2026-10-01")"},
        Refused{"NeitherForm", kMonth, "/spec/signOffs/0/envelope", "absent"},
        Refused{"BothForms", kMonth, "/spec/signOffs/0/statement", R"("e30=")"},
        Refused{"StatementWithoutSignature", kMonth, "/spec/signOffs/1/sshSignature", "absent"},
        Refused{"NoSignatures", kMonth, "/spec/signOffs/0/envelope/signatures", "[]"},
        Refused{"UnknownField", kMonth, "/spec/signed", "true"},
        Refused{"NameOfAnotherMonth", kMonth, "/spec/month", R"("2026-11")", kOnlyByTheOperator}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    ErrorBudgets, RefusedTest,
    ::testing::Values(
        Refused{"NoServer", kBudget, "/spec/prometheus/server", "absent"},
        Refused{"ServerIsAnAddress", kBudget, "/spec/prometheus/server", R"("http://a:9090")"},
        Refused{"NoWindowInside", kBudget, "/spec/window", "{}"},
        Refused{"RollingAndCalendar", kBudget, "/spec/window/calendar", R"("month")"},
        Refused{"RollingWithTimeZone", kBudget, "/spec/window/timeZone", R"("UTC")"},
        Refused{"MonthWithoutTimeZone", kMonthly, "/spec/window/timeZone", "absent"},
        Refused{"CalendarWeek", kMonthly, "/spec/window/calendar", R"("week")"},
        Refused{"TimeZoneIsAPath", kMonthly, "/spec/window/timeZone", R"("../../etc/passwd")"},
        Refused{"WindowTooShort", kBudget, "/spec/window/rolling", R"("30s")", kOnlyByTheOperator},
        Refused{"NoObjectives", kBudget, "/spec/objectives", "[]"},
        Refused{"SameObjectiveTwice", kBudget, "/spec/objectives/1/name",
                R"("redeem-availability")"},
        Refused{"TargetOf100", kBudget, "/spec/objectives/0/target", R"("100")"},
        Refused{"TargetOf0", kBudget, "/spec/objectives/0/target", R"("0.0")"},
        Refused{"TargetIsANumber", kBudget, "/spec/objectives/0/target", "99.9"},
        Refused{"EventsAndLatency", kBudget, "/spec/objectives/0/latency",
                R"({"metric": "m", "threshold": "1s"})"},
        Refused{"NeitherEventsNorLatency", kBudget, "/spec/objectives/0/events", "absent"},
        Refused{"NoWindowInTotal", kBudget, "/spec/objectives/0/events/total", R"("up[28d]")"},
        Refused{"GoodAndBad", kBudget, "/spec/objectives/0/events/bad", R"("x[$window]")"},
        Refused{"NeitherGoodNorBad", kBudget, "/spec/objectives/0/events/good", "absent"},
        Refused{"MetricWithBraces", kBudget, "/spec/objectives/2/latency/metric",
                R"("m{a=\"b\"}")"},
        Refused{"MetricOfBuckets", kBudget, "/spec/objectives/2/latency/metric", R"("m_bucket")",
                kOnlyByTheOperator},
        Refused{"MatchersThatEndTheSelector", kBudget, "/spec/objectives/2/latency/matchers",
                R"("a=\"b\"}[1h])) or vector(1) #")"},
        Refused{"MatchersWithOpenQuote", kBudget, "/spec/objectives/2/latency/matchers",
                R"("a=\"b")"},
        Refused{"MatchersOfBuckets", kBudget, "/spec/objectives/2/latency/matchers",
                R"("le=\"+Inf\"")", kOnlyByTheOperator},
        Refused{"ThresholdWithoutUnit", kBudget, "/spec/objectives/2/latency/threshold",
                R"("250")"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    FreezeWindows, RefusedTest,
    ::testing::Values(
        Refused{"NoReason", kWeekend, "/spec/reason", "absent"},
        Refused{"NoOwner", kWeekend, "/spec/owner", "absent"},
        Refused{"NeitherScheduleNorStart", kWeekend, "/spec/schedule", "absent"},
        Refused{"ScheduleAndEnd", kWeekend, "/spec/end", R"("2026-11-28T00:00:00Z")"},
        Refused{"StartWithoutEnd", kOnce, "/spec/end", "absent"},
        Refused{"EndWithoutStart", kOnce, "/spec/start", "absent"},
        Refused{"TimeWithoutZone", kOnce, "/spec/start", R"("2026-11-27T00:00:00")"},
        Refused{"EndBeforeStart", kOnce, "/spec/end", R"("2026-11-20T00:00:00Z")",
                kOnlyByTheOperator},
        Refused{"NoTimeZone", kWeekend, "/spec/schedule/timeZone", "absent"},
        Refused{"TimeZoneIsAPath", kWeekend, "/spec/schedule/timeZone", R"("../UTC")"},
        Refused{"FourFields", kWeekend, "/spec/schedule/cron", R"("0 18 * *")"},
        Refused{"SixFields", kWeekend, "/spec/schedule/cron", R"("0 0 18 * * 5")"},
        Refused{"Macro", kWeekend, "/spec/schedule/cron", R"("@midnight")"},
        Refused{"QuestionMark", kWeekend, "/spec/schedule/cron", R"("0 18 ? * 5")"},
        Refused{"HourOf25", kWeekend, "/spec/schedule/cron", R"("0 25 * * 5")", kOnlyByTheOperator},
        Refused{"ThirtiethOfFebruary", kWeekend, "/spec/schedule/cron", R"("0 0 30 2 *")",
                kOnlyByTheOperator},
        Refused{"TooOften", kWeekend, "/spec/schedule/cron", R"("* * * * *")", kOnlyByTheOperator},
        Refused{"DurationWithoutUnit", kWeekend, "/spec/schedule/duration", R"("62")"},
        Refused{"DurationTooLong", kWeekend, "/spec/schedule/duration", R"("32d")",
                kOnlyByTheOperator},
        Refused{"LabelIsANumber", kWeekend, "/spec/namespaceSelector/matchLabels/tier", "5"},
        Refused{"LabelWithBlank", kWeekend, "/spec/namespaceSelector/matchLabels/tier", R"("a b")"},
        Refused{"UnknownOperator", kWeekend, "/spec/namespaceSelector/matchExpressions/0/operator",
                R"("Like")"},
        Refused{"InWithoutValues", kWeekend, "/spec/namespaceSelector/matchExpressions/0/values",
                "absent"},
        Refused{"DoesNotExistWithValues", kWeekend,
                "/spec/namespaceSelector/matchExpressions/1/values", R"(["a"])"},
        Refused{"KeyWithBlank", kWeekend, "/spec/namespaceSelector/matchExpressions/0/key",
                R"("a b")"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::contract
