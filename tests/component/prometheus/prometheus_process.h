// The real Prometheus on loopback, in a folder that goes away again.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "platform/http_server.h"

namespace launchgate::prometheus {

// The program on PATH or in the cache folder of ./dev; nothing when it is in
// neither.
std::optional<std::filesystem::path> FindPrometheus();

// Metrics that a test chooses. Thread-safe.
class Exporter {
 public:
  Exporter();

  std::uint16_t port() const { return server_->port(); }
  // What is exposed from the next scrape on, in the text format.
  void Expose(std::string metrics);
  // Blocks until `count` more scrapes were answered; false after 20 s.
  bool AwaitScrapes(int count);

 private:
  platform::Response Scrape();

  // Guards metrics_ and scrapes_.
  std::mutex mutex_;
  std::condition_variable scraped_;
  std::string metrics_;
  int scrapes_ = 0;
  std::unique_ptr<platform::HttpServer> server_;  // Last: it calls Scrape().
};

// Running from construction, which returns when the server is ready, to destruction.
class PrometheusProcess {
 public:
  // Scrapes one exporter every second.
  PrometheusProcess(const std::filesystem::path& program, const Exporter& exporter);
  // Scrapes nothing and serves the blocks in `data`, however old they are.
  PrometheusProcess(const std::filesystem::path& program, const std::filesystem::path& data);
  ~PrometheusProcess();
  PrometheusProcess(const PrometheusProcess&) = delete;
  PrometheusProcess& operator=(const PrometheusProcess&) = delete;

  const std::string& url() const { return url_; }

 private:
  PrometheusProcess(const std::filesystem::path& program, const std::string& configuration,
                    const std::filesystem::path& data);

  void Start(const std::filesystem::path& program, const std::filesystem::path& data);
  void ReadLogUntilReady();
  void Stop();

  std::filesystem::path folder_;
  pid_t child_ = -1;
  int log_ = -1;
  std::string url_;
  std::jthread drain_;
};

}  // namespace launchgate::prometheus
