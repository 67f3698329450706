// Every AdmissionReview recorded from real API servers, against the table in
// testdata/admission/expected.tsv, which says what each one is.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "core/admission/review.h"
#include "core/decision/gate_index.h"

namespace launchgate::admission {
namespace {

using decision::GateMode;

const std::filesystem::path kSamples =
    std::filesystem::path(LAUNCHGATE_SOURCE_DIR) / "tests/testdata/admission";

struct Expected {
  std::string file;
  std::string enforce;  // Why it is a launch change; empty: it is not; "guard".
  std::string strict;
  std::string target;  // "deployment/gift-cards"; may be empty.
  std::string template_hash;

  bool is_guarded() const { return enforce == "guard"; }
  friend std::ostream& operator<<(std::ostream& out, const Expected& row) {
    return out << row.file;
  }
};

std::vector<std::string> SplitTabs(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, '\t');) {
    cells.push_back(cell == "-" ? std::string() : cell);
  }
  return cells;
}

std::vector<Expected> ReadTable() {
  std::vector<Expected> rows;
  std::map<std::string, std::string> templates = {{"", ""}};
  std::ifstream file(kSamples / "expected.tsv");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto cells = SplitTabs(line);
    if (cells.at(0) == "template") {
      templates[cells.at(1)] = cells.at(2);
    } else {
      rows.push_back(
          {cells.at(0), cells.at(1), cells.at(2), cells.at(3), templates.at(cells.at(4))});
    }
  }
  return rows;
}

// The bytes of a sample and how many of them there are without the padding.
struct Sample {
  std::string bytes;
  std::size_t size = 0;
  std::string_view body() const { return std::string_view(bytes).substr(0, size); }
};

Sample ReadSample(const std::string& name) {
  std::ifstream file(kSamples / name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  Sample sample{.bytes = text.str()};
  sample.size = sample.bytes.size();
  sample.bytes.append(Decoder::kPadding, '\0');
  return sample;
}

base::Result<Decoder::Request> DecodeIn(GateMode mode, const Sample& sample) {
  decision::GateIndex::Builder builder;
  builder.AddNamespace("shop-cap", mode);
  Decoder decoder(DefaultControllerIdentities());
  return decoder.Decode(sample.body(), *std::move(builder).Build());
}

template <typename Predicate>
std::vector<Expected> RowsThat(Predicate predicate) {
  std::vector<Expected> rows = ReadTable();
  std::erase_if(rows, [&](const Expected& row) { return !predicate(row); });
  return rows;
}

class GatedSampleTest : public testing::TestWithParam<Expected> {};
class TemplateSampleTest : public testing::TestWithParam<Expected> {};
class AnySampleTest : public testing::TestWithParam<Expected> {};

void ExpectChange(const decision::Change& change, const std::string& what,
                  const Expected& expected) {
  EXPECT_EQ(change.launch, !what.empty());
  EXPECT_EQ(change.what, what);
  EXPECT_EQ(change.target ? change.target->Word() : "", expected.target);
  EXPECT_EQ(change.template_hash, what.empty() ? "" : expected.template_hash);
  EXPECT_FALSE(change.template_unresolved);
  EXPECT_EQ(change.ns, "shop-cap");
}

TEST_P(GatedSampleTest, IsWhatTheTableSays) {
  const Expected& expected = GetParam();
  const Sample sample = ReadSample(expected.file);

  const auto enforce = DecodeIn(GateMode::kEnforce, sample);
  const auto audit = DecodeIn(GateMode::kAudit, sample);
  const auto strict = DecodeIn(GateMode::kStrict, sample);

  ASSERT_TRUE(enforce) << enforce.error().message;
  ExpectChange(enforce->change, expected.enforce, expected);
  ASSERT_TRUE(audit);
  ExpectChange(audit->change, expected.enforce, expected);
  ASSERT_TRUE(strict);
  ExpectChange(strict->change, expected.strict, expected);
}

TEST_P(GatedSampleTest, CarriesItsUidUserAndDryRun) {
  const Expected& expected = GetParam();
  const Sample sample = ReadSample(expected.file);
  const auto review = json::Json::parse(sample.body());

  const auto request = DecodeIn(GateMode::kEnforce, sample);

  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->uid, review["request"]["uid"]);
  EXPECT_EQ(request->username, review["request"]["userInfo"]["username"]);
  EXPECT_EQ(request->dry_run, expected.file.find("dryrun") != std::string::npos);
}

// The slow way of hashing, from the object itself, agrees with the fast one.
TEST_P(TemplateSampleTest, HasTheSameTemplateHashEitherWay) {
  const Expected& expected = GetParam();
  const Sample sample = ReadSample(expected.file);
  const auto review = json::Json::parse(sample.body());

  const auto hash = TemplateHashOfWorkload(review["request"]["object"]);

  ASSERT_TRUE(hash) << hash.error().message;
  EXPECT_EQ(*hash, expected.template_hash);
}

TEST_P(AnySampleTest, ReachesTheRightWebhookOnly) {
  const Expected& expected = GetParam();
  const Sample sample = ReadSample(expected.file);
  Guards guards(DefaultGuardOptions());

  const auto guarded = guards.Check(sample.body());
  const auto gated = DecodeIn(GateMode::kStrict, sample);

  EXPECT_EQ(guarded.has_value(), expected.is_guarded());
  EXPECT_EQ(gated.has_value(), !expected.is_guarded());
  EXPECT_TRUE(!guarded || guarded->allowed);
}

std::string NameOfRow(const testing::TestParamInfo<Expected>& row) {
  std::string name = row.param.file;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, AnySampleTest, testing::ValuesIn(ReadTable()), NameOfRow);
INSTANTIATE_TEST_SUITE_P(
    Recorded, GatedSampleTest,
    testing::ValuesIn(RowsThat([](const Expected& row) { return !row.is_guarded(); })), NameOfRow);
INSTANTIATE_TEST_SUITE_P(Recorded, TemplateSampleTest,
                         testing::ValuesIn(RowsThat([](const Expected& row) {
                           return !row.template_hash.empty();
                         })),
                         NameOfRow);

TEST(AdmissionTableTest, NamesEverySampleOnce) {
  std::multiset<std::string> in_table;
  for (const Expected& row : ReadTable()) in_table.insert(row.file);

  std::multiset<std::string> in_folder;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kSamples)) {
    if (entry.path().extension() != ".json") continue;
    in_folder.insert(std::filesystem::relative(entry.path(), kSamples).string());
  }

  EXPECT_FALSE(in_folder.empty());
  EXPECT_EQ(in_table, in_folder);
}

// A template means the same to 1.20 and to 1.36, whatever else they write.
TEST(AdmissionTableTest, AgreesAcrossVersions) {
  const auto created_in = [](const std::string& version) {
    return DecodeIn(GateMode::kEnforce, ReadSample(version + "/002-create-deployments.json"));
  };

  const auto oldest = created_in("v1.20");
  const auto newest = created_in("v1.36");

  ASSERT_TRUE(oldest);
  ASSERT_TRUE(newest);
  EXPECT_EQ(oldest->change.template_hash, newest->change.template_hash);
}

}  // namespace
}  // namespace launchgate::admission
