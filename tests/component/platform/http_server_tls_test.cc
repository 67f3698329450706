// The server over TLS.

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <thread>

#include "tests/component/platform/http_test_server.h"

namespace launchgate::platform {
namespace {

using test_support::CertifiedKey;
using test_support::RawTlsOptions;
using test_support::TestCa;

const std::vector<std::string> kLocalhost = {"DNS:localhost", "IP:127.0.0.1"};

ServingCertificate ToServe(const CertifiedKey& pair) {
  return {.chain_pem = pair.certificate_pem, .private_key_pem = pair.key_pem};
}

class HttpTlsTest : public testing::Test {
 protected:
  HttpServerOptions Options() {
    HttpServerOptions options = PatientOptions();
    options.tls = TlsOptions{.certificate = ToServe(leaf_)};
    return options;
  }

  RawTlsOptions Trusting() const { return {.authority_pem = authority_.certificate_pem()}; }

  std::unique_ptr<RawHttpClient> Connect(const HttpServer& server) const {
    return RawHttpClient::ConnectTls(server.port(), Trusting());
  }

  std::string Ping(RawHttpClient& client) const {
    client.Send(MakeRequest("GET", "/ping"));
    return client.ReadResponse().value_or(RawResponse{}).body;
  }

  TestCa authority_{"test authority"};
  CertifiedKey leaf_ = authority_.IssueServer(kLocalhost);
};

TEST_F(HttpTlsTest, ServesRequestsOverOneConnection) {
  const auto server = StartServer(Options());
  const auto client = Connect(*server);
  ASSERT_TRUE(client);

  for (int i = 0; i < 50; ++i) ASSERT_EQ(Ping(*client), "pong");
}

TEST_F(HttpTlsTest, AnswersPipelinedRequestsThatCameInOneRecord) {
  const auto server = StartServer(Options());
  const auto client = Connect(*server);
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += MakeRequest("POST", "/echo", std::to_string(i));

  client->Send(requests);

  for (int i = 0; i < 100; ++i) ASSERT_EQ(client->ReadResponse()->body, std::to_string(i));
}

TEST_F(HttpTlsTest, CarriesLargeBodiesBothWays) {
  const auto server = StartServer(Options());
  const auto client = Connect(*server);
  const std::string body(3'000'000, 'b');

  client->Send(MakeRequest("POST", "/echo", body));
  EXPECT_TRUE(client->ReadResponse()->body == body);
  client->Send(MakeRequest("POST", "/padding", body));
  EXPECT_EQ(client->ReadResponse()->body, "3000000 64 zero");
}

TEST_F(HttpTlsTest, SelectsHttp11WhenOffered) {
  const auto server = StartServer(Options());
  RawTlsOptions options = Trusting();
  options.alpn = {"h2", "http/1.1"};
  const auto client = RawHttpClient::ConnectTls(server->port(), options);

  ASSERT_TRUE(client);
  EXPECT_EQ(client->alpn_selected(), "http/1.1");
  EXPECT_EQ(Ping(*client), "pong");
}

TEST_F(HttpTlsTest, NeverSelectsHttp2) {
  const auto server = StartServer(Options());
  RawTlsOptions options = Trusting();
  options.alpn = {"h2"};

  EXPECT_FALSE(RawHttpClient::ConnectTls(server->port(), options));
  // The client has read the alert before the server has counted it.
  while (server->stats().handshakes_failed == 0) std::this_thread::yield();
  EXPECT_EQ(server->stats().handshakes_failed, 1u);
}

class TlsVersionTest : public HttpTlsTest,
                       public testing::WithParamInterface<std::pair<int, bool>> {};

TEST_P(TlsVersionTest, IsSpokenFrom12On) {
  const auto server = StartServer(Options());
  RawTlsOptions options = Trusting();
  options.max_version = GetParam().first;

  EXPECT_EQ(RawHttpClient::ConnectTls(server->port(), options) != nullptr, GetParam().second);
}

INSTANTIATE_TEST_SUITE_P(Versions, TlsVersionTest,
                         testing::Values(std::pair{TLS1_VERSION, false},
                                         std::pair{TLS1_1_VERSION, false},
                                         std::pair{TLS1_2_VERSION, true},
                                         std::pair{TLS1_3_VERSION, true}));

TEST_F(HttpTlsTest, PlainTextIsNotAnswered) {
  const auto server = StartServer(Options());
  const auto client = RawHttpClient::Connect(server->port());

  client->Send(MakeRequest("GET", "/ping"));

  EXPECT_TRUE(client->ClosedByPeer());
  EXPECT_EQ(server->stats().requests, 0u);
}

// ---- Slow and many ----------------------------------------------------------

TEST_F(HttpTlsTest, AHandshakeThatDoesNotEndIsCutOff) {
  HttpServerOptions options = Options();
  options.handshake_deadline = kShort;
  const auto server = StartServer(options);
  const auto silent = RawHttpClient::Connect(server->port());
  const auto stuck = RawHttpClient::Connect(server->port());
  stuck->Send(std::string("\x16\x03\x01\x02\x00\x01", 6));  // The start of a hello.

  EXPECT_TRUE(silent->ClosedByPeer());
  EXPECT_TRUE(stuck->ClosedByPeer());
  EXPECT_EQ(server->stats().connections_timed_out, 2u);
}

TEST_F(HttpTlsTest, HundredsOfHalfOpenHandshakesKeepNobodyOut) {
  HttpServerOptions options = Options();
  options.max_handshakes = 4;
  options.max_connections = 1000;
  options.make_room_after = milliseconds(20);

  const auto server = StartServer(options);
  std::vector<std::unique_ptr<RawHttpClient>> half_open;
  for (int i = 0; i < 200; ++i) {
    half_open.push_back(RawHttpClient::Connect(server->port()));
    half_open.back()->Send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  }

  const auto client = Connect(*server);

  ASSERT_TRUE(client);
  EXPECT_EQ(Ping(*client), "pong");
}

TEST_F(HttpTlsTest, HundredsOfSilentConnectionsKeepNobodyOut) {
  HttpServerOptions options = Options();
  options.max_connections = 8;
  options.make_room_after = milliseconds(20);
  const auto server = StartServer(options);
  std::vector<std::unique_ptr<RawHttpClient>> silent;
  for (int i = 0; i < 200; ++i) silent.push_back(RawHttpClient::Connect(server->port()));

  const auto client = Connect(*server);

  ASSERT_TRUE(client);
  EXPECT_EQ(Ping(*client), "pong");
}

// ---- Replacing the certificate ----------------------------------------------

TEST_F(HttpTlsTest, ServesTheNewCertificateAndRetiresOldConnections) {
  const auto server = StartServer(Options());
  const auto before = Connect(*server);
  ASSERT_EQ(Ping(*before), "pong");
  const CertifiedKey renewed = authority_.IssueServer(kLocalhost);

  ASSERT_TRUE(server->ReplaceCertificate(ToServe(renewed)));

  const auto after = Connect(*server);
  ASSERT_TRUE(after);
  EXPECT_EQ(before->server_certificate_pem(), leaf_.certificate_pem);
  EXPECT_EQ(after->server_certificate_pem(), renewed.certificate_pem);
  EXPECT_EQ(Ping(*after), "pong");
  before->Send(MakeRequest("GET", "/ping"));
  const auto last = before->ReadResponse();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->body, "pong");
  EXPECT_EQ(last->headers.at("connection"), "close");
  EXPECT_TRUE(before->ClosedByPeer());
}

TEST_F(HttpTlsTest, AnUnusableCertificateChangesNothing) {
  const auto server = StartServer(Options());
  const CertifiedKey other = authority_.IssueServer(kLocalhost);

  EXPECT_FALSE(server->ReplaceCertificate({}));
  EXPECT_FALSE(server->ReplaceCertificate({.chain_pem = "garbage", .private_key_pem = "garbage"}));
  EXPECT_FALSE(server->ReplaceCertificate(
      {.chain_pem = leaf_.certificate_pem + "-----BEGIN CERTIFICATE-----\nAAAA\n",
       .private_key_pem = leaf_.key_pem}));
  const auto mismatch = server->ReplaceCertificate(
      {.chain_pem = leaf_.certificate_pem, .private_key_pem = other.key_pem});
  ASSERT_FALSE(mismatch);
  EXPECT_TRUE(mismatch.error().starts_with("private key does not match")) << mismatch.error();

  const auto client = Connect(*server);
  EXPECT_EQ(client->server_certificate_pem(), leaf_.certificate_pem);
  EXPECT_EQ(Ping(*client), "pong");
}

TEST_F(HttpTlsTest, NoRequestFailsWhileCertificatesAreReplaced) {
  HttpServerOptions options = Options();
  options.io_threads = 2;
  const auto server = StartServer(options);
  std::atomic<bool> done{false};
  std::atomic<int> answered{0};
  std::atomic<int> failed{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      auto client = Connect(*server);
      while (!done) {
        const bool sent = client && client->Send(MakeRequest("GET", "/ping"));
        const auto response = sent ? client->ReadResponse() : std::nullopt;
        ++(response && response->body == "pong" ? answered : failed);
        if (!response || response->headers.contains("connection")) client = Connect(*server);
      }
    });
  }

  constexpr int kReplacements = 50;
  for (int i = 0; i < kReplacements; ++i) {
    const int before = answered;
    EXPECT_TRUE(server->ReplaceCertificate(ToServe(authority_.IssueServer(kLocalhost))));
    while (answered < before + 6 && failed == 0) std::this_thread::yield();
  }
  done = true;
  for (auto& caller : callers) caller.join();

  EXPECT_EQ(failed, 0);
  EXPECT_GE(answered, 6 * kReplacements);
}

TEST(HttpPlainTest, HasNoCertificateToReplace) {
  const auto server = StartServer(PatientOptions());

  EXPECT_FALSE(server->ReplaceCertificate({}));
}

// ---- Client certificates ----------------------------------------------------

class ClientCertificateTest : public HttpTlsTest {
 protected:
  HttpServerOptions Asking(ClientCertificates wanted) {
    HttpServerOptions options = Options();
    options.tls->client_certificates = wanted;
    options.tls->client_ca_pem = client_authority_.certificate_pem();
    return options;
  }

  RawTlsOptions Presenting(const CertifiedKey& pair) const {
    RawTlsOptions options = Trusting();
    options.certificate_pem = pair.certificate_pem;
    options.private_key_pem = pair.key_pem;
    return options;
  }

  int StatusOfSecret(RawHttpClient& client) const {
    client.Send(MakeRequest("GET", "/secret"));
    return client.ReadResponse().value_or(RawResponse{}).status;
  }

  TestCa client_authority_{"client authority"};
};

TEST_F(ClientCertificateTest, OpensWhatAsksForOne) {
  const auto server = StartServer(Asking(ClientCertificates::kAsked));
  const auto known = RawHttpClient::ConnectTls(
      server->port(), Presenting(client_authority_.IssueClient("kube-apiserver")));
  const auto unknown = Connect(*server);
  ASSERT_TRUE(known);
  ASSERT_TRUE(unknown);

  EXPECT_EQ(StatusOfSecret(*known), 200);
  EXPECT_EQ(StatusOfSecret(*unknown), 401);
  EXPECT_EQ(Ping(*unknown), "pong");
}

TEST_F(ClientCertificateTest, OfAnotherAuthorityEndsTheConnection) {
  const auto server = StartServer(Asking(ClientCertificates::kAsked));
  const auto client = RawHttpClient::ConnectTls(
      server->port(), Presenting(authority_.IssueClient("kube-apiserver")));

  // Under TLS 1.3 the client may learn of it only when it reads.
  EXPECT_TRUE(client == nullptr || StatusOfSecret(*client) == 0);
  EXPECT_EQ(server->stats().requests, 0u);
}

TEST_F(ClientCertificateTest, CanBeRequiredOfEverybody) {
  const auto server = StartServer(Asking(ClientCertificates::kRequired));
  const auto unknown = Connect(*server);
  const auto known = RawHttpClient::ConnectTls(
      server->port(), Presenting(client_authority_.IssueClient("kube-apiserver")));

  EXPECT_TRUE(unknown == nullptr || Ping(*unknown).empty());
  ASSERT_TRUE(known);
  EXPECT_EQ(StatusOfSecret(*known), 200);
}

TEST_F(ClientCertificateTest, NeedsAnAuthorityToCheckAgainst) {
  HttpServerOptions options = Asking(ClientCertificates::kAsked);
  options.tls->client_ca_pem.clear();

  const auto server = HttpServer::Start(options, TestRoutes());

  ASSERT_FALSE(server);
  EXPECT_TRUE(server.error().starts_with("client CA")) << server.error();
}

TEST_F(HttpTlsTest, AnEncryptedKeyIsRefusedWithoutAsking) {
  HttpServerOptions options = Options();
  options.tls->certificate.private_key_pem =
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEFDDAkBBA=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n";

  EXPECT_FALSE(HttpServer::Start(options, TestRoutes()));
}

}  // namespace
}  // namespace launchgate::platform
