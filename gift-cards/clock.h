// Time and chance, as what depends on them is told. Tests bring their own.
#pragma once

#include <chrono>
#include <cstdint>

namespace gift_cards {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  // For durations and deadlines.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point Now() const = 0;
  // For records that outlive the process, in Unix milliseconds.
  [[nodiscard]] virtual std::int64_t UnixMillis() const = 0;
  // Lets this much time pass for the calling thread.
  virtual void Pause(std::chrono::microseconds duration) = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] std::chrono::steady_clock::time_point Now() const override;
  [[nodiscard]] std::int64_t UnixMillis() const override;
  void Pause(std::chrono::microseconds duration) override;
};

// Thread-safe.
class Chance {
 public:
  virtual ~Chance() = default;
  [[nodiscard]] virtual std::uint64_t Bits() = 0;
  // In [0, 1).
  [[nodiscard]] double Uniform();
};

// A generator per thread, seeded from the system. Good enough for jitter and
// request ids; nothing here has to be a secret.
class SystemChance final : public Chance {
 public:
  [[nodiscard]] std::uint64_t Bits() override;
};

}  // namespace gift_cards
