// Requests to Prometheus' HTTP API (prometheus.io/docs, "HTTP API") described as
// values, not sent. Pure functions, safe from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "core/base/time.h"
#include "shell/transport/transport.h"

namespace launchgate::prometheus {

// A longer target goes into the body of a POST: proxies refuse long lines.
inline constexpr std::size_t kMaxTargetBytes = 8192;
// How long Prometheus may evaluate a query; shorter than we wait for it, so that
// it is Prometheus that says so.
inline constexpr std::chrono::seconds kEvaluationTimeout{7};

// The value of an expression at `time`.
transport::HttpRequest InstantQuery(std::string_view query, base::Time time);

// Its values from `start` to `end`, both included. Precondition: step > 0.
transport::HttpRequest RangeQuery(std::string_view query, base::Time start, base::Time end,
                                  base::Duration step);

// The rules that the server has loaded: those that record as well, since alerts are
// followed to the metrics that they are made of.
transport::HttpRequest Rules();

}  // namespace launchgate::prometheus
