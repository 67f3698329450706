#include "core/verdict/dsse.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/bytes.h"
#include "core/verdict/signature.h"

namespace launchgate::verdict {
namespace {

using base::ErrorKind;

constexpr std::string_view kFingerprint = "SHA256:iQUhtupS9MrXBtU6NC60iEJjiKusxN4j8+qdCbatt2A";

Envelope SignedEnvelope() {
  return {std::string(kInTotoPayloadType), R"({"_type":"x"})", {{"", "signature bytes"}}};
}

nlohmann::json Document() { return nlohmann::json::parse(*SerializeEnvelope(SignedEnvelope())); }

TEST(PaeTest, MatchesTheVectorOfTheSpecification) {
  std::ifstream file(LAUNCHGATE_SOURCE_DIR "/tests/testdata/dsse/vector.json");
  const auto vector = nlohmann::json::parse(file);

  EXPECT_EQ(Pae(vector["payloadType"].get<std::string>(), vector["payload"].get<std::string>()),
            vector["pae"].get<std::string>());
}

TEST(PaeTest, CountsBytesNotCharacters) {
  EXPECT_EQ(Pae("", ""), "DSSEv1 0  0 ");
  EXPECT_EQ(Pae("t", "\xc3\xa9"), "DSSEv1 1 t 2 \xc3\xa9");
  EXPECT_EQ(Pae("t", std::string("a\0b", 3)), std::string("DSSEv1 1 t 3 a\0b", 16));
}

TEST(PaeTest, IsDifferentWhenABoundaryMoves) { EXPECT_NE(Pae("a", "b 1 c"), Pae("a 5 b", "c")); }

TEST(EnvelopeTest, IsWrittenInTheOrderOfTheSpecificationAndPadded) {
  const Envelope envelope{"t", "f", {{"", "fo"}, {std::string(kFingerprint), "foo"}}};

  EXPECT_EQ(SerializeEnvelope(envelope),
            R"({"payloadType":"t","payload":"Zg==","signatures":[{"keyid":"","sig":"Zm8="},)"
            R"({"keyid":"SHA256:iQUhtupS9MrXBtU6NC60iEJjiKusxN4j8+qdCbatt2A","sig":"Zm9v"}]})");
}

TEST(EnvelopeTest, ReadsWhatItWrites) {
  const Envelope envelope{std::string(kInTotoPayloadType),
                          std::string("\x00\xff any bytes", 12),
                          {{"", "one"}, {std::string(kFingerprint), "two"}}};

  EXPECT_EQ(ParseEnvelope(*SerializeEnvelope(envelope)), envelope);
}

TEST(EnvelopeTest, ReadsUrlSafeAndUnpaddedBase64) {
  nlohmann::json document = Document();
  document["payload"] = "-_8";
  document["signatures"][0]["sig"] = "-_-_";

  const base::Result<Envelope> envelope = ParseEnvelope(document.dump());

  ASSERT_TRUE(envelope.has_value());
  EXPECT_EQ(envelope->payload, "\xfb\xff");
  EXPECT_EQ(envelope->signatures[0].sig, "\xfb\xff\xbf");
}

TEST(EnvelopeTest, ReadsAnAbsentKeyIdAsEmpty) {
  nlohmann::json document = Document();
  document["signatures"][0].erase("keyid");

  EXPECT_EQ(ParseEnvelope(document.dump()), SignedEnvelope());
}

TEST(EnvelopeTest, IgnoresFieldsTheSpecificationDoesNotKnow) {
  nlohmann::json document = Document();
  document["comment"] = {{"any", {"thing", 1, nullptr}}};
  document["signatures"][0]["cert"] = "-----BEGIN CERTIFICATE-----";

  EXPECT_EQ(ParseEnvelope(document.dump()), SignedEnvelope());
}

TEST(EnvelopeTest, TakesAnyKeyIdAsAHint) {
  nlohmann::json document = Document();
  document["signatures"][0]["keyid"] = "whatever its maker thought of";

  EXPECT_EQ(ParseEnvelope(document.dump())->signatures[0].keyid, "whatever its maker thought of");
}

TEST(EnvelopeTest, HoldsAsManySignaturesAsAllowedAndNoMore) {
  Envelope envelope = SignedEnvelope();
  envelope.signatures.resize(kMaxEnvelopeSignatures, envelope.signatures[0]);
  nlohmann::json document = nlohmann::json::parse(*SerializeEnvelope(envelope));
  EXPECT_EQ(ParseEnvelope(document.dump()), envelope);

  document["signatures"].push_back(document["signatures"][0]);
  const base::Result<Envelope> one_more = ParseEnvelope(document.dump());

  ASSERT_FALSE(one_more.has_value());
  EXPECT_EQ(one_more.error().kind, ErrorKind::kExhausted);
}

TEST(EnvelopeTest, RefusesMoreBytesThanTheBound) {
  const std::string text = Document().dump();
  const std::string padded = text + std::string(kMaxEnvelopeBytes - text.size(), ' ');

  EXPECT_TRUE(ParseEnvelope(padded).has_value());
  const base::Result<Envelope> one_more = ParseEnvelope(padded + " ");
  ASSERT_FALSE(one_more.has_value());
  EXPECT_EQ(one_more.error().kind, ErrorKind::kExhausted);
}

TEST(EnvelopeTest, RefusesDeepNestingEvenInFieldsItIgnores) {
  const std::string start = Document().dump();
  const auto with_depth = [&start](std::size_t depth) {
    return start.substr(0, start.size() - 1) + ",\"x\":" + std::string(depth, '[') +
           std::string(depth, ']') + "}";
  };

  EXPECT_TRUE(ParseEnvelope(with_depth(8)).has_value());
  const base::Result<Envelope> deep = ParseEnvelope(with_depth(20));
  ASSERT_FALSE(deep.has_value());
  EXPECT_EQ(deep.error().kind, ErrorKind::kExhausted);
}

struct TextCase {
  std::string name;
  std::string text;
};

class EnvelopeRefusesTest : public testing::TestWithParam<TextCase> {};

TEST_P(EnvelopeRefusesTest, IsInvalid) {
  const base::Result<Envelope> envelope = ParseEnvelope(GetParam().text);

  ASSERT_FALSE(envelope.has_value());
  EXPECT_EQ(envelope.error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(envelope.error().message.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Rows, EnvelopeRefusesTest,
    testing::Values(
        TextCase{"Empty", ""}, TextCase{"NotJson", "payload"}, TextCase{"List", "[]"},
        TextCase{"Null", "null"}, TextCase{"EmptyObject", "{}"},
        TextCase{"CutOff", R"({"payloadType":"t","payload":"Zg==","signatures":[{"sig":"Zg)"},
        TextCase{"TextBehind", R"({"payloadType":"t","payload":"","signatures":[{"sig":"Zg"}]} x)"},
        TextCase{"ByteOrderMark",
                 "\xef\xbb\xbf"
                 R"({"payloadType":"t","payload":"","signatures":[{"sig":"Zg"}]})"},
        TextCase{"InvalidUtf8",
                 "{\"payloadType\":\"t\xff\",\"payload\":\"\",\"signatures\":[{\"sig\":\"Zg\"}]}"},
        TextCase{"NoType", R"({"payload":"Zg==","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"EmptyType", R"({"payloadType":"","payload":"","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"TypeNotAString",
                 R"({"payloadType":1,"payload":"Zg==","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"TypeWithASpace",
                 R"({"payloadType":"a b","payload":"","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"TypeWithALineBreak",
                 R"({"payloadType":"a\n","payload":"","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"TypeWithAQuote",
                 R"({"payloadType":"a\"","payload":"","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"TypeTooLong", R"({"payload":"","signatures":[{"sig":"Zg=="}],"payloadType":")" +
                                    std::string(kMaxPayloadTypeBytes + 1, 't') + "\"}"},
        TextCase{"NoPayload", R"({"payloadType":"t","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"PayloadNull",
                 R"({"payloadType":"t","payload":null,"signatures":[{"sig":"Zg=="}]})"},
        TextCase{"PayloadNotBase64",
                 R"({"payloadType":"t","payload":"{}","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"PayloadMixedAlphabets",
                 R"({"payloadType":"t","payload":"+_+_","signatures":[{"sig":"Zg=="}]})"},
        TextCase{"NoSignatures", R"({"payloadType":"t","payload":""})"},
        TextCase{"SignaturesEmpty", R"({"payloadType":"t","payload":"","signatures":[]})"},
        TextCase{"SignaturesAnObject",
                 R"({"payloadType":"t","payload":"","signatures":{"sig":"Zg=="}})"},
        TextCase{"SignatureAString", R"({"payloadType":"t","payload":"","signatures":["Zg=="]})"},
        TextCase{"SignatureWithoutSig",
                 R"({"payloadType":"t","payload":"","signatures":[{"keyid":""}]})"},
        TextCase{"SigEmpty", R"({"payloadType":"t","payload":"","signatures":[{"sig":""}]})"},
        TextCase{"SigNotBase64", R"({"payloadType":"t","payload":"","signatures":[{"sig":"*"}]})"},
        TextCase{"SigTooLong", R"({"payloadType":"t","payload":"","signatures":[{"sig":")" +
                                   base::Base64Encode(std::string(kMaxSignatureBytes + 1, 's')) +
                                   "\"}]}"},
        TextCase{"KeyIdANumber",
                 R"({"payloadType":"t","payload":"","signatures":[{"keyid":1,"sig":"Zg=="}]})"},
        TextCase{"KeyIdTooLong", R"({"payloadType":"t","payload":"","signatures":[{"keyid":")" +
                                     std::string(kMaxKeyIdBytes + 1, 'k') + R"(","sig":"Zg=="}]})"},
        TextCase{"PayloadTwice", R"({"payloadType":"t","payload":"Zg==","payload":"Zm8=",)"
                                 R"("signatures":[{"sig":"Zg=="}]})"},
        TextCase{"SigTwice", R"({"payloadType":"t","payload":"",)"
                             R"("signatures":[{"sig":"Zg==","sig":"Zm8="}]})"},
        TextCase{"PayloadInCapitals", R"({"payloadType":"t","payload":"Zg==","PAYLOAD":"Zm8=",)"
                                      R"("signatures":[{"sig":"Zg=="}]})"},
        TextCase{"PayloadTypeAsProtobufNamesIt",
                 R"({"payloadType":"t","payload_type":"u","payload":"",)"
                 R"("signatures":[{"sig":"Zg=="}]})"},
        TextCase{"SignaturesWithALongS",
                 "{\"payloadType\":\"t\",\"payload\":\"\",\"\xc5\xbfignatures\":[],"
                 "\"signatures\":[{\"sig\":\"Zg==\"}]}"},
        TextCase{"KeyIdWithAKelvinSign",
                 "{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{\"\xe2\x84\xaa"
                 "eyid\":\"\",\"sig\":\"Zg==\"}]}"},
        TextCase{"SigInCapitals", R"({"payloadType":"t","payload":"",)"
                                  R"("signatures":[{"sig":"Zg==","Sig":"Zm8="}]})"}),
    [](const auto& row) { return row.param.name; });

TEST(EnvelopeTest, IsNotWrittenWithAKeyIdThatCosignWouldSkip) {
  Envelope envelope = SignedEnvelope();
  envelope.signatures[0].keyid = "alice";

  const base::Result<std::string> text = SerializeEnvelope(envelope);

  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().kind, ErrorKind::kInvalid);
}

TEST(EnvelopeTest, IsNotWrittenBeyondItsBounds) {
  Envelope unsigned_one = SignedEnvelope();
  unsigned_one.signatures.clear();
  Envelope empty_signature = SignedEnvelope();
  empty_signature.signatures[0].sig.clear();
  Envelope unsafe_type = SignedEnvelope();
  unsafe_type.payload_type = "a\",\"payload\":\"";
  Envelope too_large = SignedEnvelope();
  too_large.payload.assign(kMaxEnvelopeBytes, 'x');
  Envelope too_many = SignedEnvelope();
  too_many.signatures.resize(kMaxEnvelopeSignatures + 1, too_many.signatures[0]);

  EXPECT_FALSE(SerializeEnvelope(unsigned_one).has_value());
  EXPECT_FALSE(SerializeEnvelope(empty_signature).has_value());
  EXPECT_FALSE(SerializeEnvelope(unsafe_type).has_value());
  EXPECT_FALSE(SerializeEnvelope(too_large).has_value());
  EXPECT_FALSE(SerializeEnvelope(too_many).has_value());
}

TEST(FingerprintTest, KnowsItsOwnForm) {
  EXPECT_TRUE(IsFingerprint(kFingerprint));
  EXPECT_FALSE(IsFingerprint(""));
  EXPECT_FALSE(IsFingerprint("SHA256:"));
  EXPECT_FALSE(IsFingerprint(std::string(kFingerprint) + "="));
  EXPECT_FALSE(IsFingerprint(kFingerprint.substr(0, kFingerprint.size() - 1)));
  EXPECT_FALSE(IsFingerprint("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48"));
  EXPECT_FALSE(IsFingerprint("SHA256:iQUhtupS9MrXBtU6NC60iEJjiKusxN4j8-qdCbatt2A"));
}

}  // namespace
}  // namespace launchgate::verdict
