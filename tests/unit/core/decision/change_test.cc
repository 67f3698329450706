#include "core/decision/change.h"

#include <gtest/gtest.h>

namespace launchgate::decision {
namespace {

struct LabelRow {
  const char* name;
  std::string_view label;
  GateMode mode;
};

class GateLabelTest : public testing::TestWithParam<LabelRow> {};

TEST_P(GateLabelTest, SaysTheMode) { EXPECT_EQ(ParseGateMode(GetParam().label), GetParam().mode); }

INSTANTIATE_TEST_SUITE_P(Labels, GateLabelTest,
                         testing::Values(LabelRow{"Absent", "", GateMode::kNotOptedIn},
                                         LabelRow{"Enforce", "enforce", GateMode::kEnforce},
                                         LabelRow{"Strict", "strict", GateMode::kStrict},
                                         LabelRow{"Audit", "audit", GateMode::kAudit},
                                         LabelRow{"ATypingErrorDoesNotOpenTheGate", "enforced",
                                                  GateMode::kEnforce},
                                         LabelRow{"OffIsNotAValue", "off", GateMode::kEnforce},
                                         LabelRow{"CaseCounts", "AUDIT", GateMode::kEnforce}),
                         [](const auto& row) { return row.param.name; });

TEST(GateModeTest, OfAnOptedInNamespaceReadsBackFromItsName) {
  for (const GateMode mode : {GateMode::kEnforce, GateMode::kStrict, GateMode::kAudit}) {
    EXPECT_EQ(ParseGateMode(ToString(mode)), mode);
  }
  EXPECT_EQ(ToString(GateMode::kNotOptedIn), "off");
  EXPECT_EQ(ToString(GateMode::kUnknown), "unknown");
}

TEST(ChangeTest, ThatNobodyClassifiedIsALaunch) { EXPECT_TRUE(Change().launch); }

}  // namespace
}  // namespace launchgate::decision
