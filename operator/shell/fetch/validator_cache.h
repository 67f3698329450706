// Pages that a server can be asked about with "changed since?", so that a
// recheck of an unchanged page costs it (and us) a few bytes. (RFC 9110 §13.)
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace launchgate::fetch {

// Longer validators are not sent back.
inline constexpr std::size_t kMaxValidatorBytes = 256;

// Whether a header's value can be sent back as it is: not empty, printable
// ASCII, not too long.
bool IsUsableValidator(std::string_view value);

struct RememberedPage {
  std::string etag;           // As received, quotes included; empty: none.
  std::string last_modified;  // As received; empty: none.
  std::string content_type;
  std::string body;
};

struct ValidatorCacheLimits {
  std::size_t bytes = 16U << 20U;  // Of URLs and pages together.
  std::size_t entries = 1024;
};

// The least recently used pages make room. Thread-safe. It never decides
// whether a page may be fetched: the guard does that first, every time.
class ValidatorCache {
 public:
  explicit ValidatorCache(ValidatorCacheLimits limits = {}) : limits_(limits) {}

  // The page last remembered under this normalised URL; null without one.
  std::shared_ptr<const RememberedPage> Find(const std::string& url);
  // In place of what was remembered. A page without a usable validator, or one
  // that is larger than the whole cache, is only forgotten.
  void Remember(const std::string& url, RememberedPage page);
  void Forget(const std::string& url);

  std::size_t entries() const;
  std::size_t bytes() const;

 private:
  struct Entry {
    std::string url;
    std::shared_ptr<const RememberedPage> page;
    std::size_t bytes = 0;
  };
  using Entries = std::list<Entry>;

  void ForgetLocked(const std::string& url);

  const ValidatorCacheLimits limits_;
  mutable std::mutex mutex_;  // Guards everything below.
  Entries recent_;            // Most recently used first.
  std::map<std::string, Entries::iterator, std::less<>> by_url_;
  std::size_t bytes_ = 0;
};

}  // namespace launchgate::fetch
