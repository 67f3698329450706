#include "shell/transport/transport.h"

namespace launchgate::transport {

std::string_view FindHeader(const HttpResponse& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace launchgate::transport
