// An informer on ConfigMaps, a real transport and the fake API server.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "shell/kube/informer.h"
#include "tests/component/kube/transport_fixture.h"
#include "tests/support/fake_api_server.h"

namespace launchgate::kube {

// What the tests keep of a ConfigMap.
struct SeenObject {
  std::string uid;
  std::string resource_version;
  friend bool operator==(const SeenObject&, const SeenObject&) = default;
};

// Everything an informer said, in order. Thread-safe.
class InformerLog {
 public:
  struct Entry {
    Change<SeenObject> change;
    std::string listed;  // Not a change: a complete list of this version begins to be told.
  };

  void Add(const Change<SeenObject>& change) {
    const std::lock_guard lock(mutex_);
    entries_.push_back({change, {}});
    ++changes_;
    changed_.notify_all();
  }
  void Count(InformerNote note, std::string_view detail) {
    const std::lock_guard lock(mutex_);
    if (note == InformerNote::kListed) entries_.push_back({{}, std::string(detail)});
    ++notes_[note];
    changed_.notify_all();
  }
  std::vector<Entry> entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }
  std::size_t changes() const {
    const std::lock_guard lock(mutex_);
    return changes_;
  }
  int count(InformerNote note) const {
    const std::lock_guard lock(mutex_);
    const auto found = notes_.find(note);
    return found == notes_.end() ? 0 : found->second;
  }
  // Blocks until `condition` holds, looking at every entry and note; false after 20 s.
  bool WaitUntil(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::unique_lock lock(mutex_);
    while (true) {
      lock.unlock();
      if (condition()) return true;
      lock.lock();
      if (changed_.wait_for(lock, std::chrono::milliseconds(20)) == std::cv_status::timeout &&
          std::chrono::steady_clock::now() > deadline) {
        return false;
      }
    }
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Entry> entries_;
  std::map<InformerNote, int> notes_;
  std::size_t changes_ = 0;
};

inline test_support::Json ConfigMap(const std::string& name, int value,
                                    const std::string& ns = "shop") {
  return {{"metadata", {{"name", name}, {"namespace", ns}}},
          {"data", {{"value", std::to_string(value)}}}};
}

class InformerTest : public ::testing::Test {
 protected:
  static base::Result<SeenObject> Decode(const RawObject& object) {
    return SeenObject{object.meta.uid, object.meta.resource_version};
  }

  // Impatient, so that a test with a hundred failures takes seconds.
  static InformerOptions Options() {
    InformerOptions options;
    options.type = kConfigMaps;
    options.watcher.backoff = {std::chrono::milliseconds(2), std::chrono::milliseconds(20)};
    options.watcher.absent_retry = std::chrono::milliseconds(20);
    options.request_timeout = std::chrono::seconds(5);
    options.seed = 7;
    return options;
  }

  void Follow(InformerOptions options = Options()) {
    transport::CpprestOptions connect;
    connect.base_url = server_.url();
    connect.user_agent = "launchgate-test";
    transport_ = test_support::MustMake(std::move(connect));
    ASSERT_NE(transport_, nullptr);
    informer_ = std::make_unique<Informer<SeenObject>>(
        InformerContext{
            *transport_, clock_, waiter_,
            [this](InformerNote note, std::string_view detail) { log_.Count(note, detail); }},
        std::move(options), &InformerTest::Decode);
    informer_->AddHandler([this](const Change<SeenObject>& change) { log_.Add(change); });
    informer_->Start();
  }

  std::map<ObjectKey, SeenObject> ServerState() {
    std::map<ObjectKey, SeenObject> state;
    for (const test_support::Json& object : server_.List(kConfigMaps)) {
      const auto& meta = object["metadata"];
      state[{meta["namespace"], meta["name"]}] = {meta["uid"], meta["resourceVersion"]};
    }
    return state;
  }
  std::map<ObjectKey, SeenObject> CacheState() const {
    std::map<ObjectKey, SeenObject> state;
    for (const auto& entry : informer_->Snapshot()) state[entry.key] = *entry.value;
    return state;
  }

  test_support::FakeApiServer server_;
  clock::SystemClock clock_;
  SystemWaiter waiter_;
  InformerLog log_;
  std::unique_ptr<transport::Transport> transport_;
  std::unique_ptr<Informer<SeenObject>> informer_;
};

}  // namespace launchgate::kube
