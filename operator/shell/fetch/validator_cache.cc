#include "shell/fetch/validator_cache.h"

#include <algorithm>

namespace launchgate::fetch {
namespace {

// What an entry costs besides its text: list and map nodes, control block.
constexpr std::size_t kEntryOverhead = 256;

std::size_t CostOf(const std::string& url, const RememberedPage& page) {
  return kEntryOverhead + 2 * url.size() + page.etag.size() + page.last_modified.size() +
         page.content_type.size() + page.body.size();
}

}  // namespace

bool IsUsableValidator(std::string_view value) {
  return !value.empty() && value.size() <= kMaxValidatorBytes &&
         std::ranges::all_of(value, [](char c) { return c >= ' ' && c < 0x7F; });
}

std::shared_ptr<const RememberedPage> ValidatorCache::Find(const std::string& url) {
  const std::lock_guard lock(mutex_);
  const auto found = by_url_.find(url);
  if (found == by_url_.end()) return nullptr;
  recent_.splice(recent_.begin(), recent_, found->second);
  return found->second->page;
}

void ValidatorCache::Remember(const std::string& url, RememberedPage page) {
  if (!IsUsableValidator(page.etag)) page.etag.clear();
  if (!IsUsableValidator(page.last_modified)) page.last_modified.clear();
  const std::size_t cost = CostOf(url, page);
  const bool worthwhile =
      (!page.etag.empty() || !page.last_modified.empty()) && cost <= limits_.bytes;
  auto shared = std::make_shared<const RememberedPage>(std::move(page));
  const std::lock_guard lock(mutex_);
  ForgetLocked(url);
  if (!worthwhile || limits_.entries == 0) return;
  while (recent_.size() >= limits_.entries || bytes_ + cost > limits_.bytes) {
    ForgetLocked(std::string(recent_.back().url));
  }
  recent_.push_front({url, std::move(shared), cost});
  by_url_[url] = recent_.begin();
  bytes_ += cost;
}

void ValidatorCache::Forget(const std::string& url) {
  const std::lock_guard lock(mutex_);
  ForgetLocked(url);
}

void ValidatorCache::ForgetLocked(const std::string& url) {
  const auto found = by_url_.find(url);
  if (found == by_url_.end()) return;
  bytes_ -= found->second->bytes;
  recent_.erase(found->second);
  by_url_.erase(found);
}

std::size_t ValidatorCache::entries() const {
  const std::lock_guard lock(mutex_);
  return recent_.size();
}

std::size_t ValidatorCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace launchgate::fetch
