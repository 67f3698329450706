// A scripted Kubernetes API server on loopback: it really keeps objects and
// their history (fake_api_store.h), serves lists, watches and writes over plain
// HTTP/1.1, and misbehaves when a test tells it to.
//
// It knows no schema, admission, authentication or RBAC. Server-side apply
// merges objects and replaces lists. What it does beyond the store: discovery
// (/version, /api, /apis), /healthz, metadata-only answers, selectors, pages,
// bookmarks, timeoutSeconds, dryRun.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/fake_api_store.h"
#include "tests/support/fake_api_wire.h"

namespace launchgate::test_support {

struct FakeApiServerOptions {
  // Between bookmarks of a quiet watch; a real server takes a minute.
  std::chrono::milliseconds bookmark_interval{100};
  // Watch answers are sent in pieces of at most this many bytes; 0: a line at once.
  std::size_t fragment_bytes = 0;
  std::string git_version = "v1.20.2";
};

// How the server ends watches that are open.
enum class Cut {
  kNow,       // RST at once.
  kMidEvent,  // RST in the middle of the next event's line.
};
// How a watch from a compacted version is refused.
enum class GoneStyle {
  kStatus,  // The HTTP status is 410.
  kEvent,   // 200, then an ERROR event with code 410.
};

struct ReceivedRequest {
  std::string method;
  std::string target;
  std::string user_agent;
  std::string content_type;
  std::string body;
  int code = 0;  // What it was answered; 0: nothing.
  bool IsWatch() const { return target.find("watch=") != std::string::npos; }
};

// Listens from construction to destruction. Thread-safe; one mutex guards all.
class FakeApiServer {
 public:
  explicit FakeApiServer(FakeApiServerOptions options = {});
  ~FakeApiServer();
  FakeApiServer(const FakeApiServer&) = delete;
  FakeApiServer& operator=(const FakeApiServer&) = delete;

  int port() const { return port_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // Kinds. Until it is added, a kind is answered with 404, like a CRD that is
  // not installed.
  void AddKind(const kube::ResourceType& type);
  void RemoveKind(const kube::ResourceType& type);

  // Direct access to the objects, as if by another client.
  ApiAnswer Create(const kube::ResourceType& type, Json object);
  ApiAnswer Replace(const kube::ResourceType& type, Json object, bool status_only = false);
  ApiAnswer Patch(const kube::ResourceType& type, const kube::ObjectKey& key, Json merge_patch);
  ApiAnswer Delete(const kube::ResourceType& type, const kube::ObjectKey& key);
  ApiAnswer Get(const kube::ResourceType& type, const kube::ObjectKey& key);
  std::vector<Json> List(const kube::ResourceType& type);
  std::vector<StoreEvent> History(const kube::ResourceType& type) const;

  // Faults. Each returns how many open watches it hits. An empty `plural`: all.
  int CutWatches(Cut how, std::string_view plural = {});
  // Open watches get an ERROR event with 410, and end.
  int ExpireWatches(std::string_view plural = {});
  // Open watches stay open and say nothing more, not even their end: a half-open
  // connection.
  int StallWatches(std::string_view plural = {});
  // Every version handed out so far is too old from now on.
  void Compact(GoneStyle style);
  // The next `count` requests whose target starts with `prefix` are answered so.
  void RefuseNext(int count, std::string prefix, int code,
                  std::vector<std::pair<std::string, std::string>> headers = {});
  // A partition: false resets every connection and every new one.
  void SetReachable(bool reachable);
  // Called with each request before it is answered, without the lock: for crashes
  // and delays at an exact point. Returns when no call of the hook before is
  // under way any more, so it must not be called from a hook.
  void SetRequestHook(std::function<void(const ReceivedRequest&)> hook);

  // Blocks until `count` watches of `plural` are open, or `timeout` is over
  // (false). Nothing about the order of events before that is assumed.
  bool WaitForWatches(int count, std::string_view plural,
                      std::chrono::milliseconds timeout = std::chrono::seconds(20));
  // Blocks until `count` cuts of kMidEvent have been made.
  bool WaitForCuts(int count, std::chrono::milliseconds timeout = std::chrono::seconds(20));

  int open_watches(std::string_view plural = {}) const;
  std::vector<ReceivedRequest> requests() const;
  // Connections that were reset, and 410s that were sent, in either style.
  int resets() const;
  int gone_answers() const;

 private:
  enum class Fate { kServe, kCutNow, kCutMidEvent, kExpire, kStall };
  struct Watch {
    std::string plural;
    Fate fate = Fate::kServe;
  };
  struct Refusal {
    int count = 0;
    std::string prefix;
    int code = 0;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  // What a path names: a collection, an object or its status.
  struct Target {
    ServedKind kind;
    std::string ns;
    std::string name;
    std::string subresource;
  };
  // What one watch asked for, and how far it is.
  struct Follow {
    std::string collection;
    std::string kind;
    Selection selection;
    bool metadata_only = false;
    bool bookmarks = false;
    std::uint64_t position = 0;
    std::chrono::steady_clock::time_point deadline{};
  };
  struct Session;

  void AcceptLoop(std::stop_token stop);
  void ServeConnection(std::uint64_t id, int socket, std::stop_token stop);
  bool ServeRequest(Session& session, const WireRequest& request);
  std::optional<Refusal> TakeRefusalLocked(const std::string& target);
  std::optional<Target> ParseTargetLocked(const std::string& path) const;
  ApiAnswer AnswerLocked(const WireRequest& request, const std::optional<Target>& target);
  ApiAnswer WriteLocked(const WireRequest& request, const Target& target);
  ApiAnswer DiscoveryLocked(const std::string& path) const;
  bool ServeWatch(Session& session, const WireRequest& request, const Target& target);
  static Follow FollowOf(const WireRequest& request, const Target& target, std::uint64_t version);
  bool RunWatch(Session& session, Follow& follow, const Watch& watch);
  std::string NextLinesLocked(Follow& follow);
  std::string BookmarkLocked(const Follow& follow) const;
  bool MeetFate(Session& session, Fate fate, const std::string& lines);
  int OpenWatchesLocked(std::string_view plural) const;
  int Doom(Fate fate, std::string_view plural);
  ApiAnswer WriteAs(const kube::ResourceType& type, WriteRequest request);

  const FakeApiServerOptions options_;
  int listener_ = -1;
  int port_ = 0;

  mutable std::mutex mutex_;  // Guards everything below but the acceptor.
  std::condition_variable_any changed_;
  FakeApiStore store_;
  std::map<std::uint64_t, Watch> watches_;
  std::uint64_t next_watch_ = 0;
  std::deque<Refusal> refusals_;
  GoneStyle gone_style_ = GoneStyle::kEvent;
  std::function<void(const ReceivedRequest&)> hook_;
  int hooks_running_ = 0;
  std::vector<ReceivedRequest> requests_;
  bool reachable_ = true;
  int resets_ = 0;
  int mid_event_cuts_ = 0;
  int gone_answers_ = 0;
  std::map<std::uint64_t, int> sockets_;
  std::vector<std::jthread> connections_;
  std::jthread acceptor_;
};

}  // namespace launchgate::test_support
