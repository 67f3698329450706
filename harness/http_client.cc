#include "harness/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>

namespace harness {
namespace {

using CurlList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

std::size_t TakeBody(char* data, std::size_t /*size*/, std::size_t count, void* context) {
  auto& body = *static_cast<std::string*>(context);
  if (body.size() + count > kMaxAnswerBytes) return 0;
  body.append(data, count);
  return count;
}

CurlList HeadersOf(const Request& request) {
  CurlList headers(nullptr, &curl_slist_free_all);
  // libcurl would name a form, and wait for a "100 Continue" before larger bodies.
  for (const char* line :
       {request.json.empty() ? "Content-Type:" : "Content-Type: application/json", "Expect:"}) {
    curl_slist* const longer = curl_slist_append(headers.get(), line);
    if (longer == nullptr) break;
    (void)headers.release();
    headers.reset(longer);
  }
  return headers;
}

void Describe(CURL* curl, const Request& request) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  if (request.method == "GET") return;
  curl_easy_setopt(curl, CURLOPT_POST, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.json.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.json.c_str());
}

}  // namespace

struct HttpClient::Handle {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(), &curl_easy_cleanup};
};

HttpClient::HttpClient() : handle_(std::make_unique<Handle>()) {}
HttpClient::~HttpClient() = default;

Result<Answer> HttpClient::Send(const Request& request) {
  CURL* const curl = handle_->curl.get();
  if (curl == nullptr) return Fail("libcurl could not be started");
  curl_easy_reset(curl);  // Keeps the connection.
  Describe(curl, request);
  const CurlList headers = HeadersOf(request);
  Answer answer;
  std::array<char, CURL_ERROR_SIZE> why{};
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &TakeBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why.data());
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (code != CURLE_OK) {
    return Fail(fmt::format("{} {}: {}", request.method, request.url,
                            why[0] != '\0' ? why.data() : curl_easy_strerror(code)));
  }
  long status = 0;
  curl_off_t wait = 0;  // 0 where there is no such header.
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &wait);
  answer.status = static_cast<int>(status);
  if (wait > 0) answer.retry_after = std::chrono::seconds(wait);
  return answer;
}

Result<std::string> HttpClient::Get(const std::string& url, std::chrono::milliseconds timeout) {
  auto answer = Send({.url = url, .timeout = timeout});
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status != 200) return Fail(fmt::format("GET {}: answered {}", url, answer->status));
  return std::move(answer->body);
}

}  // namespace harness
