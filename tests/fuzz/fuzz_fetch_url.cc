// URLs, addresses and ranges that decide where the fetcher may go: whatever is
// taken apart is plain, means the same when read again and to libc, and is judged
// alike by a second table of special addresses.
#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "shell/fetch/address.h"
#include "shell/fetch/destination.h"

namespace {

using launchgate::fetch::Address;
using launchgate::fetch::Cidr;
using launchgate::fetch::kMaxHostBytes;
using launchgate::fetch::kMaxUrlBytes;
using launchgate::fetch::ParseDestination;
using launchgate::fetch::SpecialPurpose;

void Must(bool holds) {
  if (!holds) std::abort();
}

// Written apart from address.cc, with shifts instead of ranges.
bool IsPublicV4(std::uint32_t ip) {
  const std::uint32_t a = ip >> 24U;
  const std::uint32_t ab = ip >> 16U;
  const std::uint32_t abc = ip >> 8U;
  if (a == 0 || a == 10 || a == 127 || a >= 224) return false;
  if (a == 100 && (ab & 0xC0U) == 0x40U) return false;
  if (a == 172 && (ab & 0xF0U) == 0x10U) return false;
  if (ab == 0xA9FE || ab == 0xC0A8 || ab == 0xC612 || ab == 0xC613) return false;
  if (abc == 0xC00000 || abc == 0xC00002 || abc == 0xC05863) return false;
  if (abc == 0xC63364 || abc == 0xCB0071) return false;
  return ip != 0xA83F8110;
}

bool IsPublic(const Address& address) {
  const auto& b = address.bytes();
  const auto pair = [&](std::size_t at) {
    return static_cast<std::uint32_t>(b[at]) << 8U | static_cast<std::uint32_t>(b[at + 1]);
  };
  const bool mapped = std::all_of(b.begin(), b.begin() + 10, [](auto byte) { return byte == 0; }) &&
                      pair(10) == 0xFFFF;
  if (mapped) return IsPublicV4(pair(12) << 16U | pair(14));
  if (b[0] >> 5U != 1) return false;
  if (pair(0) == 0x2001 && (pair(2) < 0x200 || pair(2) == 0xDB8)) return false;
  if (pair(0) == 0x2002) return false;
  return !(pair(0) == 0x3FFF && pair(2) < 0x1000);
}

void CheckAddresses(std::string_view text) {
  const auto address = Address::Parse(text);
  if (!address) return;
  const auto again = Address::Parse(address->ToString());
  Must(again && again->bytes() == address->bytes());
  Must(SpecialPurpose(*address).has_value() != IsPublic(*address));
}

void CheckRanges(std::string_view text) {
  const auto range = Cidr::Parse(text);
  const auto network = Address::Parse(text.substr(0, text.find('/')));
  if (!range) return;
  Must(network.has_value());
  Must(range->Contains(*network));
  if (text.find('/') != std::string_view::npos) return;
  // One address contains no neighbour.
  auto bytes = network->bytes();
  bytes[15] ^= 1U;
  sockaddr_in6 neighbour{};
  neighbour.sin6_family = AF_INET6;
  std::copy(bytes.begin(), bytes.end(), neighbour.sin6_addr.s6_addr);
  const auto other = Address::FromSocket(reinterpret_cast<const sockaddr*>(&neighbour));
  Must(other && !range->Contains(*other));
}

void CheckUrls(std::string_view text) {
  const auto destination = ParseDestination(text);
  if (!destination) return;
  const std::string& host = destination->host;
  Must(destination->scheme == "http" || destination->scheme == "https");
  Must(!host.empty() && host.size() <= kMaxHostBytes);
  Must(destination->port > 0 && destination->port <= 65'535);
  Must(std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-_.:").find(c) != std::string_view::npos;
  }));
  // What libc would take for an address, however it is spelled, is one here.
  in_addr libc{};
  if (inet_aton(host.c_str(), &libc) != 0) Must(Address::Parse(host).has_value());
  // An address written out can be longer than it came.
  if (destination->url.size() > kMaxUrlBytes) return;
  const auto again = ParseDestination(destination->url);
  Must(again && again->scheme == destination->scheme && again->host == host &&
       again->port == destination->port && again->url == destination->url);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckUrls(text);
  CheckAddresses(text);
  CheckRanges(text);
  return 0;
}
