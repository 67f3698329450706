// Commands that need no cluster, run as a person runs them: arguments in, files
// on disk, text and exit code out.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "core/verdict/dsse.h"
#include "shell/crypto/keys.h"
#include "tests/component/cli/cli_fixture.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;

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
    for (const char* command :
         {"operator", "check", "explain", "status", "sign", "statement", "attach", "verify", "keys",
          "verdict", "render", "completion", "version"}) {
      EXPECT_NE(outcome.out.find(command), std::string::npos) << shell << " " << command;
    }
  }
}

}  // namespace
}  // namespace launchgate::app::cli
