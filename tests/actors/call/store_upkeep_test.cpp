#include "actors/call/store_upkeep.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "tests/actors/store/shared_stores.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using std::chrono::days;
using work = store_upkeep::work;

/// What it is reminded of is done when the test says so.
class StoreUpkeep : public testing::Test {
 protected:
  struct reminder {
    std::uint64_t turn = 0;
    std::chrono::milliseconds after{};
  };

  StoreUpkeep() : db(call_database::open(directory.data()).value()) {}

  store_upkeep::house house() {
    return {[this] { return &*db; },
            [this] { return wall; },
            [](std::string_view what, const std::string& why) { ADD_FAILURE() << what << ": " << why; },
            [this](work what, std::uint64_t turn, std::chrono::milliseconds after) {
              if (what == work::prune) next = {turn, after};
              if (what == work::merge) next_merge = {turn, after};
            },
            [](const std::vector<model::call_sid>&) {},
            [](const std::vector<model::call_sid>&) {},
            [this](std::chrono::nanoseconds by) { behind = by; },
            std::chrono::steady_clock::now(),
            5s,
            5s};
  }
  void prune() { upkeep.due(work::prune, next.turn); }
  /// Until it is not to go on at once.
  int finish_round() {
    int steps = 0;
    for (prune(); next.after < 1s && steps < 100; prune()) ++steps;
    return steps;
  }
  /// With a message that Twilio keeps.
  void store(const std::string& sid, days age) {
    auto record = ended_call(sid, wall - age);
    record.voicemail.push_back({"RE" + sid, "https://api.twilio.com/RE", 7, *record.ended});
    ASSERT_TRUE(db->write(batch_of(record), wall));
  }
  void audio_is_deleted(const std::string& sid) {
    model::call_record::voicemail_message gone;
    gone.recording = "RE" + sid;
    gone.deleted = true;
    gone.deleted_at = gone.at = wall;
    journal_batch batch;
    batch.facts.push_back({{sid}, gone});
    ASSERT_TRUE(db->write(batch, wall));
    upkeep.audio_is_gone();
  }
  bool has(const std::string& sid) { return !db->record_of({sid}).value().empty(); }

  a_directory directory;
  std::optional<call_database> db;
  call_database::time wall = now();
  reminder next, next_merge;
  std::uint64_t merged = 0;
  unsigned next_call = 1000;
  std::optional<std::chrono::nanoseconds> behind;
  store_upkeep upkeep{house()};
};

TEST_F(StoreUpkeep, TellsHowFarItsTimeIsBehindTheWallClock) {
  upkeep.begin();
  EXPECT_FALSE(behind) << "nobody knows yet what is old";
  store("CA1", days{1});
  (void)finish_round();
  EXPECT_EQ(behind, 0ns);
  wall += 100h;  // it was not running
  store_upkeep later{house()};
  later.begin();
  EXPECT_EQ(behind, 100h) << "before it has had a round";
  behind.reset();
  later.due(work::prune, next.turn);
  ASSERT_TRUE(behind);
  EXPECT_LE(*behind, 100h);
  EXPECT_GT(*behind, 99h) << "no time has passed since";
  ASSERT_TRUE(db->forget({{"CA1"}}, wall));
  later.due(work::prune, next.turn);
  EXPECT_EQ(behind, 0ns) << "of nothing that is kept it is the wall clock";
}

/// Of a million calls it writes gigabytes, on a core that it may share with frames.
TEST_F(StoreUpkeep, MergesWhatWentByItsAgeSlowlyAndWhatSomebodyDeletedAtOnce) {
  const auto forget_among_many = [this] {
    journal_batch batch;
    for (int n = 0; n < 400; ++n) {
      auto call = ended_call("CA" + std::to_string(next_call++), wall);
      call.transcript.front().text.clear();
      for (int word = 0; word < 400; ++word)
        call.transcript.front().text += std::to_string((next_call * 400ULL + word) * 2'654'435'761U) + " ";
      batch.records.push_back({call.call, call.tenant.value, call.started, to_json(call)});
    }
    ASSERT_TRUE(db->write(batch, wall));
    ASSERT_TRUE(db->forget({{"CA" + std::to_string(next_call - 1)}}, wall));
  };
  const auto merge_all = [this] {
    for (int steps = 0; std::exchange(merged, next_merge.turn) != next_merge.turn && steps < 1'000; ++steps)
      upkeep.due(work::merge, next_merge.turn);
  };
  forget_among_many();
  upkeep.begin();
  upkeep.due(work::merge, next_merge.turn);
  EXPECT_EQ(next_merge.after, 100ms) << "a former life has left it";
  merge_all();
  forget_among_many();  // as what goes because of its age
  upkeep.due(work::merge, next_merge.turn);
  merge_all();
  EXPECT_EQ(next_merge.after, 5s);
  upkeep.words_are_gone();
  EXPECT_EQ(next_merge.after, 100ms);
}

TEST_F(StoreUpkeep, GoesRoundOnceMoreWhereAudioIsGoneOfWhatItIsPast) {
  for (int i = 0; i < 25; ++i) store("CAw" + std::to_string(10 + i), days{40 - i / 10});
  upkeep.begin();
  ASSERT_EQ(next.after, 1h);
  prune();
  ASSERT_LT(next.after, 1s) << "there are more";
  audio_is_deleted("CAw10");
  (void)finish_round();
  EXPECT_TRUE(has("CAw10")) << "the round was past it, else this test says nothing";
  EXPECT_EQ(next.after, 5s);
  (void)finish_round();
  EXPECT_FALSE(has("CAw10"));
  EXPECT_TRUE(has("CAw11"));
  EXPECT_EQ(next.after, 1h) << "one more, and no other";
}

}  // namespace
}  // namespace tonris::actors
