#include "shell/fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <utility>

#include "core/base/text.h"

namespace launchgate::fetch {
namespace {

constexpr int kMappedPrefixBits = 96;
constexpr std::size_t kMaxAddressText = 64;

struct SpecialRange {
  std::string_view cidr;
  std::string_view name;
};

// IPv4 first: their 16-byte form lies inside ::ffff:0:0/96, which is itself
// not listed, so that a plain IPv4 address is judged by its own range.
constexpr SpecialRange kSpecialRanges[] = {
    {"0.0.0.0/8", "unspecified"},
    {"10.0.0.0/8", "private"},
    {"100.64.0.0/10", "carrier-grade NAT"},
    {"127.0.0.0/8", "loopback"},
    // A public range, but inside Azure it is the platform's own server.
    {"168.63.129.16/32", "cloud metadata"},
    {"169.254.0.0/16", "link-local"},
    {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "protocol assignments"},
    {"192.0.2.0/24", "documentation"},
    {"192.88.99.0/24", "6to4 relay"},
    {"192.168.0.0/16", "private"},
    {"198.18.0.0/15", "benchmarking"},
    {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved"},
    {"::/96", "unspecified, loopback or IPv4-compatible"},
    {"64:ff9b::/96", "NAT64"},
    {"64:ff9b:1::/48", "local NAT64"},
    {"100::/64", "discard"},
    {"2001::/23", "protocol assignments (Teredo and others)"},
    {"2001:db8::/32", "documentation"},
    {"2002::/16", "6to4"},
    {"3fff::/20", "documentation"},
    {"5f00::/16", "segment routing"},
    {"fc00::/7", "unique local"},
    {"fe80::/10", "link-local"},
    {"fec0::/10", "site-local"},
    {"ff00::/8", "multicast"},
};

}  // namespace

std::optional<Address> Address::Parse(std::string_view text) {
  // A NUL would end the text for inet_pton() and not for us.
  if (text.size() > kMaxAddressText || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string copy(text);
  Address address;
  in_addr v4{};
  if (inet_pton(AF_INET, copy.c_str(), &v4) == 1) {
    address.bytes_[10] = address.bytes_[11] = 0xFF;
    std::memcpy(&address.bytes_[12], &v4, sizeof v4);
    return address;
  }
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes_.data()) == 1) return address;
  return std::nullopt;
}

std::optional<Address> Address::FromSocket(const sockaddr* socket) {
  Address address;
  if (socket->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, socket, sizeof v4);
    address.bytes_[10] = address.bytes_[11] = 0xFF;
    std::memcpy(&address.bytes_[12], &v4.sin_addr, sizeof v4.sin_addr);
    return address;
  }
  if (socket->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, socket, sizeof v6);
    std::memcpy(address.bytes_.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    return address;
  }
  return std::nullopt;
}

std::string Address::ToString() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (inet_ntop(AF_INET6, bytes_.data(), text, sizeof text) == nullptr) return "?";
  const std::string_view shown(text);
  constexpr std::string_view kMapped = "::ffff:";
  const bool v4 = shown.starts_with(kMapped) && shown.find('.') != std::string_view::npos;
  return std::string(v4 ? shown.substr(kMapped.size()) : shown);
}

base::Result<Cidr> Cidr::Parse(std::string_view text) {
  const auto refuse = [&] {
    return base::Fail(base::ErrorKind::kInvalid,
                      base::Quote(text) + " must be an address range such as 10.0.0.0/8");
  };
  const std::size_t slash = text.find('/');
  const auto network = Address::Parse(text.substr(0, slash));
  if (!network) return refuse();
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  Cidr cidr;
  cidr.network_ = *network;
  if (slash == std::string_view::npos) return cidr;
  const std::string_view digits = text.substr(slash + 1);
  int prefix = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  const bool whole = error == std::errc() && end == digits.data() + digits.size() &&
                     digits.front() != '-' && (digits.size() == 1 || digits.front() != '0');
  if (!whole || prefix < 0 || prefix > (v4 ? 32 : 128)) return refuse();
  cidr.prefix_ = v4 ? prefix + kMappedPrefixBits : prefix;
  return cidr;
}

bool Cidr::Contains(const Address& address) const {
  const auto whole_bytes = static_cast<std::size_t>(prefix_ / 8);
  if (std::memcmp(network_.bytes().data(), address.bytes().data(), whole_bytes) != 0) return false;
  const int rest = prefix_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xFFU << (8 - rest));
  return ((network_.bytes()[whole_bytes] ^ address.bytes()[whole_bytes]) & mask) == 0;
}

std::optional<std::string_view> SpecialPurpose(const Address& address) {
  for (const SpecialRange& range : kSpecialRanges) {
    const auto cidr = Cidr::Parse(range.cidr);
    if (cidr && cidr->Contains(address)) return range.name;
  }
  // Only 2000::/3 is handed out as global unicast; nothing else is public.
  const auto mapped = Cidr::Parse("::ffff:0:0/96");
  const auto global = Cidr::Parse("2000::/3");
  const bool is_public =
      mapped && global && (mapped->Contains(address) || global->Contains(address));
  if (!is_public) return "not globally routed";
  return std::nullopt;
}

}  // namespace launchgate::fetch
