#include "shell/crypto/secret.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

namespace launchgate::crypto {

Secret::Secret(std::string&& text) : Secret(CopyOf(text)) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

Secret Secret::CopyOf(std::string_view bytes) {
  Secret secret;
  secret.bytes_ = std::make_unique<char[]>(bytes.size());
  secret.size_ = bytes.size();
  std::copy(bytes.begin(), bytes.end(), secret.bytes_.get());
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { Wipe(); }

void Secret::Wipe() {
  if (bytes_) OPENSSL_cleanse(bytes_.get(), size_);
  bytes_.reset();
  size_ = 0;
}

}  // namespace launchgate::crypto
