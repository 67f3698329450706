#include "shell/kube/object.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;

TEST(ParseObjectTest, ReadsTheMetadata) {
  const auto object = ParseObject(kDeployments, R"({
    "apiVersion": "apps/v1", "kind": "Deployment",
    "metadata": {"name": "gift-cards", "namespace": "shop", "uid": "u-1",
                 "resourceVersion": "42", "generation": 3,
                 "deletionTimestamp": "2026-11-23T08:00:00Z"},
    "spec": {"replicas": 2}})");

  ASSERT_TRUE(object) << object.error().message;
  const ObjectMeta expected{{"shop", "gift-cards"}, "u-1", "42", 3, true};
  EXPECT_EQ(object->meta, expected);
  EXPECT_EQ((*object->body)["spec"]["replicas"], 2);
}

TEST(ParseObjectTest, FillsInTheKindThatListsLeaveOut) {
  const auto object = ParseObject(kPods, R"({"metadata": {"name": "a"}})");

  ASSERT_TRUE(object);
  EXPECT_EQ((*object->body)["apiVersion"], "v1");
  EXPECT_EQ((*object->body)["kind"], "Pod");
  EXPECT_EQ(object->meta.generation, 0);
  EXPECT_FALSE(object->meta.deleting);
}

TEST(ParseObjectTest, KeepsTheKindTheServerSays) {
  const auto object =
      ParseObject(kPods, R"({"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadata",
                 "metadata":{"name":"a"}})");

  ASSERT_TRUE(object);
  EXPECT_EQ((*object->body)["kind"], "PartialObjectMetadata");
}

class UnreadableObjectTest : public testing::TestWithParam<const char*> {};

TEST_P(UnreadableObjectTest, IsAnErrorThatDoesNotQuoteIt) {
  const auto object = ParseObject(kSecrets, GetParam());

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().kind, base::ErrorKind::kInvalid);
  EXPECT_THAT(object.error().message, testing::Not(testing::HasSubstr("hunter2")));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, UnreadableObjectTest,
    testing::Values("", "null", "[]", "{", R"({"data":"hunter2"})", R"({"metadata":null})",
                    R"({"metadata":{"name":""}})", R"({"metadata":{"name":7}})",
                    R"({"data":{"password":"hunter2"},"metadata":{"name":"a"}} trailing)"));

TEST(ParseListPageTest, ReadsItemsVersionAndContinuation) {
  const auto page = ParseListPage(kConfigMaps, R"({
    "metadata": {"resourceVersion": "100", "continue": "next"},
    "items": [{"metadata": {"name": "a", "namespace": "x"}},
              {"metadata": {"name": "b", "namespace": "y"}}]})");

  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->resource_version, "100");
  EXPECT_EQ(page->continue_token, "next");
  ASSERT_EQ(page->items.size(), 2U);
  EXPECT_EQ(page->items[1].meta.key, (ObjectKey{"y", "b"}));
  EXPECT_EQ((*page->items[0].body)["kind"], "ConfigMap");
}

TEST(ParseListPageTest, AnEmptyListMayBeNullOrAbsent) {
  EXPECT_TRUE(ParseListPage(kPods, R"({"metadata":{},"items":null})")->items.empty());
  EXPECT_TRUE(ParseListPage(kPods, R"({"metadata":{}})")->items.empty());
}

TEST(ParseListPageTest, OneUnreadableItemFailsThePage) {
  EXPECT_FALSE(ParseListPage(kPods, R"({"metadata":{},"items":[{"metadata":{"name":"a"}},{}]})"));
  EXPECT_FALSE(ParseListPage(kPods, R"({"metadata":{},"items":{}})"));
  EXPECT_FALSE(ParseListPage(kPods, R"({"items":[]})"));
  EXPECT_FALSE(ParseListPage(kPods, "[]"));
}

TEST(DumpJsonTest, IsCompactAndRefusesInvalidUtf8) {
  EXPECT_EQ(DumpJson({{"a", 1}}), R"({"a":1})");
  EXPECT_FALSE(DumpJson("\xc3"));
}

}  // namespace
}  // namespace launchgate::kube
