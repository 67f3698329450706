// A reader runs the commands of a go-no-go record as they stand there, with
// OpenSSL, jq and a shell, for each kind of key and both forms of signature.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "core/base/bytes.h"
#include "tests/component/cli/cli_fixture.h"
#include "tests/component/crypto/command.h"

namespace launchgate::app::cli {
namespace {

using crypto::HasProgram;
using crypto::PrivateKey;
using nlohmann::json;
using ::testing::HasSubstr;

// Every shell block of a document, in order, as one script.
std::string ScriptOf(const std::string& document) {
  const std::string fence = "\n```sh\n";
  std::string script;
  for (std::size_t at = document.find(fence); at != std::string::npos;
       at = document.find(fence, at)) {
    at += fence.size();
    const std::size_t end = document.find("\n```\n", at);
    script += document.substr(at, end - at) + "\n";
    at = end;
  }
  return script;
}

std::size_t CountOf(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

class RenderOpenSslTest : public CliTest {
 protected:
  void SetUp() override {
    for (const char* program : {"openssl", "jq"}) {
      if (!HasProgram(program)) GTEST_SKIP() << program << " is not installed";
    }
    standard_ = Write("standard.yaml", R"(
apiVersion: launchgate.dev/v1alpha1
kind: ReadinessChecklist
metadata: {name: capacity}
spec:
  sections:
  - id: capacity
    title: Capacity
    items:
    - {id: load-test, question: "Does it hold its peak?", severity: Blocker, evidence: loadTest}
)");
    review_ = Review();
  }

  // A key that `openssl` or `ssh-keygen` made into the file `key` of the workspace.
  PrivateKey Made(const std::string& command) {
    EXPECT_TRUE(tools_.Run(command)) << tools_.Output();
    auto key = PrivateKey::FromPem(tools_.Read("key"), {});
    EXPECT_TRUE(key) << key.error().message;
    return *key;
  }

  // Trusts each of these keys in a role of the same name, and gives the file.
  std::string Authority(const std::vector<std::pair<std::string, verdict::PublicKey>>& keys) {
    json authority = {{"apiVersion", "launchgate.dev/v1alpha1"},
                      {"kind", "LaunchAuthority"},
                      {"metadata", {{"name", "team"}}},
                      {"spec", {{"namespaces", {"shop"}}, {"maxVerdictLifetime", "90d"}}}};
    for (const auto& [id, key] : keys) {
      authority["spec"]["roles"].push_back({{"name", id}, {"threshold", 1}});
      authority["spec"]["keys"].push_back({{"id", id},
                                           {"identity", id + "@example.com"},
                                           {"role", id},
                                           {"notBefore", "2026-01-01T00:00:00Z"},
                                           {"publicKey", crypto::PublicKeyPem(key)}});
      tools_.Write(id + ".pub.pem", crypto::PublicKeyPem(key));
    }
    return Write("authority.json", authority.dump());
  }

  std::string SignedBy(const std::string& id, const PrivateKey& key) {
    std::string file = Verdict({standard_, review_}, "go-" + id, key, [&](verdict::Statement& go) {
      go.identity = id + "@example.com";
      go.role = id;
    });
    tools_.Write("go-" + id + ".json", ReadFile(file));
    return file;
  }

  std::string Record(const std::vector<std::string>& files) {
    std::vector<std::string> arguments = {"render",
                                          "go-no-go",
                                          "-f",
                                          standard_,
                                          "-f",
                                          review_,
                                          "--evidence-root",
                                          Evidence("pass.handle-summary.json"),
                                          "--now",
                                          kNow};
    for (const std::string& file : files) arguments.insert(arguments.end(), {"-f", file});
    const Outcome outcome = Launchgate(arguments);
    EXPECT_EQ(outcome.code, kExitAllow) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("\n**Go**\n")) << outcome.out;
    return outcome.out;
  }

  // Changes one byte of the statement that is stored in a verdict.
  void Bend(const std::string& file, const json::json_pointer& payload) {
    json verdict = json::parse(tools_.Read(file));
    std::string bytes = *base::Base64Decode(verdict[payload].get<std::string>());
    bytes.insert(1, " ");
    verdict[payload] = base::Base64Encode(bytes);
    tools_.Write(file, verdict.dump());
  }

  std::string standard_;
  std::string review_;
  crypto::Workspace tools_;
};

TEST_F(RenderOpenSslTest, EachKindOfKeyVerifiesAsTheRecordSays) {
  const PrivateKey ed25519 = Made("openssl genpkey -algorithm ed25519 -out key");
  const PrivateKey p256 =
      Made("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key");
  const PrivateKey rsa =
      Made("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key 2>/dev/null");
  const std::string authority = Authority(
      {{"alice", ed25519.public_key()}, {"bob", p256.public_key()}, {"carol", rsa.public_key()}});
  const std::string document = Record(
      {authority, SignedBy("alice", ed25519), SignedBy("bob", p256), SignedBy("carol", rsa)});

  ASSERT_TRUE(tools_.Run(ScriptOf(document))) << tools_.Output() << ScriptOf(document);

  EXPECT_EQ(CountOf(tools_.Output(), "Signature Verified Successfully"), 1U) << tools_.Output();
  EXPECT_EQ(CountOf(tools_.Output(), "Verified OK"), 2U) << tools_.Output();
  for (const PrivateKey* key : {&ed25519, &p256, &rsa}) {
    const std::string hint = crypto::SpkiHint(key->public_key());
    EXPECT_THAT(document, HasSubstr("must print " + hint + "\n"));
    EXPECT_THAT(tools_.Output(), HasSubstr(hint + "\n"));
  }
  ASSERT_TRUE(tools_.Run("jq -r .predicate.review.specDigest body")) << tools_.Output();
  std::string digest = tools_.Output();
  digest.pop_back();
  EXPECT_THAT(document, HasSubstr("`review.specDigest` is `" + digest + "`"));
}

TEST_F(RenderOpenSslTest, TheCommandsSayNoToAChangedStatement) {
  const std::string authority = Authority({{"alice", key_.public_key()}});
  const std::string document = Record({authority, SignedBy("alice", key_)});
  ASSERT_TRUE(tools_.Run(ScriptOf(document))) << tools_.Output();

  Bend("go-alice.json", json::json_pointer("/spec/envelope/payload"));

  EXPECT_FALSE(tools_.Run(ScriptOf(document))) << tools_.Output();
  EXPECT_THAT(tools_.Output(), Not(HasSubstr("Verified Successfully")));
}

TEST_F(RenderOpenSslTest, TheEnvelopeThatExportPrintsWillDo) {
  const std::string authority = Authority({{"alice", key_.public_key()}});
  const std::string verdict = SignedBy("alice", key_);
  const std::string document = Record({authority, verdict});

  tools_.Write("go-alice.json", Launchgate({"verdict", "export", "go-alice", "-f", verdict}).out);

  EXPECT_TRUE(tools_.Run(ScriptOf(document))) << tools_.Output();
  EXPECT_THAT(tools_.Output(), HasSubstr("Signature Verified Successfully"));
}

class RenderSshTest : public RenderOpenSslTest,
                      public ::testing::WithParamInterface<std::string> {};

TEST_P(RenderSshTest, AnSshSignatureVerifiesWithOpenSslToo) {
  if (!HasProgram("ssh-keygen")) GTEST_SKIP() << "ssh-keygen is not installed";
  ASSERT_TRUE(tools_.Run("ssh-keygen -q -t " + GetParam() + " -N '' -f id")) << tools_.Output();
  const auto key = crypto::ReadPublicKey(tools_.Read("id.pub"));
  ASSERT_TRUE(key) << key.error().message;
  const std::string authority = Authority({{"alice", *key}});
  // Only the statement of this one is used: ssh-keygen signs it.
  json verdict = json::parse(ReadFile(SignedBy("alice", key_)));
  const std::string statement = verdict["spec"]["envelope"]["payload"];
  tools_.Write("statement", *base::Base64Decode(statement));
  ASSERT_TRUE(tools_.Run("ssh-keygen -q -Y sign -f id -n launch-verdict@launchgate.dev statement"))
      << tools_.Output();
  verdict["spec"].erase("envelope");
  verdict["spec"]["statement"] = statement;
  verdict["spec"]["sshSignature"] = tools_.Read("statement.sig");
  tools_.Write("go-alice.json", verdict.dump());
  const std::string document = Record({authority, Write("ssh.json", verdict.dump())});

  ASSERT_TRUE(tools_.Run(ScriptOf(document))) << tools_.Output() << ScriptOf(document);
  EXPECT_THAT(tools_.Output(),
              HasSubstr(GetParam() == "ecdsa" ? "Verified OK" : "Verified Successfully"));

  Bend("go-alice.json", json::json_pointer("/spec/statement"));
  EXPECT_FALSE(tools_.Run(ScriptOf(document))) << "the commands must be able to say no";
}

INSTANTIATE_TEST_SUITE_P(Keys, RenderSshTest, ::testing::Values("ed25519", "ecdsa"),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace launchgate::app::cli
