// What the statements of our predicates have in common: the frame of an in-toto
// Statement v1, and checks of its fields. Internal to this module.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/json/json.h"
#include "core/json/reader.h"

namespace launchgate::verdict::internal {

// The canonical bytes of a Statement with these `subjects` (a list).
std::string SerializeFrame(const json::Json& subjects, std::string_view predicate_type,
                           const json::Json& predicate);

// Complains about what is not the frame of a Statement of this predicate. False for
// another predicate, which is another document: nothing in it may be read as this one.
bool ReadFrame(json::Reader& root, std::string_view predicate_type);

// kInvalid: "field rule".
base::Status Invalid(std::string_view field, std::string_view rule);
// A text that is set, of at most `max_bytes`.
base::Status RequireText(std::string_view field, std::string_view text, std::size_t max_bytes);
// In the range that RFC 3339 can express, after the epoch, which stands for "not
// set"; differences of two such times are exact.
bool IsRepresentable(base::Time time);

}  // namespace launchgate::verdict::internal
