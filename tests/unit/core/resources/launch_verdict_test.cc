#include "core/resources/launch_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/bytes.h"
#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr std::string_view kEnvelopeFile = "launchverdict-envelope.yaml";
constexpr std::string_view kSshFile = "launchverdict-ssh.yaml";

LaunchVerdict Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  LaunchVerdict verdict = ParseLaunchVerdict(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return verdict;
}

TEST(LaunchVerdictTest, GivesTheEnvelopeAsJsonText) {
  const json::Json sample = Sample(kEnvelopeFile);

  const LaunchVerdict verdict = Parse(sample);

  EXPECT_EQ(verdict.review, "gift-cards");
  EXPECT_EQ(verdict.meta.Key(), "shop/gift-cards-alice-4");
  EXPECT_EQ(json::Json::parse(verdict.envelope), sample["spec"]["envelope"]);
  EXPECT_EQ(verdict.statement, "");
}

TEST(LaunchVerdictTest, IgnoresUnknownMembersOfTheEnvelope) {
  const json::Json sample = Sample(kEnvelopeFile);

  const LaunchVerdict verdict =
      Parse(With(With(sample, "/spec/envelope/extra", "1"), "/spec/envelope/signatures/0/x", "2"));

  EXPECT_EQ(verdict.envelope, Parse(sample).envelope);
}

TEST(LaunchVerdictTest, KeepsTheExactBytesOfAStatement) {
  const LaunchVerdict verdict = Parse(Sample(kSshFile));

  EXPECT_THAT(verdict.statement, HasSubstr("\"_type\":\"https://in-toto.io/Statement/v1\""));
  EXPECT_THAT(verdict.statement, EndsWith("}\r\n"));
  EXPECT_THAT(verdict.ssh_signature, HasSubstr("-----BEGIN SSH SIGNATURE-----\n"));
  EXPECT_EQ(verdict.envelope, "");
}

TEST(LaunchVerdictTest, KeepsBytesThatAreNoText) {
  const std::string bytes("\x00\xFF\x80{}", 5);

  const LaunchVerdict verdict = Parse(
      With(Sample(kSshFile), "/spec/statement", json::Json(base::Base64Encode(bytes)).dump()));

  EXPECT_EQ(verdict.statement, bytes);
}

struct Change {
  std::string name;
  std::string_view file;
  std::string pointer;
  std::string value;
  std::string problem;
};

class BadVerdictTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadVerdictTest, IsRefusedWithThePathAndTheReason) {
  std::vector<json::Problem> problems;

  ParseLaunchVerdict(With(Sample(GetParam().file), GetParam().pointer, GetParam().value), problems);

  EXPECT_THAT(Lines(problems), HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Verdicts, BadVerdictTest,
    ::testing::Values(Change{"NoReview", kEnvelopeFile, "/spec/reviewRef", "absent",
                             "spec.reviewRef: must be set"},
                      Change{"ReviewInAnotherNamespace", kEnvelopeFile, "/spec/reviewRef/namespace",
                             R"("x")", "spec.reviewRef.namespace: is not a known field"},
                      Change{"Nothing", kEnvelopeFile, "/spec/envelope", "absent",
                             "spec: must have either envelope, or statement"},
                      Change{"EnvelopeAndStatement", kEnvelopeFile, "/spec/statement", R"("e30=")",
                             "spec: must have either envelope, or statement"},
                      Change{"EnvelopeAndSshSignature", kEnvelopeFile, "/spec/sshSignature",
                             R"("x")", "spec: must have either envelope, or statement"},
                      Change{"StatementWithoutSignature", kSshFile, "/spec/sshSignature", "absent",
                             "spec.sshSignature: must be set"},
                      Change{"SignatureWithoutStatement", kSshFile, "/spec/statement", "absent",
                             "spec.statement: must be set"},
                      Change{"StatementIsNoBase64", kSshFile, "/spec/statement",
                             R"("{\"_type\":1}")", "spec.statement: must be base64"},
                      Change{"SignatureTooLong", kSshFile, "/spec/sshSignature",
                             '"' + std::string(kMaxSshSignatureBytes + 1, 'x') + '"',
                             "spec.sshSignature: must have at most 8192"},
                      Change{"EnvelopeIsText", kEnvelopeFile, "/spec/envelope", R"("{}")",
                             "spec.envelope: must be an object"},
                      Change{"NoPayload", kEnvelopeFile, "/spec/envelope/payload", "absent",
                             "spec.envelope.payload: must be set"},
                      Change{"PayloadTooLong", kEnvelopeFile, "/spec/envelope/payload",
                             '"' + std::string(kMaxPayloadLength + 1, 'A') + '"',
                             "spec.envelope.payload: must have at most"},
                      Change{"NoPayloadType", kEnvelopeFile, "/spec/envelope/payloadType", "absent",
                             "spec.envelope.payloadType: must be set"},
                      Change{"NoSignatures", kEnvelopeFile, "/spec/envelope/signatures", "[]",
                             "spec.envelope.signatures: must have at least one"},
                      Change{"SignatureWithoutSig", kEnvelopeFile,
                             "/spec/envelope/signatures/0/sig", "absent",
                             "spec.envelope.signatures[0].sig: must be set"},
                      Change{"UnknownField", kEnvelopeFile, "/spec/approved", "true",
                             "spec.approved: is not a known field"}),
    [](const auto& row) { return row.param.name; });

TEST(LaunchVerdictTest, BoundsTheNumberOfSignatures) {
  json::Json sample = Sample(kEnvelopeFile);
  json::Json& signatures = sample["spec"]["envelope"]["signatures"];
  while (signatures.size() <= kMaxEnvelopeSignatures) signatures.push_back(signatures[0]);
  std::vector<json::Problem> problems;

  ParseLaunchVerdict(sample, problems);

  EXPECT_THAT(Lines(problems), HasSubstr("signatures: must have at most 16 items"));
}

TEST(LaunchVerdictTest, TheLargestEnvelopeFitsItsBound) {
  json::Json sample = Sample(kEnvelopeFile);
  json::Json& envelope = sample["spec"]["envelope"];
  envelope["payloadType"] = std::string(256, 'x');
  envelope["payload"] = std::string(kMaxPayloadLength, 'A');
  envelope["signatures"] = json::Json::array();
  for (std::size_t i = 0; i < kMaxEnvelopeSignatures; ++i) {
    envelope["signatures"].push_back(
        {{"keyid", std::string(256, 'x')}, {"sig", std::string(2048, 'A')}});
  }

  EXPECT_LE(Parse(sample).envelope.size(), kMaxEnvelopeBytes);
}

}  // namespace
}  // namespace launchgate::resources
