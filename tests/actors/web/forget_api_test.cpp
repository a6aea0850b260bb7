#include "actors/web/forget_api.hpp"

#include <string>
#include <utility>
#include <vector>

#include "actors/call/outbound_dials.hpp"
#include "actors/callback/by_number.hpp"
#include "actors/outbound/messages.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ForgetApi : public FrontTest {
 protected:
  static inline const std::string path = "/api/calls/" + some_call.value;

  void SetUp() override {
    FrontTest::SetUp();
    auto with = front_config();
    with.callbacks = track_as<callback_keeper>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const forget_callbacks& m) {
                for (const auto& one : m.calls) forgotten.push_back("callbacks of " + one.value);
                for (const auto& one : m.conversations) forgotten.push_back(one.value);
                return callbacks_forgotten{};
              },
              [this](const forget_callbacks_with& m) {
                told_of = m;
                return reports;
              }};
    }));
    with.notices = track_as<notice_keeper>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const forget_events& m) -> caf::result<events_forgotten> {
        if (notices_are_away) return caf::make_error(caf::sec::runtime_error, "away");
        for (const auto& one : m.calls) forgotten.push_back("events of " + one.value);
        return events_forgotten{};
      }};
    }));
    const auto rest = track_as<twilio_rest>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const ask_twilio& m) {
        EXPECT_TRUE(m.removes);
        removed.push_back(m.target);
        return twilio_answer{twilio_says, {}, {}};
      }};
    }));
    with.numbers = {rest, {some_account, config::secret{"main-token"}}, origin, {}};
    with.webhooks.dials = dials;
    with.webhooks.shared_dials = track_as<dial_sharing>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const dial_is_now& m) { at_redis.push_back(m); }};
    }));
    open_doors(std::move(with));
  }
  /// Of an ended call with a message and two recordings, one of which is gone.
  void store_a_recorded_call(model::call_record::time told = {}) {
    model::call_record record;
    record.call = {"CA1"};
    record.tenant = {"salon-1"};
    record.account = some_account;
    record.state = model::call_state::ended;
    record.ended = record.started + std::chrono::seconds{9};
    record.reason = model::end_reason::caller_hung_up;
    record.voicemail.push_back({"RE1", "https://api.twilio.com/RE1", 7, told});
    record.recordings.push_back({"RE2", "completed", "", 9, "callback", told});
    record.recordings.push_back({"RE3", "deleted", "", 9, "answer", {}});
    stored->record = to_json(record);
  }
  static std::string at_twilio(const std::string& sid) {
    return "/2010-04-01/Accounts/" + some_account.value + "/Recordings/" + sid + ".json";
  }
  /// How many of that number's calls go on, and that none is forgotten.
  std::size_t alive(const std::string& number) {
    const auto got = api("POST", "/api/forget", "admin", R"({"number":")" + number + "\"}").body;
    std::size_t count = 99;
    for (std::size_t n = 0; n < 10; ++n)
      if (got == R"({"forgotten":0,"alive":)" + std::to_string(n) + "}") count = n;
    EXPECT_LT(count, 10u) << got;
    return count;
  }

  std::shared_ptr<outbound_dials> dials = std::make_shared<outbound_dials>(
      [this](const model::dial& one, bool is_forgotten) { show(*calls->live, one, is_forgotten); });
  /// Twilio was asked for it that long ago.
  model::dial asked_for(const std::string& ticket, std::chrono::seconds ago, std::string from = "+15550100002") {
    model::dial one;
    one.asked.tenant = {"salon-1"};
    one.asked.from = std::move(from);
    one.asked.to = "+4570000001";
    one.asked.variables = {{"about", std::string{"The glockenspiel."}}};
    one.shown_by = {ticket};
    one.began = std::chrono::steady_clock::now() - ago;
    EXPECT_EQ(dials->begin(one, model::dial_verdict::allowed, {}, one.began, counters).verdict,
              model::dial_verdict::allowed);
    return one;
  }
  std::vector<dial_is_now> at_redis;
  forget_callbacks_with told_of;
  callbacks_with_forgotten reports;
  std::vector<std::string> removed;  ///< at Twilio
  unsigned twilio_says = 204;
  std::vector<std::string> forgotten;
  bool notices_are_away = false;
};

TEST_F(ForgetApi, LeavesNothingOfACallThatHasEnded) {
  talk();
  EXPECT_EQ(api("DELETE", path, "admin").status, 409u) << "it goes on";
  EXPECT_THAT(forgotten, IsEmpty());
  (void)what_next(model::twilio::call_status::completed);
  settle();
  EXPECT_EQ(api("DELETE", path, "admin").status, 204u);
  EXPECT_THAT(stored->forgotten, ElementsAre(some_call.value));
  EXPECT_THAT(forgotten, ElementsAre("callbacks of " + some_call.value, "conv_of_" + some_call.value,
                                     "events of " + some_call.value));
  EXPECT_THAT(calls->live->since(0).all, IsEmpty()) << "who watches again hears nothing of it";
  EXPECT_EQ(table->ended(), 0u) << "nobody writes it anew";
  EXPECT_EQ(kept->trail.back().what, "call.forget");
  EXPECT_EQ(api("DELETE", path, "admin").status, 404u);
}

TEST_F(ForgetApi, ForgetsANumberAndNamesItNowhere) {
  stored->with_number = {{"CA1"}, {"CA2"}};
  talk();
  const auto got = api("POST", "/api/forget", "admin", R"({"number":"+1 555 010 0001"})");
  EXPECT_EQ(got.status, 200u);
  EXPECT_EQ(got.body, R"({"forgotten":2,"alive":1})");
  EXPECT_THAT(stored->forgotten, ElementsAre("CA1", "CA2"));
  EXPECT_EQ(stored->number, "+15550100001");
  EXPECT_EQ(kept->trail.back().what, "number.forget");
  EXPECT_THAT(to_json(kept->trail.back()), Not(HasSubstr("0100001")));
  EXPECT_EQ(api("POST", "/api/forget", "admin", R"({"number":"me"})").status, 400u);
}

TEST_F(ForgetApi, TakesWhatACallIsFoundBy) {
  struct row {
    std::string written, known;
  };
  for (const auto& [written, known] :
       {row{"sip:alice@example.com", "sip:alice@example.com"}, row{"client:anna", "client:anna"},
        row{"+4790000042;ext=5", "+4790000042"}, row{"sip:+4790000042@host;user=phone", "+4790000042"},
        row{"whatsapp:+4790000042", "+4790000042"}}) {
    EXPECT_EQ(alive(written), 0u) << written;
    EXPECT_EQ(stored->number, known) << written;
    EXPECT_EQ(told_of.number, known) << written;
  }
  for (const auto* const nobodys :
       {"anonymous", "sip:+266696687@host", "5551234567", "alice", "client:\\u0001", ":", ":x", "client:"})
    EXPECT_EQ(api("POST", "/api/forget", "admin", R"({"number":")" + std::string{nobodys} + "\"}").status, 400u)
        << nobodys;
}

TEST_F(ForgetApi, CountsWhomTheStoreDoesNotKnowYet) {
  EXPECT_EQ(alive("+15550100001"), 0u);
  talk();
  EXPECT_EQ(alive("+15550100001"), 1u) << "a call that goes on";
  EXPECT_EQ(alive("+15550100002"), 1u) << "as whom he called";
  EXPECT_EQ(alive("+15550100003"), 0u);
  caf::anon_send(supervisor,
                 caller_waits{refuse_call{request_of({"CAwaiting"}), tenant, model::end_reason::caller_gave_up}});
  settle();
  EXPECT_EQ(alive("+15550100001"), 2u) << "in line";
  model::call_checkpoint former;
  former.record.call = {"CAdormant"};
  former.record.tenant = {"salon-1"};
  former.record.from = "+15550100001";
  former.record.state = model::call_state::talking;
  caf::anon_send(supervisor, restore_calls{{former}});
  settle();
  EXPECT_EQ(alive("+15550100001"), 3u) << "of a former life of the node";
  EXPECT_THAT(stored->forgotten, IsEmpty());
}

TEST_F(ForgetApi, CountsWhomTheBusinessIsCalling) {
  model::dial one;
  one.asked.tenant = {"salon-1"};
  one.asked.from = "+15550100002";
  one.asked.to = "+4570000001";
  one.shown_by = {"ticket-1"};
  one.began = std::chrono::steady_clock::now();
  (void)dials->begin(one, model::dial_verdict::allowed, {}, one.began, counters);
  EXPECT_EQ(alive("+4570000001"), 1u) << "Twilio is being asked";
  EXPECT_EQ(alive("+4570000002"), 0u);
  dials->placed(one.shown_by, {"CArings"});
  EXPECT_EQ(alive("+4570000001"), 1u) << "it rings";
  dials->is_over(one.shown_by);
  EXPECT_EQ(alive("+4570000001"), 0u);
}

TEST_F(ForgetApi, ForgetsWhatTwilioWasAskedForAndNeverAnsweredOnceNobodyCanBeOnTheLine) {
  const auto old = asked_for("ticket-1", model::dials::ticket_life + std::chrono::seconds{1});
  dials->is_unknown(old.shown_by);
  const auto late = asked_for("ticket-2", std::chrono::seconds{9}, "+15550100003");
  dials->is_unknown(late.shown_by);
  const auto forget = [&](const std::string& who, const std::string& number) {
    return api("POST", "/api/forget", who, R"({"number":")" + number + "\"}").body;
  };
  EXPECT_EQ(forget(make_key("salon-2", {model::scope::settings}), "+4570000001"), R"({"forgotten":0,"alive":0})");
  EXPECT_EQ(forget("admin", "+4570000002"), R"({"forgotten":0,"alive":0})");
  EXPECT_THAT(at_redis, IsEmpty());
  EXPECT_EQ(forget("admin", "+4570000001"), R"({"forgotten":1,"alive":1})") << "the other one may be answered yet";
  EXPECT_FALSE(dials->find(old.shown_by));
  EXPECT_TRUE(dials->find(late.shown_by));
  EXPECT_EQ(dials->attempts_of({"salon-1"})->day, 2u) << "what it has tried stays counted";
  ASSERT_EQ(at_redis.size(), 1u);
  EXPECT_EQ(at_redis[0].dial.shown_by, old.shown_by);
  EXPECT_TRUE(at_redis[0].is_forgotten);
  EXPECT_EQ(kept->trail.back().what, "number.forget");
  EXPECT_THAT(to_json(kept->trail.back()), Not(HasSubstr("70000001")));
  EXPECT_EQ(forget("admin", "+4570000001"), R"({"forgotten":0,"alive":1})");
}

TEST_F(ForgetApi, LeavesNothingAtRedisOfACallThatThisNodeHasPlaced) {
  const auto one = asked_for("ticket-1", std::chrono::seconds{60});
  dials->placed(one.shown_by, {"CA1"});
  dials->is_over(one.shown_by);
  stored->with_number = {{"CA1"}};
  EXPECT_EQ(api("POST", "/api/forget", "admin", R"({"number":"+4570000001"})").body, R"({"forgotten":1,"alive":0})")
      << "it is counted once";
  EXPECT_FALSE(dials->find(one.shown_by));
  ASSERT_EQ(at_redis.size(), 1u);
  EXPECT_TRUE(at_redis[0].is_forgotten && at_redis[0].dial.call.empty()) << "as one that nobody was called for";
}

TEST_F(ForgetApi, CountsWhatWasToldOfNobodysConversations) {
  reports = {2, 1};
  EXPECT_EQ(api("POST", "/api/forget", "admin", R"({"number":"+4570000001"})").body,
            R"({"forgotten":2,"alive":0,"left":1})");
  EXPECT_EQ(told_of.number, "+4570000001");
  EXPECT_FALSE(told_of.tenant);
  (void)api("POST", "/api/forget", make_key("salon-1", {model::scope::settings}), R"({"number":"+4570000001"})");
  EXPECT_EQ(told_of.tenant, model::tenant_id{"salon-1"});
}

TEST_F(ForgetApi, SaysNothingOfANumberBeforeItKnowsWhomItHasCalled) {
  dials->await_former_life();
  EXPECT_EQ(api("POST", "/api/forget", "admin", R"({"number":"+4570000001"})").status, 503u);
  dials->restore({}, {}, std::chrono::steady_clock::now());
  EXPECT_EQ(alive("+4570000001"), 0u);
}

TEST_F(ForgetApi, CountsATenantsOwnAlone) {
  talk();
  const auto asked = [&](const std::string& of) {
    return api("POST", "/api/forget", make_key(of, {model::scope::settings}), R"({"number":"+15550100001"})").body;
  };
  EXPECT_EQ(asked("salon-1"), R"({"forgotten":0,"alive":1})");
  EXPECT_EQ(asked("salon-2"), R"({"forgotten":0,"alive":0})");
}

TEST_F(ForgetApi, LeavesACallWhoseCallerIsStillOnTheLine) {
  tenant->fallback.transfer_to = "+15550100050";
  vendor->answer = {{}, model::end_reason::agent_not_found, {}};
  (void)rings();
  settle();
  ASSERT_EQ(what_next().then, call_answer::verb::dial) << "he is put through";
  ASSERT_EQ(recorded("state"), "ended");
  EXPECT_EQ(api("DELETE", path, "admin").status, 409u);
  stored->with_number = {some_call};
  EXPECT_EQ(alive("+15550100001"), 1u);
  EXPECT_THAT(stored->forgotten, IsEmpty());
  EXPECT_EQ(table->ended(), 1u);
  caf::anon_send(supervisor, call_status_changed{some_call, model::twilio::call_status::completed});
  settle();
  EXPECT_EQ(api("DELETE", path, "admin").status, 204u);
  EXPECT_EQ(table->ended(), 0u);
}

TEST_F(ForgetApi, LeavesOneThatOnlyTheStoreKnowsLikewise) {
  store_a_recorded_call();
  auto record = model::parse_call_record(stored->record).value();
  record.reason = model::end_reason::transferred;
  record.started = std::chrono::system_clock::now() - std::chrono::hours{3};
  record.ended = record.started + std::chrono::seconds{60};
  stored->record = to_json(record);
  EXPECT_EQ(api("DELETE", "/api/calls/CA1", "admin").status, 409u);
  stored->with_number = {{"CA1"}};
  EXPECT_EQ(alive("+4570000001"), 1u);
  EXPECT_THAT(removed, IsEmpty());
  EXPECT_THAT(stored->forgotten, IsEmpty());
  record.ended = record.started = std::chrono::system_clock::now() - std::chrono::hours{25};
  stored->record = to_json(record);
  EXPECT_EQ(api("DELETE", "/api/calls/CA1", "admin").status, 204u) << "no call lasts that long";
}

TEST_F(ForgetApi, DeletesFirstWhatTwilioKeeps) {
  store_a_recorded_call();
  twilio_says = 500;
  EXPECT_EQ(api("DELETE", "/api/calls/CA1", "admin").status, 503u);
  EXPECT_THAT(stored->forgotten, IsEmpty()) << "else nobody would know any more what is there";
  removed.clear();
  twilio_says = 404;
  EXPECT_EQ(api("DELETE", "/api/calls/CA1", "admin").status, 204u) << "gone already";
  EXPECT_THAT(removed, ElementsAre(at_twilio("RE1"), at_twilio("RE2")));
  EXPECT_THAT(stored->forgotten, ElementsAre("CA1"));
}

TEST_F(ForgetApi, AsksAgainForWhatIsNotThereYet) {
  store_a_recorded_call(std::chrono::system_clock::now());
  twilio_says = 404;
  EXPECT_EQ(api("DELETE", "/api/calls/CA1", "admin").status, 0u) << "its message has just been left";
  pass(std::chrono::seconds{1});
  EXPECT_THAT(removed, ElementsAre(at_twilio("RE1"), at_twilio("RE1")));
  twilio_says = 204;
  pass(std::chrono::seconds{2});
  EXPECT_EQ(answer_on(*streams.back()).status, 204u);
  EXPECT_THAT(removed, ElementsAre(at_twilio("RE1"), at_twilio("RE1"), at_twilio("RE1"), at_twilio("RE2")));
  EXPECT_THAT(stored->forgotten, ElementsAre("CA1"));
}

TEST_F(ForgetApi, LeavesWhatDoesNotAppear) {
  store_a_recorded_call(std::chrono::system_clock::now());
  twilio_says = 404;
  EXPECT_EQ(api("DELETE", "/api/calls/CA1", "admin").status, 0u);
  for (int passed = 0; passed < 20; ++passed) pass(std::chrono::seconds{1});
  EXPECT_EQ(answer_on(*streams.back()).status, 503u) << "a minute later it is gone";
  EXPECT_EQ(removed.size(), 5u);
  EXPECT_THAT(stored->forgotten, IsEmpty());
}

TEST_F(ForgetApi, LeavesCallsOfANumberWhoseRecordingsStay) {
  store_a_recorded_call();
  stored->with_number = {{"CA1"}};
  twilio_says = 0;
  const auto got = api("POST", "/api/forget", "admin", R"({"number":"+4570000001"})");
  EXPECT_EQ(got.body, R"({"forgotten":0,"alive":0,"left":1})");
  EXPECT_THAT(stored->forgotten, IsEmpty());
}

TEST_F(ForgetApi, DeletesABoundedNumberAtOnce) {
  store_a_recorded_call();
  for (int i = 0; i < 150; ++i) stored->with_number.push_back({"CA" + std::to_string(i)});
  const auto got = api("POST", "/api/forget", "admin", R"({"number":"+4570000001"})");
  EXPECT_EQ(got.body, R"({"forgotten":100,"alive":0,"left":50})");
  EXPECT_EQ(removed.size(), 200u);
}

TEST_F(ForgetApi, SaysThatThereAreMoreThanItTakesAtOnce) {
  stored->with_number = {{"CA1"}};
  stored->has_more_with_number = true;
  EXPECT_EQ(api("POST", "/api/forget", "admin", R"({"number":"+4570000001"})").body,
            R"({"forgotten":1,"alive":0,"left":1})");
  EXPECT_THAT(stored->forgotten, ElementsAre("CA1"));
}

TEST_F(ForgetApi, SaysOfWhomNobodyHasTheToken) {
  store_a_recorded_call();
  auto record = model::parse_call_record(stored->record).value();
  record.account = {"AC00000000000000000000000000000009"};
  stored->record = to_json(record);
  EXPECT_EQ(api("DELETE", "/api/calls/CA1", "admin").status, 204u) << "what is here goes all the same";
  EXPECT_THAT(removed, IsEmpty());
}

TEST_F(ForgetApi, IsForATenantsOwnCalls) {
  talk();
  EXPECT_EQ(api("DELETE", path, make_key("salon-2", {model::scope::settings})).status, 404u);
  EXPECT_EQ(api("DELETE", path, make_key("salon-1", {model::scope::read})).status, 403u);
  EXPECT_EQ(
      api("POST", "/api/forget", make_key("salon-1", {model::scope::settings}), R"({"number":"+4570000001"})").status,
      200u);
  EXPECT_EQ(stored->number_of, model::tenant_id{"salon-1"});
}

TEST_F(ForgetApi, SaysThatItIsNotSureWhereOneOfThemIsAway) {
  notices_are_away = true;
  talk();
  (void)what_next(model::twilio::call_status::completed);
  settle();
  const auto got = api("DELETE", path, "admin");
  EXPECT_EQ(got.status, 503u);
  EXPECT_THAT(got.body, HasSubstr("try again"));
  EXPECT_THAT(kept->trail, IsEmpty());
  EXPECT_THAT(stored->forgotten, IsEmpty()) << "else nobody could try again";
}

}  // namespace
}  // namespace tonris::actors::test
