#include "app/cli/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <istream>

namespace launchgate::app::cli {
namespace {

base::Result<std::string> ReadBounded(std::istream& in, const std::string& name) {
  std::string text;
  char buffer[64 << 10];
  while (in.read(buffer, sizeof buffer) || in.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMaxInputBytes) {
      return base::Fail(base::ErrorKind::kExhausted, name + ": must be at most 16 MiB");
    }
  }
  // A folder can be opened and not read.
  if (in.bad()) return base::Fail(base::ErrorKind::kInvalid, name + ": could not be read");
  return text;
}

bool WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

base::Result<std::string> ReadInput(const std::string& path, std::istream& in) {
  if (path == "-") return ReadBounded(in, "standard input");
  return ReadFileNamed(path, path);
}

base::Result<std::string> ReadFileNamed(const std::string& path, const std::string& name) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return base::Fail(base::ErrorKind::kNotFound, name + ": " + std::strerror(errno));
  }
  return ReadBounded(file, name);
}

base::Status WriteNewFile(const std::string& path, std::string_view content, FileMode mode) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                      mode == FileMode::kPrivate ? 0600 : 0644);
  if (fd < 0) {
    const auto kind = errno == EEXIST ? base::ErrorKind::kConflict : base::ErrorKind::kInternal;
    return base::Fail(kind, path + ": " + std::strerror(errno));
  }
  const bool written = WriteAll(fd, content);
  if (close(fd) != 0 || !written) {
    return base::Fail(base::ErrorKind::kInternal, path + ": could not be written");
  }
  return {};
}

}  // namespace launchgate::app::cli
