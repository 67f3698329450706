#include "gift-cards/payments_client.h"

#include <cpprest/http_client.h>
#include <openssl/crypto.h>
#include <pplx/threadpool.h>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string_view>
#include <utility>

#include "gift-cards/charge_exchange.h"

namespace gift_cards {
namespace {

namespace http = web::http;

// Only for exchanges that nobody waits for any more and cancelling did not end.
constexpr std::chrono::minutes kForgottenExchangeTimeout{2};
// How long the end of a client waits for the library to let go of exchanges that
// were cancelled. A moment, unless the library hangs in a name server.
constexpr std::chrono::seconds kLetGoTimeout{1};

// What the library still works on. Outlives the client: the last exchange may.
class OpenExchanges {
 public:
  void Add(int difference) {
    const std::lock_guard lock(mutex_);
    count_ += difference;
    if (count_ == 0) none_.notify_all();
  }
  void WaitForNone(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    none_.wait_for(lock, timeout, [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;  // Guards count_.
  std::condition_variable none_;
  int count_ = 0;
};

std::shared_ptr<ChargeExchange> OpenExchange(const std::shared_ptr<OpenExchanges>& open) {
  open->Add(1);
  return {new ChargeExchange, [open](const ChargeExchange* exchange) {
            delete exchange;
            open->Add(-1);
          }};
}

// The sentence of the exception being handled.
std::string CurrentFailure() {
  try {
    throw;
  } catch (const std::exception& failure) {
    return std::string("the call failed: ") + failure.what();
  } catch (...) {
    return "the call failed";
  }
}

// Both continuations run on the library's threads. They must see every
// exception, because one that nobody looked at ends the process; get() is only
// called on tasks that are done.
void Report(const pplx::task<http::http_response>& answer,
            const std::shared_ptr<ChargeExchange>& exchange) {
  answer.then([exchange](const pplx::task<http::http_response>& headers) {
    try {
      const http::http_response response = headers.get();
      exchange->OnStatus(response.status_code());
      response.content_ready().then([exchange](const pplx::task<http::http_response>& whole) {
        try {
          whole.get();
          exchange->OnEnd();
        } catch (...) {
          exchange->OnFailure(CurrentFailure());
        }
      });
    } catch (...) {
      exchange->OnFailure(CurrentFailure());
    }
  });
}

// Whether more may arrive on that connection than belongs to this exchange.
bool IsOutOfStep(const ChargeExchange::End& end) {
  return end.status != 0 && end.status < ChargeExchange::kFirstFinalStatus;
}

class PaymentsClient final : public Payments {
 public:
  explicit PaymentsClient(web::uri base) : base_(std::move(base)), client_(MakeClient()) {}
  PaymentsClient(const PaymentsClient&) = delete;
  PaymentsClient& operator=(const PaymentsClient&) = delete;
  ~PaymentsClient() override { open_->WaitForNone(kLetGoTimeout); }

  [[nodiscard]] ChargeAnswer Try(const Charge& charge, TimePoint deadline) override;

 private:
  using Client = std::shared_ptr<http::client::http_client>;

  [[nodiscard]] Client MakeClient() const;
  [[nodiscard]] Client CurrentClient();
  // Later calls use new connections; `client` lives until its calls are done.
  void Distrust(const Client& client);

  const web::uri base_;
  const std::shared_ptr<OpenExchanges> open_ = std::make_shared<OpenExchanges>();
  std::mutex mutex_;  // Guards client_.
  Client client_;
};

PaymentsClient::Client PaymentsClient::MakeClient() const {
  http::client::http_client_config config;
  config.set_timeout(kForgottenExchangeTimeout);
  config.set_max_redirects(0);
  return std::make_shared<http::client::http_client>(base_, config);
}

PaymentsClient::Client PaymentsClient::CurrentClient() {
  const std::lock_guard lock(mutex_);
  return client_;
}

void PaymentsClient::Distrust(const Client& client) {
  const std::lock_guard lock(mutex_);
  if (client_ == client) client_ = MakeClient();
}

http::http_request MakeRequest(const Charge& charge, ChargeExchange& exchange) {
  http::http_request request(http::methods::POST);
  request.set_request_uri("/charge");
  // Neither field can hold anything that JSON would have to escape.
  request.set_body(
      R"({"amount":)" + std::to_string(charge.amount_cents) + R"(,"ref":")" + charge.ref + R"("})",
      "application/json");
  request.set_response_stream(exchange.BodyStream());
  return request;
}

ChargeAnswer PaymentsClient::Try(const Charge& charge, TimePoint deadline) {
  try {
    const Client client = CurrentClient();
    const auto exchange = OpenExchange(open_);
    pplx::cancellation_token_source cancel;
    Report(client->request(MakeRequest(charge, *exchange), cancel.get_token()), exchange);
    const auto end = exchange->WaitUntil(deadline);
    if (!end || !end->failure.empty()) cancel.cancel();
    if (!end) return {AttemptResult::kTimedOut, {}, "the provider did not answer in time"};
    if (IsOutOfStep(*end)) Distrust(client);
    if (!end->failure.empty()) return {AttemptResult::kUnavailable, {}, end->failure};
    ChargeAnswer answer = ReadChargeAnswer(charge, end->status, end->body);
    if (answer.result == AttemptResult::kUnusable) Distrust(client);
    return answer;
  } catch (...) {
    return {AttemptResult::kUnavailable, {}, CurrentFailure()};
  }
}

tl::expected<web::uri, std::string> ParseUrl(const std::string& url) {
  const auto fail = [] {
    return tl::unexpected(std::string(
        "the payments URL must be http://HOST[:PORT][/PREFIX] or https, HOST a name or an IPv4 "
        "address, without user, query and fragment"));
  };
  try {
    web::uri base(url);
    const bool known = base.scheme() == "http" || base.scheme() == "https";
    // The library cannot reach an IPv6 literal.
    if (!known || base.host().empty() || base.host().starts_with('[') ||
        !base.user_info().empty() || !base.query().empty() || !base.fragment().empty()) {
      return fail();
    }
    return base;
  } catch (const std::exception&) {
    return fail();
  }
}

}  // namespace

tl::expected<void, std::string> StartPaymentsThreads(int count) {
  if (count < 1 || count > kMaxClientThreads) {
    return tl::unexpected(std::string("the payments client needs 1 to 64 threads"));
  }
  static std::once_flag once;
  static std::string failure;
  std::call_once(once, [count] {
    // The library's threads may still be inside OpenSSL when main() has returned.
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
    try {
      crossplat::threadpool::initialize_with_threads(static_cast<std::size_t>(count));
    } catch (const std::exception&) {
      failure = "the HTTP library had started its threads before it was told how many";
    }
  });
  if (!failure.empty()) return tl::unexpected(failure);
  return {};
}

tl::expected<std::unique_ptr<Payments>, std::string> ConnectPayments(const std::string& url) {
  auto base = ParseUrl(url);
  if (!base) return tl::unexpected(base.error());
  try {
    return std::make_unique<PaymentsClient>(std::move(*base));
  } catch (...) {
    return tl::unexpected(CurrentFailure());
  }
}

}  // namespace gift_cards
