#include "shell/fetch/exchange.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "core/base/text.h"

namespace launchgate::fetch::internal {
namespace {

using base::ErrorKind;
using CurlHandle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using CurlList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

constexpr long kLowSpeedBytesPerSecond = 64;
constexpr long kLowSpeedSeconds = 5;

// What curl's callbacks see and leave behind.
struct Hop {
  const Request* request = nullptr;
  const FetchOptions* options = nullptr;
  std::string body;
  std::size_t header_bytes = 0;
  int header_lines = 0;
  std::optional<Failure> stopped;  // By one of our own rules.
};

void Stop(Hop& hop, RefusalReason reason, ErrorKind kind, std::string message) {
  hop.stopped = Failure{reason, base::Error{kind, std::move(message)}};
}

bool MayUse(Hop& hop, const std::optional<Address>& address) {
  const base::Status checked =
      address
          ? hop.request->guard->Check(*address)
          : base::Status(base::Fail(ErrorKind::kInvalid, "only IPv4 and IPv6 are fetched from"));
  if (checked) return true;
  Stop(hop, RefusalReason::kAddress, checked.error().kind, checked.error().message);
  return false;
}

// Runs after DNS and before connect, for every address curl tries.
curl_socket_t OpenSocket(void* context, curlsocktype /*purpose*/, curl_sockaddr* target) {
  auto& hop = *static_cast<Hop*>(context);
  if (!MayUse(hop, Address::FromSocket(&target->addr))) return CURL_SOCKET_BAD;
  return socket(target->family, target->socktype | SOCK_CLOEXEC, target->protocol);
}

// Runs when connected, before the request is sent: the same check on the
// address that was really reached.
int BeforeRequest(void* context, char* primary_ip, char* /*local_ip*/, int primary_port,
                  int /*local_port*/) {
  auto& hop = *static_cast<Hop*>(context);
  if (primary_port != hop.request->destination->port) {
    Stop(hop, RefusalReason::kAddress, ErrorKind::kInvalid, "the peer's port is another one");
    return CURL_PREREQFUNC_ABORT;
  }
  return MayUse(hop, Address::Parse(primary_ip)) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::size_t TakeBody(char* data, std::size_t /*size*/, std::size_t count, void* context) {
  auto& hop = *static_cast<Hop*>(context);
  const std::size_t limit = hop.options->max_body_bytes;
  if (hop.body.size() + count > limit) {
    Stop(hop, RefusalReason::kTooLarge, ErrorKind::kExhausted,
         fmt::format("{} answered with a body of more than {} bytes",
                     hop.request->destination->host, limit));
    return 0;
  }
  hop.body.append(data, count);
  return count;
}

// Called for each line, the status line and trailers included.
std::size_t TakeHeader(char* /*data*/, std::size_t /*size*/, std::size_t count, void* context) {
  auto& hop = *static_cast<Hop*>(context);
  hop.header_bytes += count;
  ++hop.header_lines;
  const FetchOptions& options = *hop.options;
  const std::string& host = hop.request->destination->host;
  if (hop.header_bytes > options.max_header_bytes) {
    Stop(hop, RefusalReason::kHeaders, ErrorKind::kExhausted,
         fmt::format("{} answered with headers of more than {} bytes", host,
                     options.max_header_bytes));
    return 0;
  }
  if (hop.header_lines > options.max_header_lines) {
    Stop(hop, RefusalReason::kHeaders, ErrorKind::kExhausted,
         fmt::format("{} answered with headers of more than {} lines", host,
                     options.max_header_lines));
    return 0;
  }
  return count;
}

// "wiki.example.com:443:192.0.2.1,[2001:db8::1]": curl looks nothing up itself.
// Not for a URL with an address, which curl takes as it is.
std::string PinnedAddresses(const Request& request) {
  std::string pinned = fmt::format("{}:{}:", request.destination->host, request.destination->port);
  for (const Address& address : request.guard->addresses()) {
    if (pinned.back() != ':') pinned += ',';
    const std::string text = address.ToString();
    pinned += text.find(':') == std::string::npos ? text : "[" + text + "]";
  }
  return pinned;
}

CurlList Append(CurlList list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer != nullptr) {
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

CurlList ConditionsOf(const Request& request) {
  CurlList headers(nullptr, &curl_slist_free_all);
  if (request.remembered == nullptr) return headers;
  const RememberedPage& page = *request.remembered;
  if (!page.etag.empty()) headers = Append(std::move(headers), "If-None-Match: " + page.etag);
  if (!page.last_modified.empty()) {
    headers = Append(std::move(headers), "If-Modified-Since: " + page.last_modified);
  }
  return headers;
}

void ConfigureProtocol(CURL* curl, const Destination& destination, const FetchOptions& options) {
  curl_easy_setopt(curl, CURLOPT_URL, destination.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, destination.scheme.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // The environment must not choose a way around.
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "launchgate-evidence/1");
}

void ConfigureBounds(CURL* curl, Hop& hop) {
  const auto timeout = hop.request->timeout;
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::min(hop.options->connect_timeout, timeout).count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kLowSpeedBytesPerSecond);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kLowSpeedSeconds);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, &BeforeRequest);
  curl_easy_setopt(curl, CURLOPT_PREREQDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &hop);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &TakeHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &hop);
}

Failure Explain(CURLcode code, Hop& hop) {
  const std::string& host = hop.request->destination->host;
  if (hop.stopped) return *std::move(hop.stopped);
  Failure failure;
  if (code == CURLE_OPERATION_TIMEDOUT) failure.reason = RefusalReason::kTimeout;
  failure.error = {ErrorKind::kUnavailable, fmt::format("{}: {}", host, curl_easy_strerror(code))};
  return failure;
}

// The value of a header that stands once in the final answer; else empty.
std::string HeaderOf(CURL* curl, const char* name) {
  curl_header* header = nullptr;
  const CURLHcode code = curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header);
  return code == CURLHE_OK && header->amount == 1 ? header->value : "";
}

// In any of the Cache-Control headers, letter case aside.
bool ForbidsRemembering(CURL* curl) {
  curl_header* header = nullptr;
  for (std::size_t i = 0;
       curl_easy_header(curl, "Cache-Control", i, CURLH_HEADER, -1, &header) == CURLHE_OK; ++i) {
    std::string value = header->value;
    std::ranges::transform(value, value.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (value.find("no-store") != std::string::npos) return true;
  }
  return false;
}

Answer Read(CURL* curl, Hop& hop) {
  Answer answer;
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  const char* type = nullptr;
  curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  const char* redirect = nullptr;
  curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &redirect);
  answer.status = static_cast<int>(status);
  answer.page.etag = HeaderOf(curl, "ETag");
  answer.page.last_modified = HeaderOf(curl, "Last-Modified");
  answer.page.content_type = type == nullptr ? "" : type;
  answer.page.body = std::move(hop.body);
  answer.redirect = redirect == nullptr ? "" : redirect;
  answer.may_remember = !ForbidsRemembering(curl);
  return answer;
}

}  // namespace

void InitializeCurl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

tl::expected<Answer, Failure> Exchange(const Request& request, const FetchOptions& options) {
  Hop hop;
  hop.request = &request;
  hop.options = &options;
  // Freed after the handle that uses them.
  const CurlList conditions = ConditionsOf(request);
  CurlList pinned(nullptr, &curl_slist_free_all);
  if (!Address::Parse(request.destination->host)) {
    pinned = Append(std::move(pinned), PinnedAddresses(request));
  }
  const CurlHandle curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) {
    return tl::unexpected(
        Failure{{}, base::Error{ErrorKind::kInternal, "libcurl could not be initialised"}});
  }
  ConfigureProtocol(curl.get(), *request.destination, options);
  ConfigureBounds(curl.get(), hop);
  if (pinned) curl_easy_setopt(curl.get(), CURLOPT_RESOLVE, pinned.get());
  if (conditions) curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, conditions.get());
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return tl::unexpected(Explain(code, hop));
  return Read(curl.get(), hop);
}

}  // namespace launchgate::fetch::internal
