#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/core/admission/review_builder.h"

namespace launchgate::admission {
namespace {

using decision::Change;
using decision::Decision;
using decision::GateMode;
using json::Json;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kUid = "4b7c3f0e-7a1c-4a37-9a52-0d1b9f4a5e11";

Change Launch() {
  Change change;
  change.ns = "shop";
  change.kind = "Deployment";
  change.name = "gift-cards";
  change.launch = true;
  change.what = "creates it";
  change.template_hash = "v1:sha256:aa";
  return change;
}

Decision Denied() { return Decision::Deny({{"NoGo", "alice said no", ""}}); }

// A decision that allows, made as the webhook makes it.
Decision Allowed() {
  Change change = Launch();
  change.launch = false;
  return decision::Decide({.caches_synced = true, .waiting_for = "", .clock_trusted = true},
                          GateMode::kEnforce, nullptr, change, base::Time{});
}

TEST(AnswerTest, RefusesWithStatusAndAnnotations) {
  const std::string text = EncodeAnswer(kUid, Denied(), Launch(), "denied: alice said no", false);

  EXPECT_EQ(Json::parse(text), Json::parse(R"({
    "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
    "response": {
      "uid": "4b7c3f0e-7a1c-4a37-9a52-0d1b9f4a5e11", "allowed": false,
      "status": {"code": 403, "reason": "Forbidden", "message": "denied: alice said no"},
      "auditAnnotations": {"decision": "Deny", "reason": "NoGo", "templateHash": "v1:sha256:aa",
                           "change": "creates it"}}})"));
}

TEST(AnswerTest, AllowsWithoutStatus) {
  Change change = Launch();
  change.what = "";
  change.template_hash = "";

  const std::string text = EncodeAnswer(kUid, Allowed(), change, "", false);

  EXPECT_EQ(Json::parse(text), Json::parse(R"({
    "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
    "response": {
      "uid": "4b7c3f0e-7a1c-4a37-9a52-0d1b9f4a5e11", "allowed": true,
      "auditAnnotations": {"decision": "Allow", "reason": "NoLaunchChange"}}})"));
}

TEST(AnswerTest, TurnsADenialIntoAWarningWhenItOnlyAudits) {
  const Json answer =
      Json::parse(EncodeAnswer(kUid, Denied(), Launch(), "line one\nline two", true))["response"];

  EXPECT_EQ(answer["allowed"], true);
  EXPECT_FALSE(answer.contains("status"));
  EXPECT_EQ(answer["auditAnnotations"]["decision"], "WouldDeny");
  EXPECT_EQ(answer["warnings"],
            Json::array({"launchgate (audit): would be denied: line one line two"}));
}

TEST(AnswerTest, WarnsOfNothingWhenAnAuditedRequestIsAllowed) {
  const Json answer = Json::parse(EncodeAnswer(kUid, Allowed(), Launch(), "", true))["response"];

  EXPECT_EQ(answer["allowed"], true);
  EXPECT_EQ(answer["auditAnnotations"]["decision"], "Allow");
  EXPECT_FALSE(answer.contains("warnings"));
}

TEST(AnswerTest, KeepsAWarningWithinWhatAServerPassesOn) {
  const std::string message(2000, 'm');

  const Json answer =
      Json::parse(EncodeAnswer(kUid, Denied(), Launch(), message, true))["response"];

  const auto warning = answer["warnings"][0].get<std::string>();
  EXPECT_LE(warning.size(), kMaxWarningBytes);
  EXPECT_THAT(warning, StartsWith("launchgate (audit): would be denied: mmm"));
}

TEST(AnswerTest, CutsAMessageBetweenCharacters) {
  std::string message;
  while (message.size() <= kMaxStatusMessageBytes) message += "€";

  const Json answer =
      Json::parse(EncodeAnswer(kUid, Denied(), Launch(), message, false))["response"];

  const auto shown = answer["status"]["message"].get<std::string>();
  EXPECT_LE(shown.size(), kMaxStatusMessageBytes);
  EXPECT_EQ(shown.size() % std::string("€").size(), 0U);
}

// ---- Whatever the texts contain, the answer is JSON

struct TextCase {
  std::string_view name;
  std::string text;

  friend std::ostream& operator<<(std::ostream& out, const TextCase& row) {
    return out << row.name;
  }
};

class AnswerTextTest : public testing::TestWithParam<TextCase> {};

TEST_P(AnswerTextTest, SurvivesTheJourney) {
  const std::string& text = GetParam().text;

  const Json denied = Json::parse(EncodeAnswer(text, Denied(), Launch(), text, false));
  const Json audited = Json::parse(EncodeAnswer(kUid, Denied(), Launch(), text, true));

  EXPECT_EQ(denied["response"]["uid"], text);
  EXPECT_EQ(denied["response"]["status"]["message"], text);
  EXPECT_EQ(audited["response"]["warnings"].size(), 1U);
}

std::string EveryAsciiCharacter() {
  std::string text;
  for (int c = 0; c < 0x80; ++c) text.push_back(static_cast<char>(c));
  return text;
}

INSTANTIATE_TEST_SUITE_P(Rows, AnswerTextTest,
                         testing::Values(TextCase{"Empty", ""},
                                         TextCase{"Quotes", R"(say "no" to C:\)"},
                                         TextCase{"Lines", "one\ntwo\r\nthree\t"},
                                         TextCase{"EveryAscii", EveryAsciiCharacter()},
                                         TextCase{"OtherScripts", "größer 小さい 😀 \u2028"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(AnswerTextTest, ShowsBytesThatAreNotText) {
  const Json answer = Json::parse(EncodeAnswer(kUid, Denied(), Launch(),
                                               "a\xff"
                                               "b",
                                               false));

  EXPECT_EQ(answer["response"]["status"]["message"], R"(a\xFFb)");
}

// ---- Warnings of a decision

TEST(AnswerWarningsTest, StayBelowTheTotalOfTheServer) {
  const Json answer = Json::parse(
      EncodeAnswer(kUid, Denied(), Launch(), std::string(kMaxStatusMessageBytes * 2, 'x'), true));

  std::size_t total = 0;
  for (const Json& warning : answer["response"]["warnings"]) {
    total += warning.get_ref<const std::string&>().size();
  }
  EXPECT_GT(total, 0U);
  EXPECT_LE(total, kMaxWarningsBytes);
}

// ---- Other answers

TEST(GuardAnswerTest, RefusesWithItsReason) {
  const Json answer =
      Json::parse(EncodeAnswer(kUid, GuardAnswer{false, guard_reason::kStatusForged, "not you"}));

  EXPECT_EQ(answer["response"], Json::parse(R"({
    "uid": "4b7c3f0e-7a1c-4a37-9a52-0d1b9f4a5e11", "allowed": false,
    "status": {"code": 403, "reason": "Forbidden", "message": "StatusForged: not you"},
    "auditAnnotations": {"decision": "Deny", "reason": "StatusForged"}})"));
}

TEST(GuardAnswerTest, IsADenialUnlessSomebodyFilledItIn) {
  const Json answer = Json::parse(EncodeAnswer(kUid, GuardAnswer{}));

  EXPECT_EQ(answer["response"]["allowed"], false);
}

TEST(RefusalTest, SaysWhyARequestWasNotUnderstood) {
  const Json answer = Json::parse(EncodeRefusal(kUid, "NotUnderstood", "`kind` must be present"));

  EXPECT_EQ(answer["response"]["allowed"], false);
  EXPECT_EQ(answer["response"]["status"]["message"], "NotUnderstood: `kind` must be present");
  EXPECT_EQ(answer["response"]["auditAnnotations"]["reason"], "NotUnderstood");
}

}  // namespace
}  // namespace launchgate::admission
