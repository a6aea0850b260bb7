#include "actors/leg/loop_services.hpp"

#include "actors/runtime/crash.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

/// Counts ticks; crashes at one.
class ticked final : public leg {
 public:
  struct script {
    int ticks = 0, crashes_at = 0;
    std::function<void()> at_tick;
  };
  ticked(caf::actor_config& config, loop_services& services, std::shared_ptr<script> with)
      : leg(config), services_(services), script_(std::move(with)) {}
  caf::behavior make_behavior() override {
    set_exception_handler(
        [this](std::exception_ptr& what) { return crash_error(what, *services_.counters, "ticked"); });
    live_until_exit();
    services_.add_leg(this);
    return {[](const thrown& exception) { std::rethrow_exception(exception.what); }};
  }
  void read(std::string_view) override {}
  void hear(std::string_view) override {}
  void drained() override {}
  void socket_has_ended(const net::websocket_end&) override {}
  void close(std::uint16_t) override {}
  void tick() override {
    ++script_->ticks;
    if (script_->at_tick) script_->at_tick();
    if (script_->ticks == script_->crashes_at) throw std::runtime_error("at a tick");
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

TEST_F(LoopServices, SkipsNobodyWhenALegCrashesAtItsTick) {
  const auto first = add(), second = add(), third = add();
  second->crashes_at = 2;
  tick(4);
  EXPECT_EQ(first->ticks, 4);
  EXPECT_EQ(second->ticks, 2);
  EXPECT_EQ(third->ticks, 4);
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
  for (const auto& one : born) EXPECT_GE(one->ticks, 1);
}

}  // namespace
}  // namespace tonris::actors::test
