// What /healthz and /readyz say.

#ifndef LAUNCHGATE_PLATFORM_HEALTH_H_
#define LAUNCHGATE_PLATFORM_HEALTH_H_

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/http.h"

namespace launchgate::platform {

// Named readiness checks. /healthz is 200 whenever the process can answer at
// all; /readyz is 200 only when every check passes and no drain has begun, and
// otherwise 503. Both list one line per check, in the order added:
//   [+]caches ok
//   [-]clock not ready: 40 s behind the API server
// Thread-safe. Checks run on the asking I/O thread, one caller at a time: they
// must not block, nor call back into this object. One that throws is not ready.
class Health {
 public:
  // The reason why it is not ready, or nullopt when it is.
  using Check = std::function<std::optional<std::string>()>;

  void AddReadinessCheck(std::string name, Check check);

  // From now on not ready: "draining". Cannot be undone.
  void BeginDrain();

  [[nodiscard]] Response Live() const;
  [[nodiscard]] Response Ready() const;

 private:
  std::atomic<bool> draining_{false};
  mutable std::mutex mutex_;  // Guards checks_.
  std::vector<std::pair<std::string, Check>> checks_;
};

// GET /healthz and GET /readyz. `health` must outlive the server.
[[nodiscard]] std::vector<Route> HealthRoutes(const Health& health);

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HEALTH_H_
