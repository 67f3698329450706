#include "payments-stub/knobs.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace payments_stub {
namespace {

// A knob is a whole number of milliseconds or a share; exactly one member is set.
struct Row {
  const char* name;
  std::int64_t Knobs::*milliseconds;
  double Knobs::*share;
};
constexpr std::array kRows = {
    Row{"LATENCY_MS", &Knobs::latency_ms, nullptr},
    Row{"FAIL_RATE", nullptr, &Knobs::fail_rate},
    Row{"JITTER_MS", &Knobs::jitter_ms, nullptr},
    Row{"HANG_RATE", nullptr, &Knobs::hang_rate},
};

tl::unexpected<KnobProblem> OutOfRange(const Row& row) {
  return tl::unexpected(KnobProblem{
      row.name, row.milliseconds != nullptr
                    ? fmt::format("{} must be a whole number from 0 to {}", row.name, kMaxDelayMs)
                    : fmt::format("{} must be a number from 0 to 1", row.name)});
}

tl::expected<void, KnobProblem> Set(const Row& row, double value, Knobs& knobs) {
  const double highest = row.milliseconds != nullptr ? static_cast<double>(kMaxDelayMs) : 1.0;
  // Written so that NaN is out of range.
  if (!(value >= 0 && value <= highest)) return OutOfRange(row);
  if (row.milliseconds == nullptr) {
    knobs.*row.share = value;
  } else if (value != std::floor(value)) {
    return OutOfRange(row);
  } else {
    knobs.*row.milliseconds = static_cast<std::int64_t>(value);
  }
  return {};
}

const Row* Find(std::string_view name) {
  for (const Row& row : kRows) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

}  // namespace

tl::expected<Knobs, KnobProblem> KnobsFromEnvironment(
    const std::function<std::optional<std::string>(const char* name)>& lookup) {
  Knobs knobs;
  for (const Row& row : kRows) {
    const std::optional<std::string> text = lookup(row.name);
    if (!text || text->empty()) continue;
    double value = 0;
    const char* end = text->data() + text->size();
    const auto [stopped, error] = std::from_chars(text->data(), end, value);
    if (error != std::errc() || stopped != end) return OutOfRange(row);
    const auto set = Set(row, value, knobs);
    if (!set) return tl::unexpected(set.error());
  }
  return knobs;
}

tl::expected<Knobs, KnobProblem> WithChanges(const Knobs& knobs, std::string_view text) {
  const auto object = nlohmann::json::parse(text, nullptr, false);
  if (!object.is_object() || object.empty()) {
    return tl::unexpected(
        KnobProblem{"",
                    "the body must be a JSON object with at least one of LATENCY_MS, "
                    "FAIL_RATE, JITTER_MS and HANG_RATE"});
  }
  Knobs changed = knobs;
  for (const auto& [name, value] : object.items()) {
    const Row* row = Find(name);
    if (row == nullptr) {
      return tl::unexpected(KnobProblem{
          name, "there is no such knob; there are LATENCY_MS, FAIL_RATE, JITTER_MS and HANG_RATE"});
    }
    if (!value.is_number()) return OutOfRange(*row);
    const auto set = Set(*row, value.get<double>(), changed);
    if (!set) return tl::unexpected(set.error());
  }
  return changed;
}

std::string ToJson(const Knobs& knobs) {
  return fmt::format(R"({{"LATENCY_MS":{},"FAIL_RATE":{},"JITTER_MS":{},"HANG_RATE":{}}})",
                     knobs.latency_ms, knobs.fail_rate, knobs.jitter_ms, knobs.hang_rate);
}

}  // namespace payments_stub
