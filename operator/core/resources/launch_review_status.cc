#include "core/resources/launch_review_status.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/resources/fields.h"

namespace launchgate::resources::internal {
namespace {

using json::Reader;

constexpr std::string_view kTemplateHashPrefix = "v1:sha256:";
constexpr std::size_t kSha256HexLength = 64;
constexpr std::array<std::string_view, 4> kFindings = {"Pass", "Fail", "Stale", "Unknown"};
constexpr std::array<std::string_view, 3> kApprovalReasons = {"Go", "BreakGlass", "Baseline"};

template <std::size_t N>
bool IsOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool IsTemplateHash(std::string_view text) {
  if (text.substr(0, kTemplateHashPrefix.size()) != kTemplateHashPrefix) return false;
  text.remove_prefix(kTemplateHashPrefix.size());
  return text.size() == kSha256HexLength &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string OptionalText(Reader& reader, std::string_view field, std::size_t max_length) {
  return ReadText(reader, field, max_length, Presence::kOptional);
}

std::map<std::string, std::string> ReadFacts(const Reader& facts) {
  std::map<std::string, std::string> read;
  for (const auto& [key, value] : facts.value().get_ref<const json::Json::object_t&>()) {
    if (read.size() == kMaxFacts) break;
    if (value.is_string()) read.emplace(key, value.get<std::string>());
  }
  return read;
}

std::optional<RecordedFinding> ReadFinding(Reader& reader) {
  RecordedFinding finding;
  finding.item = OptionalText(reader, "item", kMaxTitleLength);
  finding.finding = OptionalText(reader, "finding", kMaxTitleLength);
  if (finding.item.empty() || !IsOneOf(finding.finding, kFindings)) return std::nullopt;
  finding.reason = OptionalText(reader, "reason", kMaxTitleLength);
  finding.message = OptionalText(reader, "message", kMaxFindingMessageLength);
  finding.observed_at = reader.OptionalTime("observedAt");
  finding.valid_until = reader.OptionalTime("validUntil");
  // A Pass whose end cannot be read would never become stale.
  if (reader.Has("validUntil") && !finding.valid_until) return std::nullopt;
  finding.facts = ReadFacts(reader.Object("facts"));
  return finding;
}

std::optional<ApprovedRevision> ReadRevision(Reader& reader) {
  ApprovedRevision revision;
  revision.template_hash = OptionalText(reader, "templateHash", kMaxTitleLength);
  revision.reason = OptionalText(reader, "reason", kMaxTitleLength);
  const auto approved_at = reader.OptionalTime("approvedAt");
  if (!IsTemplateHash(revision.template_hash) || !IsOneOf(revision.reason, kApprovalReasons) ||
      !approved_at) {
    return std::nullopt;
  }
  revision.approved_at = *approved_at;
  return revision;
}

std::map<std::string, std::int64_t> ReadHighestSequences(Reader verdict) {
  std::map<std::string, std::int64_t> highest;
  for (Reader& reader : verdict.ObjectList("highestSequences", kMaxRememberedSigners)) {
    const std::string identity = OptionalText(reader, "identity", kMaxIdentityLength);
    const std::int64_t sequence = reader.Integer("sequence", 0);
    if (identity.empty() || sequence <= 0) continue;
    std::int64_t& remembered = highest[identity];
    remembered = std::max(remembered, sequence);
  }
  return highest;
}

}  // namespace

LaunchReviewStatus ReadLaunchReviewStatus(const json::Json& review) {
  std::vector<json::Problem> ignored;
  Reader status = Reader(review, "", ignored).Object("status");
  LaunchReviewStatus read;
  read.observed_generation = status.Integer("observedGeneration", 0);
  read.template_hash = OptionalText(status, "templateHash", kMaxTitleLength);
  if (!IsTemplateHash(read.template_hash)) read.template_hash.clear();
  for (Reader& reader : status.ObjectList("items", kMaxRecordedFindings)) {
    if (auto finding = ReadFinding(reader)) read.items.push_back(*std::move(finding));
  }
  for (Reader& reader : status.ObjectList("approvedRevisions", kMaxApprovedRevisions)) {
    if (auto revision = ReadRevision(reader)) {
      read.approved_revisions.push_back(*std::move(revision));
    }
  }
  read.highest_sequences = ReadHighestSequences(status.Object("verdict"));
  return read;
}

}  // namespace launchgate::resources::internal
