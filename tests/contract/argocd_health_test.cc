// The health scripts for Argo CD, run by a real Lua 5.1 with what Argo CD gives a script
// and nothing more, over objects as the controller writes them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/component/crypto/command.h"
#include "tests/contract/crds.h"
#include "tests/support/structural_schema.h"

namespace launchgate::contract {
namespace {

using json::Json;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

const std::string kFolder = "manifests/argocd/health/";

// Kinds and their plurals. crds/ need not have all of them yet.
const std::map<std::string, std::string>& KindsWithHealth() {
  static const std::map<std::string, std::string> kinds = {
      {"BudgetReview", "budgetreviews"},
      {"ErrorBudget", "errorbudgets"},
      {"FreezeWindow", "freezewindows"},
      {"LaunchAuthority", "launchauthorities"},
      {"LaunchReview", "launchreviews"},
      {"LaunchVerdict", "launchverdicts"},
      {"ReadinessChecklist", "readinesschecklists"},
  };
  return kinds;
}

// Argo CD opens the base and table libraries and a part of os, runs the script with the
// global `obj`, and takes the table that it returns (util/lua/lua.go of argoproj/argo-cd).
// So there is no string library, and a string has no methods either.
constexpr const char* kSandbox = R"lua(
getmetatable("").__index = nil
local script = assert(loadfile("health.lua"))
setfenv(script, {
  assert = assert, error = error, ipairs = ipairs, next = next, pairs = pairs, pcall = pcall,
  select = select, tonumber = tonumber, tostring = tostring, type = type, unpack = unpack,
  table = table, os = {time = os.time, date = os.date}, obj = dofile("object.lua"),
})
local result = script()
assert(type(result) == "table", "a script returns a table")
for name in pairs(result) do assert(name == "status" or name == "message", name) end
io.write(result.status, "\n", result.message)
)lua";

std::string LuaText(const std::string& text) {
  std::string literal = "\"";
  for (const char c : text) literal += fmt::format("\\{:03}", static_cast<unsigned char>(c));
  return literal + "\"";
}

std::string LuaValue(const Json& value) {
  if (value.is_null()) return "nil";
  if (value.is_string()) return LuaText(value.get<std::string>());
  if (!value.is_structured()) return value.dump();
  std::string table = "{";
  for (const auto& [key, member] : value.items()) {
    if (value.is_object()) table += "[" + LuaText(key) + "]=";
    table += LuaValue(member) + ",";
  }
  return table + "}";
}

struct Health {
  std::string status;
  std::string message;
  friend bool operator==(const Health&, const Health&) = default;
  friend void PrintTo(const Health& health, std::ostream* out) {
    *out << health.status << ": " << health.message;
  }
};

class ArgoCdHealthTest : public ::testing::Test {
 protected:
  // Fails and does not skip: scripts that nobody ran would look tested.
  void SetUp() override {
    ASSERT_TRUE(crypto::HasProgram("lua5.1")) << "install lua5.1, for instance with ./dev setup";
    workspace_.Write("sandbox.lua", kSandbox);
  }

  Health HealthOf(const std::string& kind, const Json& object) {
    workspace_.Write("health.lua", ReadFile(kFolder + kind + "/health.lua"));
    workspace_.Write("object.lua", "return " + LuaValue(object));
    if (!workspace_.Run("lua5.1 sandbox.lua")) return {"the script failed", workspace_.Output()};
    const std::string& output = workspace_.Output();
    const std::size_t line = output.find('\n');
    return {output.substr(0, line), output.substr(line + 1)};
  }

  static Json Object(const std::string& kind, const Json& row) {
    return {{"apiVersion", "launchgate.dev/v1alpha1"},
            {"kind", kind},
            {"metadata", row.at("metadata")},
            {"status", row.at("status")}};
  }

  static Json RowsOf(const std::string& kind) {
    return ReadYaml("tests/testdata/argocd/" + kind + ".yaml");
  }

  crypto::Workspace workspace_;
};

TEST_F(ArgoCdHealthTest, IsWhatEachRowSays) {
  for (const auto& [kind, plural] : KindsWithHealth()) {
    for (const Json& row : RowsOf(kind)) {
      const Health expected{row.at("health"), row.at("message")};

      EXPECT_EQ(HealthOf(kind, Object(kind, row)), expected)
          << kind << ": " << row.at("name").get<std::string>();
    }
  }
}

// Argo CD asks right after it applied, before the controller has seen anything.
TEST_F(ArgoCdHealthTest, WhatNobodyLookedAtYetIsProgressing) {
  for (const auto& [kind, plural] : KindsWithHealth()) {
    Json fresh = Object(kind, RowsOf(kind).front());
    fresh.erase("status");
    Json edited = Object(kind, RowsOf(kind).front());
    edited["metadata"]["generation"] = edited["metadata"]["generation"].get<int>() + 1;
    Json started = Object(kind, RowsOf(kind).front());
    started["status"].erase("conditions");
    const Health expected{"Progressing",
                          "Waiting for Launchgate's controller to look at this version."};

    EXPECT_EQ(HealthOf(kind, fresh), expected) << kind;
    EXPECT_EQ(HealthOf(kind, edited), expected) << kind;
    EXPECT_EQ(HealthOf(kind, started), expected) << kind;
  }
}

// A row that no API server would have stored tests nothing.
TEST_F(ArgoCdHealthTest, RowsAreWhatAnApiServerStores) {
  for (const auto& [kind, plural] : KindsWithHealth()) {
    if (!std::filesystem::exists(LAUNCHGATE_SOURCE_DIR "/crds/" + plural + ".yaml")) continue;
    const Json schema = SchemaOf({kind, plural, {}}).at("properties").at("status");
    for (const Json& row : RowsOf(kind)) {
      EXPECT_THAT(testing::Violations(schema, row.at("status")), IsEmpty())
          << kind << ": " << row.at("name").get<std::string>();
    }
  }
}

TEST_F(ArgoCdHealthTest, RowsShowEveryAnswer) {
  for (const auto& [kind, plural] : KindsWithHealth()) {
    std::set<std::string> seen;
    for (const Json& row : RowsOf(kind)) seen.insert(row.at("health").get<std::string>());

    EXPECT_THAT(seen, IsSupersetOf({std::string("Healthy"), std::string("Degraded"),
                                    std::string("Progressing")}))
        << kind;
  }
}

// kustomize leaves out silently what nobody lists.
TEST_F(ArgoCdHealthTest, TheConfigMapHasEveryScript) {
  const Json generator =
      ReadYaml("manifests/argocd/kustomization.yaml").at("configMapGenerator").at(0);
  std::vector<std::string> expected;
  for (const auto& [kind, plural] : KindsWithHealth()) {
    expected.push_back("resource.customizations.health.launchgate.dev_" + kind + "=health/" + kind +
                       "/health.lua");
  }

  EXPECT_EQ(generator.at("name"), "argocd-cm");
  EXPECT_THAT(generator.at("files").get<std::vector<std::string>>(), ElementsAreArray(expected));
}

}  // namespace
}  // namespace launchgate::contract
