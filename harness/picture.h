// The picture of a fault injection: the services side by side, as an SVG that
// stands alone. Pure.
//
// For each fault and service a line from p50 (dot) over p99 (bar) to the slowest
// request, on a logarithmic axis with the deadline across it; where clients gave
// up without an answer the line ends in a triangle at their patience. Below, the
// share of failed requests and how soon the service was well again.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "harness/table.h"

namespace harness {

inline constexpr std::size_t kMaxPictureFaults = 24;  // Further ones are left out.
inline constexpr std::size_t kMaxPictureSeries = 2;

struct PictureHead {
  std::string title = {};
  std::string subtitle = {};  // How it was measured.
  std::chrono::milliseconds deadline{0};
};

// Well-formed XML without scripts and without anything from outside. Readable on
// light and dark pages (prefers-color-scheme), and without colours: series differ
// by the shape of their marks too. <title> and <desc> say in words what it shows.
std::string WritePicture(const PictureHead& head, const std::vector<Series>& series);

// Where `value` stands on a logarithmic axis from `low` to `high`: 0 at `low`, 1 at
// `high`, clamped to that. Requires 0 < low < high.
double OnLogAxis(double value, double low, double high);

}  // namespace harness
