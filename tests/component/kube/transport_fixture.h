// What the transport's component tests share: threads started once, and a
// transport to a scripted server.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "shell/transport/cpprest_transport.h"
#include "tests/support/raw_server.h"
#include "tests/support/test_pki.h"

namespace launchgate::test_support {

// Once a process and before anything else, as in main().
inline const base::Status kThreadsStarted = transport::InitializeTransportThreads(4);

inline void StartTransportThreads() { ASSERT_TRUE(kThreadsStarted); }

inline transport::CpprestOptions PlainOptions(const RawServer& server) {
  transport::CpprestOptions options;
  options.base_url = server.url();
  options.user_agent = "launchgate-test";
  return options;
}

inline transport::CpprestOptions TlsOptionsFor(const RawServer& server, std::string ca_pem) {
  transport::CpprestOptions options = PlainOptions(server);
  options.tls.ca_pem = [ca_pem = std::move(ca_pem)]() -> base::Result<std::string> {
    return ca_pem;
  };
  return options;
}

inline std::unique_ptr<transport::Transport> MustMake(transport::CpprestOptions options) {
  StartTransportThreads();
  auto made = transport::MakeCpprestTransport(std::move(options));
  if (!made) {
    ADD_FAILURE() << made.error().message;
    return nullptr;
  }
  return std::move(*made);
}

// Answers every request on a connection with the same bytes.
inline RawServer::Script Always(std::string answer) {
  return [answer = std::move(answer)](RawConnection& connection) {
    while (connection.ReadRequest()) {
      if (!connection.Write(answer)) return;
    }
  };
}

}  // namespace launchgate::test_support
