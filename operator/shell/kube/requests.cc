#include "shell/kube/requests.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "shell/kube/object.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;
using transport::HttpRequest;

constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kMergePatchType = "application/merge-patch+json";
constexpr std::string_view kApplyPatchType = "application/apply-patch+yaml";

// Query parameters in the order they are added; values are encoded here.
class Query {
 public:
  void Add(std::string_view name, std::string_view value) {
    text_ += text_.empty() ? '?' : '&';
    text_.append(name).append("=").append(PercentEncode(value));
  }
  void AddUnlessEmpty(std::string_view name, std::string_view value) {
    if (!value.empty()) Add(name, value);
  }
  void AddDryRun(bool dry_run) {
    if (dry_run) Add("dryRun", "All");
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string AcceptFor(Content content, std::string_view metadata_kind) {
  if (content == Content::kFull) return std::string(kJsonType);
  // The plain type comes second for servers that cannot reduce this kind.
  return "application/json;as=" + std::string(metadata_kind) +
         ";g=meta.k8s.io;v=v1,application/json";
}

HttpRequest Describe(std::string method, const std::string& path, const Query& query) {
  HttpRequest request;
  request.method = std::move(method);
  request.target = path + query.text();
  request.headers = {{"Accept", std::string(kJsonType)}};
  return request;
}

base::Result<HttpRequest> WithBody(HttpRequest request, std::string_view content_type,
                                   const Json& body) {
  base::Result<std::string> text = DumpJson(body);
  if (!text) return base::Wrap(request.method + " " + request.target, text.error());
  if (text->size() > kMaxRequestBytes) {
    return base::Fail(base::ErrorKind::kExhausted,
                      request.method + " " + request.target + ": the body has " +
                          std::to_string(text->size()) + " bytes, more than the " +
                          std::to_string(kMaxRequestBytes) + " an API server can store");
  }
  request.headers.emplace_back("Content-Type", std::string(content_type));
  request.body = std::move(*text);
  return request;
}

// `key` and the object's own metadata must not name two different objects.
base::Status CheckNames(const Json& object, std::string_view ns, std::string_view name) {
  if (!object.is_object()) {
    return base::Fail(base::ErrorKind::kInvalid, "the body is not a JSON object");
  }
  const auto metadata = object.find("metadata");
  if (metadata == object.end()) return {};
  const auto differs = [&](const char* field, std::string_view expected) {
    const auto found = metadata->find(field);
    return found != metadata->end() && *found != Json(expected);
  };
  if (!metadata->is_object() || differs("namespace", ns) ||
      (!name.empty() && differs("name", name))) {
    return base::Fail(base::ErrorKind::kInvalid,
                      "the object's metadata names another object than the request");
  }
  return {};
}

}  // namespace

base::Result<HttpRequest> GetRequest(const ResourceType& type, const ObjectKey& key,
                                     Content content) {
  const auto path = ObjectPath(type, key);
  if (!path) return tl::unexpected(path.error());
  HttpRequest request = Describe("GET", *path, Query());
  request.headers[0].second = AcceptFor(content, "PartialObjectMetadata");
  return request;
}

base::Result<HttpRequest> ListRequest(const ResourceType& type, std::string_view ns,
                                      const ListOptions& options) {
  const auto path = CollectionPath(type, ns);
  if (!path) return tl::unexpected(path.error());
  if (!options.continue_token.empty() && !options.resource_version.empty()) {
    return base::Fail(base::ErrorKind::kInvalid,
                      "a continued list cannot also name a resourceVersion");
  }
  Query query;
  if (options.limit > 0) query.Add("limit", std::to_string(options.limit));
  query.AddUnlessEmpty("continue", options.continue_token);
  query.AddUnlessEmpty("fieldSelector", options.field_selector);
  query.AddUnlessEmpty("labelSelector", options.label_selector);
  query.AddUnlessEmpty("resourceVersion", options.resource_version);
  HttpRequest request = Describe("GET", *path, query);
  request.headers[0].second = AcceptFor(options.content, "PartialObjectMetadataList");
  return request;
}

base::Result<HttpRequest> WatchRequest(const ResourceType& type, std::string_view ns,
                                       const WatchOptions& options) {
  const auto path = CollectionPath(type, ns);
  if (!path) return tl::unexpected(path.error());
  Query query;
  query.Add("watch", "true");
  if (options.allow_bookmarks) query.Add("allowWatchBookmarks", "true");
  query.Add("timeoutSeconds", std::to_string(options.timeout.count()));
  query.AddUnlessEmpty("fieldSelector", options.field_selector);
  query.AddUnlessEmpty("labelSelector", options.label_selector);
  query.AddUnlessEmpty("resourceVersion", options.resource_version);
  HttpRequest request = Describe("GET", *path, query);
  // Watch events wrap one object each, so the reduced form is the singular one.
  request.headers[0].second = AcceptFor(options.content, "PartialObjectMetadata");
  return request;
}

base::Result<HttpRequest> CreateRequest(const ResourceType& type, std::string_view ns,
                                        const Json& object, const WriteOptions& options) {
  if (type.namespaced && ns.empty()) {
    return base::Fail(base::ErrorKind::kInvalid,
                      "a namespace is missing for creating one of " + QualifiedName(type));
  }
  const auto path = CollectionPath(type, ns);
  if (!path) return tl::unexpected(path.error());
  if (auto names = CheckNames(object, ns, ""); !names) return tl::unexpected(names.error());
  Query query;
  query.AddUnlessEmpty("fieldManager", options.field_manager);
  query.AddDryRun(options.dry_run);
  return WithBody(Describe("POST", *path, query), kJsonType, object);
}

base::Result<HttpRequest> ReplaceRequest(const ResourceType& type, const ObjectKey& key,
                                         const Json& object, const WriteOptions& options,
                                         Subresource subresource) {
  const auto path = ObjectPath(type, key, subresource);
  if (!path) return tl::unexpected(path.error());
  if (auto names = CheckNames(object, key.ns, key.name); !names) {
    return tl::unexpected(names.error());
  }
  Query query;
  query.AddUnlessEmpty("fieldManager", options.field_manager);
  query.AddDryRun(options.dry_run);
  return WithBody(Describe("PUT", *path, query), kJsonType, object);
}

base::Result<HttpRequest> ApplyRequest(const ResourceType& type, const ObjectKey& key,
                                       const Json& object, const ApplyOptions& options,
                                       Subresource subresource) {
  const auto path = ObjectPath(type, key, subresource);
  if (!path) return tl::unexpected(path.error());
  if (options.field_manager.empty()) {
    return base::Fail(base::ErrorKind::kInvalid, "server-side apply needs a field manager");
  }
  if (auto names = CheckNames(object, key.ns, key.name); !names) {
    return tl::unexpected(names.error());
  }
  Json body = object;
  body.emplace("apiVersion", ApiVersion(type));
  body.emplace("kind", type.kind);
  Json& metadata = body["metadata"];
  metadata["name"] = key.name;
  if (!key.ns.empty()) metadata["namespace"] = key.ns;

  Query query;
  query.Add("fieldManager", options.field_manager);
  query.Add("force", options.force ? "true" : "false");
  query.AddDryRun(options.dry_run);
  return WithBody(Describe("PATCH", *path, query), kApplyPatchType, body);
}

base::Result<HttpRequest> MergePatchRequest(const ResourceType& type, const ObjectKey& key,
                                            const Json& patch, const WriteOptions& options,
                                            Subresource subresource) {
  const auto path = ObjectPath(type, key, subresource);
  if (!path) return tl::unexpected(path.error());
  if (auto names = CheckNames(patch, key.ns, key.name); !names) {
    return tl::unexpected(names.error());
  }
  Query query;
  query.AddUnlessEmpty("fieldManager", options.field_manager);
  query.AddDryRun(options.dry_run);
  return WithBody(Describe("PATCH", *path, query), kMergePatchType, patch);
}

base::Result<HttpRequest> DeleteRequest(const ResourceType& type, const ObjectKey& key,
                                        const DeleteOptions& options) {
  const auto path = ObjectPath(type, key);
  if (!path) return tl::unexpected(path.error());
  Json body = {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}};
  if (!options.uid.empty()) body["preconditions"]["uid"] = options.uid;
  if (!options.resource_version.empty()) {
    body["preconditions"]["resourceVersion"] = options.resource_version;
  }
  if (options.dry_run) body["dryRun"] = {"All"};
  return WithBody(Describe("DELETE", *path, Query()), kJsonType, body);
}

}  // namespace launchgate::kube
