#include "core/verdict/trust.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/text.h"

namespace launchgate::verdict {

TrustResult Trust(const resources::LaunchAuthority& authority, const PublicKeyReader& reader) {
  TrustResult result;
  result.authority.name = authority.meta.name;
  result.authority.roles = authority.roles;
  result.authority.max_verdict_lifetime = authority.max_verdict_lifetime;
  for (const resources::AuthorityKey& record : authority.keys) {
    auto key = reader.Read(record.public_key);
    if (key) {
      result.authority.keys.push_back({record, *std::move(key)});
    } else {
      result.problems.push_back(
          fmt::format("key {}: {}", base::Quote(record.id), key.error().message));
    }
  }
  auto& keys = result.authority.keys;
  const auto is_repeated = [all = keys](const TrustedKey& candidate) {
    return std::ranges::count(all, candidate.key.spki,
                              [](const TrustedKey& key) { return key.key.spki; }) > 1;
  };
  for (const TrustedKey& key : keys) {
    if (is_repeated(key)) {
      result.problems.push_back(fmt::format("key {} has the same public key as another record",
                                            base::Quote(key.record.id)));
    }
  }
  std::erase_if(keys, is_repeated);
  return result;
}

}  // namespace launchgate::verdict
