#include "shell/kube/discovery.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/text.h"
#include "core/json/json.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;

constexpr std::array kLaunchgateKinds = {kLaunchReviews, kReadinessChecklists, kLaunchVerdicts,
                                         kLaunchAuthorities};

// The leading digits of "20+"; nothing without one.
std::optional<int> LeadingNumber(const Json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  const auto& text = found->get_ref<const std::string&>();
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  return number;
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

tl::unexpected<base::Error> Unreadable(std::string_view what) {
  return base::Fail(base::ErrorKind::kInternal,
                    "the API server's " + std::string(what) + " is not what it should be");
}

}  // namespace

base::Result<ServerVersion> ReadVersion(std::string_view text) {
  const base::Result<Json> body = json::ParseTrusted(text);
  if (!body || !body->is_object()) return Unreadable("version");
  const std::optional<int> major = LeadingNumber(*body, "major");
  const std::optional<int> minor = LeadingNumber(*body, "minor");
  if (!major || !minor) return Unreadable("version");
  ServerVersion version{*major, *minor, {}};
  if (const auto git = body->find("gitVersion"); git != body->end() && git->is_string()) {
    version.git_version = base::Printable(git->get<std::string>(), base::kMaxQuotedBytes);
  }
  return version;
}

base::Result<std::vector<std::string>> ReadResourceNames(std::string_view text) {
  const base::Result<Json> body = json::ParseTrusted(text);
  if (!body || !body->is_object()) return Unreadable("list of resources");
  const auto resources = body->find("resources");
  if (resources == body->end() || !resources->is_array()) return Unreadable("list of resources");
  std::vector<std::string> names;
  for (const Json& resource : *resources) {
    const auto name = resource.is_object() ? resource.find("name") : resource.end();
    if (name == resource.end() || !name->is_string()) return Unreadable("list of resources");
    const auto& text_name = name->get_ref<const std::string&>();
    if (text_name.find('/') == std::string::npos) names.push_back(text_name);
  }
  return names;
}

Discovery::Discovery(Client& client, const clock::Clock& clock, const DiscoveryOptions& options)
    : client_(client), clock_(clock), options_(options) {}

base::Result<Capabilities> Discovery::Get(std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_.Monotonic();
  if (known_ && now - asked_at_ < options_.max_age) return *known_;
  base::Result<Capabilities> asked = AskLocked(std::move(stop));
  if (asked) {
    known_ = *asked;
    asked_at_ = now;
  }
  return asked;
}

void Discovery::Invalidate() {
  const std::lock_guard lock(mutex_);
  known_.reset();
}

// The plural names served under the type's group and version; none when the
// group is absent.
base::Result<std::vector<std::string>> Discovery::ResourcesOf(const ResourceType& type,
                                                              std::stop_token stop) {
  const ApiResult<std::string> body = client_.GetText("/apis/" + ApiVersion(type), std::move(stop));
  if (!body && body.error().kind == base::ErrorKind::kNotFound) return std::vector<std::string>{};
  if (!body) return tl::unexpected(base::Error(body.error()));
  return ReadResourceNames(*body);
}

base::Result<Capabilities> Discovery::AskLocked(std::stop_token stop) {
  const ApiResult<std::string> version_text = client_.GetText("/version", stop);
  if (!version_text) return tl::unexpected(base::Error(version_text.error()));
  base::Result<ServerVersion> version = ReadVersion(*version_text);
  if (!version) return tl::unexpected(version.error());
  Capabilities found;
  found.version = std::move(*version);
  found.webhook_match_conditions = found.version.AtLeast(1, 28);
  found.crd_validation_rules = found.version.AtLeast(1, 25);

  for (const ResourceType* type : {&kCronJobs, &kCronJobsV1Beta1}) {
    const auto names = ResourcesOf(*type, stop);
    if (!names) return tl::unexpected(names.error());
    if (found.cron_jobs == nullptr && Contains(*names, type->plural)) found.cron_jobs = type;
  }
  const auto argo = ResourcesOf(kRollouts, stop);
  if (!argo) return tl::unexpected(argo.error());
  found.rollouts = Contains(*argo, kRollouts.plural);

  const auto admission = ResourcesOf(kValidatingAdmissionPolicies, stop);
  if (!admission) return tl::unexpected(admission.error());
  found.validating_admission_policies = Contains(*admission, kValidatingAdmissionPolicies.plural);

  const auto own = ResourcesOf(kLaunchReviews, stop);
  if (!own) return tl::unexpected(own.error());
  for (const ResourceType& type : kLaunchgateKinds) {
    if (!Contains(*own, type.plural)) found.missing_launchgate_kinds.push_back(QualifiedName(type));
  }
  return found;
}

}  // namespace launchgate::kube
