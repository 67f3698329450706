#include "core/resources/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "core/resources/launch_review.h"

namespace launchgate::resources::internal {
namespace {

using json::Reader;

constexpr std::size_t kMaxUidLength = 128;
constexpr std::size_t kMaxTimeZoneLength = 64;

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // Not a continuation byte.
  }));
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHexOrColonOrDot(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

bool IsHostName(std::string_view host) {
  const auto edge = [](char c) { return IsLetter(c) || IsDigit(c); };
  if (host.empty() || !edge(host.front()) || !edge(host.back())) return false;
  return std::all_of(host.begin(), host.end(),
                     [&](char c) { return edge(c) || c == '-' || c == '.'; });
}

bool IsBracketedAddress(std::string_view host) {
  if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
  const std::string_view address = host.substr(1, host.size() - 2);
  return std::all_of(address.begin(), address.end(), IsHexOrColonOrDot);
}

// "" or ":" and one to five digits up to 65535.
bool IsPortSuffix(std::string_view suffix) {
  if (suffix.empty()) return true;
  const std::string_view digits = suffix.substr(1);
  if (digits.empty() || digits.size() > 5 || !std::all_of(digits.begin(), digits.end(), IsDigit)) {
    return false;
  }
  int port = 0;
  for (const char c : digits) port = port * 10 + (c - '0');
  return port >= 1 && port <= 65535;
}

// Names of the IANA database, as paths without a way out of it.
bool IsTimeZoneName(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '_' || c == '+' || c == '-' || c == '/';
  });
  return plain && !name.empty() && IsLetter(name.front()) && name.back() != '/' &&
         name.find("//") == std::string_view::npos;
}

void ReadOurAnnotations(Reader& metadata, Meta& meta) {
  Reader annotations = metadata.Object("annotations");
  for (const auto& [key, value] : annotations.value().get_ref<const json::Json::object_t&>()) {
    if (key.substr(0, kAnnotationPrefix.size()) != kAnnotationPrefix) continue;
    if (value.is_string()) {
      meta.annotations[key] = value.get<std::string>();
    } else {
      annotations.Complain(key, "must be text");
    }
  }
}

}  // namespace

Meta ReadMeta(Reader& object) {
  Reader metadata = object.Object("metadata", true);
  Meta meta;
  if (!object.Has("metadata")) return meta;
  meta.name = ReadName(metadata, "name");
  meta.ns = ReadText(metadata, "namespace", 63, Presence::kOptional);
  if (!meta.ns.empty() && !base::IsDnsLabel(meta.ns)) {
    metadata.Complain("namespace", "must be an RFC 1123 label, not " + base::Quote(meta.ns));
  }
  meta.uid = ReadText(metadata, "uid", kMaxUidLength, Presence::kOptional);
  meta.resource_version = ReadText(metadata, "resourceVersion", kMaxUidLength, Presence::kOptional);
  meta.generation = metadata.Integer("generation", 0);
  meta.created = metadata.OptionalTime("creationTimestamp").value_or(base::Time{});
  ReadOurAnnotations(metadata, meta);
  return meta;
}

Meta ReadOurMeta(Reader& object, std::string_view kind) {
  if (object.Text("apiVersion") != kApiVersion) {
    object.Complain("apiVersion", "must be " + base::Quote(kApiVersion));
  }
  if (object.Text("kind") != kind) object.Complain("kind", "must be " + base::Quote(kind));
  object.RefuseUnknownFields({"apiVersion", "kind", "metadata", "spec", "status"});
  return ReadMeta(object);
}

std::string ReadText(Reader& reader, std::string_view field, std::size_t max_length,
                     Presence presence) {
  std::string text =
      presence == Presence::kRequired ? reader.RequiredText(field) : reader.Text(field);
  if (CountCharacters(text) > max_length) {
    reader.Complain(field, fmt::format("must have at most {} characters", max_length));
    text.clear();
  }
  return text;
}

std::string ReadLabel(Reader& reader, std::string_view field) {
  std::string label = reader.RequiredText(field);
  if (!label.empty() && !base::IsDnsLabel(label)) {
    reader.Complain(field,
                    "must be an RFC 1123 label (lowercase letters, digits and '-', at most "
                    "63), not " +
                        base::Quote(label));
    label.clear();
  }
  return label;
}

std::string ReadName(Reader& reader, std::string_view field) {
  std::string name = reader.RequiredText(field);
  if (!name.empty() && !base::IsDnsSubdomain(name)) {
    reader.Complain(field,
                    "must be an RFC 1123 subdomain (lowercase letters, digits, '-' and "
                    "'.', at most 253), not " +
                        base::Quote(name));
    name.clear();
  }
  return name;
}

std::string ReadReference(Reader& reader, std::string_view field, Presence presence) {
  if (!reader.Has(field)) {
    if (presence == Presence::kRequired) reader.Complain(field, "must be set");
    return "";
  }
  Reader reference = reader.Object(field);
  reference.RefuseUnknownFields({"name"});
  return ReadName(reference, "name");
}

Owner ReadOwner(Reader& spec) {
  Reader reader = spec.Object("owner", true);
  Owner owner;
  if (!spec.Has("owner")) return owner;
  reader.RefuseUnknownFields({"team", "contact"});
  owner.team = ReadText(reader, "team", kMaxTitleLength, Presence::kRequired);
  owner.contact = ReadText(reader, "contact", kMaxIdentityLength, Presence::kRequired);
  return owner;
}

std::optional<std::string> WhyBadUrl(std::string_view url) {
  if (url.size() > kMaxUrlLength) {
    return fmt::format("must have at most {} characters", kMaxUrlLength);
  }
  if (!std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c <= '~'; })) {
    return "must consist of visible ASCII characters; encode others as %XX";
  }
  std::size_t scheme = 0;
  for (const std::string_view prefix : {"https://", "http://"}) {
    if (url.substr(0, prefix.size()) == prefix) scheme = prefix.size();
  }
  if (scheme == 0) return "must start with https:// or http://";
  const std::string_view authority = url.substr(scheme, url.find_first_of("/?#", scheme) - scheme);
  if (authority.find('@') != std::string_view::npos) {
    return "must not carry a user name or password";
  }
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (!IsHostName(host) && !IsBracketedAddress(host)) return "must have a valid host name";
  const std::string_view port =
      colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
  if (!IsPortSuffix(port)) return "must have a port from 1 to 65535";
  return std::nullopt;
}

std::string ReadUrl(Reader& reader, std::string_view field) {
  std::string url = reader.RequiredText(field);
  if (url.empty()) return url;
  if (const auto why = WhyBadUrl(url)) {
    reader.Complain(field, *why);
    url.clear();
  }
  return url;
}

std::string ReadTimeZone(Reader& reader, std::string_view field) {
  std::string zone = ReadText(reader, field, kMaxTimeZoneLength, Presence::kRequired);
  if (zone.empty() || IsTimeZoneName(zone)) return zone;
  reader.Complain(field, "must be the IANA name of a time zone, such as \"Europe/Zurich\"");
  return "";
}

std::optional<base::Duration> ReadDuration(Reader& reader, std::string_view field,
                                           DurationBounds bounds) {
  const std::optional<base::Duration> duration = reader.OptionalDuration(field);
  if (!duration) return std::nullopt;
  if (*duration >= bounds.shortest && *duration <= bounds.longest) return duration;
  reader.Complain(field, fmt::format("must be from {} to {}", base::FormatDuration(bounds.shortest),
                                     base::FormatDuration(bounds.longest)));
  return std::nullopt;
}

void RefuseDuplicates(Reader& reader, std::string_view field, std::string_view key,
                      const std::vector<std::string>& values) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty() || seen.insert(values[i]).second) continue;
    const std::string suffix = key.empty() ? "" : "." + std::string(key);
    reader.Complain(fmt::format("{}[{}]{}", field, i, suffix),
                    "must be unique; " + base::Quote(values[i]) + " is already there");
  }
}

}  // namespace launchgate::resources::internal
