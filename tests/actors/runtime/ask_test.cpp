#include "actors/runtime/ask.hpp"

#include <gtest/gtest.h>

#include <caf/all.hpp>
#include <optional>

#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;

class Ask : public ActorTest {
 protected:
  /// Asks `whom` once, with a limit of a second.
  void ask_once(const caf::actor& whom) {
    track(system.spawn([this, whom](caf::event_based_actor* self) -> caf::behavior {
      ask(self, whom, 1s, 20).then([this](int n) { answer = n; }, [this](const caf::error& why) { failure = why; });
      return {[](caf::unit_t) {}};
    }));
    settle();
  }
  std::size_t timeouts() { return scheduler.clock().schedule().size(); }

  std::optional<int> answer;
  std::optional<caf::error> failure;
};

TEST_F(Ask, TakesItsLimitFromTheClockWithTheAnswer) {
  ask_once(track(system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int n) { return n + 1; }}; })));
  EXPECT_EQ(answer, 21);
  EXPECT_EQ(timeouts(), 0u);
  pass(2s);
  EXPECT_FALSE(failure);
}

TEST_F(Ask, TakesItsLimitFromTheClockWithAFailure) {
  ask_once(track(system.spawn([](caf::event_based_actor*) -> caf::behavior {
    return {[](int) -> caf::result<int> { return caf::sec::runtime_error; }};
  })));
  EXPECT_EQ(failure, caf::error{caf::sec::runtime_error});
  EXPECT_EQ(timeouts(), 0u);
}

TEST_F(Ask, FailsWhenItsLimitPasses) {
  ask_once(track(system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::skip);
    return {[](caf::unit_t) {}};
  })));
  EXPECT_EQ(timeouts(), 1u);
  pass(999ms);
  EXPECT_FALSE(failure);
  pass(1ms);
  EXPECT_EQ(failure, caf::error{caf::sec::request_timeout});
  EXPECT_FALSE(answer);
}

TEST_F(Ask, FailsAtOnceWhenTheOtherIsGone) {
  const auto gone = system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int n) { return n; }}; });
  caf::anon_send_exit(gone, caf::exit_reason::kill);
  settle();
  ask_once(gone);
  EXPECT_EQ(failure, caf::error{caf::sec::request_receiver_down});
  EXPECT_EQ(timeouts(), 0u);
}

}  // namespace
}  // namespace tonris::actors::test
