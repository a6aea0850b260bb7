#include "actors/loop_services.hpp"

#include "actors/runtime/crash.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

/// Counts ticks; ends itself, or its neighbour, at one.
class ticked final : public loop_bound {
 public:
  struct script {
    int ticks = 0, ends_at = 0;
    bool throws = false;
    std::function<void()> at_tick;
  };
  ticked(caf::actor_config& config, loop_services& services, std::shared_ptr<script> with)
      : loop_bound(config), services_(services), script_(std::move(with)) {}
  caf::behavior make_behavior() override {
    set_exception_handler(
        [this](std::exception_ptr& thrown) { return crash_error(thrown, *services_.counters, "ticked"); });
    live_until_exit();
    services_.add_leg(this);
    return {[this](const loop_tick&) {
      if (++script_->ticks == script_->ends_at) quit();
      if (script_->at_tick) script_->at_tick();
      if (script_->throws) throw std::runtime_error("at a tick");
    }};
  }
  void on_exit() override {
    services_.remove_leg(this);
    loop_bound::on_exit();
  }

 private:
  loop_services& services_;
  std::shared_ptr<script> script_;
};

class LoopServices : public ActorTest {
 protected:
  std::shared_ptr<ticked::script> add() {
    auto with = std::make_shared<ticked::script>();
    track(spawn_on<ticked>(system, unit, std::ref(services), with));
    settle();
    return with;
  }
};

TEST_F(LoopServices, TicksEveryLeg) {
  const auto first = add(), second = add();
  tick(3);
  EXPECT_EQ(first->ticks, 3);
  EXPECT_EQ(second->ticks, 3);
}

TEST_F(LoopServices, SkipsNobodyWhenALegEndsAtItsTick) {
  const auto first = add(), second = add(), third = add();
  second->ends_at = 2;
  tick(4);
  EXPECT_EQ(first->ticks, 4);
  EXPECT_EQ(second->ticks, 2);
  EXPECT_EQ(third->ticks, 4);
}

TEST_F(LoopServices, GoesOnWhenALegCrashesAtItsTick) {
  const auto first = add(), second = add();
  first->throws = true;
  tick(2);
  EXPECT_EQ(first->ticks, 1);
  EXPECT_EQ(second->ticks, 2);
}

TEST_F(LoopServices, TakesNewLegsWhileItTicks) {
  const auto first = add();
  std::vector<std::shared_ptr<ticked::script>> born;
  first->at_tick = [&] {
    for (int i = 0; i < 10; ++i) {
      born.push_back(std::make_shared<ticked::script>());
      track(spawn_on<ticked>(system, unit, std::ref(services), born.back()));
      while (unit.run_once()) {
      }
    }
    first->at_tick = nullptr;
  };
  tick(2);
  EXPECT_EQ(first->ticks, 2);
  for (const auto& leg : born) EXPECT_GE(leg->ticks, 1);
}

}  // namespace
}  // namespace tonris::actors::test
