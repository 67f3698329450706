// payments-stub and gift-cards-seeded as programs: how they start, say where they are,
// and end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/component/payments-stub/child_process.h"
#include "tests/support/raw_http_client.h"

namespace payments_stub {
namespace {

namespace fs = std::filesystem;
using launchgate::test_support::MakeRequest;
using launchgate::test_support::RawHttpClient;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr const char* kJson = "Content-Type: application/json\r\n";

class ProcessTest : public ::testing::Test {
 protected:
  ProcessTest() {
    std::string name = (fs::temp_directory_path() / "payments-stub-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
  }
  ~ProcessTest() override { fs::remove_all(folder_); }

  std::string announce_file() const { return (folder_ / "port").string(); }

  // The port that the announce file names.
  std::uint16_t AnnouncedPort() const {
    std::ifstream file(announce_file());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(text, ::testing::MatchesRegex("port=[0-9]+\n"));
    return text.size() > 5 ? static_cast<std::uint16_t>(std::stoi(text.substr(5))) : 0;
  }

  fs::path folder_;
};

TEST_F(ProcessTest, TheProviderSaysWhereItServesAndEndsWellAtSigterm) {
  ChildProcess provider({PAYMENTS_STUB_PROGRAM, "--announce-file", announce_file()},
                        {"LATENCY_MS=50", "FAIL_RATE=0.25"});
  provider.ReadUntil("\"serving\"");

  const auto client = RawHttpClient::Connect(AnnouncedPort());
  ASSERT_TRUE(client);
  client->Send(MakeRequest("GET", "/knobs"));
  const auto knobs = client->ReadResponse();
  provider.Signal(SIGTERM);

  ASSERT_TRUE(knobs);
  EXPECT_EQ(knobs->body, R"({"LATENCY_MS":50,"FAIL_RATE":0.25,"JITTER_MS":0,"HANG_RATE":0})");
  EXPECT_FALSE(fs::exists(announce_file() + ".partial"));
  EXPECT_EQ(provider.Wait(), 0);
}

TEST_F(ProcessTest, TheProviderDoesNotWaitForSilentAnswersWhenItEnds) {
  ChildProcess provider({PAYMENTS_STUB_PROGRAM, "--announce-file", announce_file()},
                        {"HANG_RATE=1"});
  provider.ReadUntil("\"serving\"");
  const auto client = RawHttpClient::Connect(AnnouncedPort());
  ASSERT_TRUE(client);
  client->Send(MakeRequest("POST", "/charge", R"({"amount":5,"ref":"gc-1"})", kJson));
  const std::string line = provider.ReadUntil("\"charge\"");

  const auto stopping = steady_clock::now();
  provider.Signal(SIGINT);

  EXPECT_EQ(nlohmann::json::parse(line).value("outcome", ""), "hung") << line;
  EXPECT_EQ(provider.Wait(), 0);
  EXPECT_LT(steady_clock::now() - stopping, milliseconds(2'000));
}

TEST_F(ProcessTest, TheProviderRefusesAnEnvironmentThatItCannotBeSetTo) {
  ChildProcess provider({PAYMENTS_STUB_PROGRAM, "--announce-file", announce_file()},
                        {"FAIL_RATE=often"});

  const std::string said = provider.ReadUntil("payments-stub: ");

  EXPECT_EQ(provider.Wait(), 2);
  EXPECT_THAT(said, HasSubstr("FAIL_RATE must be a number from 0 to 1"));
  EXPECT_FALSE(fs::exists(announce_file()));
}

TEST_F(ProcessTest, TheProviderEndsWhenItCannotSayWhereItServes) {
  ChildProcess provider(
      {PAYMENTS_STUB_PROGRAM, "--announce-file", (folder_ / "no" / "port").string()}, {});

  const std::string said = provider.ReadUntil("payments-stub: ");

  EXPECT_EQ(provider.Wait(), 1);
  EXPECT_THAT(said, HasSubstr("--announce-file"));
}

TEST_F(ProcessTest, TheReviewedServiceServesAndIsCutOffAtSigterm) {
  ChildProcess provider({PAYMENTS_STUB_PROGRAM, "--announce-file", announce_file()}, {});
  provider.ReadUntil("\"serving\"");
  const std::string url = "http://127.0.0.1:" + std::to_string(AnnouncedPort());
  ChildProcess service({GIFT_CARDS_SEEDED_PROGRAM, "--payments-url", url}, {});
  const std::string line = service.ReadUntil("listens on port ");
  const auto port = static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(' ') + 1)));

  const auto client = RawHttpClient::Connect(port);
  ASSERT_TRUE(client);
  client->Send(MakeRequest("POST", "/giftcards/redeem?code=A&amount=2500"));
  const auto response = client->ReadResponse();
  service.Signal(SIGTERM);

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  // One of its gaps: nothing is drained.
  EXPECT_EQ(service.Wait(), -SIGTERM);
}

TEST_F(ProcessTest, TheReviewedServiceRefusesAnAddressThatIsNone) {
  ChildProcess service({GIFT_CARDS_SEEDED_PROGRAM, "--payments-url", "localhost:9000"}, {});

  const std::string said = service.ReadUntil("gift-cards");

  EXPECT_THAT(said, HasSubstr("gift-cards: "));
  EXPECT_EQ(service.Wait(), 1);
}

}  // namespace
}  // namespace payments_stub
