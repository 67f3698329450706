#include "gift-cards/clock.h"

#include <random>
#include <thread>

namespace gift_cards {

std::chrono::steady_clock::time_point SystemClock::Now() const {
  return std::chrono::steady_clock::now();
}

std::int64_t SystemClock::UnixMillis() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

void SystemClock::Pause(std::chrono::microseconds duration) {
  std::this_thread::sleep_for(duration);
}

double Chance::Uniform() {
  constexpr int kDroppedBits = 64 - 53;  // A double holds 53.
  return static_cast<double>(Bits() >> kDroppedBits) * 0x1.0p-53;
}

std::uint64_t SystemChance::Bits() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator();
}

}  // namespace gift_cards
