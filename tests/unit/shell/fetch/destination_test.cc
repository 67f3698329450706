// Which URLs may be asked for at all. (THREATS T17, T39, T40, T50.)
#include "shell/fetch/destination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace launchgate::fetch {
namespace {

using ::testing::HasSubstr;

DestinationRule Rule(std::string scheme, std::string host, int port) {
  DestinationRule rule;
  rule.scheme = std::move(scheme);
  rule.host = std::move(host);
  rule.port = port;
  return rule;
}

std::vector<DestinationRule> Rules() {
  return {Rule("https", "wiki.example.com", 443), Rule("http", "pages.example.com", 8080),
          Rule("https", "*.docs.example.com", 443)};
}

// Ways to write a place inside: refused when taken apart, or not a destination
// that anybody allowed, or an address that is special.
constexpr const char* kForbidden[] = {
    // Other schemes and shapes.
    "",
    "/",
    "wiki.example.com",
    "//wiki.example.com/",
    "file:///etc/passwd",
    "ftp://wiki.example.com/",
    "gopher://wiki.example.com/",
    "dict://wiki.example.com/",
    "ldap://wiki.example.com/",
    "javascript:alert(1)",
    "data:text/html,x",
    "unix:///run/x.sock",
    "https:",
    "https:///",
    "https://",
    "http://",
    "mailto:a@wiki.example.com",
    "telnet://wiki.example.com/",
    "scp://wiki.example.com/",
    "smb://wiki.example.com/x",
    "wss://wiki.example.com/",
    // Loopback and metadata in every spelling.
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7F.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0177.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://0x0/",
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://localhost.localdomain/",
    "http://127.0.0.1./",
    "http://127.0.0.1:80/",
    "http://127.0.0.1:8080/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[::FFFF:7F00:0001]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xA9FEA9FE/",
    "http://0xa9.0xfe.0xa9.0xfe/",
    "http://2852039166/",
    "http://025177524776/",
    "http://0251.0376.0251.0376/",
    "http://169.254.43518/",
    "http://169.16689662/",
    "http://0xa9.254.0251.254/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[fe80::1%251]/",
    "http://[fd00:ec2::254]/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://10.0.0.1/",
    "http://10.1/",
    "http://167772161/",
    "http://192.168.0.1/",
    "http://192.168.1/",
    "http://172.16.0.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://4294967295/",
    "http://metadata.google.internal/",
    "http://metadata/",
    "http://instance-data/",
    "http://kubernetes.default.svc/",
    "https://kubernetes.default/",
    "https://kubernetes/",
    "https://10.96.0.1:443/",
    "http://prometheus.monitoring.svc.cluster.local:9090/",
    // Names that look like allowed ones.
    "https://wiki.example.com.evil.test/",
    "https://evil-wiki.example.com/",
    "https://wiki.example.comx/",
    "https://example.com/",
    "https://xwiki.example.com/",
    "https://docs.example.com/",
    "https://xdocs.example.com/",
    "https://a.docs.example.com.evil.test/",
    "https://.docs.example.com.evil.test/",
    "https://evil.test/wiki.example.com",
    "https://evil.test/?wiki.example.com",
    "https://evil.test#wiki.example.com",
    "https://evil.test\\@wiki.example.com/",
    "https://evil.test\\.wiki.example.com/",
    "https://wiki.example.com..evil.test/",
    "https://wiki_example.com/",
    "https://wiki-example.com/",
    // Credentials.
    "https://wiki.example.com@evil.test/",
    "https://user@wiki.example.com/",
    "https://user:password@wiki.example.com/",
    "https://:password@wiki.example.com/",
    "https://:@wiki.example.com/",
    "https://@wiki.example.com/",
    "https://a%40b@wiki.example.com/",
    "https://wiki.example.com:443@evil.test/",
    "https://evil.test@wiki.example.com/",
    "https://a@b@wiki.example.com/",
    "https://wiki.example.com:x@evil.test/",
    // Percent escapes, spaces, controls, Unicode.
    "http://%31%32%37.0.0.1/",
    "http://127%2e0%2e0%2e1/",
    "http://%6c%6f%63alhost/",
    "https://wiki%2eexample.com%00.evil.test/",
    "https://wiki.example.com%00/",
    "https://wiki.example.com%2f@evil.test/",
    "https://wiki.example.com%0d%0aHost:x/",
    "https://wiki.example.com\r\nHost: x/",
    "https://wiki.example.com\n/",
    "https://wiki.example.com\t/",
    "https:// wiki.example.com/",
    " https://wiki.example.com/",
    "https://wiki.example.com/ x",
    "https://wiki.example.com /",
    "https://w\xC3\xADki.example.com/",
    "https://\xEF\xBD\x97iki.example.com/",
    "http://\xE2\x91\xA0\xE2\x91\xA1\xE2\x91\xA6.0.0.1/",
    ("http://127\xE3\x80\x82"
     "0\xE3\x80\x82"
     "0\xE3\x80\x82"
     "1/"),
    "https://wiki.example.com\xE2\x80\xAE/",
    "https://wiki.example.com/\xFF",
    ("https://wiki.ex\xC2\xAD"
     "ample.com/"),
    "https://xn--wki-qma.example.com/",
    "https://wiki.example.com\x7F/",
    // Ports and schemes that nobody allowed.
    "http://wiki.example.com/",
    "https://wiki.example.com:444/",
    "https://wiki.example.com:80/",
    "https://wiki.example.com:0/",
    "https://wiki.example.com:65536/",
    "https://wiki.example.com:-1/",
    "https://wiki.example.com:+443/",
    "https://wiki.example.com:443x/",
    "https://wiki.example.com:0x1bb/",
    "https://wiki.example.com:99999999999/",
    "https://wiki.example.com: 443/",
    "https://pages.example.com:8080/",
    "https://pages.example.com/",
    "http://pages.example.com/",
    "http://pages.example.com:80/",
    "http://pages.example.com:8081/",
    "http://a.docs.example.com/",
    "https://a.docs.example.com:8443/",
    // Broken brackets.
    "http://[::1/",
    "http://::1/",
    "http://[127.0.0.1]/",
    "http://[]/",
    "http://[::1]x/",
    "http://[::1]:/",
    "http://[::1]:80x/",
    "http://[wiki.example.com]/",
    "http://[v1.fe80::a]/",
    "http://[::1].wiki.example.com/",
    "https://[wiki.example.com/",
};

TEST(DestinationTest, NoSpellingOfAForbiddenPlaceIsAllowed) {
  const std::vector<DestinationRule> rules = Rules();
  for (const char* url : kForbidden) {
    const auto destination = ParseDestination(url);
    if (!destination) {
      EXPECT_EQ(destination.error().kind, base::ErrorKind::kInvalid) << url;
      continue;
    }

    const auto rule = FindRule(rules, *destination);

    EXPECT_FALSE(rule) << url << " was read as " << destination->url;
  }
}

// The same spellings where somebody allowed every host: what is left standing is
// an address that is special, or a name that DNS answers and CheckAddress() judges.
TEST(DestinationTest, AnAddressIsSeenThroughEverySpelling) {
  for (const char* url :
       {"http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/",
        "http://0177.0.0.1/", "http://017700000001/", "http://127.0.0.1./", "http://[::1]/",
        "http://[::ffff:127.0.0.1]/", "http://0xA9FEA9FE/", "http://2852039166/",
        "http://169.254.43518/", "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:a9fe:a9fe::]/",
        "http://[fd00:ec2::254]/", "http://10.1/", "http://0/", "http://%31%32%37.0.0.1/"}) {
    const auto destination = ParseDestination(url);
    if (!destination) continue;

    const auto address = Address::Parse(destination->host);

    ASSERT_TRUE(address) << url << " has host " << destination->host;
    EXPECT_TRUE(SpecialPurpose(*address)) << url;
    EXPECT_FALSE(CheckAddress(Rule("http", destination->host, 80), *address)) << url;
  }
}

struct Good {
  const char* url;
  const char* host;
  int port;
  const char* normal;
};

TEST(DestinationTest, AllowedDestinationsAreNormalised) {
  for (const Good& good :
       {Good{"https://wiki.example.com", "wiki.example.com", 443, "https://wiki.example.com/"},
        Good{"https://wiki.example.com/a?b=c", "wiki.example.com", 443,
             "https://wiki.example.com/a?b=c"},
        Good{"https://wiki.example.com/a#rollback", "wiki.example.com", 443,
             "https://wiki.example.com/a"},
        Good{"https://wiki.example.com:443/", "wiki.example.com", 443,
             "https://wiki.example.com:443/"},
        Good{"https://wiki.example.com:/", "wiki.example.com", 443, "https://wiki.example.com/"},
        Good{"HTTPS://WIKI.Example.COM/a", "wiki.example.com", 443, nullptr},
        Good{"https://wiki.example.com./a", "wiki.example.com", 443, nullptr},
        Good{"http://pages.example.com:8080/x", "pages.example.com", 8080,
             "http://pages.example.com:8080/x"},
        Good{"https://a.docs.example.com/", "a.docs.example.com", 443,
             "https://a.docs.example.com/"},
        Good{"https://a.b.docs.example.com/", "a.b.docs.example.com", 443, nullptr},
        Good{"https://wiki.example.com/@user", "wiki.example.com", 443,
             "https://wiki.example.com/@user"}}) {
    const auto destination = ParseDestination(good.url);

    ASSERT_TRUE(destination) << good.url << ": " << destination.error().message;
    EXPECT_EQ(destination->host, good.host);
    EXPECT_EQ(destination->port, good.port);
    if (good.normal != nullptr) {
      EXPECT_EQ(destination->url, good.normal);
    }
    EXPECT_TRUE(FindRule(Rules(), *destination)) << good.url;
  }
}

// getaddrinfo() reads some of these as addresses, others not, and versions differ.
TEST(DestinationTest, ANameThatEndsInANumberIsNoName) {
  for (const char* url :
       {"http://1.2.3.4.5/", "http://256.256.256.256/", "http://0x7f000001.0/", "http://0x/",
        "http://0x7g/", "http://127.0.0.01./", "http://0128.0.0.1/", "http://example.127/",
        "http://example.0x7f/", "http://4294967296/", "http://08/"}) {
    EXPECT_FALSE(ParseDestination(url)) << url;
  }
  for (const char* url : {"http://1.2.3.4.example/", "http://1a/", "http://127-0-0-1/"}) {
    EXPECT_TRUE(ParseDestination(url)) << url;
  }
}

TEST(DestinationTest, TwoSlashesComeBeforeTheHost) {
  for (const char* url :
       {"http:wiki.example.com", "http:/wiki.example.com", "http:/@0-", "http:///wiki.example.com",
        "http:////wiki.example.com", "http:/\\wiki.example.com", "http://\\wiki.example.com"}) {
    EXPECT_FALSE(ParseDestination(url)) << url;
  }
}

TEST(DestinationTest, NoNameStartsWithADash) {
  EXPECT_FALSE(ParseDestination("http://-.example.com/"));
  EXPECT_FALSE(ParseDestination("http://-wiki.example.com/"));
  EXPECT_TRUE(ParseDestination("http://a-.example.com/"));
}

TEST(DestinationTest, EveryLabelHasAtLeastACharacter) {
  for (const char* url : {"http://a..b/", "http://.a/", "http://a../", "http://./"}) {
    EXPECT_FALSE(ParseDestination(url)) << url;
  }
}

TEST(DestinationTest, BoundsTheLengthOfHosts) {
  std::string host(kMaxHostBytes, 'a');
  host[100] = '.';

  EXPECT_TRUE(ParseDestination("http://" + host + "/"));
  EXPECT_FALSE(ParseDestination("http://a" + host + "/"));
}

TEST(DestinationTest, TheNormalisedUrlHasExactlyTheHostThatWasJudged) {
  for (const auto& [url, normal] :
       {std::pair("http://WIKI.Example.com./a", "http://wiki.example.com/a"),
        std::pair("http://127.1/", "http://127.0.0.1/"),
        std::pair("http://127.0.0.1./", "http://127.0.0.1/"),
        std::pair("http://[::FFFF:7F00:1]:8080/", "http://[::ffff:7f00:1]:8080/")}) {
    const auto destination = ParseDestination(url);

    ASSERT_TRUE(destination) << url;
    EXPECT_EQ(destination->url, normal);
  }
}

TEST(DestinationTest, BoundsTheLengthOfUrls) {
  const std::string start = "https://wiki.example.com/";
  const std::string longest = start + std::string(kMaxUrlBytes - start.size(), 'x');

  EXPECT_TRUE(ParseDestination(longest));
  EXPECT_FALSE(ParseDestination(longest + "x"));
}

TEST(DestinationTest, WithoutRulesNothingIsAllowed) {
  const auto destination = ParseDestination("https://wiki.example.com/");

  const auto rule = FindRule({}, *destination);

  ASSERT_FALSE(rule);
  EXPECT_EQ(rule.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(rule.error().message, HasSubstr("fetch.allow"));
}

TEST(CheckAddressTest, SpecialAddressesNeedTheirRange) {
  DestinationRule rule = Rule("https", "wiki.example.com", 443);
  rule.addresses = {*Cidr::Parse("10.1.0.0/16")};

  EXPECT_TRUE(CheckAddress(rule, *Address::Parse("8.8.8.8")));
  EXPECT_TRUE(CheckAddress(rule, *Address::Parse("10.1.2.3")));
  EXPECT_TRUE(CheckAddress(rule, *Address::Parse("::ffff:10.1.2.3")));
  EXPECT_FALSE(CheckAddress(rule, *Address::Parse("10.2.0.1")));
  EXPECT_FALSE(CheckAddress(rule, *Address::Parse("127.0.0.1")));
  EXPECT_FALSE(CheckAddress(rule, *Address::Parse("169.254.169.254")));
}

TEST(CheckAddressTest, ARefusalSaysWhereToAllowItAndHidesTheAddress) {
  const auto checked =
      CheckAddress(Rule("https", "wiki.example.com", 443), *Address::Parse("10.2.3.4"));

  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(checked.error().message, HasSubstr("fetch.allow[].addresses"));
  EXPECT_EQ(checked.error().message.find("10.2.3.4"), std::string::npos);
}

}  // namespace
}  // namespace launchgate::fetch
