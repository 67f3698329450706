// Guards of Launchgate's own switches: the namespace label that turns the gate
// on, the status that says what was verified, and signed verdicts. Not launch
// decisions: they need no review, no cache and no clock. (THREATS T04, T25.)
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace launchgate::admission {

// Exact names. There is no silent exemption, not even for system:masters: an
// administrator who must open the gate joins one of these groups (or
// impersonates it: `kubectl --as-group=launchgate:gate-admins --as=...`), which
// the API server's audit log shows.
struct GuardOptions {
  std::vector<std::string> gate_admin_users;
  std::vector<std::string> gate_admin_groups;
  std::string controller_username;  // The only writer of status.
};
// The group "launchgate:gate-admins" and the account
// "system:serviceaccount:launchgate-system:launchgate-controller".
GuardOptions DefaultGuardOptions();

namespace guard_reason {
inline constexpr std::string_view kUnchanged = "Unchanged";
inline constexpr std::string_view kPermitted = "Permitted";
inline constexpr std::string_view kGateWeakened = "GateWeakened";
inline constexpr std::string_view kStatusForged = "StatusForged";
inline constexpr std::string_view kVerdictImmutable = "VerdictImmutable";
}  // namespace guard_reason

struct GuardAnswer {
  bool allowed = false;
  std::string_view reason;  // Static storage.
  std::string message;      // For a denial: one sentence and what to do.
};

// Not thread-safe: one per thread, like Decoder.
class Guards {
 public:
  explicit Guards(GuardOptions options);
  ~Guards();
  Guards(const Guards&) = delete;
  Guards& operator=(const Guards&) = delete;

  // `padded` as for Decoder::Decode. What is guarded:
  //   namespaces, namespaces/status, namespaces/finalize
  //       An UPDATE that makes the label launchgate.dev/gate weaker (strict >
  //       enforce > audit > none) needs a gate admin. Adding it, strengthening it,
  //       creating and deleting a namespace do not.
  //   launchreviews/status, and status of the other kinds of launchgate.dev
  //       Only the controller writes it.
  //   launchverdicts
  //       An UPDATE must not change the spec (servers without CEL do not know).
  // kInvalid: not a review that we understand, or about anything else than these;
  // the answer to it is a denial.
  base::Result<GuardAnswer> Check(std::string_view padded);

  // As Decoder::uid().
  const std::string& uid() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace launchgate::admission
