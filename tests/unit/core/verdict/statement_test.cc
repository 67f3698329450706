#include "core/verdict/statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/bytes.h"
#include "core/json/json.h"
#include "tests/support/builders.h"

namespace launchgate::verdict {
namespace {

using nlohmann::json;
using test_support::BreakGlassBy;
using test_support::GoBy;
using test_support::kAlice;
using test_support::kDave;
using test_support::kDay;
using test_support::kMillisecond;
using test_support::kNow;
using test_support::NoGoBy;
using test_support::TemplateHash;
using testing::HasSubstr;

Statement FullGo() {
  Statement statement = GoBy(kAlice).Promise("load-test", kNow + kDay).Build();
  statement.subject.binding = resources::Binding::kRevision;
  statement.template_hash = TemplateHash();
  statement.images = {{"registry.example.com/shop/gift-cards", base::Sha256Hex("image")}};
  statement.reason = "all good";
  statement.ticket = "CHG-12";
  return statement;
}

TEST(StatementTest, ReadsBackWhatWasWritten) {
  const std::vector<Statement> statements = {GoBy(kAlice).Build(), NoGoBy(kAlice).Build(),
                                             BreakGlassBy(kDave).Build(), FullGo()};
  for (const Statement& statement : statements) {
    const base::Result<Statement> read = ParseStatement(Serialize(statement));

    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(*read, statement);
  }
}

// The exact bytes that people sign. When this test has to change, verdicts that
// are out in the world no longer read as they did: it needs a new predicate type.
TEST(StatementTest, HasTheseExactBytes) {
  Statement statement;
  statement.answer = Answer::kGo;
  statement.subject.cluster_id = "c0ffee";
  statement.subject.review_ns = "shop";
  statement.subject.review_name = "gift-cards";
  statement.subject.review_uid = "u-1";
  statement.subject.review_digest = std::string(64, 'a');
  statement.subject.checklist = "production-readiness";
  statement.subject.checklist_digest = std::string(64, 'b');
  statement.subject.target = {resources::TargetKind::kDeployment, "shop", "gift-cards"};
  statement.identity = "alice@example.com";
  statement.role = "sre";
  statement.issued_at = kNow;
  statement.not_after = kNow + kDay;
  statement.sequence = 7;

  EXPECT_EQ(
      Serialize(statement),
      R"({"_type":"https://in-toto.io/Statement/v1","predicate":{"binding":"Service",)"
      R"("checklist":{"name":"production-readiness","specDigest":")"
      R"(bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},)"
      R"("clusterId":"c0ffee","conditions":[],"findings":[],"issuedAt":"2026-11-23T12:00:00Z",)"
      R"("notAfter":"2026-11-24T12:00:00Z","review":{"name":"gift-cards","namespace":"shop",)"
      R"("specDigest":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)"
      R"("uid":"u-1"},"sequence":7,"signer":{"identity":"alice@example.com","role":"sre"},)"
      R"("target":{"apiVersion":"apps/v1","kind":"Deployment","name":"gift-cards"},)"
      R"("verdict":"Go"},"predicateType":"https://launchgate.dev/verdict/v1","subject":[{)"
      R"("digest":{"sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},)"
      R"("name":"launchreview/shop/gift-cards"}]})");
}

TEST(StatementTest, NamesItsSubjectsForToolsThatKnowOnlyInToto) {
  const json document = json::parse(Serialize(FullGo()));

  const json& subjects = document["subject"];

  ASSERT_EQ(subjects.size(), 3U);
  EXPECT_EQ(subjects[0]["name"], "launchreview/shop/gift-cards");
  EXPECT_EQ(subjects[1]["name"], "podtemplate/shop/deployment/gift-cards");
  EXPECT_EQ("v1:sha256:" + subjects[1]["digest"]["sha256"].get<std::string>(), TemplateHash());
  EXPECT_EQ(subjects[2]["name"], "registry.example.com/shop/gift-cards");
}

// What a statement must hold by itself; each row breaks one rule.
struct RuleRow {
  const char* name;
  Answer answer;
  void (*change)(Statement&);
  const char* complaint;
};

class StatementRuleTest : public testing::TestWithParam<RuleRow> {
 protected:
  Statement Changed() const {
    Statement statement =
        test_support::StatementBuilder(GetParam().answer,
                                       GetParam().answer == Answer::kBreakGlass ? kDave : kAlice)
            .Build();
    GetParam().change(statement);
    return statement;
  }
};

TEST_P(StatementRuleTest, IsHeldBeforeSigning) {
  const base::Status status = Validate(Changed());

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(status.error().message, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    Subjects, StatementRuleTest,
    testing::Values(
        RuleRow{"NoCluster", Answer::kGo, [](Statement& s) { s.subject.cluster_id = ""; },
                "clusterId must be set"},
        RuleRow{"NoUid", Answer::kGo, [](Statement& s) { s.subject.review_uid = ""; },
                "review.uid must be set"},
        RuleRow{"NoIdentity", Answer::kGo, [](Statement& s) { s.identity = ""; },
                "signer.identity must be set"},
        RuleRow{"NoRole", Answer::kGo, [](Statement& s) { s.role = ""; }, "signer.role"},
        RuleRow{"ALongIdentity", Answer::kGo,
                [](Statement& s) { s.identity.assign(kMaxFieldBytes + 1, 'a'); }, "at most 256"},
        RuleRow{"ANamespaceWithASlash", Answer::kGo,
                [](Statement& s) { s.subject.review_ns = s.subject.target.ns = "shop/x"; },
                "review.namespace"},
        RuleRow{"AReviewNameWithASlash", Answer::kGo,
                [](Statement& s) { s.subject.review_name = "../x"; }, "review.name"},
        RuleRow{"NoChecklist", Answer::kGo, [](Statement& s) { s.subject.checklist = ""; },
                "checklist.name"},
        RuleRow{"ATargetElsewhere", Answer::kGo,
                [](Statement& s) { s.subject.target.ns = "other"; }, "namespace of the review"},
        RuleRow{"AnUppercaseDigest", Answer::kGo,
                [](Statement& s) { s.subject.review_digest.assign(64, 'A'); }, "review.specDigest"},
        RuleRow{"AShortDigest", Answer::kGo,
                [](Statement& s) { s.subject.checklist_digest.pop_back(); },
                "checklist.specDigest"},
        RuleRow{"ATemplateForService", Answer::kGo,
                [](Statement& s) { s.template_hash = TemplateHash(); }, "must be absent"},
        RuleRow{"ARevisionWithoutATemplate", Answer::kGo,
                [](Statement& s) { s.subject.binding = resources::Binding::kRevision; },
                "templateHash"},
        RuleRow{"ATemplateOfAnotherVersion", Answer::kBreakGlass,
                [](Statement& s) { s.template_hash[1] = '2'; }, "templateHash"},
        RuleRow{"ImagesForService", Answer::kGo,
                [](Statement& s) {
                  s.images = {{"x", std::string(64, 'a')}};
                },
                "images"},
        RuleRow{"AnImageWithoutADigest", Answer::kBreakGlass,
                [](Statement& s) {
                  s.images = {{"x", "latest"}};
                },
                "digest.sha256"},
        RuleRow{"AnImageNamedLikeTheReview", Answer::kBreakGlass,
                [](Statement& s) {
                  s.images = {{ReviewSubjectName(s.subject), std::string(64, 'a')}};
                },
                "twice"},
        RuleRow{"TooManyImages", Answer::kBreakGlass,
                [](Statement& s) { s.images.resize(kMaxImages + 1); }, "too many"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Content, StatementRuleTest,
    testing::Values(
        RuleRow{"AFindingOfNoItem", Answer::kGo,
                [](Statement& s) { s.findings[0].item = "Load Test"; }, "findings.item"},
        RuleRow{"AnUnknownFinding", Answer::kGo,
                [](Statement& s) { s.findings[0].finding = "Maybe"; }, "Pass, Fail"},
        RuleRow{"TooManyFindings", Answer::kGo,
                [](Statement& s) { s.findings.resize(kMaxSeenFindings + 1); }, "too many"},
        RuleRow{"AConditionOfANoGo", Answer::kNoGo,
                [](Statement& s) {
                  s.conditions = {{"t", "", "o", kNow + kDay}};
                },
                "Go only"},
        RuleRow{"AConditionWithoutAnOwner", Answer::kGo,
                [](Statement& s) {
                  s.conditions = {{"t", "", "", kNow + kDay}};
                },
                "owner"},
        RuleRow{"AConditionWithoutAText", Answer::kGo,
                [](Statement& s) {
                  s.conditions = {{"", "", "o", kNow + kDay}};
                },
                "text"},
        RuleRow{"AConditionOfNoItem", Answer::kGo,
                [](Statement& s) {
                  s.conditions = {{"t", "a b", "o", kNow + kDay}};
                },
                "conditions.item"},
        RuleRow{"AConditionDueBeforeSigning", Answer::kGo,
                [](Statement& s) {
                  s.conditions = {{"t", "", "o", s.issued_at}};
                },
                "later than issuedAt"},
        RuleRow{"TooManyConditions", Answer::kGo,
                [](Statement& s) {
                  s.conditions.resize(kMaxConditions + 1, {"t", "", "o", kNow + kDay});
                },
                "at most 32"},
        RuleRow{"ANoGoWithoutAReason", Answer::kNoGo, [](Statement& s) { s.reason = ""; },
                "reason must be set"},
        RuleRow{"ALongReason", Answer::kNoGo,
                [](Statement& s) { s.reason.assign(kMaxReasonBytes + 1, 'x'); }, "at most 1024"},
        RuleRow{"ABreakGlassWithoutAReason", Answer::kBreakGlass,
                [](Statement& s) { s.reason = ""; }, "reason must be set"},
        RuleRow{"ABreakGlassWithoutATicket", Answer::kBreakGlass,
                [](Statement& s) { s.ticket = ""; }, "ticket must be set"},
        RuleRow{"ABreakGlassOfNoClass", Answer::kBreakGlass,
                [](Statement& s) { s.override_class = "P3"; }, "P0 or SecurityFix"},
        RuleRow{"AGoWithAClass", Answer::kGo, [](Statement& s) { s.override_class = "P0"; },
                "BreakGlass only"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Times, StatementRuleTest,
    testing::Values(
        RuleRow{"NoIssuedAt", Answer::kGo, [](Statement& s) { s.issued_at = {}; }, "issuedAt"},
        RuleRow{"NoEnd", Answer::kGo, [](Statement& s) { s.not_after = base::kNever; }, "notAfter"},
        RuleRow{"AnEndAtTheStart", Answer::kGo, [](Statement& s) { s.not_after = s.issued_at; },
                "later than issuedAt"},
        RuleRow{
            "ALongBreakGlass", Answer::kBreakGlass,
            [](Statement& s) { s.not_after = s.issued_at + kMaxBreakGlassLifetime + kMillisecond; },
            "at most 24h"},
        RuleRow{"SequenceZero", Answer::kGo, [](Statement& s) { s.sequence = 0; }, "sequence"},
        RuleRow{"ANegativeSequence", Answer::kGo, [](Statement& s) { s.sequence = -1; },
                "sequence"},
        RuleRow{"ASequenceThatJsonReadersRound", Answer::kGo,
                [](Statement& s) { s.sequence = kMaxSequence + 1; }, "sequence"}),
    [](const auto& row) { return row.param.name; });

TEST(StatementTest, MayLiveExactlyAsLongAsABreakGlassMay) {
  Statement statement = BreakGlassBy(kDave).Build();
  statement.not_after = statement.issued_at + kMaxBreakGlassLifetime;

  EXPECT_TRUE(Validate(statement).has_value());
}

// Documents that are not what we write; each row changes the JSON.
struct DocumentRow {
  const char* name;
  void (*change)(json&);
  const char* complaint;
};

class StatementDocumentTest : public testing::TestWithParam<DocumentRow> {};

TEST_P(StatementDocumentTest, IsRefused) {
  json document = json::parse(Serialize(FullGo()));
  GetParam().change(document);

  const base::Result<Statement> read = ParseStatement(document.dump());

  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(read.error().message, HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    TopLevel, StatementDocumentTest,
    testing::Values(
        DocumentRow{"AnotherType",
                    [](json& d) { d["_type"] = "https://in-toto.io/Statement/v0.1"; }, "_type"},
        DocumentRow{"NoType", [](json& d) { d.erase("_type"); }, "_type"},
        DocumentRow{"AFuturePredicate",
                    [](json& d) { d["predicateType"] = "https://launchgate.dev/verdict/v2"; },
                    "predicateType"},
        DocumentRow{"AnotherPredicate",
                    [](json& d) { d["predicateType"] = "https://slsa.dev/provenance/v1"; },
                    "predicateType"},
        DocumentRow{"NoPredicate", [](json& d) { d.erase("predicate"); }, "predicate"},
        DocumentRow{"APredicateThatIsAList", [](json& d) { d["predicate"] = json::array(); },
                    "predicate"},
        DocumentRow{"AnUnknownKey", [](json& d) { d["extra"] = 1; }, "extra"},
        DocumentRow{"NoSubjects", [](json& d) { d["subject"] = json::array(); }, "subject"},
        DocumentRow{"NoSubjectField", [](json& d) { d.erase("subject"); }, "subject"},
        DocumentRow{"AnotherReviewDigest",
                    [](json& d) { d["subject"][0]["digest"]["sha256"] = std::string(64, '0'); },
                    "review.specDigest"},
        DocumentRow{"AnotherTemplateDigest",
                    [](json& d) { d["subject"][1]["digest"]["sha256"] = std::string(64, '0'); },
                    "templateHash"},
        DocumentRow{"NoTemplateSubject", [](json& d) { d["subject"].erase(1); }, "templateHash"},
        DocumentRow{"AReviewNamedTwice", [](json& d) { d["subject"].push_back(d["subject"][0]); },
                    "twice"},
        DocumentRow{"AnotherDigestAlgorithm",
                    [](json& d) { d["subject"][0]["digest"]["md5"] = "00"; }, "md5"},
        DocumentRow{"AnUnknownSubjectKey", [](json& d) { d["subject"][0]["uri"] = "x"; }, "uri"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Predicates, StatementDocumentTest,
    testing::Values(
        DocumentRow{"AnUnknownField", [](json& d) { d["predicate"]["waive"] = true; }, "waive"},
        DocumentRow{"AnUnknownReviewField",
                    [](json& d) { d["predicate"]["review"]["generation"] = 1; }, "generation"},
        DocumentRow{"AnUnknownSignerField",
                    [](json& d) { d["predicate"]["signer"]["keyid"] = "x"; }, "keyid"},
        DocumentRow{"AnUnknownVerdict", [](json& d) { d["predicate"]["verdict"] = "GO"; },
                    "verdict"},
        DocumentRow{"NoVerdict", [](json& d) { d["predicate"].erase("verdict"); }, "verdict"},
        DocumentRow{"AnUnknownBinding", [](json& d) { d["predicate"]["binding"] = "Any"; },
                    "binding"},
        DocumentRow{"AKindThatCannotBeReviewed",
                    [](json& d) { d["predicate"]["target"]["kind"] = "Pod"; }, "target"},
        DocumentRow{"AKindOfAnotherGroup",
                    [](json& d) { d["predicate"]["target"]["apiVersion"] = "batch/v1"; }, "target"},
        DocumentRow{"ATemplateHashThatIsAList",
                    [](json& d) { d["predicate"]["templateHash"] = json::array(); },
                    "templateHash"},
        DocumentRow{"ASequenceThatIsText", [](json& d) { d["predicate"]["sequence"] = "7"; },
                    "sequence"},
        DocumentRow{"ASequenceWithAFraction", [](json& d) { d["predicate"]["sequence"] = 1.5; },
                    "sequence"},
        DocumentRow{"NoSequence", [](json& d) { d["predicate"].erase("sequence"); }, "sequence"},
        DocumentRow{"NoIssuedAt", [](json& d) { d["predicate"].erase("issuedAt"); }, "issuedAt"},
        DocumentRow{"ATimeWithoutAZone",
                    [](json& d) { d["predicate"]["notAfter"] = "2026-11-24T12:00:00"; },
                    "notAfter"},
        DocumentRow{"AConditionWithoutADueDate",
                    [](json& d) { d["predicate"]["conditions"][0].erase("due"); }, "due"},
        DocumentRow{"AnUnknownConditionField",
                    [](json& d) { d["predicate"]["conditions"][0]["done"] = true; }, "done"},
        DocumentRow{"AnUnknownFindingField",
                    [](json& d) { d["predicate"]["findings"][0]["waived"] = true; }, "waived"}),
    [](const auto& row) { return row.param.name; });

TEST(StatementTest, RefusesWhatIsNotStrictJson) {
  const std::string bytes = Serialize(GoBy(kAlice).Build());

  EXPECT_FALSE(ParseStatement("").has_value());
  EXPECT_FALSE(ParseStatement("[]").has_value());
  EXPECT_FALSE(ParseStatement(bytes + "{}").has_value());
  EXPECT_FALSE(ParseStatement(bytes.substr(0, bytes.size() - 1)).has_value());
  EXPECT_FALSE(ParseStatement("\xef\xbb\xbf" + bytes).has_value());
}

TEST(StatementTest, RefusesTheSameKeyTwice) {
  std::string bytes = Serialize(NoGoBy(kAlice).Build());
  const std::string verdict = R"("verdict":"NoGo")";
  bytes.insert(bytes.find(verdict), R"("verdict":"Go",)");

  EXPECT_FALSE(ParseStatement(bytes).has_value());
}

TEST(StatementTest, ReadsWhatAPersonFormattedBeforeSigning) {
  const Statement statement = FullGo();

  const auto read = ParseStatement(json::parse(Serialize(statement)).dump(2) + "\n");

  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(*read, statement);
}

struct HashRow {
  const char* name;
  std::string text;
  bool is_hash;
};

class TemplateHashTest : public testing::TestWithParam<HashRow> {};

TEST_P(TemplateHashTest, IsRecognised) {
  EXPECT_EQ(IsTemplateHash(GetParam().text), GetParam().is_hash);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, TemplateHashTest,
    testing::Values(HashRow{"Ours", "v1:sha256:" + std::string(64, 'a'), true},
                    HashRow{"Empty", "", false}, HashRow{"PrefixOnly", "v1:sha256:", false},
                    HashRow{"TooShort", "v1:sha256:" + std::string(63, 'a'), false},
                    HashRow{"TooLong", "v1:sha256:" + std::string(65, 'a'), false},
                    HashRow{"Uppercase", "v1:sha256:" + std::string(64, 'A'), false},
                    HashRow{"NoVersion", "sha256:" + std::string(64, 'a'), false},
                    HashRow{"AnotherVersion", "v2:sha256:" + std::string(64, 'a'), false}),
    [](const auto& row) { return row.param.name; });

TEST(AnswerTest, HasTheNamesOfTheFormat) {
  EXPECT_EQ(ToString(Answer::kGo), "Go");
  EXPECT_EQ(ToString(Answer::kNoGo), "NoGo");
  EXPECT_EQ(ToString(Answer::kBreakGlass), "BreakGlass");
}

}  // namespace
}  // namespace launchgate::verdict
