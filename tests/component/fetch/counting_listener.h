// A listener that only counts who connects, and says the same to everybody.
#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace launchgate::fetch {

// From construction to destruction on one loopback address ("127.0.0.2", "::1").
class CountingListener {
 public:
  // Port 0: a free one. `answer` is sent after the request's head.
  CountingListener(const std::string& address, int port, std::string answer);
  ~CountingListener();
  CountingListener(const CountingListener&) = delete;
  CountingListener& operator=(const CountingListener&) = delete;

  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void Serve();

  const std::string answer_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace launchgate::fetch
