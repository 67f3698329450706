#include "platform/metrics.h"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <type_traits>
#include <utility>

#include "platform/json_text.h"

namespace launchgate::platform {
namespace {

constexpr std::size_t kMaxHelpBytes = 1024;

bool IsName(std::string_view name, bool colon_allowed) {
  const auto letter = [colon_allowed](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (colon_allowed && c == ':');
  };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return letter(c) || digit(c); });
}

// The text format ends a HELP line at the first newline; prometheus-cpp writes
// what it is given.
std::string EscapeHelp(std::string_view help) {
  std::string escaped;
  for (const char c : help.substr(0, kMaxHelpBytes)) {
    if (c == '\\') {
      escaped += "\\\\";
    } else if (c == '\n') {
      escaped += "\\n";
    } else if (c != '\r') {
      escaped += c;
    }
  }
  return escaped;
}

// Label values must be UTF-8, or Prometheus drops the whole scrape.
std::string CleanLabelValue(std::string_view value) {
  std::string clean;
  for (std::size_t at = 0; at < value.size();) {
    const Utf8Character character = DecodeUtf8(value.substr(at));
    const std::size_t length = std::max<std::size_t>(character.length, 1);
    if (at + length > kMaxLabelValueBytes) break;
    const bool printable = character.length > 0 && character.code_point >= 0x20;
    clean += printable ? value.substr(at, length) : "?";
    at += length;
  }
  return clean;
}

std::optional<std::string> ProblemOf(const MetricOptions& options, std::string_view type) {
  const auto problem = [&options](std::string_view what) {
    return options.name + ": " + std::string(what);
  };
  if (!IsName(options.name, true)) return problem("not a metric name");
  if (options.help.empty()) return problem("no help text");
  if (type == "counter" && !options.name.ends_with("_total")) {
    return problem("a counter's name ends in _total");
  }
  if (options.max_series == 0) return problem("max_series is 0");
  for (const std::string& label : options.labels) {
    if (!IsName(label, false) || label.starts_with("__") || label == "le") {
      return problem("not a label name: " + label);
    }
    if (std::ranges::count(options.labels, label) > 1) return problem("label twice: " + label);
  }
  return std::nullopt;
}

bool AreBounds(std::span<const double> bounds) {
  return !bounds.empty() &&
         std::ranges::all_of(bounds, [](double b) { return std::isfinite(b); }) &&
         std::ranges::adjacent_find(bounds, std::greater_equal<>()) == bounds.end();
}

prometheus::ClientMetric Export(const Counter& counter) {
  prometheus::ClientMetric metric;
  metric.counter.value = static_cast<double>(counter.Value());
  return metric;
}

prometheus::ClientMetric Export(const Gauge& gauge) {
  prometheus::ClientMetric metric;
  metric.gauge.value = gauge.Value();
  return metric;
}

prometheus::ClientMetric Export(const Histogram& histogram) {
  const Histogram::Snapshot snapshot = histogram.Read();
  prometheus::ClientMetric metric;
  metric.histogram.sample_count = snapshot.cumulative.back();
  metric.histogram.sample_sum = snapshot.sum;
  for (std::size_t i = 0; i < snapshot.cumulative.size(); ++i) {
    const bool last = i == histogram.bounds().size();
    metric.histogram.bucket.push_back(
        {.cumulative_count = snapshot.cumulative[i],
         .upper_bound = last ? std::numeric_limits<double>::infinity() : histogram.bounds()[i]});
  }
  return metric;
}

// One metric of the registry, whatever its type.
class Exported : public prometheus::Collectable {
 public:
  Exported(MetricDescription description, prometheus::MetricType type)
      : description_(std::move(description)), type_(type) {}

  [[nodiscard]] const MetricDescription& description() const { return description_; }

  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override {
    prometheus::MetricFamily family;
    family.name = description_.name;
    family.help = EscapeHelp(description_.help);
    family.type = type_;
    family.metric = CollectSeries();
    return {std::move(family)};
  }

 private:
  [[nodiscard]] virtual std::vector<prometheus::ClientMetric> CollectSeries() const = 0;

  MetricDescription description_;
  prometheus::MetricType type_;
};

template <typename Metric>
class ExportedFamily : public Family<Metric>, public Exported {
 public:
  using Make = std::function<std::unique_ptr<Metric>()>;
  using Labels = std::vector<std::string>;

  ExportedFamily(MetricDescription description, prometheus::MetricType type, std::size_t max_series,
                 Make make)
      : Exported(std::move(description), type), max_series_(max_series), make_(std::move(make)) {}

  using Family<Metric>::With;
  Metric& With(std::span<const std::string_view> label_values) override {
    const std::size_t count = this->description().labels.size();
    const std::lock_guard lock(mutex_);
    if (label_values.size() != count) return SeriesLocked(Overflow());
    Labels labels;
    for (const std::string_view value : label_values) labels.push_back(CleanLabelValue(value));
    if (const auto found = series_.find(labels); found != series_.end()) return *found->second;
    return SeriesLocked(series_.size() < max_series_ ? std::move(labels) : Overflow());
  }

 private:
  [[nodiscard]] Labels Overflow() const {
    return Labels(this->description().labels.size(), std::string(kOverflowLabel));
  }

  Metric& SeriesLocked(Labels labels) {
    auto& series = series_[std::move(labels)];
    if (!series) series = make_();
    return *series;
  }

  [[nodiscard]] std::vector<prometheus::ClientMetric> CollectSeries() const override {
    std::vector<prometheus::ClientMetric> collected;
    const std::lock_guard lock(mutex_);
    for (const auto& [values, metric] : series_) {
      collected.push_back(Export(*metric));
      for (std::size_t i = 0; i < values.size(); ++i) {
        collected.back().label.push_back({this->description().labels[i], values[i]});
      }
    }
    return collected;
  }

  const std::size_t max_series_;
  const Make make_;
  mutable std::mutex mutex_;  // Guards series_.
  std::map<Labels, std::unique_ptr<Metric>> series_;
};

class ExportedCallback : public Exported {
 public:
  ExportedCallback(MetricDescription description, prometheus::MetricType type,
                   std::function<double()> read)
      : Exported(std::move(description), type), read_(std::move(read)) {}

 private:
  [[nodiscard]] std::vector<prometheus::ClientMetric> CollectSeries() const override {
    prometheus::ClientMetric metric;
    try {
      metric.counter.value = metric.gauge.value = read_();
    } catch (...) {  // One that cannot be read is missing from this scrape.
      return {};
    }
    return {metric};
  }

  std::function<double()> read_;
};

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(bounds.size() + 1)) {}

void Histogram::Observe(double value) {
  if (std::isnan(value)) return;
  const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

Histogram::Snapshot Histogram::Read() const {
  Snapshot snapshot;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    seen += counts_[i].load(std::memory_order_relaxed);
    snapshot.cumulative.push_back(seen);
  }
  snapshot.sum = sum_.load(std::memory_order_relaxed);
  return snapshot;
}

std::vector<double> DefaultLatencyBoundsSeconds() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

class MetricsRegistry::Impl {
 public:
  template <typename Metric>
  Family<Metric>& Add(MetricOptions options, std::string type, prometheus::MetricType exported_type,
                      std::optional<std::string> problem,
                      typename ExportedFamily<Metric>::Make make) {
    if (!problem) problem = ProblemOf(options, type);
    const std::size_t max_series = options.max_series;
    const bool labelled = !options.labels.empty();
    auto family = std::make_unique<ExportedFamily<Metric>>(
        Describe(std::move(options), std::move(type)), exported_type, max_series, std::move(make));
    Family<Metric>& reference = *family;
    // A metric without labels shows its zero from the start.
    if (!labelled) reference.With({});
    Keep(std::move(family), std::move(problem));
    return reference;
  }

  void AddCallback(MetricOptions options, std::string type, prometheus::MetricType exported_type,
                   std::function<double()> read) {
    auto problem = ProblemOf(options, type);
    Keep(std::make_unique<ExportedCallback>(Describe(std::move(options), std::move(type)),
                                            exported_type, std::move(read)),
         std::move(problem));
  }

  // Sorted by name.
  [[nodiscard]] std::vector<const Exported*> exported() const {
    const std::lock_guard lock(mutex_);
    std::vector<const Exported*> sorted;
    for (const auto& [name, metric] : exported_) sorted.push_back(metric.get());
    return sorted;
  }

  [[nodiscard]] std::vector<std::string> problems() const {
    const std::lock_guard lock(mutex_);
    return problems_;
  }

 private:
  static MetricDescription Describe(MetricOptions options, std::string type) {
    return {.name = std::move(options.name),
            .type = std::move(type),
            .help = std::move(options.help),
            .labels = std::move(options.labels)};
  }

  void Keep(std::unique_ptr<Exported> metric, std::optional<std::string> problem) {
    const std::string name = metric->description().name;
    const std::lock_guard lock(mutex_);
    if (!problem && exported_.contains(name)) problem = name + ": the name is taken";
    if (!problem) {
      exported_.emplace(name, std::move(metric));
      return;
    }
    problems_.push_back(std::move(*problem));
    unexported_.push_back(std::move(metric));
  }

  mutable std::mutex mutex_;  // Guards everything below.
  std::map<std::string, std::unique_ptr<Exported>> exported_;
  std::vector<std::unique_ptr<Exported>> unexported_;  // Their references are in use.
  std::vector<std::string> problems_;
};

MetricsRegistry::MetricsRegistry() : impl_(std::make_unique<Impl>()) {}
MetricsRegistry::~MetricsRegistry() = default;

Family<Counter>& MetricsRegistry::AddCounterFamily(MetricOptions options) {
  return impl_->Add<Counter>(std::move(options), "counter", prometheus::MetricType::Counter,
                             std::nullopt, [] { return std::make_unique<Counter>(); });
}

Family<Gauge>& MetricsRegistry::AddGaugeFamily(MetricOptions options) {
  return impl_->Add<Gauge>(std::move(options), "gauge", prometheus::MetricType::Gauge, std::nullopt,
                           [] { return std::make_unique<Gauge>(); });
}

Family<Histogram>& MetricsRegistry::AddHistogramFamily(HistogramOptions options) {
  std::optional<std::string> problem;
  if (!AreBounds(options.bounds)) {
    problem = options.metric.name + ": bounds are not finite and ascending";
    options.bounds = DefaultLatencyBoundsSeconds();
  }
  return impl_->Add<Histogram>(
      std::move(options.metric), "histogram", prometheus::MetricType::Histogram, problem,
      [bounds = std::move(options.bounds)] { return std::make_unique<Histogram>(bounds); });
}

Counter& MetricsRegistry::AddCounter(std::string name, std::string help) {
  return AddCounterFamily({.name = std::move(name), .help = std::move(help)}).With({});
}

Gauge& MetricsRegistry::AddGauge(std::string name, std::string help) {
  return AddGaugeFamily({.name = std::move(name), .help = std::move(help)}).With({});
}

Histogram& MetricsRegistry::AddHistogram(std::string name, std::string help,
                                         std::vector<double> bounds) {
  return AddHistogramFamily({.metric = {.name = std::move(name), .help = std::move(help)},
                             .bounds = std::move(bounds)})
      .With({});
}

void MetricsRegistry::AddCounterCallback(std::string name, std::string help,
                                         std::function<double()> read) {
  impl_->AddCallback({.name = std::move(name), .help = std::move(help)}, "counter",
                     prometheus::MetricType::Counter, std::move(read));
}

void MetricsRegistry::AddGaugeCallback(std::string name, std::string help,
                                       std::function<double()> read) {
  impl_->AddCallback({.name = std::move(name), .help = std::move(help)}, "gauge",
                     prometheus::MetricType::Gauge, std::move(read));
}

std::string MetricsRegistry::Render() const {
  std::vector<prometheus::MetricFamily> families;
  for (const Exported* metric : impl_->exported()) {
    for (auto& family : metric->Collect()) families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

std::vector<MetricDescription> MetricsRegistry::Describe() const {
  std::vector<MetricDescription> descriptions;
  for (const Exported* metric : impl_->exported()) descriptions.push_back(metric->description());
  return descriptions;
}

std::vector<std::string> MetricsRegistry::problems() const { return impl_->problems(); }

Route MetricsRoute(const MetricsRegistry& registry) {
  return {.method = "GET", .path = "/metrics", .handler = [&registry](const Request&) {
            return Response{.content_type = std::string(kMetricsContentType),
                            .body = registry.Render()};
          }};
}

}  // namespace launchgate::platform
