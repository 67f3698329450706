#include "shell/kube/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;
using testing::HasSubstr;
using testing::Pair;

const ObjectKey kGiftCards{"shop", "gift-cards"};
const std::string kGiftCardsPath = "/apis/apps/v1/namespaces/shop/deployments/gift-cards";

// The request, or a failed expectation and an empty one.
transport::HttpRequest Must(base::Result<transport::HttpRequest> request) {
  if (request) return *request;
  ADD_FAILURE() << request.error().message;
  return {};
}

TEST(GetRequestTest, AsksForJson) {
  const auto request = Must(GetRequest(kDeployments, kGiftCards));

  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, kGiftCardsPath);
  EXPECT_THAT(request.headers, testing::ElementsAre(Pair("Accept", "application/json")));
  EXPECT_EQ(request.body, "");
}

TEST(GetRequestTest, CanAskForMetadataOnly) {
  const auto request = Must(GetRequest(kDeployments, kGiftCards, Content::kMetadataOnly));

  EXPECT_THAT(request.headers, testing::ElementsAre(Pair(
                                   "Accept",
                                   "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,"
                                   "application/json")));
}

TEST(ListRequestTest, EncodesSelectorsAndPages) {
  ListOptions options;
  options.label_selector = "app=gift cards,tier!=db";
  options.field_selector = "metadata.name=a";
  options.limit = 250;
  options.continue_token = "abc+/=";

  const auto request = Must(ListRequest(kDeployments, "shop", options));

  EXPECT_EQ(request.target,
            "/apis/apps/v1/namespaces/shop/deployments?limit=250&continue=abc%2B%2F%3D"
            "&fieldSelector=metadata.name%3Da"
            "&labelSelector=app%3Dgift%20cards%2Ctier%21%3Ddb");
}

TEST(ListRequestTest, ZeroIsNoLimitAndAVersionIsPassedOn) {
  ListOptions options;
  options.limit = 0;
  options.resource_version = "0";

  EXPECT_EQ(Must(ListRequest(kPods, "", options)).target, "/api/v1/pods?resourceVersion=0");
}

TEST(ListRequestTest, AContinuedListCannotNameAVersion) {
  ListOptions options;
  options.continue_token = "abc";
  options.resource_version = "5";

  EXPECT_EQ(ListRequest(kPods, "", options).error().kind, base::ErrorKind::kInvalid);
}

TEST(ListRequestTest, MetadataOnlyAsksForTheListKind) {
  ListOptions options;
  options.content = Content::kMetadataOnly;

  EXPECT_THAT(Must(ListRequest(kPods, "", options)).headers.at(0).second,
              HasSubstr("as=PartialObjectMetadataList;"));
}

TEST(WatchRequestTest, AsksForBookmarksAndAnEnd) {
  WatchOptions options;
  options.resource_version = "1234";
  options.timeout = std::chrono::seconds(280);

  const auto request = Must(WatchRequest(kLaunchReviews, "", options));

  EXPECT_EQ(request.target,
            "/apis/launchgate.dev/v1alpha1/launchreviews?watch=true&allowWatchBookmarks=true"
            "&timeoutSeconds=280&resourceVersion=1234");
}

TEST(WatchRequestTest, MetadataOnlyAsksForTheSingularKindAndBookmarksAreOptional) {
  WatchOptions options;
  options.content = Content::kMetadataOnly;
  options.allow_bookmarks = false;

  const auto request = Must(WatchRequest(kPods, "shop", options));

  EXPECT_THAT(request.headers.at(0).second, HasSubstr("as=PartialObjectMetadata;"));
  EXPECT_THAT(request.target, testing::Not(HasSubstr("Bookmarks")));
}

TEST(CreateRequestTest, PostsToTheCollection) {
  const Json object = {{"metadata", {{"name", "a"}, {"namespace", "shop"}}}};

  const auto request = Must(CreateRequest(kConfigMaps, "shop", object, {"launchgate", true}));

  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target,
            "/api/v1/namespaces/shop/configmaps?fieldManager=launchgate&dryRun=All");
  EXPECT_THAT(request.headers, testing::Contains(Pair("Content-Type", "application/json")));
  EXPECT_EQ(Json::parse(request.body), object);
}

TEST(CreateRequestTest, RefusesAnObjectOfAnotherNamespaceAndAMissingOne) {
  const Json object = {{"metadata", {{"name", "a"}, {"namespace", "other"}}}};

  EXPECT_FALSE(CreateRequest(kConfigMaps, "shop", object, {}));
  EXPECT_FALSE(CreateRequest(kConfigMaps, "", Json::object(), {}));
}

TEST(ReplaceRequestTest, PutsTheObjectOrItsStatus) {
  const Json object = {{"metadata", {{"name", "gift-cards"}, {"resourceVersion", "7"}}}};

  const auto whole = Must(ReplaceRequest(kDeployments, kGiftCards, object, {}));
  const auto status =
      Must(ReplaceRequest(kDeployments, kGiftCards, object, {}, Subresource::kStatus));

  EXPECT_EQ(whole.method, "PUT");
  EXPECT_EQ(whole.target, kGiftCardsPath);
  EXPECT_EQ(status.target, kGiftCardsPath + "/status");
}

TEST(ApplyRequestTest, IsAYamlPatchThatNamesItsObjectAndItsManager) {
  const Json fields = {{"spec", {{"replicas", 2}}}};

  const auto request = Must(ApplyRequest(kDeployments, kGiftCards, fields, {"launchgate", true}));

  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, kGiftCardsPath + "?fieldManager=launchgate&force=true");
  EXPECT_THAT(request.headers,
              testing::Contains(Pair("Content-Type", "application/apply-patch+yaml")));
  const Json expected = {{"apiVersion", "apps/v1"},
                         {"kind", "Deployment"},
                         {"metadata", {{"name", "gift-cards"}, {"namespace", "shop"}}},
                         {"spec", {{"replicas", 2}}}};
  EXPECT_EQ(Json::parse(request.body), expected);
}

TEST(ApplyRequestTest, KeepsAResourceVersionForConditionalWrites) {
  const Json fields = {{"metadata", {{"resourceVersion", "42"}}}};

  const auto request =
      Must(ApplyRequest(kLaunchReviews, kGiftCards, fields, {"launchgate"}, Subresource::kStatus));

  EXPECT_THAT(request.target, HasSubstr("/gift-cards/status?"));
  EXPECT_EQ(Json::parse(request.body)["metadata"]["resourceVersion"], "42");
}

TEST(ApplyRequestTest, WantsAManagerAndOneObject) {
  const Json other = {{"metadata", {{"name", "other"}}}};

  EXPECT_FALSE(ApplyRequest(kDeployments, kGiftCards, Json::object(), {}));
  EXPECT_FALSE(ApplyRequest(kDeployments, kGiftCards, other, {"launchgate"}));
  EXPECT_FALSE(ApplyRequest(kDeployments, kGiftCards, Json::array(), {"launchgate"}));
  EXPECT_FALSE(ApplyRequest(kDeployments, kGiftCards, {{"metadata", "x"}}, {"launchgate"}));
}

TEST(MergePatchRequestTest, SaysSoInItsContentType) {
  const Json patch = {{"metadata", {{"annotations", {{"a", nullptr}}}}}};

  const auto request = Must(MergePatchRequest(kDeployments, kGiftCards, patch, {"launchgate"}));

  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.target, kGiftCardsPath + "?fieldManager=launchgate");
  EXPECT_THAT(request.headers,
              testing::Contains(Pair("Content-Type", "application/merge-patch+json")));
  EXPECT_EQ(Json::parse(request.body), patch);
}

TEST(DeleteRequestTest, CarriesItsPreconditions) {
  const auto request = Must(DeleteRequest(kDeployments, kGiftCards, {"u-1", "42", true}));

  EXPECT_EQ(request.method, "DELETE");
  EXPECT_EQ(request.target, kGiftCardsPath);
  const Json expected = {{"apiVersion", "v1"},
                         {"kind", "DeleteOptions"},
                         {"preconditions", {{"uid", "u-1"}, {"resourceVersion", "42"}}},
                         {"dryRun", {"All"}}};
  EXPECT_EQ(Json::parse(request.body), expected);
}

TEST(DeleteRequestTest, IsUnconditionalWithoutThem) {
  const auto request = Must(DeleteRequest(kDeployments, kGiftCards, {}));

  EXPECT_FALSE(Json::parse(request.body).contains("preconditions"));
}

TEST(BodyTest, TextThatIsNotUtf8IsRefused) {
  const Json object = {{"data", {{"a", "\xff"}}}};

  const auto request = CreateRequest(kConfigMaps, "shop", object, {});

  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, base::ErrorKind::kInvalid);
}

TEST(BodyTest, MoreThanAnApiServerStoresIsRefused) {
  const Json object = {{"data", {{"a", std::string(kMaxRequestBytes, 'x')}}}};

  const auto request = CreateRequest(kConfigMaps, "shop", object, {});

  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().kind, base::ErrorKind::kExhausted);
}

TEST(AllRequestsTest, RefuseHostileNames) {
  const ObjectKey hostile{"shop", "../../secrets/x"};
  const Json object = Json::object();

  EXPECT_FALSE(GetRequest(kPods, hostile));
  EXPECT_FALSE(ListRequest(kPods, "a/b", {}));
  EXPECT_FALSE(WatchRequest(kPods, "a/b", {}));
  EXPECT_FALSE(CreateRequest(kPods, "a/b", object, {}));
  EXPECT_FALSE(ReplaceRequest(kPods, hostile, object, {}));
  EXPECT_FALSE(ApplyRequest(kPods, hostile, object, {"m"}));
  EXPECT_FALSE(MergePatchRequest(kPods, hostile, object, {}));
  EXPECT_FALSE(DeleteRequest(kPods, hostile, {}));
}

}  // namespace
}  // namespace launchgate::kube
