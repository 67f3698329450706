#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/json/canonical_text.h"
#include "core/json/json.h"

namespace launchgate::json {
namespace {

class Writer {
 public:
  Writer(bool omit_nulls, std::string& out) : omit_nulls_(omit_nulls), out_(out) {}

  void Value(const Json& value, internal::Path omit_path) {
    switch (value.type()) {
      case Json::value_t::object:
        return Object(value, omit_path);
      case Json::value_t::array:
        return Array(value);
      case Json::value_t::string:
        return internal::AppendText(value.get_ref<const std::string&>(), out_);
      case Json::value_t::boolean:
        out_.append(value.get<bool>() ? "true" : "false");
        return;
      case Json::value_t::number_integer:
        return internal::AppendInteger(value.get<std::int64_t>(), out_);
      case Json::value_t::number_unsigned:
        return internal::AppendInteger(value.get<std::uint64_t>(), out_);
      case Json::value_t::number_float:
        return internal::AppendReal(value.get<double>(), out_);
      case Json::value_t::null:
      case Json::value_t::binary:     // Never made by our parsers.
      case Json::value_t::discarded:  // Never made by our parsers.
        out_.append("null");
        return;
    }
  }

 private:
  void Object(const Json& object, internal::Path omit_path) {
    internal::ObjectWriter writer(omit_path, omit_nulls_, out_);
    // Json keeps members in a std::map, that is, sorted by bytes.
    for (const auto& member : object.get_ref<const Json::object_t&>()) {
      const Json& value = member.second;
      writer.Member(member.first, value.is_null(),
                    [&](internal::Path rest) { Value(value, rest); });
    }
    writer.End();
  }

  void Array(const Json& array) {
    out_.push_back('[');
    bool first = true;
    for (const Json& element : array) {
      if (!first) out_.push_back(',');
      first = false;
      Value(element, {});
    }
    out_.push_back(']');
  }

  bool omit_nulls_;
  std::string& out_;
};

}  // namespace

std::string Canonical(const Json& value, const CanonicalOptions& options) {
  std::string out;
  Writer(options.omit_nulls, out).Value(value, options.omit_path);
  return out;
}

std::string CanonicalDigest(const Json& value) { return base::Sha256Hex(Canonical(value)); }

}  // namespace launchgate::json
