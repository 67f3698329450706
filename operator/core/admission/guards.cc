#include "core/admission/guards.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/admission/envelope.h"
#include "core/base/text.h"
#include "core/json/canonical_fast.h"

namespace launchgate::admission {
namespace {

using internal::Element;
using internal::Envelope;
using internal::Operation;

constexpr std::string_view kGateLabel = "launchgate.dev/gate";
constexpr std::string_view kOurGroup = "launchgate.dev";
constexpr std::array<std::string_view, 7> kOurResources = {
    "launchreviews", "launchverdicts", "readinesschecklists", "launchauthorities",
    "errorbudgets",  "budgetreviews",  "freezewindows"};

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

GuardAnswer Allow(std::string_view reason) { return {true, reason, ""}; }
GuardAnswer Deny(std::string_view reason, std::string message) {
  return {false, reason, std::move(message)};
}

base::Result<std::string_view> GateLabelOf(const Element& ns) {
  const auto labels = internal::ObjectAt(ns, "metadata.labels");
  if (!labels) return tl::unexpected(labels.error());
  if (!*labels) return std::string_view();
  const auto label = internal::Member(**labels, kGateLabel);  // Its name has dots.
  if (!label) return std::string_view();
  std::string_view text;
  if (label->get(text) != simdjson::SUCCESS) {
    return internal::WrongType("metadata.labels", "an object of texts");
  }
  return text;
}

// strict > enforce > audit > none. Any other value counts as enforce where it
// stands already, but never as an equal replacement: webhooks that select the
// three words would not see it.
int StrengthOf(std::string_view label, int of_unknown) {
  if (label == "strict") return 3;
  if (label == "enforce") return 2;
  if (label == "audit") return 1;
  return label.empty() ? 0 : of_unknown;
}

std::string Shown(std::string_view label) {
  return label.empty() ? std::string("nothing") : base::Quote(label);
}

base::Result<bool> IsGateAdmin(const Envelope& e, const GuardOptions& options) {
  bool admin = Contains(options.gate_admin_users, e.username);
  for (const std::string& group : options.gate_admin_groups) {
    auto member = internal::InGroup(e, group);
    if (!member) return member;
    admin = admin || *member;
  }
  return admin;
}

base::Result<GuardAnswer> CheckNamespace(const Envelope& e, const GuardOptions& options) {
  if (e.operation != Operation::kUpdate) return Allow(guard_reason::kPermitted);
  const auto was = GateLabelOf(*e.old_object);
  if (!was) return tl::unexpected(was.error());
  const auto is = GateLabelOf(*e.object);
  if (!is) return tl::unexpected(is.error());
  if (*was == *is) return Allow(guard_reason::kUnchanged);
  if (StrengthOf(*is, 0) >= StrengthOf(*was, 2)) return Allow(guard_reason::kPermitted);

  const auto admin = IsGateAdmin(e, options);
  if (!admin) return tl::unexpected(admin.error());
  if (*admin) return Allow(guard_reason::kPermitted);
  const std::string group = options.gate_admin_groups.empty()
                                ? std::string("the gate admins")
                                : "the group " + base::Quote(options.gate_admin_groups.front());
  return Deny(guard_reason::kGateWeakened,
              "the label " + std::string(kGateLabel) + " of namespace " + base::Quote(e.name) +
                  " must not be weakened from " + Shown(*was) + " to " + Shown(*is) + "; only " +
                  group + " may do that");
}

base::Result<GuardAnswer> CheckStatus(const Envelope& e, const GuardOptions& options) {
  if (e.username == options.controller_username) return Allow(guard_reason::kPermitted);
  return Deny(guard_reason::kStatusForged,
              "the status of " + std::string(e.resource) + " records what Launchgate verified; " +
                  "only " + base::Quote(options.controller_username) + " may write it");
}

base::Result<std::string> SpecText(const Element& object) {
  const auto spec = internal::ObjectAt(object, "spec");
  if (!spec) return tl::unexpected(spec.error());
  std::string text;
  if (*spec) json::AppendCanonical(**spec, {.omit_nulls = true, .omit_path = {}}, text);
  return text;
}

base::Result<GuardAnswer> CheckVerdict(const Envelope& e) {
  if (e.operation != Operation::kUpdate) return Allow(guard_reason::kPermitted);
  const auto was = SpecText(*e.old_object);
  if (!was) return tl::unexpected(was.error());
  const auto is = SpecText(*e.object);
  if (!is) return tl::unexpected(is.error());
  if (*was == *is) return Allow(guard_reason::kUnchanged);
  return Deny(guard_reason::kVerdictImmutable,
              "the spec of a LaunchVerdict is a signed statement and cannot be changed; create "
              "another LaunchVerdict with a higher sequence instead");
}

base::Result<GuardAnswer> Route(const Envelope& e, const GuardOptions& options) {
  const std::string_view sub = e.subresource;
  if (e.resource_group.empty() && e.resource == "namespaces" && e.kind == "Namespace" &&
      (sub.empty() || sub == "status" || sub == "finalize")) {
    return CheckNamespace(e, options);
  }
  const bool ours =
      e.resource_group == kOurGroup &&
      std::find(kOurResources.begin(), kOurResources.end(), e.resource) != kOurResources.end();
  if (ours && sub == "status") return CheckStatus(e, options);
  if (ours && sub.empty() && e.resource == "launchverdicts") return CheckVerdict(e);
  return base::Fail(base::ErrorKind::kInvalid,
                    "no guard knows " + base::Quote(e.resource) +
                        (sub.empty() ? std::string() : " with subresource " + base::Quote(sub)) +
                        " of group " + base::Quote(e.resource_group));
}

}  // namespace

GuardOptions DefaultGuardOptions() {
  return {.gate_admin_users = {},
          .gate_admin_groups = {"launchgate:gate-admins"},
          .controller_username = "system:serviceaccount:launchgate-system:launchgate-controller"};
}

struct Guards::Impl {
  GuardOptions options;
  internal::ReviewParser parser;
};

Guards::Guards(GuardOptions options)
    : impl_(std::make_unique<Impl>(Impl{std::move(options), {}})) {}
Guards::~Guards() = default;

const std::string& Guards::uid() const { return impl_->parser.uid(); }

base::Result<GuardAnswer> Guards::Check(std::string_view padded) {
  auto answer = [&]() -> base::Result<GuardAnswer> {
    const auto envelope = impl_->parser.Parse(padded);
    if (!envelope) return tl::unexpected(envelope.error());
    return Route(*envelope, impl_->options);
  }();
  impl_->parser.Shrink();
  return answer;
}

}  // namespace launchgate::admission
