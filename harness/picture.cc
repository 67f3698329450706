#include "harness/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace harness {
namespace {

// All in the SVG's own units, which are pixels at its natural size.
constexpr double kLeft = 92;
constexpr double kRight = 24;
constexpr double kColumn = 112;
constexpr double kApart = 23;  // Half of what lies between the two services of a column.
constexpr double kLatencyTop = 132;
constexpr double kLatencyBottom = 400;
constexpr double kErrorsTop = 462;
constexpr double kErrorsBottom = 532;
constexpr double kRecoveryRow = 572;
constexpr double kHeight = 612;
constexpr double kBar = 26;
constexpr double kAxisLowMs = 1;
constexpr double kAxisLeastHighMs = 10'000;

constexpr std::string_view kStyle = R"(<style>
  svg { color-scheme: light dark; }
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
  text.s0, text.s1 { stroke: none; font-size: 11px; font-weight: 600; }
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
  }
</style>
)";

std::string Escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        // XML has no way to say a control character.
        safe += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return safe;
}

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

class Drawing {
 public:
  Drawing(const PictureHead& head, const std::vector<Series>& series)
      : head_(head), series_(series), faults_(FaultsOf(series)) {
    if (faults_.size() > kMaxPictureFaults) faults_.resize(kMaxPictureFaults);
    if (series_.size() > kMaxPictureSeries) series_.resize(kMaxPictureSeries);
    for (const Series& one : series_) {
      for (const StepResult& step : one.steps) highest_ = std::max(highest_, step.latency.max);
    }
    high_ = std::pow(10, std::ceil(std::log10(highest_)));
    // Two columns at least: the head needs the room.
    width_ =
        kLeft + kRight + kColumn * static_cast<double>(std::max<std::size_t>(faults_.size(), 6));
  }

  std::string Draw() {
    Open();
    DrawHead();
    for (std::size_t i = 0; i < faults_.size(); i += 2) DrawBand(i);
    DrawLatencyAxis();
    DrawErrorAxis();
    for (std::size_t i = 0; i < faults_.size(); ++i) DrawColumn(i);
    return svg_ + "</svg>\n";
  }

 private:
  void Add(const std::string& element) { svg_ += element + "\n"; }

  void Text(double x, double y, std::string_view css, std::string_view anchor,
            std::string_view text) {
    Add(fmt::format(R"(<text x="{:.1f}" y="{:.1f}" class="{}" text-anchor="{}">{}</text>)", x, y,
                    css, anchor, Escaped(text)));
  }

  void Line(double x1, double y1, double x2, double y2, const std::string& css) {
    Add(fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>)", x1, y1,
                    x2, y2, css));
  }

  [[nodiscard]] double YOf(double milliseconds) const {
    return kLatencyBottom -
           (kLatencyBottom - kLatencyTop) * OnLogAxis(milliseconds, kAxisLowMs, high_);
  }
  [[nodiscard]] double Center(std::size_t column) const {
    return kLeft + kColumn * (static_cast<double>(column) + 0.5);
  }
  // A lone series stands in the middle of its column.
  [[nodiscard]] double XOf(std::size_t column, std::size_t which) const {
    if (series_.size() == 1) return Center(column);
    return Center(column) + (which == 0 ? -kApart : kApart);
  }
  [[nodiscard]] std::string Css(std::size_t which) const {
    // The mended service keeps its colour when it is alone.
    return series_.size() == 1 ? "s1" : fmt::format("s{}", which);
  }

  void Open() {
    svg_ =
        fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" width="{0:.0f}" height="{1:.0f}" )"
                    R"(viewBox="0 0 {0:.0f} {1:.0f}" role="img" aria-labelledby="title desc">)",
                    width_, kHeight);
    svg_ += "\n";
    Add("<title id=\"title\">" + Escaped(head_.title) + "</title>");
    Add("<desc id=\"desc\">" + Escaped(Words()) + "</desc>");
    svg_ += kStyle;
    Add(fmt::format(R"(<rect class="page" width="{:.0f}" height="{:.0f}"/>)", width_, kHeight));
  }

  // What the picture shows, for those who do not see it.
  [[nodiscard]] std::string Words() const {
    std::string words = fmt::format("The deadline is {} ms.", head_.deadline.count());
    for (const StepPlan& fault : faults_) {
      words += " " + NameOf(fault) + ":";
      for (const Series& one : series_) {
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

  void DrawHead() {
    Text(24, 34, "head", "start", head_.title);
    Text(24, 56, "soft", "start", head_.subtitle);
    double x = 24;
    for (std::size_t i = 0; i < series_.size(); ++i) {
      Mark(x + 7, 78, i);
      Text(x + 20, 82, "", "start", series_[i].name);
      x += 40 + 7.2 * static_cast<double>(series_[i].name.size());
    }
    Line(x + 6, 70, x + 6, 86, "grid");
    Text(x + 18, 82, "soft", "start",
         "mark: p50   bar and figure: p99   end of the line: slowest   "
         "triangle: clients gave up without an answer");
  }

  void DrawBand(std::size_t column) {
    Add(fmt::format(R"(<rect class="band" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)",
                    kLeft + kColumn * static_cast<double>(column), kLatencyTop - 22, kColumn,
                    kRecoveryRow + 28 - (kLatencyTop - 22)));
  }

  void DrawLatencyAxis() {
    Text(24, kLatencyTop - 18, "soft", "start", "answer after");
    for (double tick = kAxisLowMs; tick <= high_ * 1.001; tick *= 10) {
      Line(kLeft, YOf(tick), width_ - kRight, YOf(tick), "grid");
      Text(kLeft - 8, YOf(tick) + 4, "soft", "end",
           tick >= 1'000 ? fmt::format("{:.0f} s", tick / 1e3) : fmt::format("{:.0f} ms", tick));
    }
    const double limit = YOf(static_cast<double>(head_.deadline.count()));
    Line(kLeft, limit, width_ - kRight, limit, "limit");
    Text(kLeft + 4, limit - 6, "limit-text", "start",
         fmt::format("deadline {} ms", head_.deadline.count()));
  }

  void DrawErrorAxis() {
    Text(24, kErrorsTop - 16, "soft", "start", "failed requests");
    for (const int percent : {0, 50, 100}) {
      const double y = kErrorsBottom - (kErrorsBottom - kErrorsTop) * percent / 100;
      Line(kLeft, y, width_ - kRight, y, "grid");
      Text(kLeft - 8, y + 4, "soft", "end", fmt::format("{} %", percent));
    }
    Text(24, kRecoveryRow, "soft", "start", "well again");
    Text(24, kRecoveryRow + 15, "soft", "start", "within");
  }

  void DrawColumn(std::size_t column) {
    Text(Center(column), kLatencyBottom + 22, "", "middle", NameOf(faults_[column]));
    for (std::size_t which = 0; which < series_.size(); ++which) {
      const StepResult* step = StepFor(series_[which], faults_[column]);
      if (step == nullptr) {
        Text(XOf(column, which), kLatencyBottom - 8, "soft", "middle", "not tried");
        continue;
      }
      DrawLatency(XOf(column, which), which, *step);
      DrawErrors(XOf(column, which), which, step->tally.ErrorShare());
      if (const Recovery* recovery = RecoveryAfter(series_[which], faults_[column])) {
        // One above the other: the words are wider than what lies between the services.
        Text(Center(column), kRecoveryRow + 15 * static_cast<double>(which), Css(which), "middle",
             RecoveryWords(*recovery));
      }
    }
  }

  void DrawLatency(double x, std::size_t which, const StepResult& step) {
    const double top = YOf(step.latency.max);
    const double p99 = YOf(step.latency.p99);
    Line(x, YOf(step.latency.p50), x, top, Css(which) + " line");
    Line(x - 8, p99, x + 8, p99, Css(which) + " line");
    if (step.tally.no_answer > 0) {
      Add(fmt::format(R"(<path d="M{:.1f} {:.1f}l7 11h-14z" class="{} open"/>)", x, top - 8,
                      Css(which)));
    }
    Mark(x, YOf(step.latency.p50), which);
    Text(x, top - (step.tally.no_answer > 0 ? 13 : 7), Css(which), "middle",
         Short(step.latency.p99));
  }

  // A square for the first service, a disc for the second.
  void Mark(double x, double y, std::size_t which) {
    if (Css(which) == "s0") {
      Add(fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="10" height="10" class="s0"/>)", x - 5,
                      y - 5));
    } else {
      Add(fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="5.5" class="s1"/>)", x, y));
    }
  }

  void DrawErrors(double x, std::size_t which, double share) {
    const double height = (kErrorsBottom - kErrorsTop) * share;
    if (share > 0) {
      Add(fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"/>)",
                      x - kBar / 2, kErrorsBottom - height, kBar, height, Css(which)));
    }
    Text(x, kErrorsBottom - height - 5, Css(which), "middle",
         fmt::format("{:.{}f} %", share * 100, share > 0 && share < 0.1 ? 1 : 0));
  }

  const PictureHead& head_;
  std::vector<Series> series_;
  std::vector<StepPlan> faults_;
  double highest_ = kAxisLeastHighMs;
  double high_ = kAxisLeastHighMs;
  double width_ = 0;
  std::string svg_;
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
