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

/// Every number is of the tenant in the script; ids are of those that `by_id` has, or, while it is empty, of that one.
caf::behavior fake_registry(caf::event_based_actor*, std::shared_ptr<tenant_ptr> script,
                            std::shared_ptr<std::vector<tenant_ptr>> by_id, std::shared_ptr<int> failures);

/// What a store knows of calls, and whether it can be read.
struct store_script {
  std::map<std::string, model::call_checkpoint> calls;  ///< by CallSid
  std::map<std::string, model::call_record> records{};  ///< likewise
  bool fails = false;
  int asked = 0;
  bool is_slow = false;  ///< what is to be flushed waits
  std::vector<caf::typed_response_promise<store_flushed>> flushing{};
};
caf::behavior store_of(caf::event_based_actor*, std::shared_ptr<store_script> script);

caf::behavior fake_vendor(caf::event_based_actor* self, std::shared_ptr<vendor_script> script);

/// Whole calls: the real supervisor, call and legs, between a fake vendor and fake sockets.
class CallTest : public ActorTest {
 protected:
  CallTest();
  ~CallTest() override;

  void SetUp() override;
  void TearDown() override;
  void supervise(std::size_t max_calls);

  /// Whoever makes the next note meets an exception: the call's actor, over what it is told next. What was written
  /// before is gone.
  void break_pen();

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
  static model::twilio::voice_request request_of(const model::call_sid& call);
  call_answer rings(const model::call_sid& call = some_call);
  redeemed_ticket redeem(const std::string& ticket);
  /// The voice webhook about a call that is there or was: a redirect brings its caller back, by default.
  call_answer voice_again(model::twilio::call_status status = model::twilio::call_status::in_progress,
                          const model::call_sid& call = some_call, std::string token = {},
                          model::fallback_news news = model::fallback_news::none);
  call_answer next_with_token(std::string token, model::fallback_news news = model::fallback_news::none,
                              const model::call_sid& call = some_call);
  call_answer what_next(model::twilio::call_status status = model::twilio::call_status::in_progress,
                        const model::call_sid& call = some_call,
                        model::fallback_news news = model::fallback_news::none);
  live_count count();
  std::size_t questions();
  std::size_t live_calls();
  rapidjson::Document record(const model::call_sid& call = some_call);
  std::string recorded(const char* name, const model::call_sid& call = some_call);

  // --- the steps of a call

  /// The webhook, then Twilio's socket: it is upgraded, but silent.
  void caller_connects(const model::call_sid& call = some_call);
  void stream_starts(const model::call_sid& call = some_call);
  void agent_connects();
  void talk();

  std::shared_ptr<vendor_script> vendor = std::make_shared<vendor_script>();
  std::shared_ptr<model::tenant> tenant = std::make_shared<model::tenant>();
  std::shared_ptr<tenant_ptr> registry_script = std::make_shared<tenant_ptr>(tenant);
  std::shared_ptr<std::vector<tenant_ptr>> registry_by_id = std::make_shared<std::vector<tenant_ptr>>();
  std::shared_ptr<int> registry_failures = std::make_shared<int>(0);  ///< so many questions fail
  tenant_registry registry;
  admission who_may_come;     ///< set before the supervisor is spawned; null: nobody counts
  call_store store_of_calls;  ///< set before the supervisor is spawned; null: there is none
  std::shared_ptr<call_table> table = std::make_shared<call_table>();
  std::shared_ptr<call_journal> journal = std::make_shared<call_journal>([this] {
    if (std::exchange(pen_breaks, false)) throw std::runtime_error("no pen");
  });
  bool pen_breaks = false;
  std::optional<model::end_reason> overloaded;
  std::chrono::seconds clock_set_by{0};  ///< how far somebody has set the machine's clock
  std::shared_ptr<call_services> calls = std::make_shared<call_services>();
  int tickets = 0;
  call_supervisor supervisor;
  caf::actor caller_leg, agent_leg;
  call_actor call_handle;
  std::shared_ptr<fake_websocket> twilio, agent;
};

}  // namespace tonris::actors::test
