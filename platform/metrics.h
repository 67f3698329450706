// Metrics with bounded memory, rendered in the Prometheus text format.
//
// Updating is wait-free apart from With(), which takes the family's mutex: hot
// paths look their series up once and keep the reference. References stay
// valid for the life of the registry.
//
// A family holds at most max_series label sets. Further ones are counted in one
// extra series whose label values are all "other" (kOverflowLabel), so a caller
// who can choose a label value cannot make memory grow.

#ifndef LAUNCHGATE_PLATFORM_METRICS_H_
#define LAUNCHGATE_PLATFORM_METRICS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/http.h"

namespace launchgate::platform {

inline constexpr std::string_view kOverflowLabel = "other";
inline constexpr std::size_t kMaxLabelValueBytes = 128;  // Longer values are cut.
inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

// Only goes up.
class Counter {
 public:
  void Increment(std::uint64_t by = 1) { value_.fetch_add(by, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t Value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double by) { value_.fetch_add(by, std::memory_order_relaxed); }
  [[nodiscard]] double Value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// Counts observations in buckets with inclusive upper bounds. NaN is ignored.
class Histogram {
 public:
  // `bounds` strictly ascending and finite; the +Inf bucket is implied.
  explicit Histogram(std::span<const double> bounds);

  void Observe(double value);

  struct Snapshot {
    std::vector<std::uint64_t> cumulative;  // One per bound, then +Inf.
    double sum = 0;
  };
  [[nodiscard]] Snapshot Read() const;
  [[nodiscard]] std::span<const double> bounds() const { return bounds_; }

 private:
  std::vector<double> bounds_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  std::atomic<double> sum_{0};
};

// 1 ms to 10 s: what a caller with a 5 s timeout wants to know.
[[nodiscard]] std::vector<double> DefaultLatencyBoundsSeconds();

struct MetricOptions {
  std::string name = {};  // [a-zA-Z_:][a-zA-Z0-9_:]*, with unit; counters end in _total.
  std::string help = {};  // One sentence; escaped when rendered.
  std::vector<std::string> labels = {};  // Names of closed sets, never of user strings.
  std::size_t max_series = 64;
};

struct HistogramOptions {
  MetricOptions metric = {};
  std::vector<double> bounds = DefaultLatencyBoundsSeconds();
};

// The series of one metric, found by label values in the order of its labels.
// A wrong number of values finds the overflow series. Thread-safe.
template <typename Metric>
class Family {
 public:
  virtual ~Family() = default;
  virtual Metric& With(std::span<const std::string_view> label_values) = 0;
  Metric& With(std::initializer_list<std::string_view> label_values) {
    return With(std::span(label_values.begin(), label_values.size()));
  }
};

struct MetricDescription {
  std::string name;
  std::string type;  // "counter", "gauge" or "histogram".
  std::string help;
  std::vector<std::string> labels;
};

// Owns every metric of a process. Thread-safe.
class MetricsRegistry {
 public:
  MetricsRegistry();
  MetricsRegistry(const MetricsRegistry&) = delete;
  MetricsRegistry& operator=(const MetricsRegistry&) = delete;
  ~MetricsRegistry();

  // A metric that breaks a rule (bad or taken name, bad label, bounds not
  // ascending) works but is not exported; problems() says why. Tests of the
  // caller assert that problems() is empty.
  Family<Counter>& AddCounterFamily(MetricOptions options);
  Family<Gauge>& AddGaugeFamily(MetricOptions options);
  Family<Histogram>& AddHistogramFamily(HistogramOptions options);

  // The same without labels.
  Counter& AddCounter(std::string name, std::string help);
  Gauge& AddGauge(std::string name, std::string help);
  Histogram& AddHistogram(std::string name, std::string help, std::vector<double> bounds);

  // A value asked for at every rendering, on the rendering thread. Must not
  // block, and must not call back into the registry.
  void AddCounterCallback(std::string name, std::string help, std::function<double()> read);
  void AddGaugeCallback(std::string name, std::string help, std::function<double()> read);

  // All metrics, sorted by name, as kMetricsContentType.
  [[nodiscard]] std::string Render() const;
  [[nodiscard]] std::vector<MetricDescription> Describe() const;  // Sorted by name.
  [[nodiscard]] std::vector<std::string> problems() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// GET /metrics. The registry must outlive the server.
[[nodiscard]] Route MetricsRoute(const MetricsRegistry& registry);

}  // namespace launchgate::platform

#endif  // LAUNCHGATE_PLATFORM_METRICS_H_
