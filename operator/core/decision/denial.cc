#include <algorithm>
#include <string>

#include "core/base/text.h"
#include "core/decision/decide.h"

namespace launchgate::decision {
namespace {

constexpr std::size_t kMaxNameBytes = 80;        // In the first line.
constexpr std::size_t kMaxOwnerBytes = 60;       // Of each of team and contact.
constexpr std::size_t kMaxObjectionBytes = 256;  // One line.

// "deployment/gift-cards", "Pod/probe", "Pod".
std::string Subject(const Change& change) {
  if (change.target) return base::Printable(change.target->Word(), kMaxNameBytes);
  const std::string kind = base::Printable(change.kind, kMaxNameBytes);
  return change.name.empty() ? kind : kind + "/" + base::Printable(change.name, kMaxNameBytes);
}

std::string FirstLine(const Change& change) {
  std::string line = Subject(change) + " in namespace " +
                     base::Printable(change.ns, kMaxNameBytes) + " may not launch";
  if (!change.what.empty()) line += " (the request " + std::string(change.what) + ")";
  return line + ":\n";
}

std::string ObjectionLine(const base::Objection& objection, std::size_t max_bytes) {
  std::string line = "- " + std::string(objection.reason);
  if (!objection.item.empty()) line += " [" + base::Printable(objection.item, 64) + "]";
  line += ": " + objection.message;
  return base::Printable(line, std::min(max_bytes, kMaxObjectionBytes) - 1) + "\n";
}

std::string OwnerLine(const TargetFacts* facts) {
  if (facts == nullptr || facts->reviews.size() != 1) return "";
  const ReviewFacts& review = *facts->reviews.front();
  const std::string team = base::Printable(review.team, kMaxOwnerBytes);
  const std::string contact = base::Printable(review.contact, kMaxOwnerBytes);
  if (team.empty() && contact.empty()) return "";
  if (contact.empty()) return "Owner: " + team + "\n";
  return "Owner: " + (team.empty() ? contact : team + " (" + contact + ")") + "\n";
}

std::string TemplateLine(const Change& change) {
  if (change.template_hash.empty()) return "";
  return "Template: " + base::Printable(change.template_hash, kMaxNameBytes) + "\n";
}

// To be pasted into a shell, so it holds nothing but valid names.
std::string CommandLine(const Change& change) {
  if (!base::IsDnsLabel(change.ns)) return "More: kubectl launchgate status";
  if (!change.target || !base::IsDnsSubdomain(change.target->name)) {
    return "More: kubectl launchgate status -n " + change.ns;
  }
  return "More: kubectl launchgate explain -n " + change.ns + " " + change.target->Word();
}

std::string MoreLine(std::size_t count) { return "- ...and " + std::to_string(count) + " more\n"; }

// As many lines as fit, then how many do not. The first is always there, cut
// where names leave little room.
std::string FittingLines(const base::Objections& objections, std::size_t room) {
  if (objections.empty()) return "";  // Of an Allow.
  const std::size_t reserve = objections.size() > 1 ? MoreLine(objections.size()).size() : 0;
  std::string text = ObjectionLine(objections.front(), room - reserve);
  for (std::size_t i = 1; i < objections.size(); ++i) {
    const std::string line = ObjectionLine(objections[i], kMaxObjectionBytes);
    const bool last = i + 1 == objections.size();
    if (text.size() + line.size() + (last ? 0 : reserve) > room) {
      return text + MoreLine(objections.size() - i);
    }
    text += line;
  }
  return text;
}

}  // namespace

std::string RenderDenial(const Decision& decision, const TargetFacts* facts, const Change& change) {
  const std::string head = FirstLine(change);
  const std::string tail = TemplateLine(change) + OwnerLine(facts) + CommandLine(change);
  return head + FittingLines(decision.objections(), kMaxDenialBytes - head.size() - tail.size()) +
         tail;
}

}  // namespace launchgate::decision
