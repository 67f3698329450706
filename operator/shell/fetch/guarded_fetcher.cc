#include "shell/fetch/guarded_fetcher.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <optional>
#include <utility>

#include "core/base/text.h"

namespace launchgate::fetch {
namespace {

using base::ErrorKind;
using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

constexpr long kLowSpeedBytesPerSecond = 64;
constexpr long kLowSpeedSeconds = 5;

void InitializeCurlOnce() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

// One exchange with one server; curl calls back into it.
struct Hop {
  const DestinationRule* rule = nullptr;
  const FetchOptions* options = nullptr;
  std::string body;
  std::size_t header_bytes = 0;
  // What did not fit; null while everything did.
  const char* too_large = nullptr;
  std::size_t limit = 0;
  std::optional<base::Error> refused;  // Set when an address was not allowed.
};

// Runs after DNS and before connect, for every address curl tries.
curl_socket_t OpenSocket(void* context, curlsocktype /*purpose*/, curl_sockaddr* target) {
  auto& hop = *static_cast<Hop*>(context);
  const auto address = Address::FromSocket(&target->addr);
  const base::Status checked =
      address
          ? CheckAddress(*hop.rule, *address)
          : base::Status(base::Fail(ErrorKind::kInvalid, "only IPv4 and IPv6 are fetched from"));
  if (!checked) {
    hop.refused = checked.error();
    return CURL_SOCKET_BAD;
  }
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

// Runs when connected, before the request is sent: the same check on the
// address that was really reached.
int BeforeRequest(void* context, char* primary_ip, char* /*local_ip*/, int /*primary_port*/,
                  int /*local_port*/) {
  auto& hop = *static_cast<Hop*>(context);
  const auto address = Address::Parse(primary_ip);
  const base::Status checked =
      address ? CheckAddress(*hop.rule, *address)
              : base::Status(base::Fail(ErrorKind::kInvalid, "the peer's address is unreadable"));
  if (checked) return CURL_PREREQFUNC_OK;
  hop.refused = checked.error();
  return CURL_PREREQFUNC_ABORT;
}

std::size_t TakeBody(char* data, std::size_t /*size*/, std::size_t count, void* context) {
  auto& hop = *static_cast<Hop*>(context);
  if (hop.body.size() + count > hop.options->max_body_bytes) {
    hop.too_large = "body";
    hop.limit = hop.options->max_body_bytes;
    return 0;
  }
  hop.body.append(data, count);
  return count;
}

std::size_t TakeHeader(char* /*data*/, std::size_t /*size*/, std::size_t count, void* context) {
  auto& hop = *static_cast<Hop*>(context);
  hop.header_bytes += count;
  if (hop.header_bytes > hop.options->max_header_bytes) {
    hop.too_large = "headers";
    hop.limit = hop.options->max_header_bytes;
    return 0;
  }
  return count;
}

void Configure(CURL* curl, const Destination& destination, Hop& hop) {
  const FetchOptions& options = *hop.options;
  curl_easy_setopt(curl, CURLOPT_URL, destination.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // The environment must not choose a way around.
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kLowSpeedBytesPerSecond);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kLowSpeedSeconds);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "launchgate-evidence/1");
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, &BeforeRequest);
  curl_easy_setopt(curl, CURLOPT_PREREQDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &hop);
}

base::Error Explain(CURLcode code, const Hop& hop, const Destination& destination) {
  if (hop.refused) return *hop.refused;
  if (hop.too_large != nullptr) {
    return {ErrorKind::kExhausted, fmt::format("{} answered with {} of more than {} bytes",
                                               destination.host, hop.too_large, hop.limit)};
  }
  return {ErrorKind::kUnavailable,
          fmt::format("{}: {}", destination.host, curl_easy_strerror(code))};
}

struct HopResult {
  evidence::Page page;
  std::string redirect;  // Absolute URL, empty when the answer is final.
};

base::Result<HopResult> RunHop(const Destination& destination, const DestinationRule& rule,
                               const FetchOptions& options) {
  const CurlHandle curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) return base::Fail(ErrorKind::kInternal, "libcurl could not be initialised");
  Hop hop;
  hop.rule = &rule;
  hop.options = &options;
  Configure(curl.get(), destination, hop);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return tl::unexpected(Explain(code, hop, destination));

  HopResult result;
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  const char* type = nullptr;
  curl_easy_getinfo(curl.get(), CURLINFO_CONTENT_TYPE, &type);
  const char* redirect = nullptr;
  curl_easy_getinfo(curl.get(), CURLINFO_REDIRECT_URL, &redirect);
  result.page.http_status = static_cast<int>(status);
  result.page.content_type = type == nullptr ? "" : type;
  result.page.body = std::move(hop.body);
  result.redirect = redirect == nullptr ? "" : redirect;
  return result;
}

}  // namespace

GuardedFetcher::GuardedFetcher(FetchOptions options) : options_(std::move(options)) {
  InitializeCurlOnce();
}

base::Result<evidence::Page> GuardedFetcher::Fetch(std::string_view url) {
  slots_.acquire();
  const std::unique_ptr<GuardedFetcher, void (*)(GuardedFetcher*)> slot(
      this, [](GuardedFetcher* self) { self->slots_.release(); });
  std::string next(url);
  bool was_https = false;
  for (int hop = 0; hop <= options_.max_redirects; ++hop) {
    const auto destination = ParseDestination(next);
    if (!destination) return tl::unexpected(destination.error());
    if (was_https && destination->scheme == "http") {
      return base::Fail(ErrorKind::kInvalid, "a redirect from https to http is not followed");
    }
    was_https = destination->scheme == "https";
    const auto rule = FindRule(options_.allow, *destination);
    if (!rule) return tl::unexpected(rule.error());
    auto result = RunHop(*destination, **rule, options_);
    if (!result) return tl::unexpected(result.error());
    if (result->redirect.empty()) {
      result->page.url = std::string(url);
      return std::move(result->page);
    }
    next = std::move(result->redirect);
  }
  return base::Fail(ErrorKind::kExhausted,
                    fmt::format("more than {} redirects", options_.max_redirects));
}

}  // namespace launchgate::fetch
