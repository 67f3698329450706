#include "shell/kube/informer.h"

#include <charconv>
#include <optional>
#include <variant>

namespace launchgate::kube {
namespace {

constexpr int kOk = 200;
constexpr int kGone = 410;

// Seconds, as Kubernetes sends them; a date (RFC 9110 allows one) counts as absent.
std::chrono::milliseconds RetryAfter(const transport::HttpResponse& response) {
  const std::string_view text = transport::FindHeader(response, "retry-after");
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return std::chrono::seconds(seconds);
}

// Does what a Watcher says, and tells it what came of it.
class Follower final : private transport::StreamSink {
 public:
  Follower(const InformerContext& context, const InformerOptions& options, CollectionSink& sink,
           std::stop_token stop)
      : context_(context),
        options_(options),
        sink_(sink),
        stop_(std::move(stop)),
        watcher_(options.watcher, options.seed) {}

  void Run() {
    WatcherAction action = Step(Started{});
    while (!stop_.stop_requested()) {
      action = std::visit([this](const auto& wanted) { return Do(wanted); }, action);
    }
  }

 private:
  WatcherAction Do(const WaitAction& wait) {
    context_.waiter.Wait(wait.duration, stop_);
    return Step(Waited{});
  }
  // Only a watch that is open can be read on; anything else starts over.
  WatcherAction Do(const ReadAction&) { return Step(Started{}); }
  WatcherAction Do(const ListAction& list);
  WatcherAction Do(const WatchAction& watch);

  WatcherAction OnPage(transport::HttpResponse response);
  WatcherAction OnWatchOver(const base::Result<transport::HttpResponse>& answer);
  WatcherAction OnRefused(int code, std::chrono::milliseconds retry_after, std::string_view reason);
  bool OnData(std::string_view piece) override;
  base::Status OnEvent(const WatchEvent& event);

  WatcherAction Step(const WatcherEvent& event) {
    WatcherAction action = watcher_.Step(event, context_.clock.Monotonic());
    Report(false);
    return action;
  }
  void Report(bool alive) { sink_.OnState(watcher_.sync_state(), alive); }
  void Note(InformerNote note, std::string_view detail) const {
    if (context_.note) context_.note(note, detail);
  }

  const InformerContext& context_;
  const InformerOptions& options_;
  CollectionSink& sink_;
  const std::stop_token stop_;
  Watcher watcher_;
  WatchDecoder decoder_;

  // Of the watch that is open.
  LineSplitter lines_;
  WatcherAction next_;
  bool spoke_ = false;
};

WatcherAction Follower::Do(const ListAction& list) {
  if (list.continue_token.empty()) sink_.BeginList();
  ListOptions query;
  query.label_selector = options_.label_selector;
  query.field_selector = options_.field_selector;
  query.limit = list.limit;
  query.continue_token = list.continue_token;
  query.content = options_.content;
  // No resourceVersion: a quorum read. A lagging server must not show us a past
  // that we have already left behind. (THREATS T64.)
  base::Result<transport::HttpRequest> request = ListRequest(options_.type, options_.ns, query);
  if (!request) {
    Note(InformerNote::kRefused, request.error().message);
    return Step(RequestFailed{true});
  }
  request->timeout = options_.request_timeout;
  base::Result<transport::HttpResponse> answer = context_.transport.Send(*request, stop_);
  if (!answer) {
    if (!stop_.stop_requested()) Note(InformerNote::kUnreachable, answer.error().message);
    return Step(RequestFailed{false});
  }
  if (answer->status == kOk) return OnPage(*std::move(answer));
  return OnRefused(answer->status, RetryAfter(*answer), decoder_.DecodeStatus(answer->body).reason);
}

WatcherAction Follower::OnPage(transport::HttpResponse response) {
  Report(true);
  const base::Result<ListHeader> page = decoder_.DecodeList(
      std::move(response.body), [this](const RawObject& object) { return sink_.OnListed(object); });
  if (!page) {
    const bool too_many = page.error().kind == base::ErrorKind::kExhausted;
    Note(too_many ? InformerNote::kTooMany : InformerNote::kUnreachable, page.error().message);
    return Step(RequestFailed{true});
  }
  if (page->continue_token.empty()) {
    Note(InformerNote::kListed, page->resource_version);
    sink_.EndList();
  }
  return Step(PageListed{page->resource_version, page->continue_token});
}

WatcherAction Follower::Do(const WatchAction& watch) {
  WatchOptions query;
  query.label_selector = options_.label_selector;
  query.field_selector = options_.field_selector;
  query.resource_version = watch.resource_version;
  query.timeout = watch.timeout;
  query.content = options_.content;
  base::Result<transport::HttpRequest> request = WatchRequest(options_.type, options_.ns, query);
  if (!request) return Step(RequestFailed{true});
  request->timeout = options_.request_timeout;
  lines_ = LineSplitter();
  next_ = ReadAction{};
  spoke_ = false;
  const auto answer =
      context_.transport.Stream(*request, *this, options_.watcher.idle_timeout, stop_);
  // The sink ended the stream: the machine has already said what comes next.
  if (!std::holds_alternative<ReadAction>(next_)) return next_;
  return OnWatchOver(answer);
}

WatcherAction Follower::OnWatchOver(const base::Result<transport::HttpResponse>& answer) {
  if (!answer) {
    if (!stop_.stop_requested()) Note(InformerNote::kWatchBroken, answer.error().message);
    // A watch that never said anything may never have been one.
    return spoke_ ? Step(WatchEnded{}) : Step(RequestFailed{false});
  }
  if (answer->status != kOk) {
    return OnRefused(answer->status, RetryAfter(*answer),
                     decoder_.DecodeStatus(answer->body).reason);
  }
  // Its timeoutSeconds are over. The server has just said that there is no more.
  Report(true);
  Note(InformerNote::kWatchClosed, watcher_.resource_version());
  return Step(WatchEnded{});
}

WatcherAction Follower::OnRefused(int code, std::chrono::milliseconds retry_after,
                                  std::string_view reason) {
  const std::string detail = std::to_string(code) + " " + std::string(reason);
  Note(code == kGone ? InformerNote::kExpired : InformerNote::kRefused, detail);
  return Step(Refused{code, retry_after});
}

bool Follower::OnData(std::string_view piece) {
  spoke_ = true;
  Report(true);
  const base::Status fed = lines_.Feed(piece, [this](std::string_view line) {
    return decoder_.DecodeEvent(line, [this](const WatchEvent& event) { return OnEvent(event); });
  });
  if (!fed && std::holds_alternative<ReadAction>(next_)) {
    Note(InformerNote::kMalformed, fed.error().message);
    next_ = Step(Malformed{});
  }
  return std::holds_alternative<ReadAction>(next_) && !stop_.stop_requested();
}

base::Status Follower::OnEvent(const WatchEvent& event) {
  switch (event.type) {
    case WatchEventType::kAdded:
    case WatchEventType::kModified:
    case WatchEventType::kDeleted:
      sink_.OnChanged(event.type, event.object);
      next_ = Step(Advanced{event.object.meta.resource_version});
      break;
    case WatchEventType::kBookmark:
      next_ = Step(Advanced{event.object.meta.resource_version});
      break;
    case WatchEventType::kError:
      next_ = OnRefused(event.error.code, event.error.retry_after, event.error.reason);
      break;
    case WatchEventType::kUnknown:
      Note(InformerNote::kUnknownType, "an event type this build does not know");
      break;
  }
  if (std::holds_alternative<ReadAction>(next_)) return {};
  return base::Fail(base::ErrorKind::kUnavailable, "the watch is over");
}

}  // namespace

std::string_view ToString(InformerNote note) {
  switch (note) {
    case InformerNote::kListed:
      return "Listed";
    case InformerNote::kWatchClosed:
      return "WatchClosed";
    case InformerNote::kWatchBroken:
      return "WatchBroken";
    case InformerNote::kExpired:
      return "Expired";
    case InformerNote::kRefused:
      return "Refused";
    case InformerNote::kUnreachable:
      return "Unreachable";
    case InformerNote::kMalformed:
      return "Malformed";
    case InformerNote::kUnknownType:
      return "UnknownType";
    case InformerNote::kUndecodable:
      return "Undecodable";
    case InformerNote::kTooMany:
      return "TooMany";
  }
  return "Unknown";
}

void FollowCollection(const InformerContext& context, const InformerOptions& options,
                      CollectionSink& sink, std::stop_token stop) {
  Follower(context, options, sink, std::move(stop)).Run();
}

}  // namespace launchgate::kube
