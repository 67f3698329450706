// LaunchVerdict: one signed statement as it is stored. Namespaced, immutable.
// Nothing in it is trusted before verdict::Open() has checked the signature.
#pragma once

#include <string>
#include <vector>

#include "core/json/json.h"
#include "core/json/reader.h"
#include "core/resources/meta.h"
#include "core/resources/signed_document.h"

namespace launchgate::resources {

// spec.envelope, or spec.statement and spec.sshSignature, are the document's.
struct LaunchVerdict : SignedDocument {
  Meta meta;
  std::string review;  // spec.reviewRef.name; only a hint where to look.
};

// Everything wrong with the spec is added to `problems`; such a verdict counts for nothing.
LaunchVerdict ParseLaunchVerdict(const json::Json& object, std::vector<json::Problem>& problems);

}  // namespace launchgate::resources
