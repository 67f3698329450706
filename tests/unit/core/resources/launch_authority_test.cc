#include "core/resources/launch_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/unit/core/resources/samples.h"

namespace launchgate::resources {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

LaunchAuthority Parse(const json::Json& object) {
  std::vector<json::Problem> problems;
  LaunchAuthority authority = ParseLaunchAuthority(object, problems);
  EXPECT_EQ(Lines(problems), "");
  return authority;
}

TEST(LaunchAuthorityTest, ReadsKeysRolesAndLimits) {
  const LaunchAuthority authority = Parse(AuthoritySample());

  ASSERT_THAT(authority.keys, SizeIs(4));
  EXPECT_EQ(authority.keys[0].id, "alice-2026");
  EXPECT_EQ(authority.keys[0].identity, "alice@example.com");
  EXPECT_EQ(authority.keys[0].role, "service-owner");
  EXPECT_THAT(authority.keys[0].public_key, StartsWith("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_EQ(base::FormatTime(authority.keys[0].not_before), "2026-01-01T00:00:00Z");
  EXPECT_EQ(authority.keys[1].not_after, base::kNever);
  ASSERT_THAT(authority.roles, SizeIs(4));
  EXPECT_EQ(authority.roles[2].name, "incident-commander");
  EXPECT_TRUE(authority.roles[2].break_glass);
  EXPECT_TRUE(authority.roles[3].attestations);
  EXPECT_TRUE(authority.roles[1].SignsGo());
  EXPECT_FALSE(authority.roles[2].SignsGo() || authority.roles[3].SignsGo());
  EXPECT_EQ(authority.max_verdict_lifetime, std::chrono::hours(24 * 90));
}

TEST(LaunchAuthorityTest, ServesTheNamespacesItNames) {
  const LaunchAuthority authority = Parse(AuthoritySample());

  EXPECT_TRUE(authority.Serves("shop"));
  EXPECT_FALSE(authority.Serves("shop2"));
  EXPECT_FALSE(authority.Serves("*"));
}

TEST(LaunchAuthorityTest, ServesEverythingOnlyWhenToldSo) {
  EXPECT_TRUE(Parse(With(AuthoritySample(), "/spec/namespaces", R"(["*"])")).Serves("any"));
  EXPECT_FALSE(Parse(With(AuthoritySample(), "/spec/namespaces", "[]")).Serves("any"));
}

TEST(LaunchAuthorityTest, FindsRolesByName) {
  const LaunchAuthority authority = Parse(AuthoritySample());

  ASSERT_NE(authority.FindRole("sre"), nullptr);
  EXPECT_EQ(authority.FindRole("sre")->threshold, 1);
  EXPECT_EQ(authority.FindRole("intern"), nullptr);
}

TEST(LaunchAuthorityTest, RevokingTheOnlyKeyOfARoleLeavesItReadable) {
  const LaunchAuthority authority = Parse(With(AuthoritySample(), "/spec/keys/1/revoked", "true"));

  EXPECT_TRUE(authority.keys[1].revoked);
}

struct Change {
  std::string name;
  std::string pointer;
  std::string value;
  std::string problem;
};

class BadAuthorityTest : public ::testing::TestWithParam<Change> {};

TEST_P(BadAuthorityTest, IsRefusedWithThePathAndTheReason) {
  std::vector<json::Problem> problems;

  ParseLaunchAuthority(With(AuthoritySample(), GetParam().pointer, GetParam().value), problems);

  EXPECT_THAT(Lines(problems), HasSubstr(GetParam().problem));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, BadAuthorityTest,
    ::testing::Values(
        Change{"NoKeys", "/spec/keys", "[]", "roles[0].threshold: must be at most 0"},
        Change{"NoIdentity", "/spec/keys/0/identity", "absent", "keys[0].identity: must be set"},
        Change{"IdIsNoLabel", "/spec/keys/0/id", R"("Alice!")", "keys[0].id: must be an RFC 1123"},
        Change{"SameIdTwice", "/spec/keys/1/id", R"("alice-2026")", "keys[1].id: must be unique"},
        Change{"RoleNobodyDefined", "/spec/keys/0/role", R"("boss")",
               "keys[0].role: must be a role of spec.roles, not \"boss\""},
        Change{
            "PrivateKey", "/spec/keys/0/publicKey",
            R"("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n")",
            "keys[0].publicKey: must be one PEM block"},
        Change{"SshKey", "/spec/keys/0/publicKey", R"("ssh-ed25519 AAAA alice")",
               "keys[0].publicKey: must be one PEM block"},
        Change{
            "TwoPemBlocks", "/spec/keys/0/publicKey",
            R"("-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n-----BEGIN PUBLIC KEY-----\n")",
            "keys[0].publicKey: must be one PEM block"},
        Change{"EndsBeforeItBegins", "/spec/keys/0/notAfter", R"("2025-01-01T00:00:00Z")",
               "keys[0].notAfter: must be after notBefore"},
        Change{"TimeWithoutZone", "/spec/keys/0/notAfter", R"("2027-01-01T00:00:00")",
               "keys[0].notAfter: must be an RFC 3339 time"},
        // YAML 1.1 tools would read it as true.
        Change{"RevokedIsText", "/spec/keys/0/revoked", R"("yes")",
               "keys[0].revoked: must be true or false"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Roles, BadAuthorityTest,
    ::testing::Values(
        Change{"NoRoles", "/spec/roles", "[]",
               "roles: must have at least one role that is neither"},
        Change{"OnlyBreakGlassRoles", "/spec/roles",
               R"([{"name": "sre", "threshold": 1, "breakGlass": true}])",
               "roles: must have at least one role that is neither breakGlass nor attestations"},
        Change{"OnlyRolesForAttestations", "/spec/roles",
               R"([{"name": "sre", "threshold": 1, "attestations": true}])",
               "roles: must have at least one role that is neither"},
        Change{"RoleOfTwoPurposes", "/spec/roles/2/attestations", "true",
               "roles[2].attestations: must not be true beside breakGlass"},
        Change{"SameRoleTwice", "/spec/roles/1/name", R"("service-owner")",
               "roles[1].name: must be unique"},
        Change{"NoThreshold", "/spec/roles/0/threshold", "absent",
               "roles[0].threshold: must be set"},
        Change{"ThresholdOfZero", "/spec/roles/0/threshold", "0",
               "roles[0].threshold: must be from 1 to 64"},
        Change{"NegativeThreshold", "/spec/roles/0/threshold", "-1",
               "roles[0].threshold: must be from 1 to 64"},
        Change{"ThresholdBeyondInt", "/spec/roles/0/threshold", "4294967297",
               "roles[0].threshold: must be from 1 to 64"},
        Change{"QuorumNobodyCanMeet", "/spec/roles/0/threshold", "2",
               "roles[0].threshold: must be at most 1"}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Limits, BadAuthorityTest,
    ::testing::Values(Change{"NoLifetime", "/spec/maxVerdictLifetime", "absent",
                             "spec.maxVerdictLifetime: must be set"},
                      Change{"LifetimeOfZero", "/spec/maxVerdictLifetime", R"("0s")",
                             "spec.maxVerdictLifetime: must be from 1m to 366d"},
                      Change{"LifetimeOfYears", "/spec/maxVerdictLifetime", R"("1000d")",
                             "spec.maxVerdictLifetime: must be from 1m to 366d"},
                      Change{"NamespacePattern", "/spec/namespaces", R"(["shop-*"])",
                             "spec.namespaces: must have names of namespaces"},
                      Change{"SameNamespaceTwice", "/spec/namespaces", R"(["a", "a"])",
                             "spec.namespaces[1]: must be unique"},
                      Change{"MisspeltField", "/spec/namespace", R"("shop")",
                             "spec.namespace: is not a known field"}),
    [](const auto& row) { return row.param.name; });

TEST(LaunchAuthorityTest, OneKeyCannotSpeakForTwoPeople) {
  const json::Json sample = AuthoritySample();
  std::string key = sample["spec"]["keys"][0]["publicKey"].get<std::string>();
  key.pop_back();  // The same key, written a little differently.
  std::vector<json::Problem> problems;

  ParseLaunchAuthority(With(sample, "/spec/keys/1/publicKey", json::Json(key).dump()), problems);

  EXPECT_EQ(Lines(problems), "spec.keys[1].publicKey: must be a key that is not listed twice\n");
}

TEST(LaunchAuthorityTest, ASecondKeyOfOnePersonDoesNotHelpTheQuorum) {
  json::Json sample = With(AuthoritySample(), "/spec/roles/0/threshold", "2");
  json::Json second = sample["spec"]["keys"][1];
  second["id"] = "alice-laptop";
  second["identity"] = "alice@example.com";
  second["role"] = "service-owner";
  sample["spec"]["keys"][1] = second;
  std::vector<json::Problem> problems;

  ParseLaunchAuthority(sample, problems);

  EXPECT_THAT(Lines(problems), HasSubstr("roles[0].threshold: must be at most 1"));
}

}  // namespace
}  // namespace launchgate::resources
