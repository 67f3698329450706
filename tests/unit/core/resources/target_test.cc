#include "core/resources/target.h"

#include <gtest/gtest.h>

#include <array>

namespace launchgate::resources {
namespace {

constexpr std::array kAllKinds = {TargetKind::kDeployment, TargetKind::kStatefulSet,
                                  TargetKind::kDaemonSet, TargetKind::kCronJob,
                                  TargetKind::kRollout};

TEST(TargetTest, EveryKindReadsBackFromItsNameAndGroup) {
  for (const TargetKind kind : kAllKinds) {
    const std::string_view api_version = ApiVersionOf(kind);
    const std::string_view group = api_version.substr(0, api_version.find('/'));

    EXPECT_EQ(ParseTargetKind(group, ToString(kind)), kind) << ToString(kind);
  }
}

TEST(TargetTest, AKindOfAnotherGroupIsNoTarget) {
  EXPECT_EQ(ParseTargetKind("extensions", "Deployment"), std::nullopt);
  EXPECT_EQ(ParseTargetKind("apps", "CronJob"), std::nullopt);
  EXPECT_EQ(ParseTargetKind("", "Pod"), std::nullopt);
  EXPECT_EQ(ParseTargetKind("apps", "deployment"), std::nullopt);
  EXPECT_EQ(ParseTargetKind("apps", "ReplicaSet"), std::nullopt);
}

TEST(TargetTest, NamesItselfAsOnTheCommandLine) {
  const TargetRef target{TargetKind::kStatefulSet, "shop", "ledger"};

  EXPECT_EQ(target.Word(), "statefulset/ledger");
}

TEST(TargetTest, IsIdentifiedByKindNamespaceAndName) {
  const TargetRef target{TargetKind::kDeployment, "shop", "gift-cards"};

  EXPECT_EQ(target, (TargetRef{TargetKind::kDeployment, "shop", "gift-cards"}));
  EXPECT_NE(target, (TargetRef{TargetKind::kStatefulSet, "shop", "gift-cards"}));
  EXPECT_NE(target, (TargetRef{TargetKind::kDeployment, "shop2", "gift-cards"}));
  EXPECT_NE(target, (TargetRef{TargetKind::kDeployment, "shop", "gift-card"}));
}

}  // namespace
}  // namespace launchgate::resources
