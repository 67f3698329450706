// The part of an AdmissionReview that every kind has. Internal to this module.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/admission/dom.h"
#include "core/base/result.h"

namespace launchgate::admission::internal {

enum class Operation { kCreate, kUpdate, kDelete };

// `kind`, `resource` and `subresource` are those the webhook registered; what
// the user sent (`requestKind`) the API server has converted already.
// Views live until the parser's next call.
struct Envelope {
  std::string_view uid;
  std::string_view group;  // Of `kind`: for a Scale "autoscaling".
  std::string_view version;
  std::string_view kind;
  std::string_view resource_group;
  std::string_view resource_version;
  std::string_view resource;
  std::string_view subresource;
  std::string_view ns;
  std::string_view name;  // May be empty (generateName, a collection's DELETE).
  Operation operation = Operation::kCreate;
  std::string_view username;
  Element user;  // userInfo, for the groups.
  bool dry_run = false;
  std::optional<Element> object;      // There on CREATE and UPDATE; an object.
  std::optional<Element> old_object;  // There on UPDATE; an object.
};

// True if userInfo.groups has `group`. kInvalid if it is not a list of texts.
base::Result<bool> InGroup(const Envelope& envelope, std::string_view group);

// Owns the memory that Envelopes point into. Not thread-safe.
class ReviewParser {
 public:
  base::Result<Envelope> Parse(std::string_view padded);
  const std::string& uid() const { return uid_; }  // See Decoder::uid().
  // Gives back what an unusually large body made us allocate; Envelopes die.
  void Shrink();

 private:
  simdjson::dom::parser parser_;
  std::string uid_;
};

}  // namespace launchgate::admission::internal
