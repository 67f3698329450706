// The part of a connection between the first byte of a request and the last
// byte of its answer.

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "platform/http_session.h"
#include "platform/http_worker.h"

namespace launchgate::platform {
namespace {

constexpr std::size_t kInputBytes = 4 * 1024;       // First guess for a head.
constexpr std::size_t kChunkRoom = 8 * 1024;        // For chunk headers and their data.
constexpr std::size_t kFirstBodyBytes = 64 * 1024;  // Room given on the peer's word alone.
constexpr std::size_t kKeepBytes = 16 * 1024;       // Of each buffer, between requests.
constexpr std::size_t kSmallBodyBytes = 15 * 1024;  // Head and body fit one TLS record.
constexpr std::size_t kMaxLingerBytes = 16 * 1024 * 1024;
constexpr std::array<char, Request::kBodyPadding> kEmptyBody{};

Response InternalError() { return {.status = 500, .body = "internal error\n", .headers = {}}; }

}  // namespace

// ---- Reading ----------------------------------------------------------------

// Reads into the free room of input_, after making sure there is `room`.
HttpSession::Next HttpSession::FillInput(std::size_t room) {
  if (input_.capacity() - input_.size() < room) {
    input_.Reserve(std::max(input_.size() + room, input_.capacity() * 2));
  }
  readable_ = false;
  const IoResult result = transport_.Read(input_.Free());
  input_.Commit(result.bytes);
  return AfterIo(result.status);
}

HttpSession::Next HttpSession::AwaitRequest() {
  if (input_.size() == 0) {
    if (!readable_ && !transport_.HasBuffered()) return Next::kWaitRead;
    if (const Next next = FillInput(kInputBytes); next != Next::kContinue) return next;
  }
  reader_.Reset();
  parsed_ = 0;
  EnterPhase(Phase::kHead, shared_.options.request_deadline);
  return Next::kContinue;
}

HttpSession::Next HttpSession::ContinueHead() {
  const ReadProgress progress = reader_.ReadHead(input_.view(), parsed_);
  parsed_ += progress.consumed;
  if (progress.state == ReadProgress::State::kRefused) {
    return Refuse(progress.status, Rest::kUnread);
  }
  if (progress.state == ReadProgress::State::kHeadDone) return HeadDone();
  return FillInput(kInputBytes / 4);
}

// The views of head_ and request_ end whenever input_ grows.
void HttpSession::DescribeRequest() {
  reader_.Describe(input_.view(), head_);
  const auto question = head_.target.find('?');
  request_.method = head_.method;
  request_.path = head_.target.substr(0, question);
  request_.query = question == std::string_view::npos ? "" : head_.target.substr(question + 1);
  request_.headers = head_.fields;
}

RequestHead HttpSession::HeadForRouting() const {
  return {.method = request_.method,
          .path = request_.path,
          .content_type = request_.Header("content-type"),
          .content_encoding = request_.Header("content-encoding"),
          .content_length = head_.content_length,
          .expect = request_.Header("expect"),
          .client_certificate_verified = request_.client_certificate_verified};
}

HttpSession::Next HttpSession::HeadDone() {
  DescribeRequest();
  close_after_ = !head_.keep_alive;
  const RequestHead head = HeadForRouting();
  const bool has_body = head_.chunked || head_.content_length.value_or(0) > 0;
  const auto route = shared_.routes.Match(head);
  if (!route) {
    return Refuse(route.error().status, has_body ? Rest::kUnread : Rest::kNone,
                  route.error().allow);
  }
  route_ = *route;
  if (!has_body) {
    phase_ = Phase::kHandling;
    return Next::kContinue;
  }
  phase_ = Phase::kBody;  // Still under the deadline that began with the first byte.
  const bool awaits_continue = head.expect && head_.http11 && input_.size() == parsed_;
  return awaits_continue ? SendContinue() : BeginBody();
}

HttpSession::Next HttpSession::SendContinue() {
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  // Between requests the send buffer is empty; if these few bytes do not fit,
  // something is wrong with this peer.
  const IoResult result = transport_.Write(kContinue, false);
  return result.bytes == kContinue.size() ? BeginBody() : Next::kClose;
}

HttpSession::Next HttpSession::BeginBody() {
  if (head_.chunked) {
    chunks_.Reset(route_->max_body_bytes);
    return Next::kContinue;
  }
  const std::size_t length = *head_.content_length;
  const std::size_t here = std::min(input_.size() - parsed_, length);
  if (!ReserveBody(std::max(here, std::min(length, kFirstBodyBytes)))) {
    return Refuse(503, Rest::kUnread);
  }
  body_.Append(input_.view().substr(parsed_, here));
  input_.Erase(parsed_, here);
  return Next::kContinue;
}

HttpSession::Next HttpSession::ContinueBody() {
  const std::size_t length = *head_.content_length;
  if (body_.size() == length) {
    phase_ = Phase::kHandling;
    return Next::kContinue;
  }
  if (body_.size() == body_.capacity() && !ReserveBody(std::min(length, body_.capacity() * 2))) {
    return Refuse(503, Rest::kUnread);
  }
  const std::span<char> room = body_.Free();
  readable_ = false;
  const IoResult result = transport_.Read(room.first(std::min(room.size(), length - body_.size())));
  body_.Commit(result.bytes);
  return AfterIo(result.status);
}

HttpSession::Next HttpSession::ContinueChunks() {
  const auto append = [this](std::string_view bytes) { return AppendBody(bytes); };
  const auto progress = chunks_.Read(input_.view().substr(parsed_), append);
  input_.Erase(parsed_, progress.consumed);
  switch (progress.state) {
    case HttpChunkDecoder::State::kRefused:
      return Refuse(body_refused_ ? 503 : progress.status, Rest::kUnread);
    case HttpChunkDecoder::State::kNeedMore:
      return FillInput(kChunkRoom);
    case HttpChunkDecoder::State::kDone:
      break;
  }
  DescribeRequest();
  phase_ = Phase::kHandling;
  return Next::kContinue;
}

bool HttpSession::AppendBody(std::string_view bytes) {
  const std::size_t needed = body_.size() + bytes.size();
  const bool fits = needed <= body_.capacity();
  const bool charged = fits && body_charged_ > 0;
  if (!charged && !ReserveBody(fits ? needed : std::max(needed, body_.capacity() * 2))) {
    body_refused_ = true;
    return false;
  }
  body_.Append(bytes);
  return true;
}

bool HttpSession::ReserveBody(std::size_t bytes) {
  const std::size_t held = std::max(bytes, body_.capacity());
  const std::size_t more = held - body_charged_;
  if (shared_.body_bytes.fetch_add(more) + more > shared_.options.body_memory_limit_bytes) {
    shared_.body_bytes.fetch_sub(more);
    return false;
  }
  body_charged_ = held;
  body_.Reserve(bytes);
  return true;
}

void HttpSession::ReleaseBody() {
  shared_.body_bytes.fetch_sub(std::exchange(body_charged_, 0));
  body_refused_ = false;
  body_.Shrink(kKeepBytes);
}

// ---- Answering --------------------------------------------------------------

HttpSession::Next HttpSession::Handle() {
  if (body_.size() > 0) body_.Pad();
  request_.body = body_.size() > 0 ? body_.view() : std::string_view(kEmptyBody.data(), 0);
  request_.body_padding = Request::kBodyPadding;
  request_.remote_address = remote_address_;
  BecomeProven();
  shared_.requests.fetch_add(1, std::memory_order_relaxed);
  if (!route_->async_handler) return Answer(CallHandler());
  deadline_ = HttpTime::max();  // The handler answers in its own time.
  CallAsyncHandler();
  return Next::kPark;
}

void HttpSession::ReportException(std::string_view what) {
  shared_.exceptions.fetch_add(1);
  if (!shared_.options.on_handler_exception) return;
  try {
    shared_.options.on_handler_exception(request_.path, what);
  } catch (...) {  // Whoever reports failures has no one to report his own to.
  }
}

Response HttpSession::CallHandler() {
  try {
    return route_->handler(request_);
  } catch (const std::exception& error) {
    ReportException(error.what());
  } catch (...) {
    ReportException("not a std::exception");
  }
  return InternalError();
}

void HttpSession::CallAsyncHandler() {
  // Even an immediate answer takes the way through the mailbox, so that the
  // handler has returned before its request goes away.
  Responder responder([mailbox = worker_.mailbox(), weak = weak_from_this()](Response response) {
    mailbox->Post([weak, answer = std::make_shared<Response>(std::move(response))] {
      if (const auto self = weak.lock()) self->OnAsyncAnswer(std::move(*answer));
    });
  });
  try {
    route_->async_handler(request_, std::move(responder));
  } catch (const std::exception& error) {
    ReportException(error.what());
  } catch (...) {
    ReportException("not a std::exception");
  }
}

void HttpSession::OnAsyncAnswer(Response response) {
  if (phase_ != Phase::kHandling) return;
  Guarded([&] { Answer(std::move(response)); });
  Run();
}

HttpSession::Next HttpSession::Refuse(int status, Rest rest, std::string_view allow) {
  shared_.refused.fetch_add(1);
  Response response{.status = status, .body = {}, .headers = {}};
  // A caller without a certificate learns nothing, not even a sentence.
  if (status != 401) response.body = std::string(ReasonPhrase(status)) + "\n";
  if (!allow.empty()) response.headers.emplace_back("Allow", allow);
  // Where the next request would begin is not known, or not worth waiting for.
  if (rest == Rest::kUnread) close_after_ = true;
  return Answer(std::move(response));
}

HttpSession::Next HttpSession::Answer(Response response) {
  if (shared_.draining.load() || !shared_.tls.IsNewest(tls_.get())) close_after_ = true;
  output_.clear();
  AppendResponseHead(response, close_after_, worker_.Date(), output_);
  if (response.body.size() <= kSmallBodyBytes) {
    output_.append(response.body);
  } else {
    output_body_ = std::move(response.body);
  }
  output_sent_ = 0;
  EnterPhase(Phase::kWriting, shared_.options.write_deadline);
  return Next::kContinue;
}

HttpSession::Next HttpSession::ContinueWriting() {
  while (output_sent_ < output_.size() + output_body_.size()) {
    const bool in_head = output_sent_ < output_.size();
    const std::string_view left =
        in_head ? std::string_view(output_).substr(output_sent_)
                : std::string_view(output_body_).substr(output_sent_ - output_.size());
    const IoResult result = transport_.Write(left, in_head && !output_body_.empty());
    if (result.status != IoStatus::kDone) return AfterIo(result.status);
    output_sent_ += result.bytes;
  }
  return FinishRequest();
}

HttpSession::Next HttpSession::FinishRequest() {
  ReleaseBody();
  output_.clear();
  if (output_.capacity() > kKeepBytes) std::string().swap(output_);
  std::string().swap(output_body_);
  const bool stopping = shared_.stopping.load();
  const auto grace = shared_.options.drain_idle_grace;
  if (close_after_) {
    // Closing at once with unread bytes would reset the connection, and the
    // peer might never see the answer.
    transport_.CloseWrite();
    EnterPhase(Phase::kLingering, stopping ? grace : shared_.options.linger_deadline);
    return Next::kContinue;
  }
  input_.Erase(0, parsed_);
  if (input_.size() == 0) input_.Shrink(kKeepBytes);
  // An answer that did not say `close` promised to read one more request.
  EnterPhase(Phase::kIdle, stopping ? grace : shared_.options.idle_deadline);
  return Next::kContinue;
}

HttpSession::Next HttpSession::Linger() {
  input_.Clear();
  input_.Reserve(kInputBytes);
  const IoResult result = transport_.Discard(input_.Free());
  lingered_bytes_ += result.bytes;
  return lingered_bytes_ > kMaxLingerBytes ? Next::kClose : AfterIo(result.status);
}

}  // namespace launchgate::platform
