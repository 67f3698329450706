#include "core/resources/budget_policy.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/resources/fields.h"

namespace launchgate::resources::internal {
namespace {

using json::Reader;

constexpr DurationBounds kGraceBounds{kShortestUnknownGrace, kLongestUnknownGrace};

double ReadShare(Reader& policy, std::string_view field, bool zero_is_one, double fallback) {
  const auto share = policy.OptionalDecimal(field);
  if (!share) return fallback;
  if (*share > 1 || *share < 0 || (!zero_is_one && *share == 0)) {
    policy.Complain(field, zero_is_one ? "must be a share from \"0\" to \"1\""
                                       : "must be a share of more than \"0\" and up to \"1\"");
    return fallback;
  }
  return *share;
}

int ReadDays(Reader& reader, std::string_view field, int first, int last, int fallback) {
  const std::int64_t days = reader.Integer(field, fallback);
  if (days >= first && days <= last) return static_cast<int>(days);
  reader.Complain(field, fmt::format("must be from {} to {}", first, last));
  return fallback;
}

}  // namespace

FreezePolicy ReadFreezePolicy(Reader& spec) {
  FreezePolicy result;
  if (!spec.Has("policy")) return result;
  Reader policy = spec.Object("policy");
  policy.RefuseUnknownFields({"thawAt", "maxIncidentShare", "minEvents", "unknownGrace"});
  result.thaw_at = ReadShare(policy, "thawAt", true, result.thaw_at);
  result.incident_share = ReadShare(policy, "maxIncidentShare", false, result.incident_share);
  result.min_events = policy.Integer("minEvents", 0);
  if (result.min_events < 0 || result.min_events > kMaxMinEvents) {
    policy.Complain("minEvents", fmt::format("must be from 0 to {}", kMaxMinEvents));
    result.min_events = 0;
  }
  result.unknown_grace =
      ReadDuration(policy, "unknownGrace", kGraceBounds).value_or(result.unknown_grace);
  return result;
}

std::optional<ReviewCadence> ReadReviewCadence(Reader& spec) {
  if (!spec.Has("review")) return std::nullopt;
  Reader review = spec.Object("review");
  review.RefuseUnknownFields({"authorityRef", "timeZone", "cadenceDay", "dueDay", "graceDays"});
  ReviewCadence cadence;
  cadence.authority = ReadReference(review, "authorityRef", Presence::kRequired);
  cadence.time_zone = ReadTimeZone(review, "timeZone");
  cadence.cadence_day = ReadDays(review, "cadenceDay", 1, kLastCadenceDay, cadence.cadence_day);
  cadence.due_day = ReadDays(review, "dueDay", 1, kLastCadenceDay, cadence.due_day);
  cadence.grace_days = ReadDays(review, "graceDays", 0, kMaxGraceDays, cadence.grace_days);
  if (cadence.due_day < cadence.cadence_day) {
    review.Complain("dueDay", "must not be before cadenceDay");
  }
  return cadence;
}

}  // namespace launchgate::resources::internal
