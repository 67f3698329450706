#include "core/base/result.h"

namespace launchgate::base {

std::string_view ToString(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return "Invalid";
    case ErrorKind::kNotFound:
      return "NotFound";
    case ErrorKind::kConflict:
      return "Conflict";
    case ErrorKind::kForbidden:
      return "Forbidden";
    case ErrorKind::kUnsupported:
      return "Unsupported";
    case ErrorKind::kExhausted:
      return "Exhausted";
    case ErrorKind::kUnavailable:
      return "Unavailable";
    case ErrorKind::kInternal:
      return "Internal";
  }
  return "Internal";
}

tl::unexpected<Error> Wrap(std::string_view context, Error error) {
  error.message = std::string(context) + ": " + error.message;
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace launchgate::base
