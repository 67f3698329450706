#include "tests/component/gift-cards/store/power_cut_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <stdexcept>
#include <utility>

#include "tests/component/gift-cards/store/store_support.h"

namespace gift_cards::store_test {

struct PowerCutVfs::State {
  sqlite3_vfs vfs{};
  sqlite3_vfs* real = nullptr;
  std::function<void()> before_flush;
  std::mutex mutex;
  std::map<std::string, std::string> flushed;  // By path; guarded by the mutex, as are these:
  std::map<std::string, int> flushes;
};

namespace {

// SQLite allocates one of these per open file, followed by the real one.
struct File {
  sqlite3_file base;
  PowerCutVfs::State* state;
  const char* path;  // SQLite keeps it for as long as the file is open; null for temporary ones.
};

File* Self(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* Real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(Self(file) + 1); }

// All that the real file would answer now, through SQLite: to open and close it
// ourselves would drop its locks.
std::string Content(sqlite3_file* real) {
  sqlite3_int64 size = 0;
  real->pMethods->xFileSize(real, &size);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  real->pMethods->xRead(real, bytes.data(), static_cast<int>(size), 0);
  return bytes;
}

int Sync(sqlite3_file* file, int flags) {
  PowerCutVfs::State& state = *Self(file)->state;
  if (state.before_flush) state.before_flush();
  const int result = Real(file)->pMethods->xSync(Real(file), flags);
  if (result != SQLITE_OK || Self(file)->path == nullptr) return result;
  const std::lock_guard lock(state.mutex);
  state.flushed[Self(file)->path] = Content(Real(file));
  ++state.flushes[Self(file)->path];
  return result;
}

template <auto Method, typename... Arguments>
int Forward(sqlite3_file* file, Arguments... arguments) {
  return (Real(file)->pMethods->*Method)(Real(file), arguments...);
}

void Barrier(sqlite3_file* file) { Real(file)->pMethods->xShmBarrier(Real(file)); }

const sqlite3_io_methods kMethods = {
    2,  // Without xFetch: what is mapped cannot be watched.
    Forward<&sqlite3_io_methods::xClose>,
    Forward<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    Forward<&sqlite3_io_methods::xWrite, const void*, int, sqlite3_int64>,
    Forward<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    Sync,
    Forward<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    Forward<&sqlite3_io_methods::xLock, int>,
    Forward<&sqlite3_io_methods::xUnlock, int>,
    Forward<&sqlite3_io_methods::xCheckReservedLock, int*>,
    Forward<&sqlite3_io_methods::xFileControl, int, void*>,
    Forward<&sqlite3_io_methods::xSectorSize>,
    Forward<&sqlite3_io_methods::xDeviceCharacteristics>,
    Forward<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    Forward<&sqlite3_io_methods::xShmLock, int, int, int>,
    Barrier,
    Forward<&sqlite3_io_methods::xShmUnmap, int>,
    nullptr,
    nullptr,
};

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* state = static_cast<PowerCutVfs::State*>(vfs->pAppData);
  new (file) File{{nullptr}, state, name};
  const int result = state->real->xOpen(state->real, name, Real(file), flags, out_flags);
  if (Real(file)->pMethods != nullptr) Self(file)->base.pMethods = &kMethods;
  return result;
}

int Delete(sqlite3_vfs* vfs, const char* name, int flush_folder) {
  auto* state = static_cast<PowerCutVfs::State*>(vfs->pAppData);
  const std::lock_guard lock(state->mutex);
  state->flushed.erase(name);
  return state->real->xDelete(state->real, name, flush_folder);
}

}  // namespace

PowerCutVfs::PowerCutVfs() : state_(std::make_unique<State>()) {
  state_->real = sqlite3_vfs_find(nullptr);
  // All that is not about files stays as it is; the real VFS keeps its own pAppData
  // only for finding out its locking style, which xOpen asks of `real`.
  state_->vfs = *state_->real;
  state_->vfs.zName = "power-cut";
  state_->vfs.pNext = nullptr;
  state_->vfs.pAppData = state_.get();
  state_->vfs.szOsFile = static_cast<int>(sizeof(File)) + state_->real->szOsFile;
  state_->vfs.xOpen = Open;
  state_->vfs.xDelete = Delete;
  if (sqlite3_vfs_register(&state_->vfs, 1) != SQLITE_OK) {
    throw std::runtime_error("the VFS cannot be registered");
  }
}

PowerCutVfs::~PowerCutVfs() {
  sqlite3_vfs_unregister(&state_->vfs);
  sqlite3_vfs_register(state_->real, 1);
}

void PowerCutVfs::Survivors(const std::string& path, const std::string& target) const {
  const std::lock_guard lock(state_->mutex);
  for (const char* suffix : {"", "-wal"}) {
    const auto found = state_->flushed.find(path + suffix);
    if (found != state_->flushed.end()) WriteFile(target + suffix, found->second);
  }
}

void PowerCutVfs::BeforeFlush(std::function<void()> action) {
  state_->before_flush = std::move(action);
}

int PowerCutVfs::Flushes(const std::string& suffix) const {
  const std::lock_guard lock(state_->mutex);
  int count = 0;
  for (const auto& [path, flushes] : state_->flushes) {
    if (path.ends_with(suffix)) count += flushes;
  }
  return count;
}

}  // namespace gift_cards::store_test
