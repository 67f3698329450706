#include "core/verdict/statement_frame.h"

#include <nlohmann/json.hpp>
#include <string>

#include "core/verdict/statement.h"

namespace launchgate::verdict::internal {

std::string SerializeFrame(const json::Json& subjects, std::string_view predicate_type,
                           const json::Json& predicate) {
  return json::Canonical({{"_type", kStatementType},
                          {"subject", subjects},
                          {"predicateType", predicate_type},
                          {"predicate", predicate}});
}

bool ReadFrame(json::Reader& root, std::string_view predicate_type) {
  root.RefuseUnknownFields({"_type", "subject", "predicateType", "predicate"});
  if (root.Text("_type") != kStatementType) {
    root.Complain("_type", "must be " + std::string(kStatementType));
  }
  if (root.Text("predicateType") == predicate_type) return true;
  root.Complain("predicateType", "must be " + std::string(predicate_type));
  return false;
}

base::Status Invalid(std::string_view field, std::string_view rule) {
  return base::Fail(base::ErrorKind::kInvalid, std::string(field) + " " + std::string(rule));
}

base::Status RequireText(std::string_view field, std::string_view text, std::size_t max_bytes) {
  if (text.empty()) return Invalid(field, "must be set");
  if (text.size() > max_bytes) {
    return Invalid(field, "must have at most " + std::to_string(max_bytes) + " bytes");
  }
  return {};
}

bool IsRepresentable(base::Time time) {
  constexpr base::Time kFirst{};
  constexpr base::Time kEnd =
      std::chrono::sys_days(std::chrono::year(9999) / std::chrono::December / 31);
  return time > kFirst && time < kEnd;
}

}  // namespace launchgate::verdict::internal
