// A freeze that begins now: from a few words to a FreezeWindow that is stored.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/json/json.h"
#include "core/resources/freeze_window.h"
#include "shell/kube/client.h"

namespace launchgate::app::cli {

// As they were given; BuildFreeze() reads them.
struct FreezeWords {
  std::string duration;  // "2h"
  std::string reason;
  std::string selector;  // "key=value[,key=value]"; empty: every gated namespace.
  std::string name;      // Empty: freeze-YYYYMMDD-HHMMSS, in UTC.
  std::string owner;     // Empty: `user`.
  std::string contact;   // Empty: the owner.
};

// The FreezeWindow as it is written, and as the operator reads it.
struct NewFreeze {
  json::Json object;
  resources::FreezeWindow window;
};

// A freeze from `now` (without fractions of a second) on. `user` is who calls,
// and may be empty: then an owner must be named. kInvalid names the flag or the
// field and what it must be.
base::Result<NewFreeze> BuildFreeze(const FreezeWords& words, const std::string& user,
                                    base::Time now);

// Stores it and gives what was stored. A window of this name that says the same
// is taken for it (a lost answer, asked again); another one is a kConflict.
base::Result<json::Json> StoreFreeze(kube::Client& client, const NewFreeze& freeze);

// The gated namespaces that it selects, by name.
base::Result<std::vector<std::string>> FrozenNamespaces(kube::Client& client,
                                                        const resources::FreezeWindow& window);

// Until when, where, and how to lift it early: lines for a person. `namespaces`
// as FrozenNamespaces() says; an error leaves their names out.
std::string DescribeFreeze(const resources::FreezeWindow& window,
                           const base::Result<std::vector<std::string>>& namespaces);

}  // namespace launchgate::app::cli
