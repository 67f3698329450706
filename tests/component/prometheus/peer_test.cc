// Peers that are no Prometheus, or a broken one: nothing they say becomes a number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/evidence/prometheus_answer.h"
#include "shell/clock/clock.h"
#include "shell/prometheus/client.h"
#include "shell/prometheus/requests.h"
#include "tests/component/kube/transport_fixture.h"
#include "tests/support/raw_server.h"
#include "tests/support/test_pki.h"

namespace launchgate::prometheus {
namespace {

using base::ErrorKind;
using std::chrono::milliseconds;
using test_support::HttpAnswer;
using test_support::RawConnection;
using test_support::RawServer;
using ::testing::AnyOf;
using ::testing::HasSubstr;

constexpr base::Time kAskedAt{std::chrono::seconds(1'795'392'000)};
constexpr const char* kGood =
    R"({"status":"success","data":{"resultType":"scalar","result":[1795392000,"7"]}})";
const clock::SystemClock kClock;

std::unique_ptr<PrometheusServers> ServersFor(std::vector<ServerOptions> options) {
  test_support::StartTransportThreads();
  auto servers = PrometheusServers::Make(std::move(options), kClock);
  if (!servers) {
    ADD_FAILURE() << servers.error().message;
    return nullptr;
  }
  return std::move(*servers);
}

base::Result<evidence::PrometheusAnswer> Ask(const RawServer& server,
                                             milliseconds deadline = kAnswerDeadline) {
  return ServersFor({{"peer", server.url(), "", "", {"*"}}})
      ->Ask("peer", "shop", InstantQuery("up", kAskedAt), {}, deadline);
}

struct Row {
  std::string name;
  std::string answer;  // The bytes.
  std::string reason;
};

class PeerAnswerTest : public ::testing::TestWithParam<Row> {};

TEST_P(PeerAnswerTest, IsUnknownWithAReason) {
  const RawServer server(test_support::Always(GetParam().answer));

  const auto answer = Ask(server);

  ASSERT_TRUE(answer) << answer.error().message;
  const auto sample = evidence::SingleSample(*answer, kAskedAt);
  ASSERT_FALSE(sample);
  EXPECT_EQ(sample.error().reason, GetParam().reason) << sample.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PeerAnswerTest,
    ::testing::Values(
        Row{"Unavailable", HttpAnswer(503, "no healthy upstream"), "ServerError"},
        Row{"TooManyRequests", HttpAnswer(429, ""), "ServerError"},
        Row{"Unauthorized", HttpAnswer(401, "Unauthorized"), "QueryFailed"},
        Row{"Redirect", HttpAnswer(302, "", "Location: http://127.0.0.1:1/\r\n"), "Malformed"},
        Row{"LoginPage", HttpAnswer(200, "<html><input type=password></html>"), "Malformed"},
        Row{"EmptyBody", HttpAnswer(200, ""), "Malformed"},
        Row{"HalfAnAnswer", HttpAnswer(200, std::string(kGood).substr(0, 40)), "Malformed"},
        Row{"Warnings",
            HttpAnswer(200, R"({"status":"success","warnings":["a store is down"],"data":)"
                            R"({"resultType":"scalar","result":[1795392000,"7"]}})"),
            "QueryWarnings"}),
    [](const auto& row) { return row.param.name; });

TEST(PeerTest, AGoodAnswerIsANumber) {
  const RawServer server(test_support::Always(HttpAnswer(200, kGood)));

  const auto answer = Ask(server);

  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(evidence::SingleSample(*answer, kAskedAt)->value, 7);
}

TEST(PeerTest, ASilentPeerIsUnavailable) {
  const RawServer server([](RawConnection& connection) { connection.WaitUntilClosed(); });

  const auto answer = Ask(server, kMaxSilence + milliseconds(200));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_THAT(answer.error().message, HasSubstr("no answer within"));
}

TEST(PeerTest, APeerThatFallsSilentHalfwayIsUnavailable) {
  const RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    const std::string whole = HttpAnswer(200, kGood);
    connection.Write(std::string_view(whole).substr(0, whole.size() - 10));
    connection.WaitUntilClosed();
  });

  const auto answer = Ask(server);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

TEST(PeerTest, AnAnswerWithoutEndIsGivenUp) {
  const RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n");
    while (connection.Write(" ")) {
    }
  });

  const auto answer = Ask(server, kMaxSilence + milliseconds(300));

  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().kind, AnyOf(ErrorKind::kExhausted, ErrorKind::kUnavailable));
}

TEST(PeerTest, ATruncatedBodyIsUnavailable) {
  const RawServer server([](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    const std::string whole = HttpAnswer(200, kGood);
    connection.Write(std::string_view(whole).substr(0, whole.size() - 10));
  });

  const auto answer = Ask(server);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

TEST(PeerTest, AnOversizedBodyIsGivenUp) {
  const RawServer server(
      test_support::Always(HttpAnswer(200, kGood + std::string(evidence::kMaxAnswerBytes, ' '))));

  const auto answer = Ask(server);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kExhausted);
  EXPECT_THAT(answer.error().message, HasSubstr("8388608 bytes"));
}

TEST(PeerTest, NobodyThereIsUnavailable) {
  std::string url;
  {
    const RawServer gone([](RawConnection&) {});
    url = gone.url();
  }
  const auto servers = ServersFor({{"peer", url, "", "", {"*"}}});

  const auto answer = servers->Ask("peer", "shop", Rules());

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
}

// Files of a test, removed with it.
class Folder {
 public:
  Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "launchgate-prometheus-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string Write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

TEST(PeerTest, ATokenIsSentToItsServerOnlyAndReadAnew) {
  const test_support::TestCa ca("test");
  test_support::RawServerOptions tls;
  tls.tls = ca.IssueServer({"IP:127.0.0.1"});
  const RawServer with_token(test_support::Always(HttpAnswer(200, kGood)), tls);
  const RawServer without(test_support::Always(HttpAnswer(200, kGood)), tls);
  const Folder folder;
  const std::string ca_file = folder.Write("ca.pem", ca.certificate_pem());
  const std::string token_file = folder.Write("token", "first\n");
  const auto servers = ServersFor({{"a", with_token.url(), ca_file, token_file, {"*"}},
                                   {"b", without.url(), ca_file, "", {"*"}}});

  ASSERT_TRUE(servers->Ask("a", "shop", Rules()));
  ASSERT_TRUE(servers->Ask("b", "shop", Rules()));
  folder.Write("token", "second\n");
  ASSERT_TRUE(servers->Ask("a", "shop", Rules()));

  ASSERT_EQ(with_token.requests().size(), 2U);
  EXPECT_EQ(test_support::HeaderOf(with_token.requests()[0], "Authorization"), "Bearer first");
  EXPECT_EQ(test_support::HeaderOf(with_token.requests()[1], "Authorization"), "Bearer second");
  ASSERT_EQ(without.requests().size(), 1U);
  EXPECT_EQ(test_support::HeaderOf(without.requests()[0], "Authorization"), "");
}

TEST(PeerTest, AServerOfAnotherAuthorityIsUnavailable) {
  const test_support::TestCa ca("ours");
  const test_support::TestCa other("theirs");
  test_support::RawServerOptions tls;
  tls.tls = other.IssueServer({"IP:127.0.0.1"});
  const RawServer server(test_support::Always(HttpAnswer(200, kGood)), tls);
  const Folder folder;
  const std::string ca_file = folder.Write("ca.pem", ca.certificate_pem());
  const std::string token_file = folder.Write("token", "secret");
  const auto servers = ServersFor({{"a", server.url(), ca_file, token_file, {"*"}}});

  const auto answer = servers->Ask("a", "shop", Rules());

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kUnavailable);
  EXPECT_TRUE(server.requests().empty());
}

struct BadServer {
  std::string name;
  std::string url;
  std::string ca;     // Content of the file; "absent": no such file.
  std::string token;  // Likewise; empty: none.
  std::string says;
};

class BadServerTest : public ::testing::TestWithParam<BadServer> {};

TEST_P(BadServerTest, IsRefusedAtTheStart) {
  test_support::StartTransportThreads();
  const Folder folder;
  const auto file = [&](const std::string& name, const std::string& text) {
    if (text.empty()) return text;
    return text == "absent" ? std::string("/nonexistent/") + name : folder.Write(name, text);
  };

  const auto servers = PrometheusServers::Make({{"shop",
                                                 GetParam().url,
                                                 file("ca.pem", GetParam().ca),
                                                 file("token", GetParam().token),
                                                 {}}},
                                               kClock);

  ASSERT_FALSE(servers);
  EXPECT_EQ(servers.error().kind, ErrorKind::kInvalid);
  EXPECT_THAT(servers.error().message, HasSubstr("the Prometheus server \"shop\": "));
  EXPECT_THAT(servers.error().message, HasSubstr(GetParam().says));
}

const std::string& SomeCa() {
  static const std::string pem = test_support::TestCa("some").certificate_pem();
  return pem;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadServerTest,
    ::testing::Values(BadServer{"NoUrl", "prometheus", "", "", ""},
                      BadServer{"UrlWithPassword", "http://a:b@127.0.0.1", "", "", "without user"},
                      BadServer{"TlsWithoutAuthority", "https://127.0.0.1", "", "", ""},
                      BadServer{"AuthorityIsNotThere", "https://127.0.0.1", "absent", "", "ca.pem"},
                      BadServer{"AuthorityIsNoPem", "https://127.0.0.1", "x", "", ""},
                      BadServer{"TokenIsNotThere", "https://127.0.0.1", SomeCa(), "absent",
                                "token is not readable"},
                      BadServer{"TokenIsEmpty", "https://127.0.0.1", SomeCa(), " \n",
                                "holds no token"},
                      BadServer{"TokenWithALineBreak", "https://127.0.0.1", SomeCa(), "a\r\nX: y",
                                "holds no token"},
                      BadServer{"TokenWithoutTls", "http://127.0.0.1", "", "secret", ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::prometheus
