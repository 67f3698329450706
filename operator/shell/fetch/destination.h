// Where tenants' URLs may lead: denied unless the operator's configuration
// names the destination. (DESIGN §5, THREATS T39–T43.)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "shell/fetch/address.h"

namespace launchgate::fetch {

struct DestinationRule {
  std::string scheme = "https";  // "https" or "http".
  // Exact host name or address, or "*.example.com": any name below
  // example.com, not example.com itself. Lowercase.
  std::string host;
  int port = 443;
  // Special-purpose ranges (private, loopback, …) that this host may resolve
  // to. Public addresses need no entry.
  std::vector<Cidr> addresses;
};

// A URL taken apart and normalised by libcurl's own parser, the one that will
// connect, so that both read it alike. (THREATS T17, T50.)
struct Destination {
  std::string scheme;
  std::string host;  // Lowercase, without a trailing dot and without brackets.
  int port = 0;
  std::string url;  // Normalised, with exactly this host and without fragment.
};

// kInvalid for anything but http(s) without credentials in it.
base::Result<Destination> ParseDestination(std::string_view url);

inline constexpr std::size_t kMaxUrlBytes = 2048;
inline constexpr std::size_t kMaxHostBytes = 253;  // The longest name that DNS has.

// The first rule that allows the destination; kInvalid when none does.
base::Result<const DestinationRule*> FindRule(const std::vector<DestinationRule>& rules,
                                              const Destination& destination);

// Whether `rule` lets us connect to `address`; kInvalid says why not.
base::Status CheckAddress(const DestinationRule& rule, const Address& address);

}  // namespace launchgate::fetch
