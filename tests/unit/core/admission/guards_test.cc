#include "core/admission/guards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/admission/review_builder.h"

namespace launchgate::admission {
namespace {

using json::Json;
using testing::HasSubstr;

constexpr std::string_view kController =
    "system:serviceaccount:launchgate-system:launchgate-controller";

// A review of an object that is not in the table of kinds.
ReviewBuilder ReviewOf(std::string_view group, std::string_view version, std::string_view kind,
                       std::string_view resource, std::string_view subresource) {
  ReviewBuilder review(kind);
  const std::string api_version =
      (group.empty() ? "" : std::string(group) + "/") + std::string(version);
  review.Set("kind", {{"group", group}, {"version", version}, {"kind", kind}})
      .Set("resource", {{"group", group}, {"version", version}, {"resource", resource}})
      .New({{"apiVersion", api_version}, {"kind", kind}, {"metadata", {{"name", "gift-cards"}}}});
  if (!subresource.empty()) review.Set("subResource", subresource);
  return review;
}

base::Result<GuardAnswer> Check(const ReviewBuilder& review,
                                const GuardOptions& options = DefaultGuardOptions()) {
  Guards guards(options);
  return guards.Check(review.Build().view());
}

// ---- The label that turns the gate on (T04)

struct LabelCase {
  std::string_view name;
  std::string_view was;  // Value of the label; "-" for none.
  std::string_view is;
  bool allowed;

  friend std::ostream& operator<<(std::ostream& out, const LabelCase& row) {
    return out << row.name;
  }
};

std::string Labelled(std::string_view value) {
  if (value == "-") return "{}";
  return R"({"metadata": {"labels": {"launchgate.dev/gate": ")" + std::string(value) + R"("}}})";
}

ReviewBuilder Relabel(std::string_view was, std::string_view is, std::string_view subresource) {
  ReviewBuilder review = ReviewOf("", "v1", "Namespace", "namespaces", subresource);
  review.Update(Labelled(was), Labelled(is));
  return review;
}

class LabelGuardTest : public testing::TestWithParam<LabelCase> {};

TEST_P(LabelGuardTest, LetsNobodyWeakenTheGateThroughAnyDoor) {
  const LabelCase& row = GetParam();
  for (const std::string_view subresource : {"", "status", "finalize"}) {
    const auto answer = Check(Relabel(row.was, row.is, subresource).InGroup("system:masters"));

    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->allowed, row.allowed) << subresource;
    if (!row.allowed) {
      EXPECT_EQ(answer->reason, "GateWeakened");
    }
  }
}

TEST_P(LabelGuardTest, LetsGateAdminsDoAnything) {
  const LabelCase& row = GetParam();

  const auto answer = Check(Relabel(row.was, row.is, "").InGroup("launchgate:gate-admins"));

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_TRUE(answer->allowed);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, LabelGuardTest,
    testing::Values(LabelCase{"NoneStays", "-", "-", true},
                    LabelCase{"NoneToAudit", "-", "audit", true},
                    LabelCase{"NoneToEnforce", "-", "enforce", true},
                    LabelCase{"NoneToStrict", "-", "strict", true},
                    LabelCase{"AuditStays", "audit", "audit", true},
                    LabelCase{"AuditToEnforce", "audit", "enforce", true},
                    LabelCase{"AuditToNone", "audit", "-", false},
                    LabelCase{"AuditToEmpty", "audit", "", false},
                    LabelCase{"EnforceStays", "enforce", "enforce", true},
                    LabelCase{"EnforceToStrict", "enforce", "strict", true},
                    LabelCase{"EnforceToAudit", "enforce", "audit", false},
                    LabelCase{"EnforceToNone", "enforce", "-", false},
                    LabelCase{"EnforceToEmpty", "enforce", "", false},
                    LabelCase{"EnforceInCapitals", "enforce", "Enforce", false},
                    LabelCase{"StrictStays", "strict", "strict", true},
                    LabelCase{"StrictToEnforce", "strict", "enforce", false},
                    LabelCase{"StrictToNone", "strict", "-", false},
                    LabelCase{"StrictToATypingError", "strict", "strct", false},
                    LabelCase{"TypingErrorStays", "enfroce", "enfroce", true},
                    LabelCase{"TypingErrorMended", "enfroce", "enforce", true},
                    LabelCase{"TypingErrorToAnother", "enfroce", "enfrocee", false},
                    LabelCase{"TypingErrorToAudit", "enfroce", "audit", false}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(LabelGuardTest, KnowsAdminsByNameToo) {
  GuardOptions options = DefaultGuardOptions();
  options.gate_admin_users = {"bob@example.com"};

  const auto bob = Check(Relabel("strict", "-", "").By("bob@example.com"), options);
  const auto bobby = Check(Relabel("strict", "-", "").By("bob@example.com.evil"), options);

  ASSERT_TRUE(bob);
  EXPECT_TRUE(bob->allowed);
  ASSERT_TRUE(bobby);
  EXPECT_FALSE(bobby->allowed);
}

TEST(LabelGuardTest, SaysWhoMayDoIt) {
  const auto answer = Check(Relabel("strict", "-", ""));

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->message,
            "the label launchgate.dev/gate of namespace \"gift-cards\" must not be weakened from "
            "\"strict\" to nothing; only the group \"launchgate:gate-admins\" may do that");
}

TEST(LabelGuardTest, LeavesCreationAndDeletionAlone) {
  const auto created = Check(ReviewOf("", "v1", "Namespace", "namespaces", ""));
  const auto deleted = Check(ReviewOf("", "v1", "Namespace", "namespaces", "")
                                 .Operation("DELETE")
                                 .Old(Json::parse(Labelled("strict")))
                                 .New(nullptr));

  ASSERT_TRUE(created) << created.error().message;
  EXPECT_TRUE(created->allowed);
  ASSERT_TRUE(deleted) << deleted.error().message;
  EXPECT_TRUE(deleted->allowed);
}

TEST(LabelGuardTest, IgnoresOtherLabels) {
  ReviewBuilder review = Relabel("strict", "strict", "");
  review.Patch(R"({"metadata": {"labels": {"team": "payments"}}})");

  const auto answer = Check(review);

  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->allowed);
  EXPECT_EQ(answer->reason, "Unchanged");
}

TEST(LabelGuardTest, RefusesLabelsThatAreNotTexts) {
  ReviewBuilder number = Relabel("strict", "strict", "");
  number.Patch(R"({"metadata": {"labels": {"launchgate.dev/gate": 1}}})");
  ReviewBuilder list = Relabel("strict", "strict", "");
  list.Patch(R"({"metadata": {"labels": []}})");
  ReviewBuilder groups = Relabel("strict", "-", "");
  groups.PatchRequest(R"({"userInfo": {"groups": [7, "launchgate:gate-admins"]}})");

  EXPECT_FALSE(Check(number));
  EXPECT_FALSE(Check(list));
  EXPECT_FALSE(Check(groups));
}

// ---- Status

class StatusGuardTest : public testing::TestWithParam<std::string_view> {};

TEST_P(StatusGuardTest, LetsOnlyTheControllerWriteIt) {
  ReviewBuilder review =
      ReviewOf("launchgate.dev", "v1alpha1", "LaunchReview", GetParam(), "status");
  review.Update("{}", R"({"status": {"decision": "Allow"}})");

  const auto person = Check(review.InGroup("system:masters"));
  const auto admin = Check(review.InGroup("launchgate:gate-admins"));
  const auto namesake = Check(review.By("system:serviceaccount:shop:launchgate-controller"));
  const auto controller = Check(review.By(kController));

  ASSERT_TRUE(person) << person.error().message;
  EXPECT_FALSE(person->allowed);
  EXPECT_EQ(person->reason, "StatusForged");
  EXPECT_THAT(person->message, HasSubstr(kController));
  EXPECT_FALSE(admin->allowed);
  EXPECT_FALSE(namesake->allowed);
  EXPECT_TRUE(controller->allowed);
}

INSTANTIATE_TEST_SUITE_P(Kinds, StatusGuardTest,
                         testing::Values("launchreviews", "launchverdicts", "readinesschecklists",
                                         "launchauthorities", "errorbudgets", "budgetreviews",
                                         "freezewindows"),
                         [](const auto& row) { return std::string(row.param); });

// ---- Verdicts

ReviewBuilder EditVerdict(std::string_view before, std::string_view after) {
  ReviewBuilder review =
      ReviewOf("launchgate.dev", "v1alpha1", "LaunchVerdict", "launchverdicts", "");
  review.Update(before, after);
  return review;
}

TEST(VerdictGuardTest, KeepsWhatWasSigned) {
  const auto edited = Check(EditVerdict(R"({"spec": {"envelope": {"payload": "YQ=="}}})",
                                        R"({"spec": {"envelope": {"payload": "Yg=="}}})"));
  const auto emptied = Check(EditVerdict(R"({"spec": {"envelope": {"payload": "YQ=="}}})", "{}"));
  const auto by_controller =
      Check(EditVerdict(R"({"spec": {"a": 1}})", R"({"spec": {"a": 2}})").By(kController));

  for (const auto& answer : {edited, emptied, by_controller}) {
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_FALSE(answer->allowed);
    EXPECT_EQ(answer->reason, "VerdictImmutable");
  }
}

TEST(VerdictGuardTest, LetsMetadataChange) {
  const auto labelled =
      Check(EditVerdict(R"({"spec": {"a": 1, "b": 2}})",
                        R"({"spec": {"b": 2, "a": 1}, "metadata": {"labels": {"x": "y"}}})"));

  ASSERT_TRUE(labelled) << labelled.error().message;
  EXPECT_TRUE(labelled->allowed);
}

TEST(VerdictGuardTest, LeavesCreationAndDeletionAlone) {
  ReviewBuilder review =
      ReviewOf("launchgate.dev", "v1alpha1", "LaunchVerdict", "launchverdicts", "");

  const auto created = Check(review);
  const auto deleted = Check(review.Operation("DELETE").New(nullptr));

  ASSERT_TRUE(created) << created.error().message;
  EXPECT_TRUE(created->allowed);
  ASSERT_TRUE(deleted) << deleted.error().message;
  EXPECT_TRUE(deleted->allowed);
}

// ---- Anything else (T08)

struct UnknownCase {
  std::string_view name;
  std::string_view group;
  std::string_view kind;
  std::string_view resource;
  std::string_view subresource;

  friend std::ostream& operator<<(std::ostream& out, const UnknownCase& row) {
    return out << row.name;
  }
};

class UnguardedTest : public testing::TestWithParam<UnknownCase> {};

TEST_P(UnguardedTest, IsAnErrorAndNotAnApproval) {
  const UnknownCase& row = GetParam();
  ReviewBuilder review = ReviewOf(row.group, "v1", row.kind, row.resource, row.subresource);
  review.Update("{}", "{}");

  const auto answer = Check(review.By(kController).InGroup("launchgate:gate-admins"));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(answer.error().message, HasSubstr("no guard knows"));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, UnguardedTest,
    testing::Values(
        UnknownCase{"Singular", "", "Namespace", "namespace", ""},
        UnknownCase{"Truncated", "", "Namespace", "namespaces", "stat"},
        UnknownCase{"Plural", "", "Namespace", "namespaces", "finalizers"},
        UnknownCase{"OtherKind", "", "Pod", "namespaces", ""},
        UnknownCase{"OtherGroup", "example.com", "Namespace", "namespaces", ""},
        UnknownCase{"OurKindOfAnotherGroup", "example.com", "LaunchReview", "launchreviews",
                    "status"},
        UnknownCase{"ReviewItself", "launchgate.dev", "LaunchReview", "launchreviews", ""},
        UnknownCase{"OtherSubresource", "launchgate.dev", "LaunchReview", "launchreviews", "scale"},
        UnknownCase{"Deployment", "apps", "Deployment", "deployments", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(GuardsTest, TellTheUidOfARequestThatIsWrongLater) {
  Guards guards(DefaultGuardOptions());

  const auto answer = guards.Check(ReviewBuilder("Deployment").Build().view());

  EXPECT_FALSE(answer);
  EXPECT_EQ(guards.uid(), "4b7c3f0e-7a1c-4a37-9a52-0d1b9f4a5e11");
}

}  // namespace
}  // namespace launchgate::admission
