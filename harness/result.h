// How the harness says that something could not be done: one sentence.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace harness {

template <typename T>
using Result = tl::expected<T, std::string>;
using Status = tl::expected<void, std::string>;

[[nodiscard]] inline tl::unexpected<std::string> Fail(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

}  // namespace harness
