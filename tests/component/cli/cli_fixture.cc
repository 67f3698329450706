#include "tests/component/cli/cli_fixture.h"

#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "app/cli/command.h"
#include "app/world.h"
#include "core/verdict/dsse.h"
#include "shell/clock/clock.h"

namespace launchgate::app::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// What a Go about the one review among `files` has to be about.
verdict::Subject SubjectOf(const std::vector<std::string>& files) {
  const crypto::OpenSslSignatures signatures;
  World world(signatures);
  for (const std::string& path : files) {
    EXPECT_TRUE(world.AddText(ReadFile(path), path).has_value()) << path;
  }
  verdict::Subject subject =
      world.FactsOf(world.reviews().front(), {}, signatures, clock::SystemClock().Now())
          ->verdicts.expected;
  subject.cluster_id = "6a0f8e9a-0000-4000-8000-000000000001";
  subject.review_uid = "6a0f8e9a-0000-4000-8000-000000000002";
  return subject;
}

}  // namespace

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

CliTest::CliTest() {
  std::string pattern = (fs::temp_directory_path() / "launchgate-cli.XXXXXX").string();
  root_ = mkdtemp(pattern.data());
}

CliTest::~CliTest() { fs::remove_all(root_); }

Outcome CliTest::Launchgate(std::vector<std::string> arguments, const std::string& input) {
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

std::string CliTest::Write(const std::string& name, const std::string& text) const {
  const fs::path path = root_ / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

std::string CliTest::Standard() const {
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

std::string CliTest::Review() const {
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

std::string CliTest::Evidence(const std::string& sample) const {
  Write("evidence/k6/summary.json", ReadFile(LAUNCHGATE_SOURCE_DIR "/tests/testdata/k6/" + sample));
  Write("evidence/k6/summary.json.recorded-at", std::string(kRanAt) + "\n");
  return (root_ / "evidence").string();
}

std::string CliTest::Go(const std::string& standard, const std::string& review) const {
  return Verdict({standard, review}, "go", key_, [](verdict::Statement& /*go*/) {});
}

std::string CliTest::Verdict(const std::vector<std::string>& files, const std::string& name,
                             const crypto::PrivateKey& key,
                             const std::function<void(verdict::Statement&)>& edit) const {
  verdict::Statement statement;
  statement.answer = verdict::Answer::kGo;
  statement.subject = SubjectOf(files);
  statement.identity = "alice@example.com";
  statement.role = "sre";
  statement.issued_at = *base::ParseTime(kRanAt);
  statement.not_after = statement.issued_at + std::chrono::hours(24 * 30);
  statement.sequence = 1;
  edit(statement);
  const auto valid = verdict::Validate(statement);
  EXPECT_TRUE(valid) << valid.error().message;
  verdict::Envelope envelope;
  envelope.payload_type = verdict::kInTotoPayloadType;
  envelope.payload = verdict::Serialize(statement);
  envelope.signatures.push_back(
      {"", *key.Sign(verdict::Pae(envelope.payload_type, envelope.payload))});
  const json object = {{"apiVersion", "launchgate.dev/v1alpha1"},
                       {"kind", "LaunchVerdict"},
                       {"metadata", {{"name", name}, {"namespace", statement.subject.review_ns}}},
                       {"spec",
                        {{"reviewRef", {{"name", statement.subject.review_name}}},
                         {"envelope", json::parse(*verdict::SerializeEnvelope(envelope))}}}};
  return Write(name + ".json", object.dump());
}

}  // namespace launchgate::app::cli
