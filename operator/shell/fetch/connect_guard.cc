#include "shell/fetch/connect_guard.h"

#include <algorithm>
#include <optional>

namespace launchgate::fetch::internal {

base::Result<ConnectGuard> ConnectGuard::Make(const DestinationRule& rule,
                                              const std::vector<Address>& resolved) {
  std::vector<Address> allowed;
  std::optional<base::Error> refused;
  for (const Address& address : resolved) {
    const base::Status checked = CheckAddress(rule, address);
    if (checked) {
      allowed.push_back(address);
    } else if (!refused) {
      refused = checked.error();
    }
  }
  if (!allowed.empty()) return ConnectGuard(rule, std::move(allowed));
  if (refused) return tl::unexpected(*std::move(refused));
  return base::Fail(base::ErrorKind::kUnavailable, rule.host + " has no address");
}

base::Status ConnectGuard::Check(const Address& address) const {
  const bool known = std::ranges::any_of(
      addresses_, [&](const Address& one) { return one.bytes() == address.bytes(); });
  if (!known) {
    return base::Fail(base::ErrorKind::kInvalid,
                      rule_->host + " led to an address that it does not resolve to");
  }
  return CheckAddress(*rule_, address);
}

}  // namespace launchgate::fetch::internal
