// The threads under every connection of a command.
#pragma once

#include "core/base/result.h"

namespace launchgate::app::cli {

// Starts them with the first call: a command may talk to a cluster and to a
// Prometheus, and a process may run several commands. The same answer from then on.
base::Status StartTransportThreads();

}  // namespace launchgate::app::cli
