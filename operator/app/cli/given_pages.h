// Pages that the command line gives in place of what their URLs would answer: a
// runbook before it is published, or what was recorded of a service.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/evidence/fetcher.h"

namespace launchgate::app::cli {

// By URL, exactly as reviews write it.
using PagesByUrl = std::map<std::string, evidence::Page, std::less<>>;

inline constexpr std::size_t kMaxGivenPages = 256;

// Each text is "URL=FILE", the value of one --page; the last '=' divides, since a
// URL may have some of its own. A page answers with status 200 and the content
// type that its file's name ends with: .md, .html, .json, else none. kInvalid for
// a text without a URL or with one that was given before, kExhausted for a page
// that is larger than one that would be fetched, and kNotFound; each names the
// flag and its value.
base::Result<PagesByUrl> ReadGivenPages(const std::vector<std::string>& texts, std::istream& in);

// Answers the URLs it was given and passes all others on. Thread-safe where
// `others` is.
class GivenPages final : public evidence::PageFetcher {
 public:
  // `others` is not null.
  GivenPages(PagesByUrl pages, std::unique_ptr<evidence::PageFetcher> others)
      : pages_(std::move(pages)), others_(std::move(others)) {}

  base::Result<evidence::Page> Fetch(std::string_view url) override;

 private:
  const PagesByUrl pages_;
  const std::unique_ptr<evidence::PageFetcher> others_;
};

}  // namespace launchgate::app::cli
