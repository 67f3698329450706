#include "harness/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "harness/svg.h"

namespace harness {
namespace {

constexpr double kLeft = 92;
constexpr double kRight = 24;
constexpr double kMargin = 24;
constexpr double kColumn = 112;
constexpr std::size_t kFewestColumns = 7;  // The head needs the room.
constexpr double kApart = 23;              // Half of what lies between the two of a column.
constexpr double kLatencyTop = 140;
constexpr double kLatencyBottom = 404;
constexpr double kErrorsTop = 470;
constexpr double kErrorsBottom = 536;
constexpr double kRecoveryTop = 582;
constexpr double kLineHeight = 16;
constexpr double kHeight = 620;
constexpr double kBar = 26;
// The axis begins and ends at a power of ten, and covers this at least.
constexpr double kAxisLowMs = 1;
constexpr double kAxisHighMs = 10'000;
constexpr double kAxisLowestMs = 0.1;  // What is quicker is drawn there.

constexpr std::string_view kStyle = R"(  svg { color-scheme: light dark; }
  text { font: 12px system-ui, "DejaVu Sans", sans-serif; fill: #24292f; }
  .page { fill: #ffffff; }
  .head { font-size: 17px; font-weight: 600; }
  .soft { fill: #57606a; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .band { fill: #f6f8fa; }
  .limit { stroke: #b3261e; stroke-width: 1.5; stroke-dasharray: 7 4; }
  .limit-text { fill: #b3261e; font-weight: 600; }
  .s0 { fill: #b45309; stroke: #b45309; }
  .s1 { fill: #1d4ed8; stroke: #1d4ed8; }
  .s0.open, .s1.open { fill: #ffffff; }
  .line { stroke-width: 2.5; }
  text.s0, text.s1 { stroke: #ffffff; stroke-width: 3px; paint-order: stroke; font-size: 11px;
    font-weight: 600; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .page { fill: #0d1117; }
    .soft { fill: #9198a1; }
    .grid { stroke: #30363d; }
    .band { fill: #151b23; }
    .limit { stroke: #ff8b82; }
    .limit-text { fill: #ff8b82; }
    .s0 { fill: #f0a04b; stroke: #f0a04b; }
    .s1 { fill: #79b0ff; stroke: #79b0ff; }
    .s0.open, .s1.open { fill: #0d1117; }
    text.s0, text.s1 { stroke: #0d1117; }
  }
)";

// "8.1 ms", "850 ms", "6.0 s"
std::string Short(double milliseconds) {
  if (milliseconds >= 1'000) return fmt::format("{:.1f} s", milliseconds / 1e3);
  return milliseconds < 10 ? fmt::format("{:.1f} ms", milliseconds)
                           : fmt::format("{:.0f} ms", milliseconds);
}

std::string RecoveryWords(const Recovery& recovery) {
  const double seconds = static_cast<double>(recovery.took.count()) / 1e3;
  return recovery.recovered ? fmt::format("{:.1f} s", seconds)
                            : fmt::format("not in {:.0f} s", seconds);
}

// What the picture shows, for those who do not see it.
std::string InWords(const PictureHead& head, const std::vector<Series>& series,
                    const std::vector<StepPlan>& faults) {
  std::string words = fmt::format("The deadline is {} ms.", head.deadline.count());
  for (const StepPlan& fault : faults) {
    words += " " + NameOf(fault) + ":";
    for (const Series& one : series) {
      const StepResult* step = StepFor(one, fault);
      if (step == nullptr) continue;
      words += fmt::format(" {} p50 {}, p99 {}, slowest {}, {:.1f} % failed;", one.name,
                           Short(step->latency.p50), Short(step->latency.p99),
                           Short(step->latency.max), step->tally.ErrorShare() * 100);
    }
    words.back() = '.';
  }
  return words;
}

template <typename T>
std::vector<T> AtMost(std::vector<T> items, std::size_t limit) {
  if (items.size() > limit)
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(limit), items.end());
  return items;
}

class Drawing {
 public:
  Drawing(const PictureHead& head, const std::vector<Series>& series)
      : head_(head),
        series_(AtMost(series, kMaxPictureSeries)),
        faults_(AtMost(FaultsOf(series_), kMaxPictureFaults)),
        width_(kLeft + kRight +
               kColumn * static_cast<double>(std::max(faults_.size(), kFewestColumns))),
        svg_(width_, kHeight, head.title, InWords(head_, series_, faults_), kStyle) {
    for (const Series& one : series_) {
      for (const StepResult& step : one.steps) {
        low_ = std::min(low_, std::max(step.latency.p50, kAxisLowestMs));
        high_ = std::max(high_, step.latency.max);
      }
    }
    low_ = std::pow(10, std::floor(std::log10(low_)));
    high_ = std::pow(10, std::ceil(std::log10(high_)));
  }

  std::string Draw() {
    DrawHead();
    // Every other column stands out a little.
    for (std::size_t i = 0; i < faults_.size(); i += 2) {
      svg_.Rect(Center(i) - kColumn / 2, kLatencyTop - 26, kColumn,
                kHeight - 12 - (kLatencyTop - 26), "band");
    }
    DrawLatencyAxis();
    DrawOtherAxes();
    for (std::size_t i = 0; i < faults_.size(); ++i) DrawColumn(i);
    return std::move(svg_).Finish();
  }

 private:
  [[nodiscard]] double YOf(double milliseconds) const {
    return kLatencyBottom - (kLatencyBottom - kLatencyTop) * OnLogAxis(milliseconds, low_, high_);
  }
  [[nodiscard]] static double Center(std::size_t column) {
    return kLeft + kColumn * (static_cast<double>(column) + 0.5);
  }
  [[nodiscard]] double RightEdge() const {
    return kLeft + kColumn * static_cast<double>(faults_.size());
  }
  // A lone service stands in the middle of its column.
  [[nodiscard]] double XOf(std::size_t column, std::size_t which) const {
    if (series_.size() == 1) return Center(column);
    return Center(column) + (which == 0 ? -kApart : kApart);
  }
  // The mended service keeps its colour and mark when it is alone.
  [[nodiscard]] std::string Css(std::size_t which) const {
    return series_.size() == 1 ? "s1" : fmt::format("s{}", which);
  }
  // One above the other: the words are wider than what lies between the services.
  static double RecoveryRow(std::size_t which) {
    return kRecoveryTop + kLineHeight * static_cast<double>(which);
  }

  void DrawHead() {
    svg_.Text(kMargin, 34, "head", "start", head_.title);
    svg_.Text(kMargin, 56, "soft", "start", head_.subtitle);
    double x = kMargin;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      Mark(x + 7, 78, i);
      svg_.Text(x + 20, 82, "", "start", series_[i].name);
      x += 40 + 7.2 * static_cast<double>(series_[i].name.size());
    }
    svg_.Line(x + 2, 70, x + 2, 86, "grid");
    svg_.Text(x + 14, 82, "soft", "start",
              "mark: p50 · bar and figure: p99 · end of the line: slowest · triangle: clients gave "
              "up without an answer");
  }

  void DrawLatencyAxis() {
    svg_.Text(kMargin, kLatencyTop - 18, "soft", "start", "answer after");
    for (double tick = low_; tick <= high_ * 1.001; tick *= 10) {
      svg_.Line(kLeft, YOf(tick), RightEdge(), YOf(tick), "grid");
      svg_.Text(kLeft - 8, YOf(tick) + 4, "soft", "end",
                tick >= 999 ? fmt::format("{:g} s", tick / 1e3) : fmt::format("{:g} ms", tick));
    }
    const double limit = YOf(static_cast<double>(head_.deadline.count()));
    svg_.Line(kLeft, limit, RightEdge(), limit, "limit");
    svg_.Text(kLeft + 4, limit + 15, "limit-text", "start",
              fmt::format("deadline {} ms", head_.deadline.count()));
  }

  void DrawOtherAxes() {
    svg_.Text(kMargin, kErrorsTop - 18, "soft", "start", "failed requests");
    for (const int percent : {0, 50, 100}) {
      const double y = kErrorsBottom - (kErrorsBottom - kErrorsTop) * percent / 100;
      svg_.Line(kLeft, y, RightEdge(), y, "grid");
      svg_.Text(kLeft - 8, y + 4, "soft", "end", fmt::format("{} %", percent));
    }
    svg_.Text(kMargin, kRecoveryTop - 18, "soft", "start", "well again after");
    for (std::size_t i = 0; i < series_.size(); ++i) {
      svg_.Text(kLeft - 8, RecoveryRow(i), "soft", "end", series_[i].name);
    }
  }

  void DrawColumn(std::size_t column) {
    svg_.Text(Center(column), kLatencyBottom + 22, "", "middle", NameOf(faults_[column]));
    for (std::size_t which = 0; which < series_.size(); ++which) {
      const StepResult* step = StepFor(series_[which], faults_[column]);
      if (step == nullptr) {
        svg_.Text(XOf(column, which), kLatencyBottom - 8, "soft", "middle", "not tried");
        continue;
      }
      DrawLatency(XOf(column, which), which, *step);
      DrawErrors(XOf(column, which), which, step->tally.ErrorShare());
      if (const Recovery* recovery = RecoveryAfter(series_[which], faults_[column])) {
        svg_.Text(Center(column), RecoveryRow(which), Css(which), "middle",
                  RecoveryWords(*recovery));
      }
    }
  }

  void DrawLatency(double x, std::size_t which, const StepResult& step) {
    const double top = YOf(step.latency.max);
    const double p99 = YOf(step.latency.p99);
    const bool gave_up = step.tally.no_answer > 0;
    svg_.Line(x, YOf(step.latency.p50), x, top, Css(which) + " line");
    svg_.Line(x - 9, p99, x + 9, p99, Css(which) + " line");
    if (gave_up) svg_.Triangle(x, top - 17, Css(which) + " open");
    Mark(x, YOf(step.latency.p50), which);
    svg_.Text(x, top - (gave_up ? 21 : 9), Css(which), "middle", Short(step.latency.p99));
  }

  // A square for the first service, a disc for the second.
  void Mark(double x, double y, std::size_t which) {
    if (Css(which) == "s0") return svg_.Rect(x - 5, y - 5, 10, 10, "s0");
    svg_.Disc(x, y, 5.5, "s1");
  }

  void DrawErrors(double x, std::size_t which, double share) {
    const double height = (kErrorsBottom - kErrorsTop) * share;
    if (share > 0) svg_.Rect(x - kBar / 2, kErrorsBottom - height, kBar, height, Css(which));
    svg_.Text(x, kErrorsBottom - height - 5, Css(which), "middle",
              fmt::format("{:.{}f} %", share * 100, share > 0 && share < 0.1 ? 1 : 0));
  }

  const PictureHead& head_;
  std::vector<Series> series_;
  std::vector<StepPlan> faults_;
  double width_;
  SvgWriter svg_;
  double low_ = kAxisLowMs;
  double high_ = kAxisHighMs;
};

}  // namespace

double OnLogAxis(double value, double low, double high) {
  if (value <= low) return 0;
  return std::min(1.0, std::log(value / low) / std::log(high / low));
}

std::string WritePicture(const PictureHead& head, const std::vector<Series>& series) {
  return Drawing(head, series).Draw();
}

}  // namespace harness
