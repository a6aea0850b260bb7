#include "actors/experiment/keeper.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "actors/access/audit_note.hpp"
#include "actors/experiment/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/store/tenant_write.hpp"
#include "actors/telemetry/log.hpp"
#include "model/json/merge_patch.hpp"
#include "model/tenant/read_experiment.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/iso_time.hpp"
#include "model/usage_report/call_evidence.hpp"
#include "model/usage_report/experiment.hpp"
#include "model/webhook/event.hpp"

namespace tonris::actors {

namespace {

using outcome = experiment_metrics::outcome;
using settings_type = experiment_keeper_settings;
using std::chrono::seconds;

constexpr seconds tenants_limit{5}, calls_limit{60}, access_limit{5};
constexpr unsigned most_tries = 3;  // of a change of which nobody knows whether it was made

struct begin_round {  // to itself; so below
  using travels = in_process;
};
struct take_next {
  using travels = in_process;
};
struct read_on {
  using travels = in_process;
};
using keeper_door =
    experiment_keeper::extend<caf::reacts_to<begin_round>, caf::reacts_to<take_next>, caf::reacts_to<read_on>>;

/// One tenant's, while it is looked at.
struct look {
  model::tenant tenant;
  std::string etag;  ///< of the tenant that is compared, and is changed if it is still that one
  model::experiment compared;
  call_database::usage_wanted wanted;
  std::size_t calls = 0;  ///< that were read
};

/// Nothing: there is nothing to stop, whatever the calls say.
std::optional<look> look_at(const stored_tenant& stored) {
  if (stored.json.find(R"("experiment")") == std::string::npos) return std::nullopt;
  auto tenant = model::parse_tenant(stored.json);
  if (!tenant || !tenant->experiment || !tenant->experiment->stop_losing || !tenant->experiment->since)
    return std::nullopt;
  model::experiment compared{tenant->agents};
  if (!compared.is_one() || tenant->status != model::tenant::status_type::active) return std::nullopt;
  look one{std::move(*tenant), stored.etag, std::move(compared), {}, 0};
  one.wanted.tenant = one.tenant.id;
  one.wanted.from = *one.tenant.experiment->since;
  one.wanted.most = settings_type::calls_a_part;
  return one;
}

/// The documents' difference, and what the change rests on.
model::audit_entry entry_of(const model::tenant& before, const model::tenant& now,
                            const model::experiment::loss& lost) {
  model::audit_entry entry;
  entry.who = "experiment";
  entry.what = "experiment.stop";
  entry.tenant = now.id;
  const auto json = to_json(now);
  const auto with_figures =
      model::merge_patch(json, R"({"comparison":)" + to_json(lost) + "}", model::tenant_rules::max_tenant_bytes);
  put_change(to_json(before), with_figures.value_or(json), entry);
  return entry;
}

struct keeper_state {
  static inline const char* name = "tonris.experiment_keeper";

  explicit keeper_state(keeper_door::pointer actor) : self(actor) {}

  keeper_door::behavior_type make_behavior(settings_type given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    remind(settings.between_rounds, begin_round{});
    return {
        [this](look_at_experiments) {
          if (!is_under_way) start_round();
        },
        [this](begin_round) {
          remind(settings.between_rounds, begin_round{});
          if (!is_under_way) start_round();
        },
        [this](take_next) { take(); },
        [this](read_on) { read(); },
    };
  }

 private:
  template <class Message>
  void remind(std::chrono::milliseconds after, Message message) {
    self->delayed_send(self, caf::timespan{after}, message);
  }

  // --- whose

  void start_round() {
    is_under_way = true;
    read_page({});
  }

  void read_page(const model::tenant_id& after) {
    ask(self, settings.tenants, tenants_limit, read_tenant_page{after, settings_type::tenants_a_page})
        .then(
            [this](const tenant_page_read& read) {
              next_page = read.page.last;
              for (const auto& one : read.page.tenants)
                if (auto found = look_at(one)) waiting.push_back(std::move(*found));
              remind(settings_type::pause, take_next{});
            },
            [this](const caf::error&) { is_under_way = false; });  // the next round begins anew
  }

  void take() {
    now.reset();
    if (waiting.empty()) {
      if (!next_page.empty()) return read_page(std::exchange(next_page, {}));
      is_under_way = false;
      return;
    }
    now = std::move(waiting.front());
    waiting.pop_front();
    now->wanted.to = settings.wall_clock();
    read();
  }

  // --- compared

  void read() {
    if (now->wanted.from >= now->wanted.to) return done(outcome::undecided);  // it begins later
    ask(self, settings.calls, calls_limit, read_usage{now->wanted})
        .then([this](const usage_read& part) { add(part.part); }, [this](const caf::error&) { done(outcome::failed); });
  }

  void add(const call_database::usage_part& part) {
    const auto asked = now->tenant.experiment->outcome;
    for (const auto& row : part.rows) {
      const auto says = evidence_of(row.whose, row.used, row.success, now->tenant, asked, now->wanted.to);
      if (says.well) now->compared.add(row.whose.variant, *says.well);
      if (says.is_judged) now->compared.expect_judgement(row.whose.variant, *says.is_judged);
    }
    now->calls += part.rows.size();
    now->wanted.behind = part.last;
    if (part.last != 0 && now->calls < settings_type::most_calls) return remind(settings_type::pause, read_on{});
    decide();
  }

  // --- and stopped

  void decide() {
    const auto lost = now->compared.surest();
    auto changed = now->tenant;
    if (!lost || !stop_variant(changed.agents, lost->loser)) return done(outcome::undecided);
    begin_experiment(&now->tenant, changed, settings.wall_clock());
    auto wanted = write_of(changed, now->etag);
    // Of two gateways that decide alike only one is to have done it.
    wanted.request = request_id(wanted.request + std::to_string(settings.random()) + std::to_string(settings.random()));
    write(write_tenants{{std::move(wanted)}}, changed, *lost, 1);
  }

  void write(const write_tenants& what, const model::tenant& changed, const model::experiment::loss& lost,
             unsigned tries) {
    ask(self, settings.tenants, tenants_limit, what)
        .then(
            [this, changed, lost](const tenants_written& answer) {
              if (answer.answers.at(0).is != tenant_written::outcome::ok) return done(outcome::overtaken);
              tell(changed, lost);
            },
            [this, what, changed, lost, tries](const caf::error&) {
              if (tries >= most_tries) return done(outcome::failed);
              write(what, changed, lost, tries + 1);  // where it was made, it is found to be
            });
  }

  void tell(const model::tenant& changed, const model::experiment::loss& lost) {
    log::info("Variant {variant} of tenant {tenant} gets no more calls: {why}",
              {{"variant", lost.loser}, {"tenant", changed.id}, {"why", in_words(lost)}});
    if (auto names = webhooks_told_of(changed, model::tenant::event::experiment_stopped); !names.empty()) {
      const auto at = *changed.experiment->since;
      settings.notices->add({changed.id,
                             std::move(names),
                             model::tenant::event::experiment_stopped,
                             {},
                             lost.loser + " " + model::iso_time(at),
                             model::webhook_events::experiment_stopped(at, changed.id, lost)});
    }
    const auto entry = entry_of(now->tenant, changed, lost);
    ask(self, settings.access, access_limit, note_change{entry})
        .then([this](const change_noted&) { done(outcome::stopped); },
              [this, entry](const caf::error&) {
                log_as_missing(entry);
                done(outcome::stopped);
              });
  }

  void done(outcome how) {
    settings.counters->of<experiment_metrics>().looks(how);
    remind(settings_type::pause, take_next{});
  }

  keeper_door::pointer self;
  settings_type settings;
  bool is_under_way = false;  ///< a round
  model::tenant_id next_page;
  std::deque<look> waiting;  ///< of the page that was read
  std::optional<look> now;
};

keeper_door::behavior_type run_keeper(keeper_door::stateful_pointer<keeper_state> self, settings_type settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

experiment_keeper keep_experiments(caf::actor_system& system, experiment_keeper_settings settings) {
  return system.spawn(run_keeper, std::move(settings));
}

}  // namespace tonris::actors
