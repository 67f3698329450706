#include "app/cli/freeze_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string_view>
#include <utility>

#include "core/base/text.h"
#include "core/resources/freeze_window_text.h"

namespace launchgate::app::cli {
namespace {

using json::Json;

constexpr std::size_t kColumns = 6;
constexpr std::array<std::string_view, kColumns> kTitles = {"NAME",       "ACTIVE",     "NEXT OPEN",
                                                            "NEXT CLOSE", "NAMESPACES", "REASON"};
constexpr std::size_t kActive = 1;  // The column.
constexpr std::size_t kMaxCellBytes = 64;
constexpr std::size_t kMaxProblemBytes = 512;
constexpr std::string_view kRed = "\x1B[31m";
constexpr std::string_view kReset = "\x1B[0m";

using Cells = std::array<std::string, kColumns>;

std::string TimeCell(const std::optional<base::Time>& time) {
  return time ? base::FormatTime(*time) : "-";
}

Cells CellsOf(const ListedFreeze& freeze) {
  const std::string selector = resources::SelectorText(freeze.window.namespace_selector);
  return {base::Printable(freeze.window.meta.name, kMaxCellBytes),
          freeze.state.active ? "yes" : "no",
          TimeCell(freeze.state.next_open),
          TimeCell(freeze.state.next_close),
          selector.empty() ? "all gated" : base::Printable(selector, kMaxCellBytes),
          base::Printable(freeze.window.reason, kMaxCellBytes)};
}

// Columns are as wide as their bytes: for texts beyond ASCII that is a little wider.
void WriteLine(const Cells& cells, const std::array<std::size_t, kColumns>& widths, bool red,
               std::ostream& out) {
  std::string line;
  for (std::size_t i = 0; i < kColumns; ++i) {
    const bool last = i + 1 == kColumns;
    std::string cell = last ? cells[i] : fmt::format("{:<{}}  ", cells[i], widths[i]);
    if (red && i == kActive) cell = fmt::format("{}{}{}", kRed, cell, kReset);
    line += cell;
  }
  out << line << "\n";
}

}  // namespace

std::vector<ListedFreeze> ListFreezes(const World& world, const budget::TimeZones& zones,
                                      base::Time now) {
  std::vector<ListedFreeze> freezes;
  for (const auto& loaded : world.windows()) {
    ListedFreeze freeze;
    freeze.window = loaded.object;
    const auto state = budget::StateAt(freeze.window, zones, now);
    if (!loaded.problems.empty()) {
      freeze.problem = json::Summarize(loaded.problems);
    } else if (!state) {
      freeze.problem = state.error().message;
    }
    if (freeze.problem.empty()) {
      freeze.state = *state;
    } else {
      freeze.state.active = true;
    }
    freezes.push_back(std::move(freeze));
  }
  std::ranges::stable_sort(freezes, {},
                           [](const ListedFreeze& freeze) { return freeze.window.meta.name; });
  return freezes;
}

void WriteFreezeTable(const std::vector<ListedFreeze>& freezes, bool colour, std::ostream& out) {
  Cells titles;
  std::ranges::copy(kTitles, titles.begin());
  std::vector<Cells> rows;
  std::array<std::size_t, kColumns> widths{};
  for (std::size_t i = 0; i < kColumns; ++i) widths[i] = kTitles[i].size();
  for (const ListedFreeze& freeze : freezes) {
    rows.push_back(CellsOf(freeze));
    for (std::size_t i = 0; i < kColumns; ++i)
      widths[i] = std::max(widths[i], rows.back()[i].size());
  }
  WriteLine(titles, widths, false, out);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    WriteLine(rows[i], widths, colour && freezes[i].state.active, out);
    if (freezes[i].problem.empty()) continue;
    out << "  cannot be used, so it freezes always: "
        << base::Printable(freezes[i].problem, kMaxProblemBytes) << "\n";
  }
}

Json FreezesJson(const std::vector<ListedFreeze>& freezes) {
  Json list = Json::array();
  for (const ListedFreeze& freeze : freezes) {
    Json row = {{"name", freeze.window.meta.name},
                {"active", freeze.state.active},
                {"usable", freeze.problem.empty()},
                {"reason", freeze.window.reason},
                {"owner", {{"team", freeze.window.team}, {"contact", freeze.window.contact}}},
                {"when", resources::WhenText(freeze.window)},
                {"namespaceSelector", resources::SelectorText(freeze.window.namespace_selector)}};
    if (freeze.state.next_open) row["nextOpen"] = base::FormatTime(*freeze.state.next_open);
    if (freeze.state.next_close) row["nextClose"] = base::FormatTime(*freeze.state.next_close);
    if (!freeze.problem.empty()) row["problem"] = freeze.problem;
    list.push_back(std::move(row));
  }
  return list;
}

}  // namespace launchgate::app::cli
