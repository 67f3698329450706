#include "shell/transport/secret.h"

#include <openssl/crypto.h>

namespace launchgate::transport {
namespace {

// Unlike a plain loop, this is not optimised away.
void Wipe(std::string& text) { OPENSSL_cleanse(text.data(), text.size()); }

}  // namespace

Secret::~Secret() { Wipe(text_); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    Wipe(text_);
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe(text_);
    text_ = std::move(other.text_);
  }
  return *this;
}

}  // namespace launchgate::transport
