// AdmissionReview v1: decoding what the API server asks, classifying it, and
// encoding the answer. This is the hot path; nothing here does I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/decision/decide.h"
#include "core/decision/gate_index.h"

namespace launchgate::admission {

// The identities of the controllers of kube-controller-manager, who create
// children of approved owners. Exact names; never a prefix. (THREATS T18.)
struct ControllerIdentities {
  std::vector<std::string>
      usernames;  // "system:serviceaccount:kube-system:replicaset-controller", …
};
ControllerIdentities DefaultControllerIdentities();

// Bounds of one request.
inline constexpr std::size_t kMaxReviewBytes = 8U << 20U;
inline constexpr std::size_t kMaxReviewDepth = 64;

// Reads one request and classifies it. Not thread-safe: one Decoder per thread;
// it keeps its parser's memory (capped) between requests.
class Decoder {
 public:
  explicit Decoder(ControllerIdentities identities);
  ~Decoder();

  // What the gate needs of a request. Views point into the decoder and live
  // until its next call.
  struct Request {
    std::string_view uid;
    std::string_view username;
    bool dry_run = false;
    decision::Change change;
  };

  // `padded`: the body, followed by at least kPadding readable bytes.
  // kInvalid: not an AdmissionReview v1 that we understand; the message says why.
  // `mode` decides whether children (Pod, ReplicaSet, Job) are gated.
  base::Result<Request> Decode(std::string_view padded, const decision::GateIndex& index);
  static constexpr std::size_t kPadding = 64;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The template hash of DESIGN §3, "v1:sha256:<hex>", of a pod template as JSON.
std::string TemplateHash(const nlohmann::json& pod_template);

// The template hash of a workload manifest (whole object); kInvalid for a kind
// without a pod template.
base::Result<std::string> TemplateHashOfWorkload(const nlohmann::json& workload);

// The AdmissionReview answers. `audit` mode always allows and turns a denial
// into a warning. Never fails.
std::string EncodeAnswer(std::string_view uid, const decision::Decision& decision,
                         std::string_view denial_message, bool audit_only);

}  // namespace launchgate::admission
