#include "core/resources/budget_review.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/resources/fields.h"

namespace launchgate::resources {
namespace {

using json::Reader;

constexpr int kFirstYear = 1970;
constexpr std::string_view kMonthPattern = "dddd-dd";

std::chrono::year_month ReadMonth(Reader& spec) {
  const std::string text = spec.RequiredText("month");
  const auto month = ParseMonth(text);
  if (month) return *month;
  if (!text.empty()) {
    spec.Complain("month", "must be a month such as \"2026-10\", not " + base::Quote(text));
  }
  return {};
}

}  // namespace

std::optional<std::chrono::year_month> ParseMonth(std::string_view text) {
  if (text.size() != kMonthPattern.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kMonthPattern[i] == 'd' ? !digit : text[i] != kMonthPattern[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (const char digit : text.substr(at, count)) value = 10 * value + (digit - '0');
    return value;
  };
  const std::chrono::year_month month(std::chrono::year(number(0, 4)),
                                      std::chrono::month(static_cast<unsigned>(number(5, 2))));
  if (!month.ok() || int{month.year()} < kFirstYear) return std::nullopt;
  return month;
}

std::string FormatMonth(std::chrono::year_month month) {
  return fmt::format("{:04}-{:02}", int{month.year()}, unsigned{month.month()});
}

std::string BudgetReviewName(std::string_view budget, std::chrono::year_month month) {
  return fmt::format("{}-{}", budget, FormatMonth(month));
}

BudgetReview ParseBudgetReview(const json::Json& object, std::vector<json::Problem>& problems) {
  Reader reader(object, "", problems);
  BudgetReview review;
  review.meta = internal::ReadOurMeta(reader, "BudgetReview");
  review.status = internal::ReadBudgetReviewStatus(object);
  Reader spec = reader.Object("spec", true);
  if (!reader.Has("spec")) return review;
  spec.RefuseUnknownFields({"budgetRef", "month", "signOffs"});
  review.budget = internal::ReadReference(spec, "budgetRef", internal::Presence::kRequired);
  review.month = ReadMonth(spec);
  if (review.month.ok() && !review.budget.empty() && !review.meta.name.empty()) {
    const std::string name = BudgetReviewName(review.budget, review.month);
    if (review.meta.name != name) {
      reader.Complain("metadata.name", "must be " + base::Quote(name) +
                                           ", the name of this budget's review of this month");
    }
  }
  for (Reader& entry : spec.ObjectList("signOffs", kMaxSignOffs)) {
    entry.RefuseUnknownFields({"envelope", "statement", "sshSignature"});
    review.sign_offs.push_back(internal::ReadSignedDocument(entry, kMaxSignOffPayloadLength));
  }
  return review;
}

}  // namespace launchgate::resources
