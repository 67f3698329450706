#include "shell/kube/resource.h"

#include <gtest/gtest.h>

#include <ostream>

namespace launchgate::kube {
namespace {

struct PathRow {
  std::string name;
  ResourceType type;
  ObjectKey key;
  Subresource subresource;
  std::string path;
  friend void PrintTo(const PathRow& row, std::ostream* out) { *out << row.name; }
};

class ObjectPathTest : public testing::TestWithParam<PathRow> {};

TEST_P(ObjectPathTest, LeadsToTheObject) {
  const PathRow& row = GetParam();

  const auto path = ObjectPath(row.type, row.key, row.subresource);

  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*path, row.path);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ObjectPathTest,
    testing::Values(
        PathRow{"Core",
                kConfigMaps,
                {"shop", "a.b"},
                Subresource::kNone,
                "/api/v1/namespaces/shop/configmaps/a.b"},
        PathRow{"Grouped",
                kDeployments,
                {"shop", "gift-cards"},
                Subresource::kNone,
                "/apis/apps/v1/namespaces/shop/deployments/gift-cards"},
        PathRow{"Status",
                kLaunchReviews,
                {"shop", "gift-cards"},
                Subresource::kStatus,
                "/apis/launchgate.dev/v1alpha1/namespaces/shop/launchreviews/gift-cards/status"},
        PathRow{"Scale",
                kRollouts,
                {"shop", "x"},
                Subresource::kScale,
                "/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/x/scale"},
        PathRow{"Cluster",
                kLaunchAuthorities,
                {"", "platform"},
                Subresource::kNone,
                "/apis/launchgate.dev/v1alpha1/launchauthorities/platform"},
        PathRow{"Namespace",
                kNamespaces,
                {"", "shop"},
                Subresource::kStatus,
                "/api/v1/namespaces/shop/status"}),
    [](const auto& row) { return row.param.name; });

// Names that would leave the path, the namespace or the segment. (THREATS T46.)
class HostileNameTest : public testing::TestWithParam<const char*> {};

TEST_P(HostileNameTest, NeverEntersAPath) {
  const std::string hostile = GetParam();

  const auto as_name = ObjectPath(kConfigMaps, {"shop", hostile});
  const auto as_namespace = ObjectPath(kConfigMaps, {hostile, "a"});
  const auto as_collection = CollectionPath(kPods, hostile);

  ASSERT_FALSE(as_name);
  EXPECT_EQ(as_name.error().kind, base::ErrorKind::kInvalid);
  EXPECT_FALSE(as_namespace);
  EXPECT_FALSE(as_collection);
}

INSTANTIATE_TEST_SUITE_P(Names, HostileNameTest,
                         testing::Values("..", ".", "%2e%2e", "a/b", "a/../b", "/", "A", "-a", "a-",
                                         "a b", "a\nb", "a?watch=true", "a#", "\xc3\xa4", "a..b"));

TEST(ObjectPathTest, WantsANameAndANamespaceExactlyWhereTheKindHasOne) {
  EXPECT_FALSE(ObjectPath(kConfigMaps, {"shop", ""}));
  EXPECT_FALSE(ObjectPath(kConfigMaps, {"", "a"}));
  EXPECT_FALSE(ObjectPath(kLaunchAuthorities, {"shop", "platform"}));
  EXPECT_FALSE(CollectionPath(kNamespaces, "shop"));
}

TEST(ObjectPathTest, NamespacesAreNamedByLabels) {
  EXPECT_FALSE(ObjectPath(kNamespaces, {"", "a.b"}));
  EXPECT_FALSE(ObjectPath(kNamespaces, {"", std::string(64, 'a')}));
  EXPECT_TRUE(ObjectPath(kNamespaces, {"", std::string(63, 'a')}));
}

TEST(CollectionPathTest, AnEmptyNamespaceMeansAllOfThem) {
  EXPECT_EQ(CollectionPath(kDeployments, ""), "/apis/apps/v1/deployments");
  EXPECT_EQ(CollectionPath(kDeployments, "shop"), "/apis/apps/v1/namespaces/shop/deployments");
}

TEST(NamesTest, SayWhatKubernetesSays) {
  EXPECT_EQ(ApiVersion(kPods), "v1");
  EXPECT_EQ(ApiVersion(kLeases), "coordination.k8s.io/v1");
  EXPECT_EQ(QualifiedName(kPods), "pods");
  EXPECT_EQ(QualifiedName(kLeases), "leases.coordination.k8s.io");
  EXPECT_EQ(ToString(ObjectKey{"shop", "a"}), "shop/a");
  EXPECT_EQ(ToString(ObjectKey{"", "a"}), "a");
}

TEST(PercentEncodeTest, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(PercentEncode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(PercentEncode("a=b,c!=d&e f/g+h%i"), "a%3Db%2Cc%21%3Dd%26e%20f%2Fg%2Bh%25i");
  EXPECT_EQ(PercentEncode("\xff"), "%FF");
}

}  // namespace
}  // namespace launchgate::kube
