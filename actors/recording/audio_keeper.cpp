#include "actors/recording/audio_keeper.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/access/audit_note.hpp"
#include "actors/call/bring_fact.hpp"
#include "actors/recording/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/call/kept_audio.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/secrets.hpp"
#include "model/twilio/missing_recording.hpp"
#include "model/twilio/recording.hpp"

namespace tonris::actors {

namespace {

using settings_type = audio_keeper_settings;
using removal = recording_metrics::removal;
using time = model::call_record::time;
using std::chrono::seconds;

constexpr seconds tenants_limit{5}, calls_limit{60}, access_limit{5}, callbacks_limit{10}, supervisor_limit{2},
    twilio_limit{20};

struct begin_round {  // to itself; so below
  using travels = in_process;
};
struct take_next {
  using travels = in_process;
};
struct look_at_changed {
  using travels = in_process;
};
using keeper_door =
    audio_keeper::extend<caf::reacts_to<tenant_store_began>, caf::reacts_to<tenants_changed>,
                         caf::reacts_to<begin_round>, caf::reacts_to<take_next>, caf::reacts_to<look_at_changed>>;

/// A call of which a report says that its audio has been kept.
struct own_audio {
  model::call_sid call;
  std::vector<model::later_fact> gone;  ///< what its record learns then
};

/// What Twilio keeps, and whose call it is of.
struct audio_at_twilio {
  model::tenant_id tenant;
  model::kept_audio what;
};

/// A tenant whose turn it is, and what of it is to be done; or that of all whose records' days are over.
struct turn {
  model::tenant_id tenant;
  model::call_query query;
  std::optional<call_database::due_place> records_due;  ///< behind it
  bool has_more = true;                                 ///< records that were not read
  bool is_clean = true;                                 ///< all that was due is done
  bool deletes_some = false;                            ///< at Twilio, or found them gone
  std::deque<audio_at_twilio> due;
  std::deque<own_audio> own;  ///< of which files may lie here
};

struct due_tenant {
  model::tenant_id id;
  std::chrono::days days;
};

std::optional<due_tenant> due_of(const stored_tenant& stored) {
  if (stored.json.find(R"("audioDays")") == std::string::npos) return std::nullopt;
  const auto tenant = model::parse_tenant(stored.json);
  if (!tenant || !tenant->retention || !tenant->retention->audio_days) return std::nullopt;
  return due_tenant{tenant->id, std::chrono::days{*tenant->retention->audio_days}};
}

struct keeper_state {
  static inline const char* name = "tonris.audio_keeper";

  explicit keeper_state(keeper_door::pointer actor) : self(actor) {}

  keeper_door::behavior_type make_behavior(settings_type given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    remind(settings_type::between_rounds, begin_round{});
    self->send(settings.tenants, watch_tenants{tenant_watcher{self}});
    return {
        [this](look_for_old_audio) { start_round(); },
        [this](begin_round) {
          remind(settings_type::between_rounds, begin_round{});
          start_round();
        },
        [this](take_next) { take(); },
        [](const tenant_store_began&) {},  // the next round reads all
        [this](const tenants_changed& m) { have_changed(m.changes); },
        [this](look_at_changed) { look(); },
    };
  }

 private:
  template <class Message>
  void remind(std::chrono::milliseconds after, Message message) {
    self->delayed_send(self, caf::timespan{after}, message);
  }
  void go_on() { remind(settings_type::pause, take_next{}); }

  // --- whose

  void start_round() {
    if (std::exchange(is_under_way, true)) return;
    read_page({});
  }

  void read_page(const model::tenant_id& after) {
    ask(self, settings.tenants, tenants_limit, read_tenant_page{after, settings_type::tenants_a_page})
        .then(
            [this](const tenant_page_read& read) {
              next_page = read.page.last;
              for (const auto& one : read.page.tenants)
                if (auto due = due_of(one)) waiting.push_back(std::move(*due));
              go_on();
            },
            [this](const caf::error&) { is_under_way = false; });  // the next round begins anew
  }

  /// A page of them at most: beyond it all are read.
  void have_changed(const std::vector<tenant_change>& changes) {
    if (changed.empty()) remind(settings_type::change_wait, look_at_changed{});
    for (const auto& one : changes)
      if (changed.size() <= settings_type::tenants_a_page) changed.insert(one.id.value);
  }

  void look() {
    const bool are_many = changed.size() > settings_type::tenants_a_page;
    if (are_many && is_under_way) return remind(settings_type::change_wait, look_at_changed{});
    look_up_tenants wanted;
    for (const auto& id : std::exchange(changed, {})) wanted.wanted.push_back({"", {id}, ""});
    if (are_many) return start_round();
    ask(self, settings.tenants, tenants_limit, wanted)
        .then([this](const looked_up_tenants& looked) { put_in_line(looked); },
              [](const caf::error&) {});  // the next round
  }

  void put_in_line(const looked_up_tenants& looked) {
    for (const auto& one : looked.found)
      if (one.is == looked_up_tenant::outcome::found)
        if (auto due = due_of(one.tenant)) waiting.push_back(std::move(*due));
    if (!waiting.empty() && !std::exchange(is_under_way, true)) go_on();
  }

  void take() {
    if (now && !now->due.empty()) return remove(now->due.front());
    if (now && !now->own.empty()) return remove_own();
    if (now && now->has_more) return now->records_due ? read_due_records() : read_records();
    if (now) end_turn();
    if (!waiting.empty()) {
      begin_turn(waiting.front());
      waiting.pop_front();
      return go_on();
    }
    if (!next_page.empty()) return read_page(std::exchange(next_page, {}));
    if (!std::exchange(has_seen_due, true)) {
      now.emplace().records_due.emplace();
      return go_on();
    }
    is_under_way = has_seen_due = false;
  }

  void begin_turn(const due_tenant& of) {
    now.emplace();
    now->tenant = of.id;
    now->query.tenant = of.id;
    now->query.limit = settings_type::records_a_page;
    now->query.to = settings.wall_clock() - of.days;
    if (const auto done = done_until.find(of.id); done != done_until.end()) now->query.from = done->second;
    now->has_more = !now->query.from || *now->query.from < *now->query.to;
  }

  void end_turn() {
    if (now->is_clean && now->query.to) done_until[now->tenant] = *now->query.to;
    if (now->records_due && now->deletes_some) self->send(settings.calls, audio_is_gone{});
    now.reset();
  }

  // --- what of it

  void read_records() {
    ask(self, settings.calls, calls_limit, find_calls{now->query})
        .then(
            [this](const found_calls& found) {
              for (const auto& json : found.records) {
                const auto record = model::parse_call_record(json);
                if (!record) continue;
                put_in_line(*record);
                if (has_own_audio(*record))
                  now->own.push_back({record->call, own_audio_gone(*record, settings.wall_clock())});
              }
              now->query.after = found.last;
              now->has_more = found.last.has_value();
              go_on();
            },
            [this](const caf::error&) {
              now->has_more = now->is_clean = false;
              go_on();
            });
  }

  /// Our own files of these go with the records.
  void read_due_records() {
    ask(self, settings.calls, calls_limit, find_due_calls{*now->records_due, settings_type::due_records_a_page})
        .then(
            [this](const found_due_calls& found) {
              for (const auto& json : found.records)
                if (const auto record = model::parse_call_record(json)) put_in_line(*record);
              now->records_due = found.upto;
              now->has_more = found.has_more;
              go_on();
            },
            [this](const caf::error&) {
              now->has_more = false;
              go_on();
            });
  }

  void put_in_line(const model::call_record& record) {
    for (auto& one : kept_audio_of(record)) now->due.push_back({record.tenant, std::move(one)});
  }

  // --- our own files

  /// Whoever has them, and that is another node where its callback came there: each looks for its own.
  void remove_own() {
    ask(self, settings.callbacks, callbacks_limit, forget_audio_of{now->own.front().call})
        .then(
            [this](const audio_of_forgotten& gone) {
              const auto of = std::move(now->own.front());
              now->own.pop_front();
              if (gone.files == 0) return go_on();
              for (const auto& fact : of.gone) learn(of.call, fact, [] {});
              settings.counters->of<recording_metrics>().removed(removal::deleted);
              write_into_trail(now->tenant, R"({"callSid":")" + of.call.value + R"(","at":"DATA_DIR"})",
                               [this] { go_on(); });
            },
            [this](const caf::error&) {
              now->is_clean = false;
              now->own.pop_front();
              settings.counters->of<recording_metrics>().removed(removal::failed);
              go_on();
            });
  }

  void learn(const model::call_sid& call, const model::later_fact& fact, const std::function<void()>& then) {
    const fact_door through{settings.supervisor, settings.journal, supervisor_limit, fact_door::unanswered::is_stored};
    bring_fact(self, through, {call, fact}, [then](fact_went) { then(); });
  }

  // --- and gone

  void remove(const audio_at_twilio& due) {
    const auto& what = due.what;
    if (what.account == settings.main.sid) return remove_as(what, settings.main);
    ask(self, settings.registry, tenants_limit, find_tenant_by_id{due.tenant})
        .then(
            [this, what](const found_tenant& found) {
              const auto tokens = found.tenant ? auth_tokens_of(found.tenant->secrets) : std::vector<std::string>{};
              if (tokens.empty() || found.tenant->secrets.account != what.account) return failed("no token");
              remove_as(what, {what.account, tonris::config::secret{tokens.front()}});
            },
            [this](const caf::error&) { failed("the tenants cannot be asked"); });
  }

  void remove_as(const model::kept_audio& what, const twilio_account& as) {
    ask_twilio wanted{as, model::twilio::kept_recording_target(as.sid, what.recording)};
    wanted.removes = true;
    ask(self, settings.twilio, twilio_limit, std::move(wanted))
        .then(
            [this, what](const twilio_answer& answer) {
              constexpr unsigned gone = 204, not_found = 404;
              if (answer.status == not_found && !model::twilio::is_gone(what.told, settings.wall_clock()))
                return not_yet();
              if (answer.status == gone || answer.status == not_found) return write_down(what, answer.status == gone);
              failed("Twilio says " + std::to_string(answer.status));
            },
            [this](const caf::error&) { failed("our own client is away"); });
  }

  /// The next round asks again.
  void not_yet() {
    now->is_clean = false;
    done(removal::not_yet);
  }

  void failed(std::string_view why) {
    if (std::exchange(now->is_clean, false))
      log::warn("A recording of tenant {tenant} could not be deleted at Twilio, it is tried again: {why}",
                {{"tenant", now->due.front().tenant}, {"why", why}});
    done(removal::failed);
  }

  void write_down(const model::kept_audio& what, bool was_there) {
    now->deletes_some = true;
    learn(what.call, gone(what, settings.wall_clock()), [this, what, was_there] { note(what, was_there); });
  }

  void note(const model::kept_audio& what, bool was_there) {
    if (!was_there) return done(removal::not_there);
    write_into_trail(now->due.front().tenant, in_json(what), [this] { done(removal::deleted); });
  }

  void write_into_trail(const model::tenant_id& tenant, const std::string& what, const std::function<void()>& then) {
    model::audit_entry entry;
    entry.who = "retention";
    entry.what = "recording.delete";
    entry.tenant = tenant;
    put_change(what, "", entry);
    ask(self, settings.access, access_limit, note_change{entry})
        .then([then](const change_noted&) { then(); },
              [then, entry](const caf::error&) {
                log_as_missing(entry);
                then();
              });
  }

  static std::string in_json(const model::kept_audio& what) {
    std::string json;
    model::json_writer out{json};
    out.open_object();
    out.member("callSid", what.call.value);
    out.member("recordingSid", what.recording);
    out.close_object();
    return json;
  }

  void done(removal how) {
    settings.counters->of<recording_metrics>().removed(how);
    now->due.pop_front();
    go_on();
  }

  keeper_door::pointer self;
  settings_type settings;
  bool is_under_way = false;  ///< a round
  bool has_seen_due = false;  ///< in this one: all whose records' days are over
  model::tenant_id next_page;
  std::deque<due_tenant> waiting;  ///< of the page that was read, and of those that have changed
  std::set<std::string> changed;   ///< ids, since they were looked at last
  std::optional<turn> now;
  std::unordered_map<model::tenant_id, time> done_until;  ///< of calls that began before, nothing is left
};

keeper_door::behavior_type run_keeper(keeper_door::stateful_pointer<keeper_state> self, settings_type settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

audio_keeper keep_audio(caf::actor_system& system, audio_keeper_settings settings) {
  return system.spawn(run_keeper, std::move(settings));
}

}  // namespace tonris::actors
