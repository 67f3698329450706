// Reading typed fields out of a JSON object, collecting every complaint with
// the path of its field, so that a person can repair a manifest in one go.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/json/json.h"

namespace launchgate::json {

// What is wrong with one field: path "spec.evidence[2].runbook.url" and
// "must be …" (the style of Kubernetes' own validation messages).
struct Problem {
  std::string path;
  std::string message;
  std::string ToString() const { return path + ": " + message; }
  friend bool operator==(const Problem&, const Problem&) = default;
};

// At most this many problems are kept of one document.
inline constexpr std::size_t kMaxProblems = 32;
// Longest result of Summarize().
inline constexpr std::size_t kMaxSummaryBytes = 1024;

// One object under a path. Copies are cheap; they share the list of problems,
// which must outlive them, as must the JSON value. A missing optional field
// gives the default; a missing required one, or a field of the wrong type,
// gives a Problem and the default. Not thread-safe.
class Reader {
 public:
  Reader(const Json& value, std::string path, std::vector<Problem>& problems);

  bool Has(std::string_view field) const;  // Present and not null.
  std::string PathOf(std::string_view field) const;
  // `field` may be empty: the complaint is then about the object as a whole.
  void Complain(std::string_view field, std::string message);
  const std::string& path() const { return path_; }
  const Json& value() const { return *value_; }

  std::string Text(std::string_view field, std::string fallback = "");
  std::string RequiredText(std::string_view field);  // Present and not empty.
  std::int64_t Integer(std::string_view field, std::int64_t fallback);
  bool Boolean(std::string_view field, bool fallback);
  std::optional<base::Time> OptionalTime(std::string_view field);
  std::optional<base::Duration> OptionalDuration(std::string_view field);
  std::optional<double> OptionalDecimal(std::string_view field);  // A string such as "99.9".
  // Texts that are not empty; at most `max_items` of them.
  std::vector<std::string> TextList(std::string_view field, std::size_t max_items);

  // The object under `field`; an empty one (with a Problem if `required`) when absent.
  Reader Object(std::string_view field, bool required = false);
  // The objects of the list under `field`, each with its index in the path;
  // none past `max_items`, which is a Problem.
  std::vector<Reader> ObjectList(std::string_view field, std::size_t max_items);

  // A field nobody knows is a typing error more often than not.
  void RefuseUnknownFields(std::initializer_list<std::string_view> known);

 private:
  const Json* Find(std::string_view field) const;  // Nothing when absent or null.
  const Json* FindList(std::string_view field, std::size_t max_items);

  const Json* value_;
  std::string path_;
  std::vector<Problem>* problems_;
};

// All problems in one line, bounded; for conditions and command-line errors.
std::string Summarize(const std::vector<Problem>& problems);

}  // namespace launchgate::json
