// Bytes that must not be shown: private keys and passphrases.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

namespace launchgate::crypto {

// Owns secret bytes and overwrites them when it goes away. It can be moved but
// not copied, compared, printed or formatted; the one way to its content is
// Reveal(), which is easy to find in a review. Not thread-safe.
class Secret {
 public:
  Secret() = default;
  // Takes the bytes over and overwrites `text`.
  explicit Secret(std::string&& text);
  // Copies; whoever owns `bytes` has to overwrite them.
  static Secret CopyOf(std::string_view bytes);

  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  // Valid as long as this object is. Do not copy it into a string.
  std::string_view Reveal() const { return {bytes_.get(), size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  void Wipe();

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

}  // namespace launchgate::crypto
