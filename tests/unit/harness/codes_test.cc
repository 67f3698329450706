// Codes that gift-cards accepts, and what it makes of them.
#include "harness/codes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace harness {
namespace {

TEST(CodesTest, AreSixteenCapitalLettersAndDigits) {
  for (const std::uint64_t index : {0UL, 1UL, 35UL, 36UL, 999'999UL}) {
    const std::string code = CodeOf(7, index);

    EXPECT_EQ(code.size(), kCodeLength);
    EXPECT_TRUE(std::ranges::all_of(code, [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    })) << code;
  }
}

TEST(CodesTest, AreDistinctAndTheSameForTheSameSeed) {
  std::set<std::string> codes;

  for (std::uint64_t index = 0; index < 10'000; ++index) codes.insert(CodeOf(1, index));

  EXPECT_EQ(codes.size(), 10'000U);
  EXPECT_TRUE(codes.contains(CodeOf(1, 9'999)));
}

TEST(CodesTest, OfNeighbouringSeedsHaveNothingInCommon) {
  std::set<std::string> codes;

  for (std::uint64_t seed = 0; seed < 1'000; ++seed) codes.insert(CodeOf(seed, 5));

  EXPECT_EQ(codes.size(), 1'000U);
}

TEST(CodesTest, DigestIsSha256InLowercaseHex) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(DigestOf("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(CodesTest, RefIsThePrefixAndFortyDigits) {
  EXPECT_EQ(RefOf(DigestOf("abc")), "gc-ba7816bf8f01cfea414140de5dae2223b00361a3");
}

}  // namespace
}  // namespace harness
