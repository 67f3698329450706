// A growing byte buffer that always has readable zeros behind its content.

#ifndef LAUNCHGATE_PLATFORM_HTTP_BUFFER_H_
#define LAUNCHGATE_PLATFORM_HTTP_BUFFER_H_

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

#include "platform/http.h"

namespace launchgate::platform {

// Unlike std::string, growing does not write zeros over the new room, and the
// padding belongs to the contract. Views end when it grows or is released.
class HttpBuffer {
 public:
  [[nodiscard]] std::string_view view() const { return {data_.get(), size_}; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }  // Without the padding.

  // Room for at least `capacity` bytes in all; keeps the content.
  void Reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    std::unique_ptr<char[]> larger(new char[capacity + Request::kBodyPadding]);
    if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
    data_ = std::move(larger);
    capacity_ = capacity;
  }

  // The unused room. Bytes written there count after Commit().
  [[nodiscard]] std::span<char> Free() { return {data_.get() + size_, capacity_ - size_}; }
  void Commit(std::size_t bytes) { size_ += bytes; }

  // Requires room: see Reserve().
  void Append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  // Forgets `count` bytes starting at `from`; what follows moves up.
  void Erase(std::size_t from, std::size_t count) {
    if (count == 0) return;
    std::memmove(data_.get() + from, data_.get() + from + count, size_ - from - count);
    size_ -= count;
  }

  // Makes the padding zero. Requires that something was reserved.
  void Pad() { std::memset(data_.get() + size_, 0, Request::kBodyPadding); }

  void Clear() { size_ = 0; }

  // Clear(), and gives the memory back when more than `keep` bytes are held.
  void Shrink(std::size_t keep) {
    size_ = 0;
    if (capacity_ <= keep) return;
    data_.reset();
    capacity_ = 0;
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_BUFFER_H_
