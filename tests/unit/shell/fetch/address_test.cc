// Which addresses are public. (THREATS T39, T40.)
#include "shell/fetch/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <string>

namespace launchgate::fetch {
namespace {

// First and last addresses of every special range, and embedded forms of them.
constexpr const char* kSpecial[] = {
    "0.0.0.0",
    "0.255.255.255",
    "10.0.0.0",
    "10.1.2.3",
    "10.255.255.255",
    "100.64.0.0",
    "100.127.255.255",
    "127.0.0.0",
    "127.0.0.1",
    "127.1.2.3",
    "127.255.255.255",
    "169.254.0.0",
    "169.254.169.254",
    "169.254.170.2",
    "169.254.255.255",
    "172.16.0.0",
    "172.20.0.1",
    "172.31.255.255",
    "192.0.0.0",
    "192.0.0.170",
    "192.0.0.255",
    "192.0.2.0",
    "192.0.2.255",
    "192.88.99.0",
    "192.88.99.1",
    "192.88.99.255",
    "192.168.0.0",
    "192.168.1.1",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.0",
    "198.51.100.255",
    "203.0.113.0",
    "203.0.113.255",
    "224.0.0.0",
    "224.0.0.251",
    "239.255.255.255",
    "240.0.0.0",
    "250.1.2.3",
    "255.255.255.255",
    // IPv6.
    "::",
    "::1",
    "::2",
    "::7f00:1",
    "::127.0.0.1",
    "::169.254.169.254",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::FFFF:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "0:0:0:0:0:ffff:10.0.0.1",
    "0000:0000:0000:0000:0000:ffff:c0a8:0101",
    "::ffff:0.0.0.0",
    "::ffff:255.255.255.255",
    "::ffff:0:127.0.0.1",
    "::ffff:0:a9fe:a9fe",
    "64:ff9b::",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::8.8.8.8",
    "64:ff9b::ffff:ffff",
    "64:ff9b:1::",
    "64:ff9b:1::a9fe:a9fe",
    "64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
    "64:ff9c::1",
    "100::",
    "100::1",
    "100::ffff:ffff:ffff:ffff",
    "100:0:0:1::1",
    "200::1",
    "2001::",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::",
    "2001:db8::1",
    "2001:DB8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002::",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2002:808:808::1",
    "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff::",
    "3fff::1",
    "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "4000::1",
    "5f00::1",
    "5fff::1",
    "8000::1",
    "c000::1",
    "e000::1",
    "f000::1",
    "fbff::1",
    "fc00::",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fe00::1",
    "fe80::",
    "fe80::1",
    "fe80::a9fe:a9fe",
    "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "fec0::1",
    "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "ff00::",
    "ff02::1",
    "ff05::2",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

TEST(SpecialPurposeTest, NamesEverySpecialAddress) {
  for (const char* text : kSpecial) {
    const auto address = Address::Parse(text);

    ASSERT_TRUE(address) << text;
    EXPECT_TRUE(SpecialPurpose(*address)) << text;
  }
}

// The neighbours of the ranges, and well-known public addresses.
constexpr const char* kPublic[] = {
    "1.0.0.0",          "1.1.1.1",         "8.8.8.8",         "9.255.255.255",
    "11.0.0.0",         "100.63.255.255",  "100.128.0.0",     "126.255.255.255",
    "128.0.0.0",        "169.253.255.255", "169.255.0.0",     "172.15.255.255",
    "172.32.0.0",       "191.255.255.255", "192.0.1.0",       "192.0.3.0",
    "192.88.98.255",    "192.88.100.0",    "192.167.255.255", "192.169.0.0",
    "198.17.255.255",   "198.20.0.0",      "198.51.99.255",   "198.51.101.0",
    "203.0.112.255",    "203.0.114.0",     "223.255.255.255", "::ffff:8.8.8.8",
    "::ffff:101:101",   "2000::1",         "2001:200::1",     "2001:4860:4860::8888",
    "2001:db7:ffff::1", "2001:db9::1",     "2003::1",         "2606:4700::1111",
    "2a00:1450::1",     "3ffe:ffff::1",
};

TEST(SpecialPurposeTest, LetsPublicAddressesPass) {
  for (const char* text : kPublic) {
    const auto address = Address::Parse(text);

    ASSERT_TRUE(address) << text;
    EXPECT_EQ(SpecialPurpose(*address).value_or("public"), "public") << text;
  }
}

TEST(SpecialPurposeTest, JudgesAMappedAddressByTheOneInside) {
  EXPECT_EQ(SpecialPurpose(*Address::Parse("::ffff:169.254.169.254")), "link-local");
  EXPECT_EQ(SpecialPurpose(*Address::Parse("::ffff:7f00:1")), "loopback");
}

TEST(AddressTest, RefusesWhatIsNotExactlyOneAddress) {
  for (const char* text : {"",
                           " ",
                           "1",
                           "127.1",
                           "127.0.1",
                           "0x7f000001",
                           "0x7f.0.0.1",
                           "0177.0.0.1",
                           "017700000001",
                           "2130706433",
                           "127.0.0.01",
                           "127.0.0.1.",
                           "127.0.0.1 ",
                           " 127.0.0.1",
                           "127.0.0.1\n",
                           "127.0.0.256",
                           "127.0.0.-1",
                           "1.2.3.4.5",
                           "1..2.3",
                           "[::1]",
                           "::1%lo",
                           "fe80::1%25eth0",
                           "::1/128",
                           ":::1",
                           "1::2::3",
                           "12345::",
                           "::g",
                           "::127.0.0.1.2",
                           "localhost",
                           "\xEF\xBC\x91.2.3.4",
                           "1.2.3.4:80"}) {
    EXPECT_FALSE(Address::Parse(text)) << text;
  }
  EXPECT_FALSE(Address::Parse(std::string("1.2.3.4\0", 8)));
  EXPECT_FALSE(Address::Parse(std::string("1.2.3.4\0.evil", 13)));
  EXPECT_FALSE(Address::Parse(std::string(1000, '1')));
}

TEST(AddressTest, IsShownInOneSpelling) {
  EXPECT_EQ(Address::Parse("::ffff:7f00:1")->ToString(), "127.0.0.1");
  EXPECT_EQ(Address::Parse("8.8.8.8")->ToString(), "8.8.8.8");
  EXPECT_EQ(Address::Parse("2001:DB8:0:0::1")->ToString(), "2001:db8::1");
}

TEST(AddressTest, ReadsSocketAddressesOfBothFamiliesAndNoOther) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  inet_pton(AF_INET, "169.254.169.254", &v4.sin_addr);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  inet_pton(AF_INET6, "::ffff:169.254.169.254", &v6.sin6_addr);
  sockaddr_un other{};
  other.sun_family = AF_UNIX;

  const auto from_v4 = Address::FromSocket(reinterpret_cast<const sockaddr*>(&v4));
  const auto from_v6 = Address::FromSocket(reinterpret_cast<const sockaddr*>(&v6));

  ASSERT_TRUE(from_v4 && from_v6);
  EXPECT_EQ(from_v4->bytes(), from_v6->bytes());
  EXPECT_EQ(SpecialPurpose(*from_v6), "link-local");
  EXPECT_FALSE(Address::FromSocket(reinterpret_cast<const sockaddr*>(&other)));
}

struct Range {
  const char* cidr;
  const char* inside;
  const char* outside;
};

TEST(CidrTest, ContainsWhatItsBitsSay) {
  for (const Range& range :
       {Range{"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
        Range{"10.0.0.0/9", "10.127.0.1", "10.128.0.0"},
        Range{"192.168.1.7", "192.168.1.7", "192.168.1.8"},
        Range{"192.168.1.7/32", "::ffff:192.168.1.7", "192.168.1.6"},
        Range{"0.0.0.0/0", "8.8.8.8", "2001:4860::1"}, Range{"fd00::/8", "fd12::1", "fc00::1"},
        Range{"fe80::/10", "febf::1", "fec0::1"}, Range{"::1", "::1", "::2"},
        Range{"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"}}) {
    const auto cidr = Cidr::Parse(range.cidr);

    ASSERT_TRUE(cidr) << range.cidr;
    EXPECT_TRUE(cidr->Contains(*Address::Parse(range.inside))) << range.cidr;
    EXPECT_FALSE(cidr->Contains(*Address::Parse(range.outside))) << range.cidr;
  }
}

TEST(CidrTest, RefusesEverythingElse) {
  for (const char* text :
       {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/-0", "10.0.0.0/+8",
        "10.0.0.0/08", "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0/8", "10/8", "fd00::/129", "fd00::/x",
        "localhost/8", "[::1]/128", "10.0.0.0/99999999999"}) {
    EXPECT_FALSE(Cidr::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace launchgate::fetch
