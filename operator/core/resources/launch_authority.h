// LaunchAuthority: who may sign, with which key, in which role, and how many
// it takes. Cluster-scoped: changing it is the platform team's right.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/meta.h"

namespace launchgate::resources {

struct AuthorityKey {
  std::string id;        // Name of the record; shown to people, decides nothing.
  std::string identity;  // The person: "alice@example.com".
  std::string role;
  std::string public_key;  // PEM, "BEGIN PUBLIC KEY".
  base::Time not_before{};
  base::Time not_after = base::kNever;
  bool revoked = false;
};

struct AuthorityRole {
  std::string name;
  int threshold = 0;         // Distinct identities with distinct keys that must sign Go; ≥ 1.
  bool break_glass = false;  // May sign BreakGlass; such a role is not needed for a Go.
  // Its keys sign attestations of evidence and no verdict of any kind: a robot
  // that says that tests passed shall not say go. (THREATS T52.)
  bool attestations = false;

  // Whether a Go needs this role.
  bool SignsGo() const { return !break_glass && !attestations; }
};

struct LaunchAuthority {
  Meta meta;
  std::vector<AuthorityKey> keys;
  std::vector<AuthorityRole> roles;
  base::Duration max_verdict_lifetime{};
  std::vector<std::string> namespaces;  // May use it. Empty: none. "*": every namespace.

  bool Serves(std::string_view ns) const;
  const AuthorityRole* FindRole(std::string_view name) const;
};

inline constexpr std::size_t kMaxAuthorityKeys = 64;
inline constexpr std::size_t kMaxAuthorityRoles = 16;
inline constexpr std::size_t kMaxAuthorityNamespaces = 1000;
inline constexpr base::Duration kShortestVerdictLifetime = std::chrono::minutes(1);
inline constexpr base::Duration kLongestVerdictLifetime = std::chrono::hours(24 * 366);

// Everything wrong with the spec is added to `problems`, including a quorum that
// can never be met; the result must then not be used to allow anything. Revoked
// and expired keys are no problem here: revoking the last key of a role must end
// its verdicts, not make the authority unreadable.
LaunchAuthority ParseLaunchAuthority(const json::Json& object,
                                     std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
