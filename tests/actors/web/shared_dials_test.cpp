// Placed calls where nodes tell each other of them: what is asked of the others, and what they are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/outbound/messages.hpp"
#include "tests/actors/web/outbound_fixture.hpp"

namespace tonris::actors::test {
namespace {

using outcome = dial_shared::outcome;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// What the other nodes have.
struct other_nodes {
  dial_shared to_orders{outcome::allowed};
  std::optional<dial_told> to_tickets = dial_told{};  ///< nothing: nobody answers
  std::vector<share_dial> shared;
  std::vector<tell_dial> told;
  std::vector<dial_is_now> dropped;
};
caf::behavior fake_sharing(caf::event_based_actor*, std::shared_ptr<other_nodes> others) {
  return {[others](const share_dial& m) {
            others->shared.push_back(m);
            return others->to_orders;
          },
          [others](const tell_dial& m) -> caf::result<dial_told> {
            others->told.push_back(m);
            if (!others->to_tickets) return caf::make_error(caf::sec::runtime_error);
            return *others->to_tickets;
          },
          [others](const dial_is_now& m) {
            if (m.is_forgotten) others->dropped.push_back(m);
          }};
}

class SharedDialsOnTheWeb : public OutboundApi {
 protected:
  void SetUp() override {
    OutboundApi::SetUp();
    sharing = track_as<dial_sharing>(system.spawn(fake_sharing, others));
    opened([this](http_front::config& with) { with.webhooks.shared_dials = sharing; });
  }
  void TearDown() override {
    sharing = nullptr;
    OutboundApi::TearDown();
  }
  model::dial of_another_node() const {
    model::dial one;
    one.asked.tenant = tenant->id;
    one.asked.from = tenant->phone_number;
    one.asked.to = callee;
    one.asked.id = "order-7";
    one.asked.variables = {{"appointment", std::string{"Tuesday"}}};
    one.shown_by = {std::string(32, 'a')};
    one.call = some_call;
    one.state = model::dial::state_type::placed;
    one.began = scheduler.clock().now();
    one.began_at = now;
    return one;
  }
  static std::string path(const std::string& what) {
    return "/api/webhooks/twilio/outbound" + what + "/" + std::string(32, 'a');
  }

  std::shared_ptr<other_nodes> others = std::make_shared<other_nodes>();
  dial_sharing sharing;
};

TEST_F(SharedDialsOnTheWeb, AreToldToTheOthersBeforeTwilioIsAsked) {
  tenant->outbound->per_minute = 7;
  changed();
  EXPECT_EQ(place().status, 201u);
  ASSERT_THAT(others->shared, SizeIs(1));
  EXPECT_EQ(others->shared[0].per_minute, 7u);
  EXPECT_EQ(others->shared[0].dial.asked.to, callee);
  EXPECT_THAT(path_of("Url"), HasSubstr(others->shared[0].dial.shown_by.value));
}

TEST_F(SharedDialsOnTheWeb, AreNotPlacedWhereTheOthersSpeakAgainstIt) {
  struct row {
    outcome said;
    unsigned status;
    const char* code;
  };
  for (const auto& [said, status, code] :
       {row{outcome::too_many_a_minute, 429, "too_many_calls"}, row{outcome::too_many_a_day, 429, "too_many_calls"},
        row{outcome::being_called, 409, "conflict"}, row{outcome::away, 503, "Redis"}}) {
    others->to_orders = {said};
    const auto got = place();
    EXPECT_EQ(got.status, status);
    EXPECT_THAT(got.body, HasSubstr(code));
  }
  EXPECT_THAT(at_twilio->orders, IsEmpty());
  others->to_orders = {outcome::allowed};
  EXPECT_EQ(place().status, 201u) << "this node has counted none of them";
}

TEST_F(SharedDialsOnTheWeb, AreTakenBackThereWhereThisNodeCallsNobody) {
  at_twilio->next.push_back({0, {}, "read_timeout"});
  EXPECT_EQ(place().status, 0u) << "it is looked for";
  EXPECT_EQ(place().status, 409u) << "two could not be told apart";
  ASSERT_THAT(others->dropped, SizeIs(1));
  EXPECT_EQ(others->dropped[0].dial.shown_by, others->shared.back().dial.shown_by);
  pass(1s);
  pass(2s);
}

TEST_F(SharedDialsOnTheWeb, AreOneCallForOneIdWhicheverNodeIsAsked) {
  others->to_orders = {outcome::before, false, false, some_call, of_another_node()};
  const auto wanted = R"(,"id":"order-7","variables":{"appointment":"Tuesday"})";
  const auto got = place(wanted);
  EXPECT_EQ(got.status, 200u) << got.body;
  EXPECT_THAT(got.body, HasSubstr(some_call.value));
  others->to_orders = {outcome::before, false, true, {}, std::nullopt};
  EXPECT_EQ(place(R"(,"id":"order-8")").status, 202u);
  others->to_orders = {outcome::before, true, false, some_call, std::nullopt};
  EXPECT_EQ(place(R"(,"id":"order-9")").status, 409u);
  others->to_orders = {outcome::before, false, false, some_call, std::nullopt};
  EXPECT_THAT(place(R"(,"id":"order-10")").body, HasSubstr(some_call.value)) << "its ticket is good no more";
  others->to_orders = {outcome::before, false, false, {}, std::nullopt};
  EXPECT_EQ(place(R"(,"id":"order-11")").status, 504u);
  EXPECT_THAT(at_twilio->orders, IsEmpty());
}

TEST_F(SharedDialsOnTheWeb, ServeACallThatAnotherNodeHasPlaced) {
  others->to_tickets = dial_told{true, false, of_another_node()};
  EXPECT_THAT(post(path(""), told("in-progress")).body, HasSubstr("<Connect"));
  ASSERT_THAT(others->told, SizeIs(1));
  EXPECT_TRUE(others->told[0].takes);
  EXPECT_EQ(recorded("tenantId"), "salon-1");
  EXPECT_EQ(table->find_live(some_call)->life->state.variables.at("appointment"),
            model::elevenlabs::variable{std::string{"Tuesday"}});
  EXPECT_THAT(post(path(""), told("in-progress")).body, HasSubstr("<Connect")) << "Twilio asks again";
  EXPECT_THAT(others->told, SizeIs(1)) << "it is this node's own now";
}

TEST_F(SharedDialsOnTheWeb, ServeACallThatAnotherNodeHasSentOnAsItStopped) {
  others->to_tickets = {true, false, of_another_node()};
  EXPECT_THAT(post(path("") + "?redirects=1", told("in-progress")).body, HasSubstr("<Connect"));
  ASSERT_THAT(others->told, SizeIs(1));
  EXPECT_TRUE(others->told[0].takes);
}

TEST_F(SharedDialsOnTheWeb, ServeNobodyWhomNoNodeKnows) {
  EXPECT_THAT(post(path(""), told("in-progress")).body, HasSubstr("<Hangup/>"));
  others->to_tickets.reset();
  EXPECT_EQ(post(path(""), told("in-progress", {"CA00000000000000000000000000000077"})).status, 503u)
      << "Twilio asks again";
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="outbound",reason="unknown_ticket"})"), 1);
}

TEST_F(SharedDialsOnTheWeb, ServeTheirOwnWhileNobodyAnswers) {
  ASSERT_EQ(place().status, 201u);
  others->to_tickets.reset();
  EXPECT_THAT(post(path_of("Url"), told("in-progress")).body, HasSubstr("<Connect"));
  EXPECT_THAT(others->told, IsEmpty());
  EXPECT_EQ(post(path_of("StatusCallback"), told("completed")).status, 204u);
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
}

TEST_F(SharedDialsOnTheWeb, MakeNoSecondRecordOfACallThatAnotherNodeServes) {
  ASSERT_EQ(place().status, 201u);
  (void)journal->take();
  others->to_tickets = dial_told{true, true, std::nullopt};
  EXPECT_EQ(post(path_of("StatusCallback"), told("completed")).status, 204u);
  ASSERT_THAT(others->told, SizeIs(2)) << "whose it is, and then that one";
  EXPECT_EQ(others->told[1].over->status, model::twilio::call_status::completed);
  EXPECT_THAT(journal->take().records, IsEmpty());
  EXPECT_FALSE(calls->live->has(some_call));
}

TEST_F(SharedDialsOnTheWeb, MakeTheRecordOfACallThatAnotherNodeHasPlacedAndNobodyTook) {
  others->to_tickets = dial_told{true, false, of_another_node()};
  EXPECT_EQ(post(path("-status"), told("no-answer")).status, 204u);
  const auto written = journal->take().records;
  ASSERT_THAT(written, SizeIs(1));
  const auto record = model::parse_call_record(written[0].json).value();
  EXPECT_EQ(record.reason, model::end_reason::callee_no_answer);
  ASSERT_THAT(others->told, SizeIs(2));
  EXPECT_FALSE(others->told[0].over) << "its record is written first";
  EXPECT_EQ(others->told[1].over->status, model::twilio::call_status::no_answer);
}

TEST_F(SharedDialsOnTheWeb, LeaveACallThatAnotherNodeHasServedToItWhileNobodyAnswers) {
  others->to_tickets.reset();
  EXPECT_EQ(post(path("-status"), told("completed")).status, 503u) << "Twilio asks again";
  EXPECT_THAT(journal->take().records, IsEmpty());
  EXPECT_EQ(post(path("-status"), told("busy")).status, 204u);
  EXPECT_THAT(journal->take().records, SizeIs(1)) << "nobody has served that";
}

TEST_F(SharedDialsOnTheWeb, TellTheOthersWhoAnsweredACallOfTheirs) {
  const auto heard = [&] {
    return post(path("-machine"),
                {{"AccountSid", some_account.value}, {"CallSid", some_call.value}, {"AnsweredBy", "machine_start"}})
        .status;
  };
  others->to_tickets = dial_told{true, true, std::nullopt};
  EXPECT_EQ(heard(), 204u);
  ASSERT_THAT(others->told, SizeIs(1));
  EXPECT_EQ(others->told[0].heard->by, model::twilio::answered_by::machine);
  EXPECT_THAT(journal->take().facts, IsEmpty());
  others->to_tickets.reset();
  EXPECT_EQ(heard(), 204u);
  EXPECT_THAT(journal->take().facts, SizeIs(1)) << "nobody answers: it is this node's to keep";
}

}  // namespace
}  // namespace tonris::actors::test
