#include "shell/kube/client.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;
using transport::HttpRequest;
using transport::HttpResponse;

// Whether a second execution of a write would be noticed by the server.
bool IsConditional(const Json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return false;
  const auto version = metadata->find("resourceVersion");
  return version != metadata->end() && version->is_string() &&
         !version->get_ref<const std::string&>().empty();
}

std::string Printable(const ObjectKey& key) {
  return base::Printable(ToString(key), base::kMaxQuotedBytes);
}

}  // namespace

Client::Client(transport::Transport& transport, const clock::Clock& clock, Waiter& waiter,
               const ClientOptions& options, std::uint64_t seed, RequestObserver* observer)
    : transport_(transport),
      clock_(clock),
      waiter_(waiter),
      options_(options),
      observer_(observer),
      limiter_(options.rate, clock.Monotonic()),
      next_seed_(seed) {}

Client::Call Client::MakeCall(std::string_view verb, const ResourceType& type,
                              std::string_view name, Repeat repeat) const {
  std::string what = std::string(verb) + " " + QualifiedName(type);
  if (!name.empty()) what.append(" ").append(name);
  return {std::move(what), &type, repeat, options_.timeout};
}

ApiResult<Object> Client::Get(const ResourceType& type, const ObjectKey& key, std::stop_token stop,
                              Content content) {
  return DoForObject(MakeCall("get", type, Printable(key), Repeat::kSafe),
                     GetRequest(type, key, content), std::move(stop));
}

ApiResult<std::string> Client::List(const ResourceType& type, std::string_view ns,
                                    const ListOptions& options, const PageSink& sink,
                                    std::stop_token stop) {
  Call call = MakeCall("list", type, base::Printable(ns, base::kMaxQuotedBytes), Repeat::kSafe);
  call.timeout = options_.list_timeout;
  ListOptions page_options = options;
  std::string version;
  std::size_t listed = 0;
  while (true) {
    const ApiResult<HttpResponse> response = Do(call, ListRequest(type, ns, page_options), stop);
    if (!response) return tl::unexpected(response.error());
    base::Result<ListPage> page = ParseListPage(type, response->body);
    if (!page) return tl::unexpected(Unanswered(call.what, page.error()));

    listed += page->items.size();
    if (listed > kMaxListedObjects) {
      return tl::unexpected(
          Unanswered(call.what, {base::ErrorKind::kExhausted,
                                 "more than " + std::to_string(kMaxListedObjects) + " objects"}));
    }
    version = page->resource_version;
    std::string next = page->continue_token;
    if (!sink(std::move(*page)) || next.empty()) return version;
    page_options.continue_token = std::move(next);
    page_options.resource_version.clear();  // The token carries the snapshot.
  }
}

ApiResult<Object> Client::Create(const ResourceType& type, std::string_view ns, const Json& object,
                                 const WriteOptions& options, std::stop_token stop) {
  return DoForObject(MakeCall("create", type, base::Printable(ns, base::kMaxQuotedBytes),
                              Repeat::kOnlyIfNotExecuted),
                     CreateRequest(type, ns, object, options), std::move(stop));
}

ApiResult<Object> Client::Replace(const ResourceType& type, const ObjectKey& key,
                                  const Json& object, const WriteOptions& options,
                                  std::stop_token stop, Subresource subresource) {
  const Repeat repeat = IsConditional(object) ? Repeat::kSafe : Repeat::kOnlyIfNotExecuted;
  return DoForObject(MakeCall("replace", type, Printable(key), repeat),
                     ReplaceRequest(type, key, object, options, subresource), std::move(stop));
}

ApiResult<Object> Client::Apply(const ResourceType& type, const ObjectKey& key, const Json& object,
                                const ApplyOptions& options, std::stop_token stop,
                                Subresource subresource) {
  return DoForObject(MakeCall("apply", type, Printable(key), Repeat::kSafe),
                     ApplyRequest(type, key, object, options, subresource), std::move(stop));
}

ApiResult<Object> Client::MergePatch(const ResourceType& type, const ObjectKey& key,
                                     const Json& patch, const WriteOptions& options,
                                     std::stop_token stop, Subresource subresource) {
  const Repeat repeat = IsConditional(patch) ? Repeat::kSafe : Repeat::kOnlyIfNotExecuted;
  return DoForObject(MakeCall("patch", type, Printable(key), repeat),
                     MergePatchRequest(type, key, patch, options, subresource), std::move(stop));
}

ApiResult<void> Client::Delete(const ResourceType& type, const ObjectKey& key,
                               const DeleteOptions& options, std::stop_token stop) {
  const bool conditional = !options.uid.empty() || !options.resource_version.empty();
  const Call call = MakeCall("delete", type, Printable(key),
                             conditional ? Repeat::kSafe : Repeat::kOnlyIfNotExecuted);
  const ApiResult<HttpResponse> response =
      Do(call, DeleteRequest(type, key, options), std::move(stop));
  if (!response) return tl::unexpected(response.error());
  return {};
}

ApiResult<std::string> Client::GetText(std::string_view path, std::stop_token stop) {
  HttpRequest request;
  request.target = std::string(path);
  request.headers = {{"Accept", "application/json"}};
  const Call call{"get " + std::string(path), nullptr, Repeat::kSafe, options_.timeout};
  ApiResult<HttpResponse> response = Do(call, std::move(request), std::move(stop));
  if (!response) return tl::unexpected(response.error());
  return std::move(response->body);
}

ApiResult<Object> Client::DoForObject(const Call& call, base::Result<HttpRequest> request,
                                      std::stop_token stop) {
  const ApiResult<HttpResponse> response = Do(call, std::move(request), std::move(stop));
  if (!response) return tl::unexpected(response.error());
  base::Result<Object> object = ParseObject(*call.type, response->body);
  if (!object) return tl::unexpected(Unanswered(call.what, object.error()));
  return std::move(*object);
}

ApiResult<HttpResponse> Client::Do(const Call& call, base::Result<HttpRequest> request,
                                   std::stop_token stop) {
  if (!request) return tl::unexpected(Unanswered(call.what, request.error()));
  request->timeout = call.timeout;
  Backoff backoff(options_.backoff, NextSeed());
  for (int attempt = 1;; ++attempt) {
    ApiResult<HttpResponse> response = TryOnce(call, *request, stop);
    if (response || attempt >= options_.max_attempts || stop.stop_requested() ||
        !ShouldRepeat(call, response.error())) {
      return response;
    }
    const auto asked = response.error().retry_after.value_or(std::chrono::milliseconds(0));
    // Jitter on top of what the server asks, so that its clients come back spread out.
    const auto wait = asked + backoff.Next();
    if (!waiter_.Wait(wait, stop)) return response;
  }
}

ApiResult<HttpResponse> Client::TryOnce(const Call& call, const HttpRequest& request,
                                        std::stop_token stop) {
  if (!WaitForTurn(stop)) {
    return tl::unexpected(
        Unanswered(call.what, {base::ErrorKind::kUnavailable, "stopped before it was sent"}));
  }
  const auto started = clock_.Monotonic();
  base::Result<HttpResponse> response = transport_.Send(request, std::move(stop));
  if (observer_ != nullptr) {
    observer_->OnAnswer(
        request.method, call.type, response ? response->status : 0,
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.Monotonic() - started));
  }
  if (!response) return tl::unexpected(Unanswered(call.what, response.error()));
  if (!Succeeded(*response)) return tl::unexpected(ReadApiError(call.what, *response));
  return std::move(*response);
}

bool Client::ShouldRepeat(const Call& call, const ApiError& error) const {
  if (error.retry_after.value_or(std::chrono::milliseconds(0)) > options_.max_retry_after) {
    return false;
  }
  if (error.http_status == 429) return true;
  // kUnavailable only: after a kConflict somebody has to read again first.
  return call.repeat == Repeat::kSafe && error.kind == base::ErrorKind::kUnavailable;
}

bool Client::WaitForTurn(std::stop_token stop) {
  std::chrono::milliseconds wait{0};
  {
    const std::lock_guard lock(mutex_);
    wait = limiter_.Reserve(clock_.Monotonic());
  }
  return wait.count() == 0 || waiter_.Wait(wait, std::move(stop));
}

std::uint64_t Client::NextSeed() {
  const std::lock_guard lock(mutex_);
  return next_seed_++;
}

}  // namespace launchgate::kube
