// Finds how a kind that somebody names ("batch/v1", "Job") is served: its plural
// name and scope. For kinds that users choose; the ones we know are constants in
// resource.h.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "shell/kube/client.h"
#include "shell/kube/resource.h"

namespace launchgate::kube {

// How many different kinds are remembered; more are kExhausted.
inline constexpr std::size_t kMaxFoundKinds = 64;

// What an APIResourceList says of `kind`. kNotFound when it is not in it.
struct NamedResource {
  std::string plural;
  bool namespaced = true;
};
base::Result<NamedResource> ReadResource(std::string_view api_resource_list, std::string_view kind);

// The versions of an APIGroup, the preferred one first.
base::Result<std::vector<std::string>> ReadVersions(std::string_view api_group);
// No group of Kubernetes has more.
inline constexpr std::size_t kMaxVersions = 16;

// Thread-safe; Find() blocks the first time it is asked for a kind. What was
// found is remembered for good, what was not is asked for again.
class KindFinder {
 public:
  explicit KindFinder(Client& client) : client_(client) {}  // Must outlive this object.

  // The kind in the named version where the server has it, else in another one of
  // its group, the preferred one first: an author who writes policy/v1 means the
  // kind, also on a server that has only v1beta1. kUnsupported when the server does not have the
  // kind; other errors say that it could not be asked. The result is valid as
  // long as this object.
  base::Result<const ResourceType*> Find(std::string_view api_version, std::string_view kind,
                                         std::stop_token stop);

 private:
  struct Found {
    std::string group, version, plural, kind;  // What `type` points into.
    ResourceType type;
  };
  // kNotFound when the group has no such version or the version no such kind.
  base::Result<NamedResource> Ask(std::string_view group, std::string_view version,
                                  std::string_view kind, std::stop_token stop);
  // The version of the group, other than `named`, that has the kind, and how.
  base::Result<std::pair<std::string, NamedResource>> AskOtherVersions(std::string_view group,
                                                                       std::string_view named,
                                                                       std::string_view kind,
                                                                       std::stop_token stop);

  Client& client_;
  std::mutex mutex_;         // Guards what follows.
  std::deque<Found> found_;  // A deque: its elements stay where they are.
  std::map<std::pair<std::string, std::string>, const ResourceType*, std::less<>> by_name_;
};

}  // namespace launchgate::kube
