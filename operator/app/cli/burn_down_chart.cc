#include "app/cli/burn_down_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "app/cli/html.h"
#include "core/base/text.h"

namespace launchgate::app::cli {
namespace {

using base::Time;
using resources::AgendaObjective;
using resources::Incident;

constexpr double kWidth = 720;
constexpr double kHeight = 260;
constexpr double kLeft = 64;
constexpr double kRight = 704;
constexpr double kTop = 24;
constexpr double kBottom = 216;
constexpr double kGrid = 0.25;  // The lowest line is a multiple of this.

constexpr std::array kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

// From shares and instants to places.
struct Plot {
  Time from;
  Time until;
  double lowest;

  double X(Time at) const {
    const auto whole = static_cast<double>((until - from).count());
    const auto part = static_cast<double>((std::clamp(at, from, until) - from).count());
    return kLeft + (kRight - kLeft) * part / whole;
  }
  double Y(double share) const {
    const double shown = std::clamp(share, lowest, 1.0);
    return kBottom - (kBottom - kTop) * (shown - lowest) / (1 - lowest);
  }
};

double LowestOf(const std::vector<double>& burn_down) {
  const double lowest = burn_down.empty() ? 0 : *std::ranges::min_element(burn_down);
  return std::clamp(std::floor(lowest / kGrid) * kGrid, kLowestShown, 0.0);
}

std::string Describe(const AgendaObjective& objective) {
  if (objective.burn_down.empty()) return "Nothing is known about how the budget went down.";
  std::string text =
      fmt::format("At the end {} of the budget is left.", Percent(objective.burn_down.back()));
  const auto spent =
      std::ranges::find_if(objective.burn_down, [](double left) { return left < 0; });
  if (spent != objective.burn_down.end()) text += " It was overspent in this time.";
  text += fmt::format(" {} incidents are marked.", objective.incidents.size());
  return text;
}

std::string Line(const Plot& plot, double share, const char* dashes) {
  const double y = plot.Y(share);
  return fmt::format(
      "<line x1=\"{0:.1f}\" y1=\"{2:.1f}\" x2=\"{1:.1f}\" y2=\"{2:.1f}\" stroke=\"currentColor\" "
      "stroke-width=\"1\"{3}/>\n"
      "<text x=\"{4:.1f}\" y=\"{5:.1f}\" text-anchor=\"end\">{6}</text>\n",
      kLeft, kRight, y, dashes, kLeft - 8, y + 4, Percent(share));
}

std::string Axes(const Plot& plot) {
  std::string text = Line(plot, 1, "") + Line(plot, 0, " stroke-dasharray=\"8 4\"");
  if (plot.lowest < 0) text += Line(plot, plot.lowest, " stroke-dasharray=\"1 4\"");
  text += fmt::format(
      "<line x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" stroke=\"currentColor\" "
      "stroke-width=\"1\"/>\n",
      kLeft, kTop, kBottom);
  text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", kLeft, kBottom + 28,
                      base::FormatTime(plot.from));
  text += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n", kRight,
                      kBottom + 28, base::FormatTime(plot.until));
  return text;
}

std::string Incidents(const Plot& plot, const std::vector<Incident>& incidents,
                      const std::string& id) {
  std::string text;
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const double x = plot.X(incidents[i].from);
    const double width = std::max(3.0, plot.X(incidents[i].until) - x);  // Always to be seen.
    text += fmt::format(
        "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
        "fill=\"url(#{}-hatch)\" "
        "stroke=\"currentColor\" stroke-width=\"0.5\"/>\n"
        "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>\n",
        x, kTop, width, kBottom - kTop, id, x + width / 2, kTop - 6, i + 1);
  }
  return text;
}

std::string BurnDownLine(const Plot& plot, const std::vector<double>& burn_down) {
  if (burn_down.empty()) return "";
  std::string points = fmt::format("{:.1f},{:.1f}", plot.X(plot.from), plot.Y(1));
  const auto count = static_cast<base::Duration::rep>(burn_down.size());
  for (base::Duration::rep i = 0; i < count; ++i) {
    const Time at = plot.from + (plot.until - plot.from) * (i + 1) / count;
    points +=
        fmt::format(" {:.1f},{:.1f}", plot.X(at), plot.Y(burn_down[static_cast<std::size_t>(i)]));
  }
  return fmt::format(
      "<polyline points=\"{}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.5\" "
      "stroke-linejoin=\"round\"/>\n",
      points);
}

}  // namespace

std::string Percent(double share) { return base::FormatDecimal(100 * share, 1) + " %"; }

std::string Sparkline(const std::vector<double>& burn_down) {
  std::string line;
  for (const double left : burn_down) {
    if (left <= 0) {
      line += "×";
      continue;
    }
    const auto last = static_cast<double>(kBlocks.size() - 1);
    line += kBlocks[static_cast<std::size_t>(std::lround(std::min(left, 1.0) * last))];
  }
  return line;
}

std::string BurnDownSvg(const AgendaObjective& objective, Time from, Time until,
                        const std::string& id) {
  const Plot plot{from, until, LowestOf(objective.burn_down)};
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" role=\"img\" aria-labelledby=\"{2}-title {2}-desc\" "
      "font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\">\n"
      "<title id=\"{2}-title\">Error budget left of {3}, target {4} %</title>\n"
      "<desc id=\"{2}-desc\">{5}</desc>\n"
      "<defs><pattern id=\"{2}-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
      "patternTransform=\"rotate(45)\"><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" "
      "stroke=\"currentColor\" stroke-width=\"1.5\" stroke-opacity=\"0.5\"/></pattern></defs>\n",
      kWidth, kHeight, id, HtmlText(objective.name), HtmlText(objective.target),
      Describe(objective));
  svg += Incidents(plot, objective.incidents, id);
  svg += Axes(plot);
  svg += BurnDownLine(plot, objective.burn_down);
  if (objective.burn_down.empty()) {
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">no data</text>\n",
                       (kLeft + kRight) / 2, (kTop + kBottom) / 2);
  }
  return svg + "</svg>\n";
}

}  // namespace launchgate::app::cli
