// Whether the rules that were reviewed are the rules that a Prometheus server
// evaluates. Internal to this module.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/evidence/judging.h"
#include "core/evidence/rule_document.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence::internal {

// What says no, and what could not be found out; the first of each is the
// reason that people read.
struct Judgement {
  std::vector<Shortfall> failures;
  std::vector<Shortfall> doubts;
};

// `names` for a sentence: quoted, made printable, at most three of them and how
// many more there are.
std::string NameSome(const std::vector<std::string>& names);

// The rules that a server answered with, or why they are not known: QueryFailed
// (4xx), ServerError (5xx and 429), Malformed.
tl::expected<RuleDocument, Shortfall> ReadLoaded(const PrometheusAnswer& answer);

// RulesNotLoaded: a rule of `document` has no counterpart in `loaded`. A
// counterpart has the same name and selects the same metrics; an alert's has the
// same severity and `for` too. Expressions are not compared as text: Prometheus
// writes them anew. Rules that are found are judged like JudgeHealth does.
void JudgeLoaded(const RuleDocument& document, const RuleDocument& loaded, Judgement& judgement);

// RulesUnhealthy: the last evaluation failed. RulesNotEvaluated (a doubt): there
// was none yet.
void JudgeHealth(const RuleDocument& loaded, Judgement& judgement);

}  // namespace launchgate::evidence::internal
