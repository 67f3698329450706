#include "harness/metrics_text.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace harness {
namespace {

struct Sample {
  std::string_view labels;  // Between the braces, or empty.
  std::string_view value;
};

// The parts of a line that is a sample of `name`.
std::optional<Sample> SampleOf(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  line.remove_prefix(name.size());
  Sample sample;
  if (line.starts_with('{')) {
    const std::size_t end = line.find('}');
    if (end == std::string_view::npos) return std::nullopt;
    sample.labels = line.substr(1, end - 1);
    line.remove_prefix(end + 1);
  }
  // Without the space it is another metric whose name begins the same.
  if (!line.starts_with(' ')) return std::nullopt;
  line.remove_prefix(1);
  sample.value = line.substr(0, line.find(' '));
  return sample;
}

bool Carries(std::string_view labels, const Label& label) {
  const std::string wanted = std::string(label.first) + "=\"" + std::string(label.second) + '"';
  for (std::size_t at = labels.find(wanted); at != std::string_view::npos;
       at = labels.find(wanted, at + 1)) {
    // Not the end of a longer name.
    if (at == 0 || labels[at - 1] == ',') return true;
  }
  return false;
}

std::optional<double> Number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<double> SumOf(std::string_view page, std::string_view name,
                            std::initializer_list<Label> labels) {
  std::optional<double> sum;
  while (!page.empty()) {
    const std::size_t end = page.find('\n');
    const auto sample = SampleOf(page.substr(0, end), name);
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    if (!sample) continue;
    const auto carries = [&](const Label& label) { return Carries(sample->labels, label); };
    const auto number = Number(sample->value);
    if (!number || !std::ranges::all_of(labels, carries)) continue;
    sum = sum.value_or(0) + *number;
  }
  return sum;
}

}  // namespace harness
