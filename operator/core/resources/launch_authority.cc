#include "core/resources/launch_authority.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/text.h"
#include "core/resources/fields.h"

namespace launchgate::resources {
namespace {

using internal::Presence;
using json::Reader;

constexpr std::size_t kMaxPublicKeyLength = 4096;
constexpr std::string_view kPemStart = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kPemEnd = "-----END PUBLIC KEY-----";
constexpr std::string_view kEveryNamespace = "*";
// A role that needs more signers than there can be keys is a typing error.
constexpr std::int64_t kMaxThreshold = static_cast<std::int64_t>(kMaxAuthorityKeys);

std::string WithoutSpace(std::string_view text) {
  std::string dense;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t') dense.push_back(c);
  }
  return dense;
}

// The form only; whether it is a key that can verify is decided where keys are loaded.
std::string ReadPublicKey(Reader& reader) {
  std::string pem =
      internal::ReadText(reader, "publicKey", kMaxPublicKeyLength, Presence::kRequired);
  if (pem.empty()) return pem;
  const bool whole = pem.substr(0, kPemStart.size()) == kPemStart &&
                     pem.find(kPemEnd) != std::string::npos &&
                     pem.find(kPemStart, kPemStart.size()) == std::string::npos;
  if (!whole) {
    reader.Complain("publicKey",
                    "must be one PEM block that starts with \"" + std::string(kPemStart) + "\"");
  }
  return pem;
}

AuthorityKey ReadKey(Reader& reader) {
  reader.RefuseUnknownFields(
      {"id", "identity", "role", "publicKey", "notBefore", "notAfter", "revoked"});
  AuthorityKey key;
  key.id = internal::ReadLabel(reader, "id");
  key.identity =
      internal::ReadText(reader, "identity", internal::kMaxIdentityLength, Presence::kRequired);
  key.role = internal::ReadLabel(reader, "role");
  key.public_key = ReadPublicKey(reader);
  key.not_before = reader.OptionalTime("notBefore").value_or(base::Time{});
  key.not_after = reader.OptionalTime("notAfter").value_or(base::kNever);
  if (key.not_before >= key.not_after) reader.Complain("notAfter", "must be after notBefore");
  key.revoked = reader.Boolean("revoked", false);
  return key;
}

AuthorityRole ReadRole(Reader& reader) {
  reader.RefuseUnknownFields({"name", "threshold", "breakGlass", "attestations"});
  AuthorityRole role;
  role.name = internal::ReadLabel(reader, "name");
  if (!reader.Has("threshold")) reader.Complain("threshold", "must be set");
  const std::int64_t threshold = reader.Integer("threshold", 1);
  if (threshold < 1 || threshold > kMaxThreshold) {
    reader.Complain("threshold", fmt::format("must be from 1 to {}", kMaxThreshold));
  }
  role.threshold = static_cast<int>(std::clamp<std::int64_t>(threshold, 1, kMaxThreshold));
  role.break_glass = reader.Boolean("breakGlass", false);
  role.attestations = reader.Boolean("attestations", false);
  if (role.break_glass && role.attestations) {
    reader.Complain("attestations", "must not be true beside breakGlass: a role has one purpose");
  }
  return role;
}

template <typename Items, typename Field>
std::vector<std::string> Column(const Items& items, Field field) {
  std::vector<std::string> values;
  values.reserve(items.size());
  for (const auto& item : items) values.push_back(item.*field);
  return values;
}

void CheckKeys(Reader& spec, const LaunchAuthority& authority) {
  internal::RefuseDuplicates(spec, "keys", "id", Column(authority.keys, &AuthorityKey::id));
  std::set<std::string> seen;
  for (std::size_t i = 0; i < authority.keys.size(); ++i) {
    const AuthorityKey& key = authority.keys[i];
    // One key under two names could sign for two people. (THREATS T53.)
    const std::string dense = WithoutSpace(key.public_key);
    if (!dense.empty() && !seen.insert(dense).second) {
      spec.Complain(fmt::format("keys[{}].publicKey", i), "must be a key that is not listed twice");
    }
    if (!key.role.empty() && authority.FindRole(key.role) == nullptr) {
      spec.Complain(fmt::format("keys[{}].role", i),
                    "must be a role of spec.roles, not " + base::Quote(key.role));
    }
  }
}

// A quorum that nobody can meet is a typing error; better said now than when a
// launch is waiting.
void CheckRoles(Reader& spec, const LaunchAuthority& authority) {
  internal::RefuseDuplicates(spec, "roles", "name", Column(authority.roles, &AuthorityRole::name));
  bool any_required = false;
  for (std::size_t i = 0; i < authority.roles.size(); ++i) {
    const AuthorityRole& role = authority.roles[i];
    any_required = any_required || role.SignsGo();
    std::set<std::string_view> identities;
    for (const AuthorityKey& key : authority.keys) {
      if (key.role == role.name) identities.insert(key.identity);
    }
    if (identities.size() < static_cast<std::size_t>(role.threshold)) {
      spec.Complain(fmt::format("roles[{}].threshold", i),
                    fmt::format("must be at most {}, the number of people with a key in role {}",
                                identities.size(), base::Quote(role.name)));
    }
  }
  // Without one, a Go would need no signature at all.
  if (!any_required)
    spec.Complain("roles",
                  "must have at least one role that is neither breakGlass nor attestations");
}

std::vector<std::string> ReadNamespaces(Reader& spec) {
  std::vector<std::string> namespaces = spec.TextList("namespaces", kMaxAuthorityNamespaces);
  for (const std::string& name : namespaces) {
    if (name != kEveryNamespace && !base::IsDnsLabel(name)) {
      spec.Complain("namespaces",
                    "must have names of namespaces or \"*\", not " + base::Quote(name));
    }
  }
  internal::RefuseDuplicates(spec, "namespaces", "", namespaces);
  return namespaces;
}

}  // namespace

bool LaunchAuthority::Serves(std::string_view ns) const {
  return std::any_of(namespaces.begin(), namespaces.end(), [&](const std::string& name) {
    return name == kEveryNamespace || name == ns;
  });
}

const AuthorityRole* LaunchAuthority::FindRole(std::string_view name) const {
  for (const AuthorityRole& role : roles) {
    if (role.name == name) return &role;
  }
  return nullptr;
}

LaunchAuthority ParseLaunchAuthority(const json::Json& object,
                                     std::vector<json::Problem>& problems) {
  Reader reader(object, "", problems);
  LaunchAuthority authority;
  authority.meta = internal::ReadOurMeta(reader, "LaunchAuthority");
  Reader spec = reader.Object("spec", true);
  if (!reader.Has("spec")) return authority;
  spec.RefuseUnknownFields({"keys", "roles", "maxVerdictLifetime", "namespaces"});

  for (Reader& key : spec.ObjectList("keys", kMaxAuthorityKeys)) {
    authority.keys.push_back(ReadKey(key));
  }
  for (Reader& role : spec.ObjectList("roles", kMaxAuthorityRoles)) {
    authority.roles.push_back(ReadRole(role));
  }
  CheckKeys(spec, authority);
  CheckRoles(spec, authority);
  if (!spec.Has("maxVerdictLifetime")) spec.Complain("maxVerdictLifetime", "must be set");
  const internal::DurationBounds bounds{kShortestVerdictLifetime, kLongestVerdictLifetime};
  authority.max_verdict_lifetime =
      internal::ReadDuration(spec, "maxVerdictLifetime", bounds).value_or(base::Duration(0));
  authority.namespaces = ReadNamespaces(spec);
  return authority;
}

}  // namespace launchgate::resources
