// AdmissionReviews from anywhere: no body crashes the decoder or the guards,
// nothing that creates a gated workload is waved through, and every answer is
// JSON that repeats the uid.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/admission/review.h"

namespace {

namespace admission = launchgate::admission;
namespace decision = launchgate::decision;

const decision::GateIndex& Index() {
  static const auto index = [] {
    decision::GateIndex::Builder builder;
    builder.SetHealth({.caches_synced = true, .waiting_for = "", .clock_trusted = true});
    builder.AddNamespace("shop", decision::GateMode::kStrict);
    builder.AddNamespace("shop-cap", decision::GateMode::kEnforce);
    return std::move(builder).Build();
  }();
  return *index;
}

// The answer must be readable by the API server, for this uid, with this outcome.
void CheckAnswer(const std::string& answer, std::string_view uid, bool allowed) {
  const auto json = nlohmann::json::parse(answer, nullptr, false);
  if (json.is_discarded()) std::abort();
  const auto& response = json["response"];
  if (response["uid"] != uid || response["allowed"] != allowed) std::abort();
}

// What the body says, read by another parser. (That one keeps the last of equal
// keys as well.)
bool CreatesGatedWorkload(std::string_view body) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  if (!json.is_object() || !json.contains("request")) return false;
  const auto& request = json["request"];
  if (!request.is_object() || request.value("operation", nlohmann::json()) != "CREATE") {
    return false;
  }
  const auto kind = request.value("kind", nlohmann::json()).value("kind", nlohmann::json());
  return kind == "Deployment" || kind == "StatefulSet" || kind == "DaemonSet" ||
         kind == "CronJob" || kind == "Rollout";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static admission::Decoder decoder(admission::DefaultControllerIdentities());
  static admission::Guards guards(admission::DefaultGuardOptions());
  std::string padded(reinterpret_cast<const char*>(data), size);
  padded.append(admission::Decoder::kPadding, '\0');
  const std::string_view body = std::string_view(padded).substr(0, size);

  const auto request = decoder.Decode(body, Index());
  if (request) {
    const decision::Change& change = request->change;
    if (!change.launch && CreatesGatedWorkload(body)) std::abort();
    if (change.launch && change.what.empty()) std::abort();
    const auto decided = decision::Decide(Index().health(), Index().ModeOf(change.ns), nullptr,
                                          change, launchgate::base::Time{});
    const std::string message = decision::RenderDenial(decided, nullptr, change);
    CheckAnswer(admission::EncodeAnswer(request->uid, decided, change, message, false),
                request->uid, decided.allowed());
    CheckAnswer(admission::EncodeAnswer(request->uid, decided, change, message, true), request->uid,
                true);
  } else if (!decoder.uid().empty()) {
    CheckAnswer(admission::EncodeRefusal(decoder.uid(), "NotUnderstood", request.error().message),
                decoder.uid(), false);
  }

  if (const auto answer = guards.Check(body)) {
    CheckAnswer(admission::EncodeAnswer(guards.uid(), *answer), guards.uid(), answer->allowed);
  }
  // Any bytes at all inside an answer.
  const auto json =
      nlohmann::json::parse(admission::EncodeRefusal("u", "NotUnderstood", body), nullptr, false);
  if (json.is_discarded()) std::abort();
  return 0;
}
