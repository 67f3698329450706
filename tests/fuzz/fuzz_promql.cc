// PromQL from outside: what is listed is within the bounds, and stays what it is
// when the expression is put into parentheses or asked for beside itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/evidence/promql_names.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace launchgate::evidence;
  const std::string text(reinterpret_cast<const char*>(data), size);

  const auto names = ListPromqlNames(text);
  if (!names) {
    if (names.error().message.empty()) std::abort();
    return 0;
  }
  if (size > kMaxPromqlBytes || names->metrics.size() > kMaxPromqlNames) std::abort();
  for (const std::string& name : names->metrics) {
    if (name.empty() || name.size() > size) std::abort();
  }
  // A comment may be last: the parenthesis stands on a line of its own.
  for (const std::string& same : {"(" + text + "\n)", "-(" + text + "\n)"}) {
    const auto again = ListPromqlNames(same);
    if (again ? *again != *names : again.error().kind != launchgate::base::ErrorKind::kExhausted) {
      std::abort();
    }
  }
  return 0;
}
