// The HTTP side of the gate: routes, decoding, deciding, answering. No I/O of
// its own and no lock that a writer can hold.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/admission/guards.h"
#include "core/admission/review.h"
#include "core/base/time.h"
#include "platform/http.h"
#include "shell/webhook/index_source.h"

namespace launchgate::webhook {

// Paths of the webhook configuration (manifests/base/webhook.yaml).
inline constexpr std::string_view kGatePath = "/v1/gate";
inline constexpr std::string_view kAuditPath = "/v1/audit";
inline constexpr std::string_view kGuardPath = "/v1/guard";

// The time of a decision, and whether to believe it.
class TrustedTime {
 public:
  virtual ~TrustedTime() = default;
  virtual base::Time Now() const = 0;
  virtual bool Trusted() const = 0;
};

// Counts what was answered. Called for every request: must be cheap.
class DecisionObserver {
 public:
  virtual ~DecisionObserver() = default;
  virtual void OnDecision(std::string_view entry, bool allowed, std::string_view reason,
                          double seconds) = 0;
};

struct WebhookOptions {
  admission::ControllerIdentities identities;
  admission::GuardOptions guards;
};

// Thread-safe; each I/O thread keeps a decoder and a copy of the index pointer.
// Everything passed in must outlive the server that serves the routes.
class Webhook {
 public:
  Webhook(const IndexSource& index, const TrustedTime& time, DecisionObserver& observer,
          WebhookOptions options);

  // POST /v1/gate, /v1/audit, /v1/guard.
  std::vector<platform::Route> Routes();

  // What the routes call; public so that tests and benchmarks need no socket.
  platform::Response Gate(const platform::Request& request);
  platform::Response Audit(const platform::Request& request);
  platform::Response Guard(const platform::Request& request);

 private:
  struct Worker;
  using Entry = platform::Response (Webhook::*)(Worker&, std::string_view);

  platform::Response Guarded(Entry entry, std::string_view name, const platform::Request& request);
  platform::Response AnswerGate(Worker& worker, std::string_view body);
  platform::Response AnswerAudit(Worker& worker, std::string_view body);
  platform::Response AnswerGuard(Worker& worker, std::string_view body);
  platform::Response AnswerChange(Worker& worker, std::string_view body, bool audit_only);
  Worker& ThisThread();

  const IndexSource& index_;
  const TrustedTime& time_;
  DecisionObserver& observer_;
  const WebhookOptions options_;
  const std::uint64_t id_;  // Tells workers of different instances apart.
};

}  // namespace launchgate::webhook
