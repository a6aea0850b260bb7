#include "actors/web/stream_admission.hpp"

#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

class StreamAdmission : public FrontTest {
 protected:
  /// A supervisor that says yes to every ticket, on behalf of this call.
  void everything_is(redeemed_ticket verdict) {
    auto with = front_config();
    with.supervisor = track_as<call_supervisor>(system.spawn([verdict](caf::event_based_actor*) -> caf::behavior {
      return {[verdict](const redeem_ticket&) { return verdict; }};
    }));
    open_doors(std::move(with));
  }
};

TEST_F(StreamAdmission, CutsASocketOfACallThatEndedMeanwhile) {
  const auto gone = caf::actor{system.spawn([](caf::event_based_actor*) {})};
  settle();
  everything_is({redeemed_ticket::outcome::ok, caf::actor_cast<call_actor>(gone)});
  EXPECT_EQ(upgrade("/media-stream/t").status, 101u);
  EXPECT_TRUE(streams.back()->aborted);
}

TEST_F(StreamAdmission, CutsASocketThatItsCallDoesNotTakeOnTheSocketsLoop) {
  bool handed_over = false, cut_by_the_call = false;
  const auto call = track(caf::actor{system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](caller_connected& m) {
      handed_over = m.socket != nullptr;
      m.socket = nullptr;
      cut_by_the_call = streams.back()->aborted;  // that would be on the call's thread
    }};
  })});
  everything_is({redeemed_ticket::outcome::ok, caf::actor_cast<call_actor>(call)});
  EXPECT_EQ(upgrade("/media-stream/t").status, 101u);
  EXPECT_TRUE(handed_over);
  EXPECT_FALSE(cut_by_the_call);
  EXPECT_TRUE(streams.back()->aborted);
}

TEST_F(StreamAdmission, TellsTheCallWhenTheConnectionBrokeMeanwhile) {
  bool told = false;
  const auto call = track(caf::actor{system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](const caller_connected& m) { told = m.socket == nullptr; }};
  })});
  everything_is({redeemed_ticket::outcome::ok, caf::actor_cast<call_actor>(call)});
  auto stream = streams.emplace_back(std::make_shared<fake_stream>(io));
  auto connection = std::make_shared<net::http_connection>(
      service, stream, std::make_shared<net::http_place>(service, /*descriptor=*/-1));
  service->connections.insert(connection);
  connection->begin();
  const std::string path = "/media-stream/t";
  stream->arrives(upgrade_bytes(path, model::twilio::signature(token, "wss://gw.example.com" + path, {})));
  io.context().poll();  // its turn: it is asked whose ticket that is
  connection->cut();
  settle();
  EXPECT_TRUE(told);
}

TEST_F(StreamAdmission, RefusesWhenTheSupervisorDoesNotAnswerInTime) {
  const auto held = std::make_shared<std::vector<caf::response_promise>>();
  auto with = front_config();
  with.supervisor = track_as<call_supervisor>(system.spawn([held](caf::event_based_actor* self) -> caf::behavior {
    return {[self, held](const redeem_ticket&) { held->push_back(self->make_response_promise()); }};
  }));
  open_doors(std::move(with));
  EXPECT_EQ(upgrade("/media-stream/t").status, 0u);
  pass(3s);
  EXPECT_EQ(answer_on(*streams.back()).status, 503u);
  held->clear();
}

}  // namespace
}  // namespace tonris::actors::test
