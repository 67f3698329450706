#include "core/evidence/loaded_rules.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "core/base/text.h"
#include "core/evidence/promql_names.h"

namespace launchgate::evidence::internal {
namespace {

constexpr std::size_t kMaxNamed = 3;
constexpr std::size_t kMaxNameBytes = 64;
constexpr std::size_t kMaxErrorBytes = 160;

// The metrics as a text that is equal for equal expressions, however written.
std::string Signature(const std::string& expression) {
  const auto names = ListPromqlNames(expression);
  if (!names) return "unreadable";
  std::string signature = names->complete ? "" : "...";
  for (const std::string& name : names->metrics) signature += name + '\n';
  return signature;
}

std::string KeyOf(const AlertRule& rule) {
  const auto severity = rule.labels.find("severity");
  return fmt::format("{}\n{}\n{}\n{}", rule.name,
                     severity == rule.labels.end() ? "" : severity->second, rule.hold.count(),
                     Signature(rule.expression));
}

std::string KeyOf(const RecordingRule& rule) {
  return rule.name + '\n' + Signature(rule.expression);
}

// Rules of either sort whose last evaluation did not end well.
class HealthCheck {
 public:
  template <typename Rule>
  void Look(const Rule& rule) {
    if (rule.health == "ok") return;
    const bool unevaluated = rule.health.empty() || rule.health == "unknown";
    (unevaluated ? unevaluated_ : failed_).push_back(rule.name);
    if (!unevaluated && error_.empty()) error_ = rule.last_error;
  }

  void Tell(Judgement& judgement) const {
    if (!failed_.empty()) {
      std::string message = "Prometheus fails to evaluate " + NameSome(failed_);
      if (!error_.empty()) message += ": " + base::Printable(error_, kMaxErrorBytes);
      judgement.failures.push_back({"RulesUnhealthy", std::move(message)});
    }
    if (!unevaluated_.empty()) {
      judgement.doubts.push_back(
          {"RulesNotEvaluated", "Prometheus has not evaluated " + NameSome(unevaluated_) + " yet"});
    }
  }

 private:
  std::vector<std::string> failed_;
  std::vector<std::string> unevaluated_;
  std::string error_;
};

// Each rule takes one counterpart, so that two alike need two. Which of two alike
// is whose cannot be told, so that all of them must be healthy.
template <typename Rule>
void Match(const std::vector<Rule>& wanted, const std::vector<Rule>& loaded,
           std::vector<std::string>& missing, HealthCheck& health) {
  struct Counterparts {
    std::vector<const Rule*> rules;
    std::size_t taken = 0;
  };
  std::map<std::string, Counterparts> counterparts;
  for (const Rule& rule : loaded) counterparts[KeyOf(rule)].rules.push_back(&rule);
  for (const Rule& rule : wanted) {
    Counterparts& found = counterparts[KeyOf(rule)];
    if (found.taken == found.rules.size()) {
      missing.push_back(rule.name);
      continue;
    }
    if (found.taken++ > 0) continue;
    for (const Rule* counterpart : found.rules) health.Look(*counterpart);
  }
}

}  // namespace

std::string NameSome(const std::vector<std::string>& names) {
  std::vector<std::string> words;
  for (const std::string& name : names) {
    if (words.size() == kMaxNamed) {
      words.push_back(fmt::format("{} more", names.size() - kMaxNamed));
      break;
    }
    words.push_back('"' + base::Printable(name, kMaxNameBytes) + '"');
  }
  return base::JoinWords(words);
}

tl::expected<RuleDocument, Shortfall> ReadLoaded(const PrometheusAnswer& answer) {
  const int status = answer.http_status;
  if (status != 200) {
    const bool trouble = status >= 500 || status == 429 || status < 200;
    return tl::unexpected(
        Shortfall{trouble ? "ServerError" : "QueryFailed",
                  fmt::format("Prometheus answered {} when asked for its rules", status)});
  }
  auto loaded = ParseRulesAnswer(answer.body);
  if (!loaded) {
    return tl::unexpected(
        Shortfall{"Malformed", "the rules that Prometheus answered cannot be read: " +
                                   base::Printable(loaded.error().message, kMaxErrorBytes)});
  }
  return std::move(*loaded);
}

void JudgeLoaded(const RuleDocument& document, const RuleDocument& loaded, Judgement& judgement) {
  std::vector<std::string> missing;
  HealthCheck health;
  Match(document.alerts, loaded.alerts, missing, health);
  Match(document.recordings, loaded.recordings, missing, health);
  if (!missing.empty()) {
    judgement.failures.push_back(
        {"RulesNotLoaded",
         "Prometheus has not loaded, or has another version of, " + NameSome(missing)});
  }
  health.Tell(judgement);
}

void JudgeHealth(const RuleDocument& loaded, Judgement& judgement) {
  HealthCheck health;
  for (const AlertRule& rule : loaded.alerts) health.Look(rule);
  for (const RecordingRule& rule : loaded.recordings) health.Look(rule);
  health.Tell(judgement);
}

}  // namespace launchgate::evidence::internal
