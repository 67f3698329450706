#include "shell/prometheus/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>

#include "core/base/text.h"
#include "core/evidence/prometheus_answer.h"
#include "shell/transport/cpprest_transport.h"

namespace launchgate::prometheus {
namespace {

using base::ErrorKind;
using evidence::PrometheusAnswer;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view kEveryNamespace = "*";
constexpr int kOk = 200;

// The whole file. The message names the path, never the content.
base::Result<std::string> ReadCredentialFile(const std::string& path) {
  const std::string shown = base::Printable(path, base::kMaxQuotedBytes);
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxCredentialFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.eof() && file.fail())
    return base::Fail(ErrorKind::kInvalid, shown + " is not readable");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxCredentialFileBytes) {
    return base::Fail(ErrorKind::kInvalid, shown + " is too large");
  }
  return text;
}

// Read for every request: the file is small, and whoever rotates it need not
// tell us.
class FileToken final : public transport::TokenSource {
 public:
  explicit FileToken(std::string path) : path_(std::move(path)) {}

  base::Result<transport::Secret> Token() override {
    base::Result<std::string> text = ReadCredentialFile(path_);
    if (!text) return tl::unexpected(text.error());
    constexpr std::string_view kSpace = " \t\r\n";
    text->erase(std::min(text->find_last_not_of(kSpace) + 1, text->size()));
    text->erase(0, text->find_first_not_of(kSpace));
    const bool visible = std::ranges::all_of(*text, [](char c) { return c > ' ' && c <= '~'; });
    if (!text->empty() && visible) return transport::Secret(std::move(*text));
    return base::Fail(ErrorKind::kInvalid,
                      base::Printable(path_, base::kMaxQuotedBytes) + " holds no token");
  }
  void Refused() override {}

 private:
  const std::string path_;
};

// Keeps a body up to a size and a time.
class BoundedBody final : public transport::StreamSink {
 public:
  BoundedBody(const clock::Clock& clock, steady_clock::time_point deadline)
      : clock_(clock), deadline_(deadline) {}

  bool OnData(std::string_view piece) override {
    too_late = clock_.Monotonic() >= deadline_;
    too_large = body.size() + piece.size() > evidence::kMaxAnswerBytes;
    if (too_late || too_large) return false;
    body += piece;
    return true;
  }

  std::string body;
  bool too_late = false;
  bool too_large = false;

 private:
  const clock::Clock& clock_;
  const steady_clock::time_point deadline_;
};

// What is wrong with the network, the file of the token or the certificate is
// nobody's evidence: only the size says something that stays.
ErrorKind KindFor(ErrorKind kind) {
  return kind == ErrorKind::kExhausted ? kind : ErrorKind::kUnavailable;
}

}  // namespace

bool ServerOptions::Serves(std::string_view ns) const {
  return std::ranges::any_of(namespaces, [&](const std::string& allowed) {
    return allowed == kEveryNamespace || allowed == ns;
  });
}

class PrometheusServers::Server {
 public:
  Server(ServerOptions options, std::unique_ptr<transport::Transport> transport)
      : options_(std::move(options)), transport_(std::move(transport)) {}

  const ServerOptions& options() const { return options_; }

  base::Result<PrometheusAnswer> Ask(const clock::Clock& clock, transport::HttpRequest request,
                                     std::stop_token stop, milliseconds deadline) {
    const auto until = clock.Monotonic() + deadline - kMaxSilence;
    const Turn turn(*this, stop, deadline - kMaxSilence);
    if (!turn.taken()) {
      return base::Fail(ErrorKind::kUnavailable,
                        fmt::format("{} requests are under way", kMaxConcurrentRequests));
    }
    const auto left = std::chrono::duration_cast<milliseconds>(until - clock.Monotonic());
    request.timeout = std::max(left, milliseconds(1));
    BoundedBody sink(clock, until);
    auto answer = transport_->Stream(request, sink, kMaxSilence, stop);
    if (!answer) return base::Fail(KindFor(answer.error().kind), answer.error().message);
    if (sink.too_large) {
      return base::Fail(ErrorKind::kExhausted, fmt::format("the answer has more than {} bytes",
                                                           evidence::kMaxAnswerBytes));
    }
    if (sink.too_late) {
      return base::Fail(ErrorKind::kUnavailable,
                        fmt::format("no whole answer within {} ms", deadline.count()));
    }
    const bool streamed = answer->status == kOk;
    return PrometheusAnswer{answer->status,
                            streamed ? std::move(sink.body) : std::move(answer->body)};
  }

 private:
  // One of the requests that may be under way, for as long as this lives.
  class Turn {
   public:
    Turn(Server& server, std::stop_token stop, milliseconds patience) : server_(server) {
      std::unique_lock lock(server_.mutex_);
      taken_ = server_.changed_.wait_for(
          lock, stop, patience, [&] { return server_.under_way_ < kMaxConcurrentRequests; });
      if (taken_) ++server_.under_way_;
    }
    ~Turn() {
      if (!taken_) return;
      const std::lock_guard lock(server_.mutex_);
      --server_.under_way_;
      server_.changed_.notify_one();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool taken() const { return taken_; }

   private:
    Server& server_;
    bool taken_ = false;
  };

  const ServerOptions options_;
  const std::unique_ptr<transport::Transport> transport_;
  // Guards under_way_.
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int under_way_ = 0;
};

PrometheusServers::PrometheusServers(const clock::Clock& clock) : clock_(clock) {}
PrometheusServers::~PrometheusServers() = default;

base::Result<std::unique_ptr<transport::Transport>> PrometheusServers::OverTheNetwork(
    const ServerOptions& server) {
  transport::CpprestOptions options;
  options.base_url = server.url;
  options.user_agent = "launchgate";
  if (!server.ca_file.empty()) {
    options.tls.ca_pem = [path = server.ca_file] { return ReadCredentialFile(path); };
  }
  if (!server.bearer_token_file.empty()) {
    auto token = std::make_shared<FileToken>(server.bearer_token_file);
    if (const auto first = token->Token(); !first) return tl::unexpected(first.error());
    options.token = std::move(token);
  }
  return transport::MakeCpprestTransport(std::move(options));
}

base::Result<std::unique_ptr<PrometheusServers>> PrometheusServers::Make(
    std::vector<ServerOptions> servers, const clock::Clock& clock,
    const MakeTransport& make_transport) {
  std::unique_ptr<PrometheusServers> result(new PrometheusServers(clock));
  for (ServerOptions& options : servers) {
    const std::string name = options.name;
    const std::string context = "the Prometheus server " + base::Quote(name);
    auto transport = make_transport(options);
    if (!transport) {
      return base::Fail(ErrorKind::kInvalid, context + ": " + transport.error().message);
    }
    auto server = std::make_unique<Server>(std::move(options), std::move(*transport));
    if (!result->servers_.emplace(name, std::move(server)).second) {
      return base::Fail(ErrorKind::kInvalid, context + " is configured twice");
    }
  }
  return result;
}

base::Result<PrometheusAnswer> PrometheusServers::Ask(std::string_view server, std::string_view ns,
                                                      transport::HttpRequest request,
                                                      std::stop_token stop, milliseconds deadline) {
  const auto found = servers_.find(server);
  if (found == servers_.end()) {
    return base::Fail(ErrorKind::kNotFound,
                      fmt::format("no Prometheus server {} is configured; the platform team names "
                                  "servers in prometheus[].name of the operator's configuration",
                                  base::Quote(server)));
  }
  if (!found->second->options().Serves(ns)) {
    return base::Fail(ErrorKind::kForbidden,
                      fmt::format("the namespace {} may not ask the Prometheus server {}; the "
                                  "platform team lets it in prometheus[].namespaces",
                                  base::Quote(ns), base::Quote(server)));
  }
  auto answer = found->second->Ask(clock_, std::move(request), std::move(stop), deadline);
  if (answer) return answer;
  return base::Wrap("the Prometheus server " + base::Quote(server), answer.error());
}

}  // namespace launchgate::prometheus
