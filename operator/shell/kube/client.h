// Typed calls to one API server, over any Transport. Watches do not pass
// through here (watcher.h): they are streams.
#pragma once

#include <functional>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <string_view>

#include "shell/clock/clock.h"
#include "shell/kube/api_error.h"
#include "shell/kube/backoff.h"
#include "shell/kube/object.h"
#include "shell/kube/rate_limiter.h"
#include "shell/kube/requests.h"
#include "shell/kube/resource.h"
#include "shell/kube/timers.h"
#include "shell/transport/transport.h"

namespace launchgate::kube {

// Told about every answer, for metrics. Called on the thread that asked; must
// be thread-safe, quick, and not call back.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  // `http_status` 0: no answer. `type` is null for paths that name no kind.
  virtual void OnAnswer(std::string_view method, const ResourceType* type, int http_status,
                        std::chrono::milliseconds took) = 0;
};

struct ClientOptions {
  RateLimit rate;        // Of all calls together, retries included.
  int max_attempts = 4;  // First try included; >= 1.
  BackoffOptions backoff{std::chrono::milliseconds(250), std::chrono::seconds(10)};
  // A server that asks for a longer pause is not waited for; the caller gets the error.
  std::chrono::milliseconds max_retry_after{30'000};
  std::chrono::milliseconds timeout{15'000};       // Of one attempt.
  std::chrono::milliseconds list_timeout{60'000};  // Of one page.
};

// More objects of one kind than this are not listed: kExhausted.
inline constexpr std::size_t kMaxListedObjects = 200'000;

// Takes the pages of a list in order; false ends the list early.
using PageSink = std::function<bool(ListPage page)>;

// Thread-safe; every call blocks and ends early when its stop token is stopped.
//
// What is repeated after a failure: reads, server-side applies, and writes that
// carry a resourceVersion or a precondition (a repeat that comes too late is a
// kConflict, never a second change), after a lost answer, 429 or 5xx; any other
// write only after a 429, which says that it was not executed. Retries wait
// with jittered backoff, longer when the server says so.
class Client {
 public:
  // Everything by reference must outlive the client. `observer` may be null.
  // `seed` makes the jitter of different replicas differ.
  Client(transport::Transport& transport, const clock::Clock& clock, Waiter& waiter,
         const ClientOptions& options, std::uint64_t seed, RequestObserver* observer = nullptr);

  ApiResult<Object> Get(const ResourceType& type, const ObjectKey& key, std::stop_token stop,
                        Content content = Content::kFull);

  // All pages from one consistent snapshot; gives the list's resourceVersion,
  // from which a watch may start. kConflict ("Expired") when the snapshot grew
  // too old between pages: list again.
  ApiResult<std::string> List(const ResourceType& type, std::string_view ns,
                              const ListOptions& options, const PageSink& sink,
                              std::stop_token stop);

  // kConflict with reason "AlreadyExists" when the name is taken. Not repeated
  // by us, but a pooled connection may repeat it (cpprest_transport.h): use
  // fixed names, never generateName.
  ApiResult<Object> Create(const ResourceType& type, std::string_view ns,
                           const nlohmann::json& object, const WriteOptions& options,
                           std::stop_token stop);

  ApiResult<Object> Replace(const ResourceType& type, const ObjectKey& key,
                            const nlohmann::json& object, const WriteOptions& options,
                            std::stop_token stop, Subresource subresource = Subresource::kNone);

  ApiResult<Object> Apply(const ResourceType& type, const ObjectKey& key,
                          const nlohmann::json& object, const ApplyOptions& options,
                          std::stop_token stop, Subresource subresource = Subresource::kNone);

  // Apply() to the status subresource. With metadata.resourceVersion in
  // `object`, only if nobody wrote since.
  ApiResult<Object> ApplyStatus(const ResourceType& type, const ObjectKey& key,
                                const nlohmann::json& object, const ApplyOptions& options,
                                std::stop_token stop) {
    return Apply(type, key, object, options, std::move(stop), Subresource::kStatus);
  }

  ApiResult<Object> MergePatch(const ResourceType& type, const ObjectKey& key,
                               const nlohmann::json& patch, const WriteOptions& options,
                               std::stop_token stop, Subresource subresource = Subresource::kNone);

  ApiResult<void> Delete(const ResourceType& type, const ObjectKey& key,
                         const DeleteOptions& options, std::stop_token stop);

  // The body of a GET of a path that names no object ("/version", "/apis/batch/v1").
  // `path` must be a constant or made of checked names: nothing else from outside
  // belongs into it.
  ApiResult<std::string> GetText(std::string_view path, std::stop_token stop);

 private:
  enum class Repeat { kSafe, kOnlyIfNotExecuted };
  struct Call {
    std::string what;  // For messages: "apply deployments.apps shop/gift-cards".
    const ResourceType* type = nullptr;
    Repeat repeat = Repeat::kOnlyIfNotExecuted;
    std::chrono::milliseconds timeout{0};
  };

  ApiResult<transport::HttpResponse> Do(const Call& call,
                                        base::Result<transport::HttpRequest> request,
                                        std::stop_token stop);
  ApiResult<transport::HttpResponse> TryOnce(const Call& call,
                                             const transport::HttpRequest& request,
                                             std::stop_token stop);
  ApiResult<Object> DoForObject(const Call& call, base::Result<transport::HttpRequest> request,
                                std::stop_token stop);
  bool ShouldRepeat(const Call& call, const ApiError& error) const;
  bool WaitForTurn(std::stop_token stop);
  std::uint64_t NextSeed();
  Call MakeCall(std::string_view verb, const ResourceType& type, std::string_view name,
                Repeat repeat) const;

  transport::Transport& transport_;
  const clock::Clock& clock_;
  Waiter& waiter_;
  const ClientOptions options_;
  RequestObserver* const observer_;
  // Guards everything below.
  std::mutex mutex_;
  RateLimiter limiter_;
  std::uint64_t next_seed_;
};

}  // namespace launchgate::kube
