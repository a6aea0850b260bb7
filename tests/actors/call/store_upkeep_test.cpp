#include "actors/call/store_upkeep.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
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

/// In virtual time, of the clocks and of the processor: each row that is written costs so much.
class StoreUpkeep : public testing::Test {
 protected:
  using time_point = store_upkeep::steady::time_point;
  struct reminder {
    std::uint64_t turn = 0;
    std::chrono::milliseconds after{};
    time_point at = time_point::max();
  };

  StoreUpkeep() : db(call_database::open(directory.data()).value()) {}

  store_upkeep::house house() {
    return {[this] { return &*db; },
            [this] { return wall; },
            [](std::string_view what, const std::string& why) { ADD_FAILURE() << what << ": " << why; },
            [this](work what, std::uint64_t turn, std::chrono::milliseconds after) {
              told_of(what) = {turn, after, clock + after};
            },
            [this](const std::vector<model::call_sid>& calls) { lost.insert(lost.end(), calls.begin(), calls.end()); },
            [](const std::vector<model::call_sid>&) {},
            [this](std::chrono::nanoseconds by) { behind = by; },
            [this](std::chrono::nanoseconds age) { round = age; },
            clock,
            5s,
            5s,
            [this] { return clock; },
            [this] { return worked(); }};
  }
  /// To which each record that it deletes costs so much that it is one at a time, and all else nothing.
  store_upkeep::house house_of_a_slow_one(std::chrono::nanoseconds each) {
    auto of = house();
    of.erase_after = 1h;
    of.worked = [this, each] { return (next_call - first_call - number("SELECT count(*) FROM records")) * each; };
    return of;
  }
  reminder& told_of(work what) { return told.at(static_cast<std::size_t>(what)); }
  std::chrono::nanoseconds worked() { return number("SELECT total_changes()") * a_row; }
  std::int64_t number(const char* sql) { return db->connection().read_number(sql).value(); }
  void pass(std::chrono::nanoseconds time) {
    clock += time;
    wall += std::chrono::duration_cast<std::chrono::milliseconds>(time);
  }

  /// One step of it, also before its time; what it has cost.
  std::chrono::nanoseconds step(work what, store_upkeep* of = nullptr) {
    const auto before = worked();
    told_of(what).at = time_point::max();
    (of != nullptr ? *of : upkeep).due(what, told_of(what).turn);
    const auto cost = worked() - before;
    spent.at(static_cast<std::size_t>(what)) += cost;
    return cost;
  }
  /// What is due next, at its time.
  work go_on(store_upkeep* of = nullptr) {
    const auto next = std::ranges::min_element(told, {}, &reminder::at);
    const auto what = static_cast<work>(next - told.begin());
    if (next->at > clock) pass(next->at - clock);
    pass(step(what, of));
    return what;
  }
  void prune() { (void)step(work::prune); }
  /// Until it is not to go on at once.
  int finish_round() {
    int steps = 0;
    for (prune(); told_of(work::prune).after < 1s && steps < 100; prune()) ++steps;
    return steps;
  }
  void store_many(int calls, std::chrono::hours youngest, std::chrono::hours apart) {
    journal_batch batch;
    for (int n = 0; n < calls; ++n) {
      const auto call = ended_call("CA" + std::to_string(next_call++), wall - youngest - n * apart);
      batch.records.push_back({call.call, call.tenant.value, call.started, to_json(call)});
    }
    ASSERT_TRUE(db->write(batch, wall));
  }
  /// Some hundred pages of the full text's index.
  void store_many_words() {
    journal_batch batch;
    for (int n = 0; n < 400; ++n) {
      auto call = ended_call("CA" + std::to_string(next_call++), wall);
      call.transcript.front().text.clear();
      for (int word = 0; word < 400; ++word)
        call.transcript.front().text += std::to_string((next_call * 400ULL + word) * 2'654'435'761U) + " ";
      batch.records.push_back({call.call, call.tenant.value, call.started, to_json(call)});
    }
    ASSERT_TRUE(db->write(batch, wall));
  }
  void forget_the_last() { ASSERT_TRUE(db->forget({{"CA" + std::to_string(--next_call)}}, wall)); }
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
  time_point clock = store_upkeep::steady::now();
  std::chrono::nanoseconds a_row{0};  // costs nothing, if a test does not say so
  std::array<reminder, store_upkeep::work_count> told;
  std::array<std::chrono::nanoseconds, store_upkeep::work_count> spent{};
  static constexpr unsigned first_call = 1000;
  unsigned next_call = first_call;
  std::optional<std::chrono::nanoseconds> behind, round;
  std::vector<model::call_sid> lost;
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
  (void)step(work::prune, &later);
  ASSERT_TRUE(behind);
  EXPECT_LE(*behind, 100h);
  EXPECT_GT(*behind, 99h) << "no time has passed since";
  ASSERT_TRUE(db->forget({{"CA1"}}, wall));
  (void)step(work::prune, &later);
  EXPECT_EQ(behind, 0ns) << "of nothing that is kept it is the wall clock";
}

/// 300 businesses of 50 calls a day each, where a call costs many times what it does on the machine that was measured.
TEST_F(StoreUpkeep, DeletesInAnHourWhatComesInAnHourAndTakesAFiveHundredthOfTheTime) {
  store_many(300 * 50 / 24, 31 * 24h, 0h);
  upkeep.begin();
  a_row = 100us;
  const auto began = clock + 1h;
  while (number("SELECT count(*) FROM records") > 0 && clock < began + 2h) (void)go_on();
  const auto took = clock - began, cost = spent.at(static_cast<std::size_t>(work::prune));
  EXPECT_GT(cost, 625 * 400us) << "a call";
  EXPECT_LT(took, 1h);
  EXPECT_GE(took, cost * (store_upkeep::prune_parts - 10));
  EXPECT_LE(took, cost * (store_upkeep::prune_parts + 50));
}

TEST_F(StoreUpkeep, DoesNoMoreAtOnceThanItsPartOfTheTimeAllows) {
  store_many(200, 31 * 24h, 0h);
  upkeep.begin();
  a_row = 20us;
  (void)step(work::prune);  // nobody knows yet
  std::chrono::nanoseconds most{0};
  while (number("SELECT count(*) FROM records") > 0) most = std::max(most, step(work::prune));
  EXPECT_LE(most, step_pace::a_step * 3 / 2);
  EXPECT_GE(most, step_pace::a_step / 2) << "nor much less";
}

/// Of a million calls it writes gigabytes, on a core that it may share with frames.
TEST_F(StoreUpkeep, MergesWhatWentByItsAgeSlowlyAndWhatSomebodyDeletedSoon) {
  a_row = 1ms;
  const auto parts = [this] {
    const auto cost = step(work::merge);
    return told_of(work::merge).after / cost;
  };
  const auto merge_all = [this] {
    for (int steps = 0; told_of(work::merge).at != time_point::max() && steps < 1'000; ++steps) (void)step(work::merge);
  };
  store_many_words();
  forget_the_last();
  upkeep.begin();
  EXPECT_EQ(parts(), store_upkeep::wanted_parts) << "a former life has left it";
  merge_all();
  EXPECT_FALSE(db->has_words_to_merge());
  store_many_words();
  forget_the_last();  // as what goes because of its age
  EXPECT_EQ(parts(), store_upkeep::merge_parts);
  forget_the_last();
  upkeep.words_are_gone();
  EXPECT_EQ(told_of(work::merge).after, 100ms);
  EXPECT_EQ(parts(), store_upkeep::wanted_parts) << "it waits for this one, and the next";
  merge_all();
  EXPECT_FALSE(db->has_words_to_merge()) << "that, too";
  store_many_words();
  forget_the_last();
  upkeep.words_are_gone();
  EXPECT_EQ(parts(), store_upkeep::wanted_parts);
  forget_the_last();  // by its age
  merge_all();
  EXPECT_TRUE(db->has_words_to_merge()) << "nobody waits for that: it has its time";
}

/// Where merging takes longer than until more has gone: one would else follow the other.
TEST_F(StoreUpkeep, MergesOnceADayHoweverMuchGoesMeanwhile) {
  store_many_words();
  store_many(70, 30 * 24h - 70h, 1h);  // one is due each hour
  upkeep.begin();
  a_row = 5ms;
  std::vector<time_point> begun, over;
  bool is_merging = false;
  for (const auto end = clock + 62h; clock < end;) {
    if (go_on() != work::merge) continue;
    const bool goes_on = told_of(work::merge).at != time_point::max();
    if (goes_on && !is_merging) begun.push_back(clock);
    if (!goes_on && is_merging) over.push_back(clock);
    is_merging = goes_on;
  }
  ASSERT_EQ(begun.size(), 3u);
  ASSERT_GE(over.size(), 2u);
  EXPECT_LT(over[0] - begun[0], 1h) << "what a former life has left";
  EXPECT_GT(over[1] - begun[1], 1h) << "else this test says nothing";
  EXPECT_GE(begun[1] - over[0], 24h);
  EXPECT_GE(begun[2] - over[1], 24h);
  EXPECT_LE(begun[2] - over[1], 26h);
  EXPECT_LE(number("SELECT count(*) FROM records"), 400 + 70 - 60) << "and what is due goes";
}

/// So does a node of whose records more grow old than its part of the time allows: there is no end to it.
TEST_F(StoreUpkeep, MergesAndGivesUpByTheHourWhereARoundGoesOnForDays) {
  store_many(1'000, 31 * 24h, 0h);
  const auto held_since = wall - call_database::held_for + 90min;
  const auto since_ms = std::chrono::floor<std::chrono::milliseconds>(held_since.time_since_epoch()).count();
  ASSERT_TRUE(db->connection().exec("INSERT INTO held VALUES ('CAheld', '', " + std::to_string(since_ms) + ")"));
  store_upkeep slow{house_of_a_slow_one(1500ms)};
  slow.begin();
  const auto began = clock + 1h;
  std::vector<time_point> merged;
  std::optional<time_point> given_up;
  while (clock < began + 30h) {
    const auto what = go_on(&slow);
    if (what == work::merge && told_of(work::merge).at == time_point::max()) merged.push_back(clock);
    if (!lost.empty() && !given_up) given_up = clock;
  }
  ASSERT_TRUE(round);
  EXPECT_GT(*round, 29h) << "one round until now, else this test says nothing";
  EXPECT_GT(number("SELECT count(*) FROM records"), 0);
  EXPECT_LT(number("SELECT count(*) FROM records"), 1'000 - 500);
  ASSERT_TRUE(given_up);
  EXPECT_LT(*given_up - began, 3h) << "it was due half an hour after the round began";
  EXPECT_EQ(lost, (std::vector<model::call_sid>{{"CAheld"}}));
  ASSERT_EQ(merged.size(), 2u) << "at the start, where there is nothing, and a day later";
  EXPECT_LT(merged[0], began);
  EXPECT_GE(merged[1] - merged[0], 24h);
  EXPECT_LT(merged[1] - merged[0], 26h);
}

TEST_F(StoreUpkeep, TakesALargerPartOfTheTimeWhereARoundIsOlderThanAnHour) {
  store_many(100, 31 * 24h, 0h);
  store_upkeep slow{house_of_a_slow_one(500ms)};
  slow.begin();
  EXPECT_EQ(round, 0ns);
  pass(1h);
  const auto began = clock;
  int first_hour = 0, later = 0;
  const auto prune_once = [&] {
    (void)step(work::prune, &slow);
    const auto age = clock - began;
    if (told_of(work::prune).after == 1h) return false;
    EXPECT_EQ(round, age);
    const auto parts = age > 1h ? store_upkeep::behind_parts : store_upkeep::prune_parts;
    EXPECT_TRUE(first_hour == 0 || told_of(work::prune).after == 500ms * parts) << "the first has deleted several";
    ++(age > 1h ? later : first_hour);
    pass(told_of(work::prune).after);
    return true;
  };
  while (first_hour + later < 1'000 && prune_once()) {
  }
  EXPECT_EQ(first_hour, 15) << "250 s apart, the first two 300 s, which is the longest pause";
  EXPECT_GT(later, 70);
  EXPECT_EQ(number("SELECT count(*) FROM records"), 0);
  EXPECT_EQ(round, 0ns) << "it is over";
  store_many(5, 31 * 24h, 0h);
  pass(1h);
  (void)step(work::prune, &slow);
  EXPECT_EQ(round, 0ns) << "another has begun";
  EXPECT_EQ(told_of(work::prune).after, 500ms * store_upkeep::prune_parts) << "which is not behind";
}

TEST_F(StoreUpkeep, LetsTheTrailBeToldOfARoundOnceItIsAnHourOld) {
  store_many(1'000, 31 * 24h, 0h);
  store_upkeep slow{house_of_a_slow_one(1500ms)};
  slow.begin();
  const auto began = clock + 1h;
  std::vector<time_point> told_at;
  std::int64_t records_told = 0;
  while (clock < began + 30h) {
    if (go_on(&slow) != work::prune) continue;
    EXPECT_EQ(slow.is_in_young_round(), clock - began <= 1h) << (clock - began) / 1min << " min";
    if (slow.is_in_young_round()) continue;
    const auto gone = db->aged_out_until(wall).value();
    if (gone.empty()) continue;
    told_at.push_back(clock);
    records_told += gone.tenants.at(0).records;
    ASSERT_TRUE(db->aged_out_told(gone.tenants.at(0).tenant));
  }
  ASSERT_EQ(told_at.size(), 2u) << "and once a day";
  EXPECT_LT(told_at[0] - began, 70min);
  EXPECT_GE(told_at[1] - told_at[0], 24h);
  const auto left = number("SELECT count(*) FROM records");
  EXPECT_GT(left, 0) << "the round is not over, else this test says nothing";
  EXPECT_LT(records_told, 1'000 - left) << "what went since is told with the next";
  EXPECT_GT(records_told, (1'000 - left) / 2);
}

TEST_F(StoreUpkeep, GoesRoundOnceMoreWhereAudioIsGoneOfWhatItIsPast) {
  for (int i = 0; i < 25; ++i) store("CAw" + std::to_string(10 + i), days{40 - i / 10});
  upkeep.begin();
  ASSERT_EQ(told_of(work::prune).after, 1h);
  prune();
  ASSERT_LT(told_of(work::prune).after, 1s) << "there are more";
  audio_is_deleted("CAw10");
  (void)finish_round();
  EXPECT_TRUE(has("CAw10")) << "the round was past it, else this test says nothing";
  EXPECT_EQ(told_of(work::prune).after, 5s);
  (void)finish_round();
  EXPECT_FALSE(has("CAw10"));
  EXPECT_TRUE(has("CAw11"));
  EXPECT_EQ(told_of(work::prune).after, 1h) << "one more, and no other";
}

}  // namespace
}  // namespace tonris::actors
