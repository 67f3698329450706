#include "app/reconcile/review_notices.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/decision/decide.h"
#include "core/evidence/finding.h"

namespace launchgate::app {
namespace {

using json::Json;

std::string TextAt(const Json& status, const char* pointer) {
  const Json::json_pointer path(pointer);
  if (!status.is_object() || !status.contains(path) || !status.at(path).is_string()) return "";
  return status.at(path).get<std::string>();
}

// What a status says of one item; null where it says nothing.
const Json* ItemIn(const Json& status, const std::string& item) {
  const auto items = status.is_object() ? status.find("items") : status.end();
  if (items == status.end() || !items->is_array()) return nullptr;
  const auto found = std::ranges::find_if(
      *items, [&](const Json& entry) { return TextAt(entry, "/item") == item; });
  return found == items->end() ? nullptr : &*found;
}

void AddFindings(const Json& before, const Json& after, std::vector<Notice>& notices) {
  const auto items = after.find("items");
  if (items == after.end()) return;
  for (const Json& item : *items) {
    const std::string id = TextAt(item, "/item");
    const std::string finding = TextAt(item, "/finding");
    const Json* was = ItemIn(before, id);
    if (was == nullptr || TextAt(*was, "/finding") == finding) continue;
    notices.push_back(
        {finding == ToString(evidence::FindingStatus::kPass), "Evidence" + finding,
         fmt::format("{}: {} ({})", id, TextAt(item, "/message"), TextAt(item, "/reason")), false});
  }
}

void AddDecision(const Json& before, const Json& after, const std::string& target,
                 std::vector<Notice>& notices) {
  const std::string answer = TextAt(after, "/decision/decision");
  const std::string reason = TextAt(after, "/decision/reason");
  if (TextAt(before, "/decision/decision") != answer) {
    const bool allowed = answer == "Allow";
    notices.push_back({allowed, allowed ? "LaunchAllowed" : "LaunchDenied",
                       allowed ? fmt::format("{} may roll out: {}", target, reason)
                               : TextAt(after, "/decision/objections/0/message")});
  }
  if (reason == decision::reason::kBreakGlass) {
    notices.push_back({false, "BreakGlassUsed", target + " runs by a BreakGlass verdict"});
  }
}

void AddRevision(const Json& before, const Json& after, std::vector<Notice>& notices) {
  const std::string newest = TextAt(after, "/approvedRevisions/0/templateHash");
  if (newest.empty() || newest == TextAt(before, "/approvedRevisions/0/templateHash")) return;
  notices.push_back(
      {true, "RevisionApproved",
       fmt::format("{} is an approved revision now ({}); rolling back to it stays possible", newest,
                   TextAt(after, "/approvedRevisions/0/reason"))});
}

}  // namespace

std::vector<Notice> NoticesOf(const Json& before, const Json& after, const std::string& target) {
  std::vector<Notice> notices;
  AddFindings(before, after, notices);
  AddDecision(before, after, target, notices);
  AddRevision(before, after, notices);
  return notices;
}

}  // namespace launchgate::app
