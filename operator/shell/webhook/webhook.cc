#include "shell/webhook/webhook.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <utility>

#include "core/decision/decide.h"
#include "platform/log.h"

namespace launchgate::webhook {
namespace {

namespace log = platform::log;
using decision::GateMode;

constexpr std::string_view kRequestInvalid = "RequestInvalid";
constexpr std::string_view kInternalError = "InternalError";

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> next{1};
  return next.fetch_add(1);
}

platform::Response Json(std::string body) {
  platform::Response response;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

// Without a uid there is nothing to answer to; the API server takes any
// non-200 as a failed call, which failurePolicy: Fail turns into a denial.
platform::Response Refuse(std::string_view uid, std::string_view reason, std::string_view message) {
  if (!uid.empty()) return Json(admission::EncodeRefusal(uid, reason, message));
  platform::Response response;
  response.status = 400;
  response.body = std::string(message) + "\n";
  return response;
}

// The audit entry stops nothing, not even what it does not understand.
platform::Response OnlyWarn(std::string_view uid, std::string_view reason,
                            const std::string& message) {
  if (uid.empty()) return Refuse(uid, reason, message);
  const auto denial = decision::Decision::Deny({{reason, message, ""}});
  return Json(admission::EncodeAnswer(uid, denial, decision::Change(), message, true));
}

// The API server called the enforcing entry, so it saw the namespace's label
// as enforcing; our cache may be a moment behind, and must not open the gate.
GateMode AtLeastEnforce(GateMode seen) {
  return seen == GateMode::kStrict || seen == GateMode::kUnknown ? seen : GateMode::kEnforce;
}

}  // namespace

struct Webhook::Worker {
  Worker(std::uint64_t owner_id, const WebhookOptions& options)
      : owner(owner_id), decoder(options.identities), guards(options.guards) {}

  std::uint64_t owner;
  admission::Decoder decoder;
  admission::Guards guards;
  std::uint64_t version = 0;
  std::shared_ptr<const decision::GateIndex> index;
  // What the present request came to, for metrics.
  bool allowed = false;
  std::string_view reason;
};

Webhook::Webhook(const IndexSource& index, const TrustedTime& time, DecisionObserver& observer,
                 WebhookOptions options)
    : index_(index),
      time_(time),
      observer_(observer),
      options_(std::move(options)),
      id_(NextId()) {}

std::vector<platform::Route> Webhook::Routes() {
  const auto route = [](std::string_view path, platform::Handler handler) {
    platform::Route row;
    row.method = "POST";
    row.path = path;
    row.content_types = {"application/json"};
    row.max_body_bytes = admission::kMaxReviewBytes;
    row.handler = std::move(handler);
    return row;
  };
  return {route(kGatePath, [this](const platform::Request& request) { return Gate(request); }),
          route(kAuditPath, [this](const platform::Request& request) { return Audit(request); }),
          route(kGuardPath, [this](const platform::Request& request) { return Guard(request); })};
}

platform::Response Webhook::Gate(const platform::Request& request) {
  return Guarded(&Webhook::AnswerGate, "gate", request);
}

platform::Response Webhook::Audit(const platform::Request& request) {
  return Guarded(&Webhook::AnswerAudit, "audit", request);
}

platform::Response Webhook::Guard(const platform::Request& request) {
  return Guarded(&Webhook::AnswerGuard, "guard", request);
}

Webhook::Worker& Webhook::ThisThread() {
  thread_local std::unique_ptr<Worker> worker;
  if (!worker || worker->owner != id_) worker = std::make_unique<Worker>(id_, options_);
  const std::uint64_t version = index_.Version();
  if (!worker->index || worker->version != version) {
    worker->index = index_.Current();
    worker->version = version;
  }
  return *worker;
}

platform::Response Webhook::Guarded(Entry entry, std::string_view name,
                                    const platform::Request& request) {
  const auto begin = std::chrono::steady_clock::now();
  Worker& worker = ThisThread();
  worker.allowed = false;
  worker.reason = kInternalError;
  platform::Response response;
  try {
    response = (this->*entry)(worker, request.body);
  } catch (const std::exception& error) {
    log::Error("admission failed", {{"entry", name}, {"error", error.what()}});
    worker.allowed = false;
    // Not an answer: the API server takes it as a failed call and denies.
    response = platform::Response();
    response.status = 500;
    response.body = "launchgate: the request could not be judged; see the webhook's log\n";
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  observer_.OnDecision(name, worker.allowed, worker.reason, took.count());
  return response;
}

platform::Response Webhook::AnswerGate(Worker& worker, std::string_view body) {
  return AnswerChange(worker, body, false);
}

platform::Response Webhook::AnswerAudit(Worker& worker, std::string_view body) {
  return AnswerChange(worker, body, true);
}

platform::Response Webhook::AnswerChange(Worker& worker, std::string_view body, bool audit_only) {
  const decision::GateIndex& index = *worker.index;
  const auto request = worker.decoder.Decode(body, index);
  if (!request) {
    worker.reason = kRequestInvalid;
    log::Warning("request refused",
                 {{"reason", kRequestInvalid}, {"why", request.error().message}});
    const std::string message = "launchgate: " + request.error().message;
    return audit_only ? OnlyWarn(worker.decoder.uid(), kRequestInvalid, message)
                      : Refuse(worker.decoder.uid(), kRequestInvalid, message);
  }
  const decision::Change& change = request->change;
  decision::Health health = index.health();
  health.clock_trusted = time_.Trusted();
  const GateMode mode = audit_only ? GateMode::kAudit : AtLeastEnforce(index.ModeOf(change.ns));
  const decision::TargetFacts* facts = change.target ? index.Find(*change.target) : nullptr;
  const decision::Decision decision = decision::Decide(health, mode, facts, change, time_.Now());
  worker.allowed = decision.allowed();
  worker.reason = decision.reason();

  std::string message;
  if (!decision.allowed()) message = decision::RenderDenial(decision, facts, change);
  // Every launch leaves a line; everything else would only be noise.
  if (change.launch) {
    log::Info(decision.allowed() ? "launch admitted" : "launch denied",
              {{"reason", decision.reason()},
               {"audit_only", audit_only},
               {"namespace", change.ns},
               {"kind", change.kind},
               {"name", change.name},
               {"what", change.what},
               {"template", change.template_hash},
               {"user", request->username},
               {"dry_run", request->dry_run},
               {"uid", request->uid}});
  }
  return Json(admission::EncodeAnswer(request->uid, decision, change, message, audit_only));
}

platform::Response Webhook::AnswerGuard(Worker& worker, std::string_view body) {
  const auto answer = worker.guards.Check(body);
  if (!answer) {
    worker.reason = kRequestInvalid;
    return Refuse(worker.guards.uid(), kRequestInvalid, "launchgate: " + answer.error().message);
  }
  worker.allowed = answer->allowed;
  worker.reason = answer->reason;
  if (!answer->allowed) {
    log::Warning("guarded change denied", {{"reason", answer->reason}, {"why", answer->message}});
  }
  return Json(admission::EncodeAnswer(worker.guards.uid(), *answer));
}

}  // namespace launchgate::webhook
