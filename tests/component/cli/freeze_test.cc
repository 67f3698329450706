// freeze now and freeze list, from the command line to what an API server stores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "app/cli/command.h"
#include "shell/kube/resource.h"
#include "tests/component/cli/cli_fixture.h"
#include "tests/component/crypto/command.h"
#include "tests/support/fake_api_server.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kWeekend = R"(
apiVersion: launchgate.dev/v1alpha1
kind: FreezeWindow
metadata: {name: weekend}
spec:
  reason: No launches over the weekend
  owner: {team: sre, contact: "#sre"}
  schedule: {cron: "0 18 * * FRI", duration: 62h, timeZone: Europe/Zurich}
)";

class FreezeTest : public CliTest {};

TEST_F(FreezeTest, ADryRunPrintsTheWindowAndNeedsNoCluster) {
  const Outcome outcome =
      Launchgate({"freeze", "now", "--for", "90m", "--reason", "INC-42", "--selector", "tier=shop",
                  "--owner", "sre", "--name", "inc-42", "--dry-run"});

  ASSERT_EQ(outcome.code, kExitAllow) << outcome.err;
  const json window = json::parse(outcome.out);
  EXPECT_EQ(window["kind"], "FreezeWindow");
  EXPECT_EQ(window["metadata"]["name"], "inc-42");
  EXPECT_EQ(window["spec"]["namespaceSelector"]["matchLabels"]["tier"], "shop");
}

TEST_F(FreezeTest, WhatADryRunPrintsCanBeListed) {
  const Outcome dry = Launchgate({"freeze", "now", "--for", "2h", "--reason", "INC-42", "--owner",
                                  "sre", "--name", "inc-42", "--dry-run"});

  const Outcome list = Launchgate({"freeze", "list", "-f", "-", "-o", "json"}, dry.out);

  ASSERT_EQ(list.code, kExitAllow) << list.err;
  EXPECT_EQ(json::parse(list.out)[0]["name"], "inc-42");
  EXPECT_EQ(json::parse(list.out)[0]["active"], true);
}

TEST_F(FreezeTest, ListsFilesAsOfATime) {
  const std::string file = Write("weekend.yaml", kWeekend);

  const Outcome monday = Launchgate({"freeze", "list", "-f", file, "--now", kNow});
  const Outcome saturday =
      Launchgate({"freeze", "list", "-f", file, "--now", "2026-11-28T12:00:00Z"});

  EXPECT_EQ(monday.code, kExitAllow) << monday.err;
  EXPECT_THAT(monday.out, HasSubstr("weekend  no      -"));
  EXPECT_THAT(saturday.out, HasSubstr("weekend  yes     2026-11-30T07:00:00Z"));
}

TEST_F(FreezeTest, FilesWithoutAWindowAreAnEmptyList) {
  const std::string file = Write("review.yaml", "apiVersion: v1\nkind: Secret\n");

  const Outcome table = Launchgate({"freeze", "list", "-f", file});
  const Outcome list = Launchgate({"freeze", "list", "-f", file, "-o", "json"});

  EXPECT_EQ(table.code, kExitAllow);
  EXPECT_THAT(table.out, IsEmpty());
  EXPECT_EQ(table.err, "no FreezeWindow\n");
  EXPECT_EQ(list.out, "[]\n");
}

TEST_F(FreezeTest, MistakesAreExitCodeTwoAndNameTheFlag) {
  const Outcome no_reason = Launchgate({"freeze", "now", "--for", "2h"});
  const Outcome too_long = Launchgate(
      {"freeze", "now", "--for", "400d", "--reason", "x", "--owner", "sre", "--dry-run"});
  const Outcome bad_time = Launchgate({"freeze", "list", "-f", "-", "--now", "tomorrow"});

  EXPECT_EQ(no_reason.code, kExitUsage);
  EXPECT_THAT(no_reason.err, HasSubstr("--reason"));
  EXPECT_EQ(too_long.code, kExitUsage);
  EXPECT_THAT(too_long.err, HasSubstr("--for must be from 1m to 366d"));
  EXPECT_EQ(bad_time.code, kExitUsage);
  EXPECT_THAT(bad_time.err, HasSubstr("--now"));
  EXPECT_EQ(Launchgate({"freeze"}).code, kExitUsage);
}

TEST_F(FreezeTest, StoresAWindowAndListsIt) {
  test_support::FakeApiServer server;
  server.AddKind(kube::kFreezeWindows);
  server.AddKind(kube::kNamespaces);
  server.Create(
      kube::kNamespaces,
      {{"metadata", {{"name", "shop"}, {"labels", {{"launchgate.dev/gate", "enforce"}}}}}});
  const std::string config =
      Write("config",
            "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n"
            "users: [{name: u, user: {}}]\n"
            "clusters: [{name: c, cluster: {server: '" +
                server.url() + "'}}]\n");
  const std::string program = std::string(LAUNCHGATE_PROGRAM) + " freeze ";
  crypto::Workspace shell;

  const bool stored = shell.Run(program +
                                "now --for 2h --reason INC-42 --owner sre --name inc-42 "
                                "--kubeconfig " +
                                config);

  ASSERT_TRUE(stored) << shell.Output();
  EXPECT_THAT(shell.Output(), HasSubstr("freezewindow.launchgate.dev/inc-42 created\n"));
  EXPECT_THAT(shell.Output(), HasSubstr("in every gated namespace: shop\n"));
  EXPECT_THAT(shell.Output(), HasSubstr("kubectl delete freezewindow inc-42\n"));
  ASSERT_EQ(server.List(kube::kFreezeWindows).size(), 1U);

  const bool again = shell.Run(program +
                               "now --for 3h --reason INC-43 --owner sre --name inc-42 "
                               "--kubeconfig " +
                               config);
  EXPECT_FALSE(again);
  EXPECT_THAT(shell.Output(), HasSubstr("choose another --name"));

  ASSERT_TRUE(shell.Run(program + "list --kubeconfig " + config)) << shell.Output();
  EXPECT_THAT(shell.Output(), HasSubstr("inc-42  yes"));
}

}  // namespace
}  // namespace launchgate::app::cli
