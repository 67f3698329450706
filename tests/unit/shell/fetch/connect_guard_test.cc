// The last line of defence: what it says holds whatever libcurl does.
#include "shell/fetch/connect_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "shell/fetch/observer.h"

namespace launchgate::fetch {
namespace {

using internal::ConnectGuard;
using ::testing::HasSubstr;

std::vector<Address> Addresses(const std::vector<const char*>& texts) {
  std::vector<Address> addresses;
  addresses.reserve(texts.size());
  for (const char* text : texts) addresses.push_back(*Address::Parse(text));
  return addresses;
}

DestinationRule RuleAllowing(const std::vector<const char*>& ranges) {
  DestinationRule rule;
  rule.host = "wiki.example.com";
  for (const char* range : ranges) rule.addresses.push_back(*Cidr::Parse(range));
  return rule;
}

TEST(ConnectGuardTest, KeepsPublicAddressesInTheirOrder) {
  const DestinationRule rule = RuleAllowing({});

  const auto guard = ConnectGuard::Make(rule, Addresses({"1.1.1.1", "2606:4700::1", "8.8.8.8"}));

  ASSERT_TRUE(guard);
  ASSERT_EQ(guard->addresses().size(), 3U);
  EXPECT_EQ(guard->addresses()[0].ToString(), "1.1.1.1");
  EXPECT_EQ(guard->addresses()[1].ToString(), "2606:4700::1");
}

TEST(ConnectGuardTest, LeavesOutWhatTheRuleDoesNotAllow) {
  const DestinationRule rule = RuleAllowing({"10.0.0.0/8"});

  const auto guard =
      ConnectGuard::Make(rule, Addresses({"127.0.0.1", "10.1.2.3", "::1", "169.254.169.254"}));

  ASSERT_TRUE(guard);
  ASSERT_EQ(guard->addresses().size(), 1U);
  EXPECT_EQ(guard->addresses()[0].ToString(), "10.1.2.3");
}

TEST(ConnectGuardTest, RefusesWhenNothingIsLeft) {
  const DestinationRule rule = RuleAllowing({"10.0.0.0/8"});

  const auto guard = ConnectGuard::Make(rule, Addresses({"169.254.169.254", "127.0.0.1"}));

  ASSERT_FALSE(guard);
  EXPECT_EQ(guard.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(guard.error().message, HasSubstr("link-local"));
}

TEST(ConnectGuardTest, NoAddressIsNoRefusal) {
  const DestinationRule rule = RuleAllowing({});

  const auto guard = ConnectGuard::Make(rule, {});

  ASSERT_FALSE(guard);
  EXPECT_EQ(guard.error().kind, base::ErrorKind::kUnavailable);
}

TEST(ConnectGuardTest, RefusesAnAddressThatWasNotInTheAnswer) {
  const DestinationRule rule = RuleAllowing({"127.0.0.0/8"});
  const auto guard = ConnectGuard::Make(rule, Addresses({"1.1.1.1", "127.0.0.2"}));
  ASSERT_TRUE(guard);

  EXPECT_TRUE(guard->Check(*Address::Parse("1.1.1.1")));
  EXPECT_TRUE(guard->Check(*Address::Parse("127.0.0.2")));
  EXPECT_TRUE(guard->Check(*Address::Parse("::ffff:1.1.1.1")));
  for (const char* other : {"1.1.1.2", "127.0.0.1", "::1", "8.8.8.8", "::1.1.1.1"}) {
    const auto checked = guard->Check(*Address::Parse(other));
    ASSERT_FALSE(checked) << other;
    EXPECT_EQ(checked.error().kind, base::ErrorKind::kInvalid);
  }
}

TEST(ObserverNamesTest, AreDistinctAndStable) {
  std::set<std::string_view> names;
  for (int i = 0; i < kRefusalReasons; ++i) names.insert(ToString(static_cast<RefusalReason>(i)));
  for (int i = 0; i < kFetchOutcomes; ++i) names.insert(ToString(static_cast<FetchOutcome>(i)));

  EXPECT_EQ(names.size(), static_cast<std::size_t>(kRefusalReasons + kFetchOutcomes));
  EXPECT_EQ(ToString(RefusalReason::kUrl), "url");
  EXPECT_EQ(ToString(RefusalReason::kRateLimited), "rateLimited");
  EXPECT_EQ(ToString(RefusalReason::kBusy), "busy");
  EXPECT_EQ(ToString(FetchOutcome::kNotModified), "notModified");
  EXPECT_EQ(ToString(FetchOutcome::kFailed), "failed");
}

}  // namespace
}  // namespace launchgate::fetch
