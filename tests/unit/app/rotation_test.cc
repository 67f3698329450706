// Ten years of certificates without waiting for any of them.
#include "app/certificates/rotation.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace launchgate::app {
namespace {

using base::Time;

constexpr Time kStart = std::chrono::sys_days(std::chrono::year(2026) / 11 / 23);
constexpr base::Duration kDay = std::chrono::hours(24);
constexpr const char* kHost = "launchgate-webhook.launchgate-system.svc";

crypto::ServerNames Names() { return {{kHost}, {}}; }

// A cluster in which what is written is read by API servers `propagation` later.
class Cluster {
 public:
  // One look of the controller, as CertificateKeeper does it: the caBundle first.
  RotationStep Look(Time now, const crypto::ServerNames& names = Names()) {
    std::optional<CertificateSet> set;
    if (auto read = FromSecretData(secret)) set = *std::move(read);
    const std::string trusted = set ? set->trusted_pem : "";
    auto step = NextRotation(std::move(set), bundle, names, now, options);
    EXPECT_TRUE(step) << step.error().message;
    if (!step) return {};
    const auto merged = MergedBundle(bundle, step->write ? step->write->trusted_pem : trusted, now);
    EXPECT_TRUE(merged) << merged.error().message;
    if (merged) Publish(*merged, now);
    if (step->write) {
      secret = ToSecretData(*step->write);
      ++writes;
    }
    return *std::move(step);
  }

  void Publish(const std::string& pem, Time now) {
    if (pem != bundle) history[now] = pem;
    bundle = pem;
  }

  // Whether an API server that lags by `propagation` trusts the served leaf.
  crypto::Trust Served(Time now) const {
    auto read = history.upper_bound(now - options.propagation);
    if (read == history.begin()) return {false, "nothing is published yet"};
    const auto set = FromSecretData(secret);
    if (!set) return {false, set.error().message};
    const auto trust = crypto::CheckServerCertificate(set->leaf.certificate_pem,
                                                      std::prev(read)->second, kHost, now);
    return trust ? *trust : crypto::Trust{false, trust.error().message};
  }

  // From the first look until every API server has read its bundle.
  Time Begin(Time now) {
    Look(now);
    Look(now + options.propagation);
    return now + options.propagation;
  }

  CertificateSet Set() const { return *FromSecretData(secret); }

  RotationOptions options;
  json::Json secret = json::Json::object();
  std::string bundle;
  std::map<Time, std::string> history;
  int writes = 0;
};

TEST(RotationTest, TheServedLeafIsTrustedForTenYears) {
  Cluster cluster;
  Time now = cluster.Begin(kStart);
  const Time end = now + 3653 * kDay;
  std::size_t leaves = 0;
  std::string leaf;

  while (now < end) {
    const RotationStep step = cluster.Look(now);
    ASSERT_TRUE(cluster.Served(now).trusted)
        << base::FormatTime(now) << ": " << cluster.Served(now).reason << " (" << step.why << ")";
    if (cluster.Set().leaf.certificate_pem != leaf) ++leaves;
    leaf = cluster.Set().leaf.certificate_pem;
    ASSERT_GT(step.next_look, now - kDay);
    const Time next = std::max(step.next_look, now + std::chrono::seconds(10));
    ASSERT_TRUE(cluster.Served(next - std::chrono::seconds(1)).trusted) << base::FormatTime(next);
    now = next;
  }

  EXPECT_GT(leaves, 150U);  // About every 20 days.
  EXPECT_LT(leaves, 260U);
}

TEST(RotationTest, NothingIsWrittenWhileNothingIsDue) {
  Cluster cluster;
  const Time now = cluster.Begin(kStart);
  const int writes = cluster.writes;

  const RotationStep step = cluster.Look(now + kDay);

  EXPECT_EQ(cluster.writes, writes);
  EXPECT_TRUE(step.why.empty());
  EXPECT_GT(step.next_look, now + 18 * kDay);
}

TEST(RotationTest, ANewAuthoritySignsOnlyAfterItHasSpread) {
  Cluster cluster;
  Time now = cluster.Begin(kStart) + 300 * kDay;
  const std::string old_signer = cluster.Set().signer.certificate_pem;

  cluster.Look(now);
  ASSERT_TRUE(cluster.Set().next);
  EXPECT_EQ(cluster.Set().signer.certificate_pem, old_signer);
  cluster.Look(now += std::chrono::seconds(10));
  EXPECT_EQ(cluster.Set().next_published_at, now);
  cluster.Look(now + cluster.options.propagation - base::Duration(1));
  EXPECT_EQ(cluster.Set().signer.certificate_pem, old_signer);
  cluster.Look(now + cluster.options.propagation);

  EXPECT_NE(cluster.Set().signer.certificate_pem, old_signer);
  EXPECT_FALSE(cluster.Set().next);
}

TEST(RotationTest, AnOlderCaBundleStartsTheWaitAnew) {
  Cluster cluster;
  Time now = cluster.Begin(kStart) + 300 * kDay;
  const std::string before = cluster.bundle;
  const std::string old_signer = cluster.Set().signer.certificate_pem;
  cluster.Look(now);
  cluster.Look(now += std::chrono::seconds(10));
  cluster.Publish(before, now);  // Somebody applies an old manifest.

  cluster.Look(now += cluster.options.propagation);

  EXPECT_EQ(cluster.Set().signer.certificate_pem, old_signer);
  EXPECT_TRUE(cluster.Served(now + cluster.options.propagation).trusted);
}

TEST(RotationTest, AClearedCaBundleIsPutBack) {
  Cluster cluster;
  const Time now = cluster.Begin(kStart) + kDay;
  cluster.Publish("", now);

  cluster.Look(now);

  EXPECT_TRUE(cluster.Served(now + cluster.options.propagation).trusted);
}

TEST(RotationTest, ADeletedSecretIsMadeAnewAndTheOldAuthorityStaysTrusted) {
  Cluster cluster;
  const Time now = cluster.Begin(kStart) + kDay;
  const CertificateSet before = cluster.Set();
  cluster.secret = json::Json::object();

  cluster.Look(now);

  EXPECT_NE(cluster.Set().leaf.certificate_pem, before.leaf.certificate_pem);
  EXPECT_NE(cluster.bundle.find(before.signer.certificate_pem), std::string::npos);
  EXPECT_TRUE(cluster.Served(now + cluster.options.propagation).trusted);
}

TEST(RotationTest, EveryCorruptSecretIsMadeAnew) {
  for (const char* key : {"tls.crt", "tls.key", "ca.crt", "signer.crt", "signer.key"}) {
    for (const json::Json& value :
         {json::Json(), json::Json("%%%"), json::Json("aGVsbG8="), json::Json(7)}) {
      Cluster cluster;
      const Time now = cluster.Begin(kStart) + kDay;
      cluster.secret[key] = value;

      cluster.Look(now);

      EXPECT_TRUE(cluster.Served(now + cluster.options.propagation).trusted)
          << key << " " << value.dump();
    }
  }
}

TEST(RotationTest, ALeafOfAnotherAuthorityIsReplaced) {
  Cluster cluster;
  Cluster other;
  const Time now = cluster.Begin(kStart) + kDay;
  other.Begin(kStart);
  cluster.secret["tls.crt"] = other.secret["tls.crt"];
  cluster.secret["tls.key"] = other.secret["tls.key"];

  cluster.Look(now);

  EXPECT_TRUE(cluster.Served(now).trusted) << cluster.Served(now).reason;
}

TEST(RotationTest, ChangedNamesGiveANewLeafAtOnceAndOnlyOnce) {
  Cluster cluster;
  const Time now = cluster.Begin(kStart) + kDay;
  const crypto::ServerNames names{{kHost, "gate.example.com"}, {"10.0.0.7"}};

  cluster.Look(now, names);
  const int writes = cluster.writes;
  const auto leaf = crypto::ReadCertificate(cluster.Set().leaf.certificate_pem);
  cluster.Look(now + kDay, names);

  ASSERT_TRUE(leaf);
  EXPECT_EQ(leaf->names.dns_names, names.dns_names);
  EXPECT_TRUE(cluster.Served(now).trusted);
  EXPECT_EQ(cluster.writes, writes);
}

// Nobody registers the webhook for a year, then somebody does.
TEST(RotationTest, WithoutARegistrationLeavesAreRenewedToTheEndOfTheirAuthority) {
  Cluster cluster;
  Time now = kStart;
  cluster.Look(now);
  const Time end = now + 400 * kDay;

  while (now < end) {
    cluster.bundle.clear();
    const RotationStep step = cluster.Look(now);
    const auto leaf = crypto::ReadCertificate(cluster.Set().leaf.certificate_pem);
    ASSERT_TRUE(leaf);
    ASSERT_GT(leaf->validity.not_after, now) << base::FormatTime(now);
    now += kDay;
  }
}

TEST(MergedBundleTest, KeepsWhatIsTrustedOnceAndDropsWhatHasEnded) {
  Cluster one;
  Cluster two;
  one.Look(kStart);
  two.Look(kStart);

  const auto both = MergedBundle(one.bundle + "garbage\n", two.bundle + one.bundle, kStart);
  const auto later = MergedBundle(one.bundle, two.bundle, kStart + 400 * kDay);

  ASSERT_TRUE(both);
  EXPECT_EQ(*both, one.bundle + two.bundle);
  EXPECT_FALSE(later);
}

TEST(MergedBundleTest, NeverGrowsWithoutBound) {
  std::string bundle;
  for (std::size_t i = 0; i < crypto::kMaxBundleCertificates + 3; ++i) {
    Cluster cluster;
    cluster.Look(kStart);
    const auto merged = MergedBundle(bundle, cluster.bundle, kStart);
    ASSERT_TRUE(merged);
    bundle = *merged;
    ASSERT_NE(bundle.find(cluster.bundle), std::string::npos);
  }

  EXPECT_EQ(crypto::ReadBundle(bundle)->size(), crypto::kMaxBundleCertificates);
}

TEST(SecretDataTest, ReadsBackWhatItWrites) {
  Cluster cluster;
  const Time now = cluster.Begin(kStart) + 300 * kDay;
  cluster.Look(now);
  cluster.Look(now + std::chrono::seconds(10));

  const CertificateSet set = cluster.Set();

  ASSERT_TRUE(set.next);
  EXPECT_EQ(set.next_published_at, now + std::chrono::seconds(10));
  EXPECT_EQ(ToSecretData(set), cluster.secret);
}

}  // namespace
}  // namespace launchgate::app
