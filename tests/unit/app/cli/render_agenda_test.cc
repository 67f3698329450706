// The agenda for people: the same in text, Markdown and HTML, and no text of a
// budget or of a person can write more than itself.
#include "app/cli/render_agenda.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/html.h"

namespace launchgate::app::cli {
namespace {

using resources::BudgetReview;
using ::testing::HasSubstr;
using ::testing::Not;

base::Time At(std::string_view text) { return *base::ParseTime(text); }

BudgetReview October() {
  BudgetReview review;
  review.meta.ns = "shop";
  review.meta.name = "gift-cards-2026-10";
  review.budget = "gift-cards";
  review.month = *resources::ParseMonth("2026-10");
  review.status.opened_at = At("2026-11-01T00:00:00Z");
  review.status.due_at = At("2026-11-06T00:00:00Z");
  review.status.freezes_at = At("2026-11-09T00:00:00Z");
  review.status.signed_off_by = {{"alice@example.com", "sre", At("2026-11-02T09:30:00Z")}};
  review.status.agenda_digest = std::string(64, 'd');
  resources::BudgetAgenda& agenda = review.status.agenda.emplace();
  agenda.as_of = At("2026-11-01T00:05:00Z");
  agenda.from = At("2026-10-01T00:00:00Z");
  agenda.until = At("2026-11-01T00:00:00Z");
  resources::AgendaObjective objective;
  objective.name = "availability";
  objective.target = "99.9";
  objective.state = resources::BudgetState::kSpent;
  objective.sli = 99.86;
  objective.consumed = 1.4;
  objective.remaining = -0.4;
  objective.incidents = {{At("2026-10-21T09:00:00Z"), At("2026-10-21T11:00:00Z"), 0.9}};
  objective.burn_down = {1, 0.5, -0.4};
  agenda.objectives = {objective};
  agenda.overrides = {{"gift-cards", "dave@example.com", "INC-1", "P0", "checkout down",
                       At("2026-10-21T10:00:00Z")}};
  agenda.conditions = {
      {"gift-cards", "drill", "run it", "erin@example.com", At("2026-11-20T00:00:00Z")}};
  agenda.evidence = {{"gift-cards", "load-test", At("2026-11-18T00:00:00Z")}};
  agenda.actions = {{"add a deadline", "carol@example.com", At("2026-10-20T00:00:00Z")}};
  return review;
}

std::string Text(const BudgetReview& review) {
  std::ostringstream out;
  WriteAgendaText(review, out);
  return out.str();
}

std::string Markdown(const BudgetReview& review, const std::vector<std::string>& charts = {}) {
  std::ostringstream out;
  WriteAgendaMarkdown(review, charts, out);
  return out.str();
}

std::string Html(const std::vector<BudgetReview>& reviews) {
  std::ostringstream out;
  WriteAgendaHtml(reviews, out);
  return out.str();
}

TEST(RenderAgendaTest, WritesMarkdown) {
  EXPECT_EQ(Markdown(October()), R"(# Error budget review of shop/gift-cards, 2026-10

Opened 2026-11-01T00:00:00Z, to be signed by 2026-11-06T00:00:00Z; unsigned it freezes launches from 2026-11-09T00:00:00Z on.

Signed by alice@example.com (sre) at 2026-11-02T09:30:00Z.

Figures from 2026-10-01T00:00:00Z to 2026-11-01T00:00:00Z, taken 2026-11-01T00:05:00Z.

Digest of this agenda: sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd.

Sign it off with: launchgate sign -n shop --budget-review gift-cards-2026-10 --key KEY.pem

## Objectives

| Objective | Target | Measured | Events | Bad | Consumed | Left | State | Note |
|---|---|---|---|---|---|---|---|---|
| availability | 99.9 % | 99.86 % | unknown | unknown | 140 % | -40 % | BudgetSpent |  |

## Burn-down

- availability: 100 % █▅× -40 %

## Incidents

| Objective | No. | From | Until | Of the budget |
|---|---|---|---|---|
| availability | 1 | 2026-10-21T09:00:00Z | 2026-10-21T11:00:00Z | 90 % |

## Freezes

Launches were not frozen.

## Overrides

| Review | Signed by | When | Class | Ticket | Reason |
|---|---|---|---|---|---|
| gift-cards | dave@example.com | 2026-10-21T10:00:00Z | P0 | INC-1 | checkout down |

## Conditions due

| Review | Item | What | Owner | Due |
|---|---|---|---|---|
| gift-cards | drill | run it | erin@example.com | 2026-11-20T00:00:00Z |

## Evidence going stale

| Review | Item | Valid until |
|---|---|---|
| gift-cards | load-test | 2026-11-18T00:00:00Z |

## Actions of the last review

| What | Owner | Due |
|---|---|---|
| add a deadline | carol@example.com | 2026-10-20T00:00:00Z |
)");
}

TEST(RenderAgendaTest, ShowsChartsInMarkdownWhereThereAreSome) {
  EXPECT_THAT(Markdown(October(), {"charts/gift-cards-2026-10-1.svg"}),
              HasSubstr("![Error budget left of availability](<charts/gift-cards-2026-10-1.svg>)"));
}

TEST(RenderAgendaTest, WritesTextForATerminal) {
  const std::string text = Text(October());

  EXPECT_THAT(text, HasSubstr("Error budget review of shop/gift-cards, 2026-10\n"));
  EXPECT_THAT(text, HasSubstr("  - Objective: availability; Target: 99.9 %; Measured: 99.86 %"));
  EXPECT_THAT(text, HasSubstr("Freezes\n  Launches were not frozen.\n"));
  EXPECT_THAT(text, HasSubstr("  - availability: 100 % █▅× -40 %\n"));
}

TEST(RenderAgendaTest, WritesOneHtmlPageThatFetchesNothing) {
  BudgetReview september = October();
  september.month = *resources::ParseMonth("2026-09");

  const std::string page = Html({October(), september});

  EXPECT_THAT(page, HasSubstr("<h2>Error budget review of shop/gift-cards, 2026-10</h2>"));
  EXPECT_THAT(page, HasSubstr("<h2>Error budget review of shop/gift-cards, 2026-09</h2>"));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("<svg xmlns"));
  EXPECT_THAT(page, HasSubstr("id=\"burn-down-1-1-title\""));
  EXPECT_THAT(page, HasSubstr("id=\"burn-down-2-1-title\""));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("src=\"")));
  EXPECT_THAT(page, Not(HasSubstr("href=")));
}

TEST(RenderAgendaTest, SaysThatThereIsNoAgendaYet) {
  BudgetReview review = October();
  review.status.agenda.reset();
  review.status.signed_off_by.clear();

  for (const std::string& page : {Text(review), Markdown(review), Html({review})}) {
    EXPECT_THAT(page, HasSubstr("The agenda has not been taken yet."));
    EXPECT_THAT(page, HasSubstr("Signed by nobody yet."));
    EXPECT_THAT(page, Not(HasSubstr("Objectives")));
  }
}

TEST(RenderAgendaTest, SaysHowManyEntriesDidNotFit) {
  BudgetReview review = October();
  review.status.agenda->omitted = 7;

  EXPECT_THAT(Text(review), HasSubstr("7 more entries did not fit."));
}

TEST(RenderAgendaTest, TextsOfPeopleStayText) {
  BudgetReview review = October();
  const std::string evil = "<script>alert(1)</script> | `code` \"quoted\" & [x](http://y)\n# head";
  resources::BudgetAgenda& agenda = *review.status.agenda;
  agenda.objectives[0].name = evil;
  agenda.objectives[0].message = evil;
  agenda.overrides[0].reason = evil;
  agenda.conditions[0].text = evil;
  agenda.evidence[0].item = evil;
  agenda.actions[0].text = evil;
  agenda.freezes = {{evil, evil, evil, At("2026-10-02T00:00:00Z"), std::nullopt}};
  review.status.signed_off_by[0].identity = evil;

  const std::string page = Html({review});
  const std::string markdown = Markdown(review);

  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; | `code` &quot;quoted&quot;"));
  EXPECT_THAT(markdown, Not(HasSubstr(" <script")));
  EXPECT_THAT(markdown, Not(HasSubstr("\n# head")));
  EXPECT_THAT(markdown, HasSubstr("\\<script\\>alert(1)\\</script\\> \\| \\`code\\`"));
}

TEST(RenderAgendaTest, WritesJsonWithWhatIsKnown) {
  const json::Json document = ToJson(October());

  EXPECT_EQ(document["name"], "gift-cards-2026-10");
  EXPECT_EQ(document["month"], "2026-10");
  EXPECT_EQ(document["freezesAt"], "2026-11-09T00:00:00Z");
  EXPECT_EQ(document["signedOffBy"][0]["role"], "sre");
  EXPECT_EQ(document["agenda"]["objectives"][0]["consumed"], "1.4");
  EXPECT_EQ(document["agendaDigest"], std::string(64, 'd'));
}

TEST(HtmlTextTest, EscapesWhatCouldBeMarkupAndShowsWhatCouldHide) {
  EXPECT_EQ(HtmlText("a<b>&\"c'"), "a&lt;b&gt;&amp;&quot;c&#39;");
  EXPECT_EQ(HtmlText("x\u202Ey\n"), "x\\u{202E}y\\x0A");
}

}  // namespace
}  // namespace launchgate::app::cli
