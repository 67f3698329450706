// --page URL=FILE: what it reads, what it refuses, and who answers other URLs.
#include "app/cli/given_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "shell/fetch/guarded_fetcher.h"

namespace launchgate::app::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class GivenPagesTest : public ::testing::Test {
 protected:
  GivenPagesTest() {
    std::string pattern = (fs::temp_directory_path() / "launchgate-pages.XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~GivenPagesTest() override { fs::remove_all(root_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(root_ / name, std::ios::binary) << text;
    return (root_ / name).string();
  }

  base::Result<PagesByUrl> Read(const std::vector<std::string>& texts,
                                const std::string& input = "") {
    std::istringstream in(input);
    return ReadGivenPages(texts, in);
  }

  std::string ErrorOf(const std::vector<std::string>& texts) {
    const auto pages = Read(texts);
    return pages ? "" : pages.error().message;
  }

  fs::path root_;
};

struct Type {
  std::string file;
  std::string content_type;
};

class ContentTypeTest : public GivenPagesTest, public ::testing::WithParamInterface<Type> {};

TEST_P(ContentTypeTest, FollowsFromTheNameOfTheFile) {
  const std::string file = Write(GetParam().file, "# Runbook\n");

  const auto pages = Read({"https://runbooks.example.com/a=" + file});

  ASSERT_TRUE(pages) << pages.error().message;
  const evidence::Page& page = pages->at("https://runbooks.example.com/a");
  EXPECT_EQ(page.url, "https://runbooks.example.com/a");
  EXPECT_EQ(page.http_status, 200);
  EXPECT_EQ(page.content_type, GetParam().content_type);
  EXPECT_EQ(page.body, "# Runbook\n");
}

INSTANTIATE_TEST_SUITE_P(Files, ContentTypeTest,
                         ::testing::Values(Type{"a.md", "text/markdown"},
                                           Type{"a.html", "text/html"},
                                           Type{"a.json", "application/json"}, Type{"a.txt", ""},
                                           Type{"md", ""}),
                         [](const auto& row) {
                           std::string name = row.param.file;
                           for (char& c : name) c = c == '.' ? '_' : c;
                           return name;
                         });

TEST_F(GivenPagesTest, TheLastEqualsSignDivides) {
  const auto pages = Read({"https://a.example/?page=1&b=2=" + Write("a.md", "x")});

  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(pages->begin()->first, "https://a.example/?page=1&b=2");
}

TEST_F(GivenPagesTest, ADashIsStandardInput) {
  const auto pages = Read({"https://a.example/=-"}, "from a pipe");

  ASSERT_TRUE(pages) << pages.error().message;
  EXPECT_EQ(pages->begin()->second.body, "from a pipe");
}

TEST_F(GivenPagesTest, APageMayBeAsLargeAsAFetchedOne) {
  const std::size_t most = fetch::FetchOptions{}.max_body_bytes;
  const std::string fits = Write("fits.md", std::string(most, 'x'));
  const std::string large = Write("large.md", std::string(most + 1, 'x'));

  EXPECT_TRUE(Read({"https://a.example/=" + fits}));
  const auto refused = Read({"https://a.example/=" + large});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::kExhausted);
  EXPECT_THAT(refused.error().message, HasSubstr("1048576"));
}

struct Refused {
  std::string name;
  std::string text;
  std::string why;
};

class RefusedPageTest : public GivenPagesTest, public ::testing::WithParamInterface<Refused> {};

TEST_P(RefusedPageTest, NamesTheFlagAndItsValue) {
  EXPECT_THAT(ErrorOf({GetParam().text}),
              AllOf(HasSubstr("--page \"" + GetParam().text + "\": "), HasSubstr(GetParam().why)));
}

INSTANTIATE_TEST_SUITE_P(
    Values, RefusedPageTest,
    ::testing::Values(Refused{"NoFile", "https://a.example/", "must be URL=FILE"},
                      Refused{"EmptyFile", "https://a.example/=", "must be URL=FILE"},
                      Refused{"MissingFile", "https://a.example/=/nowhere/a.md", "No such file"},
                      Refused{"Folder", "https://a.example/=/", "could not be read"},
                      Refused{"NoUrl", "=/etc/hostname", "URL"},
                      Refused{"OtherScheme", "file:///etc/passwd=/etc/hostname", "http"},
                      Refused{"Password", "https://a:b@a.example/=/etc/hostname", "user"}),
    [](const auto& row) { return row.param.name; });

TEST_F(GivenPagesTest, OneUrlHasOnePage) {
  const std::string file = Write("a.md", "x");

  EXPECT_THAT(ErrorOf({"https://a.example/=" + file, "https://a.example/=" + file}),
              HasSubstr("the URL was given before"));
}

TEST_F(GivenPagesTest, TheNumberOfPagesIsBounded) {
  const std::vector<std::string> texts(kMaxGivenPages + 1, "https://a.example/=-");

  EXPECT_THAT(ErrorOf(texts), HasSubstr("at most 256 times"));
}

// Says which URLs it was asked for.
class Asked final : public evidence::PageFetcher {
 public:
  explicit Asked(std::vector<std::string>& urls) : urls_(urls) {}
  base::Result<evidence::Page> Fetch(std::string_view url) override {
    urls_.emplace_back(url);
    return base::Fail(base::ErrorKind::kUnavailable, "nobody is there");
  }

 private:
  std::vector<std::string>& urls_;
};

TEST_F(GivenPagesTest, OnlyExactlyTheGivenUrlIsAnswered) {
  std::vector<std::string> asked;
  GivenPages pages(*Read({"https://a.example/run=" + Write("a.md", "x")}),
                   std::make_unique<Asked>(asked));

  const auto given = pages.Fetch("https://a.example/run");
  const auto other = pages.Fetch("https://a.example/run/");

  ASSERT_TRUE(given);
  EXPECT_EQ(given->body, "x");
  EXPECT_FALSE(other);
  EXPECT_EQ(asked, std::vector<std::string>{"https://a.example/run/"});
}

}  // namespace
}  // namespace launchgate::app::cli
