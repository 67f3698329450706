#include "platform/http_routes.h"

#include <gtest/gtest.h>

#include <tuple>

namespace launchgate::platform {
namespace {

constexpr std::size_t kBodyLimit = 1000;

Response Ok(const Request&) { return {}; }

RouteTable Table() {
  return *RouteTable::Create(
      {
          {.method = "POST",
           .path = "/validate",
           .content_types = {"application/json"},
           .max_body_bytes = 5000,
           .handler = Ok},
          {.method = "GET", .path = "/validate", .handler = Ok},
          {.method = "POST", .path = "/any", .max_body_bytes = 10, .handler = Ok},
          {.method = "GET", .path = "/secret", .handler = Ok, .requires_client_certificate = true},
      },
      kBodyLimit);
}

struct Row {
  const char* name;
  RequestHead head;
  int status;  // 200: matched.
};

class RouteMatchTest : public testing::TestWithParam<Row> {};

TEST_P(RouteMatchTest, RefusesWithTheRightStatus) {
  const RouteTable table = Table();

  const auto route = table.Match(GetParam().head);

  EXPECT_EQ(route ? 200 : route.error().status, GetParam().status);
}

RequestHead Validate() {
  return {.method = "POST",
          .path = "/validate",
          .content_type = "application/json",
          .content_length = 10};
}

RequestHead With(auto change) {
  RequestHead head = Validate();
  change(head);
  return head;
}

INSTANTIATE_TEST_SUITE_P(
    Heads, RouteMatchTest,
    testing::Values(
        Row{"AsConfigured", Validate(), 200},
        Row{"UnknownPath", With([](auto& h) { h.path = "/validat"; }), 404},
        Row{"LongerPath", With([](auto& h) { h.path = "/validate/"; }), 404},
        Row{"PathInCapitals", With([](auto& h) { h.path = "/Validate"; }), 404},
        Row{"EscapedPath", With([](auto& h) { h.path = "/%76alidate"; }), 404},
        Row{"WrongMethod", With([](auto& h) { h.method = "PUT"; }), 405},
        Row{"MethodInLowerCase", With([](auto& h) { h.method = "post"; }), 405},
        Row{"ContentTypeWithParameters",
            With([](auto& h) { h.content_type = "Application/JSON ; charset=utf-8"; }), 200},
        Row{"NoContentType", With([](auto& h) { h.content_type = std::nullopt; }), 415},
        Row{"OtherContentType", With([](auto& h) { h.content_type = "text/plain"; }), 415},
        Row{"ContentTypeWithASuffix", With([](auto& h) { h.content_type = "application/jsonp"; }),
            415},
        Row{"Compressed", With([](auto& h) { h.content_encoding = "gzip"; }), 415},
        Row{"IdentityEncoding", With([](auto& h) { h.content_encoding = "identity"; }), 200},
        Row{"Expects100", With([](auto& h) { h.expect = "100-Continue"; }), 200},
        Row{"ExpectsOtherThings", With([](auto& h) { h.expect = "tea"; }), 417},
        Row{"AsLargeAsAllowed", With([](auto& h) { h.content_length = kBodyLimit; }), 200},
        Row{"LargerThanTheServerAllows", With([](auto& h) { h.content_length = kBodyLimit + 1; }),
            413},
        Row{"LargerThanTheRouteAllows",
            RequestHead{.method = "POST", .path = "/any", .content_length = 11}, 413},
        Row{"AnyContentType", RequestHead{.method = "POST", .path = "/any", .content_type = "x/y"},
            200},
        Row{"BodyWhereNoneIsTaken",
            RequestHead{.method = "GET", .path = "/validate", .content_length = 1}, 413},
        Row{"NoClientCertificate", RequestHead{.method = "GET", .path = "/secret"}, 401},
        Row{"VerifiedClientCertificate",
            RequestHead{.method = "GET", .path = "/secret", .client_certificate_verified = true},
            200}),
    [](const auto& row) { return row.param.name; });

TEST(RouteTableTest, ListsTheMethodsAPathHas) {
  const RouteTable table = Table();

  const auto refused = table.Match({.method = "DELETE", .path = "/validate"});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().allow, "POST, GET");
}

TEST(RouteTableTest, FindsTheRouteOfTheMethod) {
  const RouteTable table = Table();

  const auto route = table.Match({.method = "GET", .path = "/validate"});

  ASSERT_TRUE(route);
  EXPECT_EQ((*route)->method, "GET");
}

struct BadRoute {
  const char* name;
  std::vector<Route> routes;
};

class BadRouteTest : public testing::TestWithParam<BadRoute> {};

TEST_P(BadRouteTest, IsRefused) { EXPECT_FALSE(RouteTable::Create(GetParam().routes, kBodyLimit)); }

const AsyncHandler kLater = [](const Request&, Responder) {};

INSTANTIATE_TEST_SUITE_P(
    Routes, BadRouteTest,
    testing::Values(BadRoute{"NoMethod", {{.path = "/a", .handler = Ok}}},
                    BadRoute{"RelativePath", {{.method = "GET", .path = "a", .handler = Ok}}},
                    BadRoute{"NoHandler", {{.method = "GET", .path = "/a"}}},
                    BadRoute{
                        "TwoHandlers",
                        {{.method = "GET", .path = "/a", .handler = Ok, .async_handler = kLater}}},
                    BadRoute{"TheSameTwice",
                             {{.method = "GET", .path = "/a", .handler = Ok},
                              {.method = "GET", .path = "/a", .handler = Ok}}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace launchgate::platform
