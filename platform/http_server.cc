#include "platform/http_server.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "platform/fail.h"
#include "platform/http_worker.h"

namespace launchgate::platform {
namespace {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::size_t kMaxIoThreads = 64;
constexpr std::size_t kSmallestHeader = 256;

std::optional<std::string> ProblemOf(const HttpServerOptions& options) {
  if (options.io_threads < 1 || options.io_threads > kMaxIoThreads) {
    return "io_threads must be 1..64";
  }
  if (options.header_limit_bytes < kSmallestHeader || options.header_limit_bytes > (1 << 20)) {
    return "header_limit_bytes must be 256..1048576";
  }
  if (options.max_connections < 1 || options.max_handshakes < 1 || options.max_header_fields < 1) {
    return "limits must be at least 1";
  }
  for (const milliseconds deadline :
       {options.handshake_deadline, options.idle_deadline, options.request_deadline,
        options.write_deadline, options.linger_deadline, options.drain_idle_grace,
        options.make_room_after, options.accept_retry}) {
    if (deadline < milliseconds(1) || deadline > std::chrono::hours(24)) {
      return "deadlines must be between 1 ms and 24 h";
    }
  }
  return std::nullopt;
}

// The server is out of something, or the peer gave up while in the queue.
bool IsPeersFault(const ErrorCode& error) {
  return error == boost::asio::error::connection_aborted ||
         error == boost::asio::error::connection_reset;
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(HttpServerOptions options) { shared_.options = std::move(options); }
  ~Impl() { Stop(milliseconds(0)); }

  tl::expected<void, std::string> Start(std::vector<Route> routes);
  tl::expected<void, std::string> ReplaceCertificate(const ServingCertificate& certificate);
  bool Stop(milliseconds deadline);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  HttpShared& shared() { return shared_; }

 private:
  tl::expected<void, std::string> Listen();
  void Accept();
  void OnAccept(HttpWorker& worker, const ErrorCode& error, tcp::socket socket);
  void HandOver(HttpWorker& worker, tcp::socket socket);
  void MakeRoom();
  void AcceptLater(milliseconds pause);
  void BeginStop();
  HttpWorker& LeastLoaded();

  HttpShared shared_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<HttpWorker>> workers_;
  // These belong to the thread of workers_[0].
  bool accepting_ = false;  // At most one accept is under way.
  std::optional<tcp::acceptor> acceptor_;
  std::optional<boost::asio::steady_timer> retry_;

  std::mutex mutex_;  // Guards running_workers_ and stop_called_.
  std::condition_variable worker_done_;
  std::size_t running_workers_ = 0;
  bool stop_called_ = false;
};

tl::expected<void, std::string> HttpServer::Impl::Start(std::vector<Route> routes) {
  const HttpServerOptions& options = shared_.options;
  if (auto problem = ProblemOf(options)) return tl::unexpected(*problem);
  auto table = RouteTable::Create(std::move(routes), options.body_limit_bytes);
  if (!table) return tl::unexpected(table.error());
  shared_.routes = std::move(*table);
  if (options.tls) {
    auto context = TlsContext::Create(*options.tls);
    if (!context) return tl::unexpected(context.error());
    shared_.tls.Set(std::move(*context));
    shared_.options.tls->certificate = {};  // One copy of the key is enough.
  }
  for (std::size_t i = 0; i < options.io_threads; ++i) {
    workers_.push_back(std::make_unique<HttpWorker>(shared_));
  }
  if (auto listening = Listen(); !listening) return listening;
  shared_.resume_accepting = [this] { workers_[0]->Post([this] { Accept(); }); };
  workers_[0]->Post([this] { Accept(); });
  running_workers_ = workers_.size();
  for (const auto& worker : workers_) {
    worker->Start([this] {
      const std::lock_guard lock(mutex_);
      --running_workers_;
      worker_done_.notify_all();
    });
  }
  return {};
}

tl::expected<void, std::string> HttpServer::Impl::Listen() {
  const HttpServerOptions& options = shared_.options;
  const std::string where = options.address + ":" + std::to_string(options.port);
  ErrorCode error;
  const auto address = boost::asio::ip::make_address(options.address, error);
  if (error) return Fail("not a numeric address: " + options.address);
  const tcp::endpoint endpoint(address, options.port);
  acceptor_.emplace(workers_[0]->context());
  retry_.emplace(workers_[0]->context());
  acceptor_->open(endpoint.protocol(), error);
  if (!error) acceptor_->set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_->bind(endpoint, error);
  if (!error) acceptor_->listen(options.listen_backlog, error);
  if (!error) acceptor_->non_blocking(true, error);
  if (!error) port_ = acceptor_->local_endpoint(error).port();
  if (error) return Fail("cannot listen on " + where + ": " + error.message());
  return {};
}

HttpWorker& HttpServer::Impl::LeastLoaded() {
  HttpWorker* least = workers_.front().get();
  for (const auto& worker : workers_) {
    if (worker->load() < least->load()) least = worker.get();
  }
  return *least;
}

void HttpServer::Impl::Accept() {
  if (!acceptor_->is_open() || accepting_) return;
  if (shared_.open.load() >= shared_.options.max_connections) return MakeRoom();
  retry_->cancel();
  accepting_ = true;
  HttpWorker& worker = LeastLoaded();
  acceptor_->async_accept(worker.context(),
                          [this, &worker](const ErrorCode& error, tcp::socket socket) {
                            OnAccept(worker, error, std::move(socket));
                          });
}

void HttpServer::Impl::OnAccept(HttpWorker& worker, const ErrorCode& error, tcp::socket socket) {
  accepting_ = false;
  if (error == boost::asio::error::operation_aborted) return;
  if (error && !IsPeersFault(error)) {
    shared_.accept_failures.fetch_add(1);
    return AcceptLater(shared_.options.accept_retry);
  }
  if (!error) HandOver(worker, std::move(socket));
  Accept();
}

void HttpServer::Impl::HandOver(HttpWorker& worker, tcp::socket socket) {
  shared_.accepted.fetch_add(1);
  shared_.open.fetch_add(1);
  worker.CountIncoming();
  auto handed = std::make_shared<tcp::socket>(std::move(socket));
  worker.Post([&worker, handed] { worker.Adopt(std::move(*handed)); });
}

// Asks every thread to give up its least deserving connection. Whichever ends
// first wakes the acceptor; the timer is for when none can be given up yet.
void HttpServer::Impl::MakeRoom() {
  shared_.accept_paused = true;
  for (const auto& worker : workers_) {
    worker->Post([worker = worker.get()] { worker->EvictOne(); });
  }
  AcceptLater(std::min(shared_.options.make_room_after, milliseconds(50)));
}

void HttpServer::Impl::AcceptLater(milliseconds pause) {
  retry_->expires_after(pause);
  retry_->async_wait([this](const ErrorCode& error) {
    if (!error) Accept();
  });
}

tl::expected<void, std::string> HttpServer::Impl::ReplaceCertificate(
    const ServingCertificate& certificate) {
  if (!shared_.options.tls) return Fail("the server speaks plain HTTP");
  TlsOptions options = *shared_.options.tls;
  options.certificate = certificate;
  auto context = TlsContext::Create(options);
  if (!context) return tl::unexpected(context.error());
  shared_.tls.Set(std::move(*context));
  return {};
}

// Runs on the thread of workers_[0]. What waits in the kernel's queue came
// before the stop and is still served.
void HttpServer::Impl::BeginStop() {
  ErrorCode error;
  while (!error && shared_.open.load() < shared_.options.max_connections) {
    HttpWorker& worker = LeastLoaded();
    tcp::socket socket(worker.context());
    acceptor_->accept(socket, error);
    if (!error) HandOver(worker, std::move(socket));
  }
  acceptor_->close(error);
  retry_->cancel();
  for (const auto& worker : workers_) {
    worker->Post([worker = worker.get()] { worker->BeginStop(); });
  }
}

bool HttpServer::Impl::Stop(milliseconds deadline) {
  std::unique_lock lock(mutex_);
  if (std::exchange(stop_called_, true) || running_workers_ == 0) return true;
  shared_.draining = true;
  shared_.stopping = true;
  workers_[0]->Post([this] { BeginStop(); });
  const auto all_done = [this] { return running_workers_ == 0; };
  if (!worker_done_.wait_for(lock, deadline, all_done)) {
    shared_.cutting = true;
    for (const auto& worker : workers_) {
      worker->Post([worker = worker.get()] { worker->CutAll(); });
    }
    worker_done_.wait(lock, all_done);
  }
  lock.unlock();
  for (const auto& worker : workers_) worker->Join();
  return shared_.cut.load() == 0;
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

tl::expected<std::unique_ptr<HttpServer>, std::string> HttpServer::Start(
    HttpServerOptions options, std::vector<Route> routes) {
  auto impl = std::make_unique<Impl>(std::move(options));
  if (auto started = impl->Start(std::move(routes)); !started) {
    return tl::unexpected(started.error());
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const { return impl_->port(); }

tl::expected<void, std::string> HttpServer::ReplaceCertificate(
    const ServingCertificate& certificate) {
  return impl_->ReplaceCertificate(certificate);
}

void HttpServer::BeginDrain() { impl_->shared().draining = true; }

bool HttpServer::Stop(milliseconds deadline) { return impl_->Stop(deadline); }

HttpServerStats HttpServer::stats() const {
  const HttpShared& shared = impl_->shared();
  return {.connections_accepted = shared.accepted.load(),
          .connections_open = shared.open.load(),
          .connections_evicted = shared.evicted.load(),
          .connections_timed_out = shared.timed_out.load(),
          .handshakes_failed = shared.handshakes_failed.load(),
          .requests = shared.requests.load(),
          .requests_refused = shared.refused.load(),
          .handler_exceptions = shared.exceptions.load(),
          .accept_failures = shared.accept_failures.load(),
          .body_bytes_held = shared.body_bytes.load()};
}

}  // namespace launchgate::platform
