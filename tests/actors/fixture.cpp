#include "tests/actors/fixture.hpp"

#include "tests/metric_in.hpp"

namespace tonris::actors::test {

test_loop::~test_loop() {
  for (auto* job : ready_) job->intrusive_ptr_release_impl();
}

void test_loop::exec_later(caf::resumable* job) {
  if (job->subtype() != caf::resumable::io_actor) return system().scheduler().enqueue(job);
  ready_.push_back(job);
}

bool test_loop::run_once() {
  if (ready_.empty()) return false;
  caf::resumable* job = ready_.front();
  ready_.pop_front();
  if (job->resume(this, 1) == caf::resumable::resume_later)
    ready_.push_back(job);
  else
    job->intrusive_ptr_release_impl();
  return true;
}

void ActorTest::TearDown() {
  for (const auto& actor : spawned) caf::anon_send_exit(actor, caf::exit_reason::kill);
  spawned.clear();
  settle();
  // What an actor has no handler for is a message that somebody has lost.
  for (const std::string actor :
       {"tonris.call", "tonris.call_supervisor", "tonris.twilio_socket", "tonris.elevenlabs_socket"})
    EXPECT_EQ(counted("tonris_unhandled_messages_total{actor=\"" + actor + "\"}"), 0) << actor;
  // An actor left alive would hang the system's destructor: that is a failure, not a hang.
  EXPECT_EQ(system.registry().running(), idle_actors) << "an actor outlived what it belongs to";
  if (system.registry().running() != idle_actors) system.await_actors_before_shutdown(false);
}

void ActorTest::settle() {
  for (int turn = 0; turn < 100'000; ++turn) {
    bool busy = scheduler.run() > 0;
    while (unit.run_once()) busy = true;
    if (pump_io && pump_io()) busy = true;
    for (std::size_t i = 0; i < sockets.size(); ++i) busy = sockets[i]->pump() || busy;
    if (!busy) return;
  }
  ADD_FAILURE() << "the actors never come to rest";
}

void ActorTest::pass(caf::timespan time) {
  settle();
  scheduler.advance_time(time);
  settle();
}

void ActorTest::tick(int times) {
  for (int i = 0; i < times; ++i) {
    for (std::size_t part = 0; part < tick_parts; ++part) services.tick_next_part();
    settle();
  }
}

std::shared_ptr<fake_websocket> ActorTest::make_socket() {
  return sockets.emplace_back(std::make_shared<fake_websocket>(io));
}

leg& ActorTest::leg_of(const caf::actor& actor) {
  return *static_cast<leg*>(caf::actor_cast<caf::abstract_actor*>(actor));
}

double ActorTest::counted(std::string_view name) const {
  return tonris::test::metric_in(counters.render(), name);
}

}  // namespace tonris::actors::test
