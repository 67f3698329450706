// What a trusted peer (one that holds a certificate of our CA) can still do to
// cpprestsdk 2.10.18, and what is done about it:
//
//   chunk of size -1, -2, …   Passed on as an enormous write. Our own body
//                             buffer refuses it; the library's would abort.
//   chunk of up to 2 GiB      The library collects a chunk before it hands it
//                             on, so its memory is bounded by the deadline and
//                             by what the peer really sends, not by our cap.
//   1xx answers               Taken as final. Answered with an error, and the
//                             connection pool is dropped, because the real
//                             answer is still to come on that connection.
//   no length at all          Cannot be told from a cut connection: refused.
//   slow chunks               Its timer knows complete chunks only: every wait
//                             here has a deadline of its own.
//   redirects                 Not followed (the library would send the token on).
#include "shell/transport/cpprest_transport.h"

#include <cpprest/http_client.h>
#include <openssl/crypto.h>
#include <pplx/threadpool.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <utility>

#include "core/base/text.h"
#include "shell/transport/exchange.h"
#include "shell/transport/tls.h"

namespace launchgate::transport {
namespace {

namespace http = web::http;

// The library's own inactivity timer is only a backstop for exchanges nobody
// waits for any more; it must be longer than any wait here.
constexpr std::chrono::minutes kAbandonedExchangeTimeout{10};
// How long a transport waits, at its end, for the library to let go of exchanges
// that were given up. A moment, unless the library hangs in a name server.
constexpr std::chrono::seconds kLetGoTimeout{1};
// Bodies of refused streams: a Kubernetes Status, or a proxy's error page.
constexpr std::size_t kMaxErrorBodyBytes = 1U << 20U;

std::atomic<bool> g_threads_started{false};

bool IsHeaderText(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return (c >= 0x20 && c != 0x7F) || c == '\t'; });
}

base::Status CheckRequest(const HttpRequest& request) {
  const bool target_ok = request.target.starts_with('/') && !request.target.starts_with("//") &&
                         std::all_of(request.target.begin(), request.target.end(),
                                     [](unsigned char c) { return c > 0x20 && c < 0x7F; }) &&
                         request.target.find('#') == std::string::npos;
  if (!target_ok) {
    return base::Fail(
        base::ErrorKind::kInvalid,
        "the request target " + base::Quote(request.target) + " is not an encoded absolute path");
  }
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || !IsHeaderText(name) || !IsHeaderText(value)) {
      return base::Fail(base::ErrorKind::kInvalid,
                        "the request header " + base::Quote(name) + " has control characters");
    }
  }
  return {};
}

HttpResponse ReadHead(const http::http_response& response) {
  HttpResponse head;
  head.status = response.status_code();
  for (const auto& [name, value] : response.headers()) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
      return static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    });
    head.headers.emplace_back(std::move(lower), value);
  }
  return head;
}

// What is wrong with an answer before its body is looked at, if anything.
std::optional<base::Error> FaultOf(const HttpResponse& head) {
  if (head.status < 200 || head.status > 599) {
    return base::Error{base::ErrorKind::kUnavailable, "the peer answered with status " +
                                                          std::to_string(head.status) +
                                                          ", which does not end a request"};
  }
  const bool bodyless = head.status == http::status_codes::NoContent ||
                        head.status == http::status_codes::NotModified;
  if (!bodyless && FindHeader(head, "content-length").empty() &&
      FindHeader(head, "transfer-encoding").empty()) {
    return base::Error{base::ErrorKind::kUnavailable,
                       "the peer's answer has no length, so a cut cannot be noticed"};
  }
  return std::nullopt;
}

class CpprestTransport final : public Transport {
 public:
  CpprestTransport(CpprestOptions options, web::uri base, std::shared_ptr<TlsConfigurator> tls)
      : options_(std::move(options)),
        base_(std::move(base)),
        tls_(std::move(tls)),
        client_(MakeClient()) {}
  ~CpprestTransport() override { held_->WaitForNone(kLetGoTimeout); }

  base::Result<HttpResponse> Send(const HttpRequest& request, std::stop_token stop) override;
  base::Result<HttpResponse> Stream(const HttpRequest& request, StreamSink& sink,
                                    std::chrono::milliseconds idle_timeout,
                                    std::stop_token stop) override;

 private:
  // An exchange and the way to end it early. Ends it when it goes out of scope,
  // so that every return path below gives the connection up.
  struct InFlight {
    explicit InFlight(const std::shared_ptr<HeldExchanges>& held)
        : exchange(HeldExchanges::Begin(held, kMaxBodyBytes)) {}
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    ~InFlight() {
      exchange->Abandon();
      if (!exchange->done()) cancel.cancel();
    }
    std::shared_ptr<Exchange> exchange;
    pplx::cancellation_token_source cancel;
  };

  std::shared_ptr<http::client::http_client> MakeClient() const;
  std::shared_ptr<http::client::http_client> client();
  void DropConnections();

  base::Result<Secret> Token() const;
  base::Status Start(const HttpRequest& request, const Secret& token, InFlight& flight);
  base::Result<HttpResponse> SendOnce(const HttpRequest& request, const Secret& token,
                                      std::stop_token stop);
  base::Result<HttpResponse> StreamOnce(const HttpRequest& request, const Secret& token,
                                        StreamSink& sink, std::chrono::milliseconds idle_timeout,
                                        std::stop_token stop);
  base::Result<HttpResponse> Pump(InFlight& flight, StreamSink& sink,
                                  std::chrono::milliseconds idle_timeout, std::stop_token stop);
  // A token may have been rotated since it was read: after a 401 the request is
  // sent once more if the source now has another one. Nothing was done for a 401.
  template <typename SendFunction>
  base::Result<HttpResponse> WithToken(SendFunction send);

  tl::unexpected<base::Error> Failed(const HttpRequest& request, base::Error error);
  tl::unexpected<base::Error> GaveUp(const HttpRequest& request, Exchange::Wait why,
                                     std::chrono::milliseconds timeout, std::string_view what);

  const CpprestOptions options_;
  const web::uri base_;
  const std::shared_ptr<TlsConfigurator> tls_;  // Null for plain http.
  // Shared, because the library may let go of the last one after our end.
  const std::shared_ptr<HeldExchanges> held_ = std::make_shared<HeldExchanges>();
  // Guards client_.
  std::mutex mutex_;
  std::shared_ptr<http::client::http_client> client_;
};

std::shared_ptr<http::client::http_client> CpprestTransport::MakeClient() const {
  http::client::http_client_config config;
  config.set_timeout(kAbandonedExchangeTimeout);
  config.set_max_redirects(0);
  if (tls_) {
    // The library catches what this throws and fails the request with it.
    config.set_ssl_context_callback([tls = tls_](boost::asio::ssl::context& context) {
      if (auto done = tls->Configure(context.native_handle()); !done) {
        throw std::runtime_error(done.error().message);
      }
    });
  }
  return std::make_shared<http::client::http_client>(base_, config);
}

std::shared_ptr<http::client::http_client> CpprestTransport::client() {
  const std::lock_guard lock(mutex_);
  return client_;
}

void CpprestTransport::DropConnections() {
  auto fresh = MakeClient();
  const std::lock_guard lock(mutex_);
  client_ = std::move(fresh);
}

base::Result<Secret> CpprestTransport::Token() const {
  if (!options_.token) return Secret();
  return options_.token->Token();
}

// What the library throws, as a sentence. Its texts name no header and no body.
base::Error FromCurrentException() {
  try {
    throw;
  } catch (const http::http_exception& failure) {
    return {base::ErrorKind::kUnavailable, base::Printable(failure.what(), base::kMaxQuotedBytes)};
  } catch (const web::uri_exception&) {
    return {base::ErrorKind::kInvalid, "the request target is not a URI"};
  } catch (const std::exception& failure) {
    return {base::ErrorKind::kUnavailable, base::Printable(failure.what(), base::kMaxQuotedBytes)};
  } catch (...) {
    return {base::ErrorKind::kInternal, "the HTTP library failed"};
  }
}

// Runs on the library's threads and must therefore neither block nor throw;
// .get() below is called on finished tasks only.
void Follow(const pplx::task<http::http_response>& answer, std::shared_ptr<Exchange> exchange) {
  answer.then([exchange](const pplx::task<http::http_response>& headers) {
    try {
      const http::http_response response = headers.get();
      exchange->OnHeaders(ReadHead(response));
      response.content_ready().then([exchange](const pplx::task<http::http_response>& body) {
        try {
          body.get();
          exchange->OnDone();
        } catch (...) {
          exchange->OnFailure(FromCurrentException());
        }
      });
    } catch (...) {
      exchange->OnFailure(FromCurrentException());
    }
  });
}

base::Status CpprestTransport::Start(const HttpRequest& request, const Secret& token,
                                     InFlight& flight) {
  if (auto checked = CheckRequest(request); !checked) return checked;
  try {
    http::http_request message(request.method);
    message.set_request_uri(request.target);
    if (!request.body.empty()) message.set_body(request.body, std::string());
    for (const auto& [name, value] : request.headers) message.headers()[name] = value;
    message.headers()[http::header_names::user_agent] = options_.user_agent;
    if (!options_.tls.server_name.empty()) {
      message.headers()[http::header_names::host] = options_.tls.server_name;
    }
    if (!token.empty()) {
      message.headers()[http::header_names::authorization] = "Bearer " + token.Reveal();
    }
    message.set_response_stream(concurrency::streams::ostream(flight.exchange->Buffer()));
    Follow(client()->request(message, flight.cancel.get_token()), flight.exchange);
    return {};
  } catch (...) {
    return tl::unexpected(FromCurrentException());
  }
}

tl::unexpected<base::Error> CpprestTransport::Failed(const HttpRequest& request,
                                                     base::Error error) {
  const std::string verify_error = tls_ ? tls_->TakeVerifyError() : std::string();
  if (!verify_error.empty()) error.message += " (" + verify_error + ")";
  return base::Wrap(request.method + " " + base_.to_string(), std::move(error));
}

tl::unexpected<base::Error> CpprestTransport::GaveUp(const HttpRequest& request, Exchange::Wait why,
                                                     std::chrono::milliseconds timeout,
                                                     std::string_view what) {
  std::string message =
      why == Exchange::Wait::kStopped
          ? "stopped before the peer answered"
          : "no " + std::string(what) + " within " + std::to_string(timeout.count()) + " ms";
  return Failed(request, {base::ErrorKind::kUnavailable, std::move(message)});
}

template <typename SendFunction>
base::Result<HttpResponse> CpprestTransport::WithToken(SendFunction send) {
  const base::Result<Secret> token = Token();
  if (!token) return base::Wrap("reading the bearer token", token.error());
  base::Result<HttpResponse> response = send(*token);
  if (!response || response->status != http::status_codes::Unauthorized || !options_.token) {
    return response;
  }
  options_.token->Refused();
  const base::Result<Secret> fresh = Token();
  if (!fresh || *fresh == *token) return response;
  return send(*fresh);
}

base::Result<HttpResponse> CpprestTransport::Send(const HttpRequest& request,
                                                  std::stop_token stop) {
  return WithToken([&](const Secret& token) { return SendOnce(request, token, stop); });
}

base::Result<HttpResponse> CpprestTransport::SendOnce(const HttpRequest& request,
                                                      const Secret& token, std::stop_token stop) {
  InFlight flight(held_);
  if (auto started = Start(request, token, flight); !started) {
    return Failed(request, started.error());
  }
  const Exchange::Wait waited = flight.exchange->WaitForEnd(stop, request.timeout);
  std::optional<HttpResponse> head = flight.exchange->head();
  if (head) {
    if (auto fault = FaultOf(*head)) {
      DropConnections();
      return Failed(request, std::move(*fault));
    }
  }
  if (waited != Exchange::Wait::kReady) {
    return GaveUp(request, waited, request.timeout, "complete answer");
  }
  if (auto failure = flight.exchange->failure()) return Failed(request, std::move(*failure));
  head->body = flight.exchange->TakeBody();
  return std::move(*head);
}

base::Result<HttpResponse> CpprestTransport::Stream(const HttpRequest& request, StreamSink& sink,
                                                    std::chrono::milliseconds idle_timeout,
                                                    std::stop_token stop) {
  return WithToken(
      [&](const Secret& token) { return StreamOnce(request, token, sink, idle_timeout, stop); });
}

base::Result<HttpResponse> CpprestTransport::StreamOnce(const HttpRequest& request,
                                                        const Secret& token, StreamSink& sink,
                                                        std::chrono::milliseconds idle_timeout,
                                                        std::stop_token stop) {
  InFlight flight(held_);
  flight.exchange->BecomeStream();
  if (auto started = Start(request, token, flight); !started) {
    return Failed(request, started.error());
  }
  const Exchange::Wait waited = flight.exchange->WaitForHeaders(stop, request.timeout);
  if (waited != Exchange::Wait::kReady) return GaveUp(request, waited, request.timeout, "answer");
  const std::optional<HttpResponse> head = flight.exchange->head();
  if (!head) return Failed(request, *flight.exchange->failure());
  if (auto fault = FaultOf(*head)) {
    DropConnections();
    return Failed(request, std::move(*fault));
  }
  base::Result<HttpResponse> end = Pump(flight, sink, idle_timeout, stop);
  if (!end) return Failed(request, end.error());
  return end;
}

base::Result<HttpResponse> CpprestTransport::Pump(InFlight& flight, StreamSink& sink,
                                                  std::chrono::milliseconds idle_timeout,
                                                  std::stop_token stop) {
  HttpResponse answer = *flight.exchange->head();
  const bool wanted = answer.status == http::status_codes::OK;
  while (true) {
    const Exchange::Wait waited = flight.exchange->WaitForPiece(stop, idle_timeout);
    if (waited == Exchange::Wait::kStopped) {
      return base::Fail(base::ErrorKind::kUnavailable, "stopped while streaming");
    }
    if (waited == Exchange::Wait::kTimedOut) {
      return base::Fail(base::ErrorKind::kUnavailable,
                        "no byte within " + std::to_string(idle_timeout.count()) + " ms");
    }
    // Asked before the body is taken: what arrives in between is then not lost.
    const bool done = flight.exchange->done();
    const std::string piece = flight.exchange->TakeBody();
    if (wanted) {
      if (!piece.empty() && !sink.OnData(piece)) return answer;
    } else if (answer.body.size() + piece.size() > kMaxErrorBodyBytes) {
      return base::Fail(
          base::ErrorKind::kExhausted,
          "the body of a refusal is larger than " + std::to_string(kMaxErrorBodyBytes) + " bytes");
    } else {
      answer.body += piece;
    }
    if (!done) continue;
    if (auto failure = flight.exchange->failure()) return tl::unexpected(std::move(*failure));
    return answer;
  }
}

base::Result<web::uri> ParseBase(const std::string& text) {
  try {
    web::uri base(text);
    const bool known = base.scheme() == "https" || base.scheme() == "http";
    if (!known || base.host().empty() || !base.user_info().empty() || !base.query().empty() ||
        !base.fragment().empty()) {
      return base::Fail(base::ErrorKind::kInvalid,
                        "a server must be https://host[:port][/prefix], without user, query "
                        "and fragment");
    }
    if (base.host().starts_with('[')) {
      return base::Fail(base::ErrorKind::kUnsupported,
                        "a server named by an IPv6 literal cannot be reached; use a host name");
    }
    return base;
  } catch (const std::exception&) {
    return base::Fail(base::ErrorKind::kInvalid, "the server's address is not a URL");
  }
}

struct ContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

// Finds out at start what would otherwise fail with the first connection.
base::Status TryTls(TlsConfigurator& tls) {
  const std::unique_ptr<SSL_CTX, ContextFree> context(SSL_CTX_new(TLS_client_method()));
  if (!context) return base::Fail(base::ErrorKind::kInternal, "OpenSSL made no context");
  return tls.Configure(context.get());
}

}  // namespace

base::Status InitializeTransportThreads(int count) {
  if (count < 1 || count > kMaxTransportThreads) {
    return base::Fail(base::ErrorKind::kInvalid, "the transport needs 1 to " +
                                                     std::to_string(kMaxTransportThreads) +
                                                     " threads, not " + std::to_string(count));
  }
  if (g_threads_started.exchange(true)) {
    return base::Fail(base::ErrorKind::kInvalid, "the transport's threads are already started");
  }
  // The library's threads may still be inside OpenSSL when main() has returned;
  // they must not find it taken down under them.
  OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  // Both are read for each new connection, before our own store replaces theirs.
  ::setenv("SSL_CERT_FILE", "/dev/null", 1);
  ::setenv("SSL_CERT_DIR", "/dev/null", 1);
  try {
    crossplat::threadpool::initialize_with_threads(static_cast<std::size_t>(count));
    return {};
  } catch (const std::exception&) {
    return base::Fail(base::ErrorKind::kInternal, "the HTTP library started its threads too early");
  }
}

base::Result<std::unique_ptr<Transport>> MakeCpprestTransport(CpprestOptions options) {
  if (!g_threads_started) {
    return base::Fail(base::ErrorKind::kInvalid, "InitializeTransportThreads() was not called");
  }
  base::Result<web::uri> base = ParseBase(options.base_url);
  if (!base) return tl::unexpected(base.error());
  std::shared_ptr<TlsConfigurator> tls;
  if (base->scheme() == "https") {
    tls = std::make_shared<TlsConfigurator>(
        options.tls, options.tls.server_name.empty() ? base->host() : options.tls.server_name);
    if (auto usable = TryTls(*tls); !usable) return tl::unexpected(usable.error());
  } else if (options.token) {
    return base::Fail(base::ErrorKind::kInvalid, "a token is never sent over plain http");
  }
  try {
    return std::make_unique<CpprestTransport>(std::move(options), std::move(*base), std::move(tls));
  } catch (...) {
    return tl::unexpected(FromCurrentException());
  }
}

}  // namespace launchgate::transport
