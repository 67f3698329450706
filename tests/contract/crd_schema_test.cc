// The CRDs by themselves: THREATS §3, "CRDs".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/contract/crds.h"
#include "tests/support/structural_schema.h"

namespace launchgate::contract {
namespace {

using json::Json;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

class CrdSchemaTest : public ::testing::TestWithParam<Kind> {
 protected:
  // Paths of the schemas that `wrong` holds for.
  template <typename Wrong>
  std::vector<std::string> PathsWhere(Wrong wrong) {
    std::vector<std::string> paths;
    testing::ForEachSchema(SchemaOf(GetParam()), [&](const std::string& path, const Json& schema) {
      if (wrong(schema)) paths.push_back(path);
    });
    return paths;
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, CrdSchemaTest, ::testing::ValuesIn(Kinds()),
                         [](const auto& row) { return row.param.name; });

TEST_P(CrdSchemaTest, NamesItsKindEverywhere) {
  const Json crd = Crd(GetParam());

  EXPECT_EQ(crd["apiVersion"], "apiextensions.k8s.io/v1");
  EXPECT_EQ(crd["metadata"]["name"], GetParam().plural + ".launchgate.dev");
  EXPECT_EQ(crd["spec"]["group"], "launchgate.dev");
  EXPECT_EQ(crd["spec"]["names"]["kind"], GetParam().name);
  EXPECT_EQ(crd["spec"]["names"]["listKind"], GetParam().name + "List");
  EXPECT_EQ(crd["spec"]["names"]["plural"], GetParam().plural);
  EXPECT_EQ(crd["spec"]["names"]["categories"], Json::array({"launchgate"}));
  EXPECT_EQ(crd["spec"]["names"]["shortNames"].size(), 1U);
}

TEST_P(CrdSchemaTest, HasOneVersionWithAStatusSubresource) {
  const Json versions = Crd(GetParam())["spec"]["versions"];

  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(versions[0]["name"], "v1alpha1");
  EXPECT_TRUE(versions[0]["served"].get<bool>());
  EXPECT_TRUE(versions[0]["storage"].get<bool>());
  EXPECT_TRUE(versions[0]["subresources"].contains("status"));
}

// Status decides: findings, sequences, freezes, agendas. Only the controller may write it.
TEST_P(CrdSchemaTest, HasAStatusThatTheWebhookGuards) {
  const Json registration = ReadYaml("manifests/base/webhook-configuration.yaml");
  std::vector<std::string> guarded;
  for (const Json& entry : registration.at("webhooks")) {
    if (entry.at("name") != "objects.guard.launchgate.dev") continue;
    for (const Json& rule : entry.at("rules")) {
      for (const Json& resource : rule.at("resources"))
        guarded.push_back(resource.get<std::string>());
    }
  }

  EXPECT_THAT(guarded, Contains(GetParam().plural + "/status"));
}

TEST_P(CrdSchemaTest, GivesEveryFieldATypeAndADescription) {
  EXPECT_THAT(PathsWhere([](const Json& schema) { return !schema.contains("type"); }), IsEmpty());

  std::vector<std::string> undescribed =
      PathsWhere([](const Json& schema) { return schema.value("description", "").size() < 10; });
  // Values of maps are described where the map is.
  std::erase_if(undescribed, [](const std::string& path) { return path.ends_with("{}"); });
  EXPECT_THAT(undescribed, IsEmpty());
}

TEST_P(CrdSchemaTest, BoundsEveryTextListMapAndNumber) {
  const auto unbounded = [](const Json& schema) {
    const std::string type = schema["type"];
    if (type == "string") return !schema.contains("maxLength");
    if (type == "array") return !schema.contains("maxItems");
    if (type == "integer") return !schema.contains("minimum") || !schema.contains("maximum");
    if (type == "number") return true;  // Floats decide nothing here.
    const bool open = schema.contains("additionalProperties") ||
                      schema.contains("x-kubernetes-preserve-unknown-fields");
    return type == "object" && open && !schema.contains("maxProperties");
  };

  EXPECT_THAT(PathsWhere(unbounded), IsEmpty());
}

TEST_P(CrdSchemaTest, SaysHowListsMerge) {
  const auto unclear = [](const Json& schema) {
    if (schema["type"] != "array") return false;
    const std::string list_type = schema.value("x-kubernetes-list-type", "");
    if (list_type == "atomic" || list_type == "set") return false;
    if (list_type != "map") return true;
    // A server refuses keys that are neither required nor defaulted.
    for (const Json& key : schema["x-kubernetes-list-map-keys"]) {
      const Json& required = schema["items"]["required"];
      if (std::find(required.begin(), required.end(), key) == required.end()) return true;
    }
    return false;
  };

  EXPECT_THAT(PathsWhere(unclear), IsEmpty());
}

// Server-side apply of a map whose every key went away gives null on Kubernetes
// 1.20, which its own schema refuses: the write fails and the old status stays.
TEST_P(CrdSchemaTest, MapsOfFreeKeysAreReplacedAsAWhole) {
  const auto merged = [](const Json& schema) {
    return schema.contains("additionalProperties") &&
           schema.value("x-kubernetes-map-type", "") != "atomic";
  };

  EXPECT_THAT(PathsWhere(merged), IsEmpty());
}

// Verdicts bind the digest of the spec; a default that a server fills in would
// give another digest than the file has that people read and signed.
TEST_P(CrdSchemaTest, HasNoDefaults) {
  EXPECT_THAT(PathsWhere([](const Json& schema) { return schema.contains("default"); }), IsEmpty());
}

// kubectl refuses to send fields that a server's API does not have, and CEL
// rules are younger than the oldest server that we support.
TEST_P(CrdSchemaTest, UsesOnlyWhatOldServersKnow) {
  EXPECT_EQ(ReadFile("crds/" + GetParam().plural + ".yaml").find("x-kubernetes-validations:"),
            std::string::npos);
  EXPECT_THAT(
      PathsWhere([](const Json& schema) { return schema.contains("x-kubernetes-validations"); }),
      IsEmpty());
}

TEST_P(CrdSchemaTest, KeepsConditionsAsAMapByType) {
  const Json conditions = SchemaOf(GetParam())["properties"]["status"]["properties"]["conditions"];

  EXPECT_EQ(conditions["x-kubernetes-list-type"], "map");
  EXPECT_EQ(conditions["x-kubernetes-list-map-keys"], Json::array({"type"}));
  EXPECT_THAT(conditions["items"]["required"], Contains(Json("reason")));
  EXPECT_TRUE(conditions["items"]["properties"].contains("observedGeneration"));
  EXPECT_EQ(conditions["items"]["properties"]["reason"]["minLength"], 1);
}

TEST_P(CrdSchemaTest, PrintsColumnsThatExist) {
  std::set<std::string> paths;
  testing::ForEachSchema(SchemaOf(GetParam()),
                         [&](const std::string& path, const Json&) { paths.insert("." + path); });
  const Json version = Crd(GetParam())["spec"]["versions"][0];
  std::vector<std::string> names;
  for (const Json& column : version["additionalPrinterColumns"]) {
    names.push_back(column["name"]);
    std::string path = column["jsonPath"];
    if (path == ".metadata.creationTimestamp") continue;
    if (const std::size_t filter = path.find("[?("); filter != std::string::npos) {
      path.replace(filter, path.find(")]") + 2 - filter, "[]");
    }
    EXPECT_THAT(paths, Contains(path));
  }

  EXPECT_THAT(names, Contains("Ready"));
  EXPECT_THAT(names, Contains("Reason"));
  EXPECT_THAT(names, Contains("Age"));
}

TEST_P(CrdSchemaTest, AcceptsItsSamples) {
  for (const std::string& sample : GetParam().samples) {
    EXPECT_THAT(testing::Violations(SchemaOf(GetParam()), SpecAndStatus(sample)), IsEmpty())
        << sample;
  }
}

// "spec.evidence[].item" for every field that a value has.
void CollectPaths(const Json& value, const std::string& path, std::set<std::string>& paths) {
  paths.insert(path);
  if (value.is_array()) {
    for (const Json& item : value) CollectPaths(item, path + "[]", paths);
  }
  if (value.is_object()) {
    for (const auto& [name, member] : value.items()) {
      CollectPaths(member, path.empty() ? name : path + "." + name, paths);
    }
  }
}

TEST_P(CrdSchemaTest, HasASampleForEveryField) {
  std::set<std::string> used;
  for (const std::string& sample : GetParam().samples) {
    CollectPaths(SpecAndStatus(sample), "", used);
  }
  std::vector<std::string> unused;
  testing::ForEachSchema(SchemaOf(GetParam()), [&](const std::string& path, const Json&) {
    if (!path.ends_with("{}") && used.count(path) == 0) unused.push_back(path);
  });

  EXPECT_THAT(unused, IsEmpty());
}

TEST_P(CrdSchemaTest, IsDescribedFieldByFieldInTheApiReference) {
  const std::string reference = ReadFile("docs/api.md");
  const std::size_t start = reference.find("\n## " + GetParam().name + "\n");
  ASSERT_NE(start, std::string::npos) << "docs/api.md has no section " << GetParam().name;
  const std::string section = reference.substr(start, reference.find("\n## ", start + 1) - start);
  std::vector<std::string> missing;
  testing::ForEachSchema(SchemaOf(GetParam()), [&](const std::string& path, const Json&) {
    if (path.empty() || path.ends_with("[]") || path.ends_with("{}")) return;
    if (section.find("`" + path + "`") == std::string::npos) missing.push_back(path);
  });

  EXPECT_THAT(missing, IsEmpty());
}

TEST(KustomizationTest, ListsEveryCrd) {
  std::vector<std::string> files;
  for (const Kind& kind : Kinds()) files.push_back(kind.plural + ".yaml");

  EXPECT_THAT(ReadYaml("crds/kustomization.yaml")["resources"].get<std::vector<std::string>>(),
              ::testing::UnorderedElementsAreArray(files));
}

}  // namespace
}  // namespace launchgate::contract
