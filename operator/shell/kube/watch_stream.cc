#include "shell/kube/watch_stream.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace launchgate::kube {
namespace {

namespace ondemand = simdjson::ondemand;
using base::ErrorKind;

auto Unreadable(std::string_view what) {
  return base::Fail(ErrorKind::kInvalid, std::string(what) + " could not be read");
}

WatchEventType TypeOf(std::string_view name) {
  if (name == "ADDED") return WatchEventType::kAdded;
  if (name == "MODIFIED") return WatchEventType::kModified;
  if (name == "DELETED") return WatchEventType::kDeleted;
  if (name == "BOOKMARK") return WatchEventType::kBookmark;
  if (name == "ERROR") return WatchEventType::kError;
  return WatchEventType::kUnknown;
}

bool IsNull(ondemand::value& value) {
  bool null = false;
  return value.is_null().get(null) == simdjson::SUCCESS && null;
}

// False when the value is there and is not a string.
bool ReadString(ondemand::value value, std::string& out) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return false;
  out.assign(text);
  return true;
}

bool ReadMetaField(std::string_view key, ondemand::value value, ObjectMeta& meta) {
  if (key == "name") return ReadString(value, meta.key.name);
  if (key == "namespace") return ReadString(value, meta.key.ns);
  if (key == "uid") return ReadString(value, meta.uid);
  if (key == "resourceVersion") return ReadString(value, meta.resource_version);
  if (key == "generation") return value.get_int64().get(meta.generation) == simdjson::SUCCESS;
  if (key == "deletionTimestamp") meta.deleting = !IsNull(value);
  return true;
}

// Calls `read` with every key and value of `object`; false as soon as it does,
// or when the text is not an object.
template <typename Read>
bool ForEachField(ondemand::object object, const Read& read) {
  for (auto entry : object) {
    ondemand::field field;
    std::string_view key;
    if (std::move(entry).get(field) != simdjson::SUCCESS) return false;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
    if (!read(key, field.value())) return false;
  }
  return true;
}

bool ReadMeta(ondemand::value value, ObjectMeta& meta) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  return ForEachField(object, [&meta](std::string_view key, ondemand::value field) {
    return ReadMetaField(key, field, meta);
  });
}

// One pass for the metadata; the text is then taken whole.
bool ReadObjectText(ondemand::value value, RawObject& out) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  ondemand::value metadata;
  const auto found = object.find_field_unordered("metadata").get(metadata);
  if (found == simdjson::SUCCESS) {
    if (!ReadMeta(metadata, out.meta)) return false;
  } else if (found != simdjson::NO_SUCH_FIELD) {
    return false;
  }
  if (object.reset().error() != simdjson::SUCCESS) return false;
  return object.raw_json().get(out.json) == simdjson::SUCCESS;
}

// False when something follows the value that was read.
bool AtEnd(ondemand::document& document) {
  return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

bool Identified(const RawObject& object) {
  return !object.meta.key.name.empty() && !object.meta.resource_version.empty();
}

bool ReadListMeta(ondemand::value value, ListHeader& header) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  return ForEachField(object, [&header](std::string_view key, ondemand::value field) {
    if (key == "resourceVersion") return ReadString(field, header.resource_version);
    if (key == "continue") return ReadString(field, header.continue_token);
    return true;
  });
}

bool ReadStatusDetails(ondemand::value value, ApiStatus& status) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  return ForEachField(object, [&status](std::string_view key, ondemand::value field) {
    std::int64_t seconds = 0;
    if (key == "retryAfterSeconds" && field.get_int64().get(seconds) == simdjson::SUCCESS) {
      status.retry_after = std::chrono::seconds(std::max<std::int64_t>(seconds, 0));
    }
    return true;
  });
}

bool ReadStatusField(std::string_view key, ondemand::value value, ApiStatus& status) {
  std::int64_t code = 0;
  if (key == "code" && value.get_int64().get(code) == simdjson::SUCCESS) {
    status.code = code >= 100 && code <= 599 ? static_cast<int>(code) : 0;
  }
  if (key == "reason") return ReadString(value, status.reason);
  if (key == "message") return ReadString(value, status.message);
  if (key == "details") return ReadStatusDetails(value, status);
  return true;
}

}  // namespace

LineSplitter::LineSplitter(std::size_t max_line_bytes) : max_line_bytes_(max_line_bytes) {}

base::Status LineSplitter::Feed(std::string_view piece, const OnLine& on_line) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (pending_.size() + part.size() > max_line_bytes_) {
      return base::Fail(ErrorKind::kExhausted, "a watch line is longer than " +
                                                   std::to_string(max_line_bytes_) + " bytes");
    }
    if (end == std::string_view::npos) {
      pending_.append(part);
      return {};
    }
    piece.remove_prefix(end + 1);
    std::string_view line = part;
    if (!pending_.empty()) line = pending_.append(part);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) {
      if (base::Status told = on_line(line); !told) return told;
    }
    pending_.clear();
  }
  return {};
}

struct WatchDecoder::Impl {
  // Copies into a buffer with the room behind the text that simdjson reads past it.
  simdjson::error_code Iterate(std::string_view text, ondemand::document& document) {
    buffer.reserve(text.size() + simdjson::SIMDJSON_PADDING);
    buffer.assign(text);
    return IterateBuffer(document);
  }
  simdjson::error_code IterateBuffer(ondemand::document& document) {
    buffer.reserve(buffer.size() + simdjson::SIMDJSON_PADDING);
    return parser.iterate(buffer.data(), buffer.size(), buffer.capacity()).get(document);
  }
  bool ReadItems(ondemand::value value, const OnObject& on_object, base::Status& told);

  ondemand::parser parser;
  std::string buffer;
};

WatchDecoder::WatchDecoder() : impl_(std::make_unique<Impl>()) {}
WatchDecoder::~WatchDecoder() = default;

base::Status WatchDecoder::DecodeEvent(std::string_view line, const OnEvent& on_event) {
  ondemand::document document;
  ondemand::object envelope;
  if (impl_->Iterate(line, document) != simdjson::SUCCESS ||
      document.get_object().get(envelope) != simdjson::SUCCESS) {
    return Unreadable("a watch event");
  }
  WatchEvent event;
  bool has_object = false;
  const bool read = ForEachField(envelope, [&](std::string_view key, ondemand::value value) {
    if (key == "type") return ReadString(value, event.type_name);
    if (key == "object") return has_object = ReadObjectText(value, event.object);
    return true;
  });
  if (!read || !has_object || event.type_name.empty() || !AtEnd(document)) {
    return Unreadable("a watch event");
  }
  event.type = TypeOf(event.type_name);
  const bool is_change = event.type == WatchEventType::kAdded ||
                         event.type == WatchEventType::kModified ||
                         event.type == WatchEventType::kDeleted;
  if (is_change && !Identified(event.object)) return Unreadable("the object of a watch event");
  if (event.type == WatchEventType::kBookmark && event.object.meta.resource_version.empty()) {
    return Unreadable("a bookmark");
  }
  if (event.type == WatchEventType::kError) {
    const std::string status(event.object.json);  // Decoding it reuses the buffer.
    event.object = {};
    event.error = DecodeStatus(status);
  }
  return on_event(event);
}

bool WatchDecoder::Impl::ReadItems(ondemand::value value, const OnObject& on_object,
                                   base::Status& told) {
  if (IsNull(value)) return true;  // How Go writes an empty slice that was never made.
  ondemand::array items;
  if (value.get_array().get(items) != simdjson::SUCCESS) return false;
  for (auto entry : items) {
    ondemand::value item;
    RawObject object;
    if (entry.get(item) != simdjson::SUCCESS || !ReadObjectText(item, object) ||
        !Identified(object)) {
      return false;
    }
    told = on_object(object);
    if (!told) return false;
  }
  return true;
}

base::Result<ListHeader> WatchDecoder::DecodeList(std::string body, const OnObject& on_object) {
  impl_->buffer = std::move(body);
  ondemand::document document;
  ondemand::object list;
  if (impl_->IterateBuffer(document) != simdjson::SUCCESS ||
      document.get_object().get(list) != simdjson::SUCCESS) {
    return Unreadable("a list");
  }
  ListHeader header;
  bool has_items = false;
  base::Status told;
  const bool read = ForEachField(list, [&](std::string_view key, ondemand::value value) {
    if (key == "metadata") return ReadListMeta(value, header);
    if (key == "items") return has_items = impl_->ReadItems(value, on_object, told);
    return true;
  });
  impl_->buffer = {};  // A page may be large and the next one is far away.
  if (!told) return tl::unexpected(told.error());
  if (!read || !has_items || header.resource_version.empty() || !AtEnd(document)) {
    return Unreadable("a list");
  }
  return header;
}

ApiStatus WatchDecoder::DecodeStatus(std::string_view body) {
  ApiStatus status;
  ondemand::document document;
  ondemand::object object;
  if (impl_->Iterate(body, document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return status;
  }
  const bool read = ForEachField(object, [&status](std::string_view key, ondemand::value value) {
    return ReadStatusField(key, value, status);
  });
  return read ? status : ApiStatus{};
}

}  // namespace launchgate::kube
