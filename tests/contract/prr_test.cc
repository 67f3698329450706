// The records of the review of gift-cards (prr/) against what they are records of:
// the judgements still come out as they say, the rendered pages are what their sources
// give, and every line that a gap cites still shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "core/json/yaml.h"

namespace launchgate::app::cli {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;

std::string Path(const std::string& name) {
  return std::string(LAUNCHGATE_SOURCE_DIR) + "/" + name;
}

std::string ReadFile(const std::string& name) {
  std::ifstream file(Path(name), std::ios::binary);
  EXPECT_TRUE(file) << name;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string JudgedAt() {
  std::string text = ReadFile("prr/judged-at");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

struct Answer {
  int exit_code = 0;
  std::string out;
  std::string err;
};

Answer Launchgate(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "launchgate");
  std::vector<const char*> argv;
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  Streams streams{in, out, err, false};
  const int exit_code = Main(static_cast<int>(argv.size()), argv.data(), streams);
  return {exit_code, out.str(), err.str()};
}

constexpr const char* kRunbook = "https://runbooks.example.com/gift-cards";

// As scripts/dev/prr.sh gives them.
std::vector<std::string> Seeded(std::vector<std::string> command) {
  const std::vector<std::string> files = {
      "-f",
      Path("prr"),
      "-f",
      Path("gift-cards/seeded/statefulset.yaml"),
      "-f",
      Path("gift-cards/slo"),
      "--page",
      std::string(kRunbook) + "=" + Path("gift-cards/seeded/README.md"),
      "--now",
      JudgedAt(),
      "--evidence-root",
      Path("prr/evidence/seeded")};
  command.insert(command.end(), files.begin(), files.end());
  return command;
}

std::vector<std::string> Fixed(std::vector<std::string> command) {
  const std::vector<std::string> files = {
      "-f",
      Path("prr"),
      "-f",
      Path("prr/verdicts"),
      "-f",
      Path("gift-cards/deploy"),
      "-f",
      Path("gift-cards/slo"),
      "--page",
      std::string(kRunbook) + "=" + Path("gift-cards/runbook.md"),
      "--page",
      std::string(kRunbook) + "/error-budget-review=" + Path("prr/error-budget-review.md"),
      "--now",
      JudgedAt(),
      "--evidence-root",
      Path("prr/evidence/fixed")};
  command.insert(command.end(), files.begin(), files.end());
  return command;
}

// "REASON [item]" of every objection.
std::set<std::string> Objections(const json& report) {
  std::set<std::string> objections;
  for (const json& objection : report["objections"]) {
    objections.insert(objection["reason"].get<std::string>() + " [" +
                      objection["item"].get<std::string>() + "]");
  }
  return objections;
}

std::map<std::string, std::string> Findings(const json& report) {
  std::map<std::string, std::string> findings;
  for (const json& item : report["items"]) {
    findings[item["id"]] = item["finding"].is_string() ? item["finding"].get<std::string>() + " " +
                                                             item["reason"].get<std::string>()
                                                       : "none";
  }
  return findings;
}

TEST(PrrTest, DeniesTheReviewedVersionAndNamesItsGaps) {
  const Answer answer = Launchgate(Seeded({"check", "-o", "json"}));

  ASSERT_EQ(answer.exit_code, kExitDeny) << answer.err << answer.out;
  const json report = json::parse(answer.out);
  EXPECT_THAT(Objections(report),
              IsSupersetOf({"EvidenceFailing [slow-dependency]", "EvidenceFailing [symptom-alerts]",
                            "EvidenceFailing [workload]", "EvidenceFailing [runbook]",
                            "EvidenceUnknown [slos]", "EvidenceUnknown [load-test]",
                            "EvidenceUnknown [restore-drill]", "VerdictMissing []"}))
      << answer.out;
  EXPECT_EQ(Findings(report)["slow-dependency"], "Fail DeadlineExceeded");
}

TEST(PrrTest, AllowsTheRepairedVersion) {
  const Answer answer = Launchgate(Fixed({"check", "-o", "json"}));

  ASSERT_EQ(answer.exit_code, kExitAllow) << answer.err << answer.out;
  const json report = json::parse(answer.out);
  EXPECT_EQ(report["reason"], "Go");
  auto findings = Findings(report);
  for (const char* item : {"symptom-alerts", "slow-dependency", "workload", "load-test",
                           "restore-drill", "runbook", "structured-logs", "budget-policy"}) {
    EXPECT_THAT(findings[item], ::testing::StartsWith("Pass ")) << item << "\n" << answer.out;
  }
}

// Evidence is what holds the repaired version up, not the signatures alone.
TEST(PrrTest, DeniesTheRepairedVersionWithTheEvidenceOfTheReviewedOne) {
  std::vector<std::string> arguments = Fixed({"check", "-o", "json"});
  arguments.back() = Path("prr/evidence/seeded");

  const Answer answer = Launchgate(arguments);

  ASSERT_EQ(answer.exit_code, kExitDeny) << answer.err;
  EXPECT_THAT(Objections(json::parse(answer.out)),
              IsSupersetOf({"EvidenceFailing [slow-dependency]"}));
}

TEST(PrrTest, DeniesTheRepairedVersionOnceAConditionIsOverdue) {
  std::vector<std::string> arguments = Fixed({"check", "-o", "json"});
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == "--now") arguments[i + 1] = "2099-01-01T00:00:00Z";
  }

  const Answer answer = Launchgate(arguments);

  EXPECT_EQ(answer.exit_code, kExitDeny) << answer.out;
}

TEST(PrrTest, ChecklistIsRenderedFromItsYaml) {
  const Answer answer = Launchgate({"render", "checklist", "-f", Path("prr/checklist.yaml")});

  ASSERT_EQ(answer.exit_code, kExitAllow) << answer.err;
  EXPECT_EQ(answer.out, ReadFile("prr/CHECKLIST.md")) << "To mend it: ./dev prr --render-only";
}

TEST(PrrTest, GoNoGoIsRenderedFromTheReviewAndItsVerdicts) {
  const Answer answer =
      Launchgate(Fixed({"render", "go-no-go", "--before", Path("prr/evidence/seeded.json")}));

  ASSERT_EQ(answer.exit_code, kExitAllow) << answer.err;
  EXPECT_EQ(answer.out, ReadFile("prr/go-no-go.md")) << "To mend it: ./dev prr --render-only";
}

TEST(PrrTest, WhatWasFoundAtFirstIsKeptAsItIsJudgedNow) {
  const Answer answer = Launchgate(Seeded({"check", "-o", "json"}));

  EXPECT_EQ(answer.out, ReadFile("prr/evidence/seeded.json"))
      << "To mend it: ./dev prr --render-only";
}

// The ladder of DESIGN: every rung is asked about by some line.
TEST(PrrTest, ChecklistHasFiveSectionsAndEveryRungOfTheLadder) {
  const auto documents = launchgate::json::ParseYaml(ReadFile("prr/checklist.yaml"));
  ASSERT_TRUE(documents);
  const json& sections = documents->front()["spec"]["sections"];
  std::set<std::string> practices;
  for (const json& section : sections) {
    for (const json& item : section["items"]) {
      practices.insert(item["practice"].get<std::string>());
      EXPECT_FALSE(item["why"].get<std::string>().empty()) << item;
      EXPECT_EQ(item["question"].get<std::string>().back(), '?') << item;
    }
  }

  EXPECT_EQ(sections.size(), 5U);
  EXPECT_THAT(
      practices,
      ::testing::UnorderedElementsAre(
          "SLI and SLO definition", "Request metrics", "Structured logs that Loki can correlate",
          "Symptom alerts", "Timeouts and circuit breakers", "Capacity and load testing with k6",
          "Runbooks and on-call", "Error-budget policy", "Automated backups", "Timed restore drill",
          "Streaming replication with a lag SLI", "Failover game day"));
}

TEST(PrrTest, NoPrivateKeyIsKept) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(Path("prr"))) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_THAT(text.str(), Not(HasSubstr("PRIVATE KEY"))) << entry.path();
  }
}

// --- GAPS.md ---------------------------------------------------------------------

std::string Trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// | id | gap | where | what stands there | severity | blocker | item | fix, or owner and due date |
struct Gap {
  std::string id;
  std::string where;
  std::string shows;
  std::string severity;
  std::string blocker;
  std::string item;
  std::string fix;
};

std::string WithoutTicks(const std::string& text) {
  return text.size() >= 2 && text.front() == '`' && text.back() == '`'
             ? text.substr(1, text.size() - 2)
             : text;
}

std::vector<Gap> Gaps() {
  std::vector<Gap> gaps;
  std::istringstream lines(ReadFile("prr/GAPS.md"));
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| G")) continue;
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, '|');) cells.push_back(Trim(cell));
    EXPECT_EQ(cells.size(), 9U) << line;
    if (cells.size() != 9) continue;
    gaps.push_back({cells[1], WithoutTicks(cells[3]), WithoutTicks(cells[4]), cells[5], cells[6],
                    WithoutTicks(cells[7]), cells[8]});
  }
  return gaps;
}

// "path:line" -> that line, without its indentation.
std::string LineAt(const std::string& where) {
  const auto colon = where.rfind(':');
  if (colon == std::string::npos) return "";
  std::istringstream lines(ReadFile(where.substr(0, colon)));
  std::string line;
  for (int number = std::stoi(where.substr(colon + 1)); number > 0; --number) {
    if (!std::getline(lines, line)) return "";
  }
  return Trim(line);
}

TEST(GapsTest, EveryCitedLineStillShowsWhatTheRowSays) {
  for (const Gap& gap : Gaps()) {
    EXPECT_FALSE(gap.shows.empty()) << gap.id;
    EXPECT_THAT(LineAt(gap.where), HasSubstr(gap.shows)) << gap.id << " " << gap.where;
  }
}

TEST(GapsTest, ListsTheEightSeededGapsAndTheUnnamedOnes) { EXPECT_GE(Gaps().size(), 14U); }

TEST(GapsTest, EveryRowHasASeverityADecisionAnItemAndAnEnd) {
  const std::string checklist = ReadFile("prr/checklist.yaml");
  for (const Gap& gap : Gaps()) {
    EXPECT_THAT(gap.severity, ::testing::AnyOf("Blocker", "Major", "Minor")) << gap.id;
    EXPECT_EQ(gap.blocker, gap.severity == "Blocker" ? "yes" : "no") << gap.id;
    EXPECT_THAT(checklist, HasSubstr("- id: " + gap.item + "\n")) << gap.id;
    EXPECT_THAT(gap.fix, ::testing::AnyOf(::testing::StartsWith("fixed: "),
                                          ::testing::ContainsRegex("^owner .*, due 20[0-9-]+")))
        << gap.id;
  }
}

// "fixed: `path`, ..." : what is named exists.
TEST(GapsTest, EveryFixIsThere) {
  for (const Gap& gap : Gaps()) {
    std::size_t from = gap.fix.find('`');
    EXPECT_TRUE(!gap.fix.starts_with("fixed: ") || from != std::string::npos) << gap.id;
    while (from != std::string::npos) {
      const std::size_t to = gap.fix.find('`', from + 1);
      ASSERT_NE(to, std::string::npos) << gap.id;
      const std::string path = gap.fix.substr(from + 1, to - from - 1);
      EXPECT_TRUE(std::filesystem::exists(Path(path))) << gap.id << " " << path;
      from = gap.fix.find('`', to + 1);
    }
  }
}

}  // namespace
}  // namespace launchgate::app::cli
