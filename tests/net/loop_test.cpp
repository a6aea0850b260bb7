#include "net/loop.hpp"

#include <gmock/gmock.h>

#include "net_fixture.hpp"

namespace tonris::net::test {
namespace {

using steady = std::chrono::steady_clock;

class Loop : public testing::Test {
 protected:
  void SetUp() override { io.start(); }
  loop io{"a-loop-with-a-very-long-name"};
};

TEST_F(Loop, RunsPostedWorkOnItsOwnThreadInOrder) {
  std::vector<int> seen;
  for (int i = 0; i < 100; ++i) io.post([&seen, i] { seen.push_back(i); });
  EXPECT_TRUE(on(io, [this] { return io.on_thread(); }));
  EXPECT_FALSE(io.on_thread());
  ASSERT_EQ(seen.size(), 100U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(io.name(), "a-loop-with-a-very-long-name");
}

TEST_F(Loop, StopsTwiceAndDropsWhatIsLeft) {
  const auto token = std::make_shared<int>(1);
  io.stop();
  io.post([token] { FAIL() << "a stopped loop ran work"; });
  io.stop();
  EXPECT_EQ(token.use_count(), 2);
}

TEST_F(Loop, ItsClockIsTheSteadyOne) {
  const auto before = steady::now();
  const auto seen = on(io, [this] { return io.now(); });
  EXPECT_LE(seen, steady::now());
  EXPECT_GT(seen, before - 1s);
}

TEST_F(Loop, ATimerFiresOnceOnTheLoopAndNotEarly) {
  int fired = 0;
  std::unique_ptr<timer> one;
  const auto before = steady::now();
  steady::time_point at;
  on(io, [&] {
    one = std::make_unique<timer>(io);
    one->after(30ms, [&] {
      EXPECT_TRUE(io.on_thread());
      at = steady::now();
      ++fired;
    });
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return fired == 1; }));
  EXPECT_GE(at - before, 30ms);
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(on(io, [&] { return fired; }), 1);
  on(io, [&] {
    one.reset();
    return 0;
  });
}

TEST_F(Loop, ARearmedCancelledOrDestroyedTimerNeverCallsTheOldCallback) {
  std::vector<std::string> fired;
  std::unique_ptr<timer> rearmed, cancelled, destroyed;
  on(io, [&] {
    for (auto* t : {&rearmed, &cancelled, &destroyed}) *t = std::make_unique<timer>(io);
    for (auto* t : {&rearmed, &cancelled, &destroyed}) (*t)->after(0ms, [&] { fired.emplace_back("old"); });
    std::this_thread::sleep_for(5ms);  // all are due: only the promise keeps them quiet now
    rearmed->after(1ms, [&] { fired.emplace_back("new"); });
    cancelled->cancel();
    destroyed.reset();
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return !fired.empty(); }));
  std::this_thread::sleep_for(20ms);
  on(io, [&] {
    EXPECT_THAT(fired, testing::ElementsAre("new"));
    rearmed.reset();
    cancelled.reset();
    return 0;
  });
}

TEST_F(Loop, ATimerMayRearmOrDestroyItselfFromWithin) {
  int fired = 0;
  std::unique_ptr<timer> self;
  std::function<void()> again = [&] {
    if (++fired < 3)
      self->after(1ms, again);
    else
      self.reset();
  };
  on(io, [&] {
    self = std::make_unique<timer>(io);
    self->after(1ms, again);
    return 0;
  });
  EXPECT_TRUE(eventually(io, [&] { return fired == 3 && !self; }));
}

TEST_F(Loop, ArmedTimersAreCountedAndNoOthers) {
  const auto before = timer::armed_in_process();
  const auto now = [&] { return timer::armed_in_process() - before; };
  on(io, [&] {
    timer fires{io}, rearmed{io}, cancelled{io};
    EXPECT_EQ(now(), 0U);
    for (auto* t : {&fires, &rearmed, &cancelled}) t->after(1h, [] {});
    rearmed.after(2h, [] {});
    EXPECT_EQ(now(), 3U);
    cancelled.cancel();
    cancelled.cancel();
    EXPECT_EQ(now(), 2U);
    return 0;
  });
  EXPECT_EQ(now(), 0U) << "destroyed with the others";
  std::unique_ptr<timer> one;
  std::size_t at_fire = 1;
  on(io, [&] {
    one = std::make_unique<timer>(io);
    one->after(1ms, [&] { at_fire = now(); });
    return 0;
  });
  EXPECT_TRUE(eventually(io, [&] { return at_fire == 0; }));
  on(io, [&] {
    one.reset();
    return 0;
  });
  EXPECT_EQ(now(), 0U);
}

TEST_F(Loop, ATickerTicksUntilItIsDestroyedEvenFromWithin) {
  int ticks = 0;
  std::unique_ptr<ticker> each;
  on(io, [&] {
    each = std::make_unique<ticker>(io, 2ms, [&](steady::time_point now) {
      EXPECT_LE(now, steady::now());
      if (++ticks == 5) each.reset();
    });
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return !each; }));
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(on(io, [&] { return ticks; }), 5);
}

TEST_F(Loop, ATickerDoesNotMakeUpForMissedTicks) {
  int ticks = 0;
  std::unique_ptr<ticker> each;
  const auto begun = steady::now();
  on(io, [&] {
    each = std::make_unique<ticker>(io, 20ms, [&](steady::time_point) { ++ticks; });
    std::this_thread::sleep_for(200ms);
    return 0;
  });
  ASSERT_TRUE(eventually(io, [&] { return ticks > 0; }));
  const auto seen = on(io, [&] { return ticks; });
  EXPECT_LE(seen, (steady::now() - begun - 200ms) / 20ms + 2) << "on a busy machine more are due by now";
  on(io, [&] {
    each.reset();
    return 0;
  });
}

TEST(LoopWithoutAThread, MayBeDestroyedWithWorkPending) {
  loop io{"never-started"};
  io.post([] { FAIL(); });
  timer waiting{io};
  waiting.after(1h, [] { FAIL(); });
}

}  // namespace
}  // namespace tonris::net::test
