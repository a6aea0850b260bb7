// Calls that we have placed, from when Twilio has them until somebody answers, over a restart of the node as well.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/web/dial_watch.hpp"
#include "model/outbound/dial_json.hpp"
#include "tests/actors/web/outbound_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RingingCalls : public OutboundApi {
 protected:
  std::string on_disk() {
    const auto path = path_of("Url");
    return to_json(*dials->find(model::ticket{path.substr(path.rfind('/') + 1)}));
  }
  /// That is all that the node's next life knows.
  void restart() { restart(on_disk()); }
  void restart(const std::string& text) {
    auto former = model::parse_dial(text).value();
    former.began = scheduler.clock().now();
    dials = new_dials();
    dials->restore({former}, {}, scheduler.clock().now());
    for (const auto& one : dials->unsettled(scheduler.clock().now())) show(*calls->live, one, false);
    changed();
  }
  void watch() {
    dial_watch_settings with;
    with.dials = dials;
    with.registry = registry;
    with.twilio = track_as<twilio_rest>(system.spawn(fake_twilio, at_twilio));
    with.main = {some_account, config::secret{token}};
    with.supervisor = supervisor;
    with.store = store;
    with.wall_clock = [this] { return now; };
    with.counters = &counters;
    watcher = track(watch_dials(system, with));
    settle();
  }
  std::string live() { return api("GET", "/api/calls?live=true", "admin").body; }
  std::string about() { return api("GET", "/api/calls/" + some_call.value, "admin").body; }
  answer control(const std::string& what, const std::string& json = "", const std::string& shown = "admin") {
    return api("POST", "/api/calls/" + some_call.value + "/" + what, shown, json);
  }
  std::string reason_written() {
    for (const auto& one : journal->take().records)
      if (const auto record = model::parse_call_record(one.json); record && record->reason)
        return std::string{to_string(*record->reason)};
    return "";
  }
  dial_watch watcher;
};

TEST_F(RingingCalls, AreSeen) {
  ASSERT_EQ(place().status, 201u);
  EXPECT_THAT(live(), AllOf(HasSubstr(some_call.value), HasSubstr(R"("state":"ringing")"),
                            HasSubstr(R"("direction":"outbound-api")")));
  EXPECT_THAT(about(), AllOf(HasSubstr(R"("state":"ringing")"), HasSubstr(callee), Not(HasSubstr("answeredAt"))));
  EXPECT_THAT(api("GET", "/api/calls/" + some_call.value, make_key("salon-2", {model::scope::read})).body,
              HasSubstr("call_not_found"));
  EXPECT_EQ(calls->live->since(0).all.size(), 1u) << "one that it rings";
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  EXPECT_THAT(live(), HasSubstr(some_call.value));
  EXPECT_EQ(live_calls(), 1u);
}

TEST_F(RingingCalls, LeaveTheListWhenNobodyAnswers) {
  ASSERT_EQ(place().status, 201u);
  (void)post(path_of("StatusCallback"), told("ringing"));
  (void)post(path_of("StatusCallback"), told("no-answer"));
  EXPECT_THAT(live(), Not(HasSubstr(some_call.value)));
  EXPECT_EQ(reason_written(), "callee_no_answer");
  (void)post(path_of("StatusCallback"), told("ringing"));
  EXPECT_THAT(live(), Not(HasSubstr(some_call.value))) << "a late report brings nothing back";
}

TEST_F(RingingCalls, AreTakenBackAtTwilio) {
  ASSERT_EQ(place().status, 201u);
  EXPECT_EQ(control("hangup", "", make_key("salon-2", {model::scope::control})).status, 404u);
  EXPECT_TRUE(at_twilio->changes.empty());
  EXPECT_EQ(control("hangup").status, 202u);
  ASSERT_EQ(at_twilio->changes.size(), 1u);
  EXPECT_EQ(at_twilio->changes[0], "Status=canceled");
  EXPECT_EQ(kept->trail.back().what, "call.hangup");
  at_twilio->status = "canceled";
  EXPECT_EQ(control("hangup").status, 202u) << "asked again";
  EXPECT_EQ(at_twilio->changes.size(), 1u) << "it looks first";
  (void)journal->take();
  (void)post(path_of("StatusCallback"), told("canceled"));
  EXPECT_EQ(reason_written(), "operator_hung_up");
  EXPECT_EQ(control("hangup").status, 202u) << "it has ended";
  EXPECT_EQ(at_twilio->changes.size(), 1u);
}

TEST_F(RingingCalls, AreHungUpWhereSomebodyAnswersMeanwhile) {
  ASSERT_EQ(place().status, 201u);
  at_twilio->to_changes.push_back({200, R"({"sid":")" + some_call.value + R"(","status":"in-progress"})", {}});
  EXPECT_EQ(control("hangup").status, 202u);
  EXPECT_EQ(at_twilio->changes, (std::vector<std::string>{"Status=canceled", "Status=completed"}));
  EXPECT_THAT(post(path_of("Url"), told("in-progress")).body,
              AllOf(HasSubstr("<Hangup/>"), Not(HasSubstr("<Connect"))));
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(recorded("endReason"), "operator_hung_up");
}

TEST_F(RingingCalls, AreHungUpByTheCallItselfOnceItHasBegun) {
  ASSERT_EQ(place().status, 201u);
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  EXPECT_EQ(control("hangup").status, 202u);
  EXPECT_TRUE(at_twilio->changes.empty());
  EXPECT_EQ(recorded("endReason"), "operator_hung_up");
}

TEST_F(RingingCalls, SayThatTwilioIsAwayAndLetNobodyInAllTheSame) {
  ASSERT_EQ(place().status, 201u);
  at_twilio->to_changes.push_back({0, {}, "read_timeout"});
  const auto got = control("hangup");
  EXPECT_EQ(got.status, 503u);
  EXPECT_THAT(got.body, HasSubstr("read_timeout"));
  EXPECT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Hangup/>"));
}

TEST_F(RingingCalls, CanDoNothingElseYet) {
  ASSERT_EQ(place().status, 201u);
  EXPECT_EQ(control("say", R"({"text":"Hello."})").status, 409u);
  EXPECT_EQ(control("transfer", R"({"to":"+15550107777"})").status, 409u);
  EXPECT_EQ(control("note", R"({"text":"Call him back."})").status, 409u);
  const auto recording = control("recording", R"({"action":"start"})");
  EXPECT_EQ(recording.status, 409u);
  EXPECT_THAT(recording.body, HasSubstr("nobody has answered"));
  EXPECT_EQ(api("DELETE", "/api/calls/" + some_call.value, "admin").status, 409u);
}

TEST_F(RingingCalls, HaveATimelineInWhichNothingIsYet) {
  ASSERT_EQ(place().status, 201u);
  for (const auto& shown : {std::string{"admin"}, make_key("salon-1", {model::scope::read})}) {
    const auto got = api("GET", "/api/calls/" + some_call.value + "/timeline", shown);
    EXPECT_EQ(got.status, 200u) << shown;
    EXPECT_EQ(got.body, "[]") << shown;
  }
  EXPECT_EQ(api("GET", "/api/calls/CA9/timeline", "admin").status, 404u);
}

TEST_F(RingingCalls, GoOnInTheNodesNextLife) {
  ASSERT_EQ(place(R"(,"id":"order-7","variables":{"appointment":"Tuesday"})").status, 201u);
  restart();
  EXPECT_THAT(live(), HasSubstr(some_call.value));
  const auto again = place(R"(,"id":"order-7","variables":{"appointment":"Tuesday"})");
  EXPECT_EQ(again.status, 200u) << again.body;
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 409u) << "asked for otherwise";
  EXPECT_EQ(at_twilio->orders.size(), 1u);
  ASSERT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  EXPECT_EQ(table->find_live(some_call)->life->state.variables.at("appointment"),
            model::elevenlabs::variable{std::string{"Tuesday"}});
}

TEST_F(RingingCalls, AreLookedForWhereTheFormerLifeDiedOverTwiliosAnswer) {
  at_twilio->next.push_back({0, {}, "read_timeout"});
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 0u);
  const auto when_it_died = on_disk();
  pass(1s);
  pass(2s);
  restart(when_it_died);
  EXPECT_THAT(live(), Not(HasSubstr(some_call.value)));
  const auto looks = at_twilio->looks;
  at_twilio->listed = call_json(some_call, now + 1s);
  watch();
  EXPECT_EQ(at_twilio->looks, looks + 1);
  EXPECT_THAT(live(), HasSubstr(some_call.value));
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 200u);
  EXPECT_EQ(at_twilio->orders.size(), 1u) << "never placed twice";
}

TEST_F(RingingCalls, AreLookedForNoLongerThanAfterATimeout) {
  at_twilio->next.push_back({0, {}, "read_timeout"});
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 0u);
  const auto when_it_died = on_disk();
  pass(1s);
  pass(2s);
  restart(when_it_died);
  const auto looks = at_twilio->looks;
  watch();
  pass(2s);
  EXPECT_EQ(at_twilio->looks, looks + 2) << "Twilio's lists are late";
  pass(60s);
  EXPECT_EQ(at_twilio->looks, looks + 2);
  EXPECT_EQ(at_twilio->orders.size(), 1u);
}

TEST_F(RingingCalls, HaveTheirEndLookedUpWhichTwilioToldNobody) {
  ASSERT_EQ(place().status, 201u);
  watch();
  at_twilio->status = "no-answer";
  pass(55s);
  EXPECT_THAT(live(), HasSubstr(some_call.value));
  pass(10s);
  EXPECT_THAT(live(), Not(HasSubstr(some_call.value)));
  EXPECT_EQ(reason_written(), "callee_no_answer");
  (void)post(path_of("StatusCallback"), told("no-answer"));
  for (const auto& one : journal->take().records) EXPECT_THAT(one.json, HasSubstr("callee_no_answer"));
}

TEST_F(RingingCalls, AreOverOnceTheirRecordIsOnTheDisk) {
  ASSERT_EQ(place().status, 201u);
  stored->is_full = true;
  EXPECT_EQ(post(path_of("StatusCallback"), told("no-answer")).status, 503u) << "Twilio tells again";
  EXPECT_EQ(dials->unsettled(scheduler.clock().now()).size(), 1u) << "and the node's next life asks";
  stored->is_full = false;
  EXPECT_EQ(post(path_of("StatusCallback"), told("no-answer")).status, 204u);
  EXPECT_TRUE(dials->unsettled(scheduler.clock().now()).empty());
}

TEST_F(RingingCalls, AreAskedAboutAgainWhereTheirRecordCouldNotBeWritten) {
  ASSERT_EQ(place().status, 201u);
  watch();
  at_twilio->status = "no-answer";
  stored->is_full = true;
  pass(65s);
  EXPECT_EQ(dials->unsettled(scheduler.clock().now()).size(), 1u);
  stored->is_full = false;
  pass(65s);
  EXPECT_TRUE(dials->unsettled(scheduler.clock().now()).empty());
}

TEST_F(RingingCalls, CostAMinuteWhereSomebodyAnsweredAndTwilioCouldNotAsk) {
  ASSERT_EQ(place().status, 201u);
  watch();
  at_twilio->status = "completed";
  pass(65s);
  const auto written = journal->take().records;
  ASSERT_FALSE(written.empty());
  const auto record = model::parse_call_record(written.back().json).value();
  ASSERT_TRUE(record.cost.twilio);
  EXPECT_GT(record.cost.twilio->amount.amount, 0);
  EXPECT_FALSE(record.account.empty()) << "where its price is asked for";
  ASSERT_TRUE(record.twilio);
  EXPECT_EQ(record.twilio->source, model::carrier_progress::source_type::rest) << "it was asked";
}

TEST_F(RingingCalls, AreAskedAboutEachMinuteAndEndedAfterADay) {
  ASSERT_EQ(place().status, 201u);
  watch();
  pass(65s);
  EXPECT_THAT(live(), HasSubstr(some_call.value)) << "it rings still";
  at_twilio->status = "";
  pass(23h);
  EXPECT_THAT(live(), Not(HasSubstr(some_call.value)));
  EXPECT_EQ(reason_written(), "callee_unreachable");
}

TEST_F(RingingCalls, AreSentOnToTheNextLifeWhereTheyAreAnsweredOverAHandOver) {
  ASSERT_EQ(place().status, 201u);
  table->stopping = table->handing_over = true;
  const auto again = path_of("Url") + "?redirects=1";
  const auto sent = post(path_of("Url"), told("in-progress")).body;
  EXPECT_THAT(sent, AllOf(HasSubstr("<Redirect"), HasSubstr(again + "#")));
  EXPECT_THAT(live(), HasSubstr(some_call.value)) << "it is nobody's yet, and rings on";
  restart();
  table->stopping = table->handing_over = false;
  EXPECT_THAT(post(again, told("in-progress")).body, HasSubstr("<Connect"));
  EXPECT_EQ(live_calls(), 1u);
}

TEST_F(RingingCalls, AreSentOnTwiceAtMost) {
  ASSERT_EQ(place().status, 201u);
  table->stopping = table->handing_over = true;
  EXPECT_THAT(post(path_of("Url") + "?redirects=1", told("in-progress")).body, HasSubstr("?redirects=2#"));
  EXPECT_THAT(post(path_of("Url") + "?redirects=2", told("in-progress")).body, HasSubstr("<Hangup"));
}

TEST_F(RingingCalls, AreNotPlacedByANodeThatStops) {
  ASSERT_EQ(place(R"(,"id":"order-7")").status, 201u);
  stops = true;
  const auto got = place();
  EXPECT_EQ(got.status, 503u);
  EXPECT_THAT(got.body, AllOf(HasSubstr("not_ready"), HasSubstr("stopping")));
  EXPECT_THAT(got.head, HasSubstr("Retry-After: 5"));
  EXPECT_EQ(place(R"(,"id":"order-7")").status, 200u) << "one that is placed is found";
  EXPECT_EQ(at_twilio->orders.size(), 1u);
  EXPECT_EQ(decided("stopping"), 1);
}

}  // namespace
}  // namespace tonris::actors::test
