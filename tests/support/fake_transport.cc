#include "tests/support/fake_transport.h"

#include <algorithm>
#include <utility>

namespace launchgate::test_support {

using transport::HttpRequest;
using transport::HttpResponse;

HttpResponse JsonResponse(int status, std::string body) {
  return {status, {{"content-type", "application/json"}}, std::move(body)};
}

void FakeTransport::ExpectSend(std::string method, std::string target, Answer answer) {
  const std::lock_guard lock(mutex_);
  scripts_.push_back({std::move(method), std::move(target), false, std::move(answer), {}, {}});
}

void FakeTransport::ExpectSend(std::string method, std::string target, int status,
                               std::string body) {
  ExpectSend(std::move(method), std::move(target), JsonResponse(status, std::move(body)));
}

void FakeTransport::ExpectStream(std::string target, std::vector<std::string> pieces,
                                 StreamEnd end) {
  const std::lock_guard lock(mutex_);
  scripts_.push_back(
      {"GET", std::move(target), true, JsonResponse(200, ""), std::move(pieces), std::move(end)});
}

void FakeTransport::ExpectRefusedStream(std::string target, int status, std::string body) {
  const std::lock_guard lock(mutex_);
  scripts_.push_back(
      {"GET", std::move(target), true, JsonResponse(status, std::move(body)), {}, {}});
}

void FakeTransport::CloseStreams() {
  const std::lock_guard lock(mutex_);
  ++closed_generation_;
  changed_.notify_all();
}

std::vector<HttpRequest> FakeTransport::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<std::string> FakeTransport::problems() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> problems = unexpected_;
  for (const Script& script : scripts_) {
    problems.push_back("nobody asked for " + script.method + " " + script.target);
  }
  return problems;
}

bool FakeTransport::WaitForRequests(std::size_t count, std::stop_token stop) const {
  std::unique_lock lock(mutex_);
  return changed_.wait(lock, std::move(stop), [&] { return requests_.size() >= count; });
}

std::optional<FakeTransport::Script> FakeTransport::TakeLocked(const HttpRequest& request,
                                                               bool is_stream) {
  requests_.push_back(request);
  changed_.notify_all();
  const auto found = std::find_if(scripts_.begin(), scripts_.end(), [&](const Script& script) {
    return script.is_stream == is_stream && script.method == request.method &&
           script.target == request.target;
  });
  if (found == scripts_.end()) {
    unexpected_.push_back("not scripted: " + request.method + " " + request.target);
    return std::nullopt;
  }
  Script script = std::move(*found);
  scripts_.erase(found);
  return script;
}

FakeTransport::Answer FakeTransport::Send(const HttpRequest& request, std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  std::optional<Script> script = TakeLocked(request, false);
  if (!script) return base::Fail(base::ErrorKind::kInternal, unexpected_.back());
  if (stop.stop_requested()) return base::Fail(base::ErrorKind::kUnavailable, "stopped");
  return std::move(script->answer);
}

FakeTransport::Answer FakeTransport::Stream(const HttpRequest& request, transport::StreamSink& sink,
                                            std::chrono::milliseconds, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  std::optional<Script> script = TakeLocked(request, true);
  if (!script) return base::Fail(base::ErrorKind::kInternal, unexpected_.back());
  if (!script->answer || script->answer->status != 200) return std::move(script->answer);

  const std::size_t generation = closed_generation_;
  lock.unlock();  // The sink may call back into this object.
  for (const std::string& piece : script->pieces) {
    if (stop.stop_requested()) return base::Fail(base::ErrorKind::kUnavailable, "stopped");
    if (!sink.OnData(piece)) return std::move(script->answer);
  }
  if (script->end.kind == StreamEnd::Kind::kFailed) return tl::unexpected(script->end.error);
  if (script->end.kind == StreamEnd::Kind::kClosed) return std::move(script->answer);
  lock.lock();
  const bool closed = changed_.wait(lock, stop, [&] { return closed_generation_ != generation; });
  if (!closed) return base::Fail(base::ErrorKind::kUnavailable, "stopped while streaming");
  return std::move(script->answer);
}

}  // namespace launchgate::test_support
