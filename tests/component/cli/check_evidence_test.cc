// `check` judges every kind of evidence that needs no network from files, and
// asks the network only when told to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "tests/support/raw_server.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kNow = "2026-11-23T12:00:00Z";

std::string Sample(const std::string& name) {
  return std::string(LAUNCHGATE_SOURCE_DIR) + "/manifests/samples/" + name;
}

// The answer of `check` about the sample of one kind, as it prints it.
std::string Check(const std::string& kind, const std::string& format,
                  const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"launchgate", "check",
                                        "-f",         Sample("checklist.yaml"),
                                        "-f",         Sample("evidence/" + kind + ".yaml"),
                                        "--now",      kNow,
                                        "-o",         format};
  arguments.insert(arguments.end(), more.begin(), more.end());
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Streams streams{in, out, err, false};
  EXPECT_EQ(Main(static_cast<int>(argv.size()), argv.data(), streams), kExitDeny) << err.str();
  return out.str();
}

// The row of the item whose kind of evidence it is.
json Row(const std::string& kind, const std::vector<std::string>& more = {}) {
  const json report = json::parse(Check(kind, "json", more));
  for (const json& item : report["items"]) {
    if (item["reason"] != "EvidenceMissing" && item["finding"] != nullptr) return item;
  }
  return json();
}

class FromFilesTest : public ::testing::TestWithParam<const char*> {};

TEST_P(FromFilesTest, PassesWithoutANetwork) {
  EXPECT_EQ(Row(GetParam())["finding"], "Pass") << Row(GetParam());
}

INSTANTIATE_TEST_SUITE_P(Kinds, FromFilesTest,
                         ::testing::Values("alertRules", "attestation", "backupDrill", "loadTest",
                                           "resilience", "workload"),
                         [](const auto& row) { return std::string(row.param); });

class NeedsNetworkTest : public ::testing::TestWithParam<const char*> {};

TEST_P(NeedsNetworkTest, IsUnknownUntilTheNetworkIsAllowed) {
  const json row = Row(GetParam());

  EXPECT_EQ(row["finding"], "Unknown") << row;
  EXPECT_EQ(row["reason"], "SourceUnavailable") << row;
  EXPECT_THAT(row["message"].get<std::string>(), HasSubstr("is given"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, NeedsNetworkTest,
                         ::testing::Values("http", "query", "runbook", "slo"),
                         [](const auto& row) { return std::string(row.param); });

TEST(CheckEvidenceTest, AsksTheGivenPrometheusWhateverItsName) {
  const std::string body =
      R"({"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1795435200,"0.002"]}]}})";
  const test_support::RawServer server([&](test_support::RawConnection& connection) {
    while (connection.ReadRequest()) {
      const bool sent =
          connection.Write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body);
      if (!sent) return;
    }
  });

  EXPECT_EQ(Row("query", {"--prometheus", server.url()})["finding"], "Pass");
  EXPECT_EQ(Row("query", {"--prometheus", "main=" + server.url()})["finding"], "Pass");
  const json other = Row("query", {"--prometheus", "other=" + server.url()});

  EXPECT_EQ(other["finding"], "Unknown");
  ASSERT_EQ(server.requests().size(), 2U);
  EXPECT_THAT(server.requests().front(), HasSubstr("/api/v1/query"));
}

TEST(CheckEvidenceTest, AMarkdownTableAndAJunitReportNameTheFinding) {
  EXPECT_THAT(Check("loadTest", "markdown"), HasSubstr("LoadTestPassed"));
  EXPECT_THAT(Check("loadTest", "junit"), HasSubstr("load-test"));
}

}  // namespace
}  // namespace launchgate::app::cli
