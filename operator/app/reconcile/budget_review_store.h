// Where BudgetReviews are created and their status is written.
#pragma once

#include <stop_token>

#include "app/status_writer.h"
#include "core/base/result.h"
#include "core/json/json.h"
#include "shell/kube/client.h"
#include "shell/kube/lease.h"

namespace launchgate::app {

class BudgetReviewStore {
 public:
  virtual ~BudgetReviewStore() = default;
  // True when it was created, false when there is one of this name already: that
  // one is left as it is. Thread-safe, as is WriteStatus().
  virtual base::Result<bool> Create(const json::Json& review, std::stop_token stop) = 0;
  // As StatusWriter::Write().
  virtual base::Result<bool> WriteStatus(const StatusTarget& target, const json::Json& status,
                                         std::stop_token stop) = 0;
};

// Over the API server; nothing is sent by a process that does not lead (kUnavailable).
class ClusterBudgetReviews final : public BudgetReviewStore {
 public:
  // All must outlive this object.
  ClusterBudgetReviews(kube::Client& client, StatusWriter& status,
                       const kube::LeadershipGuard& leadership)
      : client_(client), status_(status), leadership_(leadership) {}

  base::Result<bool> Create(const json::Json& review, std::stop_token stop) override;
  base::Result<bool> WriteStatus(const StatusTarget& target, const json::Json& status,
                                 std::stop_token stop) override {
    return status_.Write(target, status, std::move(stop));
  }

 private:
  kube::Client& client_;
  StatusWriter& status_;
  const kube::LeadershipGuard& leadership_;
};

}  // namespace launchgate::app
