// Reading and writing files for commands, with bounds and clear errors.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace launchgate::app::cli {

inline constexpr std::size_t kMaxInputBytes = 16U << 20U;

// The whole file, or all of `in` for "-". kNotFound or kExhausted names the file.
base::Result<std::string> ReadInput(const std::string& path, std::istream& in);
// The whole file; errors call it `name`, for readers who shall not see where the
// caller keeps its files.
base::Result<std::string> ReadFileNamed(const std::string& path, const std::string& name);

enum class FileMode { kPublic, kPrivate };  // 0644 and 0600.

// Creates a new file; kConflict when there is one already: a key or a signature
// that somebody has is never written over.
base::Status WriteNewFile(const std::string& path, std::string_view content, FileMode mode);

}  // namespace launchgate::app::cli
