#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/evidence/alert_review.h"
#include "core/evidence/judging.h"
#include "core/evidence/loaded_rules.h"
#include "core/evidence/metric_tracer.h"
#include "core/evidence/rule_document.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

using internal::AlertReview;
using internal::Indicator;
using internal::Judgement;
using internal::MetricTracer;
using internal::NameSome;
using internal::PagingRule;
using internal::Shortfall;
using internal::TextOf;
using internal::Unknown;
using resources::AlertRulesSpec;

constexpr std::size_t kMaxParseErrorBytes = 300;
constexpr std::size_t kMaxExampleBytes = 64;
constexpr std::string_view kTemplate = "{{";

base::Result<RuleDocument> ParseDocument(const AlertRulesSpec& spec, const Document& rules) {
  if (spec.from.prometheus) return ParseRulesAnswer(rules.body);
  if (spec.from.prometheus_rule) return ParsePrometheusRule(rules.body);
  return ParseRuleFile(rules.body);
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// An absolute http(s) URL with a host that is no template; templates may follow.
bool IsHttpUrl(std::string_view text) {
  constexpr std::string_view kHostCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!text.starts_with(scheme)) continue;
    const std::string_view rest = text.substr(scheme.size());
    const std::string_view host = rest.substr(0, rest.find_first_of("/?#"));
    const bool control = std::ranges::any_of(text, [](unsigned char c) { return c < ' '; });
    return !control && host.find_first_not_of("[]:.-") != std::string_view::npos &&
           host.find_first_not_of(kHostCharacters) == std::string_view::npos;
  }
  return false;
}

void CheckPresence(const AlertReview& reviewed, Judgement& judgement) {
  if (reviewed.document.alerts.empty()) {
    judgement.failures.push_back({"NoAlerts", "the document has no alerting rule"});
  } else if (reviewed.pages.empty()) {
    judgement.failures.push_back(
        {"NoPagingRule", "no alerting rule pages: none has the severity page or critical"});
  }
}

// Objectives that nobody watches; in doubt while there are pages that cannot be
// read, for they may be what watches it.
void CheckObjectives(const AlertReview& reviewed, Judgement& judgement) {
  std::vector<std::string> unknown;
  std::vector<std::string> unreadable;
  std::vector<std::string> unwatched;
  for (const std::string& name : reviewed.spec.covers_objectives) {
    const auto indicator = std::ranges::find(reviewed.indicators, name, &Indicator::objective);
    if (indicator == reviewed.indicators.end()) {
      unknown.push_back(name);
    } else if (!indicator->readable) {
      unreadable.push_back(name);
    } else if (std::ranges::none_of(reviewed.pages, [&](const PagingRule& page) {
                 return page.Names(indicator->outcome);
               })) {
      unwatched.push_back(name);
    }
  }
  if (!unwatched.empty()) {
    const bool doubtful =
        std::ranges::any_of(reviewed.pages, std::logical_not(), &PagingRule::readable);
    (doubtful ? judgement.doubts : judgement.failures)
        .push_back({doubtful ? "ExpressionUnreadable" : "ObjectiveNotWatched",
                    fmt::format("no paging rule {}names a metric of the good or bad events of {}",
                                doubtful ? "that can be read " : "", NameSome(unwatched))});
  }
  if (!unknown.empty()) {
    judgement.doubts.push_back(
        {"ObjectiveUnknown", "the review's ErrorBudget has no objective " + NameSome(unknown)});
  }
  if (!unreadable.empty()) {
    judgement.doubts.push_back({"ExpressionUnreadable",
                                "the metrics of the objective cannot be told from the "
                                "expressions of " +
                                    NameSome(unreadable)});
  }
}

// A page is about a cause when a metric of it tells of a cause and none belongs
// to an objective: a symptom beside a cause is a symptom.
void CheckCauses(const AlertReview& reviewed, Judgement& judgement) {
  std::vector<std::string> cause_based;
  std::string example;
  std::vector<std::string> unreadable;
  for (const PagingRule& page : reviewed.pages) {
    if (page.parsed && (reviewed.IsSymptom(page) || reviewed.MayPageOnCause(page))) continue;
    if (!page.readable) {
      unreadable.push_back(page.alert->name);
      continue;
    }
    const auto cause = std::ranges::find_if(page.metrics, [&](const std::string& metric) {
      return reviewed.causes.CauseOf(metric).has_value();
    });
    if (cause == page.metrics.end()) continue;
    if (cause_based.empty()) {
      example = fmt::format("{} tells of {}", base::Printable(*cause, kMaxExampleBytes),
                            base::Printable(*reviewed.causes.CauseOf(*cause), kMaxExampleBytes));
    }
    cause_based.push_back(page.alert->name);
  }
  if (!cause_based.empty()) {
    judgement.failures.push_back(
        {"CauseBasedPage", fmt::format("people are paged for a cause and not for a symptom by {} "
                                       "({})",
                                       NameSome(cause_based), example)});
  }
  if (!unreadable.empty()) {
    judgement.doubts.push_back(
        {"ExpressionUnreadable",
         "the metrics that page cannot be told from the expressions of " + NameSome(unreadable)});
  }
}

// Names of the alerts that `lacks` something, as one failure.
template <typename Predicate>
void CheckEach(const std::vector<const AlertRule*>& alerts, const char* reason, const char* what,
               Predicate lacks, Judgement& judgement) {
  std::vector<std::string> names;
  for (const AlertRule* alert : alerts) {
    if (lacks(*alert)) names.push_back(alert->name);
  }
  if (names.empty()) return;
  judgement.failures.push_back({reason, NameSome(names) + ' ' + what});
}

void CheckCompleteness(const AlertReview& reviewed, Judgement& judgement) {
  std::vector<const AlertRule*> all;
  for (const AlertRule& alert : reviewed.document.alerts) all.push_back(&alert);
  std::vector<const AlertRule*> paging;
  for (const PagingRule& page : reviewed.pages) paging.push_back(page.alert);

  CheckEach(
      all, "SeverityMissing", "has no label severity with a fixed value",
      [](const AlertRule& alert) {
        const std::string_view severity = TextOf(alert.labels, "severity");
        return IsBlank(severity) || severity.find(kTemplate) != std::string_view::npos;
      },
      judgement);
  CheckEach(
      paging, "ForMissing", "has neither for nor keep_firing_for",
      [](const AlertRule& alert) {
        return alert.hold.count() == 0 && alert.keep_firing_for.count() == 0;
      },
      judgement);
  CheckEach(
      paging, "SummaryMissing", "has no annotation summary",
      [](const AlertRule& alert) { return IsBlank(TextOf(alert.annotations, "summary")); },
      judgement);
  CheckEach(
      paging, "RunbookUrlMissing", "has no annotation runbook_url with an http(s) URL",
      [](const AlertRule& alert) { return !IsHttpUrl(TextOf(alert.annotations, "runbook_url")); },
      judgement);
}

void RecordFacts(const AlertReview& reviewed, Finding& finding) {
  finding.facts["alerts"] = std::to_string(reviewed.document.alerts.size());
  finding.facts["pagingRules"] = std::to_string(reviewed.pages.size());
  finding.facts["recordingRules"] = std::to_string(reviewed.document.recordings.size());
  finding.facts["objectives"] = std::to_string(reviewed.spec.covers_objectives.size());
}

std::string JoinMessages(const std::vector<Shortfall>& shortfalls) {
  std::string joined;
  for (const Shortfall& shortfall : shortfalls) {
    joined += (joined.empty() ? "" : "; ") + shortfall.message;
  }
  return base::Printable(joined, resources::kMaxFindingMessageLength);
}

// What is certain is told first: a rule that is wrong is wrong whatever else
// could not be found out.
void ConcludeRules(const Judgement& judgement, base::Time asked_at, base::Time now,
                   Finding& finding) {
  const bool fails = !judgement.failures.empty();
  const auto& shortfalls = fails ? judgement.failures : judgement.doubts;
  if (!shortfalls.empty()) {
    finding.status = fails ? FindingStatus::kFail : FindingStatus::kUnknown;
    finding.reason = shortfalls.front().reason;
    finding.message = JoinMessages(shortfalls);
  } else if (now >= finding.valid_until) {
    finding.status = FindingStatus::kStale;
    finding.reason = "TooOld";
    finding.message = "Prometheus was last asked for its rules at " + base::FormatTime(asked_at);
  } else {
    finding.status = FindingStatus::kPass;
    finding.reason = "AlertRulesCover";
    finding.message = "people are paged for symptoms of the objectives and told what to do";
  }
}

// The server of loaded_in; what it answered serves the tracer as well.
std::optional<RuleDocument> ReadServer(const AlertRulesSpec& spec, const AlertRulesInputs& inputs,
                                       Judgement& judgement) {
  if (spec.loaded_in.empty()) return std::nullopt;
  if (!inputs.loaded) {
    judgement.doubts.push_back(
        {"SourceUnavailable", "the server of loadedIn was not asked for its rules"});
    return std::nullopt;
  }
  auto loaded = internal::ReadLoaded(*inputs.loaded);
  if (loaded) return std::move(*loaded);
  judgement.doubts.push_back(std::move(loaded.error()));
  return std::nullopt;
}

}  // namespace

Finding VerifyAlertRules(const AlertRulesSpec& spec, const AlertRulesInputs& inputs,
                         base::Time asked_at, base::Time now) {
  const bool polled = spec.from.prometheus || !spec.loaded_in.empty();
  if (polled && asked_at > now + kMaxClockSkew) {
    return Unknown("TimeInFuture",
                   "Prometheus was asked in the future: " + base::FormatTime(asked_at));
  }
  const auto document = ParseDocument(spec, inputs.rules);
  if (!document) {
    return Unknown("Malformed", "the rules cannot be read: " +
                                    base::Printable(document.error().message, kMaxParseErrorBytes));
  }
  Judgement judgement;
  const auto loaded = ReadServer(spec, inputs, judgement);
  const MetricTracer tracer(document->recordings, loaded ? &*loaded : nullptr);
  const AlertReview reviewed(spec, inputs, *document, tracer);
  CheckPresence(reviewed, judgement);
  CheckObjectives(reviewed, judgement);
  CheckCauses(reviewed, judgement);
  CheckCompleteness(reviewed, judgement);
  if (loaded) internal::JudgeLoaded(*document, *loaded, judgement);
  if (spec.from.prometheus) internal::JudgeHealth(*document, judgement);

  Finding finding;
  RecordFacts(reviewed, finding);
  if (polled) {
    finding.observed_at = asked_at;
    finding.valid_until = asked_at + kQueryValidity * spec.recheck_every;
  }
  ConcludeRules(judgement, asked_at, now, finding);
  return finding;
}

}  // namespace launchgate::evidence
