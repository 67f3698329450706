#include "core/base/bytes.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace launchgate::base {
namespace {

using std::string_view_literals::operator""sv;

std::string EveryByte() {
  std::string bytes;
  for (int value = 0; value < 256; ++value) bytes.push_back(static_cast<char>(value));
  return bytes;
}

TEST(BytesTest, HashesThePublishedVectors) {
  // FIPS 180-4 examples, as published by NIST.
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(BytesTest, HashesBytesAfterAZeroByte) { EXPECT_NE(Sha256Hex("a\0b"sv), Sha256Hex("a\0c"sv)); }

TEST(BytesTest, WritesHexInLowercaseTwoCharactersAByte) {
  EXPECT_EQ(HexEncode("\x00\x0f\xf0\xff"sv), "000ff0ff");
  EXPECT_EQ(HexEncode(Sha256("abc")), Sha256Hex("abc"));
}

TEST(BytesTest, RoundTripsEveryByteAtEveryLength) {
  const std::string all = EveryByte();

  for (std::size_t length = 0; length <= all.size(); ++length) {
    const std::string_view bytes = std::string_view(all).substr(all.size() - length);
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)), std::string(bytes)) << length;
  }
}

TEST(BytesTest, ReadsTheUrlSafeAlphabetAsTheSameBytes) {
  std::string url_safe = Base64Encode(EveryByte());
  for (char& character : url_safe) {
    if (character == '+') character = '-';
    if (character == '/') character = '_';
  }

  EXPECT_NE(url_safe, Base64Encode(EveryByte()));
  EXPECT_EQ(Base64Decode(url_safe), EveryByte());
}

struct TextCase {
  std::string name;
  std::string text;
  std::string bytes;
};

class Base64AcceptsTest : public testing::TestWithParam<TextCase> {};

TEST_P(Base64AcceptsTest, Decodes) { EXPECT_EQ(Base64Decode(GetParam().text), GetParam().bytes); }

// The first seven are the vectors of RFC 4648 section 10.
INSTANTIATE_TEST_SUITE_P(Rows, Base64AcceptsTest,
                         testing::Values(TextCase{"Empty", "", ""},
                                         TextCase{"OneByte", "Zg==", "f"},
                                         TextCase{"TwoBytes", "Zm8=", "fo"},
                                         TextCase{"ThreeBytes", "Zm9v", "foo"},
                                         TextCase{"FourBytes", "Zm9vYg==", "foob"},
                                         TextCase{"FiveBytes", "Zm9vYmE=", "fooba"},
                                         TextCase{"SixBytes", "Zm9vYmFy", "foobar"},
                                         TextCase{"OneByteUnpadded", "Zg", "f"},
                                         TextCase{"TwoBytesUnpadded", "Zm8", "fo"},
                                         TextCase{"StandardSpecials", "+/+/", "\xfb\xff\xbf"},
                                         TextCase{"UrlSafeSpecials", "-_-_", "\xfb\xff\xbf"}),
                         [](const auto& row) { return row.param.name; });

TEST(BytesTest, EncodesTheRfcVectorsPadded) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(Base64Encode("\xfb\xff\xbf"), "+/+/");
}

class Base64RefusesTest : public testing::TestWithParam<TextCase> {};

TEST_P(Base64RefusesTest, IsInvalid) {
  const Result<std::string> decoded = Base64Decode(GetParam().text);

  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().kind, ErrorKind::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, Base64RefusesTest,
    testing::Values(
        TextCase{"MixedAlphabets", "+_+_", ""}, TextCase{"Space", "Zm 9v", ""},
        TextCase{"LineBreakInside", "Zm9v\nZm9v", ""}, TextCase{"LineBreakAtTheEnd", "Zm9v\n", ""},
        TextCase{"SingleCharacter", "Z", ""}, TextCase{"SingleCharacterLeftOver", "Zm9vZ", ""},
        TextCase{"OnlyPadding", "====", ""}, TextCase{"OnePad", "=", ""},
        TextCase{"TooFewPads", "Zg=", ""}, TextCase{"TooManyPads", "Zm8==", ""},
        TextCase{"PadAfterAWholeGroup", "Zm9v=", ""}, TextCase{"AGroupOfPads", "Zm9v====", ""},
        TextCase{"PadInside", "Zg==Zg==", ""}, TextCase{"StrayBitsOneByte", "Zh==", ""},
        TextCase{"StrayBitsTwoBytes", "Zm9=", ""}, TextCase{"StrayBitsUnpadded", "Zh", ""},
        TextCase{"ZeroByte", std::string("Zm\0v", 4), ""}, TextCase{"HighByte", "Zm9\xff", ""},
        TextCase{"Comma", "Zm9,", ""}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::base
