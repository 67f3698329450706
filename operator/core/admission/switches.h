// Judging one release switch of kinds.h between two versions of an object.
// Internal to this module.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/admission/dom.h"
#include "core/admission/kinds.h"
#include "core/base/result.h"

namespace launchgate::admission::internal {

// Does going from `before` to `after` pull the switch? kInvalid for wrong types.
base::Result<bool> IsPulled(const ReleaseSwitch& release, const Element& before,
                            const Element& after);

// A pod template that can run something: an object whose spec is an object with
// a list of containers. kInvalid for anything else under `path`; nothing if it is
// absent or has no containers.
base::Result<std::optional<Element>> PodTemplateAt(const Element& object, std::string_view path);

// "v1:sha256:…", equal to TemplateHash() of the same template.
std::string HashOfTemplate(const Element& pod_template);

// The same without one label: controllers add one to the templates of their
// ReplicaSets, and without it a ReplicaSet's template is its owner's.
base::Result<std::string> HashOfTemplateWithoutLabel(const Element& pod_template,
                                                     std::string_view label);

}  // namespace launchgate::admission::internal
