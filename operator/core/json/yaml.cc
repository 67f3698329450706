#include "core/json/yaml.h"

#include <fmt/format.h>
#include <simdjson.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "core/base/text.h"
#include "core/json/yaml_scalar.h"

namespace launchgate::json {
namespace {

// Stops the parser from inside a callback; never leaves this file.
struct Stop {
  base::Error error;
};

[[noreturn]] void StopAt(const YAML::Mark& mark, const std::string& what,
                         base::ErrorKind kind = base::ErrorKind::kInvalid) {
  throw Stop{{kind, fmt::format("line {}: {}", mark.line + 1, what)}};
}

// What yaml-cpp calls a plain scalar or an untagged container, and a quoted scalar.
constexpr std::string_view kPlain = "?";
constexpr std::string_view kQuoted = "!";

// A complete value that aliases may refer to, and what copying it costs.
struct Anchored {
  Json value;
  std::size_t nodes = 0;
  std::size_t bytes = 0;
  std::size_t height = 0;  // Nested containers in it.
};

// Turns the parser's events into values. Working on events instead of the
// library's node graph means that each limit holds before memory is spent and
// that a cyclic alias is simply one to an anchor that is not complete yet.
class JsonBuilder final : public YAML::EventHandler {
 public:
  explicit JsonBuilder(const YamlLimits& limits) : limits_(limits) {}

  std::vector<Json> TakeDocuments() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++started_documents_ > limits_.max_documents) {
      StopAt(mark, fmt::format("more than {} documents", limits_.max_documents),
             base::ErrorKind::kExhausted);
    }
    open_.clear();
    anchors_.clear();
    root_ = nullptr;
  }

  void OnDocumentEnd() override {
    if (!root_.is_null()) documents_.push_back(std::move(root_));
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Leaf(mark, anchor, nullptr, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (tag != kPlain && tag != kQuoted) StopAt(mark, "tags are not supported");
    if (ExpectsKey()) return Key(mark, tag == kPlain, anchor, text);
    if (tag == kQuoted) return Leaf(mark, anchor, text, text.size());
    base::Result<Json> value = PlainScalar(text);
    if (!value) StopAt(mark, value.error().message);
    Leaf(mark, anchor, *std::move(value), text.size());
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (ExpectsKey()) StopAt(mark, "a key must be text, not an alias");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) StopAt(mark, "an alias refers to a value that contains it");
    const Anchored& source = found->second;
    Spend(mark, source.nodes, source.bytes);
    if (open_.size() + source.height > limits_.max_depth) StopTooDeep(mark);
    Cost(source.nodes, source.bytes, source.height);
    Place(source.value);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Json::array());
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, Json::object());
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapEnd() override { Close(); }

 private:
  struct OpenContainer {
    Json value;
    YAML::anchor_t anchor = YAML::NullAnchor;
    YAML::Mark mark;       // Where it starts.
    std::string key;       // Of the member being read.
    bool has_key = false;  // A key was read; its value comes next.
    std::size_t nodes = 1;
    std::size_t bytes = 0;
    std::size_t height = 1;
  };

  bool ExpectsKey() const {
    return !open_.empty() && open_.back().value.is_object() && !open_.back().has_key;
  }

  [[noreturn]] void StopTooDeep(const YAML::Mark& mark) const {
    StopAt(mark, fmt::format("more than {} nested levels", limits_.max_depth),
           base::ErrorKind::kExhausted);
  }

  void Spend(const YAML::Mark& mark, std::size_t nodes, std::size_t bytes) {
    if (nodes > limits_.max_nodes - nodes_) {
      StopAt(mark, fmt::format("more than {} values", limits_.max_nodes),
             base::ErrorKind::kExhausted);
    }
    if (bytes > limits_.max_bytes - bytes_) {
      StopAt(mark, fmt::format("more than {} bytes of text", limits_.max_bytes),
             base::ErrorKind::kExhausted);
    }
    nodes_ += nodes;
    bytes_ += bytes;
  }

  // Adds a finished value to what its container costs to copy.
  void Cost(std::size_t nodes, std::size_t bytes, std::size_t height) {
    if (open_.empty()) return;
    OpenContainer& parent = open_.back();
    parent.nodes += nodes;
    parent.bytes += bytes + parent.key.size();
    parent.height = std::max(parent.height, height + 1);
  }

  void Key(const YAML::Mark& mark, bool plain, YAML::anchor_t anchor, const std::string& text) {
    if (anchor != YAML::NullAnchor) StopAt(mark, "anchors on keys are not supported");
    if (plain && text == "<<") StopAt(mark, "merge keys (<<) are not supported");
    const base::Result<Json> value = PlainScalar(text);
    if (plain && (!value || !value->is_string())) {
      StopAt(mark, fmt::format("a key must be text; put {} in quotes", base::Quote(text)));
    }
    Spend(mark, 0, text.size());
    OpenContainer& object = open_.back();
    if (object.value.contains(text)) StopAt(mark, "duplicate key " + base::Quote(text));
    object.key = text;
    object.has_key = true;
  }

  void Leaf(const YAML::Mark& mark, YAML::anchor_t anchor, Json value, std::size_t bytes) {
    if (ExpectsKey()) StopAt(mark, "a key must be text, not empty");
    Spend(mark, 1, bytes);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = {value, 1, bytes, 0};
    Cost(1, bytes, 0);
    Place(std::move(value));
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Json container) {
    if (tag != kPlain) StopAt(mark, "tags are not supported");
    if (ExpectsKey()) StopAt(mark, "a key must be text, not a list or an object");
    if (open_.size() >= limits_.max_depth) StopTooDeep(mark);
    Spend(mark, 1, 0);
    OpenContainer next;
    next.value = std::move(container);
    next.anchor = anchor;
    next.mark = mark;
    open_.push_back(std::move(next));
  }

  void Close() {
    OpenContainer done = std::move(open_.back());
    open_.pop_back();
    if (done.anchor != YAML::NullAnchor) {
      Spend(done.mark, done.nodes, done.bytes);  // Nested anchors keep a copy each.
      anchors_[done.anchor] = {done.value, done.nodes, done.bytes, done.height};
    }
    Cost(done.nodes, done.bytes, done.height);
    Place(std::move(done.value));
  }

  void Place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return;
    }
    OpenContainer& parent = open_.back();
    if (parent.value.is_array()) {
      parent.value.push_back(std::move(value));
      return;
    }
    parent.value[std::move(parent.key)] = std::move(value);
    parent.key.clear();
    parent.has_key = false;
  }

  const YamlLimits& limits_;
  std::vector<Json> documents_;
  std::vector<OpenContainer> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  Json root_;
  std::size_t started_documents_ = 0;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

// Most JSON is YAML, but not all of it (surrogate pairs, tabs); what is
// acceptable JSON is therefore read as such.
bool LooksLikeJson(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

base::Status CheckBytes(std::string_view text, const YamlLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return base::Fail(base::ErrorKind::kExhausted,
                      fmt::format("the text has {} bytes; at most {} are allowed", text.size(),
                                  limits.max_bytes));
  }
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return base::Fail(base::ErrorKind::kInvalid, "the text is not valid UTF-8");
  }
  // The library would take it for UTF-16 and read something else than people see.
  if (text.find('\0') != std::string_view::npos) {
    return base::Fail(base::ErrorKind::kInvalid, "the text contains a NUL byte");
  }
  return {};
}

// The library takes the end of the text for the end of a quoted scalar when it
// comes right after a line break, so that a truncated manifest would pass. A
// document end marker inside a quoted scalar is an error.
std::string Terminated(std::string_view text) {
  std::string whole(text);
  if (!whole.empty() && (whole.back() == '\n' || whole.back() == '\r')) whole += "...\n";
  return whole;
}

}  // namespace

base::Result<std::vector<Json>> ParseYaml(std::string_view text, const YamlLimits& limits) {
  if (base::Status good = CheckBytes(text, limits); !good) return tl::unexpected(good.error());
  if (LooksLikeJson(text)) {
    base::Result<Json> value = ParseStrict(text, {limits.max_bytes, limits.max_depth});
    if (value) return std::vector<Json>{*std::move(value)};
  }
  try {
    std::istringstream stream{Terminated(text)};
    YAML::Parser parser(stream);
    JsonBuilder builder(limits);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.TakeDocuments();
  } catch (const Stop& stop) {
    return tl::unexpected(stop.error);
  } catch (const YAML::Exception& error) {
    return base::Fail(base::ErrorKind::kInvalid,
                      fmt::format("line {}: not YAML: {}", error.mark.line + 1,
                                  base::Printable(error.msg, base::kMaxQuotedBytes)));
  } catch (const std::exception& error) {
    return base::Fail(base::ErrorKind::kInternal, std::string("parsing YAML: ") + error.what());
  }
}

}  // namespace launchgate::json
