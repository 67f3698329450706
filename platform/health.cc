#include "platform/health.h"

#include <exception>

namespace launchgate::platform {
namespace {

constexpr int kServiceUnavailable = 503;

std::optional<std::string> Ask(const Health::Check& check) {
  try {
    return check();
  } catch (const std::exception& error) {
    return std::string("check failed: ") + error.what();
  } catch (...) {
    return "check failed";
  }
}

}  // namespace

void Health::AddReadinessCheck(std::string name, Check check) {
  const std::lock_guard lock(mutex_);
  checks_.emplace_back(std::move(name), std::move(check));
}

void Health::BeginDrain() { draining_ = true; }

Response Health::Live() const { return {.body = "ok\n"}; }

Response Health::Ready() const {
  Response answer;
  const auto add_line = [&answer](const std::string& name, const std::optional<std::string>& why) {
    answer.body += why ? "[-]" + name + " not ready: " + *why + "\n" : "[+]" + name + " ok\n";
    if (why) answer.status = kServiceUnavailable;
  };
  const std::lock_guard lock(mutex_);
  for (const auto& [name, check] : checks_) add_line(name, Ask(check));
  if (draining_) add_line("drain", "draining");
  answer.body += answer.status == kServiceUnavailable ? "not ready\n" : "ready\n";
  return answer;
}

std::vector<Route> HealthRoutes(const Health& health) {
  return {
      {.method = "GET",
       .path = "/healthz",
       .handler = [&health](const Request&) { return health.Live(); }},
      {.method = "GET",
       .path = "/readyz",
       .handler = [&health](const Request&) { return health.Ready(); }},
  };
}

}  // namespace launchgate::platform
