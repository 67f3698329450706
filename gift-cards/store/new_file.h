// A database file that appears whole or not at all, and never in place of another.
#pragma once

#include <string>
#include <tl/expected.hpp>

namespace gift_cards {

// Made as TARGET.partial and given its name once it is on the disk. What was not
// published is removed with this object; only a killed process leaves it behind.
class NewFile {
 public:
  // Refuses a target that exists, that has a log or journal beside it (SQLite
  // would apply an old one to the new file), or that somebody else is making.
  [[nodiscard]] static tl::expected<NewFile, std::string> Create(const std::string& target);

  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  // Where to write until then.
  [[nodiscard]] const std::string& partial() const { return partial_; }

  // Flushes the file, names it and flushes its folder. Nobody may have it open.
  [[nodiscard]] tl::expected<void, std::string> Publish();

 private:
  explicit NewFile(const std::string& target);

  std::string target_;
  std::string partial_;  // Empty once published or moved from.
};

}  // namespace gift_cards
