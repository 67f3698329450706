// Kubernetes API calls described as values, not sent. URL and body logic is
// here and nowhere else. Pure functions, safe from any thread.
//
// All return kInvalid when a name cannot be part of a path (resource.h) or a
// body cannot be written as JSON. Wire format: Kubernetes API concepts,
// https://kubernetes.io/docs/reference/using-api/api-concepts/.
#pragma once

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "shell/kube/resource.h"
#include "shell/transport/transport.h"

namespace launchgate::kube {

// Objects larger than etcd's 1.5 MiB request limit cannot be stored, so no
// larger body is ever sent.
inline constexpr std::size_t kMaxRequestBytes = 3U << 20U;

inline constexpr int kDefaultPageSize = 500;

// Which parts of an object the server should send.
enum class Content {
  kFull,
  kMetadataOnly,  // PartialObjectMetadata(List): a fraction of the size and of the memory.
};

struct ListOptions {
  std::string label_selector;
  std::string field_selector;
  int limit = kDefaultPageSize;  // Objects a page; 0 asks for all at once.
  std::string continue_token;    // From the page before; `resource_version` must then be empty.
  // Empty: the newest state (quorum read). "0": whatever the server has cached.
  std::string resource_version;
  Content content = Content::kFull;
};

struct WatchOptions {
  std::string label_selector;
  std::string field_selector;
  std::string resource_version;  // Start after this version, as a list or bookmark gave it.
  // The server ends the watch after this long. Choose 240 to 300 s with jitter,
  // so that watches do not all renew together. (THREATS T63.)
  std::chrono::seconds timeout{270};
  bool allow_bookmarks = true;
  Content content = Content::kFull;
};

struct WriteOptions {
  std::string field_manager;  // Empty: the server derives it from the user agent.
  bool dry_run = false;       // Validated and admitted, but not stored.
};

struct ApplyOptions {
  std::string field_manager;  // Required: who owns the fields from now on.
  bool force = false;         // Take fields over from other managers instead of a conflict.
  bool dry_run = false;
};

struct DeleteOptions {
  // Preconditions: the delete is a kConflict when the object differs. Empty: unconditional.
  std::string uid;
  std::string resource_version;
  bool dry_run = false;
};

base::Result<transport::HttpRequest> GetRequest(const ResourceType& type, const ObjectKey& key,
                                                Content content = Content::kFull);

// An empty `ns` lists every namespace.
base::Result<transport::HttpRequest> ListRequest(const ResourceType& type, std::string_view ns,
                                                 const ListOptions& options);

// For Transport::Stream(); its timeout covers only the wait for the headers.
base::Result<transport::HttpRequest> WatchRequest(const ResourceType& type, std::string_view ns,
                                                  const WatchOptions& options);

// `object` carries metadata.name; `ns` must match metadata.namespace where that is set.
base::Result<transport::HttpRequest> CreateRequest(const ResourceType& type, std::string_view ns,
                                                   const nlohmann::json& object,
                                                   const WriteOptions& options);

// PUT. With metadata.resourceVersion in `object` it is conditional (kConflict
// when somebody wrote meanwhile); without, the last writer wins.
base::Result<transport::HttpRequest> ReplaceRequest(const ResourceType& type, const ObjectKey& key,
                                                    const nlohmann::json& object,
                                                    const WriteOptions& options,
                                                    Subresource subresource = Subresource::kNone);

// Server-side apply: creates or updates exactly the fields in `object`, and
// removes those this manager applied before and no longer does. `apiVersion`,
// `kind` and `metadata.name` are filled in where absent. Sent as JSON, which is
// YAML. kInvalid without a field manager.
base::Result<transport::HttpRequest> ApplyRequest(const ResourceType& type, const ObjectKey& key,
                                                  const nlohmann::json& object,
                                                  const ApplyOptions& options,
                                                  Subresource subresource = Subresource::kNone);

// JSON merge patch (RFC 7386): null removes a field. With
// metadata.resourceVersion inside `patch` it is conditional.
base::Result<transport::HttpRequest> MergePatchRequest(
    const ResourceType& type, const ObjectKey& key, const nlohmann::json& patch,
    const WriteOptions& options, Subresource subresource = Subresource::kNone);

base::Result<transport::HttpRequest> DeleteRequest(const ResourceType& type, const ObjectKey& key,
                                                   const DeleteOptions& options);

}  // namespace launchgate::kube
