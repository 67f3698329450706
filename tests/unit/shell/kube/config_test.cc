#include "shell/kube/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "core/base/bytes.h"
#include "tests/support/fake_clock.h"

namespace launchgate::kube {
namespace {

using base::ErrorKind;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecretText = "hunter2-do-not-show";

// A folder of its own for each test, removed with everything in it.
class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "launchgate-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string Write(const std::string& name, const std::string& text) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
    return path.string();
  }
  std::string Path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// A kubeconfig with one context, made of the given cluster and user lines.
std::string Kubeconfig(const std::string& cluster, const std::string& user) {
  return "apiVersion: v1\nkind: Config\ncurrent-context: main\n"
         "contexts:\n- name: main\n  context: {cluster: c, user: u, namespace: shop}\n"
         "clusters:\n- name: c\n  cluster:\n" +
         cluster + "users:\n- name: u\n  user:\n" + user;
}

const std::string kServer = "    server: https://api.test:6443\n";
const std::string kCaData =
    "    certificate-authority-data: " + base::Base64Encode("the CA") + "\n";
const std::string kNobody = "    {}\n";

class KubeconfigTest : public testing::Test {
 protected:
  base::Result<ClusterConfig> Load(const std::string& text, const std::string& context = "") {
    return LoadKubeconfig(folder_.Write("config", text), context, clock_);
  }
  TempFolder folder_;
  test_support::FakeClock clock_;
};

TEST_F(KubeconfigTest, ReadsInlineCredentials) {
  const auto config = Load(Kubeconfig(
      kServer + kCaData + "    tls-server-name: kubernetes\n",
      "    client-certificate-data: " + base::Base64Encode("the certificate") + "\n" +
          "    client-key-data: " + base::Base64Encode("the key") + "\n    token: tok\n"));

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->transport.base_url, "https://api.test:6443");
  EXPECT_EQ(config->transport.tls.server_name, "kubernetes");
  EXPECT_EQ(config->transport.tls.ca_pem().value(), "the CA");
  const auto identity = config->transport.tls.client_certificate();
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->chain_pem, "the certificate");
  EXPECT_EQ(identity->key_pem.Reveal(), "the key");
  EXPECT_EQ(config->transport.token->Token()->Reveal(), "tok");
  EXPECT_EQ(config->ns, "shop");
  EXPECT_THAT(config->origin, HasSubstr("context \"main\""));
}

TEST_F(KubeconfigTest, FilesAreRelativeToItAndReadAgainEachTime) {
  folder_.Write("ca.pem", "CA 1");
  folder_.Write("crt.pem", "crt 1");
  folder_.Write("key.pem", "key 1");
  const auto config = Load(Kubeconfig(kServer + "    certificate-authority: ca.pem\n",
                                      "    client-certificate: crt.pem\n"
                                      "    client-key: " +
                                          folder_.Path("key.pem") + "\n"));
  ASSERT_TRUE(config) << config.error().message;

  folder_.Write("ca.pem", "CA 2");
  folder_.Write("crt.pem", "crt 2");

  EXPECT_EQ(config->transport.tls.ca_pem().value(), "CA 2");
  EXPECT_EQ(config->transport.tls.client_certificate()->chain_pem, "crt 2");
  EXPECT_EQ(config->transport.tls.client_certificate()->key_pem.Reveal(), "key 1");
}

TEST_F(KubeconfigTest, AWrappedBase64BlockIsRead) {
  const auto config = Load(
      Kubeconfig(kServer + "    certificate-authority-data: |\n      dGhl\n      IENB\n", kNobody));

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->transport.tls.ca_pem().value(), "the CA");
  EXPECT_EQ(config->transport.token, nullptr);
}

TEST_F(KubeconfigTest, ATokenFileWinsOverAToken) {
  folder_.Write("token", "from the file\n");

  const auto config =
      Load(Kubeconfig(kServer + kCaData, "    token: inline\n    tokenFile: token\n"));

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->transport.token->Token()->Reveal(), "from the file");
}

TEST_F(KubeconfigTest, TheContextCanBeNamed) {
  const std::string text =
      "contexts:\n- {name: a, context: {cluster: c}}\n- {name: b, context: {cluster: d}}\n"
      "clusters:\n- {name: c, cluster: {server: 'http://c'}}\n"
      "- {name: d, cluster: {server: 'http://d'}}\n";

  EXPECT_EQ(Load(text, "b")->transport.base_url, "http://d");
  EXPECT_EQ(Load(text, "b")->ns, "default");
  EXPECT_THAT(Load(text).error().message, HasSubstr("--context"));
  EXPECT_EQ(Load(text, "z").error().kind, ErrorKind::kNotFound);
}

struct RefusedRow {
  std::string name;
  std::string cluster;
  std::string user;
  ErrorKind kind;
  std::string field;   // What the message must name…
  std::string remedy;  // …and what it must advise.
  friend void PrintTo(const RefusedRow& row, std::ostream* out) { *out << row.name; }
};

class RefusedKubeconfigTest : public KubeconfigTest,
                              public testing::WithParamInterface<RefusedRow> {};

TEST_P(RefusedKubeconfigTest, NamesFileFieldAndRemedyAndNoSecret) {
  const RefusedRow& row = GetParam();

  const auto config = Load(Kubeconfig(row.cluster, row.user));

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, row.kind) << config.error().message;
  EXPECT_THAT(config.error().message, HasSubstr(folder_.Path("config")));
  EXPECT_THAT(config.error().message, HasSubstr(row.field));
  EXPECT_THAT(config.error().message, HasSubstr(row.remedy));
  EXPECT_THAT(config.error().message, Not(HasSubstr(kSecretText)));
}

const std::string kFine = kServer + kCaData;

INSTANTIATE_TEST_SUITE_P(
    Rows, RefusedKubeconfigTest,
    testing::Values(
        RefusedRow{"InsecureSkipTlsVerify", kServer + "    insecure-skip-tls-verify: true\n",
                   kNobody, ErrorKind::kUnsupported, "insecure-skip-tls-verify",
                   "set `certificate-authority`"},
        RefusedRow{"InsecureSkipTlsVerifyAsText", kFine + "    insecure-skip-tls-verify: 'false'\n",
                   kNobody, ErrorKind::kUnsupported, "insecure-skip-tls-verify", "remove it"},
        RefusedRow{"NoCa", kServer, kNobody, ErrorKind::kInvalid, "certificate-authority",
                   "public CAs"},
        RefusedRow{"NoServer", kCaData, kNobody, ErrorKind::kInvalid, "server", "missing"},
        RefusedRow{"ServerIsANumber", kCaData + "    server: 7\n", kNobody, ErrorKind::kInvalid,
                   "server", "must be a text"},
        RefusedRow{"Proxy", kFine + "    proxy-url: http://proxy\n", kNobody,
                   ErrorKind::kUnsupported, "proxy-url", "directly"},
        RefusedRow{"CaIsNotBase64", kServer + "    certificate-authority-data: '***'\n", kNobody,
                   ErrorKind::kInvalid, "certificate-authority-data", "base64"},
        RefusedRow{"CaFileIsAbsent", kServer + "    certificate-authority: gone.pem\n", kNobody,
                   ErrorKind::kNotFound, "certificate-authority", "gone.pem"},
        RefusedRow{"Exec", kFine, "    exec: {command: aws}\n", ErrorKind::kUnsupported, "exec",
                   "kubectl create token"},
        RefusedRow{"AuthProvider", kFine, "    auth-provider: {name: gcp}\n",
                   ErrorKind::kUnsupported, "auth-provider", "kubectl create token"},
        RefusedRow{"Password", kFine,
                   "    username: admin\n    password: " + std::string(kSecretText) + "\n",
                   ErrorKind::kUnsupported, "username", "token"},
        RefusedRow{"Impersonation", kFine, "    as: root\n", ErrorKind::kUnsupported, "`as`",
                   "own credentials"},
        RefusedRow{"CertificateWithoutKey", kFine,
                   "    client-certificate-data: " + base::Base64Encode(kSecretText) + "\n",
                   ErrorKind::kInvalid, "client-key", "together"},
        RefusedRow{"KeyIsNotBase64", kFine,
                   "    client-key-data: '" + std::string(kSecretText) + "!'\n",
                   ErrorKind::kInvalid, "client-key-data", "base64"},
        RefusedRow{"TokenIsAList", kFine, "    token: [" + std::string(kSecretText) + "]\n",
                   ErrorKind::kInvalid, "token", "must be a text"},
        RefusedRow{"TokenFileIsAbsent", kFine, "    tokenFile: gone\n", ErrorKind::kNotFound,
                   "tokenFile", "gone"}),
    [](const auto& row) { return row.param.name; });

class MalformedKubeconfigTest : public KubeconfigTest,
                                public testing::WithParamInterface<const char*> {};

TEST_P(MalformedKubeconfigTest, IsAnErrorThatNamesTheFile) {
  const auto config = Load(GetParam());

  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr(folder_.Path("config")));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, MalformedKubeconfigTest,
    testing::Values("", "{", "[]", "a: b\n---\nc: d\n", "current-context: [x]\n",
                    "current-context: x\n", "current-context: x\ncontexts: 7\n",
                    "current-context: x\ncontexts: [7, {name: x}]\n",
                    "current-context: x\ncontexts: [{name: x, context: {cluster: [c]}}]\n",
                    "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\n",
                    "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
                    "clusters: [{name: c, cluster: {server: 'http://c'}}]\n"));

TEST_F(KubeconfigTest, AnAbsentOrEndlessFileIsAnError) {
  EXPECT_EQ(LoadKubeconfig(folder_.Path("gone"), "", clock_).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(Load(std::string(kMaxConfigFileBytes + 1, ' ')).error().kind, ErrorKind::kExhausted);
  EXPECT_FALSE(LoadKubeconfig(folder_.Path("."), "", clock_));
}

Environment Variables(std::map<std::string, std::string> variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(FindKubeconfigTest, LooksWhereKubectlLooks) {
  EXPECT_EQ(FindKubeconfig(Variables({{"KUBECONFIG", "/a"}, {"HOME", "/h"}})), "/a");
  EXPECT_EQ(FindKubeconfig(Variables({{"KUBECONFIG", ""}, {"HOME", "/h"}})), "/h/.kube/config");
  EXPECT_EQ(FindKubeconfig(Variables({})).error().kind, ErrorKind::kNotFound);
  EXPECT_EQ(FindKubeconfig(Variables({{"KUBECONFIG", "/a:/b"}})).error().kind,
            ErrorKind::kUnsupported);
}

class InClusterTest : public testing::Test {
 protected:
  InClusterTest() {
    folder_.Write("ca.crt", "the CA");
    folder_.Write("token", "tok\n");
    folder_.Write("namespace", "launchgate-system\n");
  }
  base::Result<ClusterConfig> Load(std::map<std::string, std::string> variables) {
    return LoadInCluster({folder_.Path("."), Variables(std::move(variables))}, clock_);
  }
  const std::map<std::string, std::string> pod_ = {{"KUBERNETES_SERVICE_HOST", "10.0.0.1"},
                                                   {"KUBERNETES_SERVICE_PORT", "443"}};
  TempFolder folder_;
  test_support::FakeClock clock_;
};

TEST_F(InClusterTest, ReadsWhatThePodWasGiven) {
  const auto config = Load(pod_);

  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->transport.base_url, "https://10.0.0.1:443");
  EXPECT_EQ(config->transport.tls.ca_pem().value(), "the CA");
  EXPECT_EQ(config->transport.token->Token()->Reveal(), "tok");
  EXPECT_EQ(config->ns, "launchgate-system");
}

TEST_F(InClusterTest, AnIpv6ServiceIsReachedByItsName) {
  const auto config =
      Load({{"KUBERNETES_SERVICE_HOST", "fd00::1"}, {"KUBERNETES_SERVICE_PORT", "443"}});

  EXPECT_EQ(config->transport.base_url, "https://kubernetes.default.svc:443");
}

TEST_F(InClusterTest, OutsideAPodSaysWhatToDo) {
  const auto config = Load({});

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, ErrorKind::kNotFound);
  EXPECT_THAT(config.error().message, HasSubstr("--kubeconfig"));
}

TEST_F(InClusterTest, AMissingServiceAccountSaysWhatToCheck) {
  std::filesystem::remove(folder_.Path("token"));

  const auto config = Load(pod_);

  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("automountServiceAccountToken"));
}

TEST_F(InClusterTest, APortThatIsNoneIsRefused) {
  for (const char* port : {"", "0", "65536", "443x", "tcp://10.0.0.1:443"}) {
    EXPECT_FALSE(Load({{"KUBERNETES_SERVICE_HOST", "a"}, {"KUBERNETES_SERVICE_PORT", port}}))
        << port;
  }
}

class FileTokenSourceTest : public testing::Test {
 protected:
  std::string Now() {
    const auto token = source_.Token();
    return token ? token->Reveal() : "error: " + token.error().message;
  }
  TempFolder folder_;
  test_support::FakeClock clock_;
  const std::string path_ = folder_.Write("token", "one\n");
  FileTokenSource source_{path_, clock_};
};

TEST_F(FileTokenSourceTest, ReadsTheFileAgainAfterAMinute) {
  EXPECT_EQ(Now(), "one");
  folder_.Write("token", "two\n");
  EXPECT_EQ(Now(), "one");

  clock_.Advance(FileTokenSource::kTokenMaxAge);

  EXPECT_EQ(Now(), "two");
}

TEST_F(FileTokenSourceTest, ReadsTheFileAtOnceAfterARefusal) {
  EXPECT_EQ(Now(), "one");
  folder_.Write("token", "two\n");

  source_.Refused();

  EXPECT_EQ(Now(), "two");
}

TEST_F(FileTokenSourceTest, KeepsTheLastTokenWhileTheFileIsAwayOrEmpty) {
  EXPECT_EQ(Now(), "one");
  std::filesystem::remove(path_);
  source_.Refused();
  EXPECT_EQ(Now(), "one");

  folder_.Write("token", " \n");
  source_.Refused();

  EXPECT_EQ(Now(), "one");
}

TEST_F(FileTokenSourceTest, AFileWithoutATokenIsAnErrorAtFirst) {
  folder_.Write("token", "\n");
  EXPECT_THAT(Now(), HasSubstr("holds no token"));

  std::filesystem::remove(path_);

  EXPECT_THAT(Now(), HasSubstr(path_));
}

}  // namespace
}  // namespace launchgate::kube
