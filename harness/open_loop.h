// An open-loop load generator: requests start when they are due, at a constant
// rate, whether or not earlier ones were answered, as customers do. Latency
// counts from the instant a request was due (see Outcome), so a stall of the
// service, or of this client, shows in the figures of every request it delayed.
//
// Model: wrk2's constant throughput and corrected latency (Gil Tene). A closed
// loop, where each connection waits for its answer before asking again, would ask
// a hanging service a handful of questions and report a handful of bad answers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/latency.h"
#include "harness/result.h"

namespace harness {

inline constexpr std::size_t kMaxInFlight = 4096;
inline constexpr std::uint64_t kMaxRequestsPerLoad = 2'000'000;

struct OpenLoopOptions {
  std::string base_url = {};  // "http://127.0.0.1:8080"
  double per_second = 0;      // 0 < per_second <= kMaxRate.
  std::chrono::milliseconds duration{0};
  // How long a client waits, from when its request was due. Then the request
  // counts as "no answer", and its connection is closed.
  std::chrono::milliseconds patience{0};
  // Requests that are due while so many wait for their answer wait themselves;
  // that time is part of their latency. At most kMaxInFlight.
  std::size_t max_in_flight = 1024;
};

// The path and query of request `index`, to be sent as a POST without a body.
using MakeTarget = std::function<std::string(std::uint64_t index)>;
// Told of every outcome in the order in which they end, on the calling thread.
// False: start no more requests; those under way are still waited for.
using OnOutcome = std::function<bool(const Outcome&)>;

// Sends POST requests over kept-alive HTTP/1.1 connections and returns when the
// last one has ended, at most `duration` + `patience` after the start. A
// connection that fails is "no answer" with the whole patience as its latency: a
// refused request must not look like a quick one. Outcomes are in the order in
// which requests were due. Blocks; one thread. An error is one about the options
// or this machine, never about the service.
[[nodiscard]] Result<std::vector<Outcome>> RunOpenLoop(const OpenLoopOptions& options,
                                                       const MakeTarget& make_target,
                                                       const OnOutcome& on_outcome = nullptr);

}  // namespace harness
