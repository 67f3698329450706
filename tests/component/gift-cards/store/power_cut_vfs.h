// A file system that remembers what has reached the disk. What a program wrote
// and did not flush is lost when the power fails, however long ago that was; a
// killed process alone cannot show that, as the kernel still has its pages.
#pragma once

#include <functional>
#include <memory>
#include <string>

namespace gift_cards::store_test {

// While it lives, every file that SQLite opens in this process goes through it.
// One at a time. Thread-safe.
class PowerCutVfs {
 public:
  PowerCutVfs();
  ~PowerCutVfs();
  PowerCutVfs(const PowerCutVfs&) = delete;
  PowerCutVfs& operator=(const PowerCutVfs&) = delete;

  // Writes what would be left of the database at `path`, if the power failed
  // now, to `target`: the file and its log as of their last flush.
  void Survivors(const std::string& path, const std::string& target) const;

  // Is called before each flush; may block. Before anything is opened.
  void BeforeFlush(std::function<void()> action);

  // Flushes of files whose name ends like this, so far.
  [[nodiscard]] int Flushes(const std::string& suffix) const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gift_cards::store_test
