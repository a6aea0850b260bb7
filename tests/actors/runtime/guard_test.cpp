#include "actors/runtime/guard.hpp"

#include <algorithm>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <stdexcept>

#include "tests/actors/fixture.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

struct wanted {
  using travels = in_process;
};
struct secret {
  using travels = in_process;
  std::string text = "hunter2";
};

struct guarded {
  static inline const char* name = "tonris.guarded";
};

class Guard : public ActorTest {
 protected:
  caf::actor spawn_guarded() {
    return track(caf::actor{system.spawn([this](caf::stateful_actor<guarded>* self) -> caf::behavior {
      guard(self, counters);
      return {[](const wanted&) { throw std::runtime_error("no such page"); }};
    })});
  }
};

TEST_F(Guard, CountsWhatNobodyHandlesAndNamesEachTypeOnce) {
  const auto actor = spawn_guarded();
  captured_log lines;
  for (int i = 0; i < 3; ++i) caf::anon_send(actor, secret{}, 7, std::string{"a word"});
  caf::anon_send(actor, secret{});
  settle();
  EXPECT_EQ(counted(R"(tonris_unhandled_messages_total{actor="tonris.guarded"})"), 4);
  EXPECT_TRUE(alive(actor));
  const auto text = lines.text();
  EXPECT_THAT(text, testing::HasSubstr("[WARN]: Actor tonris.guarded is sent what it does not handle: secret, "));
  EXPECT_THAT(text, testing::HasSubstr("handle: secret\n"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
  EXPECT_THAT(text, testing::Not(testing::AnyOf(testing::HasSubstr("hunter2"), testing::HasSubstr("a word"))));
}

TEST_F(Guard, RefusesWhatNobodyHandlesToWhoeverAsks) {
  const auto actor = spawn_guarded();
  caf::error refused;
  system.spawn([&refused, actor](caf::event_based_actor* self) {
    self->request(actor, 1s, secret{}).then([] {}, [&refused](const caf::error& why) { refused = why; });
  });
  settle();
  EXPECT_EQ(refused, caf::sec::unexpected_message);
}

TEST_F(Guard, LetsAnExceptionEndTheActorAndCountsIt) {
  const auto actor = spawn_guarded();
  caf::anon_send(actor, wanted{});
  settle();
  EXPECT_FALSE(alive(actor));
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.guarded"})"), 1);
}

using typed_part = caf::typed_actor<caf::reacts_to<wanted>>;

typed_part::behavior_type guarded_part(typed_part::stateful_pointer<guarded> self, metrics* in) {
  guard(self, *in);
  return {[](const wanted&) {}};
}

TEST_F(Guard, CountsForATypedActorToo) {
  const auto part = track(system.spawn(guarded_part, &counters));
  caf::anon_send(caf::actor_cast<caf::actor>(part), secret{});
  settle();
  EXPECT_EQ(counted(R"(tonris_unhandled_messages_total{actor="tonris.guarded"})"), 1);
}

}  // namespace
}  // namespace tonris::actors::test
