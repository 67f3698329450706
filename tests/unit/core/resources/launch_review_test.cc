#include "core/resources/launch_review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LaunchReview Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  LaunchReview review = ParseLaunchReview(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return review;
}

std::string ProblemsOf(const json::Json& object) {
  std::vector<json::Problem> problems;
  ParseLaunchReview(object, problems);
  return Lines(problems);
}

TEST(LaunchReviewTest, ReadsWhatItIsAbout) {
  const LaunchReview review = Parse(ReviewSample());

  EXPECT_EQ(review.meta.Key(), "shop/gift-cards");
  EXPECT_EQ(review.target, (TargetRef{TargetKind::kDeployment, "shop", "gift-cards"}));
  EXPECT_EQ(review.checklist, "production-readiness");
  EXPECT_EQ(review.authority, "platform");
  EXPECT_EQ(review.error_budget, "gift-cards");
  EXPECT_EQ(review.team, "payments");
  EXPECT_EQ(review.contact, "#payments-oncall");
  EXPECT_EQ(review.binding, Binding::kRevision);
}

TEST(LaunchReviewTest, ReadsALoadTest) {
  const LaunchReview review = Parse(ReviewSample());

  const EvidenceEntry* entry = review.FindEvidence("load-test");
  ASSERT_NE(entry, nullptr);
  ASSERT_TRUE(std::holds_alternative<LoadTestSpec>(entry->spec));
  const LoadTestSpec& spec = std::get<LoadTestSpec>(entry->spec);
  EXPECT_EQ(spec.from.config_map, (EvidenceSource::ConfigMapKey{"gift-cards-k6", "summary.json"}));
  EXPECT_EQ(spec.from.url, std::nullopt);
  EXPECT_EQ(spec.max_age, std::chrono::hours(24 * 30));
  EXPECT_EQ(spec.min_request_rate, 200.0);
  EXPECT_EQ(spec.max_error_rate, 0.01);
  ASSERT_TRUE(spec.max_latency.has_value());
  EXPECT_EQ(spec.max_latency->percentile, 95.0);
  EXPECT_EQ(spec.max_latency->percentile_text, "95");
  EXPECT_EQ(spec.max_latency->threshold, std::chrono::milliseconds(250));
}

TEST(LaunchReviewTest, ReadsRunbooks) {
  const LaunchReview review = Parse(ReviewSample());

  const EvidenceEntry* one = review.FindEvidence("runbook");
  const EvidenceEntry* several = review.FindEvidence("runbook-of-dependencies");
  ASSERT_TRUE(one != nullptr && std::holds_alternative<RunbookSpec>(one->spec));
  ASSERT_TRUE(several != nullptr && std::holds_alternative<RunbookSpec>(several->spec));
  EXPECT_THAT(std::get<RunbookSpec>(one->spec).urls,
              ElementsAre("https://runbooks.example.com/gift-cards"));
  EXPECT_THAT(std::get<RunbookSpec>(one->spec).required_sections,
              ElementsAre("Symptoms", "Mitigation", "Rollback", "Escalation"));
  EXPECT_EQ(std::get<RunbookSpec>(one->spec).recheck_every, std::chrono::minutes(5));
  EXPECT_THAT(std::get<RunbookSpec>(several->spec).urls,
              ElementsAre("https://runbooks.example.com/payments?version=2#top",
                          "http://[2001:db8::1]:8080/ledger"));
}

TEST(LaunchReviewTest, FillsInDefaultsWithoutChangingTheDigest) {
  const LaunchReview review = Parse(With(ReviewSample(), "/spec/evidence", R"([
      {"item": "a", "loadTest": {"from": {"url": "https://example.com/"}}},
      {"item": "b", "runbook": {"url": "https://example.com/"}}])"));

  EXPECT_EQ(std::get<LoadTestSpec>(review.evidence[0].spec).max_age, kDefaultMaxAge);
  EXPECT_EQ(std::get<LoadTestSpec>(review.evidence[0].spec).recheck_every, kDefaultRecheckEvery);
  EXPECT_EQ(std::get<LoadTestSpec>(review.evidence[0].spec).min_request_rate, std::nullopt);
  EXPECT_EQ(std::get<RunbookSpec>(review.evidence[1].spec).recheck_every, kDefaultRecheckEvery);
}

TEST(LaunchReviewTest, ItsDigestCoversTheSpecAndNothingElse) {
  const json::Json sample = ReviewSample();
  const std::string digest = Parse(sample).spec_digest;

  EXPECT_EQ(digest, json::CanonicalDigest(sample["spec"]));
  EXPECT_EQ(Parse(With(sample, "/status", "absent")).spec_digest, digest);
  EXPECT_EQ(Parse(With(sample, "/metadata/generation", "7")).spec_digest, digest);
  EXPECT_NE(Parse(With(sample, "/spec/owner/contact", R"("#other")")).spec_digest, digest);
  EXPECT_NE(Parse(With(sample, "/spec/evidence/0", "absent")).spec_digest, digest);
}

TEST(LaunchReviewTest, ReadsBackupDrills) {
  const LaunchReview review = Parse(ReviewSample());

  const EvidenceEntry* entry = review.FindEvidence("restore-drill");
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->kind, EvidenceKind::kBackupDrill);
  EXPECT_TRUE(std::holds_alternative<BackupDrillSpec>(entry->spec));
}

TEST(LaunchReviewTest, AnUnknownKindOfEvidenceIsNoProblem) {
  const LaunchReview review =
      Parse(With(ReviewSample(), "/spec/evidence/0", R"({"item": "x", "seance": {"a": 1}})"));

  EXPECT_EQ(review.evidence[0].kind, EvidenceKind::kUnknown);
  EXPECT_EQ(review.evidence[0].kind_word, "seance");
}

TEST(LaunchReviewTest, NamesEveryKindOfTarget) {
  const json::Json sample = ReviewSample();
  const auto target = [&](const std::string& api_version, const std::string& kind) {
    return Parse(With(sample, "/spec/target",
                      R"({"apiVersion": ")" + api_version + R"(", "kind": ")" + kind +
                          R"(", "name": "x"})"))
        .target.Word();
  };

  EXPECT_EQ(target("apps/v1", "StatefulSet"), "statefulset/x");
  EXPECT_EQ(target("apps/v1beta2", "DaemonSet"), "daemonset/x");
  EXPECT_EQ(target("batch/v1beta1", "CronJob"), "cronjob/x");
  EXPECT_EQ(target("argoproj.io/v1alpha1", "Rollout"), "rollout/x");
}

TEST(LaunchReviewTest, FindsNoEvidenceForOtherItems) {
  EXPECT_EQ(Parse(ReviewSample()).FindEvidence("none"), nullptr);
}

struct Change {
  std::string name;
  std::string pointer;  // Into the sample.
  std::string value;    // JSON, or "absent".
  std::string problem;  // Part of the complaint.
};

class BadReviewTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadReviewTest, IsRefusedWithThePathAndTheReason) {
  const std::string problems =
      ProblemsOf(With(ReviewSample(), GetParam().pointer, GetParam().value));

  EXPECT_THAT(problems, HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Objects, BadReviewTest,
    ::testing::Values(
        Change{"OtherApiVersion", "/apiVersion", R"("launchgate.dev/v2")", "apiVersion: must be"},
        Change{"OtherKind", "/kind", R"("LaunchView")", "kind: must be \"LaunchReview\""},
        Change{"UnknownTopLevelField", "/spce", "{}", "spce: is not a known field"},
        Change{"NoMetadata", "/metadata", "absent", "metadata: must be set"},
        Change{"NoName", "/metadata/name", "absent", "metadata.name: must be set"},
        Change{"TraversalInName", "/metadata/name", R"("..")",
               "metadata.name: must be an RFC 1123"},
        Change{"SlashInNamespace", "/metadata/namespace", R"("a/b")",
               "metadata.namespace: must be an RFC 1123 label"},
        Change{"NoSpec", "/spec", "absent", "spec: must be set"},
        Change{"SpecIsAList", "/spec", "[]", "spec: must be an object"},
        Change{"UnknownSpecField", "/spec/replicas", "1", "spec.replicas: is not a known field"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Specs, BadReviewTest,
    ::testing::Values(
        Change{"NoTarget", "/spec/target", "absent", "spec.target: must be set"},
        Change{"TargetIsText", "/spec/target", R"("deployment/x")",
               "spec.target: must be an object"},
        Change{"NoTargetName", "/spec/target/name", "absent", "spec.target.name: must be set"},
        Change{"EncodedTraversalInTargetName", "/spec/target/name", R"("%2e%2e")",
               "spec.target.name: must be an RFC 1123"},
        Change{"SlashInTargetName", "/spec/target/name", R"("a/b")", "spec.target.name"},
        Change{"TargetOfAKindWithoutReviews", "/spec/target/kind", R"("Pod")",
               "spec.target.kind: must be Deployment"},
        Change{"TargetOfAnotherGroup", "/spec/target/apiVersion", R"("extensions/v1beta1")",
               "spec.target.kind: must be Deployment"},
        Change{"TargetNamespaceIsNotOurs", "/spec/target/namespace", R"("other")",
               "spec.target.namespace: is not a known field"},
        Change{"NoChecklist", "/spec/checklistRef", "absent", "spec.checklistRef: must be set"},
        Change{"EmptyChecklistName", "/spec/checklistRef/name", R"("")",
               "spec.checklistRef.name: must not be empty"},
        Change{"ReferenceToAnotherNamespace", "/spec/checklistRef/namespace", R"("x")",
               "spec.checklistRef.namespace: is not a known field"},
        Change{"NoAuthority", "/spec/authorityRef", "absent", "spec.authorityRef: must be set"},
        Change{"BadBudgetName", "/spec/errorBudgetRef/name", R"("A")", "spec.errorBudgetRef.name"},
        Change{"NoOwner", "/spec/owner", "absent", "spec.owner: must be set"},
        Change{"NoContact", "/spec/owner/contact", "absent", "spec.owner.contact: must be set"},
        Change{"TeamTooLong", "/spec/owner/team", '"' + std::string(129, 'x') + '"',
               "spec.owner.team: must have at most 128 characters"},
        Change{"NoBinding", "/spec/binding", "absent", "spec.binding: must be set"},
        Change{"UnknownBinding", "/spec/binding", R"("Forever")",
               "spec.binding: must be Service or Revision, not \"Forever\""},
        Change{"BindingInOtherCase", "/spec/binding", R"("service")", "spec.binding: must be"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Evidence, BadReviewTest,
    ::testing::Values(
        Change{"NoItem", "/spec/evidence/0/item", "absent", "spec.evidence[0].item: must be set"},
        Change{"ItemIsNoLabel", "/spec/evidence/0/item", R"("Run Book")",
               "spec.evidence[0].item: must be an RFC 1123 label"},
        Change{"SameItemTwice", "/spec/evidence/1/item", R"("runbook")",
               "spec.evidence[1].item: must be unique"},
        Change{"TwoKindsInOneEntry", "/spec/evidence/0/slo", "{}",
               "spec.evidence[0]: must have item and exactly one kind"},
        Change{"NoKind", "/spec/evidence/0/runbook", "absent",
               "spec.evidence[0]: must have item and exactly one kind"},
        Change{"KindIsNull", "/spec/evidence/0/runbook", "null",
               "spec.evidence[0]: must have item and exactly one kind"},
        Change{"KindIsText", "/spec/evidence/0/runbook", R"("x")",
               "spec.evidence[0].runbook: must be an object"},
        Change{"NoSource", "/spec/evidence/8/loadTest/from", "absent",
               "spec.evidence[8].loadTest.from: must be set"},
        Change{"EmptySource", "/spec/evidence/8/loadTest/from", "{}",
               "loadTest.from: must have exactly one of configMapRef and url"},
        Change{"TwoSources", "/spec/evidence/8/loadTest/from/url", R"("https://a.example/")",
               "loadTest.from: must have exactly one of configMapRef and url"},
        Change{"SourceThatLoadTestsCannotHave", "/spec/evidence/8/loadTest/from",
               R"({"prometheusRuleRef": {"name": "x"}})",
               "loadTest.from.prometheusRuleRef: is not a known field"},
        Change{"NoConfigMapKey", "/spec/evidence/8/loadTest/from/configMapRef/key", "absent",
               "configMapRef.key: must be set"},
        Change{"TraversalInConfigMapKey", "/spec/evidence/8/loadTest/from/configMapRef/key",
               R"("..")", "configMapRef.key: must be a key"},
        Change{"NamespaceInSource", "/spec/evidence/8/loadTest/from/configMapRef/namespace",
               R"("kube-system")", "configMapRef.namespace: is not a known field"},
        Change{"UrlWithPassword", "/spec/evidence/9/loadTest/from/url",
               R"("https://u:p@example.com/")", "from.url: must not carry a user name"},
        Change{"MaxAgeIsANumber", "/spec/evidence/8/loadTest/maxAge", "30",
               "maxAge: must be a duration"},
        Change{"MaxAgeTooShort", "/spec/evidence/8/loadTest/maxAge", R"("59s")",
               "maxAge: must be from 1m to 366d"},
        Change{"MaxAgeTooLong", "/spec/evidence/8/loadTest/maxAge", R"("367d")",
               "maxAge: must be from 1m to 366d"},
        Change{"RateIsANumber", "/spec/evidence/8/loadTest/minRequestRate", "200",
               "minRequestRate: must be a decimal number in quotes"},
        Change{"NegativeRate", "/spec/evidence/8/loadTest/minRequestRate", R"("-1")",
               "minRequestRate: must not be negative"},
        Change{"ErrorRateInPercent", "/spec/evidence/8/loadTest/maxErrorRate", R"("1.5")",
               "maxErrorRate: must be from 0 to 1"},
        Change{"ErrorRateIsNaN", "/spec/evidence/8/loadTest/maxErrorRate", R"("nan")",
               "maxErrorRate: must be a decimal"},
        Change{"PercentileOf100", "/spec/evidence/8/loadTest/maxLatency/percentile", R"("100")",
               "percentile: must be more than 0 and less than 100"},
        Change{"PercentileOf0", "/spec/evidence/8/loadTest/maxLatency/percentile", R"("0")",
               "percentile: must be more than 0 and less than 100"},
        Change{"NoPercentile", "/spec/evidence/8/loadTest/maxLatency/percentile", "absent",
               "percentile: must be set"},
        Change{"LatencyOf0", "/spec/evidence/8/loadTest/maxLatency/threshold", R"("0s")",
               "threshold: must be from 1ms to 1h"},
        Change{"MisspeltLimit", "/spec/evidence/8/loadTest/maxErrorrate", R"("0.1")",
               "maxErrorrate: is not a known field"},
        Change{"UrlAndUrls", "/spec/evidence/0/runbook/urls", R"(["https://a.example/"])",
               "runbook: must have exactly one of url and urls"},
        Change{"NoUrl", "/spec/evidence/0/runbook/url", "absent",
               "runbook: must have exactly one of url and urls"},
        Change{"NoUrls", "/spec/evidence/1/runbook/urls", "[]", "urls: must have at least one URL"},
        Change{"BadUrlInList", "/spec/evidence/1/runbook/urls/1", R"("file:///etc/passwd")",
               "runbook.urls[1]: must start with"},
        Change{"SameUrlTwice", "/spec/evidence/1/runbook/urls",
               R"(["https://a.example/", "https://a.example/"])",
               "runbook.urls[1]: must be unique"},
        Change{"EmptySection", "/spec/evidence/0/runbook/requiredSections/0", R"("")",
               "requiredSections[0]: must be text and not empty"},
        Change{"RecheckTooOften", "/spec/evidence/0/runbook/recheckEvery", R"("900ms")",
               "recheckEvery: must be from 1s to 7d"}),
    [](const auto& row) { return row.param.name; });

TEST(LaunchReviewTest, BoundsItsLists) {
  json::Json many = ReviewSample();
  json::Json& evidence = many["spec"]["evidence"] = json::Json::array();
  for (std::size_t i = 0; i <= kMaxEvidenceEntries; ++i) {
    evidence.push_back({{"item", "i" + std::to_string(i)}, {"slo", json::Json::object()}});
  }
  std::vector<json::Problem> problems;

  const LaunchReview review = ParseLaunchReview(many, problems);

  EXPECT_THAT(Lines(problems), HasSubstr("spec.evidence: must have at most 128 items"));
  EXPECT_EQ(review.evidence.size(), kMaxEvidenceEntries);
}

TEST(LaunchReviewTest, SurvivesObjectsThatAreNoObjects) {
  for (const std::string text : {"null", "[]", "\"x\"", "1", "{}", R"({"spec": null})"}) {
    std::vector<json::Problem> problems;

    const LaunchReview review = ParseLaunchReview(json::Json::parse(text), problems);

    EXPECT_THAT(problems, ::testing::Not(IsEmpty())) << text;
    EXPECT_EQ(review.spec_digest, "") << text;
  }
}

TEST(MetaTest, KeepsOnlyAnnotationsOfOurs) {
  const LaunchReview review = Parse(With(ReviewSample(), "/metadata/annotations", R"({
      "launchgate.dev/recorded-at": "2026-11-23T08:00:00Z",
      "kubectl.kubernetes.io/last-applied-configuration": "{}"})"));

  EXPECT_EQ(review.meta.annotations.size(), 1U);
  EXPECT_EQ(review.meta.annotations.count(std::string(kRecordedAtAnnotation)), 1U);
}

TEST(MetaTest, ReadsIdentityAndAge) {
  const LaunchReview review = Parse(
      With(ReviewSample(), "/metadata",
           R"({"name": "a", "namespace": "b", "uid": "u", "resourceVersion": "12", "generation": 4,
          "creationTimestamp": "2026-11-23T08:15:37Z", "managedFields": [], "labels": {"x": "y"}})"));

  EXPECT_EQ(review.meta.uid, "u");
  EXPECT_EQ(review.meta.resource_version, "12");
  EXPECT_EQ(review.meta.generation, 4);
  EXPECT_EQ(base::FormatTime(review.meta.created), "2026-11-23T08:15:37Z");
}

}  // namespace
}  // namespace launchgate::resources
