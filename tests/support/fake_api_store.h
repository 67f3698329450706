// The memory of a Kubernetes API server: objects of any kind, one sequence of
// versions, and the history that watches are served from. No I/O.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shell/kube/resource.h"

namespace launchgate::test_support {

using Json = nlohmann::json;
using JsonPointer = std::shared_ptr<const Json>;

// What the server does about a request: a status code and a body.
struct ApiAnswer {
  int code = 200;
  Json body;
};
// A Kubernetes Status object as an answer.
ApiAnswer ApiFailure(int code, std::string reason, std::string message);

// A kind the server serves.
struct ServedKind {
  std::string group;
  std::string version;
  std::string plural;
  std::string kind;
  bool namespaced = true;
  bool has_status = true;  // `status` is written under its own path only.

  std::string Path() const;  // "/apis/apps/v1/deployments", as a key.
};
ServedKind Serve(const kube::ResourceType& type);

// "app=shop,tier!=db" and "metadata.name=x": an empty selector matches all.
struct Selection {
  std::string ns;
  std::string labels;
  std::string fields;
  bool Matches(const Json& object) const;
};

struct StoreEvent {
  std::uint64_t version = 0;
  std::string collection;  // ServedKind::Path().
  std::string type;        // ADDED, MODIFIED, DELETED.
  JsonPointer object;
  JsonPointer before;  // Null for ADDED.
};

// A write as the API server understands it.
struct WriteRequest {
  enum class Verb { kCreate, kReplace, kMergePatch, kJsonPatch, kApply, kDelete };
  Verb verb = Verb::kCreate;
  std::string ns;
  std::string name;
  bool status_only = false;
  bool dry_run = false;
  std::string field_manager;
  Json body;
};

// Follows the rules of the real server where clients can tell the difference:
// uid, resourceVersion, generation, conflicts, no event for a write that changes
// nothing, status apart from the rest, finalizers, removal of fields that an
// applier no longer applies. It validates no schema. Not thread-safe.
class FakeApiStore {
 public:
  // Two stores never hand out the same uid.
  FakeApiStore();

  void AddKind(ServedKind kind);
  void RemoveKind(const std::string& path);
  const std::map<std::string, ServedKind>& kinds() const { return kinds_; }

  ApiAnswer Write(const ServedKind& kind, const WriteRequest& request);
  ApiAnswer Get(const ServedKind& kind, const std::string& ns, const std::string& name) const;
  // One page; `token` as the page before gave it.
  ApiAnswer List(const ServedKind& kind, const Selection& selection, std::size_t limit,
                 const std::string& token);

  // A watch may not start from a version that was compacted away.
  bool IsTooOld(std::uint64_t version) const { return version < floor_; }
  // Everything after `version`, oldest first.
  std::vector<StoreEvent> EventsAfter(const std::string& collection, std::uint64_t version) const;
  // Forgets the history: every version but the present one is "too old" now, and
  // lists under way expire.
  void Compact();

  std::uint64_t version() const { return version_; }
  const std::vector<StoreEvent>& history() const { return history_; }

 private:
  using Objects = std::map<std::pair<std::string, std::string>, JsonPointer>;
  struct Pages {
    std::uint64_t version = 0;
    std::vector<JsonPointer> objects;
    std::size_t next = 0;
  };

  ApiAnswer Create(const ServedKind& kind, const WriteRequest& request);
  ApiAnswer Update(const ServedKind& kind, const WriteRequest& request, const JsonPointer& old);
  ApiAnswer Delete(const ServedKind& kind, const WriteRequest& request, const JsonPointer& old);
  std::optional<Json> Changed(const ServedKind& kind, const WriteRequest& request, const Json& old);
  void Store(const ServedKind& kind, std::string type, Json object, JsonPointer before);
  std::string NewUid();

  std::map<std::string, ServedKind> kinds_;
  std::map<std::string, Objects> objects_;
  std::map<std::string, Pages> pages_;
  std::map<std::string, Json> applied_;  // By uid, manager and part: what was applied last.
  std::vector<StoreEvent> history_;      // Kept whole for the test; see floor_.
  std::uint64_t version_ = 1000;
  std::uint64_t floor_ = 0;  // Watches may start at this version or later.
  std::uint64_t made_ = 0;
  std::uint64_t store_number_ = 0;
};

}  // namespace launchgate::test_support
