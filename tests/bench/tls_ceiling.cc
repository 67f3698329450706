// The ceiling of ./dev bench: a TLS server that drops what it is sent and answers
// every request with the same bytes. Plain Asio, Beast and OpenSSL, nothing of
// ours, so that what a decision costs is the difference between the two. Like the
// webhook it has one event loop a thread, and a connection stays on one of them.
//
//   tls_ceiling CERTIFICATE.pem KEY.pem ANSWER.json THREADS PORT_FILE
//
// Listens on a free port of 127.0.0.1, writes "port=N" to PORT_FILE once it does,
// and runs until SIGTERM or SIGINT.
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace launchgate::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr int kMaxThreads = 16;
constexpr std::size_t kMaxHeadBytes = 32 << 10;

// Any error ends a connection: by then the last operation has let go of it.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, asio::ssl::context& tls, const std::string& answer)
      : stream_(std::move(socket), tls), answer_(answer), input_(kMaxHeadBytes) {}

  void Start() {
    stream_.next_layer().set_option(tcp::no_delay(true));
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = shared_from_this()](const ErrorCode& error) {
                              if (!error) self->ReadHead();
                            });
  }

 private:
  void ReadHead() {
    request_.emplace();
    http::async_read_header(stream_, input_, *request_,
                            [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                              if (!error) self->DropBody();
                            });
  }

  void DropBody() {
    if (request_->is_done()) return Answer();
    request_->get().body().data = dropped_.data();
    request_->get().body().size = dropped_.size();
    http::async_read(stream_, input_, *request_,
                     [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                       if (!error || error == http::error::need_buffer) self->DropBody();
                     });
  }

  void Answer() {
    asio::async_write(stream_, asio::buffer(answer_),
                      [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                        if (!error && self->request_->get().keep_alive()) self->ReadHead();
                      });
  }

  boost::beast::ssl_stream<tcp::socket> stream_;
  const std::string& answer_;
  boost::beast::flat_buffer input_;
  std::optional<http::request_parser<http::buffer_body>> request_;
  std::array<char, 16 << 10> dropped_{};  // As much as one TLS record holds.
};

class Server {
 public:
  Server(asio::ssl::context& tls, std::string answer, int threads)
      : tls_(tls), answer_(std::move(answer)) {
    for (int i = 0; i < threads; ++i) loops_.push_back(std::make_unique<asio::io_context>(1));
    acceptor_.emplace(*loops_[0], tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    signals_.emplace(*loops_[0], SIGTERM, SIGINT);
  }

  std::uint16_t port() const { return acceptor_->local_endpoint().port(); }

  // Returns after a signal.
  void Run() {
    signals_->async_wait([this](const ErrorCode&, int) {
      for (const auto& loop : loops_) loop->stop();
    });
    Accept();
    std::vector<std::jthread> threads;
    for (const auto& loop : loops_) {
      threads.emplace_back([&loop] {
        const auto work = asio::make_work_guard(*loop);
        loop->run();
      });
    }
  }

 private:
  void Accept() {
    asio::io_context& loop = *loops_[next_++ % loops_.size()];
    acceptor_->async_accept(loop, [this, &loop](const ErrorCode& error, tcp::socket socket) {
      if (!error) {
        auto session = std::make_shared<Session>(std::move(socket), tls_, answer_);
        asio::post(loop, [session] { session->Start(); });
      }
      Accept();
    });
  }

  asio::ssl::context& tls_;
  const std::string answer_;
  std::vector<std::unique_ptr<asio::io_context>> loops_;
  std::optional<tcp::acceptor> acceptor_;
  std::optional<asio::signal_set> signals_;
  std::size_t next_ = 0;
};

std::string ReadFile(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty()) throw std::runtime_error(std::string("cannot read ") + path);
  return text.str();
}

std::string HttpAnswer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

void Serve(const char* certificate, const char* key, const char* answer, int threads,
           const std::string& port_file) {
  asio::ssl::context tls(asio::ssl::context::tls_server);
  tls.use_certificate_chain_file(certificate);
  tls.use_private_key_file(key, asio::ssl::context::pem);
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION);
  Server server(tls, HttpAnswer(ReadFile(answer)), threads);
  // Whoever waits for the file must not see half of it.
  const std::string unfinished = port_file + ".new";
  std::ofstream(unfinished) << "port=" << server.port() << "\n";
  if (std::rename(unfinished.c_str(), port_file.c_str()) != 0) {
    throw std::runtime_error("cannot write " + port_file);
  }
  server.Run();
}

}  // namespace
}  // namespace launchgate::bench

int main(int argc, char** argv) {
  const int threads = argc == 6 ? std::atoi(argv[4]) : 0;
  if (threads < 1 || threads > launchgate::bench::kMaxThreads) {
    std::fputs("usage: tls_ceiling CERTIFICATE.pem KEY.pem ANSWER.json THREADS PORT_FILE\n",
               stderr);
    return 2;
  }
  try {
    launchgate::bench::Serve(argv[1], argv[2], argv[3], threads, argv[5]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tls_ceiling: %s\n", error.what());
    return 1;
  }
  return 0;
}
