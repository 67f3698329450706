#include <gtest/gtest.h>

#include <vector>

#include "platform/http.h"

namespace launchgate::platform {
namespace {

class ResponderTest : public testing::Test {
 protected:
  Responder Make() {
    return Responder([this](Response response) { sent_.push_back(response.status); });
  }

  std::vector<int> sent_;
};

TEST_F(ResponderTest, AnswersAtMostOnce) {
  {
    Responder responder = Make();
    responder.Send({.status = 200});
    responder.Send({.status = 404});
  }
  EXPECT_EQ(sent_, (std::vector<int>{200}));
}

TEST_F(ResponderTest, AnswersInternalErrorWhenForgotten) {
  { const Responder responder = Make(); }
  EXPECT_EQ(sent_, (std::vector<int>{500}));
}

TEST_F(ResponderTest, MovesTheDutyToAnswer) {
  Responder first = Make();
  {
    Responder second = std::move(first);
    EXPECT_TRUE(sent_.empty());
  }
  EXPECT_EQ(sent_, (std::vector<int>{500}));
}

TEST_F(ResponderTest, AnswersForTheOneItReplaces) {
  Responder first = Make();
  first = Make();
  EXPECT_EQ(sent_, (std::vector<int>{500}));
  first.Send({.status = 200});
  EXPECT_EQ(sent_, (std::vector<int>{500, 200}));
}

TEST(RequestTest, FindsTheFirstHeaderWhateverItsCase) {
  const std::vector<HeaderField> fields = {{"X-One", "1"}, {"x-one", "2"}, {"X-Two", ""}};
  const Request request{.headers = fields};

  EXPECT_EQ(request.Header("x-ONE"), "1");
  EXPECT_EQ(request.Header("X-Two"), "");
  EXPECT_EQ(request.Header("X-Three"), std::nullopt);
}

}  // namespace
}  // namespace launchgate::platform
