#include "core/evidence/disruption_budget.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "core/base/text.h"
#include "core/json/reader.h"

namespace launchgate::evidence::internal {
namespace {

using json::Json;
using json::Reader;

constexpr std::size_t kMaxSelectorValues = 1000;

bool HasLabels(Reader labels_wanted, const Labels& labels) {
  bool all = true;
  for (const auto& [key, value] : labels_wanted.value().items()) {
    const auto found = labels.find(key);
    all = all && value.is_string() && found != labels.end() &&
          found->second == value.get_ref<const std::string&>();
    if (!value.is_string()) labels_wanted.Complain(key, "must be text");
  }
  return all;
}

bool Holds(Reader& expression, const Labels& labels) {
  const auto found = labels.find(expression.RequiredText("key"));
  const std::string op = expression.RequiredText("operator");
  if (op == "Exists") return found != labels.end();
  if (op == "DoesNotExist") return found == labels.end();
  if (op != "In" && op != "NotIn") {
    expression.Complain("operator", "must be In, NotIn, Exists or DoesNotExist");
    return false;
  }
  // Values may be empty texts, which TextList() refuses.
  bool listed = false;
  const auto values = expression.value().find("values");
  if (values == expression.value().end() || !values->is_array() || values->empty() ||
      values->size() > kMaxSelectorValues) {
    expression.Complain("values", "must be a list of texts");
    return false;
  }
  for (const Json& value : *values) {
    if (!value.is_string()) expression.Complain("values", "must be a list of texts");
    listed = listed || (found != labels.end() && value == found->second);
  }
  return listed == (op == "In");
}

constexpr std::int64_t kMaxPercent = 100;

// A whole number of pods, or a percentage of `replicas` such as "50%", rounded
// up as the API server's disruption controller does.
std::optional<std::int64_t> ReadAmount(Reader& spec, std::string_view field,
                                       std::int64_t replicas) {
  if (!spec.Has(field)) return std::nullopt;
  const Json& value = spec.value().at(std::string(field));
  if (!value.is_string()) {
    const std::int64_t number = spec.Integer(field, 0);
    if (number < 0) spec.Complain(field, "must not be negative");
    return number;
  }
  std::string_view text = value.get_ref<const std::string&>();
  const bool has_sign = text.ends_with('%');
  text.remove_suffix(has_sign ? 1 : 0);
  const auto percent = base::ParseDecimal(text);
  if (!has_sign || !percent || *percent < 0 || *percent > kMaxPercent) {
    spec.Complain(field, "must be a whole number, or a percentage such as \"50%\"");
    return std::nullopt;
  }
  return static_cast<std::int64_t>(
      std::ceil(*percent * static_cast<double>(replicas) / static_cast<double>(kMaxPercent)));
}

}  // namespace

base::Result<bool> Selects(const Json& selector, const Labels& labels, bool empty_selects_all) {
  std::vector<json::Problem> problems;
  Reader reader(selector, "selector", problems);
  Reader match_labels = reader.Object("matchLabels");
  std::vector<Reader> expressions = reader.ObjectList("matchExpressions", kMaxSelectorExpressions);
  bool selects = HasLabels(match_labels, labels);
  for (Reader& expression : expressions) {
    const bool holds = Holds(expression, labels);
    selects = selects && holds;
  }
  if (match_labels.value().empty() && expressions.empty()) selects = empty_selects_all;
  if (!problems.empty()) return base::Fail(base::ErrorKind::kInvalid, json::Summarize(problems));
  return selects;
}

base::Result<bool> Protects(const Json& budget, const Labels& labels, std::int64_t replicas) {
  std::vector<json::Problem> problems;
  Reader object(budget, "podDisruptionBudget", problems);
  Reader spec = object.Object("spec", true);
  const auto min_available = ReadAmount(spec, "minAvailable", replicas);
  const auto max_unavailable = ReadAmount(spec, "maxUnavailable", replicas);
  const bool empty_selects_all = object.Text("apiVersion") == "policy/v1";
  if (!problems.empty()) return base::Fail(base::ErrorKind::kInvalid, json::Summarize(problems));
  if (!spec.Has("selector")) return false;
  auto selects = Selects(spec.value().at("selector"), labels, empty_selects_all);
  if (!selects || !*selects) return selects;
  if (min_available) return *min_available > 0;
  return max_unavailable && *max_unavailable < replicas;
}

}  // namespace launchgate::evidence::internal
