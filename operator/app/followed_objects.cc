#include "app/followed_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/resources/target.h"
#include "platform/log.h"

namespace launchgate::app {
namespace {

std::string GroupOf(const std::string& api_version) {
  const std::size_t slash = api_version.find('/');
  return slash == std::string::npos ? "" : api_version.substr(0, slash);
}

std::string NameOf(const FollowedKind& kind) { return kind.api_version + " " + kind.kind; }

// What a change of an object is told by. The status of a workload changes with
// every Pod, and evidence about it looks at its spec.
std::string VersionText(const kube::ObjectMeta& meta, bool is_target) {
  if (is_target && meta.generation > 0) return fmt::format("{}:{}", meta.uid, meta.generation);
  return fmt::format("{}:{}", meta.uid, meta.resource_version);
}

}  // namespace

FollowedObjects::FollowedObjects(const kube::InformerContext& context, kube::Client& client,
                                 std::uint64_t seed)
    : context_(context), client_(client), finder_(client), next_seed_(seed) {}

FollowedObjects::~FollowedObjects() { Stop(); }

void FollowedObjects::Start(const std::vector<FollowedKind>& at_once) {
  {
    const std::lock_guard lock(mutex_);
    for (const FollowedKind& kind : at_once) TryFollowLocked(kind, FindOrAddLocked(kind));
  }
  looker_ = std::jthread([this](std::stop_token stop) { LookForMissingKinds(std::move(stop)); });
}

void FollowedObjects::Stop() {
  stop_.request_stop();
  if (looker_.joinable()) {
    looker_.request_stop();
    looker_.join();
  }
  std::vector<kube::Informer<Record>*> informers;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, followed] : followed_) {
      if (followed->informer) informers.push_back(followed->informer.get());
    }
  }
  // Without the mutex: a handler that runs to its end needs it.
  for (auto* informer : informers) informer->Stop();
}

bool FollowedObjects::HasSynced() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, followed] : followed_) {
    if (followed->informer && !followed->waited && !followed->informer->HasSynced()) return false;
  }
  return true;
}

std::string FollowedObjects::VersionOf(const FollowedKind& kind, const kube::ObjectKey& key) {
  const View view = Follow(kind);
  if (view.informer == nullptr) return "";
  const auto record = view.informer->Get(key);
  return record ? record->version : "";
}

std::string FollowedObjects::VersionOfAll(const FollowedKind& kind, const std::string& ns) {
  Follow(kind);
  const std::lock_guard lock(mutex_);
  return std::to_string(FindOrAddLocked(kind).changes[ns]);
}

base::Result<kube::Object> FollowedObjects::Read(const FollowedKind& kind,
                                                 const kube::ObjectKey& key) {
  const auto type = TypeOf(kind);
  if (!type) return tl::unexpected(type.error());
  auto object = client_.Get(**type, key, stop_.get_token());
  if (!object) return tl::unexpected<base::Error>(object.error());
  return *std::move(object);
}

base::Result<std::vector<kube::Object>> FollowedObjects::ReadAll(const FollowedKind& kind,
                                                                 const std::string& ns) {
  const auto type = TypeOf(kind);
  if (!type) return tl::unexpected(type.error());
  std::vector<kube::Object> objects;
  const auto listed = client_.List(
      **type, ns, kube::ListOptions(),
      [&](kube::ListPage page) {
        std::ranges::move(page.items, std::back_inserter(objects));
        return true;
      },
      stop_.get_token());
  if (!listed) return tl::unexpected<base::Error>(listed.error());
  return objects;
}

base::Result<const kube::ResourceType*> FollowedObjects::TypeOf(const FollowedKind& kind) {
  const View view = Follow(kind);
  if (view.type == nullptr) return tl::unexpected(view.missing);
  if (!view.type->namespaced) {
    return base::Fail(base::ErrorKind::kInvalid,
                      fmt::format("objects of kind {} belong to no namespace and cannot be "
                                  "evidence",
                                  kind.kind));
  }
  return view.type;
}

FollowedObjects::View FollowedObjects::Follow(const FollowedKind& kind) {
  View view;
  bool wait = false;
  {
    const std::lock_guard lock(mutex_);
    const bool known = followed_.contains(NameOf(kind));
    Followed& followed = FindOrAddLocked(kind);
    if (!known) TryFollowLocked(kind, followed);
    view = {followed.type, followed.missing, followed.informer.get()};
    wait = view.informer != nullptr && !std::exchange(followed.waited, true);
  }
  // Outside of the mutex: the handlers of the list's objects need it.
  if (wait) view.informer->WaitForSync(stop_.get_token(), kWaitForKind);
  return view;
}

FollowedObjects::Followed& FollowedObjects::FindOrAddLocked(const FollowedKind& kind) {
  auto& followed = followed_[NameOf(kind)];
  if (!followed) {
    followed = std::make_unique<Followed>();
    followed->group = GroupOf(kind.api_version);
    followed->kind = kind.kind;
    followed->missing = {base::ErrorKind::kUnavailable, "the API server was not asked yet"};
  }
  return *followed;
}

void FollowedObjects::TryFollowLocked(const FollowedKind& name, Followed& followed) {
  const auto type = finder_.Find(name.api_version, name.kind, stop_.get_token());
  if (!type) {
    followed.missing = type.error();
    return;
  }
  followed.type = *type;
  if (!(*type)->namespaced) return;
  kube::InformerOptions options;
  options.type = **type;
  options.content = kube::Content::kMetadataOnly;
  options.seed = next_seed_++;
  const bool is_target = resources::ParseTargetKind(followed.group, followed.kind).has_value();
  followed.informer = std::make_unique<kube::Informer<Record>>(
      context_, options, [is_target](const kube::RawObject& object) -> base::Result<Record> {
        return Record{VersionText(object.meta, is_target)};
      });
  followed.informer->AddHandler(
      [this, &followed](const auto& change) { OnRecord(followed, change); });
  followed.informer->Start();
}

void FollowedObjects::OnRecord(Followed& followed, const kube::Change<Record>& change) {
  if (change.before && change.after && change.before->version == change.after->version) return;
  {
    const std::lock_guard lock(mutex_);
    ++followed.changes[change.meta.key.ns];
  }
  if (handler_) handler_(followed.group, followed.kind, change.meta.key);
}

void FollowedObjects::LookForMissingKinds(std::stop_token stop) {
  while (context_.waiter.Wait(kLookForKindEvery, stop)) {
    std::vector<const Followed*> appeared;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, followed] : followed_) {
        if (followed->type != nullptr) continue;
        const std::size_t space = name.find(' ');
        TryFollowLocked({name.substr(0, space), name.substr(space + 1)}, *followed);
        if (followed->type != nullptr) appeared.push_back(followed.get());
      }
    }
    for (const Followed* followed : appeared) {
      platform::log::Info("a kind of object that evidence names is installed now",
                          {{"group", followed->group}, {"kind", followed->kind}});
      if (handler_) handler_(followed->group, followed->kind, kube::ObjectKey());
    }
  }
}

}  // namespace launchgate::app
