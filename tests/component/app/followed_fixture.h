// FollowedObjects over a real transport against the fake API server.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "app/followed_objects.h"
#include "shell/clock/clock.h"
#include "tests/component/kube/transport_fixture.h"
#include "tests/support/fake_api_server.h"

namespace launchgate::app {

inline constexpr kube::ResourceType kRestores{"velero.io", "v1", "restores", "Restore"};
inline constexpr kube::ResourceType kDisruptionBudgets{"policy", "v1beta1", "poddisruptionbudgets",
                                                       "PodDisruptionBudget"};

inline test_support::Json Named(const std::string& name, const std::string& ns = "shop") {
  return {{"metadata", {{"name", name}, {"namespace", ns}}}};
}

class FollowedFixture : public ::testing::Test {
 protected:
  FollowedFixture() {
    transport::CpprestOptions connect;
    connect.base_url = server_.url();
    connect.user_agent = "launchgate-test";
    transport_ = test_support::MustMake(std::move(connect));
    kube::ClientOptions options;
    options.rate = {1000, 1000};
    client_ = std::make_unique<kube::Client>(*transport_, clock_, waiter_, options, 1);
    context_ = std::make_unique<kube::InformerContext>(
        kube::InformerContext{*transport_, clock_, waiter_, {}});
    objects_ = std::make_unique<FollowedObjects>(*context_, *client_, 7);
    objects_->OnChange([this](const auto& group, const auto& kind, const auto& key) {
      const std::lock_guard lock(mutex_);
      told_.insert(kind + "." + group + " " + kube::ToString(key));
      changed_.notify_all();
    });
  }

  // Whether somebody was told so within 20 s.
  bool WasTold(const std::string& what) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return told_.contains(what); });
  }
  void ForgetWhatWasTold() {
    const std::lock_guard lock(mutex_);
    told_.clear();
  }

  test_support::FakeApiServer server_;
  clock::SystemClock clock_;
  kube::SystemWaiter waiter_;
  std::unique_ptr<transport::Transport> transport_;
  std::unique_ptr<kube::Client> client_;
  std::unique_ptr<kube::InformerContext> context_;

  std::mutex mutex_;  // Guards told_.
  std::condition_variable changed_;
  std::set<std::string> told_;
  std::unique_ptr<FollowedObjects> objects_;  // Last: it stops telling first.
};

}  // namespace launchgate::app
