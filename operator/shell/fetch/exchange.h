// One request and its answer over libcurl. Internal to this module.
#pragma once

#include <chrono>
#include <string>
#include <tl/expected.hpp>

#include "shell/fetch/connect_guard.h"
#include "shell/fetch/destination.h"
#include "shell/fetch/guarded_fetcher.h"
#include "shell/fetch/observer.h"
#include "shell/fetch/validator_cache.h"

namespace launchgate::fetch::internal {

struct Request {
  const Destination* destination = nullptr;    // Never null.
  const ConnectGuard* guard = nullptr;         // Never null.
  const RememberedPage* remembered = nullptr;  // Not null: ask whether it still stands.
  std::chrono::milliseconds timeout{};         // For everything; more than 0.
};

struct Answer {
  int status = 0;
  RememberedPage page;       // With the answer's own validators.
  std::string redirect;      // Absolute URL; empty when the answer is final.
  bool may_remember = true;  // False with Cache-Control: no-store.
};

// Connects to the guard's addresses and to nothing else, sends no credential,
// follows no redirect and keeps within the options' bounds.
tl::expected<Answer, Failure> Exchange(const Request& request, const FetchOptions& options);

// Before any other thread uses libcurl; repeating it does nothing.
void InitializeCurl();

}  // namespace launchgate::fetch::internal
