#pragma once

#include <rapidjson/document.h>

#include <caf/stateful_actor.hpp>
#include <map>
#include <stdexcept>
#include <utility>

#include "actors/call/supervisor.hpp"
#include "actors/leg/agent_leg.hpp"
#include "actors/leg/caller_leg.hpp"
#include "model/call/record.hpp"
#include "tests/actors/leg/leg_fixture.hpp"

namespace tonris::actors::test {

/// How the vendor's REST side behaves.
struct vendor_script {
  signed_url_answer answer{model::elevenlabs::signed_url{"wss://agent.example/?cvtkn_1", {}}, {}, {}};
  bool silent = false;                                               ///< never answers
  std::vector<caf::typed_response_promise<signed_url_answer>> held;  ///< of silent requests
  int asked = 0, policies_asked = 0;
  std::optional<model::elevenlabs::agent_policy> policy;
  model::agent_id agent;
};

/// Every number is of the tenant in the script.
inline caf::behavior fake_registry(caf::event_based_actor*, std::shared_ptr<tenant_ptr> script,
                                   std::shared_ptr<int> failures) {
  return {[script, failures](const find_tenant&) -> caf::result<found_tenant> {
    if (*failures > 0 && (*failures)-- > 0) return caf::make_error(caf::sec::runtime_error);
    return found_tenant{*script};
  }};
}

/// What a store knows of calls, and whether it can be read.
struct store_script {
  std::map<std::string, model::call_checkpoint> calls;  ///< by CallSid
  bool fails = false;
  int asked = 0;
};
inline caf::behavior store_of(caf::event_based_actor*, std::shared_ptr<store_script> script) {
  return {[script](const find_call& wanted) -> caf::result<found_call> {
    ++script->asked;
    if (script->fails) return caf::make_error(caf::sec::runtime_error);
    const auto found = script->calls.find(wanted.call.value);
    return found == script->calls.end() ? found_call{} : found_call{found->second};
  }};
}

inline caf::behavior fake_vendor(caf::event_based_actor* self, std::shared_ptr<vendor_script> script) {
  return {[self, script](const fetch_signed_url& wanted) -> caf::result<signed_url_answer> {
            ++script->asked;
            script->agent = wanted.agent;
            if (!script->silent) return script->answer;
            script->held.push_back(self->make_response_promise<signed_url_answer>());
            return caf::delegated<signed_url_answer>{};
          },
          [script](const fetch_agent_policy&) {
            ++script->policies_asked;
            return agent_policy_answer{script->policy};
          },
          [script](const signed_url_answer& answer) {  // the test: answer now
            for (auto& promise : std::exchange(script->held, {})) promise.deliver(answer);
          }};
}

/// Whole calls: the real supervisor, call and legs, between a fake vendor and fake sockets.
class CallTest : public ActorTest {
 protected:
  void SetUp() override {
    tenant->id = {"salon-1"};
    tenant->name = "Test Salon";
    tenant->phone_number = "+15550100002";
    calls->vendor = track(caf::actor{system.spawn(fake_vendor, vendor)});
    calls->counters = &counters;
    calls->make_ticket = [this] { return model::ticket{"ticket-" + std::to_string(++tickets)}; };
    calls->random = [] { return 0xFFFFFFFFu; };  // the longest waits
    calls->journal = journal;
    registry = caf::actor_cast<tenant_registry>(
        track(caf::actor{system.spawn(fake_registry, registry_script, registry_failures)}));
    calls->seal = [](std::string_view text) { return std::string{text.rbegin(), text.rend()}; };
    calls->unseal = calls->seal;
    calls->wall_clock = [this] {
      return model::call_record::time{
          std::chrono::duration_cast<model::call_record::time::duration>(scheduler.clock().now().time_since_epoch()) +
          clock_set_by};
    };
    calls->spawn_caller_leg = [this](caller_leg::config with) {
      return caller_leg = spawn_on<actors::caller_leg>(system, unit, std::move(with));
    };
    calls->spawn_agent_leg = [this](agent_leg::config with) {
      return agent_leg = spawn_on<actors::agent_leg>(system, unit, std::move(with));
    };
    supervise(1000);
  }
  void TearDown() override {
    supervisor = caller_leg = agent_leg = store_of_calls = nullptr;
    registry = nullptr;
    *table = {};
    vendor->held.clear();
    calls->vendor = nullptr;
    ActorTest::TearDown();
  }
  void supervise(std::size_t max_calls) {
    call_supervisor_state::config with;
    with.services = calls;
    with.table = table;
    with.registry = registry;
    if (store_of_calls) with.store = caf::actor_cast<call_store>(store_of_calls);
    with.max_calls = max_calls;
    with.overloaded = [this] { return overloaded; };
    supervisor = track(caf::actor{system.spawn(call_supervisor, std::move(with))});
    settle();
  }

  /// Whoever makes the next note meets an exception: the call's actor, over what it is told next. What was written
  /// before is gone.
  void break_pen() {
    (void)journal->take();  // it wakes its writer once
    pen_breaks = true;
  }

  // --- asking the supervisor

  template <class Answer, class Question>
  std::optional<Answer> ask(Question question) {
    auto answer = std::make_shared<std::optional<Answer>>();
    system.spawn([answer, question, to = supervisor](caf::event_based_actor* self) {
      self->request(to, 10s, question).then([answer](const Answer& a) { *answer = a; }, [](const caf::error&) {});
    });
    settle();
    return *answer;
  }
  static model::twilio::voice_request request_of(const model::call_sid& call) {
    model::twilio::voice_request request;
    request.call = call;
    request.account = some_account;
    request.from = "+15550100001";
    request.to = "+15550100002";
    request.status = model::twilio::call_status::ringing;
    request.direction = "inbound";
    return request;
  }
  call_answer rings(const model::call_sid& call = some_call) {
    return ask<call_answer>(start_call{request_of(call), tenant, {"agent_1"}, 0}).value_or(call_answer{});
  }
  redeemed_ticket redeem(const std::string& ticket) {
    return ask<redeemed_ticket>(redeem_ticket{{ticket}}).value_or(redeemed_ticket{});
  }
  /// The voice webhook about a call that is there or was: a redirect brings its caller back, by default.
  call_answer voice_again(model::twilio::call_status status = model::twilio::call_status::in_progress,
                          const model::call_sid& call = some_call, std::string token = {},
                          model::fallback_news news = model::fallback_news::none) {
    auto request = request_of(call);
    request.status = status;
    return ask<call_answer>(start_call{request, tenant, {"agent_1"}, 0, news, std::move(token)})
        .value_or(call_answer{call_answer::what::nothing});
  }
  call_answer next_with_token(std::string token, model::fallback_news news = model::fallback_news::none,
                              const model::call_sid& call = some_call) {
    return ask<call_answer>(
               connect_action{call, model::twilio::call_status::in_progress, news, 0, std::move(token), false})
        .value_or(call_answer{call_answer::what::nothing});
  }
  call_answer what_next(model::twilio::call_status status = model::twilio::call_status::in_progress,
                        const model::call_sid& call = some_call,
                        model::fallback_news news = model::fallback_news::none) {
    return ask<call_answer>(connect_action{call, status, news, 0}).value_or(call_answer{call_answer::what::nothing});
  }
  live_count count() { return ask<live_count>(count_calls{}).value_or(live_count{9999, 9999, 9999}); }
  std::size_t questions() { return count().questions; }
  std::size_t live_calls() { return count().calls; }
  rapidjson::Document record(const model::call_sid& call = some_call) {
    rapidjson::Document document;
    document.Parse(ask<call_description>(describe_call{call}).value_or(call_description{}).json.c_str());
    if (document.HasParseError() || !document.IsObject()) document.SetObject();
    return document;
  }
  std::string recorded(const char* name, const model::call_sid& call = some_call) {
    const auto all = record(call);
    const auto found = all.FindMember(name);
    return found != all.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
  }

  // --- the steps of a call

  /// The webhook, then Twilio's socket: it is upgraded, but silent.
  void caller_connects(const model::call_sid& call = some_call) {
    const auto answer = rings(call);
    ASSERT_EQ(answer.then, call_answer::what::stream);
    const auto redeemed = redeem(answer.ticket.value);
    ASSERT_EQ(redeemed.is, redeemed_ticket::what::ok);
    twilio = make_socket();
    call_handle = redeemed.call;
    caf::anon_send(redeemed.call, caller_connected{twilio, &services});
    settle();
    call_handle = nullptr;
    ASSERT_TRUE(twilio->started);
  }
  void stream_starts(const model::call_sid& call = some_call) {
    caller_connects(call);
    twilio->say(twilio_start(call));
    settle();
  }
  void agent_connects() {
    ASSERT_FALSE(dialler.attempts.empty());
    agent = make_socket();
    dialler.last().succeed(agent);
    settle();
  }
  void talk() {
    stream_starts();
    agent_connects();
    agent->say(agent_metadata());
    settle();
    ASSERT_EQ(recorded("state"), "talking");
  }

  std::shared_ptr<vendor_script> vendor = std::make_shared<vendor_script>();
  std::shared_ptr<model::tenant> tenant = std::make_shared<model::tenant>();
  std::shared_ptr<tenant_ptr> registry_script = std::make_shared<tenant_ptr>(tenant);
  std::shared_ptr<int> registry_failures = std::make_shared<int>(0);  ///< so many questions fail
  tenant_registry registry;
  caf::actor store_of_calls;  ///< set before the supervisor is spawned; null: there is none
  std::shared_ptr<call_table> table = std::make_shared<call_table>();
  std::shared_ptr<call_journal> journal = std::make_shared<call_journal>([this] {
    if (std::exchange(pen_breaks, false)) throw std::runtime_error("no pen");
  });
  bool pen_breaks = false;
  std::optional<model::end_reason> overloaded;
  std::chrono::seconds clock_set_by{0};  ///< how far somebody has set the machine's clock
  std::shared_ptr<call_services> calls = std::make_shared<call_services>();
  int tickets = 0;
  caf::actor supervisor, caller_leg, agent_leg, call_handle;
  std::shared_ptr<fake_websocket> twilio, agent;
};

}  // namespace tonris::actors::test
