// Rules that fields of several kinds share; the same rules stand in crds/ as
// patterns and bounds. Each adds a Problem and gives what could be read.
// Internal to this module.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/json/reader.h"
#include "core/resources/meta.h"

namespace launchgate::resources::internal {

// Characters, as the API server counts them; not bytes.
inline constexpr std::size_t kMaxTitleLength = 128;
inline constexpr std::size_t kMaxSentenceLength = 512;
inline constexpr std::size_t kMaxIdentityLength = 256;

enum class Presence { kRequired, kOptional };

// Of an object of ours: apiVersion and kind as named, and a valid metadata.
Meta ReadOurMeta(json::Reader& object, std::string_view kind);
// `metadata` of any object.
Meta ReadMeta(json::Reader& object);

std::string ReadText(json::Reader& reader, std::string_view field, std::size_t max_length,
                     Presence presence);
// A required RFC 1123 label, for ids.
std::string ReadLabel(json::Reader& reader, std::string_view field);
// A required RFC 1123 subdomain: the name of an object. (THREATS T46.)
std::string ReadName(json::Reader& reader, std::string_view field);
// {name: …} under `field`; empty when absent and optional.
std::string ReadReference(json::Reader& reader, std::string_view field, Presence presence);
// The required `owner`: who answers for it, and where to reach them.
struct Owner {
  std::string team;
  std::string contact;
};
Owner ReadOwner(json::Reader& spec);
// An http or https URL with a host and without user information.
std::string ReadUrl(json::Reader& reader, std::string_view field);
// Why `url` is not acceptable; nothing when it is.
std::optional<std::string> WhyBadUrl(std::string_view url);

// A required IANA name: "Europe/Zurich". Only its form is checked; whether the
// zone exists is known where the database is.
std::string ReadTimeZone(json::Reader& reader, std::string_view field);

struct DurationBounds {
  base::Duration shortest;
  base::Duration longest;
};
std::optional<base::Duration> ReadDuration(json::Reader& reader, std::string_view field,
                                           DurationBounds bounds);

// Complains about every later item that equals an earlier one, at "field[i].key".
void RefuseDuplicates(json::Reader& reader, std::string_view field, std::string_view key,
                      const std::vector<std::string>& values);

}  // namespace launchgate::resources::internal
