#include "core/admission/template_hash.h"

#include <gtest/gtest.h>

#include "core/base/bytes.h"
#include "tests/unit/core/admission/review_builder.h"

namespace launchgate::admission {
namespace {

using json::Json;

Json Patched(Json value, std::string_view merge_patch) {
  value.merge_patch(Json::parse(merge_patch));
  return value;
}

TEST(TemplateHashTest, IsThePrefixedDigestOfCanonicalJson) {
  const Json pod_template = Json::parse(R"({"spec": {"containers": [{"name": "a"}]},
                                            "metadata": {"labels": {"b": "2", "a": "1"}}})");

  const std::string hash = TemplateHash(pod_template);

  EXPECT_EQ(hash, "v1:sha256:" + base::Sha256Hex(R"({"metadata":{"labels":{"a":"1","b":"2"}},)"
                                                 R"("spec":{"containers":[{"name":"a"}]}})"));
}

struct HashCase {
  std::string_view name;
  std::string_view patch;  // Of PodTemplate().
  bool same;

  friend std::ostream& operator<<(std::ostream& out, const HashCase& row) {
    return out << row.name;
  }
};

class TemplateHashChangeTest : public testing::TestWithParam<HashCase> {};

TEST_P(TemplateHashChangeTest, FollowsEverythingButRestarts) {
  const Json before = PodTemplate();
  const Json after = Patched(before, GetParam().patch);

  EXPECT_EQ(TemplateHash(before) == TemplateHash(after), GetParam().same);
}

constexpr std::string_view kRestart =
    R"({"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "2026-11-23T08:15:56Z"}}})";

INSTANTIATE_TEST_SUITE_P(
    Same, TemplateHashChangeTest,
    testing::Values(HashCase{"Nothing", "{}", true}, HashCase{"Restart", kRestart, true},
                    HashCase{"EmptyAnnotations", R"({"metadata": {"annotations": {}}})", true}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Different, TemplateHashChangeTest,
    testing::Values(
        HashCase{"Annotation", R"({"metadata": {"annotations": {"note": "x"}}})", false},
        HashCase{"RestartedAtAsALabel",
                 R"({"metadata": {"labels": {"kubectl.kubernetes.io/restartedAt": "x"}}})", false},
        HashCase{"RestartedAtElsewhere",
                 R"({"spec": {"annotations": {"kubectl.kubernetes.io/restartedAt": "x"}}})", false},
        HashCase{"AnnotationThatLooksAlike",
                 R"({"metadata": {"annotations": {"kubectl.kubernetes.io/restartedat": "x"}}})",
                 false},
        HashCase{"Label", R"({"metadata": {"labels": {"a": "b"}}})", false},
        HashCase{"Image", R"({"spec": {"containers": [{"name": "app", "image": "b"}]}})", false},
        HashCase{"Volume", R"({"spec": {"volumes": [{"name": "v", "emptyDir": {}}]}})", false},
        HashCase{"EmptyObject", R"({"spec": {"securityContext": {}}})", false},
        HashCase{"EmptyList", R"({"spec": {"initContainers": []}})", false},
        HashCase{"False", R"({"spec": {"hostNetwork": false}})", false},
        HashCase{"FieldOfTheFuture", R"({"spec": {"notYetInvented": 1}})", false},
        HashCase{"FieldBesideSpec", R"({"other": 1})", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(TemplateHashTest, KeepsTheOtherAnnotationsOfARestartedTemplate) {
  const Json annotated = Patched(PodTemplate(), R"({"metadata": {"annotations": {"a": "b"}}})");

  EXPECT_EQ(TemplateHash(annotated), TemplateHash(Patched(annotated, kRestart)));
}

// 1.20 writes "creationTimestamp": null into every template; 1.36 does not.
TEST(TemplateHashTest, IsTheSameWithTheNullsOfOlderServers) {
  Json old_style = PodTemplate();
  old_style["metadata"]["creationTimestamp"] = nullptr;
  old_style["spec"]["containers"][0]["lifecycle"] = nullptr;

  EXPECT_EQ(TemplateHash(old_style), TemplateHash(PodTemplate()));
}

// ---- Of whole workloads

class WorkloadHashTest : public testing::TestWithParam<std::string_view> {};

TEST_P(WorkloadHashTest, FindsTheTemplate) {
  const auto hash = TemplateHashOfWorkload(Object(GetParam()));

  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_EQ(*hash, TemplateHash(PodTemplate()));
}

INSTANTIATE_TEST_SUITE_P(Kinds, WorkloadHashTest,
                         testing::Values("Deployment", "StatefulSet", "DaemonSet", "CronJob",
                                         "Rollout", "ReplicaSet", "ReplicationController", "Job"),
                         [](const auto& row) { return std::string(row.param); });

struct NoTemplateCase {
  std::string_view name;
  std::string_view workload;

  friend std::ostream& operator<<(std::ostream& out, const NoTemplateCase& row) {
    return out << row.name;
  }
};

class NoTemplateTest : public testing::TestWithParam<NoTemplateCase> {};

TEST_P(NoTemplateTest, IsAnError) {
  const auto hash = TemplateHashOfWorkload(Json::parse(GetParam().workload));

  ASSERT_FALSE(hash);
  EXPECT_EQ(hash.error().kind, base::ErrorKind::kInvalid);
  EXPECT_FALSE(hash.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, NoTemplateTest,
    testing::Values(
        NoTemplateCase{"Nothing", "{}"}, NoTemplateCase{"List", "[]"},
        NoTemplateCase{"Null", "null"}, NoTemplateCase{"Text", "\"Deployment\""},
        NoTemplateCase{"ConfigMap", R"({"apiVersion": "v1", "kind": "ConfigMap"})"},
        NoTemplateCase{"Pod", R"({"apiVersion": "v1", "kind": "Pod", "spec": {}})"},
        NoTemplateCase{"KindIsANumber", R"({"apiVersion": "apps/v1", "kind": 1})"},
        NoTemplateCase{"OtherGroup",
                       R"({"apiVersion": "example.com/v1", "kind": "Deployment",
                           "spec": {"template": {}}})"},
        NoTemplateCase{"NoSpec", R"({"apiVersion": "apps/v1", "kind": "Deployment"})"},
        NoTemplateCase{"SpecIsAList",
                       R"({"apiVersion": "apps/v1", "kind": "Deployment", "spec": []})"},
        NoTemplateCase{"TemplateIsText", R"({"apiVersion": "apps/v1", "kind": "Deployment",
                                             "spec": {"template": "x"}})"},
        NoTemplateCase{"TemplateElsewhere",
                       R"({"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout",
                           "spec": {"template": {}, "workloadRef": {"name": "x"}}})"}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- The two ways of computing it

TEST(TemplateHashTest, IsTheSameFromARequestAndFromAnObject) {
  const std::vector<std::string_view> patches = {
      "{}", kRestart,
      R"({"metadata": {"creationTimestamp": null, "annotations": {"z": "\u0000\u001f\"\\/é\u2028😀"}}})",
      R"({"spec": {"terminationGracePeriodSeconds": 1.0, "x": [1.5, -0.0, 1e21, 18446744073709551615,
          -9223372036854775808, 0.1, true, false, null, {}, [], ""]}})",
      R"({"spec": {"é": 1, "z": 2, "Z": 3, "a b": {"b": null, "a": {"c": null}}}})"};
  const auto index = IndexWithMode(decision::GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  for (const std::string_view patch : patches) {
    Json deployment = Object("Deployment");
    deployment["spec"]["template"].update(Json::parse(patch), true);
    const PaddedBody body = ReviewBuilder("Deployment").New(deployment).Build();
    const auto request = decoder.Decode(body.view(), *index);
    const auto hash = TemplateHashOfWorkload(deployment);

    ASSERT_TRUE(request) << request.error().message << patch;
    ASSERT_TRUE(hash) << patch;
    EXPECT_EQ(request->change.template_hash, *hash) << patch;
  }
}

}  // namespace
}  // namespace launchgate::admission
