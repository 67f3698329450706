#include "platform/health.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace launchgate::platform {
namespace {

constexpr int kOk = 200;
constexpr int kServiceUnavailable = 503;

TEST(HealthTest, IsReadyWhenEveryCheckPasses) {
  Health health;
  health.AddReadinessCheck("caches", [] { return std::nullopt; });
  health.AddReadinessCheck("clock", [] { return std::nullopt; });

  const Response answer = health.Ready();

  EXPECT_EQ(answer.status, kOk);
  EXPECT_EQ(answer.body, "[+]caches ok\n[+]clock ok\nready\n");
}

TEST(HealthTest, SaysWhichCheckFailsAndWhy) {
  Health health;
  health.AddReadinessCheck("caches", [] { return std::nullopt; });
  health.AddReadinessCheck("clock", [] { return std::optional<std::string>("40 s behind"); });

  const Response answer = health.Ready();

  EXPECT_EQ(answer.status, kServiceUnavailable);
  EXPECT_EQ(answer.body, "[+]caches ok\n[-]clock not ready: 40 s behind\nnot ready\n");
}

TEST(HealthTest, AsksAgainEveryTime) {
  bool synced = false;
  Health health;
  health.AddReadinessCheck("caches", [&synced]() -> std::optional<std::string> {
    if (synced) return std::nullopt;
    return "listing";
  });

  EXPECT_EQ(health.Ready().status, kServiceUnavailable);
  synced = true;
  EXPECT_EQ(health.Ready().status, kOk);
}

TEST(HealthTest, ACheckThatThrowsIsNotReady) {
  Health health;
  health.AddReadinessCheck(
      "caches", []() -> std::optional<std::string> { throw std::runtime_error("lost"); });

  const Response answer = health.Ready();

  EXPECT_EQ(answer.status, kServiceUnavailable);
  EXPECT_EQ(answer.body, "[-]caches not ready: check failed: lost\nnot ready\n");
}

TEST(HealthTest, DrainingIsAliveButNotReady) {
  Health health;
  health.BeginDrain();

  EXPECT_EQ(health.Live().status, kOk);
  EXPECT_EQ(health.Ready().status, kServiceUnavailable);
  EXPECT_EQ(health.Ready().body, "[-]drain not ready: draining\nnot ready\n");
}

TEST(HealthTest, ServesBothPaths) {
  Health health;
  health.AddReadinessCheck("caches", [] { return std::optional<std::string>("listing"); });

  const std::vector<Route> routes = HealthRoutes(health);

  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[0].path, "/healthz");
  EXPECT_EQ(routes[0].handler(Request{}).status, kOk);
  EXPECT_EQ(routes[1].path, "/readyz");
  EXPECT_EQ(routes[1].handler(Request{}).status, kServiceUnavailable);
}

}  // namespace
}  // namespace launchgate::platform
