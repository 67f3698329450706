// The informer against a script: no socket, no thread, no time.
#include "shell/kube/informer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_waiter.h"
#include "tests/support/scripted_transport.h"

namespace launchgate::kube {
namespace {

using std::chrono::seconds;
using Step = test_support::ScriptedTransport::Step;

// A change as a word: "+a1" appeared, "a1>a2" changed, "-a2" went.
using Words = std::vector<std::string>;

std::string Item(const std::string& name, const std::string& version,
                 const std::string& uid = "uid") {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"ns","uid":")" + uid +
         R"(","resourceVersion":")" + version + R"("}})";
}

Step Page(const std::string& version, const std::string& items, const std::string& next = "") {
  Step step;
  step.body = R"({"metadata":{"resourceVersion":")" + version + R"(","continue":")" + next +
              R"("},"items":[)" + items + "]}";
  return step;
}

std::string Event(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}\n";
}

std::string GoneEvent() {
  return Event("ERROR", R"({"kind":"Status","code":410,"reason":"Expired"})");
}

Step Watch(std::vector<std::string> pieces, bool broken = false) {
  Step step;
  step.pieces = std::move(pieces);
  step.broken = broken;
  return step;
}

Step Refusal(int status, transport::Headers headers = {}) {
  Step step;
  step.status = status;
  step.headers = std::move(headers);
  step.body = R"({"kind":"Status","reason":"Scripted"})";
  return step;
}

class InformerUnitTest : public ::testing::Test {
 protected:
  InformerUnitTest() {
    options_.type = kConfigMaps;
    options_.seed = 3;
  }

  // Runs the script to its end.
  void Run() {
    informer_ = std::make_unique<Informer<std::string>>(
        InformerContext{transport_, clock_, waiter_,
                        [this](InformerNote note, std::string_view) { notes_.push_back(note); }},
        options_, [this](const RawObject& object) -> base::Result<std::string> {
          ++decoded_;
          if (object.meta.key.name == "bad") return base::Fail(base::ErrorKind::kInvalid, "bad");
          return object.meta.key.name + object.meta.resource_version;
        });
    informer_->AddHandler([this](const Change<std::string>& change) {
      words_.push_back(!change.before  ? "+" + *change.after
                       : !change.after ? "-" + *change.before
                                       : *change.before + ">" + *change.after);
    });
    transport_.at_end = [this] {
      at_end_ = informer_->Health();
      stop_.request_stop();
    };
    informer_->Run(stop_.get_token());
  }
  long Count(InformerNote note) const { return std::count(notes_.begin(), notes_.end(), note); }

  test_support::FakeClock clock_;
  test_support::FakeWaiter waiter_{clock_};
  test_support::ScriptedTransport transport_;
  InformerOptions options_;
  std::stop_source stop_;
  std::unique_ptr<Informer<std::string>> informer_;
  Words words_;
  std::vector<InformerNote> notes_;
  CacheHealth at_end_;
  int decoded_ = 0;
};

TEST_F(InformerUnitTest, TellsWhatAListAndAWatchSay) {
  transport_.Then(Page("10", Item("a", "1") + "," + Item("b", "2")))
      .Then(Watch({Event("ADDED", Item("c", "11")), Event("MODIFIED", Item("a", "12")),
                   Event("DELETED", Item("b", "13"))}));

  Run();

  EXPECT_EQ(words_, (Words{"+a1", "+b2", "+c11", "a1>a12", "-b2"}));
  EXPECT_TRUE(informer_->HasSynced());
  EXPECT_EQ(*informer_->Get({"ns", "a"}), "a12");
  EXPECT_EQ(informer_->Get({"ns", "b"}), nullptr);
  EXPECT_EQ(informer_->Snapshot().size(), 2U);
}

TEST_F(InformerUnitTest, IsNotSyncedAfterHalfOfThePages) {
  transport_.Then(Page("10", Item("a", "1"), "more"));

  Run();

  EXPECT_FALSE(informer_->HasSynced());
  EXPECT_TRUE(words_.empty()) << "half a list is told to nobody";
  EXPECT_EQ(informer_->CacheAge(), std::chrono::milliseconds::max());
}

TEST_F(InformerUnitTest, AListAfterA410FindsWhatWasChangedAddedAndDeletedMeanwhile) {
  transport_.Then(Page("10", Item("a", "1") + "," + Item("b", "2") + "," + Item("c", "3")))
      .Then(Watch({GoneEvent()}))
      .Then(Page("20", Item("a", "1") + "," + Item("b", "15") + "," + Item("d", "16")))
      .Then(Watch({Event("MODIFIED", Item("d", "21"))}));

  Run();

  EXPECT_EQ(words_, (Words{"+a1", "+b2", "+c3", "b2>b15", "+d16", "-c3", "d16>d21"}));
  EXPECT_EQ(Count(InformerNote::kExpired), 1);
  EXPECT_EQ(decoded_, 6) << "what did not change is not decoded again";
}

TEST_F(InformerUnitTest, A410AsAStatusIsTheSame) {
  transport_.Then(Page("10", Item("a", "1"))).Then(Refusal(410)).Then(Page("20", ""));

  Run();

  EXPECT_EQ(words_, (Words{"+a1", "-a1"}));
  EXPECT_EQ(at_end_.lists, 2U);
}

TEST_F(InformerUnitTest, AnObjectThatWasDeletedAndMadeAgainIsToldAsBoth) {
  transport_.Then(Page("10", Item("a", "1", "first")))
      .Then(Watch({GoneEvent()}))
      .Then(Page("20", Item("a", "15", "second")))
      .Then(Watch({Event("MODIFIED", Item("a", "21", "third"))}));

  Run();

  EXPECT_EQ(words_, (Words{"+a1", "-a1", "+a15", "-a15", "+a21"}));
}

TEST_F(InformerUnitTest, ContinuesFromTheLastVersionWhenTheConnectionIsCutInAnEvent) {
  const std::string event = Event("ADDED", Item("b", "12"));
  transport_.Then(Page("10", ""))
      .Then(Watch({Event("ADDED", Item("a", "11")), event.substr(0, event.size() / 2)}, true))
      .Then(Watch({event}));

  Run();

  EXPECT_EQ(words_, (Words{"+a11", "+b12"}));
  EXPECT_NE(transport_.requests[2].target.find("resourceVersion=11"), std::string::npos);
  EXPECT_EQ(at_end_.lists, 1U);
}

TEST_F(InformerUnitTest, ABookmarkMovesTheVersionAndTellsNobody) {
  transport_.Then(Page("10", ""))
      .Then(Watch({Event("BOOKMARK", R"({"metadata":{"resourceVersion":"500"}})")}));

  Run();

  EXPECT_TRUE(words_.empty());
  EXPECT_NE(transport_.requests[2].target.find("resourceVersion=500"), std::string::npos);
}

TEST_F(InformerUnitTest, ReadsThePagesOfAListOneAfterTheOther) {
  transport_.Then(Page("10", Item("a", "1"), "t1"))
      .Then(Page("10", Item("b", "2"), "t2"))
      .Then(Page("10", Item("c", "3")));

  Run();

  EXPECT_EQ(words_, (Words{"+a1", "+b2", "+c3"}));
  EXPECT_NE(transport_.requests[1].target.find("continue=t1"), std::string::npos);
  EXPECT_NE(transport_.requests[0].target.find("limit=500"), std::string::npos);
  EXPECT_EQ(transport_.requests[0].target.find("resourceVersion"), std::string::npos)
      << "a list is always a quorum read";
}

TEST_F(InformerUnitTest, PagesOfAListThatExpiredAreForgotten) {
  transport_.Then(Page("10", Item("ghost", "1"), "t1"))
      .Then(Refusal(410))
      .Then(Page("20", Item("a", "15")));

  Run();

  EXPECT_EQ(words_, Words{"+a15"});
}

TEST_F(InformerUnitTest, AnUnknownEventTypeIsIgnoredAndCounted) {
  transport_.Then(Page("10", ""))
      .Then(Watch({Event("SHUFFLED", "{}"), Event("ADDED", Item("a", "11"))}));

  Run();

  EXPECT_EQ(words_, Words{"+a11"});
  EXPECT_EQ(Count(InformerNote::kUnknownType), 1);
}

TEST_F(InformerUnitTest, AMalformedLineLeadsToAListAndWhatFollowsItIsNotRead) {
  transport_.Then(Page("10", ""))
      .Then(Watch({"{\"type\":\n" + Event("ADDED", Item("a", "11"))}))
      .Then(Page("20", Item("b", "15")));

  Run();

  EXPECT_EQ(words_, Words{"+b15"});
  EXPECT_EQ(Count(InformerNote::kMalformed), 1);
}

TEST_F(InformerUnitTest, AnEndlessLineLeadsToAList) {
  transport_.Then(Page("10", ""))
      .Then(Watch({std::string(kMaxWatchLineBytes, 'x'), "x"}))
      .Then(Page("20", ""));

  Run();

  EXPECT_EQ(Count(InformerNote::kMalformed), 1);
  EXPECT_EQ(at_end_.lists, 2U);
}

TEST_F(InformerUnitTest, AbsentIsNotTheSameAsEmpty) {
  transport_.Then(Refusal(404));

  Run();

  EXPECT_EQ(at_end_.state, SyncState::kAbsent);
  EXPECT_FALSE(informer_->HasSynced());
  EXPECT_EQ(at_end_.objects, 0U);
}

TEST_F(InformerUnitTest, KeepsWhatItHadWhileItMayNotReadAndIsNotSynced) {
  transport_.Then(Page("10", Item("a", "1"))).Then(Refusal(403)).Then(Refusal(403));

  Run();

  EXPECT_EQ(at_end_.state, SyncState::kForbidden);
  EXPECT_FALSE(informer_->HasSynced());
  EXPECT_NE(informer_->Get({"ns", "a"}), nullptr);
}

TEST_F(InformerUnitTest, IsAsOldAsTheLastThingTheServerSaid) {
  Step late = Watch({Event("BOOKMARK", R"({"metadata":{"resourceVersion":"11"}})")}, true);
  late.before = [this] { clock_.Advance(seconds(30)); };
  Step silent = Watch({}, true);
  silent.before = [this] { clock_.Advance(seconds(55)); };
  transport_.Then(Page("10", "")).Then(late).Then(silent);

  Run();

  EXPECT_GE(at_end_.age, seconds(55));
  EXPECT_LE(at_end_.age, seconds(58)) << "the bookmark counted, the silence did not";
}

TEST_F(InformerUnitTest, HonoursRetryAfter) {
  transport_.Then(Refusal(429, {{"retry-after", "17"}})).Then(Page("10", ""));

  Run();

  ASSERT_FALSE(waiter_.waits.empty());
  EXPECT_GE(waiter_.waits[0], seconds(17));
}

TEST_F(InformerUnitTest, CountsWhatItsDecoderCannotReadAndFollowsTheRest) {
  transport_.Then(Page("10", Item("bad", "1") + "," + Item("a", "2")))
      .Then(Watch({Event("MODIFIED", Item("bad", "11")), Event("MODIFIED", Item("a", "12"))}));

  Run();

  EXPECT_EQ(words_, (Words{"+a2", "a2>a12"}));
  EXPECT_EQ(at_end_.undecodable, 1U);
  EXPECT_EQ(at_end_.objects, 1U);
  EXPECT_EQ(informer_->Snapshot().size(), 1U);
}

TEST_F(InformerUnitTest, ACollectionThatIsTooLargeIsRefusedAsAWhole) {
  options_.max_objects = 2;
  transport_.Then(Page("10", Item("a", "1") + "," + Item("b", "2") + "," + Item("c", "3")));

  Run();

  EXPECT_TRUE(words_.empty());
  EXPECT_TRUE(at_end_.too_many);
  EXPECT_FALSE(informer_->HasSynced());
  EXPECT_EQ(Count(InformerNote::kTooMany), 1);
}

TEST_F(InformerUnitTest, ACollectionThatGrowsTooLargeIsNotSyncedAnyMore) {
  options_.max_objects = 1;
  transport_.Then(Page("10", Item("a", "1"))).Then(Watch({Event("ADDED", Item("b", "11"))}));

  Run();

  EXPECT_FALSE(informer_->HasSynced());
  EXPECT_EQ(at_end_.objects, 1U);
}

TEST_F(InformerUnitTest, ADeletionOfWhatWasNeverSeenIsNoChange) {
  transport_.Then(Page("10", "")).Then(Watch({Event("DELETED", Item("a", "11"))}));

  Run();

  EXPECT_TRUE(words_.empty());
}

TEST_F(InformerUnitTest, TriesOnWhenEveryThingFails) {
  for (int i = 0; i < 50; ++i) transport_.Then(Refusal(500));

  Run();

  EXPECT_EQ(Count(InformerNote::kRefused), 50);
  EXPECT_EQ(at_end_.state, SyncState::kStarting);
}

}  // namespace
}  // namespace launchgate::kube
