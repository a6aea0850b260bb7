#include "actors/call/call_store.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "actors/call/again_watch.hpp"
#include "actors/call/call_log.hpp"
#include "actors/call/call_reader.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/outbox_watch.hpp"
#include "actors/call/reading_line.hpp"
#include "actors/call/shared_record_metrics.hpp"
#include "actors/call/spent_metrics.hpp"
#include "actors/call/store_health.hpp"
#include "actors/call/store_upkeep.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/log.hpp"
#include "model/call/later_fact.hpp"

namespace tonris::actors {

namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Between two transactions; what comes meanwhile shares the next, and its pages: a page that is written once for five
// hundred calls costs as much as for one. So the more there is to write, the longer the pause.
constexpr milliseconds least_pause{20}, most_pause{200};
constexpr int pause_by_cost = 16;
constexpr milliseconds retry_wait{1000};  // after a failed one
}  // namespace

// --- the store to itself
struct write_again {
  using travels = in_process;
};
struct upkeep_due {
  using travels = in_process;
  store_upkeep::work what{};
  std::uint64_t turn = 0;
};
struct show_what_waits {
  using travels = in_process;
};
struct show_who_asked {  ///< the turn of one of them has come
  using travels = in_process;
};

namespace {

constexpr int niceness = 10;

using sqlite_store = shared_call_store::extend<caf::reacts_to<write_again>, caf::reacts_to<upkeep_due>,
                                               caf::reacts_to<show_what_waits>, caf::reacts_to<show_who_asked>>;

/// What outlives a crash of the store. One life at a time uses it.
struct store_past {
  store_settings settings;
  std::shared_ptr<call_journal> journal;
  metrics& counters;
  store_health health{counters};
  const steady::time_point began = steady::now();
};

class store_actor final : public sqlite_store::base {
 public:
  store_actor(caf::actor_config& actor, std::shared_ptr<store_past> past)
      : sqlite_store::base(actor), past_(std::move(past)), journal_(*past_->journal), counters_(past_->counters) {
    guard(this, counters_);
    set_exit_handler([this](caf::exit_msg& m) {
      (void)write();
      if (!reader_) return quit(std::move(m.reason));
      // The last connection to go takes the write-ahead log with it: the reader's may not write.
      monitor(reader_);
      set_down_handler([this, reason = std::move(m.reason)](const caf::down_msg&) { quit(reason); });
      send_exit(std::exchange(reader_, nullptr), caf::exit_reason::user_shutdown);
    });
  }
  [[nodiscard]] const char* name() const override { return "tonris.call_store"; }
  void on_exit() override {
    if (reader_) send_exit(reader_, caf::exit_reason::user_shutdown);
    reader_ = nullptr;
    outbox_.end();
    again_.end();
    trail_ = {};
    db_.reset();
  }

  behavior_type make_behavior() override {
    // It may lag; a frame or a webhook may not wait for it where they share a core. Still it gets its tenth of a core
    // that is always full, unlike under the idle policy (docs/performance.md). 0: this thread, on Linux.
    (void)setpriority(PRIO_PROCESS, 0, niceness);
    (void)write();  // the life before may have been woken for it
    upkeep_.begin();
    return {
        [this](write_journal) { on_wake(); },
        [this](flush_store) -> caf::result<store_flushed> {
          if (write()) return store_flushed{};
          return caf::make_error(caf::sec::runtime_error, "the call store cannot be written");
        },
        [this](load_open_calls) -> caf::result<open_calls> {
          if (!is_open()) return unavailable();
          return load();
        },
        [this](const find_call& wanted) -> caf::result<found_call> {
          if (!is_open()) return unavailable();
          (void)write();
          auto found = db_->call_of(wanted.call);
          if (!found) return unreadable(found.error());
          return found_call{std::move(*found)};
        },
        [this](const find_record& wanted) -> caf::result<found_record> {
          if (!is_open()) return unavailable();
          (void)write();
          return found_record{read(db_->record_of(wanted.call))};
        },
        [this](const add_to_record& told) { return add(told.fact); },
        [this](const find_history& wanted) -> caf::result<found_history> {
          if (!is_open()) return unavailable();
          (void)write();
          return found_history{read(db_->records_of(wanted.tenant, wanted.caller, wanted.most))};
        },
        [this](const keep_records_for& all) { upkeep_.keep_for(all.rules); },
        [this](const find_calls_with& wanted) { return read_beside<found_calls_with>(wanted.tenant, wanted); },
        [this](const find_conversations_of& wanted) -> caf::result<found_conversations> {
          if (!is_open() || !write()) return unavailable();
          return read_beside<found_conversations>(std::nullopt, wanted);
        },
        [this](const find_unrecorded& wanted) { return find(wanted); },
        [this](const find_due_calls& wanted) { return find(wanted); },
        [this](audio_is_gone) { upkeep_.audio_is_gone(); },
        [this](const forget_stored_calls& wanted) { return forget(wanted); },
        [this](const read_usage& wanted) { return read_beside<usage_read>(wanted.wanted.tenant, wanted); },
        [this](const find_calls& wanted) { return read_beside<found_calls>(wanted.query.tenant, wanted); },
        [this](const find_events& wanted) -> caf::result<found_events> {
          if (!is_open()) return unavailable();
          (void)write();
          return found_events{read(db_->events_of(wanted.call))};
        },
        [this](const find_changed_days& wanted) { return find(wanted); },
        [this](const changed_days_noted& told) {
          if (is_open()) complain_of(db_->changed_days_noted(told.days));
        },
        [this](read_aged_out) -> caf::result<aged_out_read> {
          trail_ = make_response_promise<aged_out_read>();
          auto promise = trail_;
          look_at_aged_out();
          return promise;
        },
        [this](const aged_out_told& told) {
          if (is_open()) complain_of(db_->aged_out_told(told.tenant));
        },
        [this](const read_outbox& wanted) -> caf::result<outbox_read> {
          auto promise = make_response_promise<outbox_read>();
          outbox_.asked_by(promise, wanted);
          look_at_outbox();
          return promise;
        },
        [this](const outbox_sent& told) { drop_sent(told); },
        [this](read_feed) -> caf::result<feed_read> {
          if (!is_open()) return unavailable();
          auto place = db_->feed();
          if (!place) return unreadable(place.error());
          const auto untold = db_->untold_since();
          if (!untold) return unreadable(untold.error());
          return feed_read{std::move(*place), db_->name(), *untold};
        },
        [this](const take_news& came) { return take(came); },
        [this](others_were_told) {
          if (is_open()) complain_of(db_->all_told());
        },
        [this](const read_again& wanted) -> caf::result<again_read> {
          auto promise = make_response_promise<again_read>();
          again_.asked_by(promise, wanted);
          look_at_asked();
          return promise;
        },
        [this](const again_sent& told) { go_on_again(told); },
        [this](show_who_asked) { look_at_asked(); },
        [this](write_again) {
          reminded_ = false;
          (void)write();
        },
        [this](upkeep_due now) {
          upkeep_.due(now.what, now.turn);
          look_at_outbox();  // what went here goes from Redis as well
          look_at_aged_out();
        },
        [this](show_what_waits) { show_outbox(); },
    };
  }

 private:
  /// What is told while nothing can be written is in the journal until it can.
  added_to_record add(const journal_batch::fact& fact) {
    (void)write();
    added_to_record added;
    if (is_open()) {
      auto record = model::parse_call_record(read(db_->record_of(fact.call)));
      if (record && model::add_fact(*record, fact.what)) added.json = to_json(*record);
    }
    journal_.fact(fact);
    (void)write();
    return added;
  }

  caf::result<unrecorded_calls> find(const find_unrecorded& wanted) {
    if (!is_open() || !write()) return unavailable();
    auto found = db_->unrecorded(wanted.calls);
    if (!found) return unreadable(found.error());
    return unrecorded_calls{std::move(*found)};
  }

  caf::result<found_changed_days> find(const find_changed_days& wanted) {
    if (!is_open() || !write()) return unavailable();
    auto found = db_->changed_days(wanted.before);
    if (!found) return unreadable(found.error());
    return found_changed_days{std::move(*found)};
  }

  caf::result<found_due_calls> find(const find_due_calls& wanted) {
    if (!is_open() || !write()) return unavailable();
    const auto as_of = db_->aged(past_->settings.wall_clock());
    if (!as_of) return unreadable(as_of.error());
    if (!*as_of) return found_due_calls{};
    auto due = db_->due(**as_of, wanted.behind, wanted.most);
    if (!due) return unreadable(due.error());
    found_due_calls found{{}, std::move(due->upto), !due->is_last};
    for (auto& one : due->calls) found.records.push_back(std::move(one.json));
    return found;
  }

  /// Once a round of pruning is over: it is told as one.
  void look_at_aged_out() {
    if (!trail_.pending() || upkeep_.is_pruning() || !is_open()) return;
    auto gone = db_->aged_out_until(past_->settings.wall_clock());
    if (!gone) return health().complain("cannot be read", gone.error().line);
    if (!gone->empty()) trail_.deliver(aged_out_read{std::move(*gone)});
  }

  void tell_of_left_audio(const std::vector<model::call_sid>& calls) {
    counters_.of<store_metrics>().audio_left(calls.size());
    for (const auto& call : calls)
      log::error("The record of call {call} is gone, and what Twilio keeps of its voices could not be deleted there",
                 {{"call", call}});
  }

  caf::result<stored_calls_forgotten> forget(const forget_stored_calls& wanted) {
    if (!is_open() || !write()) return unavailable();
    if (const auto gone = db_->forget(wanted.calls, past_->settings.wall_clock()); !gone)
      return unreadable(gone.error());
    look_at_outbox();
    upkeep_.words_are_gone();
    return stored_calls_forgotten{};
  }

  void drop_sent(const outbox_sent& told) {
    if (!is_open()) return;
    complain_of(db_->sent(told.rows));
    show_outbox_later();
  }

  void complain_of(const net::sqlite::result<void>& written) {
    if (!written) health().complain("cannot be written", written.error().line);
  }

  /// Opens it where it is not, each second at most.
  [[nodiscard]] bool is_open() {
    if (db_) return true;
    if (last_try_ && steady::now() - *last_try_ < retry_wait) return false;
    last_try_ = steady::now();
    auto db = past_->settings.open();
    if (!db) {
      health().be_troubled("cannot be opened, it is tried again", db.error().line);
      return false;
    }
    if (const auto shared = is_shared() ? db->share_as(past_->settings.node) : net::sqlite::result<void>{}; !shared) {
      health().be_troubled("cannot be opened, it is tried again", shared.error().line);
      return false;
    }
    db_ = std::move(*db);
    health().be_well("The call store is open again");
    return true;
  }

  caf::error unreadable(const net::sqlite::error& why) {
    health().complain("cannot be read", why.line);
    return caf::make_error(caf::sec::runtime_error, "the call store cannot be read");
  }

  static caf::error unavailable() { return caf::make_error(caf::sec::runtime_error, "the call store is not open"); }

  /// What was told until now is in the file, and the reader finds it there. One that fails is replaced.
  template <class Answer, class Question>
  caf::result<Answer> read_beside(const std::optional<model::tenant_id>& whose, const Question& wanted) {
    if (!is_open()) return unavailable();
    (void)write();
    auto promise = this->make_response_promise<Answer>();
    const auto begin = [this, promise, wanted]() mutable {
      if (!reader_) reader_ = read_calls(system(), past_->settings.read, counters_);
      ask(this, reader_, read_limit, wanted)
          .then(
              [this, promise](Answer& found) mutable {
                promise.deliver(std::move(found));
                line_.served();
              },
              [this, promise](const caf::error& why) mutable {
                health().complain("cannot be read", to_string(why));
                send_exit(std::exchange(reader_, nullptr), caf::exit_reason::user_shutdown);
                promise.deliver(why);
                line_.served();
              });
    };
    if (!line_.put(whose ? whose->value : std::string{}, begin)) {
      counters_.of<store_metrics>().read_refused();
      promise.deliver(caf::make_error(caf::sec::runtime_error, "too many questions wait for the call store"));
    }
    return promise;
  }

  template <class Message>
  void remind_me(milliseconds after, Message message) {
    caf::delayed_anon_send(caf::actor_cast<sqlite_store>(this), after, std::move(message));
  }

  void on_wake() {
    const auto since = std::chrono::duration_cast<milliseconds>(steady::now() - last_write_);
    if (since < pause_)
      write_in(pause_ - since);
    else
      (void)write();
  }

  void write_in(milliseconds time) {
    if (!std::exchange(reminded_, true)) remind_me(time, write_again{});
  }

  /// Was all that waited written? What was not is tried again.
  bool write() {
    if (!is_open()) {
      write_in(retry_wait);
      return false;
    }
    auto batch = journal_.take();
    health().count_drops(journal_.dropped());
    if (batch.empty()) return true;
    const auto began = steady::now();
    const auto written = try_to_write(batch);
    last_write_ = steady::now();
    pause_ = std::clamp(std::chrono::duration_cast<milliseconds>((last_write_ - began) * pause_by_cost), least_pause,
                        most_pause);
    if (written) {
      journal_.written();
      counters_.of<store_metrics>().store_written();
      tell_of_lost(*written);
      counters_.of<spent_metrics>().cost(db_->cost_changed());
      health().be_well("The call store is written again");
      look_at_outbox();
      if (ends_a_call(batch)) upkeep_.something_ended();
      return true;
    }
    counters_.of<store_metrics>().store_failed();
    health().be_troubled("cannot be written, it is tried again", written.error().line);
    journal_.put_back(std::move(batch));
    health().count_drops(journal_.dropped());
    write_in(retry_wait);
    return false;
  }

  /// What the database did not get when it threw is the next life's.
  call_database::result<call_database::left_out> try_to_write(journal_batch& batch) {
    try {
      return db_->write(batch, past_->settings.wall_clock());
    } catch (...) {
      journal_.put_back(std::move(batch));
      throw;
    }
  }

  void tell_of_lost(const call_database::left_out& lost) {
    counters_.of<store_metrics>().store_dropped(lost.records.size() + lost.facts.size());
    if (is_shared())
      counters_.of<shared_record_metrics>().unshared.of(shared_record_metrics::why::too_many)(lost.unshared);
    for (const auto& call : lost.records)
      call_log::warn(call, nullptr, "its record is left out, an earlier call of that SID has one");
    for (const auto& call : lost.facts)
      call_log::warn(call, nullptr, "what was told of it later is in no record, since nobody knows the call");
    show_held();
  }

  // --- what nodes share

  [[nodiscard]] bool is_shared() const noexcept { return !past_->settings.node.empty(); }
  void look_at_outbox() {
    if (is_shared() && db_ && !outbox_.look(*db_)) show_outbox_later();
  }

  void look_at_asked() {
    if (is_shared() && is_open()) again_.look(*db_);
  }

  void go_on_again(const again_sent& told) {
    if (!is_open()) return;
    const auto now = past_->settings.wall_clock();
    if (told.postponed) {
      complain_of(db_->postpone_again(told.part.node, now + *told.postponed));
      remind_me(*told.postponed, show_who_asked{});
    } else {
      complain_of(db_->sent_again(told.part, now));
    }
    look_at_outbox();  // what has aged meanwhile
  }

  void show_outbox() {
    shows_again_ = false;
    if (db_ && !outbox_.show(*db_)) show_outbox_later();
  }

  void show_outbox_later() {
    if (!std::exchange(shows_again_, true)) remind_me(outbox_watch::show_wait, show_what_waits{});
  }

  caf::result<news_taken> take(const take_news& came) {
    if (!is_open() || !write()) return unavailable();
    auto taken = db_->take(came.news, came.asked, came.upto, past_->settings.wall_clock());
    if (!taken) return unreadable(taken.error());
    if (!came.asked.empty()) look_at_asked();
    look_at_outbox();  // deletions, where the shared data have lost them; what was told before the record came
    show_held();
    counters_.of<spent_metrics>().cost(db_->cost_changed());
    for (const auto& call : taken->others)
      call_log::warn(call, nullptr, "its record gives way to another node's, of another call of that SID");
    if (taken->gone > 0) upkeep_.words_are_gone();
    return news_taken{std::move(*taken)};
  }

  open_calls load() {
    (void)write();
    auto found = read(db_->checkpoints());
    if (found.unreadable > 0) {
      (void)read(db_->drop_unreadable());
      counters_.of<store_metrics>().store_dropped(found.unreadable);
      log::error("The call store held {unreadable} checkpoints that nobody can read",
                 {{"unreadable", found.unreadable}});
    }
    auto finished = db_->finished_calls();
    if (finished) return {std::move(found.calls), found.unreadable, std::move(*finished)};
    health().complain("cannot be read", finished.error().line);
    return {std::move(found.calls), found.unreadable};
  }

  void show_held() {
    if (!is_shared()) return;
    if (const auto held = db_->held()) counters_.of<shared_record_metrics>().held.set(static_cast<double>(*held));
  }

  static bool ends_a_call(const journal_batch& batch) {
    return !batch.records.empty() ||
           std::ranges::any_of(batch.checkpoints, [](const auto& c) { return c.json.empty(); });
  }

  template <class T>
  T read(net::sqlite::result<T> from) {
    if (from) return std::move(*from);
    health().complain("cannot be read", from.error().line);
    return {};
  }

  [[nodiscard]] store_health& health() noexcept { return past_->health; }

  [[nodiscard]] store_upkeep::house house_of_upkeep() {
    return {[this] { return is_open() ? &*db_ : nullptr; },
            past_->settings.wall_clock,
            [this](std::string_view what, const std::string& why) { health().complain(what, why); },
            [this](store_upkeep::work what, std::uint64_t turn, milliseconds after) {
              remind_me(after, upkeep_due{what, turn});
            },
            [this](std::vector<model::call_sid> calls) {
              tell_of_lost({{}, std::move(calls), 0});
            },
            [this](const std::vector<model::call_sid>& calls) { tell_of_left_audio(calls); },
            [this](std::chrono::nanoseconds by) { health().time_is_behind(by); },
            past_->began,
            past_->settings.erase_after,
            past_->settings.rules_wait};
  }

  std::shared_ptr<store_past> past_;
  call_journal& journal_;
  metrics& counters_;
  std::optional<call_database> db_;  // closed with the actor's end, not with its last handle
  call_reader reader_;               ///< null: none was needed, or the last one failed
  reading_line line_;                ///< who waits for it
  steady::time_point last_write_{};
  milliseconds pause_ = least_pause;
  bool reminded_ = false;  // a write_again is on its way
  std::optional<steady::time_point> last_try_;
  store_upkeep upkeep_{house_of_upkeep()};
  outbox_watch outbox_{counters_, past_->settings.wall_clock,
                       [this](const std::string& why) { health().complain("cannot be read", why); }};
  again_watch again_{past_->settings.wall_clock,
                     [this](const std::string& why) { health().complain("cannot be read", why); }};
  caf::typed_response_promise<aged_out_read> trail_;  // pending while nothing is to be told
  bool shows_again_ = false;                          // a show_what_waits is on its way
};

}  // namespace

opened_store spawn_sqlite_store(caf::actor_system& system, store_settings settings, node_part part) {
  // The address is weak: a journal that somebody still holds does not keep the store.
  const auto address = std::make_shared<caf::actor_addr>();
  auto journal = std::make_shared<call_journal>([address] {
    if (const auto store = caf::actor_cast<call_store>(*address)) caf::anon_send(store, write_journal{});
  });
  const auto past = std::make_shared<store_past>(store_past{std::move(settings), journal, *part.counters});
  auto store = spawn_supervised<shared_call_store>(
      system, std::move(part), [&system, past](const auto&) { return system.spawn<store_actor, caf::detached>(past); });
  *address = store.address();
  return {call_store{store}, shared_records{store}, std::move(journal), past->health.trouble()};
}

tl::expected<opened_store, std::string> open_sqlite_store(caf::actor_system& system, const std::string& data_dir,
                                                          node_part part, std::string node) {
  auto db = call_database::open(data_dir);
  if (!db && !db.error().passes) return tl::unexpected(db.error().line);
  const auto first = std::make_shared<std::optional<call_database>>();
  if (db) *first = std::move(*db);
  store_settings settings;
  settings.node = std::move(node);
  settings.read = [data_dir] { return call_database::open_to_read(data_dir); };
  settings.open = [first, data_dir]() -> tl::expected<call_database, unusable_database> {
    if (auto opened = std::exchange(*first, std::nullopt)) return std::move(*opened);
    return call_database::open(data_dir);
  };
  return spawn_sqlite_store(system, std::move(settings), std::move(part));
}

}  // namespace tonris::actors
