#include "core/json/canonical_fast.h"

#include <simdjson.h>

#include <algorithm>
#include <vector>

#include "core/json/canonical_text.h"

namespace launchgate::json {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

struct Member {
  std::string_view key;
  std::size_t position;  // In the document; the later of two equal keys counts.
  element value;
};

bool Before(const Member& a, const Member& b) {
  const int order = a.key.compare(b.key);
  return order != 0 ? order < 0 : a.position < b.position;
}

class Writer {
 public:
  Writer(bool omit_nulls, std::string& out) : omit_nulls_(omit_nulls), out_(out) {
    members_.reserve(kUsualMembers);
  }

  // The accessors cannot fail: each is chosen by the element's own type.
  void Value(const element& value, internal::Path omit_path) {
    switch (value.type()) {
      case element_type::OBJECT:
        return Object(value.get_object().value_unsafe(), omit_path);
      case element_type::ARRAY:
        return Array(value.get_array().value_unsafe());
      case element_type::STRING:
        return internal::AppendText(value.get_string().value_unsafe(), out_);
      case element_type::BOOL:
        out_.append(value.get_bool().value_unsafe() ? "true" : "false");
        return;
      case element_type::INT64:
        return internal::AppendInteger(value.get_int64().value_unsafe(), out_);
      case element_type::UINT64:
        return internal::AppendInteger(value.get_uint64().value_unsafe(), out_);
      case element_type::DOUBLE:
        return internal::AppendReal(value.get_double().value_unsafe(), out_);
      case element_type::NULL_VALUE:
        out_.append("null");
        return;
    }
  }

 private:
  // Open objects and their members at one time, in one vector used as a stack.
  static constexpr std::size_t kUsualMembers = 64;

  void Object(const simdjson::dom::object& object, internal::Path omit_path) {
    const std::size_t first = members_.size();
    for (const auto& [key, value] : object) members_.push_back({key, members_.size(), value});
    const std::size_t end = members_.size();
    std::sort(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end(), Before);

    internal::ObjectWriter writer(omit_path, omit_nulls_, out_);
    for (std::size_t i = first; i < end; ++i) {
      if (i + 1 < end && members_[i].key == members_[i + 1].key) continue;
      const Member member = members_[i];  // A copy: nested objects move the vector.
      writer.Member(member.key, member.value.is_null(),
                    [&](internal::Path rest) { Value(member.value, rest); });
    }
    writer.End();
    members_.resize(first, Member{{}, 0, element()});
  }

  void Array(const simdjson::dom::array& array) {
    out_.push_back('[');
    bool first = true;
    for (const element item : array) {
      if (!first) out_.push_back(',');
      first = false;
      Value(item, {});
    }
    out_.push_back(']');
  }

  bool omit_nulls_;
  std::string& out_;
  std::vector<Member> members_;
};

}  // namespace

void AppendCanonical(const element& element, const CanonicalOptions& options, std::string& out) {
  Writer(options.omit_nulls, out).Value(element, options.omit_path);
}

}  // namespace launchgate::json
