// Hostile and broken AdmissionReviews: a clear error, never a guess.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/admission/review_builder.h"

namespace launchgate::admission {
namespace {

using decision::GateMode;
using testing::HasSubstr;

base::Result<Decoder::Request> DecodeText(std::string_view text) {
  const auto index = IndexWithMode(GateMode::kStrict);
  Decoder decoder(DefaultControllerIdentities());
  return decoder.Decode(PaddedBody(text).view(), *index);
}

std::string Nested(std::size_t levels) {
  return std::string(levels, '[') + std::string(levels, ']');
}

// ---- Texts that are no review

struct TextCase {
  std::string_view name;
  std::string text;
  std::string_view complaint;

  friend std::ostream& operator<<(std::ostream& out, const TextCase& row) {
    return out << row.name;
  }
};

class BrokenTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(BrokenTextTest, IsRefusedWithAReason) {
  const auto request = DecodeText(GetParam().text);

  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(request.error().message, HasSubstr(GetParam().complaint));
}

const std::string kNotJson = "is not JSON that we accept";
INSTANTIATE_TEST_SUITE_P(
    Rows, BrokenTextTest,
    testing::Values(TextCase{"Empty", "", kNotJson}, TextCase{"Spaces", "   ", kNotJson},
                    TextCase{"Html", "<html></html>", kNotJson},
                    TextCase{"Nul", std::string("\0", 1), kNotJson},
                    TextCase{"TwoDocuments", "{} {}", kNotJson},
                    TextCase{"NotUtf8", "{\"kind\": \"\xff\"}", kNotJson},
                    TextCase{"HundredLevels", Nested(100), "too deep"},
                    TextCase{"MillionLevels", Nested(1'000'000), "too deep"},
                    TextCase{"TooLarge", std::string(kMaxReviewBytes + 1, ' '),
                             "larger than 8388608 bytes"},
                    TextCase{"Number", "1", "`AdmissionReview` must be an object"},
                    TextCase{"List", "[]", "`AdmissionReview` must be an object"},
                    TextCase{"EmptyObject", "{}", "`kind` must be AdmissionReview"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(TruncatedReviewTest, IsRefusedWhereverItEnds) {
  const PaddedBody whole = ReviewBuilder("Deployment").Build();
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  for (std::size_t length = 0; length < whole.view().size(); ++length) {
    const PaddedBody body(whole.view().substr(0, length));
    EXPECT_FALSE(decoder.Decode(body.view(), *index)) << length;
  }
}

TEST(DepthTest, IsBoundedInsideTheObjectToo) {
  ReviewBuilder honest("Deployment");
  honest.Patch(R"({"metadata": {"managedFields": )" + Nested(30) + "}}");
  ReviewBuilder hostile("Deployment");
  hostile.Patch(R"({"metadata": {"managedFields": )" + Nested(64) + "}}");

  EXPECT_TRUE(DecodeText(honest.Build().view()));
  EXPECT_FALSE(DecodeText(hostile.Build().view()));
}

// ---- Reviews with a wrong part

struct PartCase {
  std::string_view name;
  std::string_view patch;  // Of the whole review, a CREATE of a Deployment.
  std::string_view complaint;

  friend std::ostream& operator<<(std::ostream& out, const PartCase& row) {
    return out << row.name;
  }
};

class WrongPartTest : public testing::TestWithParam<PartCase> {};

TEST_P(WrongPartTest, IsRefusedByName) {
  ReviewBuilder review("Deployment");
  review.review().merge_patch(json::Json::parse(GetParam().patch));

  const auto request = DecodeText(review.Build().view());

  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(request.error().message, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Envelope, WrongPartTest,
    testing::Values(
        PartCase{"OldVersion", R"({"apiVersion": "admission.k8s.io/v1beta1"})",
                 "`apiVersion` must be admission.k8s.io/v1"},
        PartCase{"OtherKind", R"({"kind": "Deployment"})", "`kind` must be AdmissionReview"},
        PartCase{"KindNotText", R"({"kind": 1})", "`kind` must be AdmissionReview"},
        PartCase{"NoRequest", R"({"request": null})", "`request` must be present"},
        PartCase{"RequestIsAList", R"({"request": []})", "`request` must be an object"},
        PartCase{"NoUid", R"({"request": {"uid": null}})", "`uid` must be text of 1 to 128"},
        PartCase{"EmptyUid", R"({"request": {"uid": ""}})", "`uid` must be text of 1 to 128"},
        PartCase{"UidIsANumber", R"({"request": {"uid": 7}})", "`uid` must be text"},
        PartCase{"NoKind", R"({"request": {"kind": null}})", "`kind.version` must be present"},
        PartCase{"KindIsText", R"({"request": {"kind": "Deployment"}})",
                 "`kind` must be an object"},
        PartCase{"NoResource", R"({"request": {"resource": null}})",
                 "`resource.version` must be present"},
        PartCase{"NoUser", R"({"request": {"userInfo": null}})",
                 "`userInfo.username` must be present"},
        PartCase{"UsernameIsAList", R"({"request": {"userInfo": {"username": []}}})",
                 "`userInfo.username` must be text"},
        PartCase{"NoOperation", R"({"request": {"operation": null}})", "must be CREATE, UPDATE"},
        PartCase{"Connect", R"({"request": {"operation": "CONNECT"}})", "not \"CONNECT\""},
        PartCase{"LowerCaseOperation", R"({"request": {"operation": "create"}})", "not \"create\""},
        PartCase{"DryRunIsText", R"({"request": {"dryRun": "no"}})",
                 "`dryRun` must be true or false"},
        PartCase{"NoNamespace", R"({"request": {"namespace": null}})",
                 "`namespace` must be present"},
        PartCase{"NoObjectOnCreate", R"({"request": {"object": null}})",
                 "`object` must be present"},
        PartCase{"NoOldObjectOnUpdate", R"({"request": {"operation": "UPDATE"}})",
                 "`oldObject` must be present"},
        PartCase{"ObjectIsText", R"({"request": {"object": "{}"}})", "`object` must be an object"},
        PartCase{"ObjectOfAnotherKind", R"({"request": {"object": {"kind": "StatefulSet"}}})",
                 "`object.kind` must be the kind of the request"}),
    [](const auto& row) { return std::string(row.param.name); });

// T07, T08: a name that is nearly right is wrong.
INSTANTIATE_TEST_SUITE_P(
    Unknown, WrongPartTest,
    testing::Values(
        PartCase{"OtherVersion", R"({"request": {"kind": {"version": "v2"}}})",
                 "the gate does not know \"deployments\""},
        PartCase{"EmptyGroup", R"({"request": {"kind": {"group": ""}}})", "does not know"},
        PartCase{"GroupInCapitals", R"({"request": {"resource": {"group": "Apps"}}})",
                 "of group \"Apps\""},
        PartCase{"Singular", R"({"request": {"resource": {"resource": "deployment"}}})",
                 "does not know \"deployment\""},
        PartCase{"OtherResource", R"({"request": {"resource": {"resource": "statefulsets"}}})",
                 "does not know \"statefulsets\""},
        PartCase{"UnknownSubresource", R"({"request": {"subResource": "scales"}})",
                 "does not know \"deployments/scales\""},
        PartCase{"ScaleOfAWorkload",
                 R"({"request": {"subResource": "scale", "operation": "UPDATE", "oldObject": {}}})",
                 "does not know \"deployments/scale\""},
        PartCase{"CreateOfAStatus", R"({"request": {"subResource": "status"}})", "does not know"},
        PartCase{"DebugOfADeployment",
                 R"({"request": {"subResource": "ephemeralcontainers", "operation": "UPDATE",
                                 "oldObject": {}}})",
                 "does not know"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Object, WrongPartTest,
    testing::Values(
        PartCase{"SpecIsAList", R"({"request": {"object": {"spec": []}}})",
                 "`spec` must be an object"},
        PartCase{"NoSpec", R"({"request": {"object": {"spec": null}}})",
                 "`spec.template` must be a pod template with containers"},
        PartCase{"TemplateIsText", R"({"request": {"object": {"spec": {"template": "x"}}}})",
                 "`spec.template` must be an object"},
        PartCase{"NoTemplate", R"({"request": {"object": {"spec": {"template": null}}}})",
                 "`spec.template` must be a pod template"},
        PartCase{"NoContainers",
                 R"({"request": {"object": {"spec": {"template": {"spec": {"containers": []}}}}}})",
                 "`spec.template` must be a pod template with containers"},
        PartCase{"ContainersIsAnObject",
                 R"({"request": {"object": {"spec": {"template": {"spec": {"containers": {}}}}}}})",
                 "`spec.template` must be a pod template with a list of containers"},
        PartCase{"ContainerIsText",
                 R"({"request": {"object": {"spec": {"template": {"spec":
                    {"containers": ["x"]}}}}}})",
                 "`spec.template` must be a pod template with a list of containers"},
        PartCase{"MetadataIsText", R"({"request": {"object": {"metadata": "x"}}})",
                 "`metadata` must be an object"}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- Wrong types in the fields that decide

struct FieldCase {
  std::string_view name;
  std::string_view kind;
  std::string_view patch;  // Of the new object of an UPDATE.
  std::string_view complaint;

  friend std::ostream& operator<<(std::ostream& out, const FieldCase& row) {
    return out << row.name;
  }
};

class WrongFieldTest : public testing::TestWithParam<FieldCase> {};

TEST_P(WrongFieldTest, IsRefusedInTheNewObjectAndInTheOld) {
  const FieldCase& row = GetParam();

  const auto after = DecodeText(ReviewBuilder(row.kind).Update("{}", row.patch).Build().view());
  const auto before = DecodeText(ReviewBuilder(row.kind).Update(row.patch, "{}").Build().view());

  ASSERT_FALSE(after);
  EXPECT_THAT(after.error().message, HasSubstr(row.complaint));
  ASSERT_FALSE(before);
  EXPECT_THAT(before.error().message, HasSubstr(row.complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, WrongFieldTest,
    testing::Values(
        FieldCase{"ReplicasIsText", "Deployment", R"({"spec": {"replicas": "3"}})",
                  "`spec.replicas` must be an integer"},
        FieldCase{"ReplicasIsAFraction", "Deployment", R"({"spec": {"replicas": 0.5}})",
                  "`spec.replicas` must be an integer"},
        FieldCase{"PausedIsText", "Deployment", R"({"spec": {"paused": "false"}})",
                  "`spec.paused` must be true or false"},
        FieldCase{"PartitionIsText", "StatefulSet",
                  R"({"spec": {"updateStrategy": {"rollingUpdate": {"partition": "1"}}}})",
                  "`spec.updateStrategy.rollingUpdate.partition` must be an integer"},
        FieldCase{"StrategyIsText", "StatefulSet", R"({"spec": {"updateStrategy": "OnDelete"}})",
                  "`spec.updateStrategy` must be an object"},
        FieldCase{"StrategyTypeIsANumber", "DaemonSet",
                  R"({"spec": {"updateStrategy": {"type": 1}}})",
                  "`spec.updateStrategy.type` must be text"},
        FieldCase{"SuspendIsANumber", "CronJob", R"({"spec": {"suspend": 0}})",
                  "`spec.suspend` must be true or false"},
        FieldCase{"JobTemplateIsText", "CronJob", R"({"spec": {"jobTemplate": "x"}})",
                  "`spec.jobTemplate` must be an object"},
        FieldCase{"PromoteFullIsText", "Rollout", R"({"status": {"promoteFull": "yes"}})",
                  "`status.promoteFull` must be true or false"},
        FieldCase{"PauseConditionsIsText", "Rollout", R"({"status": {"pauseConditions": "x"}})",
                  "`status.pauseConditions` must be a list"},
        FieldCase{"ContainersIsText", "Pod", R"({"spec": {"containers": "x"}})",
                  "`spec.containers` must be a list"},
        FieldCase{"ContainerIsANumber", "Pod", R"({"spec": {"containers": [1]}})",
                  "`spec.containers` must be a list of containers"},
        FieldCase{"ImageIsANumber", "Pod", R"({"spec": {"containers": [{"image": 1}]}})",
                  "`spec.containers` must be a list of containers"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(WrongScaleTest, IsRefused) {
  ReviewBuilder review("Deployment");
  review.Scale(0, 1).Patch(R"({"spec": {"replicas": "1"}})");

  const auto request = DecodeText(review.Build().view());

  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().message, "`spec.replicas` must be an integer");
}

TEST(WrongOwnersTest, AreRefused) {
  const auto text = DecodeText(
      ReviewBuilder("Pod").Patch(R"({"metadata": {"ownerReferences": "x"}})").Build().view());
  const auto number = DecodeText(
      ReviewBuilder("Pod").Patch(R"({"metadata": {"ownerReferences": [7]}})").Build().view());

  EXPECT_FALSE(text);
  EXPECT_FALSE(number);
}

TEST(WrongWorkloadRefTest, IsRefused) {
  const auto text = DecodeText(ReviewBuilder("Rollout")
                                   .Patch(R"({"spec": {"template": null, "workloadRef": "x"}})")
                                   .Build()
                                   .view());
  const auto number =
      DecodeText(ReviewBuilder("Rollout")
                     .Patch(R"({"spec": {"template": null, "workloadRef": {"name": 1}}})")
                     .Build()
                     .view());

  EXPECT_FALSE(text);
  EXPECT_FALSE(number);
}

// ---- What the decoder tells although it failed, and what it keeps

TEST(DecoderTest, TellsTheUidOfARequestThatIsWrongLater) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());

  const auto wrong =
      decoder.Decode(ReviewBuilder("Deployment").Set("operation", "EAT").Build().view(), *index);
  const std::string uid = decoder.uid();
  const auto broken = decoder.Decode(PaddedBody("{").view(), *index);

  EXPECT_FALSE(wrong);
  EXPECT_EQ(uid, "4b7c3f0e-7a1c-4a37-9a52-0d1b9f4a5e11");
  EXPECT_FALSE(broken);
  EXPECT_EQ(decoder.uid(), "");
}

TEST(DecoderTest, TakesTheLongestUidAndNoLonger) {
  const std::string longest(kMaxUidBytes, 'u');

  const auto fits = DecodeText(ReviewBuilder("Deployment").Set("uid", longest).Build().view());
  const auto longer =
      DecodeText(ReviewBuilder("Deployment").Set("uid", longest + "u").Build().view());

  ASSERT_TRUE(fits);
  EXPECT_EQ(fits->uid, longest);
  EXPECT_FALSE(longer);
}

TEST(DecoderTest, IsAsGoodAsNewAfterALargeReview) {
  const auto index = IndexWithMode(GateMode::kEnforce);
  Decoder decoder(DefaultControllerIdentities());
  const std::string filler(4U << 20U, 'x');
  const PaddedBody large = ReviewBuilder("Deployment")
                               .Patch(R"({"metadata": {"annotations": {"a": ")" + filler + "\"}}}")
                               .Build();
  const PaddedBody deep(Nested(100));
  const PaddedBody usual = ReviewBuilder("Deployment").Build();

  const auto first = decoder.Decode(large.view(), *index);
  const auto second = decoder.Decode(deep.view(), *index);
  const auto third = decoder.Decode(usual.view(), *index);

  EXPECT_TRUE(first);
  EXPECT_FALSE(second);  // The bound of depth survives the new parser.
  ASSERT_TRUE(third);
  EXPECT_EQ(third->change.template_hash, first->change.template_hash);
}

// The API server cannot send these; the template that is hashed and the one
// that is compared are the same all the same. (T49)
TEST(DecoderTest, CountsTheLastOfEqualKeys) {
  const std::string review = ReviewBuilder("Deployment").Build().view().data();
  std::string twice = review;
  const std::string field = R"("template":)";
  twice.insert(twice.find(field), R"("template":{"spec":{"containers":[{"image":"evil"}]}},)");

  const auto request = DecodeText(std::string_view(twice).substr(0, twice.find_last_of('}') + 1));

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->change.template_hash, TemplateHash(PodTemplate()));
}

}  // namespace
}  // namespace launchgate::admission
