/// Hanging up a call whose caller is at Twilio: behind our part of the call, or in line for it.
#include <gmock/gmock.h>

#include "actors/web/control_api.hpp"
#include "tests/actors/admission/counting.hpp"
#include "tests/actors/leg/a_frame.hpp"
#include "tests/actors/web/outbound_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LineEnd : public FrontTest {
 protected:
  static inline const std::string path = "/api/calls/" + some_call.value;

  void serve() {
    replace(registry, {*tenant});
    settle();
    auto with = front_config();
    with.numbers.twilio = track_as<twilio_rest>(system.spawn(fake_twilio, at_twilio));
    with.numbers.main = {some_account, config::secret{token}};
    open_doors(std::move(with));
  }
  answer hang_up(const model::call_sid& call = some_call, const std::string& shown = "admin") {
    return api("POST", "/api/calls/" + call.value + "/hangup", shown);
  }
  std::ptrdiff_t hang_ups_in_trail() const {
    return std::ranges::count(kept->trail, "call.hangup", &model::audit_entry::what);
  }
  std::string record(const model::call_sid& call = some_call) {
    return api("GET", "/api/calls/" + call.value, "admin").body;
  }
  /// No agent comes, and Twilio dials the business' own phone.
  void is_put_through() {
    tenant->fallback.transfer_to = "+15550100050";
    serve();
    vendor->answer = {{}, end_reason::agent_not_found, {}};
    (void)post(voice_path, voice_form());
    settle();
    auto asked = voice_form();
    asked[4].second = "in-progress";
    ASSERT_THAT(post(next_path, asked).body, HasSubstr("<Dial"));
    ASSERT_EQ(recorded("state"), "ended");
  }

  std::shared_ptr<calls_at_twilio> at_twilio = std::make_shared<calls_at_twilio>();
};

TEST_F(LineEnd, ReachesWhomTheCallerWasPutThroughTo) {
  is_put_through();
  EXPECT_EQ(hang_up(some_call, make_key("salon-2", {model::scope::control})).status, 404u);
  EXPECT_THAT(at_twilio->changes, IsEmpty());
  EXPECT_EQ(hang_up().status, 202u);
  EXPECT_THAT(at_twilio->changes, ElementsAre("Status=completed"));
  EXPECT_EQ(hang_ups_in_trail(), 1);
  EXPECT_THAT(record(), HasSubstr(R"("hungUp":{"source":"api","at":)"));
  EXPECT_EQ(hang_up().status, 202u) << "asked again";
  EXPECT_EQ(at_twilio->changes.size(), 1u) << "Twilio has said that it is over";
  EXPECT_EQ(hang_ups_in_trail(), 1);
}

TEST_F(LineEnd, IsReachedWhereTwilioSaysThatTheCallIsOverAlready) {
  is_put_through();
  at_twilio->to_changes.push_back({400, R"({"code":21220,"message":"Call is not in-progress"})", {}});
  EXPECT_EQ(hang_up().status, 202u);
}

TEST_F(LineEnd, IsSaidToHaveFailedWhereTwilioDidNotDoIt) {
  is_put_through();
  at_twilio->to_changes.push_back({500, "", {}});
  at_twilio->to_changes.push_back({0, {}, "read_timeout"});
  EXPECT_THAT(hang_up().body, AllOf(HasSubstr("unavailable"), HasSubstr("500")));
  EXPECT_THAT(hang_up().body, HasSubstr("read_timeout"));
  EXPECT_THAT(kept->trail, IsEmpty());
  EXPECT_THAT(record(), Not(HasSubstr("hungUp")));
  EXPECT_EQ(hang_up().status, 202u);
}

TEST_F(LineEnd, AsksTwilioForNothingOnceItHasReportedTheEnd) {
  is_put_through();
  caf::anon_send(supervisor, call_status_changed{some_call, model::twilio::call_status::completed});
  settle();
  EXPECT_EQ(hang_up().status, 202u);
  EXPECT_THAT(at_twilio->changes, IsEmpty());
}

/// The agent takes its time to close its socket: until then the call is ending, and its caller may be with somebody
/// else already.
class LineEndWhileTheAgentCloses : public LineEnd {
 protected:
  void SetUp() override {
    LineEnd::SetUp();
    tenant->transfer.emplace();
    tenant->transfer->numbers = {"+15550100050"};
    serve();
    talk();
    agent->answers_close = false;
  }
  void is_transferred() {
    ASSERT_EQ(api("POST", path + "/transfer", "admin", R"({"to":"+15550100050"})").status, 202u);
    agent->say(agent_answers("I am putting you through."));
    agent->say(agent_says(a_frame));
    settle();
    tick(31);
    settle();
    ASSERT_EQ(recorded("state"), "ending");
  }
  void is_dialled() {
    auto asked = voice_form();
    asked[4].second = "in-progress";
    ASSERT_THAT(post(next_path, asked).body, HasSubstr("<Dial"));
    ASSERT_EQ(recorded("state"), "ending");
  }
};

TEST_F(LineEndWhileTheAgentCloses, ReachesWhomTheCallerWasPutThroughTo) {
  is_transferred();
  is_dialled();
  at_twilio->to_changes.push_back({500, "", {}});
  EXPECT_EQ(hang_up().status, 503u);
  EXPECT_EQ(hang_ups_in_trail(), 0);
  EXPECT_THAT(record(), Not(HasSubstr("hungUp")));
  EXPECT_EQ(hang_up().status, 202u);
  EXPECT_THAT(at_twilio->changes, ElementsAre("Status=completed", "Status=completed"));
  EXPECT_EQ(hang_ups_in_trail(), 1);
  EXPECT_THAT(record(), HasSubstr(R"("hungUp":{"source":"api","at":)"));
  EXPECT_EQ(recorded("state"), "ending");
  EXPECT_EQ(hang_up().status, 202u) << "asked again";
  agent->end(net::errc::reset);
  pass(10s);
  ASSERT_EQ(recorded("state"), "ended");
  EXPECT_EQ(hang_up().status, 202u);
  EXPECT_EQ(at_twilio->changes.size(), 2u) << "it is over";
  EXPECT_EQ(hang_ups_in_trail(), 1);
  EXPECT_THAT(record(), HasSubstr(R"("endReason":"operator_transferred")"));
}

TEST_F(LineEndWhileTheAgentCloses, KeepsTwilioFromDialling) {
  is_transferred();
  EXPECT_EQ(hang_up().status, 202u);
  EXPECT_THAT(at_twilio->changes, ElementsAre("Status=completed"));
  auto asked = voice_form();
  asked[4].second = "completed";
  EXPECT_THAT(post(next_path, asked).body, Not(HasSubstr("<Dial")));
}

TEST_F(LineEndWhileTheAgentCloses, TellsTheTruthToWhoWantsSomethingElse) {
  is_transferred();
  is_dialled();
  for (const auto& [what, body] :
       {std::pair{"say", R"({"text":"Hello."})"}, {"transfer", R"({"to":"+15550100050"})"}}) {
    const auto got = api("POST", path + "/" + what, "admin", body);
    EXPECT_EQ(got.status, 409u) << what;
    EXPECT_THAT(got.body, HasSubstr("the agent's part of the call is over")) << what;
  }
  EXPECT_EQ(api("POST", path + "/note", "admin", R"({"text":"Wrong number."})").status, 202u);
  EXPECT_THAT(record(), HasSubstr("Wrong number."));
}

TEST_F(LineEndWhileTheAgentCloses, EndsACallThatTheNodeHandsOver) {
  caf::anon_send(supervisor, hand_over_calls{});
  settle();
  const auto said = api("POST", path + "/say", "admin", R"({"text":"Hello."})");
  EXPECT_EQ(said.status, 409u);
  EXPECT_THAT(said.body, HasSubstr("this node stops"));
  EXPECT_EQ(hang_up().status, 202u);
  EXPECT_THAT(at_twilio->changes, ElementsAre("Status=completed")) << "it may have been sent to another node";
  EXPECT_EQ(recorded("endReason"), "operator_hung_up");
  EXPECT_EQ(hang_ups_in_trail(), 1);
}

TEST_F(LineEnd, TellsTheTruthToWhoWantsSomethingElse) {
  is_put_through();
  const auto said = api("POST", path + "/say", "admin", R"({"text":"Hello."})");
  EXPECT_EQ(said.status, 409u);
  EXPECT_THAT(said.body, HasSubstr("the agent's part of the call is over"));
}

/// The memory holds so many ended calls, and a transfer goes on for hours.
TEST_F(LineEnd, ReachesACallThatOnlyTheStoreKnows) {
  serve();
  model::call_record old;
  old.call = {"CA00000000000000000000000000000099"};
  old.tenant = {"salon-1"};
  old.account = some_account;
  old.state = model::call_state::ended;
  old.reason = end_reason::transferred;
  old.started = std::chrono::system_clock::now() - 3h;
  old.ended = old.started + 1min;
  stored->record = to_json(old);
  (void)journal->take();
  EXPECT_EQ(hang_up(old.call).status, 202u);
  EXPECT_THAT(at_twilio->changes, ElementsAre("Status=completed"));
  const auto batch = journal->take();
  ASSERT_EQ(batch.facts.size(), 1u);
  EXPECT_EQ(std::get<model::call_record::hang_up>(batch.facts[0].what).source, "api");
  old.ended = old.started = std::chrono::system_clock::now() - 25h;
  stored->record = to_json(old);
  EXPECT_EQ(hang_up(old.call).status, 202u);
  EXPECT_EQ(at_twilio->changes.size(), 1u) << "no call lasts that long";
  old.ended = std::chrono::system_clock::now();
  old.account = {"AC00000000000000000000000000000099"};
  stored->record = to_json(old);
  EXPECT_THAT(hang_up(old.call).body, HasSubstr("account at Twilio is not known"));
}

/// Place 1 is taken, and `waiting` is told to wait.
class LineEndInLine : public LineEnd {
 protected:
  static inline const model::call_sid waiting{"CA00000000000000000000000000000002"};

  void SetUp() override {
    LineEnd::SetUp();
    who_may_come = track(spawn_counting(
        system, books, [this] { return calls->wall_clock(); }, counters));
    caf::anon_send_exit(supervisor, caf::exit_reason::kill);
    supervise(1000);
    tenant->limits.max_concurrent_calls = 1;
    tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 60};
    serve();
    ASSERT_THAT(post(voice_path, voice_form()).body, HasSubstr("<Stream"));
    ASSERT_THAT(post(voice_path, voice_form(waiting)).body, HasSubstr("<Play>"));
  }
  std::uint64_t in_line() { return books->line.length(tenant->id, scheduler.clock().now()); }
  std::string live() { return api("GET", "/api/calls?live=true", "admin").body; }

  std::shared_ptr<admission_books> books = std::make_shared<admission_books>();
};

TEST_F(LineEndInLine, EndsTheCallOfWhoWaits) {
  EXPECT_THAT(live(), AllOf(HasSubstr(some_call.value), HasSubstr(waiting.value))) << "he is seen";
  pass(7s);
  EXPECT_EQ(hang_up(waiting).status, 202u);
  EXPECT_THAT(at_twilio->changes, ElementsAre("Status=completed"));
  EXPECT_EQ(kept->trail.back().what, "call.hangup");
  EXPECT_EQ(in_line(), 0u);
  EXPECT_THAT(live(), Not(HasSubstr(waiting.value)));
  const auto now = model::parse_call_record(record(waiting)).value();
  EXPECT_EQ(now.reason, end_reason::operator_hung_up);
  EXPECT_EQ(now.end_detail, "by the API, after 7 s in line");
  caf::anon_send(supervisor, call_status_changed{waiting, model::twilio::call_status::completed});
  settle();
  EXPECT_EQ(model::parse_call_record(record(waiting))->reason, end_reason::operator_hung_up);
  EXPECT_EQ(hang_up(waiting).status, 202u);
  EXPECT_EQ(at_twilio->changes.size(), 1u);
}

TEST_F(LineEndInLine, LetsHimInNoMoreWhereTwilioWasAway) {
  at_twilio->to_changes.push_back({0, {}, "read_timeout"});
  EXPECT_EQ(hang_up(waiting).status, 503u);
  EXPECT_EQ(in_line(), 1u);
  caf::anon_send(supervisor, call_status_changed{some_call, model::twilio::call_status::completed});
  settle();
  EXPECT_THAT(post(voice_path + "?waited=11", voice_form(waiting)).body, HasSubstr("<Hangup/>"));
  const auto written = journal->take().records;
  ASSERT_FALSE(written.empty());
  const auto last = model::parse_call_record(written.back().json).value();
  EXPECT_EQ(last.call, waiting);
  EXPECT_EQ(last.reason, end_reason::operator_hung_up);
  EXPECT_EQ(books->table.live(tenant->id, scheduler.clock().now()), 0u) << "his place is free";
}

TEST_F(LineEndInLine, TellsThatNoAgentIsThereYet) {
  for (const auto& [what, body] : {std::pair{"say", R"({"text":"Hello."})"},
                                   {"transfer", R"({"to":"+15550107777"})"},
                                   {"recording", R"({"action":"start"})"},
                                   {"note", R"({"text":"Angry."})"}}) {
    const auto got = api("POST", "/api/calls/" + waiting.value + "/" + what, "admin", body);
    EXPECT_EQ(got.status, 409u);
    EXPECT_THAT(got.body, HasSubstr("waits in line")) << what;
  }
  EXPECT_EQ(api("DELETE", "/api/calls/" + waiting.value, "admin").status, 409u);
  EXPECT_EQ(in_line(), 1u);
}

TEST_F(LineEndInLine, ShowsHimOnTheBoardUntilHeIsGone) {
  EXPECT_EQ(calls->live->size(), 2u);
  (void)post(voice_path + "?waited=11", voice_form(waiting));
  EXPECT_EQ(calls->live->size(), 2u);
  caf::anon_send(supervisor, call_status_changed{waiting, model::twilio::call_status::completed});
  settle();
  EXPECT_FALSE(calls->live->has(waiting));
}

}  // namespace
}  // namespace tonris::actors::test
