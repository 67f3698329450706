// The identity of a pod template: what a verdict binds to and what
// approvedRevisions remembers. Pure functions, safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/json/json.h"

namespace launchgate::admission {

// "v1:sha256:<64 lowercase hex digits>": SHA-256 of the canonical JSON of the
// whole template, without
//   - the annotation kubectl.kubernetes.io/restartedAt (and annotations and
//     metadata that are empty without it), so that `kubectl rollout restart` is
//     not a new revision;
//   - members that are null: 1.20 writes "creationTimestamp": null into every
//     template and 1.36 does not, yet both mean the same template.
// Nothing else is left out, whatever fields future API versions add. The prefix
// names this rule; another rule gets another prefix. (THREATS T16.)
std::string TemplateHash(const json::Json& pod_template);

// The same of a workload as the API returns it: Deployment, StatefulSet,
// DaemonSet, CronJob, Rollout, ReplicaSet, ReplicationController or Job (kinds.h
// says where each has it). kInvalid for any other kind, for a workload
// without a template and for a Rollout whose template is elsewhere (workloadRef).
base::Result<std::string> TemplateHashOfWorkload(const json::Json& workload);

// "v1:sha256:…" of canonical JSON written with TemplateCanonicalOptions(): for
// the decoder, which writes it from a simdjson document.
std::string HashOfCanonicalTemplate(std::string_view canonical);
json::CanonicalOptions TemplateCanonicalOptions();
// For the object that has the template as its member "template" (a job's spec).
json::CanonicalOptions TemplateParentCanonicalOptions();

}  // namespace launchgate::admission
