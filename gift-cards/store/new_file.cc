#include "gift-cards/store/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "platform/fail.h"

namespace gift_cards {
namespace {

using launchgate::platform::Fail;

// Readable for the group: backups are often taken by another user than serves.
constexpr mode_t kFileMode = 0640;
// What SQLite keeps beside a database.
constexpr std::array kCompanions = {"-journal", "-wal", "-shm"};

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// Waits until what was written to a file, or named in a folder, is on the disk.
tl::expected<void, std::string> Flush(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Fail(fmt::format("{} cannot be opened: {}", path, std::strerror(errno)));
  const int result = fsync(fd);
  const int error = errno;
  close(fd);
  if (result != 0) {
    return Fail(fmt::format("{} did not reach the disk: {}", path, std::strerror(error)));
  }
  return {};
}

std::string FolderOf(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

}  // namespace

NewFile::NewFile(const std::string& target) : target_(target), partial_(target + ".partial") {}

NewFile::NewFile(NewFile&& other) noexcept
    : target_(std::move(other.target_)), partial_(std::exchange(other.partial_, {})) {}

NewFile::~NewFile() {
  if (partial_.empty()) return;
  for (const char* companion : kCompanions) unlink((partial_ + companion).c_str());
  unlink(partial_.c_str());
}

tl::expected<NewFile, std::string> NewFile::Create(const std::string& target) {
  if (Exists(target)) {
    return Fail(target + " exists and is never overwritten: name a new file");
  }
  for (const char* companion : kCompanions) {
    if (!Exists(target + companion)) continue;
    return Fail(
        fmt::format("{0}{1} is left of another database and would be applied to the new "
                    "one: move it away, or name another file than {0}",
                    target, companion));
  }
  const std::string partial = target + ".partial";
  const int fd = open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (fd < 0 && errno == EEXIST) {
    return Fail(partial +
                " exists: another process is writing it, or was killed while it did; "
                "remove it if none runs");
  }
  if (fd < 0) {
    return Fail(
        fmt::format("{} cannot be written ({}): name a file in a folder that this user "
                    "may write to",
                    partial, std::strerror(errno)));
  }
  close(fd);
  return NewFile(target);
}

tl::expected<void, std::string> NewFile::Publish() {
  auto flushed = Flush(partial_);
  if (!flushed) return flushed;
  // Unlike rename(), link() refuses a target that has appeared meanwhile.
  if (link(partial_.c_str(), target_.c_str()) != 0) {
    return Fail(fmt::format("{} cannot be made: {}", target_, std::strerror(errno)));
  }
  unlink(partial_.c_str());
  partial_.clear();
  return Flush(FolderOf(target_));
}

}  // namespace gift_cards
