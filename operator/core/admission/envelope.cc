#include "core/admission/envelope.h"

#include <algorithm>
#include <array>
#include <bit>

#include "core/admission/review.h"
#include "core/base/text.h"

namespace launchgate::admission::internal {
namespace {

using base::ErrorKind;
using base::Fail;

constexpr std::size_t kLeastCapacity = 16U << 10U;

// Where a text of the request goes, and whether it must be there.
struct TextField {
  std::string_view path;
  std::string_view Envelope::*where;
  bool required;
};
constexpr std::array kTextFields = {
    TextField{"kind.group", &Envelope::group, false},
    TextField{"kind.version", &Envelope::version, true},
    TextField{"kind.kind", &Envelope::kind, true},
    TextField{"resource.group", &Envelope::resource_group, false},
    TextField{"resource.version", &Envelope::resource_version, true},
    TextField{"resource.resource", &Envelope::resource, true},
    TextField{"subResource", &Envelope::subresource, false},
    TextField{"namespace", &Envelope::ns, false},
    TextField{"name", &Envelope::name, false},
    TextField{"userInfo.username", &Envelope::username, true},
};

base::Result<Operation> ReadOperation(const Element& request) {
  const auto operation = TextAt(request, "operation");
  if (!operation) return tl::unexpected(operation.error());
  if (*operation == "CREATE") return Operation::kCreate;
  if (*operation == "UPDATE") return Operation::kUpdate;
  if (*operation == "DELETE") return Operation::kDelete;
  return Fail(ErrorKind::kInvalid,
              "`operation` must be CREATE, UPDATE or DELETE, not " + base::Quote(*operation));
}

base::Status ReadTexts(const Element& request, Envelope& envelope) {
  for (const TextField& field : kTextFields) {
    const auto text = TextAt(request, field.path);
    if (!text) return tl::unexpected(text.error());
    if (field.required && text->empty()) return WrongType(field.path, "present");
    envelope.*field.where = *text;
  }
  return {};
}

base::Status ReadObjects(const Element& request, Envelope& envelope) {
  const auto object = ObjectAt(request, "object");
  if (!object) return tl::unexpected(object.error());
  const auto old_object = ObjectAt(request, "oldObject");
  if (!old_object) return tl::unexpected(old_object.error());
  if (!*object && envelope.operation != Operation::kDelete) {
    return WrongType("object", "present on CREATE and UPDATE");
  }
  if (!*old_object && envelope.operation == Operation::kUpdate) {
    return WrongType("oldObject", "present on UPDATE");
  }
  envelope.object = *object;
  envelope.old_object = *old_object;
  return {};
}

// A body that claims to be one thing and carries another is nobody's honest
// mistake. Scale and EphemeralContainers say their own kind.
base::Status CheckObjectIsWhatItClaims(const Envelope& envelope) {
  if (!envelope.object) return {};
  const auto kind = TextAt(*envelope.object, "kind", envelope.kind);
  if (!kind) return tl::unexpected(kind.error());
  const auto name = TextAt(*envelope.object, "metadata.name");
  if (!name) return tl::unexpected(name.error());
  if (*kind != envelope.kind) return WrongType("object.kind", "the kind of the request");
  if (!envelope.name.empty() && !name->empty() && *name != envelope.name) {
    return WrongType("object.metadata.name", "the name of the request");
  }
  return {};
}

base::Result<Element> OpenReview(const Element& review) {
  if (!review.is_object()) return WrongType("AdmissionReview", "an object");
  const auto kind = TextAt(review, "kind");
  const auto api_version = TextAt(review, "apiVersion");
  if (!kind || *kind != "AdmissionReview") return WrongType("kind", "AdmissionReview");
  if (!api_version || *api_version != "admission.k8s.io/v1") {
    return WrongType("apiVersion", "admission.k8s.io/v1");
  }
  const auto request = ObjectAt(review, "request");
  if (!request) return tl::unexpected(request.error());
  if (!*request) return WrongType("request", "present");
  return **request;
}

base::Result<Envelope> ReadRequest(const Element& request, std::string_view uid) {
  Envelope envelope;
  envelope.uid = uid;
  if (auto texts = ReadTexts(request, envelope); !texts) return tl::unexpected(texts.error());
  const auto operation = ReadOperation(request);
  if (!operation) return tl::unexpected(operation.error());
  envelope.operation = *operation;
  const auto dry_run = BooleanAt(request, "dryRun");
  if (!dry_run) return tl::unexpected(dry_run.error());
  envelope.dry_run = *dry_run;
  envelope.user = **At(request, "userInfo");  // Its username was read above.

  if (auto objects = ReadObjects(request, envelope); !objects) {
    return tl::unexpected(objects.error());
  }
  if (auto same = CheckObjectIsWhatItClaims(envelope); !same) return tl::unexpected(same.error());
  return envelope;
}

}  // namespace

base::Result<bool> InGroup(const Envelope& envelope, std::string_view group) {
  const auto groups = ListAt(envelope.user, "groups");
  if (!groups) return tl::unexpected(groups.error());
  if (!*groups) return false;
  bool found = false;
  for (const Element element : ItemsOf(**groups)) {
    std::string_view name;
    if (element.get(name) != simdjson::SUCCESS) return WrongType("groups", "a list of texts");
    found = found || name == group;
  }
  return found;
}

base::Result<Envelope> ReviewParser::Parse(std::string_view padded) {
  uid_.clear();
  if (padded.size() > kMaxReviewBytes) {
    return Fail(ErrorKind::kInvalid,
                "the review is larger than " + std::to_string(kMaxReviewBytes) + " bytes");
  }
  // Doubling, so that a slowly growing object does not reallocate every time.
  if (parser_.capacity() < padded.size() &&
      parser_.allocate(std::max(kLeastCapacity, std::bit_ceil(padded.size())), kMaxReviewDepth) !=
          simdjson::SUCCESS) {
    return Fail(ErrorKind::kExhausted, "there is no memory to read the review");
  }
  Element review;
  // The caller's padding spares the copy of the body.
  const auto error = parser_.parse(padded.data(), padded.size(), false).get(review);
  if (error != simdjson::SUCCESS) {
    return Fail(ErrorKind::kInvalid, std::string("the review is not JSON that we accept: ") +
                                         simdjson::error_message(error));
  }
  const auto request = OpenReview(review);
  if (!request) return tl::unexpected(request.error());
  const auto uid = TextAt(*request, "uid");
  if (!uid) return tl::unexpected(uid.error());
  if (uid->empty() || uid->size() > kMaxUidBytes) {
    return WrongType("uid", "text of 1 to " + std::to_string(kMaxUidBytes) + " bytes");
  }
  uid_ = *uid;
  return ReadRequest(*request, uid_);
}

void ReviewParser::Shrink() {
  if (parser_.capacity() > kMaxRetainedBodyBytes) parser_ = simdjson::dom::parser();
}

}  // namespace launchgate::admission::internal
