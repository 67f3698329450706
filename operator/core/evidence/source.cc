#include <fmt/format.h>

#include "core/base/text.h"
#include "core/evidence/verify.h"

namespace launchgate::evidence {
namespace {

std::string_view ReasonOf(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kNotFound:
      return "SourceMissing";
    case base::ErrorKind::kForbidden:
      return "SourceForbidden";
    case base::ErrorKind::kInvalid:
      return "SourceRefused";
    case base::ErrorKind::kExhausted:
      return "SourceTooLarge";
    case base::ErrorKind::kUnsupported:
      return "SourceNotInstalled";
    case base::ErrorKind::kConflict:
    case base::ErrorKind::kUnavailable:
    case base::ErrorKind::kInternal:
      break;
  }
  return "SourceUnavailable";
}

}  // namespace

Finding SourceFailed(const base::Error& error) {
  Finding finding;
  finding.reason = ReasonOf(error.kind);
  finding.message = base::Printable(error.message, base::kMaxQuotedBytes);
  return finding;
}

Finding NotSupported(std::string_view kind_word) {
  Finding finding;
  finding.reason = "NotSupportedYet";
  finding.message = fmt::format(
      "evidence of kind {} is not verified by this version of Launchgate; "
      "a signed condition can waive the item until it is",
      base::Quote(kind_word));
  return finding;
}

}  // namespace launchgate::evidence
