// AdmissionReview v1: decoding what the API server asks, classifying it, and
// encoding the answer. This is the hot path; nothing here does I/O.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/admission/guards.h"
#include "core/admission/template_hash.h"
#include "core/base/result.h"
#include "core/decision/decide.h"
#include "core/decision/gate_index.h"

namespace launchgate::admission {

// Who is expected to create which child of which owner. Exact names, never a
// prefix. (THREATS T10, T11, T18.)
struct ChildRule {
  std::string child;  // "Pod", "ReplicaSet", "Job".
  std::string username;
  std::string owner_group;
  std::string owner_kind;
};

struct ControllerIdentities {
  std::vector<ChildRule> children;
  // Who may end a pause or take a step of an Argo Rollout as a matter of course.
  std::vector<std::string> rollout_controllers;
};

// Those of kube-controller-manager, with one account per controller
// (system:serviceaccount:kube-system:replicaset-controller, …) and with the
// single account system:kube-controller-manager, and Argo Rollouts in its usual
// namespace (system:serviceaccount:argo-rollouts:argo-rollouts).
ControllerIdentities DefaultControllerIdentities();

// Bounds of one request.
inline constexpr std::size_t kMaxReviewBytes = 8U << 20U;
// Containers inside containers, the review itself included. The deepest part of
// an honest review, managedFields, stays below 20.
inline constexpr std::size_t kMaxReviewDepth = 64;
inline constexpr std::size_t kMaxUidBytes = 128;  // The API server sends 36.
// The parser's memory is about 14 times the largest body it has seen; after a
// larger body than this it is given back.
inline constexpr std::size_t kMaxRetainedBodyBytes = 256U << 10U;

// Reads one request and classifies it. Not thread-safe: one Decoder per thread;
// it keeps its parser's memory (capped) between requests.
class Decoder {
 public:
  explicit Decoder(ControllerIdentities identities);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // What the gate needs of a request.
  struct Request {
    std::string uid;
    std::string username;
    bool dry_run = false;  // Decided in the same way.
    decision::Change change;
  };

  // `padded`: the body; at least kPadding more bytes behind it must be readable.
  // kInvalid: not an AdmissionReview v1 that we understand; the message says
  // why and quotes nothing but names of fields and kinds. The answer to such a
  // request is a denial (with uid(), if there is one, else HTTP 400).
  //
  // `index` tells the mode of the namespace (children such as Pods count only in
  // a strict one and in one not seen yet) and the live template of a Deployment
  // that a Rollout points at.
  //
  // The object must be what will be stored: register the webhook as validating.
  // Of duplicate keys the last one counts, as in the API server, which anyway
  // writes the objects anew before it asks. (THREATS T49.)
  base::Result<Request> Decode(std::string_view padded, const decision::GateIndex& index);
  static constexpr std::size_t kPadding = 64;

  // The uid of the request last decoded, also when Decode() failed later on;
  // empty if it could not be read.
  const std::string& uid() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Bounds of an answer; those of warnings are the API server's own.
inline constexpr std::size_t kMaxWarningBytes = 256;
inline constexpr std::size_t kMaxWarningsBytes = 4096;
inline constexpr std::size_t kMaxStatusMessageBytes = 4096;

// The AdmissionReview with the answer to `uid`, with the audit annotations
// "decision", "reason", "templateHash" and "change". With `audit_only` a denial
// becomes an approval with a warning and the annotation decision=WouldDeny.
// Whatever the texts contain, the result is valid JSON. Never fails.
std::string EncodeAnswer(std::string_view uid, const decision::Decision& decision,
                         const decision::Change& change, std::string_view denial_message,
                         bool audit_only);

// The same for a guard's answer, with the annotations "decision" and "reason".
std::string EncodeAnswer(std::string_view uid, const GuardAnswer& answer);

// A denial of a request that could not be understood. `reason` is static.
std::string EncodeRefusal(std::string_view uid, std::string_view reason, std::string_view message);

}  // namespace launchgate::admission
