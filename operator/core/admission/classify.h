// Whether a request is a launch change, and of what: the table of kinds.h
// applied to one request. Internal to this module.
#pragma once

#include "core/admission/envelope.h"
#include "core/admission/kinds.h"
#include "core/admission/review.h"
#include "core/decision/change.h"
#include "core/decision/gate_index.h"

namespace launchgate::admission::internal {

// kInvalid for a kind, version or subresource that the gate does not know, and
// for wrong types in the fields that decide.
base::Result<decision::Change> Classify(const Envelope& envelope, const decision::GateIndex& index,
                                        const ControllerIdentities& identities);

}  // namespace launchgate::admission::internal
