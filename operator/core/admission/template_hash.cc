#include "core/admission/template_hash.h"

#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "core/admission/kinds.h"
#include "core/base/bytes.h"
#include "core/base/text.h"

namespace launchgate::admission {
namespace {

using json::Json;

constexpr std::array<std::string_view, 4> kRestartedAt = {"template", "metadata", "annotations",
                                                          "kubectl.kubernetes.io/restartedAt"};

// The member at a dotted path; null when something on the way is missing.
const Json* At(const Json& root, std::string_view path) {
  const Json* value = &root;
  while (!path.empty()) {
    const std::string_view name = path.substr(0, path.find('.'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!value->is_object()) return nullptr;
    const auto member = value->find(name);
    if (member == value->end() || member->is_null()) return nullptr;
    value = &*member;
  }
  return value;
}

std::string_view TextAt(const Json& root, std::string_view path) {
  const Json* value = At(root, path);
  return value != nullptr && value->is_string()
             ? std::string_view(value->get_ref<const std::string&>())
             : std::string_view();
}

}  // namespace

json::CanonicalOptions TemplateCanonicalOptions() {
  return {.omit_nulls = true, .omit_path = std::span(kRestartedAt).subspan(1)};
}

json::CanonicalOptions TemplateParentCanonicalOptions() {
  return {.omit_nulls = true, .omit_path = kRestartedAt};
}

std::string HashOfCanonicalTemplate(std::string_view canonical) {
  return "v1:sha256:" + base::Sha256Hex(canonical);
}

std::string TemplateHash(const Json& pod_template) {
  return HashOfCanonicalTemplate(json::Canonical(pod_template, TemplateCanonicalOptions()));
}

base::Result<std::string> TemplateHashOfWorkload(const Json& workload) {
  const std::string_view api_version = TextAt(workload, "apiVersion");
  const std::string_view kind = TextAt(workload, "kind");
  const KindRow* row = FindKind(GroupOf(api_version), kind);
  if (row == nullptr || row->template_path.empty()) {
    return base::Fail(base::ErrorKind::kInvalid, "there is no pod template in an object of kind " +
                                                     base::Quote(kind) + " and apiVersion " +
                                                     base::Quote(api_version));
  }
  const std::string name(kind);
  if (row->target == resources::TargetKind::kRollout &&
      At(workload, "spec.workloadRef") != nullptr) {
    return base::Fail(
        base::ErrorKind::kInvalid,
        "the template of this Rollout is in the workload that spec.workloadRef names");
  }
  const Json* pod_template = At(workload, row->template_path);
  if (pod_template == nullptr || !pod_template->is_object()) {
    return base::Fail(base::ErrorKind::kInvalid,
                      name + " must have an object under " + std::string(row->template_path));
  }
  return TemplateHash(*pod_template);
}

}  // namespace launchgate::admission
