#include "app/cli/transport_threads.h"

#include "shell/transport/cpprest_transport.h"

namespace launchgate::app::cli {
namespace {

constexpr int kTransportThreads = 8;

}  // namespace

base::Status StartTransportThreads() {
  static const base::Status started = transport::InitializeTransportThreads(kTransportThreads);
  return started;
}

}  // namespace launchgate::app::cli
