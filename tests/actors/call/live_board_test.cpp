#include "actors/call/live_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using model::call_state;
using testing::ElementsAre;
using testing::IsEmpty;

const model::call_record::time noon{1'795'341'600s};

model::call_record call(const std::string& sid, std::chrono::seconds after = 0s) {
  model::call_record record;
  record.call = {sid};
  record.tenant = {"salon"};
  record.started = noon + after;
  record.transcript.push_back({true, "Hello.", noon, {}, 0});
  return record;
}

std::vector<std::string> sids(const std::vector<model::call_record>& calls) {
  std::vector<std::string> all;
  for (const auto& one : calls) all.push_back(one.call.value);
  return all;
}

std::vector<std::string> words(const live_board::news& news) {
  std::vector<std::string> all;
  for (const auto& one : news.all) all.push_back(one.call.value + " " + one.what + " " + one.detail);
  return all;
}

TEST(LiveBoard, ListsWhatGoesOnInShortTheNewestFirst) {
  live_board board;
  board.put(call("CA1"), noon);
  board.put(call("CA2", 2s), noon);
  auto garage = call("CA3", 1s);
  garage.tenant = {"garage"};
  board.put(garage, noon);
  EXPECT_THAT(sids(board.list({})), ElementsAre("CA2", "CA3", "CA1"));
  EXPECT_THAT(board.list({}).front().transcript, IsEmpty()) << "what was said is not copied";
  model::call_query query;
  query.tenant = {"salon"};
  EXPECT_THAT(sids(board.list(query)), ElementsAre("CA2", "CA1"));
  query.limit = 1;
  EXPECT_THAT(sids(board.list(query)), ElementsAre("CA2"));
  query.after = place_of(call("CA2", 2s));
  EXPECT_THAT(sids(board.list(query)), ElementsAre("CA1"));
  board.remove({"CA1"});
  EXPECT_FALSE(board.has({"CA1"}));
  EXPECT_EQ(board.size(), 2u);
}

TEST(LiveBoard, TellsEachStateOnceAndWhatHappensInOrder) {
  live_board board{100};
  auto one = call("CA1");
  board.put(one, noon);
  board.put(one, noon);
  one.state = call_state::talking;
  board.put(one, noon + 1s);
  board.happened({"salon"}, {{"CA1"}, noon + 2s, model::call_moment::caller_said, "Hello?"});
  const auto all = board.since(100);
  EXPECT_FALSE(all.lost);
  EXPECT_THAT(words(all), ElementsAre("CA1 state ringing", "CA1 state talking", "CA1 caller_said Hello?"));
  EXPECT_EQ(all.newest, 103u);
  EXPECT_THAT(words(board.since(102)), ElementsAre("CA1 caller_said Hello?"));
  EXPECT_THAT(words(board.since(103)), IsEmpty());
  EXPECT_TRUE(board.since(50).lost) << "of a former life";
  EXPECT_TRUE(board.since(104).lost) << "of a later one";
}

TEST(LiveBoard, ForgetsTheOldestAndSaysSo) {
  live_board board;
  for (std::size_t n = 0; n < live_board::most_events + 5; ++n)
    board.happened({"salon"}, {{"CA1"}, noon, model::call_moment::key_pressed, ""});
  EXPECT_TRUE(board.since(4).lost);
  EXPECT_FALSE(board.since(5).lost);
  EXPECT_EQ(board.since(0).all.size(), live_board::most_events);
}

TEST(LiveBoard, TellsNothingOfWhatIsDeletedAndLosesNothingElse) {
  live_board board{100};
  const auto said = [&](const char* sid, const char* words) {
    board.happened({"salon"}, {{sid}, noon, model::call_moment::caller_said, words});
  };
  said("CA1", "secret");
  said("CA2", "hello");
  said("CA1", "secret");
  said("CA3", "bye");
  board.forget({{"CA1"}, {"CA9"}});
  EXPECT_THAT(words(board.since(100)), ElementsAre("CA2 caller_said hello", "CA3 caller_said bye"));
  EXPECT_FALSE(board.since(100).lost);
  EXPECT_TRUE(board.since(99).lost) << "that is of a former life";
  EXPECT_THAT(words(board.since(102)), ElementsAre("CA3 caller_said bye"));
  EXPECT_THAT(words(board.since(103)), ElementsAre("CA3 caller_said bye"));
  EXPECT_EQ(board.oldest(), 101u);
  board.forget({{"CA2"}, {"CA3"}});
  EXPECT_THAT(board.since(101).all, IsEmpty());
  EXPECT_FALSE(board.since(101).lost);
  EXPECT_EQ(board.since(101).newest, 104u);
}

TEST(LiveBoard, WakesWhoeverWatches) {
  live_board board;
  int woken = 0;
  board.wake_with([&] { ++woken; });
  board.put(call("CA1"), noon);
  board.put(call("CA1"), noon);
  EXPECT_EQ(woken, 1) << "nothing has happened";
  board.happened({"salon"}, {{"CA1"}, noon, model::call_moment::interrupted, ""});
  EXPECT_EQ(woken, 2);
  board.wake_with(nullptr);
  board.happened({"salon"}, {{"CA1"}, noon, model::call_moment::interrupted, ""});
  EXPECT_EQ(woken, 2);
}

}  // namespace
}  // namespace tonris::actors::test
