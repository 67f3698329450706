// When the requests of an open loop are due: at constant spacing from the start,
// whatever became of those before. Pure.
#pragma once

#include <chrono>
#include <cstdint>

namespace harness {

// 0 < requests per second <= kMaxRate.
inline constexpr double kMaxRate = 20'000;

// When request `index`, counted from 0, is due after the start.
std::chrono::nanoseconds DueAt(std::uint64_t index, double per_second);

// How many requests are due before `duration` is over.
std::uint64_t DueWithin(std::chrono::nanoseconds duration, double per_second);

}  // namespace harness
