#include "core/evidence/finding.h"

#include <array>

namespace launchgate::evidence {
namespace {

constexpr std::array kStatuses = {FindingStatus::kPass, FindingStatus::kFail, FindingStatus::kStale,
                                  FindingStatus::kUnknown};

}  // namespace

std::string_view ToString(FindingStatus status) {
  switch (status) {
    case FindingStatus::kPass:
      return "Pass";
    case FindingStatus::kFail:
      return "Fail";
    case FindingStatus::kStale:
      return "Stale";
    case FindingStatus::kUnknown:
      return "Unknown";
  }
  return "Unknown";
}

FindingStatus ParseFindingStatus(std::string_view text) {
  for (const FindingStatus status : kStatuses) {
    if (ToString(status) == text) return status;
  }
  return FindingStatus::kUnknown;
}

FindingStatus StatusAt(const Finding& finding, base::Time now) {
  const bool over = finding.status == FindingStatus::kPass && now >= finding.valid_until;
  return over ? FindingStatus::kStale : finding.status;
}

}  // namespace launchgate::evidence
