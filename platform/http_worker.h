// One I/O thread of the HTTP server and the connections that live on it.

#ifndef LAUNCHGATE_PLATFORM_HTTP_WORKER_H_
#define LAUNCHGATE_PLATFORM_HTTP_WORKER_H_

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "platform/http_session.h"
#include "platform/http_shared.h"

namespace launchgate::platform {

// Lets an asynchronous handler answer after the server may have gone.
// Thread-safe.
class HttpMailbox {
 public:
  explicit HttpMailbox(boost::asio::io_context& context) : context_(&context) {}

  // Runs `task` on the worker's thread, or never when the worker has ended.
  void Post(std::function<void()> task);
  void Close();

 private:
  std::mutex mutex_;  // Guards context_.
  boost::asio::io_context* context_;
};

// Everything but Post(), load() and Join() belongs to the worker's own thread.
class HttpWorker {
 public:
  explicit HttpWorker(HttpShared& shared);
  ~HttpWorker();

  // Runs until every connection has ended after BeginStop(); then calls `done`.
  void Start(std::function<void()> done);
  void Join();

  void Post(std::function<void()> task);
  [[nodiscard]] std::size_t load() const { return load_.load(std::memory_order_relaxed); }
  void CountIncoming() { load_.fetch_add(1, std::memory_order_relaxed); }

  void Adopt(boost::asio::ip::tcp::socket socket);  // After CountIncoming().
  void Remove(HttpSession& session);
  void EvictOne();
  void BeginStop();
  void CutAll();

  // A place for a handshake. When there is none, `session` is resumed later.
  [[nodiscard]] bool BeginHandshake(HttpSession& session);
  void EndHandshake();

  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] HttpShared& shared() { return shared_; }
  [[nodiscard]] const std::shared_ptr<HttpMailbox>& mailbox() const { return mailbox_; }
  [[nodiscard]] std::string_view Date();

 private:
  void Run();
  void Forget();
  void Tick();
  void ArmTicker();
  void EvictStaleHandshakes();
  void ResumeHandshakes();
  void EndIfIdle();

  HttpShared& shared_;
  boost::asio::io_context context_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  boost::asio::steady_timer ticker_;
  bool ticking_ = false;
  bool stop_begun_ = false;  // No connection will be handed over any more.
  const std::chrono::milliseconds tick_period_;
  std::list<std::shared_ptr<HttpSession>> sessions_;  // In the order they were accepted.
  std::deque<std::weak_ptr<HttpSession>> handshake_queue_;
  std::atomic<std::size_t> load_{0};
  std::shared_ptr<HttpMailbox> mailbox_;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::thread thread_;
};

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_HTTP_WORKER_H_
