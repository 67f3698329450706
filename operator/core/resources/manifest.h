// What a manifest is: one JSON object in, one typed resource out. Used by the
// command line for files and by the informers for watched objects.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/budget_review.h"
#include "core/resources/error_budget.h"
#include "core/resources/freeze_window.h"
#include "core/resources/launch_authority.h"
#include "core/resources/launch_review.h"
#include "core/resources/launch_verdict.h"
#include "core/resources/meta.h"
#include "core/resources/readiness_checklist.h"
#include "core/resources/target.h"

namespace launchgate::resources {

// A source of evidence. Entries that are not text are left out.
struct ConfigMap {
  Meta meta;
  std::map<std::string, std::string> data;
};

struct Namespace {
  Meta meta;
  std::string gate;  // Value of the label launchgate.dev/gate; empty without it.
  std::map<std::string, std::string> labels;  // All of them: FreezeWindows select by them.
};

// An object of a kind that can be reviewed.
struct Workload {
  TargetRef target;
  Meta meta;
  std::shared_ptr<const json::Json> object;  // The whole object; never null.
};

// Anything else. Never an error: files hold Services and the like as well.
struct OtherObject {
  std::string api_version;
  std::string kind;
  Meta meta;
};

using ManifestContent =
    std::variant<OtherObject, LaunchReview, ReadinessChecklist, LaunchVerdict, LaunchAuthority,
                 ErrorBudget, BudgetReview, FreezeWindow, ConfigMap, Namespace, Workload>;

struct Manifest {
  ManifestContent content;
  // What is wrong with it. Content with problems must not be used to allow anything.
  std::vector<json::Problem> problems;
};

// Decided by the group of apiVersion and by kind. An object of our group with
// an unknown kind or version is an OtherObject with a problem.
Manifest ReadManifest(const json::Json& object);

// Like ReadManifest, but the items of a `kind: List` (what `kubectl get -o yaml`
// prints) each become a manifest of their own.
std::vector<Manifest> ReadManifests(const json::Json& document);

// For watched objects, where the caller knows the kind: items of a list
// response carry neither apiVersion nor kind.
Meta ParseMeta(const json::Json& object, std::vector<json::Problem>& problems);
ConfigMap ParseConfigMap(const json::Json& object, std::vector<json::Problem>& problems);
Namespace ParseNamespace(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
