#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/resources/fields.h"
#include "core/resources/launch_review.h"

namespace launchgate::resources::internal {
namespace {

using ::testing::HasSubstr;

TEST(UrlTest, AcceptsWebAddresses) {
  for (const std::string url :
       {"https://runbooks.example.com/gift-cards", "http://localhost", "https://10.0.0.1:8443/",
        "https://a.b-c.example:1/x?y=z&u=%20#frag", "http://[2001:db8::1]/x", "http://[::1]:65535",
        "https://example.com?q", "https://example.com#f"}) {
    EXPECT_EQ(WhyBadUrl(url), std::nullopt) << url;
  }
}

struct Bad {
  std::string name;
  std::string url;
  std::string why;
};

class BadUrlTest : public ::testing::TestWithParam<Bad> {};

TEST_P(BadUrlTest, IsRefusedWithTheReason) {
  const auto why = WhyBadUrl(GetParam().url);

  ASSERT_TRUE(why.has_value());
  EXPECT_THAT(*why, HasSubstr(GetParam().why));
}

INSTANTIATE_TEST_SUITE_P(
    Urls, BadUrlTest,
    ::testing::Values(
        Bad{"OtherScheme", "ftp://example.com", "must start with"},
        Bad{"File", "file:///etc/passwd", "must start with"},
        Bad{"NoScheme", "example.com/x", "must start with"},
        Bad{"SchemeInCapitals", "HTTPS://example.com", "must start with"},
        Bad{"OneSlash", "https:/example.com", "must start with"},
        Bad{"NoHost", "https:///x", "host"}, Bad{"NoHostButPort", "https://:80/", "host"},
        Bad{"UserName", "https://bob@example.com/", "user name"},
        Bad{"UserNameAndPassword", "https://bob:pw@example.com/", "user name"},
        Bad{"HostHiddenBehindUserName", "https://good.example@evil.example/", "user name"},
        Bad{"Space", "https://example.com/a b", "visible ASCII"},
        Bad{"LineBreak", "https://example.com/\r\nHost: x", "visible ASCII"},
        Bad{"NonAscii", "https://ex\xC3\xA4mple.com/", "visible ASCII"},
        Bad{"Backslash", "https://example.com\\@evil.example/", "user name"},
        Bad{"BackslashInHost", "https://example.com\\x/", "host"},
        Bad{"PercentInHost", "https://%65xample.com/", "host"},
        Bad{"PortZero", "https://example.com:0/", "port"},
        Bad{"PortTooLarge", "https://example.com:65536/", "port"},
        Bad{"EmptyPort", "https://example.com:/", "port"},
        Bad{"PortWithLetters", "https://example.com:80x/", "port"},
        Bad{"UnclosedAddress", "http://[::1/", "host"}, Bad{"EmptyAddress", "http://[]/", "host"},
        Bad{"LettersAfterAddress", "http://[::1]x/", "host"},
        Bad{"ZoneInAddress", "http://[fe80::1%25eth0]/", "host"},
        Bad{"TooLong", "https://example.com/" + std::string(kMaxUrlLength, 'x'), "at most 2048"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::resources::internal
