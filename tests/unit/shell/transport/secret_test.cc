#include "shell/transport/secret.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <type_traits>

namespace launchgate::transport {
namespace {

template <typename T>
concept Printed = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(SecretTest, CannotBecomeTextByAccident) {
  EXPECT_FALSE(Printed<Secret>);
  EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
  EXPECT_FALSE((std::is_convertible_v<std::string, Secret>));
}

TEST(SecretTest, IsComparedAndCopiedByValue) {
  const Secret token("abc");
  Secret other = token;

  EXPECT_EQ(other, token);
  other = Secret("def");
  EXPECT_NE(other, token);
  EXPECT_EQ(other.Reveal(), "def");
  EXPECT_TRUE(Secret().empty());
}

}  // namespace
}  // namespace launchgate::transport
