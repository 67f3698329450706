// Commands that need no cluster, run as a person runs them: arguments in, files
// on disk, text and exit code out.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/world.h"
#include "core/verdict/dsse.h"
#include "core/verdict/statement.h"
#include "shell/crypto/keys.h"

namespace launchgate::app::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kRanAt = "2026-11-20T10:00:00Z";
constexpr const char* kNow = "2026-11-23T12:00:00Z";

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

class CliTest : public testing::Test {
 protected:
  CliTest() {
    std::string pattern = (fs::temp_directory_path() / "launchgate-cli.XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~CliTest() override { fs::remove_all(root_); }

  Outcome Launchgate(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), "launchgate");
    std::vector<const char*> argv;
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    std::istringstream in(input);
    std::ostringstream out;
    std::ostringstream err;
    Streams streams{in, out, err, false};
    const int code = Main(static_cast<int>(argv.size()), argv.data(), streams);
    return {code, out.str(), err.str()};
  }

  std::string Write(const std::string& name, const std::string& text) {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.string();
  }

  std::string Standard() {
    return Write("standard.yaml", R"(
apiVersion: launchgate.dev/v1alpha1
kind: ReadinessChecklist
metadata: {name: capacity}
spec:
  sections:
  - id: capacity
    title: Capacity
    items:
    - {id: load-test, question: "Does it hold its peak?", severity: Blocker, evidence: loadTest}
---
apiVersion: launchgate.dev/v1alpha1
kind: LaunchAuthority
metadata: {name: team}
spec:
  namespaces: [shop]
  maxVerdictLifetime: 90d
  roles: [{name: sre, threshold: 1}]
  keys:
  - id: alice
    identity: alice@example.com
    role: sre
    notBefore: "2026-01-01T00:00:00Z"
    publicKey: )" + json(crypto::PublicKeyPem(key_.public_key())).dump() +
                                      "\n");
  }

  std::string Review() {
    return Write("review.yaml", R"(
apiVersion: launchgate.dev/v1alpha1
kind: LaunchReview
metadata: {name: gift-cards, namespace: shop}
spec:
  target: {apiVersion: apps/v1, kind: Deployment, name: gift-cards}
  checklistRef: {name: capacity}
  authorityRef: {name: team}
  owner: {team: payments, contact: "#payments"}
  binding: Service
  evidence:
  - item: load-test
    loadTest:
      from: {configMapRef: {name: k6, key: summary.json}}
      maxAge: 30d
      minRequestRate: "150"
)");
  }

  // A folder with one k6 result, recorded at kRanAt.
  std::string Evidence(const std::string& sample) {
    std::ifstream file(LAUNCHGATE_SOURCE_DIR "/tests/testdata/k6/" + sample);
    std::ostringstream text;
    text << file.rdbuf();
    Write("evidence/k6/summary.json", text.str());
    Write("evidence/k6/summary.json.recorded-at", std::string(kRanAt) + "\n");
    return (root_ / "evidence").string();
  }

  // A Go by alice about exactly these files.
  std::string Go(const std::string& standard, const std::string& review) {
    const crypto::OpenSslSignatures signatures;
    World world(signatures);
    for (const std::string& path : {standard, review}) {
      std::ifstream file(path);
      std::ostringstream text;
      text << file.rdbuf();
      EXPECT_TRUE(world.AddText(text.str(), path).has_value());
    }
    verdict::Statement statement;
    statement.answer = verdict::Answer::kGo;
    statement.subject = world.FactsOf(world.reviews().front(), {}, signatures)->verdicts.expected;
    statement.subject.cluster_id = "6a0f8e9a-0000-4000-8000-000000000001";
    statement.subject.review_uid = "6a0f8e9a-0000-4000-8000-000000000002";
    statement.identity = "alice@example.com";
    statement.role = "sre";
    statement.issued_at = *base::ParseTime(kRanAt);
    statement.not_after = statement.issued_at + std::chrono::hours(24 * 30);
    statement.sequence = 1;
    const auto valid = verdict::Validate(statement);
    EXPECT_TRUE(valid) << valid.error().message;
    verdict::Envelope envelope;
    envelope.payload_type = verdict::kInTotoPayloadType;
    envelope.payload = verdict::Serialize(statement);
    envelope.signatures.push_back(
        {"", *key_.Sign(verdict::Pae(envelope.payload_type, envelope.payload))});
    const json object = {{"apiVersion", "launchgate.dev/v1alpha1"},
                         {"kind", "LaunchVerdict"},
                         {"metadata", {{"name", "go"}, {"namespace", "shop"}}},
                         {"spec",
                          {{"reviewRef", {{"name", "gift-cards"}}},
                           {"envelope", json::parse(*verdict::SerializeEnvelope(envelope))}}}};
    return Write("verdict.json", object.dump());
  }

  fs::path root_;
  crypto::PrivateKey key_ = *crypto::PrivateKey::Generate(verdict::SignatureAlgorithm::kEd25519);
};

TEST_F(CliTest, CheckAllowsWhatIsProvenAndSigned) {
  const std::string standard = Standard();
  const std::string review = Review();
  const Outcome outcome = Launchgate(
      {"check", "-f", standard, "-f", review, "-f", Go(standard, review), "--evidence-root",
       Evidence("pass.handle-summary.json"), "--now", kNow, "-o", "json"});

  EXPECT_EQ(outcome.code, kExitAllow) << outcome.out << outcome.err;
  const json answer = json::parse(outcome.out);
  EXPECT_EQ(answer["decision"], "Allow");
  EXPECT_EQ(answer["reason"], "Go");
  EXPECT_EQ(answer["items"][0]["finding"], "Pass");
  EXPECT_EQ(answer["verdict"]["signers"][0]["identity"], "alice@example.com");
}

TEST_F(CliTest, CheckDeniesAFailedLoadTestWithItsFigures) {
  const std::string standard = Standard();
  const std::string review = Review();
  const Outcome outcome =
      Launchgate({"check", "-f", standard, "-f", review, "-f", Go(standard, review),
                  "--evidence-root", Evidence("fail.handle-summary.json"), "--now", kNow});

  EXPECT_EQ(outcome.code, kExitDeny);
  EXPECT_NE(outcome.out.find("EvidenceFailing"), std::string::npos) << outcome.out;
}

TEST_F(CliTest, CheckDeniesWhenTheReviewWasEditedAfterItWasSigned) {
  const std::string standard = Standard();
  const std::string verdict = Go(standard, Review());
  std::ofstream(root_ / "review.yaml", std::ios::app) << "  errorBudgetRef: {name: other}\n";
  const Outcome outcome =
      Launchgate({"check", "-f", standard, "-f", (root_ / "review.yaml").string(), "-f", verdict,
                  "--evidence-root", Evidence("pass.handle-summary.json"), "--now", kNow});

  EXPECT_EQ(outcome.code, kExitDeny);
  EXPECT_NE(outcome.out.find("ReviewChanged"), std::string::npos) << outcome.out;
}

TEST_F(CliTest, CheckJudgesAsOfTheTimeItIsTold) {
  const std::string standard = Standard();
  const std::string review = Review();
  const Outcome outcome = Launchgate(
      {"check", "-f", standard, "-f", review, "-f", Go(standard, review), "--evidence-root",
       Evidence("pass.handle-summary.json"), "--now", "2027-03-01T00:00:00Z", "-o", "json"});

  EXPECT_EQ(outcome.code, kExitDeny);
  EXPECT_EQ(json::parse(outcome.out)["items"][0]["finding"], "Stale");
}

TEST_F(CliTest, CheckWritesMarkdownAndJunit) {
  const std::string standard = Standard();
  const std::string review = Review();
  const Outcome markdown = Launchgate({"check", "-f", standard, "-f", review, "-o", "markdown"});
  const Outcome junit = Launchgate({"check", "-f", standard, "-f", review, "-o", "junit"});

  EXPECT_NE(markdown.out.find("| Blocker | Unknown | SourceMissing |"), std::string::npos)
      << markdown.out;
  EXPECT_NE(junit.out.find("<testcase classname=\"capacity\" name=\"load-test\"><failure"),
            std::string::npos)
      << junit.out;
}

TEST_F(CliTest, UnreadableInputIsAUsageErrorThatNamesTheFile) {
  const Outcome missing = Launchgate({"check", "-f", (root_ / "none.yaml").string()});
  const Outcome broken = Launchgate({"check", "-f", Write("broken.yaml", "a: [")});
  const Outcome empty = Launchgate({"check", "-f", "-"}, "");

  EXPECT_EQ(missing.code, kExitUsage);
  EXPECT_NE(missing.err.find("none.yaml"), std::string::npos) << missing.err;
  EXPECT_EQ(broken.code, kExitUsage);
  EXPECT_NE(broken.err.find("broken.yaml"), std::string::npos) << broken.err;
  EXPECT_EQ(empty.code, kExitUsage);
  EXPECT_NE(empty.err.find("no LaunchReview"), std::string::npos) << empty.err;
}

TEST_F(CliTest, EveryMistakeOnTheCommandLineIsExitCodeTwo) {
  for (const std::vector<std::string>& arguments :
       std::initializer_list<std::vector<std::string>>{{},
                                                       {"nonsense"},
                                                       {"check"},
                                                       {"check", "-f"},
                                                       {"keys"},
                                                       {"keys", "generate"},
                                                       {"completion", "powershell"},
                                                       {"operator", "--roles=gardener"},
                                                       {"check", "-f", "x", "-o", "xml"}}) {
    EXPECT_EQ(Launchgate(arguments).code, kExitUsage);
  }
  EXPECT_EQ(Launchgate({"--help"}).code, kExitAllow);
}

TEST_F(CliTest, KeysAreMadeOnceAndThePrivateHalfIsPrivate) {
  const std::string out = (root_ / "alice").string();
  const Outcome made = Launchgate({"keys", "generate", "--out", out, "-o", "json"});
  const Outcome again = Launchgate({"keys", "generate", "--out", out});
  const Outcome fingerprint = Launchgate({"keys", "fingerprint", out + ".pub.pem"});

  ASSERT_EQ(made.code, kExitAllow) << made.err;
  struct stat info {};
  ASSERT_EQ(stat((out + ".pem").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(again.code, kExitUsage);
  EXPECT_EQ(json::parse(made.out)["fingerprint"].get<std::string>() + "\n", fingerprint.out);
  EXPECT_EQ(Launchgate({"keys", "fingerprint", out + ".pem"}).out, fingerprint.out);
}

TEST_F(CliTest, VerifyTellsAGoodVerdictFromABentOne) {
  const std::string standard = Standard();
  const std::string verdict = Go(standard, Review());
  std::ifstream file(verdict);
  json bent = json::parse(file);
  std::string payload = bent["spec"]["envelope"]["payload"];
  payload[40] = payload[40] == 'A' ? 'B' : 'A';
  bent["spec"]["envelope"]["payload"] = payload;

  EXPECT_EQ(Launchgate({"verify", "-f", standard, "-f", verdict}).code, kExitAllow);
  const Outcome refused =
      Launchgate({"verify", "-f", standard, "-f", Write("bent.json", bent.dump()), "-o", "json"});
  EXPECT_EQ(refused.code, kExitDeny);
  EXPECT_EQ(json::parse(refused.out)[0]["verified"], false);
}

TEST_F(CliTest, ExportsABundlePerSignature) {
  const std::string standard = Standard();
  const std::string verdict = Go(standard, Review());
  const Outcome envelope = Launchgate({"verdict", "export", "go", "-f", standard, "-f", verdict});
  const Outcome bundles = Launchgate(
      {"verdict", "export", "go", "-f", standard, "-f", verdict, "--bundle", root_.string()});

  EXPECT_EQ(json::parse(envelope.out)["payloadType"], verdict::kInTotoPayloadType);
  ASSERT_EQ(bundles.code, kExitAllow) << bundles.err;
  std::ifstream file(root_ / "go-1.sigstore.json");
  const json bundle = json::parse(file);
  EXPECT_EQ(bundle["mediaType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
  EXPECT_EQ(bundle["verificationMaterial"]["publicKey"]["hint"],
            crypto::SpkiHint(key_.public_key()));
}

TEST_F(CliTest, CompletionKnowsEveryCommand) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const Outcome outcome = Launchgate({"completion", shell});
    EXPECT_EQ(outcome.code, kExitAllow);
    for (const char* command : {"operator", "check", "explain", "status", "sign", "statement",
                                "attach", "verify", "keys", "verdict", "completion", "version"}) {
      EXPECT_NE(outcome.out.find(command), std::string::npos) << shell << " " << command;
    }
  }
}

}  // namespace
}  // namespace launchgate::app::cli
