// What an observer is told about fetches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/component/fetch/fetch_fixture.h"

namespace launchgate::fetch {
namespace {

using ::testing::IsEmpty;

struct ToldRow {
  const char* name;
  std::string answer;  // Of the only server that is allowed.
  const char* url;     // "{url}" is that server's.
  std::vector<std::string> events;
};
void PrintTo(const ToldRow& row, std::ostream* out) { *out << row.name; }

std::string ManyHeaders(int count) {
  std::string headers;
  for (int i = 0; i < count; ++i) headers += "X: y\r\n";
  return headers;
}

class ObserverTest : public FetchFixture, public ::testing::WithParamInterface<ToldRow> {};

TEST_P(ObserverTest, IsToldOncePerFetch) {
  const RawServer server(Answering(GetParam().answer));
  FetchOptions options = Allow(server);
  DestinationRule special;
  special.scheme = "http";
  special.host = "127.0.0.2";
  special.port = 1;
  options.allow.push_back(special);
  options.max_body_bytes = 1'000;
  GuardedFetcher fetcher(options, Observed());
  std::string url = GetParam().url;
  if (url == "{url}") url = server.url();

  (void)fetcher.Fetch(url);

  EXPECT_EQ(observer_.TakeEvents(), GetParam().events);
}

INSTANTIATE_TEST_SUITE_P(
    Events, ObserverTest,
    ::testing::Values(
        ToldRow{"Page", Answer(200, "", "x"), "{url}", {"answered"}},
        ToldRow{"Missing", Answer(404, "", "x"), "{url}", {"answered"}},
        ToldRow{"Broken", Answer(503, "", "x"), "{url}", {"answered"}},
        ToldRow{"NoUrl", "", "not a URL", {"url", "refused"}},
        ToldRow{"UserInUrl", "", "http://a@127.0.0.1/", {"url", "refused"}},
        ToldRow{"OtherHost", "", "https://example.com/", {"destination", "refused"}},
        ToldRow{"SpecialAddress", "", "http://127.0.0.2:1/", {"address", "refused"}},
        ToldRow{
            "RedirectLoop", Answer(302, "Location: /\r\n", ""), "{url}", {"redirect", "refused"}},
        ToldRow{"RedirectAway",
                Answer(302, "Location: https://example.com/\r\n", ""),
                "{url}",
                {"redirect", "refused"}},
        ToldRow{"RedirectToNoUrl",
                Answer(302, "Location: file:///etc/hostname\r\n", ""),
                "{url}",
                {"redirect", "refused"}},
        ToldRow{"RedirectToSpecialAddress",
                Answer(302, "Location: http://127.0.0.2:1/\r\n", ""),
                "{url}",
                {"address", "refused"}},
        ToldRow{"LargeBody",
                Answer(200, "", std::string(1'001, 'x')),
                "{url}",
                {"tooLarge", "refused"}},
        ToldRow{"LongHeaders",
                Answer(200, "X: " + std::string(70'000, 'x') + "\r\n", ""),
                "{url}",
                {"headers", "refused"}},
        ToldRow{"ManyHeaders", Answer(200, ManyHeaders(128), ""), "{url}", {"headers", "refused"}},
        ToldRow{"EnoughHeaders", Answer(200, ManyHeaders(125), ""), "{url}", {"answered"}},
        ToldRow{"ManyTrailers",
                "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n" +
                    ManyHeaders(200) + "\r\n",
                "{url}",
                {"headers", "refused"}},
        ToldRow{"CutShort", "HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\nx", "{url}", {"failed"}},
        ToldRow{"Gibberish", "hello\r\n\r\n", "{url}", {"failed"}}),
    [](const auto& row) { return row.param.name; });

using UnobservedTest = FetchFixture;

TEST_F(UnobservedTest, NobodyNeedsToWatch) {
  const RawServer server(Answering(Answer(200, "", "x")));
  GuardedFetcher fetcher(Allow(server));

  EXPECT_TRUE(fetcher.Fetch(server.url()));
  EXPECT_FALSE(fetcher.Fetch("not a URL"));
  EXPECT_THAT(observer_.TakeEvents(), IsEmpty());
}

}  // namespace
}  // namespace launchgate::fetch
