// The record of a launch review: what was decided, who signed it, under which
// conditions, on which evidence, and how a reader checks the signatures. Made
// of a Report; its renderings are here (JSON) and in render_go_no_go.h.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/report.h"
#include "app/cli/signature_check.h"
#include "app/world.h"
#include "core/json/json.h"

namespace launchgate::app::cli {

// What an earlier `check -o json` said about one item.
struct EarlierItem {
  evidence::FindingStatus finding = evidence::FindingStatus::kUnknown;
  std::string reason;
  std::string message;  // May be empty.
};

// An earlier answer about one review.
struct Earlier {
  std::string ns;
  std::string review;
  std::map<std::string, EarlierItem> items;  // By id.
};

inline constexpr std::size_t kMaxEarlierReviews = 1000;

// The answer of `check -o json` or `render go-no-go -o json`: one object or a
// list. Fields that newer versions add are passed over. kInvalid names the first
// fields that are wrong.
base::Result<std::vector<Earlier>> ParseEarlier(std::string_view text);

// A value.
struct GoNoGo {
  Report report;
  std::vector<VerdictCheck> checks;  // Of the verdicts that the report names, by name.
  std::optional<Earlier> before;     // Nothing: the record says nothing about fixes.
};

// `report` is the one of `review`; `earlier` may hold the answer about it.
GoNoGo MakeGoNoGo(const World& world, const resources::LaunchReview& review, Report report,
                  const std::vector<Earlier>& earlier, const verdict::SignatureVerifier& verifier);

// "Go", or "No-Go": whether the rollout is allowed, in the words of people.
std::string_view AnswerOf(const Report& report);

// Who signed last: the Go or NoGo of each signer by name, then the break-glasses.
std::vector<const verdict::VerifiedStatement*> SignedBy(const Report& report);

// A condition of a signed Go. Signers who promise the same share one.
struct Promise {
  verdict::Condition condition;
  std::vector<std::string> signers;  // Whose Go holds it.
  bool overdue = false;
};
// By due date.
std::vector<Promise> PromisesOf(const Report& report);

// Until when a signed condition waives the item's finding; nothing where none does.
std::optional<base::Time> WaivedUntil(const Report& report, const Report::Item& item);

// An item that did not pass before and passes now.
struct Fix {
  const Report::Item* now = nullptr;  // Points into the record.
  const EarlierItem* before = nullptr;
};
// In the order of the checklist.
std::vector<Fix> FixesOf(const GoNoGo& record);

// Everything that the record says, as an extension of the answer of `check`
// (docs/cli.md).
json::Json ToJson(const GoNoGo& record);

}  // namespace launchgate::app::cli
