// Whom the transport trusts, what it shows, and where tokens go.
#include <gmock/gmock.h>

#include <atomic>

#include "tests/component/kube/transport_fixture.h"

namespace launchgate::transport {
namespace {

using test_support::Always;
using test_support::CertifiedKey;
using test_support::HeaderOf;
using test_support::HttpAnswer;
using test_support::MustMake;
using test_support::PlainOptions;
using test_support::RawConnection;
using test_support::RawServer;
using test_support::RawServerOptions;
using test_support::StartTransportThreads;
using test_support::TestCa;
using test_support::TlsOptionsFor;
using testing::HasSubstr;
using testing::Not;

HttpRequest Get() {
  HttpRequest request;
  request.target = "/version";
  return request;
}

std::function<base::Result<ClientCertificate>()> Showing(const CertifiedKey& identity) {
  return [identity]() -> base::Result<ClientCertificate> {
    return ClientCertificate{identity.certificate_pem, Secret(identity.key_pem)};
  };
}

// A token source whose current token the test changes.
class FakeTokens final : public TokenSource {
 public:
  explicit FakeTokens(std::string token) : served(token), on_disk(std::move(token)) {}
  base::Result<Secret> Token() override { return Secret(served); }
  void Refused() override {
    ++refusals;
    served = on_disk;
  }
  std::string served;
  std::string on_disk;  // What is read after a refusal.
  int refusals = 0;
};

TEST(TransportTlsTest, TrustsAServerOfTheGivenCa) {
  const TestCa ca("ca");
  RawServer server(Always(HttpAnswer(200, "{}")), {ca.IssueServer({"IP:127.0.0.1"}), ""});
  const auto transport = MustMake(TlsOptionsFor(server, ca.certificate_pem()));

  const auto response = transport->Send(Get(), {});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "{}");
}

TEST(TransportTlsTest, RefusesAServerOfAnotherCaAndSaysWhy) {
  const TestCa ca("ca");
  const TestCa other("other");
  RawServer server(Always(HttpAnswer(200, "{}")), {other.IssueServer({"IP:127.0.0.1"}), ""});
  const auto transport = MustMake(TlsOptionsFor(server, ca.certificate_pem()));

  const auto response = transport->Send(Get(), {});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(response.error().message, HasSubstr("unable to get local issuer certificate"));
  EXPECT_TRUE(server.requests().empty());
}

TEST(TransportTlsTest, RefusesACertificateForAnotherName) {
  const TestCa ca("ca");
  RawServer server(Always(HttpAnswer(200, "{}")), {ca.IssueServer({"DNS:elsewhere.test"}), ""});
  const auto transport = MustMake(TlsOptionsFor(server, ca.certificate_pem()));

  const auto response = transport->Send(Get(), {});

  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, HasSubstr("IP address mismatch"));
}

TEST(TransportTlsTest, ACommonNameIsNotAServerName) {
  const TestCa ca("ca");
  RawServer server(Always(HttpAnswer(200, "{}")), {ca.IssueClient("127.0.0.1"), ""});
  const auto transport = MustMake(TlsOptionsFor(server, ca.certificate_pem()));

  EXPECT_FALSE(transport->Send(Get(), {}));
}

TEST(TransportTlsTest, ExpectsTheServerNameItWasTold) {
  const TestCa ca("ca");
  RawServer server(Always(HttpAnswer(200, "{}")), {ca.IssueServer({"DNS:kubernetes"}), ""});
  CpprestOptions named = TlsOptionsFor(server, ca.certificate_pem());
  named.tls.server_name = "kubernetes";
  CpprestOptions misnamed = TlsOptionsFor(server, ca.certificate_pem());
  misnamed.tls.server_name = "kubernetes.default";

  const auto accepted = MustMake(std::move(named))->Send(Get(), {});
  const auto refused = MustMake(std::move(misnamed))->Send(Get(), {});

  EXPECT_TRUE(accepted) << accepted.error().message;
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("hostname mismatch"));
}

TEST(TransportTlsTest, ShowsItsClientCertificate) {
  const TestCa ca("ca");
  std::string seen;
  RawServer server(
      [&](RawConnection& connection) {
        seen = connection.PeerName();
        if (connection.ReadRequest()) connection.Write(HttpAnswer(200, "{}"));
      },
      {ca.IssueServer({"IP:127.0.0.1"}), ca.certificate_pem()});
  CpprestOptions options = TlsOptionsFor(server, ca.certificate_pem());
  options.tls.client_certificate = Showing(ca.IssueClient("launchgate-controller"));
  const auto transport = MustMake(std::move(options));

  const auto response = transport->Send(Get(), {});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(seen, "launchgate-controller");
}

TEST(TransportTlsTest, ANewConnectionShowsTheRotatedCertificateAndTrustsTheRotatedCa) {
  const TestCa old_ca("old");
  const TestCa new_ca("new");
  std::mutex mutex;
  std::vector<std::string> seen;
  const auto script = [&](RawConnection& connection) {
    if (!connection.ReadRequest()) return;
    {
      const std::lock_guard lock(mutex);
      seen.push_back(connection.PeerName());
    }
    connection.Write(HttpAnswer(200, "{}", "Connection: close\r\n"));
  };
  RawServer server(script, {new_ca.IssueServer({"IP:127.0.0.1"}), new_ca.certificate_pem()});
  std::atomic<bool> rotated = false;
  CpprestOptions options = PlainOptions(server);
  options.tls.ca_pem = [&]() -> base::Result<std::string> {
    return (rotated ? new_ca : old_ca).certificate_pem();
  };
  options.tls.client_certificate =
      [&, before = new_ca.IssueClient("before"),
       after = new_ca.IssueClient("after")]() -> base::Result<ClientCertificate> {
    const CertifiedKey& now = rotated ? after : before;
    return ClientCertificate{now.certificate_pem, Secret(now.key_pem)};
  };
  const auto transport = MustMake(std::move(options));

  const auto first = transport->Send(Get(), {});
  rotated = true;
  const auto second = transport->Send(Get(), {});

  EXPECT_FALSE(first);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_THAT(seen, testing::ElementsAre("after"));
}

TEST(TransportTlsTest, AnUnreadableCertificateFailsTheRequestAndNothingElse) {
  const TestCa ca("ca");
  RawServer server(Always(HttpAnswer(200, "{}")), {ca.IssueServer({"IP:127.0.0.1"}), ""});
  std::atomic<bool> broken = false;
  CpprestOptions options = PlainOptions(server);
  options.tls.ca_pem = [&]() -> base::Result<std::string> {
    if (broken) return base::Fail(base::ErrorKind::kUnavailable, "the CA file has gone");
    return ca.certificate_pem();
  };
  const auto transport = MustMake(std::move(options));
  broken = true;

  const auto failed = transport->Send(Get(), {});
  broken = false;
  const auto repaired = transport->Send(Get(), {});

  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("the CA file has gone"));
  EXPECT_TRUE(repaired) << repaired.error().message;
}

TEST(TransportTlsTest, RefusesUnusableIdentitiesAtOnce) {
  StartTransportThreads();
  const TestCa ca("ca");
  CpprestOptions options;
  options.base_url = "https://127.0.0.1:1";
  const auto made_with = [&](std::string ca_pem, CertifiedKey identity) {
    options.tls.ca_pem = [ca_pem]() -> base::Result<std::string> { return ca_pem; };
    options.tls.client_certificate = Showing(identity);
    return MakeCpprestTransport(options);
  };
  const CertifiedKey good = ca.IssueClient("a");
  const CertifiedKey stranger = ca.IssueClient("b");

  EXPECT_TRUE(made_with(ca.certificate_pem(), good));
  EXPECT_FALSE(made_with("", good));
  EXPECT_FALSE(made_with("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", good));
  EXPECT_FALSE(made_with(ca.certificate_pem(), {"nonsense", good.key_pem}));
  EXPECT_FALSE(made_with(ca.certificate_pem(), {good.certificate_pem, "nonsense"}));
  const auto mismatch = made_with(ca.certificate_pem(), {good.certificate_pem, stranger.key_pem});
  ASSERT_FALSE(mismatch);
  EXPECT_THAT(mismatch.error().message, HasSubstr("does not belong"));
}

TEST(TransportTlsTest, HttpsWithoutACaIsRefused) {
  StartTransportThreads();
  CpprestOptions options;
  options.base_url = "https://127.0.0.1:1";

  EXPECT_FALSE(MakeCpprestTransport(options));
}

TEST(TransportTokenTest, EachRequestCarriesTheTokenOfThatMoment) {
  const TestCa ca("ca");
  RawServer server(Always(HttpAnswer(200, "{}")), {ca.IssueServer({"IP:127.0.0.1"}), ""});
  CpprestOptions options = TlsOptionsFor(server, ca.certificate_pem());
  const auto tokens = std::make_shared<FakeTokens>("first");
  options.token = tokens;
  const auto transport = MustMake(std::move(options));

  ASSERT_TRUE(transport->Send(Get(), {}));
  tokens->served = "second";
  ASSERT_TRUE(transport->Send(Get(), {}));

  EXPECT_EQ(HeaderOf(server.requests().at(0), "authorization"), "Bearer first");
  EXPECT_EQ(HeaderOf(server.requests().at(1), "authorization"), "Bearer second");
}

// Says 401 to every token but one.
RawServer::Script AcceptingOnly(std::string token) {
  return [expected = "Bearer " + std::move(token)](RawConnection& connection) {
    while (const auto request = connection.ReadRequest()) {
      const bool known = HeaderOf(*request, "authorization") == expected;
      connection.Write(known ? HttpAnswer(200, "{}") : HttpAnswer(401, R"({"kind":"Status"})"));
    }
  };
}

TEST(TransportTokenTest, AfterA401TheTokenIsReadAnewAndTheRequestSentOnceMore) {
  const TestCa ca("ca");
  RawServer server(AcceptingOnly("new"), {ca.IssueServer({"IP:127.0.0.1"}), ""});
  CpprestOptions options = TlsOptionsFor(server, ca.certificate_pem());
  const auto tokens = std::make_shared<FakeTokens>("old");
  tokens->on_disk = "new";
  options.token = tokens;
  const auto transport = MustMake(std::move(options));

  const auto response = transport->Send(Get(), {});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(tokens->refusals, 1);
}

TEST(TransportTokenTest, ATokenThatStaysWrongIsNotTriedForEver) {
  const TestCa ca("ca");
  RawServer server(AcceptingOnly("new"), {ca.IssueServer({"IP:127.0.0.1"}), ""});
  CpprestOptions options = TlsOptionsFor(server, ca.certificate_pem());
  options.token = std::make_shared<FakeTokens>("old");
  const auto transport = MustMake(std::move(options));

  const auto response = transport->Send(Get(), {});

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 401);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(TransportTokenTest, ARedirectNeverCarriesTheTokenElsewhere) {
  const TestCa ca("ca");
  RawServer elsewhere(Always(HttpAnswer(200, "{}")), {ca.IssueServer({"IP:127.0.0.1"}), ""});
  RawServer server(Always(HttpAnswer(307, "", "Location: " + elsewhere.url() + "/x\r\n")),
                   {ca.IssueServer({"IP:127.0.0.1"}), ""});
  CpprestOptions options = TlsOptionsFor(server, ca.certificate_pem());
  options.token = std::make_shared<FakeTokens>("secret-token");
  const auto transport = MustMake(std::move(options));

  const auto response = transport->Send(Get(), {});

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 307);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST(TransportTokenTest, ATokenIsNeverSentInTheClear) {
  StartTransportThreads();
  CpprestOptions options;
  options.base_url = "http://127.0.0.1:1";
  options.token = std::make_shared<FakeTokens>("secret-token");

  const auto made = MakeCpprestTransport(std::move(options));

  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, Not(HasSubstr("secret-token")));
}

TEST(TransportTokenTest, FailuresNeverShowTheToken) {
  const TestCa ca("ca");
  RawServer server([](RawConnection& connection) { connection.ReadRequest(); },
                   {ca.IssueServer({"IP:127.0.0.1"}), ""});
  CpprestOptions options = TlsOptionsFor(server, ca.certificate_pem());
  options.token = std::make_shared<FakeTokens>("secret-token");
  const auto transport = MustMake(std::move(options));

  const auto cut = transport->Send(Get(), {});

  ASSERT_FALSE(cut);
  EXPECT_THAT(cut.error().message, Not(HasSubstr("secret-token")));
}

struct BadUrl {
  std::string name;
  std::string url;
  base::ErrorKind kind;
  friend void PrintTo(const BadUrl& row, std::ostream* out) { *out << row.name; }
};

class BadUrlTest : public testing::TestWithParam<BadUrl> {};

TEST_P(BadUrlTest, IsRefused) {
  StartTransportThreads();
  CpprestOptions options;
  options.base_url = GetParam().url;

  const auto made = MakeCpprestTransport(std::move(options));

  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, GetParam().kind) << made.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, BadUrlTest,
    testing::Values(BadUrl{"Empty", "", base::ErrorKind::kInvalid},
                    BadUrl{"OtherScheme", "ftp://a/", base::ErrorKind::kInvalid},
                    BadUrl{"NoHost", "https:///x", base::ErrorKind::kInvalid},
                    BadUrl{"User", "http://u:p@a/", base::ErrorKind::kInvalid},
                    BadUrl{"Query", "http://a/?x=1", base::ErrorKind::kInvalid},
                    BadUrl{"NotAUrl", "http://a b/", base::ErrorKind::kInvalid},
                    BadUrl{"Ipv6Literal", "http://[::1]:80/", base::ErrorKind::kUnsupported}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::transport
