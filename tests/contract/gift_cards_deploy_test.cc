// The manifests of gift-cards: fit to run by the standard that the review asks about, and
// in agreement with each other where Kubernetes would say nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/evidence/verify.h"
#include "tests/contract/crds.h"
#include "tests/contract/gift_cards_files.h"

namespace launchgate::contract {
namespace {

using evidence::FindingStatus;
using json::Json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 27);
const std::string kFolder = "gift-cards/deploy/";

Json StatefulSet() { return ReadYaml(kFolder + "statefulset.yaml"); }

std::vector<Json> CronJobs() {
  std::vector<Json> jobs;
  for (const Json& document : ReadYamlDocuments(kFolder + "cronjob-backup.yaml")) {
    if (document.at("kind") == "CronJob") jobs.push_back(document);
  }
  return jobs;
}

// The pod specs of everything that runs.
std::vector<Json> PodSpecs() {
  std::vector<Json> pods = {
      StatefulSet().at("spec").at("template").at("spec"),
      ReadYaml(kFolder + "restore.yaml").at("spec").at("template").at("spec")};
  for (const Json& job : CronJobs()) {
    pods.push_back(job.at("spec").at("jobTemplate").at("spec").at("template").at("spec"));
  }
  return pods;
}

std::vector<Json> ContainersOf(const Json& pod) {
  std::vector<Json> containers = pod.at("containers");
  for (const Json& container : pod.value("initContainers", Json::array())) {
    containers.push_back(container);
  }
  return containers;
}

evidence::Finding Judge(resources::TargetKind kind, const Json& object) {
  resources::WorkloadSpec spec;
  spec.min_replicas = 2;
  spec.require_image_digests = true;
  evidence::LiveWorkload live;
  live.kind = kind;
  live.object = object.dump();
  live.disruption_budgets = {ReadYaml(kFolder + "pdb.yaml").dump()};
  return evidence::VerifyWorkload(spec, live, kNow);
}

TEST(GiftCardsDeployTest, PassesAsEvidence) {
  const auto finding = Judge(resources::TargetKind::kStatefulSet, StatefulSet());

  EXPECT_EQ(finding.status, FindingStatus::kPass) << finding.reason << ": " << finding.message;
}

TEST(GiftCardsDeployTest, BackupsAreHeldToTheSameStandard) {
  for (const Json& job : CronJobs()) {
    const auto finding = Judge(resources::TargetKind::kCronJob, job);
    EXPECT_EQ(finding.status, FindingStatus::kPass) << finding.reason << ": " << finding.message;
  }
}

// What the Pod Security Standard "restricted" asks, and a read-only root beside it.
TEST(GiftCardsDeployTest, PodsAreRestricted) {
  for (const Json& pod : PodSpecs()) {
    EXPECT_EQ(pod.at("automountServiceAccountToken"), false);
    EXPECT_EQ(pod.at("securityContext").at("runAsNonRoot"), true);
    EXPECT_EQ(pod.at("securityContext").at("seccompProfile").at("type"), "RuntimeDefault");
    for (const Json& container : ContainersOf(pod)) {
      const Json& context = container.at("securityContext");
      EXPECT_EQ(context.at("allowPrivilegeEscalation"), false) << container.at("name");
      EXPECT_EQ(context.at("readOnlyRootFilesystem"), true) << container.at("name");
      EXPECT_EQ(context.at("capabilities").at("drop"), Json::array({"ALL"}))
          << container.at("name");
      EXPECT_THAT(container.at("image").get<std::string>(), HasSubstr("@sha256:"));
    }
  }
}

TEST(GiftCardsDeployTest, ProbesAskWhatTheServiceAnswers) {
  const Json pod = StatefulSet().at("spec").at("template").at("spec");
  const Json& container = pod.at("containers").at(0);

  EXPECT_EQ(container.at("readinessProbe").at("httpGet").at("path"), "/readyz");
  EXPECT_EQ(container.at("livenessProbe").at("httpGet").at("path"), "/healthz");
  EXPECT_EQ(container.at("startupProbe").at("httpGet").at("path"), "/healthz");
  EXPECT_THAT(container.at("args"), Contains("--deadline-ms=800"));
  EXPECT_FALSE(container.contains("lifecycle")) << "there is no shell to sleep in";
}

// The job label of every metric is the name of the Service that is scraped.
TEST(GiftCardsDeployTest, TheScrapedServiceGivesTheJobItsName) {
  const Json wanted =
      ReadYaml(kFolder + "servicemonitor.yaml").at("spec").at("selector").at("matchLabels");
  std::vector<std::string> scraped;

  for (const Json& service : ReadYamlDocuments(kFolder + "service.yaml")) {
    const Json& labels = service.at("metadata").at("labels");
    bool selected = true;
    for (const auto& [name, value] : wanted.items()) selected &= labels.value(name, "") == value;
    if (selected) scraped.push_back(service.at("metadata").at("name"));
  }

  EXPECT_THAT(scraped, ElementsAre("gift-cards"));
}

// Customers would be sent to a pod that answers nothing, and a drain would count it.
TEST(GiftCardsDeployTest, NothingElseIsTakenForAReplica) {
  std::vector<Json> labels = {
      ReadYaml(kFolder + "restore.yaml").at("spec").at("template").at("metadata").at("labels")};
  for (const Json& job : CronJobs()) {
    labels.push_back(
        job.at("spec").at("jobTemplate").at("spec").at("template").at("metadata").at("labels"));
  }

  EXPECT_EQ(StatefulSet().at("spec").at("template").at("metadata").at("labels").at("app"),
            "gift-cards");
  for (const Json& of_pod : labels) EXPECT_NE(of_pod.at("app"), "gift-cards");
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST(GiftCardsDeployTest, EveryReplicaHasItsBackup) {
  const auto jobs = CronJobs();
  ASSERT_EQ(jobs.size(), StatefulSet().at("spec").at("replicas").get<std::size_t>());
  Json first = jobs[0];
  first.at("spec").erase("schedule");
  std::set<std::string> schedules = {jobs[0].at("spec").at("schedule")};

  for (std::size_t replica = 1; replica < jobs.size(); ++replica) {
    Json job = jobs[replica];
    schedules.insert(job.at("spec").at("schedule").get<std::string>());
    job.at("spec").erase("schedule");
    std::string expected = first.dump();
    for (const std::string name : {"gift-cards-backup-", "store-gift-cards-", "\"gift-cards-"}) {
      expected = Replaced(expected, name + "0", name + std::to_string(replica));
    }
    EXPECT_EQ(job, Json::parse(expected)) << replica;
  }
  EXPECT_EQ(schedules.size(), jobs.size()) << "all at once";
}

// A claim of a StatefulSet is called TEMPLATE-NAME-ORDINAL; a wrong one is created by nobody.
TEST(GiftCardsDeployTest, BackupsMountTheStoresOfTheReplicas) {
  const Json set = StatefulSet().at("spec");
  const std::string claim = set.at("volumeClaimTemplates").at(0).at("metadata").at("name");
  const auto jobs = CronJobs();

  for (std::size_t replica = 0; replica < jobs.size(); ++replica) {
    const Json pod =
        jobs[replica].at("spec").at("jobTemplate").at("spec").at("template").at("spec");
    EXPECT_EQ(pod.at("volumes").at(0).at("persistentVolumeClaim").at("claimName"),
              claim + "-gift-cards-" + std::to_string(replica));
  }
}

// The store that is served, the one that is backed up and the one that is restored into.
TEST(GiftCardsDeployTest, EverybodyMeansTheSameFile) {
  const std::string file = "--database=/var/lib/gift-cards/store.db";
  const Json serve = StatefulSet().at("spec").at("template").at("spec").at("containers").at(0);
  const Json restore = ReadYaml(kFolder + "restore.yaml").at("spec").at("template").at("spec");

  EXPECT_THAT(serve.at("args"), Contains(file));
  EXPECT_THAT(restore.at("initContainers").at(1).at("args"), Contains(file));
  EXPECT_THAT(restore.at("containers").at(0).at("args"), Contains(file));
  for (const Json& job : CronJobs()) {
    const Json pod = job.at("spec").at("jobTemplate").at("spec").at("template").at("spec");
    EXPECT_THAT(pod.at("initContainers").at(0).at("args"), Contains(file));
  }
  EXPECT_THAT(ReadFile("gift-cards/runbook.md"), HasSubstr(file));
}

// kustomize leaves out silently what nobody lists.
TEST(GiftCardsDeployTest, TheKustomizationListsEveryManifest) {
  const std::set<std::string> not_applied = {"kustomization.yaml", "loki-pipeline.yaml",
                                             "restore.yaml"};
  const Json listed = ReadYaml(kFolder + "kustomization.yaml").at("resources");

  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(LAUNCHGATE_SOURCE_DIR) / kFolder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".yaml" || not_applied.contains(name)) continue;
    EXPECT_THAT(listed, Contains(name));
  }
}

TEST(GiftCardsDeployTest, EverythingIsInTheNamespaceOfTheReview) {
  for (const char* file :
       {"statefulset.yaml", "service.yaml", "pdb.yaml", "cronjob-backup.yaml", "networkpolicy.yaml",
        "servicemonitor.yaml", "prometheus-rule.yaml", "restore.yaml"}) {
    for (const Json& object : ReadYamlDocuments(kFolder + file)) {
      EXPECT_EQ(object.at("metadata").at("namespace"), "shop") << file;
    }
  }
}

}  // namespace
}  // namespace launchgate::contract
