#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "core/json/json.h"

namespace launchgate::json {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Walks over the text and tells how far the parser has read: the events that
// the parser sends do not say where they are.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, std::size_t* read) : at_(at), read_(read) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    ++*read_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountingIterator& a, const CountingIterator& b) {
    return a.at_ == b.at_;
  }

 private:
  const char* at_;
  std::size_t* read_;
};

// Builds the value and refuses what RFC 8259 merely advises against.
class StrictBuilder final : public nlohmann::json_sax<Json> {
 public:
  StrictBuilder(std::size_t max_depth, const std::size_t& read)
      : max_depth_(max_depth), read_(read) {}

  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t&) override { return Refuse(base::ErrorKind::kInvalid, "binary data"); }

  bool number_float(number_float_t value, const string_t& text) override {
    // The library falls back to a double for integers of more than 64 bits,
    // which would silently change them.
    if (text.find_first_of(".eE") == std::string::npos) {
      return Refuse(base::ErrorKind::kInvalid, "a number that does not fit 64 bits");
    }
    return Add(value);
  }

  bool start_object(std::size_t) override { return Open(Json::object()); }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(Json::array()); }
  bool end_array() override { return Close(); }

  bool key(string_t& key) override {
    if (open_.back()->contains(key)) {
      return Refuse(base::ErrorKind::kInvalid, "duplicate key " + base::Quote(key));
    }
    member_ = &(*open_.back())[key];
    return true;
  }

  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::detail::exception&) override {
    error_ = {base::ErrorKind::kInvalid, fmt::format("not JSON: syntax error at byte {}, near {}",
                                                     position, base::Quote(last_token))};
    return false;
  }

  Json TakeRoot() { return std::move(root_); }
  const base::Error& error() const { return error_; }

 private:
  bool Refuse(base::ErrorKind kind, std::string_view what) {
    error_ = {kind, fmt::format("not acceptable JSON: {} at byte {}", what, read_)};
    return false;
  }

  Json* Place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *member_ = std::move(value);
    return member_;
  }

  bool Add(Json value) {
    Place(std::move(value));
    return true;
  }

  bool Open(Json container) {
    if (open_.size() >= max_depth_) {
      return Refuse(base::ErrorKind::kExhausted,
                    fmt::format("more than {} nested levels", max_depth_));
    }
    open_.push_back(Place(std::move(container)));
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  std::size_t max_depth_;
  const std::size_t& read_;
  Json root_;
  // Pointers into root_: an element moves only when its array grows, which
  // happens only while the array itself is the innermost open container.
  std::vector<Json*> open_;
  Json* member_ = nullptr;
  base::Error error_;
};

}  // namespace

base::Result<Json> ParseStrict(std::string_view text, const ParseLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return base::Fail(base::ErrorKind::kExhausted,
                      fmt::format("the document has {} bytes; at most {} are allowed", text.size(),
                                  limits.max_bytes));
  }
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    return base::Fail(base::ErrorKind::kInvalid, "not JSON: byte order mark at byte 0");
  }
  // The library takes a NUL for the end of the text and ignores what follows.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return base::Fail(base::ErrorKind::kInvalid, fmt::format("not JSON: NUL at byte {}", nul));
  }
  std::size_t read = 0;
  StrictBuilder builder(limits.max_depth, read);
  try {
    const bool good = Json::sax_parse(CountingIterator(text.data(), &read),
                                      CountingIterator(text.data() + text.size(), &read), &builder);
    if (!good) return tl::unexpected(builder.error());
  } catch (const std::exception& error) {
    return base::Fail(base::ErrorKind::kInternal, std::string("parsing JSON: ") + error.what());
  }
  return builder.TakeRoot();
}

}  // namespace launchgate::json
