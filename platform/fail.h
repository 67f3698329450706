// How platform code says that something could not be done: one sentence.

#ifndef LAUNCHGATE_PLATFORM_FAIL_H_
#define LAUNCHGATE_PLATFORM_FAIL_H_

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace launchgate::platform {

[[nodiscard]] inline tl::unexpected<std::string> Fail(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_FAIL_H_
