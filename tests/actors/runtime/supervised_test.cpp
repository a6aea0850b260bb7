#include "actors/runtime/supervised.hpp"

#include "actors/runtime/crash.hpp"
#include "tests/actors/call/call_fixture.hpp"
#include "tests/actors/counting_allocator.hpp"

namespace tonris::actors::test {
namespace {

/// Parts of the node that crash for real: an exception in a handler.
class Supervised : public CallTest {
 protected:
  /// An address, whose part is spawned by `spawn`.
  template <class Interface>
  Interface supervise_part(std::string name, std::function<Interface(const Interface&)> spawn) {
    node_part part;
    part.name = std::move(name);
    part.healthy = [this](bool now) { healthy = now; };
    part.random = [] { return 0xFFFFFFFFu; };
    part.counters = &counters;
    auto address = track(spawn_supervised<Interface>(system, std::move(part),
                                                     [this, spawn = std::move(spawn)](const Interface& known_as) {
                                                       ++lives;
                                                       return spawn(known_as);
                                                     }));
    settle();
    return address;
  }
  /// A registry that throws whenever the number is "crash".
  tenant_registry supervised_registry() {
    return supervise_part<tenant_registry>("tenant_registry", [this](const auto&) { return spawn_registry(); });
  }
  tenant_registry spawn_registry() {
    return caf::actor_cast<tenant_registry>(system.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      self->set_exception_handler(
          [this](std::exception_ptr& what) { return crash_error(what, counters, "tonris.tenant_registry"); });
      return {[this](const find_tenant& wanted) {
        if (wanted.number == "crash") throw std::runtime_error("no such page");
        return found_tenant{tenant};
      }};
    }));
  }
  bool finds(const tenant_registry& address, const std::string& number) {
    auto found = std::make_shared<bool>(false);
    system.spawn([found, number, address](caf::event_based_actor* self) {
      self->request(address, 1s, find_tenant{number})
          .then([found](const found_tenant& answer) { *found = answer.tenant != nullptr; }, [](const caf::error&) {});
    });
    settle();
    return *found;
  }
  int lives = 0;
  bool healthy = true;
};

TEST_F(Supervised, RestartsATenantRegistryThatCrashedAndKeepsItsAddress) {
  const auto address = supervised_registry();
  EXPECT_TRUE(finds(address, "+15550100002"));
  EXPECT_FALSE(finds(address, "crash"));
  EXPECT_TRUE(finds(address, "+15550100002")) << "the next life answers, at the same address";
  EXPECT_EQ(lives, 2);
  EXPECT_EQ(counted(R"(tonris_node_part_restarts_total{part="tenant_registry"})"), 1);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.tenant_registry"})"), 1);
}

TEST_F(Supervised, TriesAgainWhenANewLifeCannotEvenBegin) {
  bool refuse = false;
  const auto address = supervise_part<tenant_registry>("tenant_registry", [this, &refuse](const auto&) {
    if (std::exchange(refuse, false)) throw std::runtime_error("no further thread");
    return spawn_registry();
  });
  refuse = true;
  finds(address, "crash");
  EXPECT_FALSE(healthy);
  EXPECT_FALSE(finds(address, "+15550100002"));
  pass(5s);
  EXPECT_TRUE(healthy);
  EXPECT_TRUE(finds(address, "+15550100002"));
}

TEST_F(Supervised, RefusesAMessageThatItHasNoMemoryToHandOn) {
  const auto address = supervised_registry();
  caf::anon_send(address, find_tenant{std::string(1 << 20, 'x')});
  {
    const no_memory_for pieces_of{std::size_t{1} << 20};
    settle();
  }
  EXPECT_EQ(lives, 1);
  EXPECT_TRUE(finds(address, "+15550100002"));
}

TEST_F(Supervised, SaysThatTheNodeIsNotReadyWhenAPartCrashesAgainAndAgainAndGoesOnTrying) {
  const auto address = supervised_registry();
  for (int i = 0; i < 6; ++i) {
    finds(address, "crash");
    if (i < 5) pass(5s);
  }
  EXPECT_FALSE(healthy);
  EXPECT_FALSE(finds(address, "+15550100002"));
  pass(5s);
  EXPECT_TRUE(finds(address, "+15550100002"));
  EXPECT_TRUE(healthy);
}

/// The call supervisor, which throws over the next new call when it is told to.
class SupervisedCalls : public Supervised {
 protected:
  void SetUp() override {
    Supervised::SetUp();
    supervisor = supervise_part<call_supervisor>("call_supervisor", [this](const call_supervisor& known_as) {
      call_supervisor_state::config with;
      with.services = calls;
      with.table = table;
      with.registry = registry;
      with.address = known_as;
      with.overloaded = [this]() -> std::optional<model::end_reason> {
        if (std::exchange(throws, false)) throw std::runtime_error("no memory");
        return std::nullopt;
      };
      return present = system.spawn(supervise_calls, std::move(with));
    });
  }
  void TearDown() override {
    present = nullptr;
    Supervised::TearDown();
  }
  /// Runs the actors until it is the present supervisor's turn.
  void run_up_to_supervisor() {
    auto* const its_turn = dynamic_cast<caf::resumable*>(caf::actor_cast<caf::abstract_actor*>(present));
    while (scheduler.has_job() && scheduler.jobs.front() != its_turn) scheduler.run_once();
    ASSERT_TRUE(scheduler.has_job());
  }
  call_supervisor present;
  bool throws = false;
};

TEST_F(SupervisedCalls, HearTheirLastWordInTheNextLifeWhenTheFormerCrashedBeforeIt) {
  talk();
  agent->answers_close = false;
  twilio->say(twilio_stop());
  settle();
  ASSERT_EQ(recorded("state"), "ending");
  agent->answers_close = true;
  agent->pump();
  run_up_to_supervisor();  // call_finished is in its mailbox, and what it crashes over comes first
  throws = true;
  caf::anon_send<caf::message_priority::high>(
      present, start_call{request_of({"CA00000000000000000000000000000002"}), tenant, {"agent_1"}, 0});
  settle();
  EXPECT_EQ(lives, 2);
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(what_next().then, call_answer::verb::hang_up);
}

TEST_F(SupervisedCalls, AreNotLostWhenItCrashes) {
  talk();
  throws = true;
  rings({"CA00000000000000000000000000000002"});  // not answered: the webhook apologises
  EXPECT_EQ(lives, 2);
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_TRUE(twilio->open());
  EXPECT_EQ(rings({"CA00000000000000000000000000000003"}).then, call_answer::verb::stream);
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(recorded("endReason"), "caller_hung_up") << "the call's end reaches the supervisor that lives now";
}

}  // namespace
}  // namespace tonris::actors::test
