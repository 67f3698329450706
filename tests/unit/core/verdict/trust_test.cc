#include "core/verdict/trust.h"

#include <gtest/gtest.h>

namespace launchgate::verdict {
namespace {

// The text is the key; "bad" cannot be read.
class FakeReader final : public PublicKeyReader {
 public:
  base::Result<PublicKey> Read(std::string_view text) const override {
    if (text == "bad") return base::Fail(base::ErrorKind::kInvalid, "not a key");
    PublicKey key;
    key.spki = text;
    return key;
  }
};

resources::LaunchAuthority AuthorityOf(const std::vector<std::string>& keys) {
  resources::LaunchAuthority authority;
  authority.meta.name = "platform";
  authority.max_verdict_lifetime = std::chrono::hours(1);
  for (const std::string& text : keys) {
    resources::AuthorityKey key;
    key.id = "key-" + std::to_string(authority.keys.size());
    key.public_key = text;
    authority.keys.push_back(key);
  }
  return authority;
}

TEST(TrustTest, HoldsEveryKeyThatCanBeRead) {
  const TrustResult result = Trust(AuthorityOf({"a", "bad", "b"}), FakeReader());

  ASSERT_EQ(result.authority.keys.size(), 2U);
  EXPECT_EQ(result.authority.keys[1].record.id, "key-2");
  EXPECT_EQ(result.authority.name, "platform");
  EXPECT_EQ(result.authority.max_verdict_lifetime, std::chrono::hours(1));
  ASSERT_EQ(result.problems.size(), 1U);
  EXPECT_NE(result.problems[0].find("\"key-1\""), std::string::npos);
}

TEST(TrustTest, TrustsNoRecordOfAKeyThatStandsTwice) {
  const TrustResult result = Trust(AuthorityOf({"a", "b", "a", "a"}), FakeReader());

  ASSERT_EQ(result.authority.keys.size(), 1U);
  EXPECT_EQ(result.authority.keys[0].record.id, "key-1");
  EXPECT_EQ(result.problems.size(), 3U);
}

TEST(TrustTest, AnAuthorityWithoutKeysTrustsNobody) {
  const TrustResult result = Trust(AuthorityOf({}), FakeReader());

  EXPECT_TRUE(result.authority.keys.empty());
  EXPECT_TRUE(result.problems.empty());
}

}  // namespace
}  // namespace launchgate::verdict
