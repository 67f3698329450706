// Looks at a service and its payment provider again and again while a load runs:
// is it alive, what does its breaker do, how often was the provider called.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "harness/breaker_watch.h"

namespace harness {

inline constexpr std::chrono::milliseconds kSampleInterval{100};
// Longer than anything on loopback should take, so that "not alive" means it.
inline constexpr std::chrono::milliseconds kProbeTimeout{1'000};
inline constexpr std::size_t kMaxSamples = 100'000;  // Of one load.

struct SamplerOptions {
  std::string service_url = {};
  std::string payments_url = {};
};

// Samples from a thread of its own from Start() to Stop(), once at the beginning,
// once at the end, and every kSampleInterval in between. A page that could not be
// had leaves its part of the sample empty. Start() and Stop() belong to one thread.
class Sampler {
 public:
  // `at` of the samples counts from now on. Returns when the first one was taken.
  [[nodiscard]] static std::unique_ptr<Sampler> Start(SamplerOptions options);

  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;
  ~Sampler();  // As Stop().

  // Takes the last sample. Call it once.
  [[nodiscard]] std::vector<Sample> Stop();

 private:
  class Impl;
  explicit Sampler(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace harness
