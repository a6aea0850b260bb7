#include "actors/callback/keeper.hpp"

#include <algorithm>
#include <array>
#include <caf/error.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <optional>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/callback/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/runtime/keeping_trouble.hpp"
#include "actors/store/audio_files.hpp"
#include "actors/telemetry/log.hpp"
#include "model/call/costing.hpp"
#include "model/call/vendor_report.hpp"
#include "model/elevenlabs/post_call.hpp"
#include "model/text/digest.hpp"

namespace tonris::actors {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using progress = callback_database::progress;
using outcome = callback_kept::outcome;
using model::elevenlabs::post_call_type;

constexpr seconds retry_wait = keeping_trouble::retry_wait;
constexpr seconds longest_nap{60};  // what is due sooner wakes it
constexpr seconds answer_limit{5};  // of the supervisor and the call store
constexpr std::chrono::hours prune_wait{1};
constexpr std::size_t audio_page = 500;  // calls whose records are asked for at once
/// A call that nobody knows: until it is asked for again. Behind the last it is nobody's.
constexpr std::array<seconds, 5> patience{seconds{10}, seconds{60}, seconds{600}, seconds{3600}, seconds{4 * 3600}};

callback_metrics::event event_of(post_call_type type) {
  switch (type) {
    case post_call_type::transcription: return callback_metrics::event::transcription;
    case post_call_type::audio: return callback_metrics::event::audio;
    case post_call_type::initiation_failure: return callback_metrics::event::initiation_failure;
    case post_call_type::other: return callback_metrics::event::other;
  }
  return callback_metrics::event::other;
}

/// By what it is known when it comes again.
callback_database::key key_of(const model::elevenlabs::post_call& told, const std::string& body) {
  if (!told.conversation.empty() && !told.type_text.empty()) return {told.conversation.value, told.type_text};
  return {"sha256:" + model::sha256_hex(body), told.type_text.empty() ? "unreadable" : told.type_text};
}

struct work_off {  // to itself
  using travels = in_process;
  std::uint64_t nap = 0;  ///< which one it ends; a later one counts alone
};
struct prune_callbacks {  // to itself
  using travels = in_process;
};
struct erase_callback_traces {  // to itself
  using travels = in_process;
};
struct search_callbacks {  // to itself
  using travels = in_process;
  forget_callbacks_with wanted;
  caf::typed_response_promise<callbacks_with_forgotten> to;
  callbacks_with_forgotten so_far{};
  std::int64_t behind = 0;
};
using keeper_door =
    callback_keeper_by_number::extend<caf::reacts_to<work_off>, caf::reacts_to<prune_callbacks>,
                                      caf::reacts_to<erase_callback_traces>, caf::reacts_to<search_callbacks>>;

struct keeper_state {
  static inline const char* name = "tonris.callback_keeper";

  explicit keeper_state(keeper_door::pointer actor) : self(actor) {}

  keeper_door::behavior_type make_behavior(callback_keeper_settings given) {
    settings = std::move(given);
    files.emplace(settings.audio_dir);
    guard(self, *settings.counters);
    wake();
    self->delayed_send(self, caf::timespan{prune_wait}, prune_callbacks{});
    return {
        [this](begin_audio) -> caf::result<incoming_audio> {
          const auto number = is_open() ? files->begin() : 0;
          if (number == 0) return unwritable();
          return incoming_audio{number};
        },
        [this](const append_audio& m) -> caf::result<audio_appended> {
          if (!files->append(m.to.number, m.bytes)) return unwritable();
          return audio_appended{};
        },
        [this](const drop_audio& m) { files->drop(m.which.number); },
        [this](const keep_callback& m) { return keep(m); },
        [this](const forget_callbacks& m) { return forget(m); },
        [this](const forget_audio_of& m) { return forget(m); },
        [this](const forget_callbacks_with& m) -> caf::result<callbacks_with_forgotten> {
          auto to = self->make_response_promise<callbacks_with_forgotten>();
          search({m, to});
          return to;
        },
        [this](const search_callbacks& m) { search(m); },
        [this](work_off woken) {
          if (woken.nap == nap) work();
        },
        [this](prune_callbacks) { prune(); },
        [this](erase_callback_traces) { erase(); },
    };
  }

  // --- keeping

  static caf::error unwritable() { return caf::make_error(caf::sec::runtime_error, "callbacks cannot be written"); }

  bool is_open() {
    if (db) return true;
    if (!trouble.may_open(self->clock().now())) return false;
    auto opened = settings.open();
    if (!opened) return trouble.by(opened.error().line);
    const auto known = opened->audio_files();
    if (!known) return trouble.by(known.error().line);
    if (!files->open(*known)) return trouble.by("the directory of recordings cannot be made");
    db = std::move(*opened);
    trouble.ended();
    return true;
  }

  callback_kept keep(const keep_callback& m) {
    const auto how = write(m);
    settings.counters->of<callback_metrics>().settled(static_cast<callback_metrics::outcome>(how));
    if (how == outcome::kept) wake();
    return {how};
  }

  outcome write(const keep_callback& m) {
    if (!is_open()) return outcome::failed;
    const auto read = model::elevenlabs::parse_post_call(m.body);
    settings.counters->of<callback_metrics>().came(event_of(read ? read->type : post_call_type::other));
    callback_database::callback what{
        key_of(read ? *read : model::elevenlabs::post_call{}, m.body), settings.wall_clock(), m.body, {}, 0};
    if (read) what.call = read->call;
    what.is_polled = m.is_polled;
    if (m.audio.number != 0) {
      auto audio = files->finish(m.audio.number);
      if (audio.name.empty()) return outcome::failed;
      what.audio_file = std::move(audio.name);
      what.audio_bytes = audio.bytes;
    }
    const auto written = db->keep(what);
    if (written && *written == callback_database::kept::yes) {
      trouble.ended();
      return outcome::kept;
    }
    if (!what.audio_file.empty()) files->remove(what.audio_file);
    if (written) return not_kept(what.of, *written);
    (void)trouble.by(written.error().line);
    return outcome::failed;
  }

  /// Its call may have been deleted before anybody knew of that conversation, whose audio may be here.
  outcome not_kept(const callback_database::key& what, callback_database::kept why) {
    if (why == callback_database::kept::known) return outcome::known;
    if (why == callback_database::kept::full) return outcome::full;
    return erase_all_of({}, {{what.conversation}}) ? outcome::forgotten : outcome::failed;
  }

  void tell_counts() {
    const auto now = db ? db->count() : callback_database::result<callback_database::counts>{};
    if (!now) return;
    const auto& counted = settings.counters->of<callback_metrics>();
    counted.waiting.set(static_cast<double>(now->waiting));
    counted.nobodys.set(static_cast<double>(now->nobodys));
  }

  caf::result<callbacks_forgotten> forget(const forget_callbacks& m) {
    if (!is_open() || !erase_all_of(m.calls, m.conversations)) return unwritable();
    tell_counts();
    return callbacks_forgotten{};
  }

  bool erase_all_of(const std::vector<model::call_sid>& calls, std::vector<model::conversation_id> conversations) {
    const auto gone = db->forget(calls, std::move(conversations), settings.wall_clock());
    if (!gone) return trouble.by(gone.error().line);
    for (const auto& file : *gone) files->remove(file);
    return true;
  }

  /// A page of them; the next one once others have had their turn.
  void search(search_callbacks m) {
    const auto found =
        is_open() ? db->waiting_with(m.wanted.number, m.wanted.tenant, m.behind) : tl::unexpected(net::sqlite::error{});
    if (!found) return (void)m.to.deliver(unwritable());
    if (!found->conversations.empty() && !erase_all_of({}, found->conversations))
      return (void)m.to.deliver(unwritable());
    m.so_far.conversations += found->conversations.size();
    m.so_far.left += found->not_looked_for;
    m.behind = found->last;
    if (m.behind != 0) return self->send(self, std::move(m));
    tell_counts();
    m.to.deliver(m.so_far);
  }

  caf::result<audio_of_forgotten> forget(const forget_audio_of& m) {
    if (!is_open()) return unwritable();
    const auto gone = remove_audio_of(m.call);
    if (!gone) return unwritable();
    return audio_of_forgotten{*gone};
  }

  std::optional<std::size_t> remove_audio_of(const model::call_sid& call) {
    const auto gone = db->forget_audio(call);
    if (!gone) return std::nullopt;
    for (const auto& file : *gone) files->remove(file);
    return gone->size();
  }

  void prune() {
    self->delayed_send(self, caf::timespan{prune_wait}, prune_callbacks{});
    if (!is_open()) return;
    const auto gone = db->prune(settings.wall_clock());
    if (!gone) return (void)trouble.by(gone.error().line);
    for (const auto& file : *gone) files->remove(file);
    erase_soon();
    look_for_records({});
  }

  /// A call's sound goes with its record, whenever its tenant's days for that are over. It is asked a page at a time,
  /// and what is not answered the next round asks again.
  void look_for_records(const model::call_sid& behind) {
    const auto before = settings.wall_clock() - callback_database::waits_for;  // a record may be on its way
    const auto calls = db->calls_with_audio(behind, before, audio_page);
    if (!calls) return (void)trouble.by(calls.error().line);
    if (calls->empty()) return;
    ask(self, settings.store, answer_limit, find_unrecorded{*calls})
        .then(
            [this, last = calls->back()](const unrecorded_calls& gone) {
              for (const auto& call : gone.calls) (void)remove_audio_of(call);
              look_for_records(last);
            },
            [](const caf::error&) {});
  }

  void erase_soon() {
    if (!std::exchange(erasing, true))
      self->delayed_send(self, caf::timespan{settings.erase_after}, erase_callback_traces{});
  }

  void erase() {
    erasing = false;
    if (const auto done = db->erase_traces(); !done) (void)trouble.by(done.error().line);
  }

  // --- working off, one after the other

  /// Of several that would wake it the last one does: else each callback would leave one more behind.
  void wake() {
    if (!at_work) self->send(self, work_off{++nap});
  }

  void sleep(milliseconds time) {
    self->delayed_send(self, caf::timespan{std::clamp(time, milliseconds{10}, milliseconds{longest_nap})},
                       work_off{++nap});
  }

  void work() {
    if (!is_open()) return sleep(retry_wait);
    auto due = db->next_due(settings.wall_clock());
    if (!due) {
      (void)trouble.by(due.error().line);
      return sleep(retry_wait);
    }
    if (!*due) {
      tell_counts();
      return sleep_until_due();
    }
    at_work = true;
    bring_in(**due);
  }

  void sleep_until_due() {
    const auto next = db->next_time();
    if (!next || !*next) return;  // what is kept next wakes it
    sleep(std::chrono::ceil<milliseconds>(**next - settings.wall_clock()));
  }

  void bring_in(const callback_database::callback& due) {
    const auto read = model::elevenlabs::parse_post_call(due.body);
    auto report = read ? model::vendor_report_of(*read, due.received) : std::nullopt;
    if (!report) return settle(due, {progress::done});  // it has nothing for a record
    report->audio_bytes = due.audio_bytes;
    if (due.audio_bytes > 0) report->audio_at = due.received;
    report->source = due.is_polled ? "poll" : "callback";
    const auto call = call_of(due, read->call);
    if (call.empty()) return look_again(due);
    tell(due, call, std::move(*report));
  }

  model::call_sid call_of(const callback_database::callback& due, const model::call_sid& named) {
    if (!named.empty()) return named;
    if (const auto live = settings.conversations->find({due.of.conversation})) return *live;
    const auto other = db->call_of(due.of.conversation);  // its text may have said what its audio does not
    return other ? *other : model::call_sid{};
  }

  void tell(const callback_database::callback& due, const model::call_sid& call,
            model::call_record::vendor_report report) {
    ask(self, settings.supervisor, answer_limit, learn_fact{call, report})
        .then(
            [this, due, call, report](const fact_learned& learned) {
              if (learned.by_somebody) return told(due, call);
              look_in_store(due, call, report);
            },
            [this, due](const caf::error&) { put_off(due); });
  }

  /// A call that ended long ago, or in a former life: its record is written there, and says by which rates the report
  /// is priced. Of a call that is remembered whoever has it knows that.
  void look_in_store(const callback_database::callback& due, const model::call_sid& call,
                     model::call_record::vendor_report report) {
    ask(self, settings.store, answer_limit, find_record{call})
        .then(
            [this, due, call, report = std::move(report)](const found_record& found) mutable {
              if (found.json.empty()) return look_again(due);
              const auto record = model::parse_call_record(found.json);
              if (record) price_report(report, settings.rates->at(record->started));
              settings.journal->fact({call, std::move(report)});
              told(due, call);
            },
            [this, due](const caf::error&) { put_off(due); });
  }

  void told(const callback_database::callback& due, const model::call_sid& call) {
    if (due.is == progress::told) return settle(due, {progress::done, {}, call});
    settle(due, {progress::told, settings.wall_clock() + told_again_after, call});
  }

  void look_again(const callback_database::callback& due) {
    if (due.tries < patience.size())
      return settle(due, {progress::waiting, settings.wall_clock() + patience[due.tries]});
    log::warn("A callback of ElevenLabs of type {type} is of conversation {conversation}, which nobody knows",
              {{"type", due.of.type}, {"conversation", due.of.conversation}});
    settle(due, {progress::nobodys});
  }

  /// Nobody could be asked: that is no try. The others are not kept waiting for one call that does not answer.
  void put_off(const callback_database::callback& due) {
    settle(due, {due.is, settings.wall_clock() + answer_limit, {}, false});
  }

  void settle(const callback_database::callback& due, const callback_database::settlement& how) {
    at_work = false;
    const auto done = db->settle(due.of, how);
    if (!done) {
      (void)trouble.by(done.error().line);
      return sleep(retry_wait);
    }
    if (!done->empty()) files->remove(*done);
    if (how.to == progress::done || how.to == progress::nobodys) erase_soon();
    wake();
  }

  keeper_door::pointer self;
  callback_keeper_settings settings;
  std::optional<callback_database> db;
  std::optional<audio_files> files;
  keeping_trouble trouble{"ElevenLabs' callbacks"};
  bool at_work = false;
  bool erasing = false;  // an erase_callback_traces is on its way
  std::uint64_t nap = 0;
};

keeper_door::behavior_type run_keeper(keeper_door::stateful_pointer<keeper_state> self,
                                      callback_keeper_settings settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

callback_keeper_by_number keep_callbacks(caf::actor_system& system, callback_keeper_settings settings) {
  return system.spawn<caf::detached>(run_keeper, std::move(settings));
}

}  // namespace tonris::actors
