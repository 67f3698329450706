#include "harness/sampler.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "harness/http_client.h"
#include "harness/metrics_text.h"

namespace harness {

using Clock = std::chrono::steady_clock;

class Sampler::Impl {
 public:
  explicit Impl(SamplerOptions options) : options_(std::move(options)), started_(Clock::now()) {
    Look();
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  }

  std::vector<Sample> Stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    Look();
    return std::move(samples_);
  }

 private:
  void Run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    auto next = started_ + kSampleInterval;
    while (samples_.size() + 1 < kMaxSamples) {
      std::unique_lock lock(mutex);
      stopped.wait_until(lock, stop, next, [] { return false; });
      if (stop.stop_requested()) return;
      Look();
      // A page that came late is no reason to ask twice at once.
      next = std::max(next + kSampleInterval, Clock::now());
    }
  }

  void Look() {
    Sample sample{.at = Clock::now() - started_};
    if (const auto page = service_.Get(options_.service_url + "/metrics", kProbeTimeout)) {
      sample.breaker = ReadBreaker(*page);
    }
    if (const auto page = payments_.Get(options_.payments_url + "/metrics", kProbeTimeout)) {
      const auto calls = SumOf(*page, "payments_requests_total");
      // A counter without a series has not counted yet.
      sample.payments_calls = static_cast<std::uint64_t>(calls.value_or(0));
    }
    sample.alive = service_.Get(options_.service_url + "/healthz", kProbeTimeout).has_value();
    samples_.push_back(sample);
  }

  const SamplerOptions options_;
  const Clock::time_point started_;
  // Touched by the thread while it runs, and otherwise by who starts and stops it.
  HttpClient service_;
  HttpClient payments_;
  std::vector<Sample> samples_;
  std::jthread thread_;
};

Sampler::Sampler(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Sampler::~Sampler() = default;

std::unique_ptr<Sampler> Sampler::Start(SamplerOptions options) {
  return std::unique_ptr<Sampler>(new Sampler(std::make_unique<Impl>(std::move(options))));
}

std::vector<Sample> Sampler::Stop() { return impl_->Stop(); }

}  // namespace harness
