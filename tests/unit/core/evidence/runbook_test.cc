// What makes a runbook complete.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using resources::RunbookSpec;
using ::testing::HasSubstr;

constexpr base::Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(12);
constexpr base::Duration kRecheck = std::chrono::minutes(10);
constexpr base::Duration kMillisecond{1};
constexpr const char* kMd = "text/markdown";
constexpr const char* kHtml = "text/html";

constexpr auto kPass = FindingStatus::kPass;
constexpr auto kFail = FindingStatus::kFail;
constexpr auto kUnknown = FindingStatus::kUnknown;

RunbookSpec Spec() {
  RunbookSpec spec;
  spec.urls = {"https://wiki.example.com/gift-cards"};
  spec.required_sections = {"Rollback", "Escalation"};
  spec.recheck_every = kRecheck;
  return spec;
}

Page PageOf(std::string body, std::string type = kMd, int status = 200) {
  return {"https://wiki.example.com/gift-cards", status, std::move(type), std::move(body)};
}

constexpr const char* kGood =
    "# Runbook of gift-cards\n\nRead this before you touch anything.\n\n"
    "## Rollback\n\nkubectl rollout undo deployment/gift-cards\n\n"
    "## Escalation\n\nCall alice@example.com\n";

Finding Judge(const Page& page) { return VerifyRunbook(Spec(), "gift-cards", {page}, kNow, kNow); }

struct Row {
  const char* name;
  const char* type;
  const char* page;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

class RunbookTest : public ::testing::TestWithParam<Row> {};

TEST_P(RunbookTest, IsJudged) {
  const Finding finding = Judge(PageOf(GetParam().page, GetParam().type));

  EXPECT_EQ(finding.status, GetParam().status) << finding.message;
  EXPECT_EQ(finding.reason, GetParam().reason) << finding.message;
}

INSTANTIATE_TEST_SUITE_P(
    Complete, RunbookTest,
    ::testing::Values(
        Row{"Markdown", kMd, kGood, kPass, "RunbookComplete"},
        Row{"Setext", kMd,
            "gift-cards\n==========\n\nRollback\n--------\n\nundo the last rollout, then "
            "look\n\nEscalation\n----------\n\n@alice is on call\n",
            kPass, "RunbookComplete"},
        Row{"NumberedHeadings", kMd,
            "# gift-cards\n## 4. Rollback procedure\nundo the last rollout, then look at "
            "it\n## 5.2 Escalation\n#gift-cards-oncall\n",
            kPass, "RunbookComplete"},
        Row{"OtherLetterCase", kMd,
            "# GIFT-CARDS\n## ROLLBACK\nundo the last rollout, then look at it\n## "
            "escalation\nsre@example.com\n",
            kPass, "RunbookComplete"},
        Row{"TextOnlyInSubsections", kMd,
            "# gift-cards\n## Rollback\n### Within an hour\nundo the last rollout\n## "
            "Escalation\n### First\nsre@example.com\n",
            kPass, "RunbookComplete"},
        Row{"SectionIsACodeBlock", kMd,
            "# gift-cards\n## Rollback\n```\nkubectl rollout undo\n```\n## "
            "Escalation\nsre@example.com\n",
            kPass, "RunbookComplete"},
        Row{"Html", kHtml,
            "<html><body><h1>gift-cards</h1><h2>Rollback</h2><p>undo the last rollout and "
            "look</p><h2>Escalation</h2><a href=\"mailto:sre@example.com\">us</a>",
            kPass, "RunbookComplete"},
        Row{"HtmlHeadingsWithMarkup", kHtml,
            "<h1>gift-cards</h1><h2 id=r><a href='#r'></a>Roll<b>back</b></h2><p>undo the last "
            "rollout and look</p><h3>Escalation</h3>+49 30 1234567",
            kPass, "RunbookComplete"},
        Row{"HtmlReferenceInAddress", kHtml,
            "<h1>gift-cards</h1><h2>Rollback</h2>undo the last rollout and then look "
            "<h2>Escalation</h2>sre&#64;example.com",
            kPass, "RunbookComplete"},
        Row{"HtmlUnclosedTags", kHtml,
            "<h1>gift-cards<h2>Rollback</h2><p>undo the last rollout and then look<h2>Escalation"
            "</h2><p>sre@example.com",
            kPass, "RunbookComplete"},
        Row{"HtmlWithComparison", kHtml,
            "<h1>gift-cards</h1><p>if p95 < 250 it isn't slow</p><h2>Rollback</h2>undo the last "
            "rollout<h2>Escalation</h2>sre@example.com",
            kPass, "RunbookComplete"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Incomplete, RunbookTest,
    ::testing::Values(
        Row{"NoSection", kMd,
            "# gift-cards\n\nEverything is fine, there is nothing to do here.\n\n## "
            "Escalation\n\nsre@example.com\n",
            kFail, "SectionMissing"},
        Row{"TitleOnlyInTheText", kMd,
            "# gift-cards\n\nRollback: undo the last rollout, then look at it.\n\n## "
            "Escalation\n\nsre@example.com\n",
            kFail, "SectionMissing"},
        Row{"TitleInsideAnotherWord", kMd,
            "# gift-cards\n## Rollbacks are for others\nundo the last rollout and look\n## "
            "Escalation\nsre@example.com\n",
            kFail, "SectionMissing"},
        Row{"HeadingInsideCode", kMd,
            "# gift-cards\n```\n## Rollback\nundo the last rollout and look\n```\n## "
            "Escalation\nsre@example.com\n",
            kFail, "SectionMissing"},
        Row{"HeadingInsideAScript", kHtml,
            "<h1>gift-cards</h1><script>'<h2>Rollback</h2>undo the last rollout'</script><p>much "
            "text for everybody</p><h2>Escalation</h2>sre@example.com",
            kFail, "SectionMissing"},
        Row{"EmptySection", kMd,
            "# gift-cards\nThis page is what people read at night.\n## Rollback\n\n## "
            "Escalation\nsre@example.com\n",
            kFail, "SectionEmpty"},
        Row{"EmptyLastSection", kMd,
            "# gift-cards\nThis page is what people read at night.\n## Rollback\nundo\n## "
            "Escalation\n",
            kFail, "SectionEmpty"},
        Row{"HtmlEmptySection", kHtml,
            "<h1>gift-cards</h1><p>This page is what people read at night.</p><h2>Rollback</h2>"
            "<p>&nbsp;</p><h2>Escalation</h2>sre@example.com",
            kFail, "SectionEmpty"},
        Row{"EmptyPage", kMd, "", kFail, "PageEmpty"},
        Row{"WhiteSpaceOnly", kMd, " \n\t\n \n", kFail, "PageEmpty"},
        Row{"OnlyAPlaceholder", kMd, "# gift-cards\n\nTODO\n", kFail, "PageEmpty"},
        Row{"OnlyScripts", kHtml,
            "<html><script>var gift_cards = 'a page made by a program, forty bytes and "
            "more';</script></html>",
            kFail, "PageEmpty"},
        Row{"LoginPage", kHtml,
            "<html><h1>gift-cards</h1><h2>Rollback</h2>undo the last rollout<h2>Escalation</h2>"
            "sre@example.com<form><input type=\"password\"></form>",
            kFail, "LoginPage"},
        Row{"OtherService", kMd,
            "# Runbook of vouchers\n## Rollback\nundo the last rollout, then look at it\n## "
            "Escalation\nsre@example.com\n",
            kFail, "ServiceNotNamed"},
        Row{"ServiceInsideAnotherWord", kMd,
            "# egift-cards2\n## Rollback\nundo the last rollout, then look at it\n## "
            "Escalation\nsre@example.com\n",
            kFail, "ServiceNotNamed"},
        Row{"NobodyToCall", kMd,
            "# gift-cards\n## Rollback\nundo the last rollout, then look at it\n## "
            "Escalation\nTo be decided.\n",
            kFail, "NoEscalationContact"},
        Row{"SomebodyElsewhereDoesNotCount", kMd,
            "# gift-cards\nWritten by bob@example.com\n## Rollback\nundo the last rollout\n## "
            "Escalation\nTo be decided.\n",
            kFail, "NoEscalationContact"},
        Row{"LinksWithinThePageCallNobody", kMd,
            "# gift-cards\n## Rollback\nundo the last rollout, then look at it\n## "
            "Escalation\nSee [above](#rollback).\n",
            kFail, "NoEscalationContact"},
        Row{"HtmlLinksWithinThePageCallNobody", kHtml,
            "<h1>gift-cards</h1><h2>Rollback</h2>undo the last rollout and look<h2>Escalation</h2>"
            "<a href=\"#rollback\">above</a>",
            kFail, "NoEscalationContact"}),
    [](const auto& row) { return row.param.name; });

struct Contact {
  const char* name;
  const char* text;
  bool counts;
};
void PrintTo(const Contact& contact, std::ostream* out) { *out << contact.name; }

class ContactTest : public ::testing::TestWithParam<Contact> {};

TEST_P(ContactTest, IsSomebodyToCallOrNot) {
  const std::string page =
      "# gift-cards\n\n## Rollback\n\nkubectl rollout undo deployment/gift-cards\n\n## "
      "Escalation\n\n" +
      std::string(GetParam().text) + "\n";

  const Finding finding = Judge(PageOf(page));

  EXPECT_EQ(finding.reason, GetParam().counts ? "RunbookComplete" : "NoEscalationContact");
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ContactTest,
    ::testing::Values(
        Contact{"Mail", "Write to sre@example.com.", true},
        Contact{"MailLink", "[us](mailto:sre@example.com)", true},
        Contact{"MailInAngles", "<sre@example.com>", true},
        Contact{"Channel", "Ask in #gift-cards-oncall", true},
        Contact{"Handle", "Page @alice", true}, Contact{"International", "+49 30 1234567", true},
        Contact{"WithPunctuation", "+1 (555) 010-9999", true},
        Contact{"WithDots", "+1.555.010.9999", true},
        Contact{"TelLink", "[call](tel:+49301234567)", true},
        Contact{"TelLinkOfAnExtension", "[call](tel:5550)", true},
        Contact{"Words", "Ask somebody.", false},
        Contact{"MailWithoutDomain", "sre@localhost", false}, Contact{"HalfAMail", "sre@", false},
        Contact{"ShortNumber", "+1234", false}, Contact{"VersionNumber", "needs 1.2.3+4", false},
        Contact{"IssueNumber", "see #123", false}, Contact{"Hotel", "in the hotel:123", false},
        Contact{"TelWithoutNumber", "tel: to be decided", false},
        Contact{"FragmentOfALink", "<https://wiki.example.com/x#oncall>", false}),
    [](const auto& row) { return row.param.name; });

struct Status {
  const char* name;
  int http_status;
  FindingStatus status;
  const char* reason;
};
void PrintTo(const Status& status, std::ostream* out) { *out << status.name; }

class HttpStatusTest : public ::testing::TestWithParam<Status> {};

TEST_P(HttpStatusTest, DecidesBeforeThePageIsRead) {
  const Finding finding = Judge(PageOf(kGood, kMd, GetParam().http_status));

  EXPECT_EQ(finding.status, GetParam().status);
  EXPECT_EQ(finding.reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(Codes, HttpStatusTest,
                         ::testing::Values(Status{"Ok", 200, kPass, "RunbookComplete"},
                                           Status{"Accepted", 202, kFail, "HttpStatus"},
                                           Status{"NoContent", 204, kFail, "HttpStatus"},
                                           Status{"Unauthorized", 401, kFail, "HttpStatus"},
                                           Status{"Forbidden", 403, kFail, "HttpStatus"},
                                           Status{"NotFound", 404, kFail, "HttpStatus"},
                                           Status{"Gone", 410, kFail, "HttpStatus"},
                                           Status{"TooMany", 429, kUnknown, "ServerError"},
                                           Status{"InternalError", 500, kUnknown, "ServerError"},
                                           Status{"Unavailable", 503, kUnknown, "ServerError"},
                                           Status{"NoStatus", 0, kUnknown, "ServerError"}),
                         [](const auto& row) { return row.param.name; });

TEST(RunbookPagesTest, WithoutAPageNothingIsProven) {
  const Finding finding = VerifyRunbook(Spec(), "gift-cards", {}, kNow, kNow);

  EXPECT_EQ(finding.status, kUnknown);
  EXPECT_EQ(finding.reason, "SourceMissing");
}

TEST(RunbookPagesTest, EveryPageMustBeComplete) {
  Page second = PageOf("# gift-cards\n\nNothing but a stub, although a long one.\n");
  second.url = "https://wiki.example.com/second";

  const Finding finding = VerifyRunbook(Spec(), "gift-cards", {PageOf(kGood), second}, kNow, kNow);

  EXPECT_EQ(finding.status, kFail);
  EXPECT_THAT(finding.message, HasSubstr("https://wiki.example.com/second"));
  EXPECT_THAT(finding.message, HasSubstr("\"Rollback\" and \"Escalation\""));
  EXPECT_EQ(finding.facts.at("pages"), "2");
}

TEST(RunbookPagesTest, NeedsNoSectionThatNobodyRequires) {
  RunbookSpec spec = Spec();
  spec.required_sections.clear();

  const Finding finding = VerifyRunbook(
      spec, "gift-cards",
      {PageOf("How to run gift-cards: read the code, then ask sre@example.com\n")}, kNow, kNow);

  EXPECT_EQ(finding.status, kPass) << finding.message;
}

TEST(RunbookTimeTest, APassLastsSeveralRechecks) {
  const Finding finding = Judge(PageOf(kGood));

  EXPECT_EQ(finding.observed_at, kNow);
  EXPECT_EQ(finding.valid_until, kNow + kRunbookValidity * kRecheck);
}

TEST(RunbookTimeTest, IsStaleFromTheInstantItsValidityEnds) {
  const auto at = [](base::Duration age) {
    return VerifyRunbook(Spec(), "gift-cards", {PageOf(kGood)}, kNow - age, kNow).status;
  };

  EXPECT_EQ(at(kRunbookValidity * kRecheck - kMillisecond), kPass);
  EXPECT_EQ(at(kRunbookValidity * kRecheck), FindingStatus::kStale);
}

TEST(RunbookTimeTest, ForgivesClockSkewAndNoMore) {
  const auto at = [](base::Time fetched) {
    return VerifyRunbook(Spec(), "gift-cards", {PageOf(kGood)}, fetched, kNow).reason;
  };

  EXPECT_EQ(at(kNow + kMaxClockSkew), "RunbookComplete");
  EXPECT_EQ(at(kNow + kMaxClockSkew + kMillisecond), "TimeInFuture");
}

TEST(RunbookMessageTest, NeverQuotesThePageAndIsPrintable) {
  Page page = PageOf("# canary-0815 other page\n\n" + std::string(200, 'x') + "\n");
  page.url = "https://wiki.example.com/\x1B[31m" + std::string(5000, 'y');

  const Finding finding = Judge(page);

  EXPECT_EQ(finding.message.find("canary-0815"), std::string::npos);
  EXPECT_EQ(finding.message.find('\x1B'), std::string::npos);
  EXPECT_LE(finding.message.size(), 1024U);
}

}  // namespace
}  // namespace launchgate::evidence
