// A payment provider on loopback that behaves as a test says: it charges, fails,
// keeps silent or answers nonsense.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "platform/http_server.h"

namespace gift_cards {

// Thread-safe.
class ScriptedProvider {
 public:
  enum class Mode {
    kCharge,          // 201, or 200 for a ref known already.
    kRecordThenFail,  // Charges, and answers 503 all the same.
    kFail,            // 503.
    kHold,            // Charges, and answers only when told to Release().
    kRefuse,          // 400.
  };

  ScriptedProvider();
  ~ScriptedProvider();

  [[nodiscard]] std::string url() const;
  // How calls are answered from now on; kCharge at the start.
  void SetMode(Mode mode);
  // The next calls go by `modes`, one each; then by the mode set.
  void Next(std::vector<Mode> modes);
  // Answers all calls held so far.
  void Release();

  // Waits until this many calls have arrived in all; false after patience.
  [[nodiscard]] bool WaitForCalls(std::size_t count);
  [[nodiscard]] std::vector<std::string> refs() const;  // Of every call, in order.
  [[nodiscard]] std::size_t calls() const { return refs().size(); }
  // Amounts charged, by ref.
  [[nodiscard]] std::map<std::string, std::int64_t> charges() const;

 private:
  struct Held {
    launchgate::platform::Responder responder;
    launchgate::platform::Response answer;
  };

  void Handle(const launchgate::platform::Request& request,
              launchgate::platform::Responder responder);
  launchgate::platform::Response ChargeLocked(const std::string& ref, std::int64_t amount);

  mutable std::mutex mutex_;  // Guards everything below but server_.
  std::condition_variable called_;
  Mode mode_ = Mode::kCharge;
  std::vector<Mode> next_;  // In reverse.
  std::vector<Held> held_;
  std::vector<std::string> refs_;
  std::map<std::string, std::int64_t> charges_;
  std::unique_ptr<launchgate::platform::HttpServer> server_;
};

}  // namespace gift_cards
