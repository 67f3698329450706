// A review of alerting rules that passes, in the three shapes of its document.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/evidence/rule_document.h"
#include "core/evidence/verify.h"
#include "core/json/json.h"

namespace launchgate::evidence {

using json::Json;
using resources::AlertRulesSpec;
using resources::Objective;

inline constexpr base::Duration kRecheck = std::chrono::minutes(10);
inline constexpr base::Time kAskedAt =
    std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(8);

inline Json Alert(const std::string& name, const std::string& expression,
                  const std::string& severity) {
  return {{"alert", name},
          {"expr", expression},
          {"for", "2m"},
          {"labels", {{"severity", severity}}},
          {"annotations",
           {{"summary", "Users cannot redeem"},
            {"runbook_url", "https://runbooks.example.com/gift-cards#" + name}}}};
}

inline Json Recording(const std::string& name, const std::string& expression) {
  return {{"record", name}, {"expr", expression}};
}

// Two objectives; the alerts burn rates over two windows, recorded in two steps.
inline Json GoodRules() {
  return Json::array(
      {Recording("job:errors:rate5m", "sum(rate(redeem_errors_total[5m]))"),
       Recording("job:errors:ratio_rate5m",
                 "job:errors:rate5m / sum(rate(redeem_requests_total[5m]))"),
       Recording("job:errors:ratio_rate1h",
                 "sum(rate(redeem_errors_total[1h])) / sum(rate(redeem_requests_total[1h]))"),
       Alert("AvailabilityBurn",
             "job:errors:ratio_rate5m > 0.0144 and job:errors:ratio_rate1h > 0.0144", "page"),
       Alert("LatencyBurn",
             "1 - sum(rate(redeem_seconds_bucket{le=\"0.25\"}[5m]))"
             " / sum(rate(redeem_seconds_count[5m])) > 0.01",
             "critical"),
       Alert("DiskAlmostFull", "node_filesystem_avail_bytes < 1e9", "ticket")});
}

inline Json FileOf(const Json& rules) {
  return {{"groups", Json::array({{{"name", "gift-cards"}, {"rules", rules}}})}};
}

inline Json ObjectOf(const Json& rules) {
  return {{"apiVersion", "monitoring.coreos.com/v1"},
          {"kind", "PrometheusRule"},
          {"spec", FileOf(rules)}};
}

// What a server answers that has loaded the rules.
inline Json AnswerOf(const Json& rules) {
  Json loaded = Json::array();
  for (Json rule : rules) {
    const bool alert = rule.contains("alert");
    rule["type"] = alert ? "alerting" : "recording";
    rule["name"] = rule[alert ? "alert" : "record"];
    rule["query"] = rule["expr"];
    rule["health"] = "ok";
    const auto hold = ParsePrometheusDuration(rule.value("for", "0"));
    if (alert) rule["duration"] = hold->count() / 1000;
    for (const char* field : {"alert", "record", "expr", "for"}) rule.erase(field);
    loaded.push_back(std::move(rule));
  }
  return {{"status", "success"}, {"data", FileOf(loaded)}};
}

struct Review {
  AlertRulesSpec spec;
  Json rules = GoodRules();
  std::vector<Objective> objectives;
  CauseCatalogue causes;

  Json& Rule(const std::string& name) {
    for (Json& rule : rules) {
      if (rule.value("alert", "") == name || rule.value("record", "") == name) return rule;
    }
    ADD_FAILURE() << name;
    return rules.front();
  }
};

inline Objective ObjectiveOf(const std::string& name, const std::string& total,
                             const std::string& good, const std::string& bad) {
  Objective objective;
  objective.name = name;
  objective.target = 99.9;
  objective.target_text = "99.9";
  objective.total = total;
  objective.good = good;
  objective.bad = bad;
  return objective;
}

inline Review GoodReview() {
  Review review;
  review.spec.from.config_map.emplace();
  review.spec.covers_objectives = {"availability", "latency"};
  review.spec.recheck_every = kRecheck;
  review.objectives = {
      ObjectiveOf("availability", "sum(increase(redeem_requests_total[$window]))", "",
                  "sum(increase(redeem_errors_total[$window]))"),
      ObjectiveOf("latency", "sum(increase(redeem_seconds_count[$window]))",
                  "sum(increase(redeem_seconds_bucket{le=\"0.25\"}[$window]))", "")};
  return review;
}

inline Finding JudgeBody(const Review& review, std::string body,
                         std::optional<PrometheusAnswer> loaded = std::nullopt,
                         base::Time now = kAskedAt) {
  AlertRulesInputs inputs;
  inputs.rules.body = std::move(body);
  inputs.loaded = std::move(loaded);
  inputs.objectives = review.objectives;
  inputs.causes = &review.causes;
  return VerifyAlertRules(review.spec, inputs, kAskedAt, now);
}

inline Finding Judge(const Review& review) {
  return JudgeBody(review, FileOf(review.rules).dump());
}

}  // namespace launchgate::evidence
