#include "platform/http.h"

#include "platform/ascii.h"

namespace launchgate::platform {

std::optional<std::string_view> Request::Header(std::string_view name) const {
  for (const HeaderField& field : headers) {
    if (EqualsIgnoringCase(field.name, name)) return field.value;
  }
  return std::nullopt;
}

Responder::Responder(std::function<void(Response)> send) : send_(std::move(send)) {}

Responder::Responder(Responder&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}

Responder& Responder::operator=(Responder&& other) noexcept {
  if (this != &other) {
    Responder abandoned(std::move(*this));
    send_ = std::exchange(other.send_, nullptr);
  }
  return *this;
}

Responder::~Responder() {
  if (!send_) return;
  try {
    Send({.status = 500, .body = "internal error\n"});
  } catch (...) {  // Out of memory: the connection's deadline ends it.
  }
}

void Responder::Send(Response response) {
  if (const auto send = std::exchange(send_, nullptr)) send(std::move(response));
}

}  // namespace launchgate::platform
