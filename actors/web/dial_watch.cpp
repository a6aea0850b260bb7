#include "actors/web/dial_watch.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <map>
#include <utility>
#include <vector>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/call_placement.hpp"
#include "actors/web/number_work.hpp"
#include "model/money/twilio_price.hpp"
#include "model/outbound/search.hpp"

namespace tonris::actors {

namespace {

using model::end_reason;
using model::twilio::call_status;
using settings_type = dial_watch_settings;

constexpr std::chrono::seconds registry_limit{5}, twilio_limit{15}, supervisor_limit{2}, store_limit{5};

struct look_due {  // to itself
  using travels = in_process;
};
using watch_door = dial_watch::extend<caf::reacts_to<look_due>>;

model::twilio::voice_request request_of(const model::dial& dial, const model::account_sid& account,
                                        call_status status) {
  model::twilio::voice_request request;
  request.call = dial.call;
  request.account = account;
  request.from = dial.asked.from;
  request.to = dial.asked.to;
  request.status = status;
  request.direction = "outbound-api";
  return request;
}

struct watch_state {
  static inline const char* name = "tonris.dial_watch";

  explicit watch_state(watch_door::pointer actor) : self(actor) {}

  watch_door::behavior_type make_behavior(settings_type given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    self->set_down_handler([this](const caf::down_msg&) { --busy; });
    self->send(self, look_due{});
    return {
        [this](look_at_dials) { look(); },
        [this](look_due) {
          self->delayed_send(self, caf::timespan{settings_type::look}, look_due{});
          look();
        },
    };
  }

  void look() {
    const auto now = self->clock().now();
    const auto all = settings.dials->unsettled(now);
    std::map<model::ticket, model::dials::time> still;
    for (const auto& one : all)
      if (const auto known = asked.find(one.shown_by); known != asked.end()) still.insert(*known);
    asked = std::move(still);
    auto due = all;
    std::erase_if(due, [&](const model::dial& one) { return !is_due(one, now); });
    std::ranges::stable_sort(due, {}, [&](const model::dial& one) { return last_asked(one); });
    for (const auto& one : due) {
      if (busy >= settings_type::at_once) return;
      begin(one);
    }
  }

  /// Who was never asked about is the first.
  [[nodiscard]] model::dials::time last_asked(const model::dial& one) const {
    const auto known = asked.find(one.shown_by);
    return known == asked.end() ? model::dials::time{} : known->second;
  }

  /// One that nobody knows is looked for once: what is reported of it tells as well.
  [[nodiscard]] bool is_due(const model::dial& one, model::dials::time now) const {
    const auto known = asked.find(one.shown_by);
    if (one.call.empty()) return known == asked.end();
    if (now - one.began < settings_type::should_be_told) return false;
    return known == asked.end() || now - known->second >= settings_type::again;
  }

  void begin(const model::dial& one) {
    ++busy;
    asked[one.shown_by] = self->clock().now();
    ask(self, settings.registry, registry_limit, find_tenant_by_id{one.asked.tenant})
        .then(
            [this, one](const found_tenant& found) {
              const auto account = found.tenant ? account_of(*found.tenant, settings.main) : twilio_account{};
              if (account.token.reveal().empty()) {
                done();
                return judge(one, found.tenant, account.sid, {});
              }
              one.call.empty() ? search(one, account) : ask_about(one, account, found.tenant);
            },
            [this, one](const caf::error&) {
              done();
              asked.erase(one.shown_by);
            });
  }

  void done() { --busy; }

  void search(const model::dial& one, const twilio_account& account) {
    const call_placement::house house{settings.dials, settings.twilio, account, {}, settings.counters};
    self->spawn<caf::monitored>([house, one](caf::event_based_actor* seeker) {
      guard(seeker, *house.counters);
      call_placement::search_on(seeker, house, one, [seeker](const placed_order&) { seeker->quit(); });
    });
  }

  void ask_about(const model::dial& one, const twilio_account& account, const tenant_ptr& tenant) {
    ask(self, settings.twilio, twilio_limit, ask_twilio{account, model::twilio_call_target(account.sid, one.call)})
        .then(
            [this, one, tenant, sid = account.sid](const twilio_answer& answer) {
              done();
              const auto call = model::parse_twilio_call_price(answer.body);
              judge(one, tenant, sid, answer.status == 200 && call ? progress_in(*call) : model::carrier_progress{});
            },
            [this](const caf::error&) { done(); });
  }

  [[nodiscard]] model::carrier_progress progress_in(const model::twilio_call_price& call) const {
    return {model::carrier_progress::source_type::rest, call.status, {}, call.seconds, settings.wall_clock()};
  }

  void judge(const model::dial& one, const tenant_ptr& tenant, const model::account_sid& account,
             const model::carrier_progress& said) {
    const bool is_too_old = !one.call.empty() && self->clock().now() - one.began >= settings_type::patience;
    if (model::twilio::is_final(said.status) || is_too_old) end(one, tenant, account, said);
  }

  void end(const model::dial& one, const tenant_ptr& tenant, const model::account_sid& account,
           const model::carrier_progress& said) {
    const auto status = said.status;
    const bool is_told = model::twilio::is_final(status);
    refuse_call last{request_of(one, account, status), tenant,
                     is_told ? model::unanswered_reason(status, one.hung_up) : end_reason::callee_unreachable};
    last.placed = status == call_status::completed ? settings.wall_clock() : one.began_at;
    last.detail = is_told ? "Twilio was asked" : "Twilio never said what became of it";
    if (is_told) last.progress = said;
    last.heard = one.heard;
    ask(self, settings.supervisor, supervisor_limit, last)
        .then(
            [this, one](const call_answer&) {
              ask(self, settings.store, store_limit, flush_store{})
                  .then([this, one](store_flushed) { settings.dials->is_over(one.shown_by); },
                        [](const caf::error&) {});  // it is asked about once more
            },
            [](const caf::error&) {});
  }

  watch_door::pointer self;
  settings_type settings;
  std::map<model::ticket, model::dials::time> asked;  // of those that are unsettled
  std::size_t busy = 0;
};

watch_door::behavior_type run_watch(watch_door::stateful_pointer<watch_state> self, settings_type settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

dial_watch watch_dials(caf::actor_system& system, dial_watch_settings settings) {
  return system.spawn(run_watch, std::move(settings));
}

}  // namespace tonris::actors
