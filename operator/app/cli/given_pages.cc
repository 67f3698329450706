#include "app/cli/given_pages.h"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <utility>

#include "app/cli/files.h"
#include "core/base/text.h"
#include "shell/fetch/destination.h"
#include "shell/fetch/guarded_fetcher.h"

namespace launchgate::app::cli {
namespace {

constexpr int kOk = 200;

struct ContentType {
  std::string_view extension;
  std::string_view name;
};
constexpr std::array kContentTypes = {
    ContentType{".md", "text/markdown"},
    ContentType{".html", "text/html"},
    ContentType{".json", "application/json"},
};

std::string_view ContentTypeOf(std::string_view file) {
  for (const ContentType& type : kContentTypes) {
    if (file.ends_with(type.extension)) return type.name;
  }
  return "";
}

base::Result<evidence::Page> ReadPage(const std::string& text, std::istream& in) {
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals + 1 == text.size()) {
    return base::Fail(base::ErrorKind::kInvalid, "must be URL=FILE");
  }
  evidence::Page page;
  page.url = text.substr(0, equals);
  if (const auto destination = fetch::ParseDestination(page.url); !destination) {
    return tl::unexpected(destination.error());
  }
  const std::string file = text.substr(equals + 1);
  auto body = ReadInput(file, in);
  if (!body) return tl::unexpected(body.error());
  const std::size_t max_bytes = fetch::FetchOptions{}.max_body_bytes;
  if (body->size() > max_bytes) {
    return base::Fail(base::ErrorKind::kExhausted,
                      fmt::format("a page has at most {} bytes", max_bytes));
  }
  page.http_status = kOk;
  page.content_type = ContentTypeOf(file);
  page.body = *std::move(body);
  return page;
}

}  // namespace

base::Result<PagesByUrl> ReadGivenPages(const std::vector<std::string>& texts, std::istream& in) {
  if (texts.size() > kMaxGivenPages) {
    return base::Fail(base::ErrorKind::kExhausted,
                      fmt::format("--page may be given at most {} times", kMaxGivenPages));
  }
  PagesByUrl pages;
  for (const std::string& text : texts) {
    const std::string flag = "--page " + base::Quote(text);
    auto page = ReadPage(text, in);
    if (!page) return base::Wrap(flag, page.error());
    const std::string url = page->url;
    if (!pages.emplace(url, *std::move(page)).second) {
      return base::Fail(base::ErrorKind::kInvalid, flag + ": the URL was given before");
    }
  }
  return pages;
}

base::Result<evidence::Page> GivenPages::Fetch(std::string_view url) {
  const auto given = pages_.find(url);
  if (given != pages_.end()) return given->second;
  return others_->Fetch(url);
}

}  // namespace launchgate::app::cli
