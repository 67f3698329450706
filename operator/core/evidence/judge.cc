#include "core/evidence/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/base/text.h"
#include "core/evidence/judging.h"
#include "core/evidence/slo_history.h"
#include "core/evidence/verify.h"
#include "core/resources/error_budget.h"

namespace launchgate::evidence {
namespace {

using resources::EvidenceKind;
using resources::EvidenceSource;

constexpr int kOk = 200;
constexpr int kTooManyRequests = 429;
constexpr int kFirstServerError = 500;
constexpr std::string_view kPrometheusRuleVersion = "monitoring.coreos.com/v1";

template <typename Spec>
const Spec& SpecOf(const Question& question) {
  return std::get<Spec>(question.entry.spec);
}

// Only for sources that StillNeeded() asked for.
const base::Result<Reading>& At(const Readings& readings, const Source& source) {
  return readings.at(source);
}

const Reading* IfRead(const Readings& readings, const Source& source) {
  const auto found = readings.find(source);
  return found == readings.end() || !found->second ? nullptr : &*found->second;
}

// --- what each kind reads

// The document that `from` names; nothing when it names none (a review with
// problems).
std::optional<Source> DocumentSource(const EvidenceSource& from) {
  if (from.config_map) return ConfigMapSource{from.config_map->name, from.config_map->key};
  if (from.url) return UrlSource{*from.url};
  if (from.object)
    return ObjectSource{from.object->api_version, from.object->kind, from.object->name};
  if (from.prometheus_rule) {
    return ObjectSource{std::string(kPrometheusRuleVersion), "PrometheusRule",
                        from.prometheus_rule->name};
  }
  if (from.prometheus && from.prometheus->query.empty())
    return RulesSource{from.prometheus->server};
  if (from.prometheus) return SampleSource{from.prometheus->server, from.prometheus->query};
  return std::nullopt;
}

std::vector<Source> NeedDocument(const Question& question, const Readings& /*have*/) {
  const EvidenceSource* from = resources::SourceOf(question.entry.spec);
  const auto source = from == nullptr ? std::nullopt : DocumentSource(*from);
  if (!source) return {};
  return {*source};
}

std::vector<Source> NeedRunbook(const Question& question, const Readings& /*have*/) {
  std::vector<Source> sources;
  for (const std::string& url : SpecOf<resources::RunbookSpec>(question).urls) {
    sources.emplace_back(UrlSource{url});
  }
  return sources;
}

std::vector<Source> NeedHttp(const Question& question, const Readings& /*have*/) {
  return {UrlSource{SpecOf<resources::HttpSpec>(question).url}};
}

ObjectSource TargetSource(const Question& question) {
  const resources::TargetRef& target = question.review.target;
  return {std::string(resources::ApiVersionOf(target.kind)),
          std::string(resources::ToString(target.kind)), target.name};
}

std::vector<Source> NeedWorkload(const Question& question, const Readings& /*have*/) {
  return {TargetSource(question), DisruptionBudgetsSource{}};
}

ObjectSource BudgetSource(const Question& question) {
  return {std::string(resources::kApiVersion), "ErrorBudget", question.review.error_budget};
}

struct ReadBudget {
  resources::ErrorBudget budget;
  std::vector<json::Problem> problems;
};

// Nothing when it was not read, or is not JSON (an API server gives nothing else).
std::optional<ReadBudget> BudgetOf(const Question& question, const Readings& have) {
  const Reading* reading = IfRead(have, BudgetSource(question));
  if (reading == nullptr) return std::nullopt;
  const auto object = json::ParseTrusted(reading->body);
  if (!object) return std::nullopt;
  ReadBudget read;
  read.budget = resources::ParseErrorBudget(*object, read.problems);
  return read;
}

HistorySource HistoryOf(const resources::ErrorBudget& budget,
                        const resources::Objective& objective) {
  // When it is asked does not change what is asked.
  const HistoryQuery query = TotalEventsQuery(objective, budget.window, base::Time());
  return {budget.prometheus, query.expression, query.step, kSloSteps};
}

bool Wanted(const resources::SloSpec& spec, const resources::Objective& objective) {
  return spec.objectives.empty() ||
         std::ranges::find(spec.objectives, objective.name) != spec.objectives.end();
}

std::vector<Source> NeedSlo(const Question& question, const Readings& have) {
  if (question.review.error_budget.empty()) return {};
  std::vector<Source> sources = {BudgetSource(question)};
  const auto read = BudgetOf(question, have);
  if (!read || !read->problems.empty()) return sources;
  for (const resources::Objective& objective : read->budget.objectives) {
    if (!Wanted(SpecOf<resources::SloSpec>(question), objective)) continue;
    sources.emplace_back(HistoryOf(read->budget, objective));
  }
  return sources;
}

std::vector<Source> NeedAlertRules(const Question& question, const Readings& have) {
  const auto& spec = SpecOf<resources::AlertRulesSpec>(question);
  std::vector<Source> sources = NeedDocument(question, have);
  if (!question.review.error_budget.empty()) sources.emplace_back(BudgetSource(question));
  if (!spec.loaded_in.empty()) sources.emplace_back(RulesSource{spec.loaded_in});
  return sources;
}

// --- how each kind is judged

base::Error NoSource() {
  return {base::ErrorKind::kNotFound, "the evidence names no source; set one under `from`"};
}

// Of an answer that is no document: whether asking again may help.
base::Error NoDocument(int http_status) {
  const bool trouble = http_status == kTooManyRequests || http_status >= kFirstServerError;
  return {trouble ? base::ErrorKind::kUnavailable : base::ErrorKind::kNotFound,
          fmt::format("the document's server answered {}", http_status)};
}

// What Prometheus says with another status than 200 names the error, and the
// verifiers read it; trouble on the way they need not know.
bool HasDocument(const Source& source, const Reading& reading) {
  if (std::holds_alternative<UrlSource>(source)) return reading.http_status == kOk;
  return reading.http_status != kTooManyRequests && reading.http_status < kFirstServerError;
}

base::Result<Document> DocumentOf(const Question& question, const Readings& readings) {
  const EvidenceSource* from = resources::SourceOf(question.entry.spec);
  const auto source = from == nullptr ? std::nullopt : DocumentSource(*from);
  if (!source) return tl::unexpected(NoSource());
  const base::Result<Reading>& reading = At(readings, *source);
  if (!reading) return tl::unexpected(reading.error());
  if (!HasDocument(*source, *reading)) return tl::unexpected(NoDocument(reading->http_status));
  // What Prometheus says is of the moment at which it was asked.
  const bool is_sample = std::holds_alternative<SampleSource>(*source);
  return Document{reading->body, is_sample ? reading->read_at : reading->recorded_at};
}

// Kinds whose verifier takes (spec, document, now).
template <typename Spec, Finding (*kVerify)(const Spec&, const Document&, base::Time)>
Finding JudgeDocument(const Question& question, const Readings& readings,
                      const JudgeTools& /*tools*/, base::Time now) {
  const auto document = DocumentOf(question, readings);
  if (!document) return SourceFailed(document.error());
  return kVerify(SpecOf<Spec>(question), *document, now);
}

Page PageOf(const std::string& url, const Reading& reading) {
  return {url, reading.http_status, reading.content_type, reading.body};
}

PrometheusAnswer AnswerOf(const Reading& reading) { return {reading.http_status, reading.body}; }

Finding JudgeRunbook(const Question& question, const Readings& readings,
                     const JudgeTools& /*tools*/, base::Time now) {
  const auto& spec = SpecOf<resources::RunbookSpec>(question);
  std::vector<Page> pages;
  base::Time fetched_at = now;
  for (const std::string& url : spec.urls) {
    const auto& reading = At(readings, UrlSource{url});
    if (!reading) return SourceFailed(reading.error());
    fetched_at = std::min(fetched_at, reading->read_at);
    pages.push_back(PageOf(url, *reading));
  }
  return VerifyRunbook(spec, question.review.target.name, pages, fetched_at, now);
}

Finding JudgeHttp(const Question& question, const Readings& readings, const JudgeTools& /*tools*/,
                  base::Time now) {
  const auto& spec = SpecOf<resources::HttpSpec>(question);
  const auto& reading = At(readings, UrlSource{spec.url});
  if (!reading) return SourceFailed(reading.error());
  return VerifyHttp(spec, PageOf(spec.url, *reading), reading->read_at, now);
}

Finding JudgeQuery(const Question& question, const Readings& readings, const JudgeTools& /*tools*/,
                   base::Time now) {
  const auto& spec = SpecOf<resources::QuerySpec>(question);
  const auto source = DocumentSource(spec.from);
  if (!source) return SourceFailed(NoSource());
  const auto& reading = At(readings, *source);
  if (!reading) return SourceFailed(reading.error());
  return VerifyQuery(spec, AnswerOf(*reading), reading->read_at, now);
}

Finding JudgeWorkload(const Question& question, const Readings& readings,
                      const JudgeTools& /*tools*/, base::Time now) {
  const auto& target = At(readings, TargetSource(question));
  if (!target) return SourceFailed(target.error());
  const auto& budgets = At(readings, DisruptionBudgetsSource{});
  if (!budgets) return SourceFailed(budgets.error());
  return VerifyWorkload(SpecOf<resources::WorkloadSpec>(question),
                        {question.review.target.kind, target->body, budgets->objects}, now);
}

Finding JudgeAttestation(const Question& question, const Readings& readings,
                         const JudgeTools& tools, base::Time now) {
  if (question.authority == nullptr) {
    return SourceFailed(
        {base::ErrorKind::kNotFound, "the LaunchAuthority whose keys may sign does not exist"});
  }
  const auto document = DocumentOf(question, readings);
  if (!document) return SourceFailed(document.error());
  return VerifyAttestation(SpecOf<resources::AttestationSpec>(question), *question.authority,
                           tools.signatures, *document, now);
}

// The ErrorBudget of the review, or the finding that says why there is none.
tl::expected<resources::ErrorBudget, Finding> RequireBudget(const Question& question,
                                                            const Readings& readings) {
  const auto& reading = At(readings, BudgetSource(question));
  if (!reading) return tl::unexpected(SourceFailed(reading.error()));
  auto read = BudgetOf(question, readings);
  if (!read || !read->problems.empty()) {
    const std::string why = read ? json::Summarize(read->problems) : "it is not JSON";
    return tl::unexpected(internal::Unknown(
        "Malformed", fmt::format("ErrorBudget {} cannot be used: {}",
                                 base::Quote(question.review.error_budget), why)));
  }
  return std::move(read->budget);
}

Finding JudgeSlo(const Question& question, const Readings& readings, const JudgeTools& /*tools*/,
                 base::Time now) {
  const auto& spec = SpecOf<resources::SloSpec>(question);
  if (question.review.error_budget.empty()) {
    return SourceFailed(
        {base::ErrorKind::kNotFound, "the review names no ErrorBudget; set spec.errorBudgetRef"});
  }
  const auto budget = RequireBudget(question, readings);
  if (!budget) return budget.error();
  std::vector<ObjectiveHistory> histories;
  base::Time asked_at = now;
  for (const resources::Objective& objective : budget->objectives) {
    if (!Wanted(spec, objective)) continue;
    const auto& reading = At(readings, HistoryOf(*budget, objective));
    if (!reading) return SourceFailed(reading.error());
    asked_at = std::min(asked_at, reading->read_at);
    histories.push_back({objective, AnswerOf(*reading)});
  }
  return VerifySlo(spec, *budget, histories, asked_at, now);
}

Finding JudgeAlertRules(const Question& question, const Readings& readings, const JudgeTools& tools,
                        base::Time now) {
  const auto& spec = SpecOf<resources::AlertRulesSpec>(question);
  const auto document = DocumentOf(question, readings);
  if (!document) return SourceFailed(document.error());
  AlertRulesInputs inputs;
  inputs.rules = *document;
  inputs.causes = &tools.causes;
  base::Time asked_at = now;
  if (!spec.loaded_in.empty()) {
    const auto& reading = At(readings, RulesSource{spec.loaded_in});
    if (!reading) return SourceFailed(reading.error());
    inputs.loaded = AnswerOf(*reading);
    asked_at = std::min(asked_at, reading->read_at);
  }
  if (!question.review.error_budget.empty()) {
    const auto budget = RequireBudget(question, readings);
    if (!budget) return budget.error();
    inputs.objectives = budget->objectives;
  }
  return VerifyAlertRules(spec, inputs, asked_at, now);
}

struct Row {
  EvidenceKind kind;
  std::vector<Source> (*needs)(const Question& question, const Readings& have);
  Finding (*judge)(const Question& question, const Readings& readings, const JudgeTools& tools,
                   base::Time now);
};

constexpr std::array kRows = {
    Row{EvidenceKind::kRunbook, &NeedRunbook, &JudgeRunbook},
    Row{EvidenceKind::kBackupDrill, &NeedDocument,
        &JudgeDocument<resources::BackupDrillSpec, &VerifyBackupDrill>},
    Row{EvidenceKind::kAlertRules, &NeedAlertRules, &JudgeAlertRules},
    Row{EvidenceKind::kLoadTest, &NeedDocument,
        &JudgeDocument<resources::LoadTestSpec, &VerifyLoadTest>},
    Row{EvidenceKind::kSlo, &NeedSlo, &JudgeSlo},
    Row{EvidenceKind::kResilience, &NeedDocument,
        &JudgeDocument<resources::ResilienceSpec, &VerifyResilience>},
    Row{EvidenceKind::kWorkload, &NeedWorkload, &JudgeWorkload},
    Row{EvidenceKind::kQuery, &NeedDocument, &JudgeQuery},
    Row{EvidenceKind::kHttp, &NeedHttp, &JudgeHttp},
    Row{EvidenceKind::kAttestation, &NeedDocument, &JudgeAttestation},
};

// Null for kinds that this version does not know, and for an entry whose spec
// does not fit its kind (it was never parsed).
const Row* RowOf(const Question& question) {
  if (std::holds_alternative<std::monostate>(question.entry.spec)) return nullptr;
  const auto found = std::ranges::find(kRows, question.entry.kind, &Row::kind);
  return found == kRows.end() ? nullptr : &*found;
}

}  // namespace

bool IsWatched(const Source& source) {
  return std::holds_alternative<ConfigMapSource>(source) ||
         std::holds_alternative<ObjectSource>(source) ||
         std::holds_alternative<DisruptionBudgetsSource>(source);
}

TimeRange RangeOf(const HistorySource& source, base::Time at) {
  const base::Time end = at - at.time_since_epoch() % source.step;
  return {end - source.step * (source.steps - 1), end};
}

std::vector<Source> StillNeeded(const Question& question, const Readings& have) {
  const Row* row = RowOf(question);
  if (row == nullptr) return {};
  std::vector<Source> needed = row->needs(question, have);
  std::erase_if(needed, [&](const Source& source) { return have.contains(source); });
  return needed;
}

Finding Judge(const Question& question, const Readings& readings, const JudgeTools& tools,
              base::Time now) {
  const Row* row = RowOf(question);
  if (row == nullptr) return NotSupported(question.entry.kind_word);
  return row->judge(question, readings, tools, now);
}

bool IsTransient(const Finding& finding) {
  return finding.reason == "SourceUnavailable" || finding.reason == "ServerError";
}

}  // namespace launchgate::evidence
