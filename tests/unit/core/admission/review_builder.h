// AdmissionReviews for tests: start valid, state only the difference.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "core/admission/kinds.h"
#include "core/admission/review.h"

namespace launchgate::admission {

inline constexpr std::string_view kAlice = "alice@example.com";

// A body with the readable bytes behind it that decoders ask for.
class PaddedBody {
 public:
  explicit PaddedBody(std::string_view body) : size_(body.size()), bytes_(body) {
    bytes_.append(Decoder::kPadding, ' ');
  }
  std::string_view view() const { return std::string_view(bytes_).substr(0, size_); }

 private:
  std::size_t size_;
  std::string bytes_;
};

inline json::Json PodSpec() {
  return json::Json::parse(R"({"containers": [{"name": "app", "image": "registry.example/a:1"}],
                               "restartPolicy": "Always"})");
}

inline json::Json PodTemplate() {
  return {{"metadata", {{"labels", {{"app", "a"}}}}}, {"spec", PodSpec()}};
}

// The least object of a kind in namespace "shop", named "gift-cards".
inline json::Json Object(std::string_view kind) {
  const KindRow* row = nullptr;
  for (const KindRow& known : Kinds()) {
    if (known.kind == kind) row = &known;
  }
  std::string api_version(row == nullptr ? "" : row->group);
  if (!api_version.empty()) api_version += "/";
  api_version += row == nullptr ? "v1" : std::string(row->versions[0]);
  json::Json object = {{"apiVersion", api_version},
                       {"kind", kind},
                       {"metadata", {{"name", "gift-cards"}, {"namespace", "shop"}}},
                       {"spec", {{"replicas", 2}, {"template", PodTemplate()}}}};
  if (kind == "CronJob") {
    object["spec"] = {{"schedule", "0 3 * * *"},
                      {"jobTemplate", {{"spec", {{"template", PodTemplate()}}}}}};
  }
  if (kind == "Pod") object["spec"] = PodSpec();
  if (kind == "Job" || kind == "DaemonSet") object["spec"].erase("replicas");
  return object;
}

class ReviewBuilder {
 public:
  // A CREATE of Object(kind) by alice.
  explicit ReviewBuilder(std::string_view kind) {
    const KindRow* row = nullptr;
    for (const KindRow& known : Kinds()) {
      if (known.kind == kind) row = &known;
    }
    review_ = json::Json::parse(R"({
      "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
      "request": {"uid": "4b7c3f0e-7a1c-4a37-9a52-0d1b9f4a5e11", "name": "gift-cards",
                  "namespace": "shop", "operation": "CREATE", "dryRun": false,
                  "userInfo": {"groups": ["system:authenticated"]},
                  "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"}}})");
    request()["userInfo"]["username"] = kAlice;
    if (row != nullptr) {
      request()["kind"] = {
          {"group", row->group}, {"version", row->versions[0]}, {"kind", row->kind}};
      request()["resource"] = {
          {"group", row->group}, {"version", row->versions[0]}, {"resource", row->resource}};
    }
    request()["object"] = Object(kind);
    request()["oldObject"] = nullptr;
  }

  // An UPDATE from Object(kind) with one merge patch to the same with another.
  ReviewBuilder& Update(std::string_view patch_before, std::string_view patch_after) {
    json::Json before = request()["object"];
    json::Json after = before;
    before.merge_patch(json::Json::parse(patch_before));
    after.merge_patch(json::Json::parse(patch_after));
    return Operation("UPDATE").Old(std::move(before)).New(std::move(after));
  }
  // An UPDATE of the subresource "scale" from `was` to `is` replicas; -1 leaves the field out.
  ReviewBuilder& Scale(int was, int is) {
    request()["kind"] = {{"group", "autoscaling"}, {"version", "v1"}, {"kind", "Scale"}};
    request()["subResource"] = "scale";
    return Operation("UPDATE").Old(ScaleObject(was)).New(ScaleObject(is));
  }
  ReviewBuilder& Operation(std::string_view operation) { return Set("operation", operation); }
  ReviewBuilder& By(std::string_view username) {
    request()["userInfo"]["username"] = username;
    return *this;
  }
  ReviewBuilder& InGroup(std::string_view group) {
    request()["userInfo"]["groups"].push_back(group);
    return *this;
  }
  ReviewBuilder& New(json::Json object) { return Set("object", std::move(object)); }
  ReviewBuilder& Old(json::Json object) { return Set("oldObject", std::move(object)); }
  ReviewBuilder& Patch(std::string_view merge_patch) {  // Of the new object.
    request()["object"].merge_patch(json::Json::parse(merge_patch));
    return *this;
  }
  ReviewBuilder& PatchOld(std::string_view merge_patch) {
    request()["oldObject"].merge_patch(json::Json::parse(merge_patch));
    return *this;
  }
  ReviewBuilder& PatchRequest(std::string_view merge_patch) {
    request().merge_patch(json::Json::parse(merge_patch));
    return *this;
  }
  ReviewBuilder& Set(std::string_view field, json::Json value) {
    request()[std::string(field)] = std::move(value);
    return *this;
  }

  json::Json& request() { return review_["request"]; }
  json::Json& review() { return review_; }
  PaddedBody Build() const { return PaddedBody(review_.dump()); }

 private:
  static json::Json ScaleObject(int replicas) {
    json::Json scale = {{"kind", "Scale"},
                        {"apiVersion", "autoscaling/v1"},
                        {"metadata", {{"name", "gift-cards"}, {"namespace", "shop"}}},
                        {"spec", json::Json::object()}};
    if (replicas >= 0) scale["spec"]["replicas"] = replicas;
    return scale;
  }

  json::Json review_;
};

// An owner reference as a controller writes it.
inline std::string OwnedBy(std::string_view api_version, std::string_view kind,
                           std::string_view name = "gift-cards",
                           std::string_view more = R"("controller": true)") {
  return R"({"metadata": {"ownerReferences": [{"uid": "5f0c", "apiVersion": ")" +
         std::string(api_version) + R"(", "kind": ")" + std::string(kind) + R"(", "name": ")" +
         std::string(name) + R"(", )" + std::string(more) + "}]}}";
}

inline std::shared_ptr<const decision::GateIndex> IndexWithMode(decision::GateMode mode) {
  decision::GateIndex::Builder builder;
  builder.SetHealth({.caches_synced = true, .waiting_for = "", .clock_trusted = true});
  builder.AddNamespace("shop", mode);
  return std::move(builder).Build();
}

}  // namespace launchgate::admission
