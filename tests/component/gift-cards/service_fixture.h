// The whole service on loopback, over a provider that does what a test says and
// a store in memory.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "gift-cards/payments_client.h"
#include "gift-cards/service.h"
#include "platform/log.h"
#include "tests/component/gift-cards/scripted_provider.h"
#include "tests/support/raw_http_client.h"
#include "tests/unit/gift-cards/fake_store.h"

namespace gift_cards {

using Mode = ScriptedProvider::Mode;
using launchgate::test_support::MakeRequest;
using launchgate::test_support::RawHttpClient;
using launchgate::test_support::RawResponse;

// "ABCD1234EFGH" and four digits.
inline std::string CodeNumber(int number) {
  const std::string digits = std::to_string(10'000 + number);
  return "ABCD1234EFGH" + digits.substr(1);
}

// Collects log lines while it lives. Thread-safe.
class LogLines {
 public:
  LogLines() {
    launchgate::platform::log::SetSink([this](std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(line);
      added_.notify_all();
    });
  }
  ~LogLines() { launchgate::platform::log::SetSink({}); }

  // The first line with this text, waiting for it; empty after patience.
  std::string Find(const std::string& text) {
    std::unique_lock lock(mutex_);
    std::string found;
    added_.wait_for(lock, std::chrono::seconds(20), [&] {
      for (const std::string& line : lines_) {
        if (line.find(text) != std::string::npos) found = line;
      }
      return !found.empty();
    });
    return found;
  }
  std::string All() {
    const std::lock_guard lock(mutex_);
    std::string all;
    for (const std::string& line : lines_) all += line;
    return all;
  }

 private:
  std::mutex mutex_;  // Guards lines_.
  std::condition_variable added_;
  std::vector<std::string> lines_;
};

class ServiceFixture : public ::testing::Test {
 protected:
  struct Answer {
    int status = 0;
    nlohmann::json body;
    RawResponse raw;
    std::chrono::milliseconds took{0};
  };

  void SetUp() override {
    ASSERT_TRUE(StartPaymentsThreads(4));
    auto payments = ConnectPayments(provider_.url());
    ASSERT_TRUE(payments);
    payments_ = std::move(*payments);
  }
  void TearDown() override {
    provider_.Release();
    store_.Block(false);
    service_.reset();
  }

  void StartService() {
    auto service = Service::Start(options_, {store_, *payments_, clock_, chance_});
    ASSERT_TRUE(service) << service.error();
    service_ = std::move(*service);
  }

  // One request on a connection of its own; status 0 when there is no answer.
  Answer Ask(const std::string& method, const std::string& target,
             const std::string& headers = {}) {
    const auto begun = std::chrono::steady_clock::now();
    Answer answer;
    const auto client = RawHttpClient::Connect(service_->port());
    if (!client || !client->Send(MakeRequest(method, target, {}, headers))) return answer;
    const auto response = client->ReadResponse();
    answer.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    if (!response) return answer;
    answer.raw = *response;
    answer.status = response->status;
    answer.body = nlohmann::json::parse(response->body, nullptr, false);
    return answer;
  }
  Answer Redeem(const std::string& code, int amount = 2'500, const std::string& headers = {}) {
    return Ask("POST", "/giftcards/redeem?code=" + code + "&amount=" + std::to_string(amount),
               headers);
  }
  std::string Metrics() { return Ask("GET", "/metrics").raw.body; }

  ServiceOptions options_;
  ScriptedProvider provider_;
  FakeStore store_;
  SystemClock clock_;
  SystemChance chance_;
  std::unique_ptr<Payments> payments_;
  std::unique_ptr<Service> service_;
};

}  // namespace gift_cards
