#include "shell/kube/watch_stream.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace launchgate::kube {
namespace {

using Lines = std::vector<std::string>;

base::Status Feed(LineSplitter& splitter, std::string_view piece, Lines& lines) {
  return splitter.Feed(piece, [&lines](std::string_view line) -> base::Status {
    lines.emplace_back(line);
    return {};
  });
}

TEST(LineSplitterTest, GivesTheSameLinesForEverySplitOfTheInput) {
  const std::string input = "first\nsecond line\r\n\n{\"k\":\"\xC3\xA4\"}\nlast\n";
  const Lines expected{"first", "second line", "{\"k\":\"\xC3\xA4\"}", "last"};

  for (std::size_t a = 0; a <= input.size(); ++a) {
    for (std::size_t b = a; b <= input.size(); ++b) {
      LineSplitter splitter;
      Lines lines;
      ASSERT_TRUE(Feed(splitter, input.substr(0, a), lines));
      ASSERT_TRUE(Feed(splitter, input.substr(a, b - a), lines));
      ASSERT_TRUE(Feed(splitter, input.substr(b), lines));
      ASSERT_EQ(lines, expected) << "split at " << a << " and " << b;
    }
  }
}

TEST(LineSplitterTest, KeepsALineWhoseEndHasNotCome) {
  LineSplitter splitter;
  Lines lines;

  ASSERT_TRUE(Feed(splitter, "whole\nhal", lines));

  EXPECT_EQ(lines, Lines{"whole"});
  EXPECT_EQ(splitter.pending(), 3U);
}

TEST(LineSplitterTest, AcceptsALineOfExactlyTheBoundAndNotOneByteMore) {
  LineSplitter splitter(8);
  Lines lines;
  ASSERT_TRUE(Feed(splitter, "12345678\n", lines));
  ASSERT_TRUE(Feed(splitter, "1234", lines));

  const base::Status too_long = Feed(splitter, "56789", lines);

  EXPECT_EQ(lines, Lines{"12345678"});
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().kind, base::ErrorKind::kExhausted);
}

TEST(LineSplitterTest, StopsAtTheFirstLineThatIsRefused) {
  LineSplitter splitter;
  int calls = 0;

  const base::Status fed = splitter.Feed("a\nb\nc\n", [&](std::string_view) -> base::Status {
    if (++calls == 2) return base::Fail(base::ErrorKind::kInvalid, "no");
    return {};
  });

  EXPECT_FALSE(fed);
  EXPECT_EQ(calls, 2);
}

// What a decoded event says, outliving the decoder's buffers.
struct Decoded {
  WatchEvent event;
  std::string json;
};

base::Result<Decoded> Decode(WatchDecoder& decoder, std::string_view line) {
  std::optional<Decoded> decoded;
  const base::Status status =
      decoder.DecodeEvent(line, [&](const WatchEvent& event) -> base::Status {
        decoded = Decoded{event, std::string(event.object.json)};
        return {};
      });
  if (!status) return tl::unexpected(status.error());
  return *decoded;
}

TEST(WatchDecoderTest, ReadsAnEventAndHandsOnTheObjectUnchanged) {
  const std::string object =
      R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"shop","uid":"u-1",)"
      R"("resourceVersion":"42","generation":7,"labels":{"name":"not this one"},)"
      R"("deletionTimestamp":"2026-11-23T08:00:00Z"},"data":{"}":"]\"}{","metadata":"x"}})";
  WatchDecoder decoder;

  const auto decoded = Decode(decoder, R"({"type":"MODIFIED","object":)" + object + "}");

  ASSERT_TRUE(decoded);
  const ObjectMeta expected{{"shop", "a"}, "u-1", "42", 7, true};
  EXPECT_EQ(decoded->event.type, WatchEventType::kModified);
  EXPECT_EQ(decoded->event.object.meta, expected);
  EXPECT_EQ(decoded->json, object);
}

TEST(WatchDecoderTest, DoesNotDependOnTheOrderOfFieldsOrOnWhiteSpace) {
  WatchDecoder decoder;

  const auto decoded = Decode(
      decoder,
      " { \"object\" : { \"data\":{\"a\":[1,{\"b\":2}]}, \"metadata\": {\"resourceVersion\":\"5\", "
      "\"name\" : \"n\"} } , \"type\" : \"ADDED\" } ");

  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->event.type, WatchEventType::kAdded);
  EXPECT_EQ(decoded->event.object.meta.key, (ObjectKey{"", "n"}));
}

TEST(WatchDecoderTest, ABookmarkNeedsNothingButAVersion) {
  WatchDecoder decoder;

  const auto decoded =
      Decode(decoder,
             R"({"type":"BOOKMARK","object":{"kind":"Pod","metadata":{"resourceVersion":"77"}}})");

  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->event.type, WatchEventType::kBookmark);
  EXPECT_EQ(decoded->event.object.meta.resource_version, "77");
}

TEST(WatchDecoderTest, AnErrorEventCarriesTheStatus) {
  WatchDecoder decoder;

  const auto decoded = Decode(
      decoder, R"({"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},)"
               R"("status":"Failure","message":"too old resource version: 1 [2]",)"
               R"("reason":"Expired","details":{"retryAfterSeconds":3},"code":410}})");

  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->event.type, WatchEventType::kError);
  EXPECT_EQ(decoded->event.error.code, 410);
  EXPECT_EQ(decoded->event.error.reason, "Expired");
  EXPECT_EQ(decoded->event.error.retry_after, std::chrono::seconds(3));
}

TEST(WatchDecoderTest, ATypeFromTheFutureIsAnEventAndNotAnError) {
  WatchDecoder decoder;

  const auto decoded = Decode(decoder, R"({"type":"RENAMED","object":{"metadata":{}}})");

  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->event.type, WatchEventType::kUnknown);
  EXPECT_EQ(decoded->event.type_name, "RENAMED");
}

struct BadLine {
  std::string name;
  std::string line;
};

class MalformedEventTest : public ::testing::TestWithParam<BadLine> {};

TEST_P(MalformedEventTest, IsRefusedWithoutQuotingIt) {
  WatchDecoder decoder;

  const auto decoded = Decode(decoder, GetParam().line);

  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(decoded.error().message.find("hunter2"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MalformedEventTest,
    ::testing::Values(
        BadLine{"NotJson", "hunter2"}, BadLine{"Empty", " "},
        BadLine{"HalfAnEvent", R"({"type":"ADDED","object":{"metadata":{"name":"a",)"},
        BadLine{"HalfAString", R"({"type":"ADDED","object":{"metadata":{"name":"hunter2)"},
        BadLine{"AnArray", R"([{"type":"ADDED"}])"}, BadLine{"NoType", R"({"object":{}})"},
        BadLine{"NoObject", R"({"type":"ADDED"})"},
        BadLine{"ObjectIsAString", R"({"type":"ADDED","object":"hunter2"})"},
        BadLine{"TypeIsANumber", R"({"type":1,"object":{}})"},
        BadLine{"NoName", R"({"type":"ADDED","object":{"metadata":{"resourceVersion":"1"}}})"},
        BadLine{"NoVersion", R"({"type":"ADDED","object":{"metadata":{"name":"a"}}})"},
        BadLine{"NoMetadata", R"({"type":"DELETED","object":{"data":{}}})"},
        BadLine{"NameIsANumber",
                R"({"type":"ADDED","object":{"metadata":{"name":1,"resourceVersion":"1"}}})"},
        BadLine{"BookmarkWithoutVersion", R"({"type":"BOOKMARK","object":{"metadata":{}}})"},
        BadLine{"TwoOnOneLine",
                R"({"type":"A","object":{"metadata":{}}}{"type":"A","object":{"metadata":{}}})"},
        BadLine{"NotUtf8",
                "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"\xFF\","
                "\"resourceVersion\":\"1\"}}}"}),
    [](const auto& row) { return row.param.name; });

TEST(WatchDecoderTest, ReadsOnAfterALineThatWasNoEvent) {
  WatchDecoder decoder;
  ASSERT_FALSE(Decode(decoder, "{\"type\":"));

  const auto decoded = Decode(
      decoder, R"({"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"1"}}})");

  EXPECT_TRUE(decoded);
}

base::Result<ListHeader> DecodeList(WatchDecoder& decoder, std::string body, Lines& names,
                                    Lines* texts = nullptr) {
  return decoder.DecodeList(std::move(body), [&](const RawObject& object) -> base::Status {
    names.push_back(ToString(object.meta.key));
    if (texts != nullptr) texts->emplace_back(object.json);
    return {};
  });
}

TEST(WatchDecoderTest, ReadsAPageWithItsVersionAndWhereItContinues) {
  WatchDecoder decoder;
  Lines names;
  Lines texts;

  const auto header = DecodeList(
      decoder,
      R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"9","continue":"c\/1",)"
      R"("remainingItemCount":4},"items":[{"metadata":{"name":"a","namespace":"x",)"
      R"("resourceVersion":"1"},"spec":{"a":[1,2]}},{"spec":{},"metadata":{"name":"b",)"
      R"("namespace":"x","resourceVersion":"2"}}]})",
      names, &texts);

  ASSERT_TRUE(header);
  EXPECT_EQ(header->resource_version, "9");
  EXPECT_EQ(header->continue_token, "c/1");
  EXPECT_EQ(names, (Lines{"x/a", "x/b"}));
  EXPECT_EQ(texts[1],
            R"({"spec":{},"metadata":{"name":"b","namespace":"x","resourceVersion":"2"}})");
}

struct EmptyList {
  std::string name;
  std::string items;
};

class EmptyListTest : public ::testing::TestWithParam<EmptyList> {};

TEST_P(EmptyListTest, IsAListWithoutObjects) {
  WatchDecoder decoder;
  Lines names;

  const auto header = DecodeList(
      decoder, R"({"metadata":{"resourceVersion":"9"},"items":)" + GetParam().items + "}", names);

  ASSERT_TRUE(header);
  EXPECT_TRUE(names.empty());
  EXPECT_TRUE(header->continue_token.empty());
}

INSTANTIATE_TEST_SUITE_P(Rows, EmptyListTest,
                         ::testing::Values(EmptyList{"Brackets", "[]"}, EmptyList{"Null", "null"},
                                           EmptyList{"Spaces", " [ ] "}),
                         [](const auto& row) { return row.param.name; });

class MalformedListTest : public ::testing::TestWithParam<BadLine> {};

TEST_P(MalformedListTest, IsRefusedAsAWhole) {
  WatchDecoder decoder;
  Lines names;

  const auto header = DecodeList(decoder, GetParam().line, names);

  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().kind, base::ErrorKind::kInvalid);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, MalformedListTest,
    ::testing::Values(
        BadLine{"Empty", ""}, BadLine{"Html", "<html>login</html>"},
        BadLine{"AStatus", R"({"kind":"Status","metadata":{},"code":200})"},
        BadLine{"NoVersion", R"({"metadata":{},"items":[]})"},
        BadLine{"NoItems", R"({"metadata":{"resourceVersion":"1"}})"},
        BadLine{"ItemsIsAnObject", R"({"metadata":{"resourceVersion":"1"},"items":{}})"},
        BadLine{"AnItemWithoutAName",
                R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{}}]})"},
        BadLine{"AnItemThatIsNull", R"({"metadata":{"resourceVersion":"1"},"items":[null]})"},
        BadLine{"Truncated", R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"na)"},
        BadLine{"Trailing", R"({"metadata":{"resourceVersion":"1"},"items":[]}x)"}),
    [](const auto& row) { return row.param.name; });

TEST(WatchDecoderTest, AnObjectThatIsRefusedRefusesTheListWithItsError) {
  WatchDecoder decoder;

  const auto header = decoder.DecodeList(
      R"({"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"a","resourceVersion":"1"}}]})",
      [](const RawObject&) -> base::Status {
        return base::Fail(base::ErrorKind::kExhausted, "full");
      });

  ASSERT_FALSE(header);
  EXPECT_EQ(header.error().kind, base::ErrorKind::kExhausted);
}

TEST(WatchDecoderTest, AStatusThatIsNoneHasNoCode) {
  WatchDecoder decoder;

  EXPECT_EQ(decoder.DecodeStatus("<html>").code, 0);
  EXPECT_EQ(decoder.DecodeStatus(R"({"code":"410"})").code, 0);
  EXPECT_EQ(decoder.DecodeStatus(R"({"code":99999})").code, 0);
  EXPECT_EQ(decoder.DecodeStatus(R"({"code":403,"reason":"Forbidden"})").code, 403);
}

}  // namespace
}  // namespace launchgate::kube
