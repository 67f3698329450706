// One connection, from accept to close, as a state machine.
//
//   AwaitHello ─▶ Handshake ─▶ Idle ─▶ Head ─▶ Body ─▶ Handling ─▶ Writing ─┐
//        (TLS only)             ▲                                           │
//                               └──────────── keep-alive ───────────────────┤
//                                                Lingering ◀── close ───────┘

#ifndef LAUNCHGATE_PLATFORM_HTTP_SESSION_H_
#define LAUNCHGATE_PLATFORM_HTTP_SESSION_H_

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "platform/http_buffer.h"
#include "platform/http_chunks.h"
#include "platform/http_message.h"
#include "platform/http_shared.h"
#include "platform/http_transport.h"

namespace launchgate::platform {

class HttpWorker;

// Lives on the thread of its worker and is touched by no other. The worker
// owns it until Close(); operations in flight keep it alive a little longer.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(HttpWorker& worker, boost::asio::ip::tcp::socket socket);
  ~HttpSession();

  void Start();

  // Called by the worker every now and then: acts when a deadline has passed.
  void CheckDeadline(HttpTime now);

  // The server stops: idle connections have until `grace_end` to send a
  // request that was already on its way.
  void BeginStop(HttpTime grace_end);

  // Ends the connection at once.
  void Close();

  // A place in the queue for handshakes has become free.
  void ResumeHandshake();

  // How willingly this connection is given up for a new one; 0 is never.
  [[nodiscard]] int Evictability(HttpTime now) const;
  [[nodiscard]] bool IsStaleHandshake(HttpTime now) const;
  [[nodiscard]] bool in_request() const;

  std::list<std::shared_ptr<HttpSession>>::iterator place;  // In the worker's list.

 private:
  enum class Phase {
    kAwaitHello,
    kHandshake,
    kIdle,
    kHead,
    kBody,
    kHandling,
    kWriting,
    kLingering,
    kClosed,
  };
  // What a step wants next.
  enum class Next { kContinue, kWaitRead, kWaitWrite, kPark, kClose };

  // Whether bytes of the refused request may still be on their way.
  enum class Rest { kNone, kUnread };

  void Run();
  void RunSteps();
  void Guarded(const std::function<void()>& task);
  Next Step();
  Next AwaitHello();
  Next ContinueHandshake();
  Next AwaitRequest();
  Next ContinueHead();
  Next ContinueBody();
  Next ContinueChunks();
  Next Handle();
  Next ContinueWriting();
  Next Linger();

  Next HeadDone();
  [[nodiscard]] RequestHead HeadForRouting() const;
  Next BeginBody();
  Next SendContinue();
  Next Refuse(int status, Rest rest, std::string_view allow = {});
  Next Answer(Response response);
  Next FinishRequest();
  Next FillInput(std::size_t room);
  Next AfterIo(IoStatus status) const;
  void DescribeRequest();
  Response CallHandler();
  void CallAsyncHandler();
  void ReportException(std::string_view what);
  void OnAsyncAnswer(Response response);
  [[nodiscard]] bool ReserveBody(std::size_t bytes);
  void ReleaseBody();
  [[nodiscard]] bool AppendBody(std::string_view bytes);
  void EnterPhase(Phase phase, std::chrono::milliseconds deadline);
  void BecomeProven();
  void LeaveHandshake();
  void Wait(boost::asio::ip::tcp::socket::wait_type what);

  HttpWorker& worker_;
  HttpShared& shared_;
  boost::asio::ip::tcp::socket socket_;
  HttpTransport transport_;
  std::shared_ptr<const TlsContext> tls_;  // What this connection shook hands under.
  HttpTime phase_since_;
  HttpTime deadline_;

  Phase phase_ = Phase::kIdle;
  bool readable_ = false;  // The socket became readable since the last read.
  bool proven_ = false;    // Completed a request.
  bool close_after_ = false;
  bool waiting_for_handshake_ = false;
  bool holds_handshake_ = false;
  std::uint32_t wait_serial_ = 0;  // A wait that was given up reports an older one.

  std::string remote_address_;
  HttpBuffer input_;        // The head of the current request, then what follows it.
  std::size_t parsed_ = 0;  // Bytes of input_ that are the head, so far.
  HttpBuffer body_;
  std::size_t body_charged_ = 0;  // What this connection holds of the shared limit.
  bool body_refused_ = false;     // The shared limit was reached amid chunks.
  HttpRequestReader reader_;
  HttpChunkDecoder chunks_;
  HttpRequestReader::Head head_;
  Request request_;
  const Route* route_ = nullptr;

  std::string output_;       // Head of the answer, and its body when small.
  std::string output_body_;  // The body when large.
  std::size_t output_sent_ = 0;
  std::size_t lingered_bytes_ = 0;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_SESSION_H_
