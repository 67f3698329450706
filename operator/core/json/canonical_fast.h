// The canonical form of json.h written straight from a parsed simdjson
// document: the admission path hashes pod templates without building values.
#pragma once

#include <string>

#include "core/json/json.h"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace launchgate::json {

// Appends exactly the bytes of Canonical() for the same document and options;
// a contract test holds the two against each other. Of duplicate keys the last
// one counts, as in ParseTrusted. The depth of the document is bounded by the
// parser that made `element`. Thread-safe; one small allocation a call.
void AppendCanonical(const simdjson::dom::element& element, const CanonicalOptions& options,
                     std::string& out);

}  // namespace launchgate::json
