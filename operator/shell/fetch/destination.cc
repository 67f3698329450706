#include "shell/fetch/destination.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "core/base/text.h"

namespace launchgate::fetch {
namespace {

using base::ErrorKind;

using UrlHandle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string Part(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::string NormalHost(std::string host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  std::ranges::transform(host, host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (!host.empty() && host.back() == '.') host.pop_back();
  return host;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What inet_aton() might read as the last number of an address: "1", "0x7f".
bool LooksNumeric(std::string_view label) {
  if (label.starts_with("0x")) return true;
  return std::ranges::all_of(label, IsDigit);
}

// An address, or a name of letters, digits, '-' and '_' between single dots that
// does not end in a number. Everything else (percent escapes, Unicode, zone ids,
// "1.2.3.4.5") has looked like one host to one reader and like another to the next.
bool IsPlainHost(std::string_view host) {
  if (Address::Parse(host)) return true;
  if (host.empty() || host.size() > kMaxHostBytes) return false;
  // To libcurl "-name" is an order to forget a name's addresses, not a name.
  if (host.front() == '-') return false;
  if (host.front() == '.' || host.back() == '.' || host.find("..") != std::string_view::npos) {
    return false;
  }
  if (LooksNumeric(host.substr(host.rfind('.') + 1))) return false;
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-' || c == '_' || c == '.';
  });
}

bool HostMatches(std::string_view pattern, std::string_view host) {
  if (!pattern.starts_with("*.")) return pattern == host;
  const std::string_view suffix = pattern.substr(1);
  return host.size() > suffix.size() && host.ends_with(suffix);
}

}  // namespace

base::Result<Destination> ParseDestination(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return base::Fail(ErrorKind::kInvalid, fmt::format("{} {}", base::Quote(text), why));
  };
  if (text.size() > kMaxUrlBytes) return refuse("must be at most 2048 bytes");
  const bool printable = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
  if (!printable) return refuse("must be plain ASCII without spaces");

  const UrlHandle url(curl_url(), &curl_url_cleanup);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK) {
    return refuse("must be an absolute http or https URL");
  }
  Destination destination;
  destination.scheme = Part(url.get(), CURLUPART_SCHEME);
  if (destination.scheme != "https" && destination.scheme != "http") {
    return refuse("must be an http or https URL");
  }
  // libcurl also takes one slash and three; other readers see another host there.
  const std::string_view rest = text.substr(std::min(destination.scheme.size(), text.size()));
  if (!rest.starts_with("://") || rest.find_first_of("/\\", 3) == 3) {
    return refuse("must be an absolute http or https URL");
  }
  // Also an empty one ("http://@host/"): readers of URLs differ about it.
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#\\", 3));
  if (authority.find('@') != std::string_view::npos || !Part(url.get(), CURLUPART_USER).empty() ||
      !Part(url.get(), CURLUPART_PASSWORD).empty()) {
    return refuse("must not carry a user name or password");
  }
  if (!Part(url.get(), CURLUPART_ZONEID).empty()) return refuse("must not name a network zone");
  destination.host = NormalHost(Part(url.get(), CURLUPART_HOST));
  if (!IsPlainHost(destination.host)) return refuse("must have a plain host name or address");
  const std::string port = Part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), destination.port);
  if (destination.port <= 0 || destination.port > 65'535) return refuse("must have a valid port");
  curl_url_set(url.get(), CURLUPART_FRAGMENT, nullptr, 0);
  const bool v6 = destination.host.find(':') != std::string::npos;
  const std::string host = v6 ? "[" + destination.host + "]" : destination.host;
  if (curl_url_set(url.get(), CURLUPART_HOST, host.c_str(), 0) != CURLUE_OK) {
    return refuse("must have a plain host name or address");
  }
  destination.url = Part(url.get(), CURLUPART_URL);
  return destination;
}

base::Result<const DestinationRule*> FindRule(const std::vector<DestinationRule>& rules,
                                              const Destination& destination) {
  for (const DestinationRule& rule : rules) {
    if (rule.scheme == destination.scheme && rule.port == destination.port &&
        HostMatches(rule.host, destination.host)) {
      return &rule;
    }
  }
  return base::Fail(
      ErrorKind::kInvalid,
      fmt::format("{}://{}:{} is not among the destinations that the operator's "
                  "configuration allows (fetch.allow)",
                  destination.scheme, base::Printable(destination.host, base::kMaxQuotedBytes),
                  destination.port));
}

base::Status CheckAddress(const DestinationRule& rule, const Address& address) {
  const auto special = SpecialPurpose(address);
  if (!special) return {};
  const bool allowed = std::ranges::any_of(
      rule.addresses, [&](const Cidr& range) { return range.Contains(address); });
  if (allowed) return {};
  return base::Fail(ErrorKind::kInvalid,
                    fmt::format("{} resolves to a {} address, which the operator's configuration "
                                "does not allow for it (fetch.allow[].addresses)",
                                rule.host, *special));
}

}  // namespace launchgate::fetch
