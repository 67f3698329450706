#include "shell/kube/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_transport.h"
#include "tests/support/fake_waiter.h"

namespace launchgate::kube {
namespace {

using Json = nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test_support::JsonResponse;
using testing::HasSubstr;
using testing::IsEmpty;

const ObjectKey kKey{"shop", "a"};
const std::string kPath = "/api/v1/namespaces/shop/configmaps/a";
const std::string kObject = R"({"metadata":{"name":"a","namespace":"shop","resourceVersion":"7"}})";
const base::Error kCut{base::ErrorKind::kUnavailable, "connection reset"};

std::string StatusBody(const std::string& reason) {
  return R"({"kind":"Status","reason":")" + reason + R"(","message":"m"})";
}

class ClientTest : public testing::Test {
 protected:
  Client MakeClient(ClientOptions options = {}) {
    return Client(transport_, clock_, waiter_, options, 1);
  }
  // Scripts `count` lost answers.
  void LoseAnswers(const std::string& method, const std::string& target, int count) {
    for (int i = 0; i < count; ++i) transport_.ExpectSend(method, target, tl::unexpected(kCut));
  }
  void TearDown() override { EXPECT_THAT(transport_.problems(), IsEmpty()); }

  test_support::FakeTransport transport_;
  test_support::FakeClock clock_;
  test_support::FakeWaiter waiter_{clock_};
};

TEST_F(ClientTest, GetsAnObject) {
  transport_.ExpectSend("GET", kPath, 200, kObject);
  Client client = MakeClient();

  const auto object = client.Get(kConfigMaps, kKey, {});

  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(object->meta.key, kKey);
  EXPECT_EQ(object->meta.resource_version, "7");
  EXPECT_THAT(waiter_.waits, IsEmpty());
}

TEST_F(ClientTest, AnAbsentObjectIsNotFoundAndNotAskedForAgain) {
  transport_.ExpectSend("GET", kPath, 404, StatusBody("NotFound"));
  Client client = MakeClient();

  const auto object = client.Get(kConfigMaps, kKey, {});

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(object.error().http_status, 404);
  EXPECT_THAT(object.error().message, HasSubstr("get configmaps shop/a: the API server"));
}

TEST_F(ClientTest, ABadNameIsRefusedBeforeAnythingIsSent) {
  Client client = MakeClient();

  const auto object = client.Get(kConfigMaps, {"shop", "../x"}, {});

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().kind, base::ErrorKind::kInvalid);
  EXPECT_EQ(object.error().http_status, 0);
}

TEST_F(ClientTest, RepeatsAReadAfterALostAnswerWithGrowingJitteredWaits) {
  LoseAnswers("GET", kPath, 3);
  transport_.ExpectSend("GET", kPath, 200, kObject);
  ClientOptions options;
  options.backoff = {milliseconds(100), seconds(1)};
  Client client = MakeClient(options);

  const auto object = client.Get(kConfigMaps, kKey, {});

  ASSERT_TRUE(object) << object.error().message;
  ASSERT_EQ(waiter_.waits.size(), 3U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_LE(waiter_.waits[static_cast<std::size_t>(i)], milliseconds(100 << i));
  }
}

TEST_F(ClientTest, GivesUpAfterTheLastAttemptWithTheLastError) {
  LoseAnswers("GET", kPath, 3);
  transport_.ExpectSend("GET", kPath, 503, StatusBody("ServiceUnavailable"));
  Client client = MakeClient();

  const auto object = client.Get(kConfigMaps, kKey, {});

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().http_status, 503);
  EXPECT_TRUE(object.error().retryable());
}

TEST_F(ClientTest, WaitsAtLeastAsLongAsTheServerAsks) {
  transport_.ExpectSend("GET", kPath, transport::HttpResponse{429, {{"retry-after", "5"}}, ""});
  transport_.ExpectSend("GET", kPath, 200, kObject);
  Client client = MakeClient();

  ASSERT_TRUE(client.Get(kConfigMaps, kKey, {}));

  ASSERT_EQ(waiter_.waits.size(), 1U);
  EXPECT_GE(waiter_.waits[0], seconds(5));
}

TEST_F(ClientTest, DoesNotWaitLongerThanItsOwnLimit) {
  transport_.ExpectSend("GET", kPath, transport::HttpResponse{503, {{"retry-after", "120"}}, ""});
  Client client = MakeClient();

  const auto object = client.Get(kConfigMaps, kKey, {});

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().retry_after, seconds(120));
  EXPECT_THAT(waiter_.waits, IsEmpty());
}

// Which writes are sent again after which failure.
enum class Write {
  kCreate,
  kPut,
  kConditionalPut,
  kApply,
  kPatch,
  kConditionalPatch,
  kDelete,
  kConditionalDelete
};
struct RepeatRow {
  std::string name;
  Write write;
  bool after_lost_answer;
  friend void PrintTo(const RepeatRow& row, std::ostream* out) { *out << row.name; }
};

class RepeatTest : public ClientTest, public testing::WithParamInterface<RepeatRow> {
 protected:
  static std::string Method(Write write) {
    switch (write) {
      case Write::kCreate:
        return "POST";
      case Write::kPut:
      case Write::kConditionalPut:
        return "PUT";
      case Write::kDelete:
      case Write::kConditionalDelete:
        return "DELETE";
      default:
        return "PATCH";
    }
  }
  static std::string Target(Write write) {
    if (write == Write::kCreate) return "/api/v1/namespaces/shop/configmaps";
    return write == Write::kApply ? kPath + "?fieldManager=lg&force=false" : kPath;
  }
  static bool Run(Client& client, Write write) {
    const Json plain = {{"metadata", {{"name", "a"}}}};
    const Json versioned = {{"metadata", {{"name", "a"}, {"resourceVersion", "7"}}}};
    switch (write) {
      case Write::kCreate:
        return client.Create(kConfigMaps, "shop", plain, {}, {}).has_value();
      case Write::kPut:
        return client.Replace(kConfigMaps, kKey, plain, {}, {}).has_value();
      case Write::kConditionalPut:
        return client.Replace(kConfigMaps, kKey, versioned, {}, {}).has_value();
      case Write::kApply:
        return client.Apply(kConfigMaps, kKey, plain, {"lg"}, {}).has_value();
      case Write::kPatch:
        return client.MergePatch(kConfigMaps, kKey, plain, {}, {}).has_value();
      case Write::kConditionalPatch:
        return client.MergePatch(kConfigMaps, kKey, versioned, {}, {}).has_value();
      case Write::kDelete:
        return client.Delete(kConfigMaps, kKey, {}, {}).has_value();
      case Write::kConditionalDelete:
        return client.Delete(kConfigMaps, kKey, {"uid", ""}, {}).has_value();
    }
    return false;
  }
};

TEST_P(RepeatTest, AfterALostAnswerOnlyIfASecondExecutionIsHarmless) {
  const RepeatRow& row = GetParam();
  LoseAnswers(Method(row.write), Target(row.write), 1);
  if (row.after_lost_answer) {
    transport_.ExpectSend(Method(row.write), Target(row.write), 200, kObject);
  }
  Client client = MakeClient();

  EXPECT_EQ(Run(client, row.write), row.after_lost_answer);
}

TEST_P(RepeatTest, AfterTooManyRequestsAlways) {
  const RepeatRow& row = GetParam();
  transport_.ExpectSend(Method(row.write), Target(row.write), 429, "");
  transport_.ExpectSend(Method(row.write), Target(row.write), 200, kObject);
  Client client = MakeClient();

  EXPECT_TRUE(Run(client, row.write));
}

TEST_P(RepeatTest, NeverAfterAConflict) {
  const RepeatRow& row = GetParam();
  transport_.ExpectSend(Method(row.write), Target(row.write), 409, StatusBody("Conflict"));
  Client client = MakeClient();

  EXPECT_FALSE(Run(client, row.write));
}

INSTANTIATE_TEST_SUITE_P(
    Writes, RepeatTest,
    testing::Values(RepeatRow{"Create", Write::kCreate, false},
                    RepeatRow{"Put", Write::kPut, false},
                    RepeatRow{"ConditionalPut", Write::kConditionalPut, true},
                    RepeatRow{"Apply", Write::kApply, true},
                    RepeatRow{"Patch", Write::kPatch, false},
                    RepeatRow{"ConditionalPatch", Write::kConditionalPatch, true},
                    RepeatRow{"Delete", Write::kDelete, false},
                    RepeatRow{"ConditionalDelete", Write::kConditionalDelete, true}),
    [](const auto& row) { return row.param.name; });

TEST_F(ClientTest, AppliesStatusUnderItsSubresource) {
  transport_.ExpectSend("PATCH", kPath + "/status?fieldManager=lg&force=true", 200, kObject);
  Client client = MakeClient();

  EXPECT_TRUE(client.ApplyStatus(kConfigMaps, kKey, Json::object(), {"lg", true}, {}));
}

TEST_F(ClientTest, AnAnswerThatIsNoObjectIsAnError) {
  transport_.ExpectSend("GET", kPath, 200, "<html>");
  Client client = MakeClient();

  const auto object = client.Get(kConfigMaps, kKey, {});

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().kind, base::ErrorKind::kInvalid);
}

const std::string kListPath = "/api/v1/configmaps?limit=2";

std::string Page(const std::vector<std::string>& names, const std::string& next) {
  Json items = Json::array();
  for (const auto& name : names) items.push_back({{"metadata", {{"name", name}}}});
  return Json{{"metadata", {{"resourceVersion", "100"}, {"continue", next}}}, {"items", items}}
      .dump();
}

class ListTest : public ClientTest {
 protected:
  ApiResult<std::string> List(std::size_t stop_after = 1000) {
    Client client = MakeClient();
    ListOptions options;
    options.limit = 2;
    return client.List(kConfigMaps, "", options,
                       [&](ListPage page) {
                         for (const Object& item : page.items) names_.push_back(item.meta.key.name);
                         return names_.size() < stop_after;
                       },
                       {});
  }
  std::vector<std::string> names_;
};

TEST_F(ListTest, FollowsThePagesToTheEnd) {
  transport_.ExpectSend("GET", kListPath, 200, Page({"a", "b"}, "t/1"));
  transport_.ExpectSend("GET", kListPath + "&continue=t%2F1", 200, Page({"c", "d"}, "t2"));
  transport_.ExpectSend("GET", kListPath + "&continue=t2", 200, Page({"e"}, ""));

  const auto version = List();

  ASSERT_TRUE(version) << version.error().message;
  EXPECT_EQ(*version, "100");
  EXPECT_THAT(names_, testing::ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(ListTest, TheCallerCanEndItEarly) {
  transport_.ExpectSend("GET", kListPath, 200, Page({"a", "b"}, "t1"));

  ASSERT_TRUE(List(2));

  EXPECT_THAT(names_, testing::ElementsAre("a", "b"));
}

TEST_F(ListTest, AnExpiredSnapshotIsAConflictThatOnlyANewListCures) {
  transport_.ExpectSend("GET", kListPath, 200, Page({"a", "b"}, "t1"));
  transport_.ExpectSend("GET", kListPath + "&continue=t1", 410, StatusBody("Expired"));

  const auto version = List();

  ASSERT_FALSE(version);
  EXPECT_EQ(version.error().kind, base::ErrorKind::kConflict);
  EXPECT_EQ(version.error().reason, "Expired");
}

TEST_F(ListTest, ALostPageIsAskedForAgainAndNotHandedOverTwice) {
  transport_.ExpectSend("GET", kListPath, 200, Page({"a", "b"}, "t1"));
  LoseAnswers("GET", kListPath + "&continue=t1", 1);
  transport_.ExpectSend("GET", kListPath + "&continue=t1", 200, Page({"c"}, ""));

  ASSERT_TRUE(List());

  EXPECT_THAT(names_, testing::ElementsAre("a", "b", "c"));
}

TEST_F(ClientTest, SlowsItselfDownToItsRate) {
  ClientOptions options;
  options.rate = {10, 2};
  Client client = MakeClient(options);
  for (int i = 0; i < 4; ++i) transport_.ExpectSend("GET", kPath, 200, kObject);

  for (int i = 0; i < 4; ++i) ASSERT_TRUE(client.Get(kConfigMaps, kKey, {}));

  EXPECT_THAT(waiter_.waits, testing::ElementsAre(milliseconds(100), milliseconds(100)));
}

TEST_F(ClientTest, StoppingWhileWaitingEndsTheCall) {
  LoseAnswers("GET", kPath, 1);
  std::stop_source stop;
  waiter_.on_wait = [&] { stop.request_stop(); };
  Client client = MakeClient();

  const auto object = client.Get(kConfigMaps, kKey, stop.get_token());

  ASSERT_FALSE(object);
  EXPECT_EQ(object.error().kind, base::ErrorKind::kUnavailable);
}

TEST_F(ClientTest, TellsItsObserverAboutEveryAnswer) {
  class Observer final : public RequestObserver {
   public:
    void OnAnswer(std::string_view method, const ResourceType* type, int http_status,
                  std::chrono::milliseconds) override {
      seen.push_back(std::string(method) + " " + (type ? std::string(type->plural) : "-") + " " +
                     std::to_string(http_status));
    }
    std::vector<std::string> seen;
  } observer;
  LoseAnswers("GET", kPath, 1);
  transport_.ExpectSend("GET", kPath, 404, "");
  transport_.ExpectSend("GET", "/version", 200, "{}");
  Client client(transport_, clock_, waiter_, {}, 1, &observer);

  (void)client.Get(kConfigMaps, kKey, {});
  (void)client.GetText("/version", {});

  EXPECT_THAT(observer.seen,
              testing::ElementsAre("GET configmaps 0", "GET configmaps 404", "GET - 200"));
}

}  // namespace
}  // namespace launchgate::kube
