// The CEL rules of crds/cel against the CRDs that they are added to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/contract/crds.h"

namespace launchgate::contract {
namespace {

using json::Json;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const Kind& KindOf(const std::string& crd_name) {
  for (const Kind& kind : Kinds()) {
    if (kind.plural + ".launchgate.dev" == crd_name) return kind;
  }
  throw std::runtime_error("no kind " + crd_name);
}

TEST(CrdCelTest, EveryPatchFitsTheCrdItIsFor) {
  const Json patches = ReadYaml("crds/cel/kustomization.yaml")["patches"];

  ASSERT_THAT(patches, SizeIs(2));
  for (const Json& patch : patches) {
    const Json before = Crd(KindOf(patch["target"]["name"]));
    const Json operations = ReadYaml("crds/cel/" + patch["path"].get<std::string>());

    const Json after = before.patch(operations);

    EXPECT_NE(after, before);
    for (const Json& operation : operations) {
      EXPECT_EQ(operation["op"], "add");
      EXPECT_TRUE(operation["path"].get<std::string>().ends_with("/x-kubernetes-validations"));
      EXPECT_FALSE(before.contains(Json::json_pointer(operation["path"].get<std::string>())));
      for (const Json& rule : operation["value"]) {
        EXPECT_THAT(rule["rule"].get<std::string>(), HasSubstr("self"));
        EXPECT_NE(rule["message"], "");
      }
    }
  }
}

TEST(CrdCelTest, AVerdictCannotBeChanged) {
  const Json operations = ReadYaml("crds/cel/launchverdicts.yaml");

  ASSERT_THAT(operations, SizeIs(1));
  EXPECT_EQ(operations[0]["path"],
            "/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-validations");
  EXPECT_EQ(operations[0]["value"][0]["rule"], "self == oldSelf");
}

// Fields that the rules name must exist, or a server refuses the whole CRD.
TEST(CrdCelTest, RulesOfAnAuthorityNameExistingFields) {
  const Json spec = SchemaOf(KindOf("launchauthorities.launchgate.dev"))["properties"]["spec"];
  const Json& key = spec["properties"]["keys"]["items"]["properties"];
  const Json& role = spec["properties"]["roles"]["items"]["properties"];

  for (const char* field : {"role", "notBefore", "notAfter"}) EXPECT_TRUE(key.contains(field));
  for (const char* field : {"name", "threshold", "breakGlass"}) EXPECT_TRUE(role.contains(field));
  // CEL compares texts with this format as times.
  EXPECT_EQ(key["notBefore"]["format"], "date-time");
  EXPECT_EQ(key["notAfter"]["format"], "date-time");
}

}  // namespace
}  // namespace launchgate::contract
