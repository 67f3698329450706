#include "shell/transport/transport.h"

#include <gtest/gtest.h>

#include "shell/transport/cpprest_transport.h"

namespace launchgate::transport {
namespace {

TEST(FindHeaderTest, GivesTheFirstOfThatName) {
  const HttpResponse response{200, {{"retry-after", "3"}, {"retry-after", "9"}, {"x", ""}}, ""};

  EXPECT_EQ(FindHeader(response, "retry-after"), "3");
  EXPECT_EQ(FindHeader(response, "x"), "");
  EXPECT_EQ(FindHeader(response, "absent"), "");
}

TEST(InitializeTransportThreadsTest, RefusesSillyCountsWithoutStartingAnything) {
  EXPECT_EQ(InitializeTransportThreads(0).error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(InitializeTransportThreads(kMaxTransportThreads + 1).error().kind,
            base::ErrorKind::kInvalid);
}

TEST(MakeCpprestTransportTest, WantsTheThreadsStartedFirst) {
  CpprestOptions options;
  options.base_url = "http://127.0.0.1:1";

  const auto made = MakeCpprestTransport(options);

  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("InitializeTransportThreads"), std::string::npos);
}

}  // namespace
}  // namespace launchgate::transport
