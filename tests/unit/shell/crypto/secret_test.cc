#include "shell/crypto/secret.h"

#include <fmt/ostream.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace launchgate::crypto {
namespace {

template <typename T, typename = void>
struct IsStreamable : std::false_type {};
template <typename T>
struct IsStreamable<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<T>())>>
    : std::true_type {};

// Compiled rather than run: a secret has no way into a log line by accident.
static_assert(!IsStreamable<const Secret&>::value);
static_assert(IsStreamable<std::string>::value);
static_assert(!fmt::is_formattable<Secret>::value);
static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

TEST(SecretTest, TakesTheTextOverAndOverwritesIt) {
  std::string text = "correct horse battery staple";
  const char* bytes = text.data();
  const std::size_t size = text.size();

  const Secret secret(std::move(text));

  EXPECT_EQ(secret.Reveal(), "correct horse battery staple");
  // clear() keeps the buffer, so what is left of it can still be looked at.
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(std::string(bytes, size), std::string(size, '\0'));
}

TEST(SecretTest, MovesItsBytesWithoutLeavingACopy) {
  Secret first = Secret::CopyOf("one");
  const char* bytes = first.Reveal().data();

  Secret second(std::move(first));
  EXPECT_EQ(second.Reveal().data(), bytes);
  EXPECT_TRUE(first.empty());

  Secret third = Secret::CopyOf("another");
  third = std::move(second);
  EXPECT_EQ(third.Reveal(), "one");
  EXPECT_EQ(third.size(), 3U);
  EXPECT_TRUE(second.empty());
}

TEST(SecretTest, SurvivesBeingAssignedToItself) {
  Secret secret = Secret::CopyOf("one");
  Secret& alias = secret;

  secret = std::move(alias);

  EXPECT_EQ(secret.Reveal(), "one");
}

TEST(SecretTest, MayHoldNothing) {
  EXPECT_TRUE(Secret().empty());
  EXPECT_TRUE(Secret::CopyOf("").Reveal().empty());
}

}  // namespace
}  // namespace launchgate::crypto
