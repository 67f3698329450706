#include "platform/http_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace launchgate::platform {
namespace {

TEST(HttpBufferTest, KeepsItsContentWhenItGrows) {
  HttpBuffer buffer;
  buffer.Reserve(4);
  buffer.Append("abcd");

  buffer.Reserve(1000);

  EXPECT_EQ(buffer.view(), "abcd");
  EXPECT_EQ(buffer.Free().size(), 996u);
}

TEST(HttpBufferTest, HasReadableZerosBehindAFullBuffer) {
  HttpBuffer buffer;
  buffer.Reserve(3);
  buffer.Append("abc");

  buffer.Pad();

  const char* behind = buffer.view().data() + buffer.size();
  EXPECT_TRUE(std::all_of(behind, behind + Request::kBodyPadding, [](char c) { return c == 0; }));
}

TEST(HttpBufferTest, ErasesFromTheMiddle) {
  HttpBuffer buffer;
  buffer.Reserve(8);
  buffer.Append("abcdefgh");

  buffer.Erase(2, 3);

  EXPECT_EQ(buffer.view(), "abfgh");
}

TEST(HttpBufferTest, CommitsWhatWasWrittenToItsRoom) {
  HttpBuffer buffer;
  buffer.Reserve(4);
  buffer.Free()[0] = 'x';
  buffer.Commit(1);

  EXPECT_EQ(buffer.view(), "x");
  EXPECT_EQ(buffer.Free().size(), 3u);
}

TEST(HttpBufferTest, GivesBackOnlyWhatIsTooMuchToKeep) {
  HttpBuffer buffer;
  buffer.Reserve(100);

  buffer.Shrink(100);
  EXPECT_EQ(buffer.capacity(), 100u);
  buffer.Shrink(99);
  EXPECT_EQ(buffer.capacity(), 0u);
}

TEST(HttpBufferTest, NothingCanBeAppendedToNothing) {
  HttpBuffer buffer;
  buffer.Append("");
  buffer.Erase(0, 0);

  EXPECT_EQ(buffer.view(), "");
}

}  // namespace
}  // namespace launchgate::platform
