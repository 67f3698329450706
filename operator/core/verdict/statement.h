// The sentence that people sign: an in-toto Statement v1 with the predicate
// https://launchgate.dev/verdict/v1 (docs/verdict-format.md).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/resources/launch_review.h"

namespace launchgate::verdict {

inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kVerdictPredicateType = "https://launchgate.dev/verdict/v1";
// The payload type and the SSH namespace it is signed under: dsse.h, sshsig.h.

enum class Answer { kGo, kNoGo, kBreakGlass };
std::string_view ToString(Answer answer);  // "Go", "NoGo", "BreakGlass"

// What a BreakGlass may be for.
inline constexpr std::string_view kClassP0 = "P0";
inline constexpr std::string_view kClassSecurityFix = "SecurityFix";

// Something promised with a Go: who does what until when. Naming an item
// waives that item's finding until the due date.
struct Condition {
  std::string text;
  std::string item;  // May be empty: then nothing is waived.
  std::string owner;
  base::Time due{};
  friend bool operator==(const Condition&, const Condition&) = default;
};

// What the signer saw when signing.
struct SeenFinding {
  std::string item;
  std::string finding;
  std::string reason;
  friend bool operator==(const SeenFinding&, const SeenFinding&) = default;
};

// What a verdict is about; all of it must equal what the cluster has.
struct Subject {
  std::string cluster_id;  // UID of the namespace kube-system.
  std::string review_ns;
  std::string review_name;
  std::string review_uid;
  std::string review_digest;  // LaunchReview::spec_digest
  std::string checklist;
  std::string checklist_digest;  // ReadinessChecklist::spec_digest
  resources::TargetRef target;
  resources::Binding binding = resources::Binding::kService;
  friend bool operator==(const Subject&, const Subject&) = default;
};

// A container image of the pod template, pinned by digest.
struct ImageDigest {
  std::string name;    // "registry.example.com/shop/gift-cards"
  std::string sha256;  // Lowercase hex.
  friend bool operator==(const ImageDigest&, const ImageDigest&) = default;
};

struct Statement {
  Answer answer = Answer::kNoGo;
  Subject subject;
  std::string template_hash;  // Mandatory for BreakGlass and for binding Revision; else empty.
  std::vector<ImageDigest> images;  // Only with a template hash; may be empty.
  std::vector<SeenFinding> findings;
  std::vector<Condition> conditions;  // Only with Go.
  std::string reason;                 // Mandatory for NoGo and BreakGlass.
  std::string ticket;                 // Mandatory for BreakGlass.
  std::string override_class;         // BreakGlass: "P0" or "SecurityFix".
  std::string identity;               // Who signs, and in which role; must be what
  std::string role;                   // the authority's record of the key says.
  base::Time issued_at{};
  base::Time not_after{};
  std::int64_t sequence = 0;  // ≥ 1, higher than any earlier verdict of this signer on this review.
  friend bool operator==(const Statement&, const Statement&) = default;
};

inline constexpr std::size_t kMaxConditions = 32;
inline constexpr std::size_t kMaxSeenFindings = 1024;
inline constexpr std::size_t kMaxImages = 64;
inline constexpr std::size_t kMaxReasonBytes = 1024;
inline constexpr std::size_t kMaxFieldBytes = 256;  // Every other text.
// The largest integer that every JSON reader keeps exactly.
inline constexpr std::int64_t kMaxSequence = (std::int64_t{1} << 53) - 1;
inline constexpr base::Duration kMaxBreakGlassLifetime = std::chrono::hours(24);

// "v1:sha256:" and 64 lowercase hexadecimal digits.
inline constexpr std::string_view kTemplateHashPrefix = "v1:sha256:";
bool IsTemplateHash(std::string_view text);

// The exact bytes to sign: canonical JSON. Requires a valid statement.
std::string Serialize(const Statement& statement);

// How the review's document and the pod template are named as in-toto subjects.
std::string ReviewSubjectName(const Subject& subject);  // "launchreview/shop/gift-cards"
std::string TemplateSubjectName(
    const Subject& subject);  // "podtemplate/shop/deployment/gift-cards"

// Strict: every field known, required ones present, bounds held, lists of
// digests consistent with the predicate. kInvalid names the field.
base::Result<Statement> ParseStatement(std::string_view bytes);

// The rules a statement must hold by itself (used by both of the above and by
// the signing commands before anybody is asked for a passphrase).
base::Status Validate(const Statement& statement);

}  // namespace launchgate::verdict
