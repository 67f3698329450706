// The long-running process: which parts exist, who knows whom, and in which
// order they start and stop. No decisions are made here.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "app/config.h"
#include "core/base/result.h"
#include "shell/kube/config.h"

namespace launchgate::app {

struct OperatorOptions {
  OperatorConfig config;
  bool controller = true;
  bool webhook = true;
  kube::ClusterConfig cluster;
  std::string identity;  // Unique per process: pod name and a random part.
  // Called once the ports are bound, with what they are (0: not served).
  std::function<void(int webhook_port, int health_port)> on_listening;
};

// How long requests in flight may take to finish when the process is told to
// stop. Less than a Pod's terminationGracePeriodSeconds.
inline constexpr std::chrono::milliseconds kDrainDeadline{10'000};
// After "not ready" was said and before connections are closed: until every
// kube-proxy has heard of it.
inline constexpr std::chrono::milliseconds kDrainDelay{3'000};

// Runs until `stop` is stopped. An Error means that it could not start; losing
// the leadership ends the process at once (std::_Exit), because work may be
// half done and somebody else is about to begin it.
base::Status RunOperator(const OperatorOptions& options, std::stop_token stop);

}  // namespace launchgate::app
