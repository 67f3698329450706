// Objects of any kind that evidence may name: which version each has, from
// watches of metadata, and their bodies, read when needed and not kept. A kind
// is followed from the first time somebody asks about it; one that the cluster
// does not have is looked for until its CRD is installed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "shell/kube/client.h"
#include "shell/kube/informer.h"
#include "shell/kube/kind_finder.h"

namespace launchgate::app {

// How often a kind that is not installed is looked for again.
inline constexpr std::chrono::milliseconds kLookForKindEvery{2'000};
// The first question about a kind waits this long for its first list.
inline constexpr std::chrono::milliseconds kWaitForKind{5'000};

struct FollowedKind {
  std::string api_version;  // "batch/v1"
  std::string kind;         // "Job"
};

// Thread-safe.
class FollowedObjects {
 public:
  // Something about an object changed. With an empty `key.name`: about any
  // object of the kind, since the kind itself appeared.
  using ChangeHandler = std::function<void(const std::string& group, const std::string& kind,
                                           const kube::ObjectKey& key)>;

  // All must outlive this object.
  FollowedObjects(const kube::InformerContext& context, kube::Client& client, std::uint64_t seed);
  ~FollowedObjects();

  void OnChange(ChangeHandler handler) { handler_ = std::move(handler); }  // Before Start().
  // Follows these kinds from the start.
  void Start(const std::vector<FollowedKind>& at_once);
  void Stop();
  // Whether every kind that exists was listed; kinds that may not be read do not count.
  bool HasSynced() const;

  // Changes whenever the object does; empty when there is none. For the kinds
  // that are reviewed, whose status changes all the time, only the generation
  // counts.
  std::string VersionOf(const FollowedKind& kind, const kube::ObjectKey& key);
  // Changes whenever any object of the kind in the namespace does.
  std::string VersionOfAll(const FollowedKind& kind, const std::string& ns);

  // kUnsupported when the cluster does not have the kind, kNotFound when there
  // is no such object.
  base::Result<kube::Object> Read(const FollowedKind& kind, const kube::ObjectKey& key);
  base::Result<std::vector<kube::Object>> ReadAll(const FollowedKind& kind, const std::string& ns);

 private:
  struct Record {
    std::string version;
  };
  struct Followed {
    std::string group;
    std::string kind;
    const kube::ResourceType* type = nullptr;  // Null: the cluster does not have it (yet).
    base::Error missing;                       // Why `type` is null.
    std::unique_ptr<kube::Informer<Record>> informer;
    bool waited = false;                           // The first list was waited for.
    std::map<std::string, std::uint64_t> changes;  // Per namespace.
  };

  // What is known of one kind; the informer lives as long as this object.
  struct View {
    const kube::ResourceType* type = nullptr;
    base::Error missing;
    kube::Informer<Record>* informer = nullptr;
  };

  // Asks for the kind and follows it when it is new.
  View Follow(const FollowedKind& kind);
  Followed& FindOrAddLocked(const FollowedKind& kind);
  void TryFollowLocked(const FollowedKind& name, Followed& followed);
  base::Result<const kube::ResourceType*> TypeOf(const FollowedKind& kind);
  void LookForMissingKinds(std::stop_token stop);
  void OnRecord(Followed& followed, const kube::Change<Record>& change);

  const kube::InformerContext context_;
  kube::Client& client_;
  kube::KindFinder finder_;
  std::uint64_t next_seed_;
  ChangeHandler handler_;
  std::stop_source stop_;
  std::jthread looker_;

  mutable std::mutex mutex_;  // Guards what follows; a Followed is never removed or moved.
  std::map<std::string, std::unique_ptr<Followed>> followed_;  // Per "apiVersion kind".
};

}  // namespace launchgate::app
