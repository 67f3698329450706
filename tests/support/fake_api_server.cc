#include "tests/support/fake_api_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <utility>

namespace launchgate::test_support {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string EventLine(std::string_view type, const Json& object) {
  return Json{{"type", type}, {"object", object}}.dump() + "\n";
}

// What a metadata-only client gets.
Json MetadataOnly(const Json& object) {
  if (object.contains("items")) {
    Json list = object;
    list["kind"] = "PartialObjectMetadataList";
    list["apiVersion"] = "meta.k8s.io/v1";
    for (Json& item : list["items"]) item = MetadataOnly(item);
    return list;
  }
  return Json{{"kind", "PartialObjectMetadata"},
              {"apiVersion", "meta.k8s.io/v1"},
              {"metadata", object["metadata"]}};
}

bool WantsMetadataOnly(const WireRequest& request) {
  return request.Header("accept").find("as=PartialObjectMetadata") != std::string::npos;
}

Selection SelectionOf(const WireRequest& request, const std::string& ns) {
  return {ns, request.Query("labelSelector"), request.Query("fieldSelector")};
}

// How an event looks through a selection: an object that begins or ceases to
// match appears or disappears. Empty: it does not concern this watch.
std::string TypeSeenThrough(const Selection& selection, const StoreEvent& event) {
  const bool matched = event.before && selection.Matches(*event.before);
  const bool matches = event.type != "DELETED" && selection.Matches(*event.object);
  if (matches) return matched ? "MODIFIED" : "ADDED";
  return matched ? "DELETED" : "";
}

std::vector<std::string> Split(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream stream(path);
  for (std::string part; std::getline(stream, part, '/');) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

WriteRequest::Verb VerbOf(const WireRequest& request) {
  if (request.method == "POST") return WriteRequest::Verb::kCreate;
  if (request.method == "PUT") return WriteRequest::Verb::kReplace;
  if (request.method == "DELETE") return WriteRequest::Verb::kDelete;
  const std::string type = request.Header("content-type");
  if (type.starts_with("application/apply-patch")) return WriteRequest::Verb::kApply;
  if (type.starts_with("application/json-patch")) return WriteRequest::Verb::kJsonPatch;
  return WriteRequest::Verb::kMergePatch;
}

}  // namespace

// One connection and how it is told to end.
struct FakeApiServer::Session {
  WireConnection wire;
  std::stop_token stop;
};

FakeApiServer::FakeApiServer(FakeApiServerOptions options) : options_(std::move(options)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, raw, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, raw, &size) != 0) {
    std::abort();  // A test machine without loopback.
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this](std::stop_token stop) { AcceptLoop(std::move(stop)); });
}

FakeApiServer::~FakeApiServer() {
  acceptor_.request_stop();
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  std::vector<std::jthread> connections;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, socket] : sockets_) ::shutdown(socket, SHUT_RDWR);
    connections.swap(connections_);
    for (std::jthread& connection : connections) connection.request_stop();
    changed_.notify_all();
  }
}

void FakeApiServer::AcceptLoop(std::stop_token stop) {
  for (std::uint64_t id = 0; !stop.stop_requested(); ++id) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    sockets_[id] = socket;
    connections_.emplace_back([this, id, socket](std::stop_token stop_connection) {
      ServeConnection(id, socket, std::move(stop_connection));
    });
  }
}

void FakeApiServer::ServeConnection(std::uint64_t id, int socket, std::stop_token stop) {
  Session session{WireConnection(socket), std::move(stop)};
  while (auto request = session.wire.Read()) {
    if (!ServeRequest(session, *request)) break;
  }
  // Forgotten before the descriptor is closed, so that its number is never shut
  // down after somebody else got it.
  const std::lock_guard lock(mutex_);
  sockets_.erase(id);
}

bool FakeApiServer::ServeRequest(Session& session, const WireRequest& request) {
  ReceivedRequest received{request.method,
                           request.target,
                           request.Header("user-agent"),
                           request.Header("content-type"),
                           request.body,
                           0};
  std::function<void(const ReceivedRequest&)> hook;
  {
    const std::lock_guard lock(mutex_);
    hook = hook_;
    ++hooks_running_;
  }
  if (hook) hook(received);

  std::unique_lock lock(mutex_);
  --hooks_running_;
  changed_.notify_all();
  if (!reachable_) {
    ++resets_;
    session.wire.ResetOnClose();
    return false;
  }
  if (const auto refusal = TakeRefusalLocked(request.target)) {
    received.code = refusal->code;
    requests_.push_back(std::move(received));
    lock.unlock();
    return session.wire.Reply(refusal->code, refusal->headers,
                              ApiFailure(refusal->code, "Scripted", "as scripted").body.dump());
  }
  const std::optional<Target> target = ParseTargetLocked(request.path);
  if (target && target->name.empty() && request.method == "GET" &&
      !request.Query("watch").empty()) {
    lock.unlock();
    return ServeWatch(session, request, *target);
  }
  ApiAnswer answer = AnswerLocked(request, target);
  received.code = answer.code;
  requests_.push_back(std::move(received));
  changed_.notify_all();
  lock.unlock();
  if (answer.code < 300 && WantsMetadataOnly(request)) answer.body = MetadataOnly(answer.body);
  return session.wire.Reply(answer.code, {}, answer.body.dump());
}

std::optional<FakeApiServer::Refusal> FakeApiServer::TakeRefusalLocked(const std::string& target) {
  for (auto refusal = refusals_.begin(); refusal != refusals_.end(); ++refusal) {
    if (!target.starts_with(refusal->prefix)) continue;
    const Refusal taken = *refusal;
    if (--refusal->count == 0) refusals_.erase(refusal);
    return taken;
  }
  return std::nullopt;
}

std::optional<FakeApiServer::Target> FakeApiServer::ParseTargetLocked(
    const std::string& path) const {
  std::vector<std::string> parts = Split(path);
  const std::size_t prefix = !parts.empty() && parts[0] == "apis" ? 3 : 2;
  if (parts.size() <= prefix) return std::nullopt;
  const std::string root = "/" + parts[0] + "/" + parts[1] + (prefix == 3 ? "/" + parts[2] : "");
  Target target;
  std::vector<std::string> rest(parts.begin() + static_cast<std::ptrdiff_t>(prefix), parts.end());
  if (rest.size() >= 3 && rest[0] == "namespaces" &&
      store_.kinds().contains(root + "/" + rest[2])) {
    target.ns = rest[1];
    rest.erase(rest.begin(), rest.begin() + 2);
  }
  const auto kind = store_.kinds().find(root + "/" + rest[0]);
  if (kind == store_.kinds().end()) return std::nullopt;
  target.kind = kind->second;
  if (rest.size() > 1) target.name = rest[1];
  if (rest.size() > 2) target.subresource = rest[2];
  return target;
}

ApiAnswer FakeApiServer::AnswerLocked(const WireRequest& request,
                                      const std::optional<Target>& target) {
  if (!target) {
    if (request.method == "GET") return DiscoveryLocked(request.path);
    return ApiFailure(404, "NotFound", "the server could not find the requested resource");
  }
  if (request.method != "GET") return WriteLocked(request, *target);
  if (!target->name.empty()) return store_.Get(target->kind, target->ns, target->name);
  ApiAnswer page = store_.List(target->kind, SelectionOf(request, target->ns),
                               std::strtoull(request.Query("limit").c_str(), nullptr, 10),
                               request.Query("continue"));
  if (page.code == 410) ++gone_answers_;
  return page;
}

ApiAnswer FakeApiServer::WriteLocked(const WireRequest& request, const Target& target) {
  if (!target.subresource.empty() && (target.subresource != "status" || !target.kind.has_status)) {
    return ApiFailure(404, "NotFound", "the server could not find the requested resource");
  }
  WriteRequest write;
  write.verb = VerbOf(request);
  write.ns = target.ns;
  write.name = target.name;
  write.status_only = target.subresource == "status";
  write.dry_run = request.Query("dryRun") == "All";
  write.field_manager = request.Query("fieldManager");
  write.body = Json::parse(request.body, nullptr, false);
  if (write.body.is_discarded()) {
    if (!request.body.empty()) return ApiFailure(400, "BadRequest", "the body is not JSON");
    write.body = Json::object();
  }
  try {
    return store_.Write(target.kind, write);
  } catch (const Json::exception& wrong) {
    return ApiFailure(422, "Invalid", wrong.what());
  }
}

ApiAnswer FakeApiServer::DiscoveryLocked(const std::string& path) const {
  if (path == "/healthz" || path == "/readyz" || path == "/livez") return {200, Json("ok")};
  if (path == "/version") {
    return {200, Json{{"major", "1"}, {"minor", "20"}, {"gitVersion", options_.git_version}}};
  }
  if (path == "/api") return {200, Json{{"kind", "APIVersions"}, {"versions", {"v1"}}}};
  Json resources = Json::array();
  std::map<std::string, Json> groups;
  for (const auto& [collection, kind] : store_.kinds()) {
    const std::string group_version =
        kind.group.empty() ? kind.version : kind.group + "/" + kind.version;
    if (!kind.group.empty()) {
      Json& group = groups[kind.group];
      const Json version{{"groupVersion", group_version}, {"version", kind.version}};
      group["name"] = kind.group;
      group["preferredVersion"] = version;
      if (std::find(group["versions"].begin(), group["versions"].end(), version) ==
          group["versions"].end()) {
        group["versions"].push_back(version);
      }
    }
    if (collection != path + "/" + kind.plural) continue;
    const Json verbs{"create", "delete", "get", "list", "patch", "update", "watch"};
    resources.push_back({{"name", kind.plural},
                         {"singularName", ""},
                         {"namespaced", kind.namespaced},
                         {"kind", kind.kind},
                         {"verbs", verbs}});
  }
  if (path == "/apis") {
    Json list = Json::array();
    for (const auto& [name, group] : groups) list.push_back(group);
    return {200, Json{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", list}}};
  }
  if (const auto group = groups.find(path.substr(path.rfind('/') + 1));
      group != groups.end() && path == "/apis/" + group->first) {
    return {200, group->second};
  }
  if (resources.empty()) return ApiFailure(404, "NotFound", "the server does not serve this");
  const std::string group_version = path.substr(path.starts_with("/apis/") ? 6 : 5);
  return {200, Json{{"kind", "APIResourceList"},
                    {"apiVersion", "v1"},
                    {"groupVersion", group_version},
                    {"resources", resources}}};
}

bool FakeApiServer::ServeWatch(Session& session, const WireRequest& request, const Target& target) {
  const std::uint64_t version =
      std::strtoull(request.Query("resourceVersion").c_str(), nullptr, 10);
  ReceivedRequest received{
      request.method, request.target, request.Header("user-agent"), "", "", 200};
  std::unique_lock lock(mutex_);
  if (version != 0 && store_.IsTooOld(version)) {
    ++gone_answers_;
    const bool as_status = gone_style_ == GoneStyle::kStatus;
    received.code = as_status ? 410 : 200;
    requests_.push_back(std::move(received));
    lock.unlock();
    const Json gone = ApiFailure(410, "Expired", "too old resource version").body;
    if (as_status) return session.wire.Reply(410, {}, gone.dump());
    return session.wire.BeginChunked() && session.wire.Chunk(EventLine("ERROR", gone)) &&
           session.wire.EndChunked();
  }
  requests_.push_back(std::move(received));
  const std::uint64_t id = next_watch_++;
  Watch& watch = watches_[id];  // A map: stays where it is.
  watch.plural = target.kind.plural;
  changed_.notify_all();
  lock.unlock();
  Follow follow = FollowOf(request, target, version);
  const bool keep = session.wire.BeginChunked() && RunWatch(session, follow, watch);
  lock.lock();
  watches_.erase(id);
  changed_.notify_all();
  return keep;
}

FakeApiServer::Follow FakeApiServer::FollowOf(const WireRequest& request, const Target& target,
                                              std::uint64_t version) {
  Follow follow;
  follow.collection = target.kind.Path();
  follow.kind = target.kind.kind;
  follow.selection = SelectionOf(request, target.ns);
  follow.metadata_only = WantsMetadataOnly(request);
  follow.bookmarks = request.Query("allowWatchBookmarks") == "true";
  follow.position = version;
  const std::string seconds = request.Query("timeoutSeconds");
  follow.deadline =
      steady_clock::now() +
      std::chrono::seconds(seconds.empty() ? 1800 : std::strtoll(seconds.c_str(), nullptr, 10));
  return follow;
}

bool FakeApiServer::RunWatch(Session& session, Follow& follow, const Watch& watch) {
  while (!session.stop.stop_requested()) {
    Fate fate = Fate::kServe;
    std::string lines;
    bool has_event = false;
    {
      std::unique_lock lock(mutex_);
      const auto left = follow.deadline - steady_clock::now();
      const bool woken = changed_.wait_for(
          lock, session.stop, std::min<steady_clock::duration>(options_.bookmark_interval, left),
          [&] {
            return store_.version() > follow.position ||
                   (watch.fate != Fate::kServe && watch.fate != Fate::kCutMidEvent);
          });
      lines = NextLinesLocked(follow);
      has_event = !lines.empty();
      fate = watch.fate;
      if (!woken && !has_event && follow.bookmarks) lines = BookmarkLocked(follow);
    }
    if (fate == Fate::kCutMidEvent ? has_event : fate != Fate::kServe) {
      return MeetFate(session, fate, lines);
    }
    if (session.wire.PeerClosed()) return false;
    if (!session.wire.Chunk(lines, options_.fragment_bytes)) return false;
    if (steady_clock::now() >= follow.deadline) return session.wire.EndChunked();
  }
  return false;
}

std::string FakeApiServer::NextLinesLocked(Follow& follow) {
  std::string lines;
  for (const StoreEvent& event : store_.EventsAfter(follow.collection, follow.position)) {
    const std::string type = TypeSeenThrough(follow.selection, event);
    if (type.empty()) continue;
    lines += EventLine(type, follow.metadata_only ? MetadataOnly(*event.object) : *event.object);
  }
  follow.position = store_.version();
  return lines;
}

std::string FakeApiServer::BookmarkLocked(const Follow& follow) const {
  const Json metadata{{"resourceVersion", std::to_string(follow.position)}};
  return EventLine("BOOKMARK", Json{{"kind", follow.kind}, {"metadata", metadata}});
}

bool FakeApiServer::MeetFate(Session& session, Fate fate, const std::string& lines) {
  if (fate == Fate::kExpire) {
    return session.wire.Chunk(lines) &&
           session.wire.Chunk(EventLine("ERROR", ApiFailure(410, "Expired", "too old").body)) &&
           session.wire.EndChunked();
  }
  if (fate == Fate::kStall) {
    std::unique_lock lock(mutex_);
    while (!session.stop.stop_requested() && !session.wire.PeerClosed()) {
      changed_.wait_for(lock, session.stop, milliseconds(20), [] { return false; });
    }
    return false;
  }
  if (fate == Fate::kCutMidEvent) session.wire.Chunk(lines.substr(0, lines.size() / 2));
  session.wire.ResetOnClose();
  const std::lock_guard lock(mutex_);
  ++resets_;
  if (fate == Fate::kCutMidEvent) ++mid_event_cuts_;
  changed_.notify_all();
  return false;
}

int FakeApiServer::Doom(Fate fate, std::string_view plural) {
  const std::lock_guard lock(mutex_);
  int hit = 0;
  for (auto& [id, watch] : watches_) {
    if (watch.fate != Fate::kServe || (!plural.empty() && watch.plural != plural)) continue;
    watch.fate = fate;
    ++hit;
  }
  if (fate == Fate::kExpire) gone_answers_ += hit;
  changed_.notify_all();
  return hit;
}

int FakeApiServer::CutWatches(Cut how, std::string_view plural) {
  return Doom(how == Cut::kNow ? Fate::kCutNow : Fate::kCutMidEvent, plural);
}

int FakeApiServer::ExpireWatches(std::string_view plural) { return Doom(Fate::kExpire, plural); }

int FakeApiServer::StallWatches(std::string_view plural) { return Doom(Fate::kStall, plural); }

void FakeApiServer::Compact(GoneStyle style) {
  const std::lock_guard lock(mutex_);
  gone_style_ = style;
  store_.Compact();
}

void FakeApiServer::RefuseNext(int count, std::string prefix, int code,
                               std::vector<std::pair<std::string, std::string>> headers) {
  const std::lock_guard lock(mutex_);
  refusals_.push_back({count, std::move(prefix), code, std::move(headers)});
}

void FakeApiServer::SetReachable(bool reachable) {
  {
    const std::lock_guard lock(mutex_);
    reachable_ = reachable;
  }
  if (!reachable) Doom(Fate::kCutNow, {});
}

void FakeApiServer::SetRequestHook(std::function<void(const ReceivedRequest&)> hook) {
  std::unique_lock lock(mutex_);
  hook_ = std::move(hook);
  changed_.wait(lock, [this] { return hooks_running_ == 0; });
}

int FakeApiServer::OpenWatchesLocked(std::string_view plural) const {
  return static_cast<int>(std::count_if(watches_.begin(), watches_.end(), [&](const auto& entry) {
    return entry.second.fate == Fate::kServe && (plural.empty() || entry.second.plural == plural);
  }));
}

int FakeApiServer::open_watches(std::string_view plural) const {
  const std::lock_guard lock(mutex_);
  return OpenWatchesLocked(plural);
}

bool FakeApiServer::WaitForWatches(int count, std::string_view plural, milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return OpenWatchesLocked(plural) >= count; });
}

bool FakeApiServer::WaitForCuts(int count, milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return mid_event_cuts_ >= count; });
}

std::vector<ReceivedRequest> FakeApiServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int FakeApiServer::resets() const {
  const std::lock_guard lock(mutex_);
  return resets_;
}

int FakeApiServer::gone_answers() const {
  const std::lock_guard lock(mutex_);
  return gone_answers_;
}

void FakeApiServer::AddKind(const kube::ResourceType& type) {
  const std::lock_guard lock(mutex_);
  store_.AddKind(Serve(type));
}

void FakeApiServer::RemoveKind(const kube::ResourceType& type) {
  {
    const std::lock_guard lock(mutex_);
    store_.RemoveKind(Serve(type).Path());
  }
  Doom(Fate::kCutNow, type.plural);
}

ApiAnswer FakeApiServer::WriteAs(const kube::ResourceType& type, WriteRequest request) {
  const std::lock_guard lock(mutex_);
  ApiAnswer answer = store_.Write(Serve(type), request);
  changed_.notify_all();
  return answer;
}

ApiAnswer FakeApiServer::Create(const kube::ResourceType& type, Json object) {
  WriteRequest write;
  write.ns = object["metadata"].value("namespace", "");
  write.name = object["metadata"].value("name", "");
  write.body = std::move(object);
  return WriteAs(type, std::move(write));
}

ApiAnswer FakeApiServer::Replace(const kube::ResourceType& type, Json object, bool status_only) {
  WriteRequest write;
  write.verb = WriteRequest::Verb::kReplace;
  write.ns = object["metadata"].value("namespace", "");
  write.name = object["metadata"].value("name", "");
  write.status_only = status_only;
  write.body = std::move(object);
  return WriteAs(type, std::move(write));
}

ApiAnswer FakeApiServer::Patch(const kube::ResourceType& type, const kube::ObjectKey& key,
                               Json merge_patch) {
  WriteRequest write;
  write.verb = WriteRequest::Verb::kMergePatch;
  write.ns = key.ns;
  write.name = key.name;
  write.body = std::move(merge_patch);
  return WriteAs(type, std::move(write));
}

ApiAnswer FakeApiServer::Delete(const kube::ResourceType& type, const kube::ObjectKey& key) {
  WriteRequest write;
  write.verb = WriteRequest::Verb::kDelete;
  write.ns = key.ns;
  write.name = key.name;
  return WriteAs(type, std::move(write));
}

ApiAnswer FakeApiServer::Get(const kube::ResourceType& type, const kube::ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  return store_.Get(Serve(type), key.ns, key.name);
}

std::vector<Json> FakeApiServer::List(const kube::ResourceType& type) {
  const std::lock_guard lock(mutex_);
  const ApiAnswer page = store_.List(Serve(type), {}, 0, {});
  return page.body["items"].get<std::vector<Json>>();
}

std::vector<StoreEvent> FakeApiServer::History(const kube::ResourceType& type) const {
  const std::lock_guard lock(mutex_);
  return store_.EventsAfter(Serve(type).Path(), 0);
}

}  // namespace launchgate::test_support
