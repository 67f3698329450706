// A fetcher with everything around it in a test's hand.

#ifndef LAUNCHGATE_TESTS_COMPONENT_FETCH_FETCH_FIXTURE_H_
#define LAUNCHGATE_TESTS_COMPONENT_FETCH_FETCH_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shell/fetch/guarded_fetcher.h"
#include "tests/support/fake_clock.h"
#include "tests/support/raw_server.h"

namespace launchgate::fetch {

using base::ErrorKind;
using std::chrono::milliseconds;
using test_support::HeaderOf;
using test_support::RawConnection;
using test_support::RawServer;

inline std::string Answer(int status, std::string_view headers, std::string_view body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

inline RawServer::Script Answering(std::string answer) {
  return [answer = std::move(answer)](RawConnection& connection) {
    if (connection.ReadRequest()) connection.Write(answer);
  };
}

class RecordingObserver final : public FetchObserver {
 public:
  void Refused(RefusalReason reason) override {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(ToString(reason));
  }
  void Finished(FetchOutcome outcome, milliseconds took) override {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(ToString(outcome));
    took_ = took;
  }
  std::vector<std::string> TakeEvents() {
    const std::lock_guard lock(mutex_);
    return std::exchange(events_, {});
  }
  milliseconds took() const {
    const std::lock_guard lock(mutex_);
    return took_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> events_;
  milliseconds took_{};
};

class ScriptedResolver final : public Resolver {
 public:
  using Script = std::function<base::Result<std::vector<Address>>()>;
  explicit ScriptedResolver(Script script) : script_(std::move(script)) {}
  base::Result<std::vector<Address>> Resolve(const std::string& host,
                                             milliseconds timeout) override {
    last_host = host;
    last_timeout = timeout;
    return script_();
  }

  std::string last_host;
  milliseconds last_timeout{};

 private:
  const Script script_;
};

class FetchFixture : public ::testing::Test {
 protected:
  static FetchOptions Allow(const RawServer& server, std::string host = "127.0.0.1") {
    DestinationRule rule;
    rule.scheme = "http";
    rule.host = std::move(host);
    rule.port = server.port();
    rule.addresses = {*Cidr::Parse("127.0.0.1/32")};
    FetchOptions options;
    options.allow = {rule};
    return options;
  }
  FetchCollaborators Observed() { return {.observer = &observer_}; }
  static std::string Named(const RawServer& server) {
    return "http://wiki.example.com:" + std::to_string(server.port()) + "/";
  }

  RecordingObserver observer_;
  test_support::FakeClock clock_;
};

}  // namespace launchgate::fetch

#endif  // LAUNCHGATE_TESTS_COMPONENT_FETCH_FETCH_FIXTURE_H_
