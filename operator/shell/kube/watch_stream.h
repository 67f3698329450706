// Decodes what the API server sends about a collection: list pages and watch
// streams. Objects are handed on as their JSON text plus a few fields, so that
// a cache can keep its own reduced form and never holds whole objects.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "shell/kube/object.h"

namespace launchgate::kube {

// etcd holds at most 1.5 MiB per object and JSON escapes can grow it; a longer
// line is not a Kubernetes event.
inline constexpr std::size_t kMaxWatchLineBytes = 4U << 20U;

// One object inside an answer. The views live as long as the call that gets it.
struct RawObject {
  ObjectMeta meta;
  std::string_view json;  // The whole object. In a list, `apiVersion` and `kind` are left out.
};

// Cuts a byte stream into lines. Accepts any split of the input, "\n" and
// "\r\n"; empty lines are skipped. Not thread-safe.
class LineSplitter {
 public:
  using OnLine = std::function<base::Status(std::string_view line)>;

  explicit LineSplitter(std::size_t max_line_bytes = kMaxWatchLineBytes);

  // Calls `on_line` for every line that `piece` completes, and stops at its
  // first error, which is returned. kExhausted for a line over the bound. After
  // an error the splitter must not be fed again.
  base::Status Feed(std::string_view piece, const OnLine& on_line);

  // Bytes of a line whose end has not come yet.
  std::size_t pending() const { return pending_.size(); }

 private:
  std::size_t max_line_bytes_;
  std::string pending_;
};

enum class WatchEventType { kAdded, kModified, kDeleted, kBookmark, kError, kUnknown };

// The failure that an ERROR event (or the body of a failed request) carries.
struct ApiStatus {
  int code = 0;
  std::string reason;
  std::string message;
  std::chrono::seconds retry_after{0};
};

struct WatchEvent {
  WatchEventType type = WatchEventType::kUnknown;
  std::string type_name;  // As sent: "ADDED".
  RawObject object;  // Empty for kError and kUnknown; for kBookmark only resource_version is set.
  ApiStatus error;   // For kError.
};

struct ListHeader {
  std::string resource_version;
  std::string continue_token;  // Empty on the last page.
};

// Reads list pages and watch events with simdjson. Reuse one decoder: it keeps
// its buffers. Not thread-safe.
class WatchDecoder {
 public:
  WatchDecoder();
  ~WatchDecoder();
  WatchDecoder(const WatchDecoder&) = delete;
  WatchDecoder& operator=(const WatchDecoder&) = delete;

  using OnEvent = std::function<base::Status(const WatchEvent& event)>;
  using OnObject = std::function<base::Status(const RawObject& object)>;

  // One line of a watch. kInvalid when it is not JSON, not an event, or holds an
  // object without a name or resourceVersion. An unknown type is an event, not
  // an error. Errors never quote the line: it may hold a Secret.
  base::Status DecodeEvent(std::string_view line, const OnEvent& on_event);

  // One page. The objects come in the server's order. kInvalid for anything but
  // a list with a resourceVersion: one unreadable object fails the page, since a
  // list with a hole looks like a deletion.
  base::Result<ListHeader> DecodeList(std::string body, const OnObject& on_object);

  // The Status body of a failed request; code 0 when it is none.
  ApiStatus DecodeStatus(std::string_view body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace launchgate::kube
