#include "tests/component/gift-cards/scripted_provider.h"

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

namespace gift_cards {
namespace {

namespace platform = launchgate::platform;
using Json = nlohmann::json;

constexpr std::chrono::seconds kPatience{20};
constexpr std::size_t kMaxBody = 4096;

platform::Response Error(int status) {
  return {.status = status, .content_type = "application/json", .body = R"({"error":"scripted"})"};
}

}  // namespace

ScriptedProvider::ScriptedProvider() {
  platform::Route charge;
  charge.method = "POST";
  charge.path = "/charge";
  charge.content_types = {"application/json"};
  charge.max_body_bytes = kMaxBody;
  charge.async_handler = [this](const platform::Request& request, platform::Responder responder) {
    Handle(request, std::move(responder));
  };
  std::vector<platform::Route> routes;
  routes.push_back(std::move(charge));
  auto server = platform::HttpServer::Start({}, std::move(routes));
  if (!server) std::abort();
  server_ = std::move(*server);
}

ScriptedProvider::~ScriptedProvider() {
  Release();
  server_.reset();
}

std::string ScriptedProvider::url() const {
  return "http://127.0.0.1:" + std::to_string(server_->port());
}

void ScriptedProvider::SetMode(Mode mode) {
  const std::lock_guard lock(mutex_);
  mode_ = mode;
}

void ScriptedProvider::Next(std::vector<Mode> modes) {
  const std::lock_guard lock(mutex_);
  next_.assign(modes.rbegin(), modes.rend());
}

platform::Response ScriptedProvider::ChargeLocked(const std::string& ref, std::int64_t amount) {
  const auto [charge, is_new] = charges_.try_emplace(ref, amount);
  if (charge->second != amount) return Error(409);
  const Json body = {{"chargeId", "ch-" + ref.substr(3)}, {"ref", ref}, {"amount", amount}};
  return {.status = is_new ? 201 : 200, .content_type = "application/json", .body = body.dump()};
}

void ScriptedProvider::Handle(const platform::Request& request, platform::Responder responder) {
  const Json charge = Json::parse(request.body, nullptr, false);
  if (!charge.is_object() || !charge.contains("ref") || !charge.contains("amount")) {
    return responder.Send(Error(422));
  }
  const std::string ref = charge["ref"].get<std::string>();
  platform::Response answer = Error(503);
  {
    const std::lock_guard lock(mutex_);
    Mode mode = mode_;
    if (!next_.empty()) {
      mode = next_.back();
      next_.pop_back();
    }
    refs_.push_back(ref);
    if (mode == Mode::kRefuse) answer = Error(400);
    if (mode == Mode::kCharge || mode == Mode::kHold || mode == Mode::kRecordThenFail) {
      platform::Response charged = ChargeLocked(ref, charge["amount"].get<std::int64_t>());
      if (mode != Mode::kRecordThenFail) answer = std::move(charged);
    }
    called_.notify_all();
    if (mode == Mode::kHold) {
      held_.push_back({std::move(responder), std::move(answer)});
      return;
    }
  }
  responder.Send(std::move(answer));
}

void ScriptedProvider::Release() {
  std::vector<Held> held;
  {
    const std::lock_guard lock(mutex_);
    held.swap(held_);
  }
  for (Held& call : held) call.responder.Send(std::move(call.answer));
}

bool ScriptedProvider::WaitForCalls(std::size_t count) {
  std::unique_lock lock(mutex_);
  return called_.wait_for(lock, kPatience, [&] { return refs_.size() >= count; });
}

std::vector<std::string> ScriptedProvider::refs() const {
  const std::lock_guard lock(mutex_);
  return refs_;
}

std::map<std::string, std::int64_t> ScriptedProvider::charges() const {
  const std::lock_guard lock(mutex_);
  return charges_;
}

}  // namespace gift_cards
