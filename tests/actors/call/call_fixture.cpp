#include "tests/actors/call/call_fixture.hpp"

#include "model/call/later_fact.hpp"

namespace tonris::actors::test {

caf::behavior fake_registry(caf::event_based_actor*, std::shared_ptr<tenant_ptr> script,
                            std::shared_ptr<std::vector<tenant_ptr>> by_id, std::shared_ptr<int> failures) {
  const auto fails = [failures] { return *failures > 0 && (*failures)-- > 0; };
  return {[=](const find_tenant&) -> caf::result<found_tenant> {
            if (fails()) return caf::make_error(caf::sec::runtime_error);
            return found_tenant{*script};
          },
          [=](const find_tenant_by_id& wanted) -> caf::result<found_tenant> {
            if (fails()) return caf::make_error(caf::sec::runtime_error);
            for (const auto& known : by_id->empty() ? std::vector{*script} : *by_id)
              if (known && known->id == wanted.id) return found_tenant{known};
            return found_tenant{};
          }};
}

caf::behavior store_of(caf::event_based_actor* self, std::shared_ptr<store_script> script) {
  return {[script](const find_call& wanted) -> caf::result<found_call> {
            ++script->asked;
            if (script->fails) return caf::make_error(caf::sec::runtime_error);
            const auto found = script->calls.find(wanted.call.value);
            return found == script->calls.end() ? found_call{} : found_call{found->second};
          },
          [script](const find_record& wanted) {
            const auto found = script->records.find(wanted.call.value);
            return found_record{found == script->records.end() ? std::string{} : to_json(found->second)};
          },
          [script](const add_to_record& told) {
            const auto found = script->records.find(told.fact.call.value);
            const bool is_news = found != script->records.end() && model::add_fact(found->second, told.fact.what);
            return added_to_record{is_news ? to_json(found->second) : std::string{}};
          },
          [self, script](flush_store) -> caf::result<store_flushed> {
            if (!script->is_slow) return store_flushed{};
            return script->flushing.emplace_back(self->make_response_promise<store_flushed>());
          },
          [script](store_flushed) {  // the test: now
            for (auto& promise : std::exchange(script->flushing, {})) promise.deliver(store_flushed{});
          }};
}

caf::behavior fake_vendor(caf::event_based_actor* self, std::shared_ptr<vendor_script> script) {
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

CallTest::CallTest() = default;
CallTest::~CallTest() = default;

void CallTest::SetUp() {
  tenant->id = {"salon-1"};
  tenant->name = "Test Salon";
  tenant->phone_number = "+15550100002";
  calls->vendor = track_as<vendor_api>(system.spawn(fake_vendor, vendor));
  calls->counters = &counters;
  calls->quietest_loop = [this] { return &services; };
  calls->make_ticket = [this] { return model::ticket{"ticket-" + std::to_string(++tickets)}; };
  calls->random = [] { return 0xFFFFFFFFu; };  // the longest waits
  calls->journal = journal;
  registry = track_as<tenant_registry>(system.spawn(fake_registry, registry_script, registry_by_id, registry_failures));
  calls->seal = [](std::string_view text) { return std::string{text.rbegin(), text.rend()}; };
  calls->unseal = calls->seal;
  calls->wall_clock = [this] {
    return model::call_record::time{
        std::chrono::duration_cast<model::call_record::time::duration>(scheduler.clock().now().time_since_epoch()) +
        clock_set_by};
  };
  calls->spawn_caller_leg = [this](caller_leg::config with) {
    caller_leg = spawn_on<actors::caller_leg>(system, unit, std::move(with));
    return caf::actor_cast<caller_leg_actor>(caller_leg);
  };
  calls->spawn_agent_leg = [this](agent_leg::config with) {
    agent_leg = spawn_on<actors::agent_leg>(system, unit, std::move(with));
    return caf::actor_cast<agent_leg_actor>(agent_leg);
  };
  supervise(1000);
}

void CallTest::TearDown() {
  supervisor = nullptr;
  caller_leg = agent_leg = nullptr;
  store_of_calls = nullptr;
  who_may_come = nullptr;
  registry = nullptr;
  *table = {};
  vendor->held.clear();
  calls->vendor = nullptr;
  ActorTest::TearDown();
}

void CallTest::supervise(std::size_t max_calls) {
  call_supervisor_state::config with;
  with.services = calls;
  with.table = table;
  with.registry = registry;
  with.store = store_of_calls;
  with.who_may_come = who_may_come;
  with.max_calls = max_calls;
  with.overloaded = [this] { return overloaded; };
  supervisor = track(call_supervisor{system.spawn(supervise_calls, std::move(with))});
  settle();
}

void CallTest::break_pen() {
  (void)journal->take();  // it wakes its writer once
  pen_breaks = true;
}

model::twilio::voice_request CallTest::request_of(const model::call_sid& call) {
  model::twilio::voice_request request;
  request.call = call;
  request.account = some_account;
  request.from = "+15550100001";
  request.to = "+15550100002";
  request.status = model::twilio::call_status::ringing;
  request.direction = "inbound";
  return request;
}

call_answer CallTest::rings(const model::call_sid& call) {
  return ask<call_answer>(start_call{request_of(call), tenant, {"agent_1"}, 0}).value_or(call_answer{});
}

redeemed_ticket CallTest::redeem(const std::string& ticket) {
  return ask<redeemed_ticket>(redeem_ticket{{ticket}}).value_or(redeemed_ticket{});
}

call_answer CallTest::voice_again(model::twilio::call_status status, const model::call_sid& call, std::string token,
                                  model::fallback_news news) {
  auto request = request_of(call);
  request.status = status;
  return ask<call_answer>(start_call{request, tenant, {"agent_1"}, 0, news, std::move(token)})
      .value_or(call_answer{call_answer::verb::nothing});
}

call_answer CallTest::next_with_token(std::string token, model::fallback_news news, const model::call_sid& call) {
  return ask<call_answer>(
             connect_action{call, model::twilio::call_status::in_progress, news, 0, std::move(token), false})
      .value_or(call_answer{call_answer::verb::nothing});
}

call_answer CallTest::what_next(model::twilio::call_status status, const model::call_sid& call,
                                model::fallback_news news) {
  return ask<call_answer>(connect_action{call, status, news, 0}).value_or(call_answer{call_answer::verb::nothing});
}

live_count CallTest::count() {
  return ask<live_count>(count_calls{}).value_or(live_count{9999, 9999, 9999});
}

std::size_t CallTest::questions() {
  return count().questions;
}

std::size_t CallTest::live_calls() {
  return count().calls;
}

rapidjson::Document CallTest::record(const model::call_sid& call) {
  rapidjson::Document document;
  document.Parse(ask<call_description>(describe_call{call}).value_or(call_description{}).json.c_str());
  if (document.HasParseError() || !document.IsObject()) document.SetObject();
  return document;
}

std::string CallTest::recorded(const char* name, const model::call_sid& call) {
  const auto all = record(call);
  const auto found = all.FindMember(name);
  return found != all.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
}

void CallTest::caller_connects(const model::call_sid& call) {
  const auto answer = rings(call);
  ASSERT_EQ(answer.then, call_answer::verb::stream);
  const auto redeemed = redeem(answer.ticket.value);
  ASSERT_EQ(redeemed.is, redeemed_ticket::outcome::ok);
  twilio = make_socket();
  call_handle = redeemed.call;
  caf::anon_send(redeemed.call, caller_connected{twilio});
  settle();
  call_handle = nullptr;
  ASSERT_TRUE(twilio->started);
}

void CallTest::stream_starts(const model::call_sid& call) {
  caller_connects(call);
  twilio->say(twilio_start(call));
  settle();
}

void CallTest::agent_connects() {
  ASSERT_FALSE(dialler.attempts.empty());
  agent = make_socket();
  dialler.last().succeed(agent);
  settle();
}

void CallTest::talk() {
  stream_starts();
  agent_connects();
  agent->say(agent_metadata());
  settle();
  ASSERT_EQ(recorded("state"), "talking");
}

}  // namespace tonris::actors::test
