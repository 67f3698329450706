// Which IP addresses a URL named by a tenant may lead to. (THREATS T39, T40.)
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

struct sockaddr;

namespace launchgate::fetch {

// An address of either family in 16 bytes; IPv4 as ::ffff:a.b.c.d, so that
// one table of ranges judges every spelling.
class Address {
 public:
  // Nothing for text that is not exactly one address ("1.2.3.4", "2001:db8::1").
  static std::optional<Address> Parse(std::string_view text);
  // Nothing for families other than IPv4 and IPv6.
  static std::optional<Address> FromSocket(const sockaddr* address);

  const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  std::string ToString() const;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

// "10.0.0.0/8" or "2001:db8::/32"; a bare address is a range of one.
class Cidr {
 public:
  static base::Result<Cidr> Parse(std::string_view text);
  bool Contains(const Address& address) const;

 private:
  Address network_;
  int prefix_ = 128;  // Bits of the 16-byte form.
};

// Why an address is not on the public Internet ("loopback", "private",
// "link-local", …), nothing for a public one. An IPv4-mapped address is judged
// by the IPv4 address in it; other ways to carry one (NAT64, 6to4, Teredo) are
// never public here: whatever they lead to is better named directly. Source: IANA special-purpose
// address registries for IPv4 and IPv6.
std::optional<std::string_view> SpecialPurpose(const Address& address);

}  // namespace launchgate::fetch
