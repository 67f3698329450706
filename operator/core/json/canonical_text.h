// Pieces of the canonical form that both writers share. Internal to this module.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/json/json.h"

namespace launchgate::json::internal {

void AppendText(std::string_view text, std::string& out);
void AppendInteger(std::int64_t value, std::string& out);
void AppendInteger(std::uint64_t value, std::string& out);
// Precondition: `value` is finite.
void AppendReal(double value, std::string& out);

using Path = std::span<const std::string_view>;

// Writes the members of one object in the order given; knows what is left out.
class ObjectWriter {
 public:
  ObjectWriter(Path omit_path, bool omit_nulls, std::string& out)
      : omit_path_(omit_path), omit_nulls_(omit_nulls), out_(out) {
    out_.push_back('{');
  }

  // `write_value` gets the rest of the path that applies inside the value.
  template <typename WriteValue>
  void Member(std::string_view key, bool is_null, WriteValue write_value) {
    if (is_null && omit_nulls_) return;
    const bool on_path = !omit_path_.empty() && key == omit_path_.front();
    if (on_path && omit_path_.size() == 1) return;

    const std::size_t start = out_.size();
    if (!first_) out_.push_back(',');
    AppendText(key, out_);
    out_.push_back(':');
    const std::size_t value_start = out_.size();
    write_value(on_path ? omit_path_.subspan(1) : Path{});
    if (on_path && std::string_view(out_).substr(value_start) == "{}") {
      out_.resize(start);
      return;
    }
    first_ = false;
  }

  void End() { out_.push_back('}'); }

 private:
  Path omit_path_;
  bool omit_nulls_;
  std::string& out_;
  bool first_ = true;
};

}  // namespace launchgate::json::internal
