// The last word before a connection is made. Internal to this module.
#pragma once

#include <utility>
#include <vector>

#include "core/base/result.h"
#include "shell/fetch/address.h"
#include "shell/fetch/destination.h"

namespace launchgate::fetch::internal {

// What of a resolver's answer may be connected to. Judged once after DNS; asked
// again by libcurl's callbacks before each connect and before the request is
// sent, when it must hold for the address at hand. (THREATS T40, T41.)
class ConnectGuard {
 public:
  // Leaves out of `resolved` what the rule does not allow; kInvalid, about the
  // first, when nothing is left.
  static base::Result<ConnectGuard> Make(const DestinationRule& rule,
                                         const std::vector<Address>& resolved);

  const std::vector<Address>& addresses() const { return addresses_; }  // At least one.

  // kInvalid unless the rule allows `address` and it is one of addresses().
  base::Status Check(const Address& address) const;

 private:
  ConnectGuard(const DestinationRule& rule, std::vector<Address> addresses)
      : rule_(&rule), addresses_(std::move(addresses)) {}

  const DestinationRule* rule_;  // Never null; outlives this.
  std::vector<Address> addresses_;
};

}  // namespace launchgate::fetch::internal
