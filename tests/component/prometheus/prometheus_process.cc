#include "tests/component/prometheus/prometheus_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace launchgate::prometheus {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPatience{20};

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// As in scripts/lib/common.sh.
fs::path CacheFolder() {
  if (const std::string cache = Variable("LAUNCHGATE_CACHE"); !cache.empty()) return cache;
  const std::string xdg = Variable("XDG_CACHE_HOME");
  return (xdg.empty() ? fs::path(Variable("HOME")) / ".cache" : fs::path(xdg)) / "launchgate";
}

// The word that follows the marker; nothing until its end was written too.
std::string ValueAfter(std::string_view marker, const std::string& log) {
  const std::size_t at = log.find(marker);
  if (at == std::string::npos) return "";
  const std::size_t start = at + marker.size();
  const std::size_t end = log.find_first_of(" \n", start);
  return end == std::string::npos ? "" : log.substr(start, end - start);
}

}  // namespace

std::optional<fs::path> FindPrometheus() {
  std::string folders = Variable("PATH") + ":" + (CacheFolder() / "bin").string();
  std::string_view rest = folders;
  while (!rest.empty()) {
    const std::size_t end = rest.find(':');
    const fs::path program = fs::path(rest.substr(0, end)) / "prometheus";
    if (access(program.c_str(), X_OK) == 0 && fs::is_regular_file(program)) return program;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return std::nullopt;
}

Exporter::Exporter() {
  platform::Route route;
  route.method = "GET";
  route.path = "/metrics";
  route.handler = [this](const platform::Request&) { return Scrape(); };
  auto server = platform::HttpServer::Start({}, {route});
  if (!server) throw std::runtime_error(server.error());
  server_ = std::move(*server);
}

void Exporter::Expose(std::string metrics) {
  const std::lock_guard lock(mutex_);
  metrics_ = std::move(metrics);
}

platform::Response Exporter::Scrape() {
  const std::lock_guard lock(mutex_);
  ++scrapes_;
  scraped_.notify_all();
  platform::Response response;
  response.content_type = "text/plain; version=0.0.4";
  response.body = metrics_;
  return response;
}

bool Exporter::AwaitScrapes(int count) {
  std::unique_lock lock(mutex_);
  const int wanted = scrapes_ + count;
  return scraped_.wait_for(lock, kPatience, [&] { return scrapes_ >= wanted; });
}

PrometheusProcess::PrometheusProcess(const fs::path& program, const Exporter& exporter)
    : PrometheusProcess(
          program,
          "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
          "scrape_configs: [{job_name: demo, static_configs: [{targets: ['127.0.0.1:" +
              std::to_string(exporter.port()) + "']}]}]\n",
          "") {}

PrometheusProcess::PrometheusProcess(const fs::path& program, const fs::path& data)
    : PrometheusProcess(program, "global: {}\n", data) {}

PrometheusProcess::PrometheusProcess(const fs::path& program, const std::string& configuration,
                                     const fs::path& data) {
  std::string name = (fs::temp_directory_path() / "launchgate-prometheus-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = name;
  std::ofstream(folder_ / "prometheus.yml") << configuration;
  Start(program, data.empty() ? folder_ / "data" : data);
  try {
    ReadLogUntilReady();
  } catch (...) {
    // No destructor follows, and a server left behind holds the test's output
    // open until the test is given up.
    Stop();
    throw;
  }
}

PrometheusProcess::~PrometheusProcess() { Stop(); }

void PrometheusProcess::Stop() {
  // Nothing that it stored is needed again.
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
  if (drain_.joinable()) drain_.join();
  close(log_);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PrometheusProcess::Start(const fs::path& program, const fs::path& data) {
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  log_ = pipe[0];
  std::vector<std::string> words = {
      program.string(), "--config.file=" + (folder_ / "prometheus.yml").string(),
      "--storage.tsdb.path=" + data.string(), "--storage.tsdb.retention.time=10y",
      "--web.listen-address=127.0.0.1:0"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], STDERR_FILENO);
  const int failed =
      posix_spawn(&child_, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe[1]);
  if (failed != 0) throw std::runtime_error("prometheus could not be started");
}

// It picks a free port and says which one in its log, and that it is ready:
// two threads of its own, so either may come first.
void PrometheusProcess::ReadLogUntilReady() {
  constexpr std::string_view kReady = "ready to receive web requests";
  constexpr std::string_view kListening = "msg=\"Listening on\" address=";
  std::string log;
  std::array<char, 4096> buffer{};
  while (log.find(kReady) == std::string::npos || ValueAfter(kListening, log).empty()) {
    const ssize_t size = read(log_, buffer.data(), buffer.size());
    if (size <= 0) throw std::runtime_error("prometheus ended: " + log);
    log.append(buffer.data(), static_cast<std::size_t>(size));
  }
  url_ = "http://" + ValueAfter(kListening, log);
  // A full pipe would stop it.
  drain_ = std::jthread([log = log_] {
    std::array<char, 4096> rest{};
    while (read(log, rest.data(), rest.size()) > 0) {
    }
  });
}

}  // namespace launchgate::prometheus
