// Which pages are remembered, and for how long.
#include "shell/fetch/validator_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace launchgate::fetch {
namespace {

RememberedPage Tagged(std::string etag, std::string body = "body") {
  return {std::move(etag), "", "text/plain", std::move(body)};
}

TEST(ValidatorCacheTest, GivesBackWhatItWasGiven) {
  ValidatorCache cache;

  cache.Remember("https://h/a", {"\"1\"", "Mon, 23 Nov 2026 08:00:00 GMT", "text/html", "hello"});

  const auto page = cache.Find("https://h/a");
  ASSERT_NE(page, nullptr);
  EXPECT_EQ(page->etag, "\"1\"");
  EXPECT_EQ(page->last_modified, "Mon, 23 Nov 2026 08:00:00 GMT");
  EXPECT_EQ(page->content_type, "text/html");
  EXPECT_EQ(page->body, "hello");
}

TEST(ValidatorCacheTest, KnowsNothingOfOtherUrls) {
  ValidatorCache cache;

  cache.Remember("https://h/a", Tagged("\"1\""));

  EXPECT_EQ(cache.Find("https://h/A"), nullptr);
  EXPECT_EQ(cache.Find("http://h/a"), nullptr);
  EXPECT_EQ(cache.Find(""), nullptr);
}

TEST(ValidatorCacheTest, ReplacesAnOlderVersion) {
  ValidatorCache cache;

  cache.Remember("https://h/a", Tagged("\"1\"", "old"));
  cache.Remember("https://h/a", Tagged("\"2\"", "new"));

  EXPECT_EQ(cache.Find("https://h/a")->body, "new");
  EXPECT_EQ(cache.entries(), 1U);
}

TEST(ValidatorCacheTest, APageWithoutValidatorReplacesTheOneThatHadOne) {
  ValidatorCache cache;
  cache.Remember("https://h/a", Tagged("\"1\""));

  cache.Remember("https://h/a", Tagged(""));

  EXPECT_EQ(cache.Find("https://h/a"), nullptr);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(ValidatorCacheTest, TheDateAloneIsEnough) {
  ValidatorCache cache;

  cache.Remember("https://h/a", {"", "Mon, 23 Nov 2026 08:00:00 GMT", "", "x"});

  EXPECT_NE(cache.Find("https://h/a"), nullptr);
}

TEST(ValidatorCacheTest, DropsAValidatorThatCannotBeSentBack) {
  ValidatorCache cache;

  cache.Remember("https://h/a", {"\"1\"\r\nX-Evil: 1", "Mon, 23 Nov 2026 08:00:00 GMT", "", "x"});
  cache.Remember("https://h/b", Tagged("\"1\"\r\nX-Evil: 1"));

  EXPECT_EQ(cache.Find("https://h/a")->etag, "");
  EXPECT_EQ(cache.Find("https://h/b"), nullptr);
}

TEST(ValidatorCacheTest, TheLeastRecentlyUsedMakesRoom) {
  ValidatorCache cache({.bytes = 1U << 20U, .entries = 3});
  for (const char* url : {"https://h/a", "https://h/b", "https://h/c"}) {
    cache.Remember(url, Tagged("\"1\""));
  }

  cache.Find("https://h/a");
  cache.Remember("https://h/d", Tagged("\"1\""));

  EXPECT_NE(cache.Find("https://h/a"), nullptr);
  EXPECT_EQ(cache.Find("https://h/b"), nullptr);
  EXPECT_NE(cache.Find("https://h/c"), nullptr);
  EXPECT_NE(cache.Find("https://h/d"), nullptr);
}

TEST(ValidatorCacheTest, KeepsItsByteBound) {
  const ValidatorCacheLimits limits{.bytes = 100'000, .entries = 1'000};
  ValidatorCache cache(limits);

  for (int i = 0; i < 1'000; ++i) {
    cache.Remember("https://h/" + std::to_string(i), Tagged("\"1\"", std::string(9'000, 'x')));
    ASSERT_LE(cache.bytes(), limits.bytes);
  }

  EXPECT_EQ(cache.entries(), 10U);
  EXPECT_NE(cache.Find("https://h/999"), nullptr);
}

TEST(ValidatorCacheTest, CountsWhatEmptyPagesCost) {
  ValidatorCache cache({.bytes = 10'000, .entries = 1'000'000});

  for (int i = 0; i < 10'000; ++i) cache.Remember("u" + std::to_string(i), Tagged("\"\"", ""));

  EXPECT_LT(cache.entries(), 50U);
}

TEST(ValidatorCacheTest, APageLargerThanTheCachePushesNothingOut) {
  ValidatorCache cache({.bytes = 10'000, .entries = 10});
  cache.Remember("https://h/small", Tagged("\"1\""));

  cache.Remember("https://h/large", Tagged("\"1\"", std::string(10'000, 'x')));

  EXPECT_EQ(cache.Find("https://h/large"), nullptr);
  EXPECT_NE(cache.Find("https://h/small"), nullptr);
}

TEST(ValidatorCacheTest, NoEntriesMeansNoMemory) {
  ValidatorCache cache({.bytes = 10'000, .entries = 0});

  cache.Remember("https://h/a", Tagged("\"1\""));

  EXPECT_EQ(cache.entries(), 0U);
}

TEST(ValidatorCacheTest, ForgetsWhatItIsToldTo) {
  ValidatorCache cache;
  cache.Remember("https://h/a", Tagged("\"1\""));

  cache.Forget("https://h/a");
  cache.Forget("https://h/never-there");

  EXPECT_EQ(cache.Find("https://h/a"), nullptr);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(ValidatorCacheTest, AFoundPageOutlivesItsEntry) {
  ValidatorCache cache;
  cache.Remember("https://h/a", Tagged("\"1\"", "still here"));

  const auto page = cache.Find("https://h/a");
  cache.Forget("https://h/a");

  EXPECT_EQ(page->body, "still here");
}

struct ValidatorRow {
  const char* name;
  std::string value;
  bool usable;
};
void PrintTo(const ValidatorRow& row, std::ostream* out) { *out << row.name; }

class UsableValidatorTest : public ::testing::TestWithParam<ValidatorRow> {};

TEST_P(UsableValidatorTest, IsDecidedByItsBytes) {
  EXPECT_EQ(IsUsableValidator(GetParam().value), GetParam().usable);
}

INSTANTIATE_TEST_SUITE_P(
    Values, UsableValidatorTest,
    ::testing::Values(ValidatorRow{"Strong", "\"33a64df5\"", true},
                      ValidatorRow{"Weak", "W/\"33a64df5\"", true},
                      ValidatorRow{"Date", "Mon, 23 Nov 2026 08:00:00 GMT", true},
                      ValidatorRow{"NoQuotes", "33a64df5", true}, ValidatorRow{"Empty", "", false},
                      ValidatorRow{"Newline", "\"a\nb\"", false},
                      ValidatorRow{"CarriageReturn", "\"a\r\"", false},
                      ValidatorRow{"Nul", std::string("\"a\0b\"", 5), false},
                      ValidatorRow{"Tab", "\"a\tb\"", false},
                      ValidatorRow{"NotAscii", "\"\xC3\xA4\"", false},
                      ValidatorRow{"LongestAllowed", std::string(kMaxValidatorBytes, 'x'), true},
                      ValidatorRow{"TooLong", std::string(kMaxValidatorBytes + 1, 'x'), false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::fetch
