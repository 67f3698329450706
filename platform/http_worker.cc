#include "platform/http_worker.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <ctime>
#include <utility>

namespace launchgate::platform {
namespace {

// Deadlines are looked at this often: late by at most a quarter of the
// shortest one, and never a busy loop.
std::chrono::milliseconds TickPeriod(const HttpServerOptions& options) {
  const auto shortest =
      std::min({options.handshake_deadline, options.idle_deadline, options.request_deadline,
                options.write_deadline, options.linger_deadline, options.drain_idle_grace});
  return std::clamp(std::min(shortest / 4, options.make_room_after), std::chrono::milliseconds(5),
                    std::chrono::milliseconds(250));
}

}  // namespace

void HttpMailbox::Post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  if (context_ != nullptr) boost::asio::post(*context_, std::move(task));
}

void HttpMailbox::Close() {
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
}

HttpWorker::HttpWorker(HttpShared& shared)
    : shared_(shared),
      context_(1),
      work_(context_.get_executor()),
      ticker_(context_),
      tick_period_(TickPeriod(shared.options)),
      mailbox_(std::make_shared<HttpMailbox>(context_)) {}

HttpWorker::~HttpWorker() {
  mailbox_->Close();
  Join();
}

void HttpWorker::Start(std::function<void()> done) {
  thread_ = std::thread([this, done = std::move(done)] {
    Run();
    mailbox_->Close();
    done();
  });
}

// Nothing that runs here should throw but for want of memory, and then one
// connection is worth less than all of them.
void HttpWorker::Run() {
  while (true) {
    try {
      context_.run();
      return;
    } catch (...) {
      continue;
    }
  }
}

void HttpWorker::Join() {
  if (thread_.joinable()) thread_.join();
}

void HttpWorker::Post(std::function<void()> task) { boost::asio::post(context_, std::move(task)); }

void HttpWorker::Adopt(boost::asio::ip::tcp::socket socket) {
  std::shared_ptr<HttpSession> session;
  try {
    if (shared_.cutting.load()) return Forget();
    session = std::make_shared<HttpSession>(*this, std::move(socket));
    session->place = sessions_.insert(sessions_.end(), session);
  } catch (...) {  // Out of memory: the socket closes itself.
    return Forget();
  }
  ArmTicker();
  session->Start();
}

void HttpWorker::Remove(HttpSession& session) {
  sessions_.erase(session.place);
  Forget();
}

void HttpWorker::Forget() {
  load_.fetch_sub(1, std::memory_order_relaxed);
  shared_.open.fetch_sub(1);
  if (shared_.accept_paused.exchange(false)) shared_.resume_accepting();
  EndIfIdle();
}

void HttpWorker::EvictOne() {
  const HttpTime now = HttpNow();
  std::shared_ptr<HttpSession> victim;
  int best = 0;
  for (const auto& session : sessions_) {
    const int evictability = session->Evictability(now);
    if (evictability <= best) continue;
    best = evictability;
    victim = session;
  }
  if (!victim) return;
  shared_.evicted.fetch_add(1);
  victim->Close();
}

void HttpWorker::BeginStop() {
  stop_begun_ = true;
  const HttpTime grace_end = HttpNow() + shared_.options.drain_idle_grace;
  for (const auto& session : sessions_) session->BeginStop(grace_end);
  EndIfIdle();
}

void HttpWorker::CutAll() {
  while (!sessions_.empty()) {
    const auto session = sessions_.front();
    if (session->in_request()) shared_.cut.fetch_add(1);
    session->Close();
  }
}

bool HttpWorker::BeginHandshake(HttpSession& session) {
  if (shared_.handshakes.fetch_add(1) < shared_.options.max_handshakes) return true;
  shared_.handshakes.fetch_sub(1);
  handshake_queue_.push_back(session.weak_from_this());
  return false;
}

// Handshakes that had their chance make room for those that wait for theirs.
void HttpWorker::EvictStaleHandshakes() {
  if (handshake_queue_.empty()) return;
  const HttpTime now = HttpNow();
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    const auto session = *at++;  // It removes itself.
    if (!session->IsStaleHandshake(now)) continue;
    shared_.evicted.fetch_add(1);
    session->Close();
  }
}

void HttpWorker::EndHandshake() {
  shared_.handshakes.fetch_sub(1);
  if (!handshake_queue_.empty()) boost::asio::post(context_, [this] { ResumeHandshakes(); });
}

void HttpWorker::ResumeHandshakes() {
  // Each resumed session queues again when there is still no place.
  for (auto left = handshake_queue_.size();
       left > 0 && shared_.handshakes.load() < shared_.options.max_handshakes; --left) {
    const auto session = handshake_queue_.front().lock();
    handshake_queue_.pop_front();
    if (session) session->ResumeHandshake();
  }
}

void HttpWorker::ArmTicker() {
  if (ticking_) return;
  ticking_ = true;
  ticker_.expires_after(tick_period_);
  ticker_.async_wait([this](const boost::system::error_code& error) {
    ticking_ = false;
    if (!error) Tick();
  });
}

void HttpWorker::Tick() {
  const HttpTime now = HttpNow();
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    const auto session = *at++;  // It may remove itself.
    session->CheckDeadline(now);
  }
  EvictStaleHandshakes();
  ResumeHandshakes();
  if (!sessions_.empty()) ArmTicker();
}

void HttpWorker::EndIfIdle() {
  if (!stop_begun_ || !sessions_.empty()) return;
  ticker_.cancel();
  work_.reset();
}

std::string_view HttpWorker::Date() {
  const std::int64_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    date_ = FormatHttpDate(now);
  }
  return date_;
}

}  // namespace launchgate::platform
