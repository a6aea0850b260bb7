#include "actors/call/call_store.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <optional>
#include <utility>

#include "actors/call/again_watch.hpp"
#include "actors/call/call_log.hpp"
#include "actors/call/call_reader.hpp"
#include "actors/call/depths.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/outbox_watch.hpp"
#include "actors/call/reading_line.hpp"
#include "actors/call/shared_record_metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Between two transactions; what comes meanwhile shares the next, and its pages: a page that is written once for five
// hundred calls costs as much as for one. So the more there is to write, the longer the pause.
constexpr milliseconds least_pause{20}, most_pause{200};
constexpr int pause_by_cost = 16;
constexpr milliseconds retry_wait{1000};     // after a failed one
constexpr std::chrono::hours prune_wait{1};  // to the first round of pruning, and between two
constexpr std::chrono::hours allowance_lasts{24};
constexpr std::chrono::hours merge_wait{24};  // of words that went because of their age: it writes the whole index
constexpr milliseconds step_pause{500};   // within one: its steps take a hundredth of the time (docs/performance.md)
constexpr milliseconds prune_pause{100};  // within what is done once: the journal's turn
constexpr std::chrono::minutes quiet{1};  // between two log lines about the same trouble

}  // namespace

// --- the store to itself
struct write_again {
  using travels = in_process;
};
struct prune_store {
  using travels = in_process;
  std::uint64_t reminder = 0;  ///< the last of them counts
};
struct erase_traces {
  using travels = in_process;
};
struct merge_words {  ///< the full text's index has deleted words in it
  using travels = in_process;
};
struct list_old_records {  ///< an older version's have no place in the list yet
  using travels = in_process;
};
struct show_what_waits {
  using travels = in_process;
};
struct show_who_asked {  ///< the turn of one of them has come
  using travels = in_process;
};

namespace {

constexpr int niceness = 10;

using sqlite_store =
    shared_call_store::extend<caf::reacts_to<write_again>, caf::reacts_to<prune_store>, caf::reacts_to<erase_traces>,
                              caf::reacts_to<list_old_records>, caf::reacts_to<merge_words>,
                              caf::reacts_to<show_what_waits>, caf::reacts_to<show_who_asked>>;

/// What outlives a crash of the store. One life at a time uses it.
struct store_past {
  store_settings settings;
  std::shared_ptr<call_journal> journal;
  metrics& counters;
  std::shared_ptr<store_trouble> trouble = std::make_shared<store_trouble>();
  const steady::time_point began = steady::now();
  bool troubled = false;
  std::optional<steady::time_point> behind_since{};  // what waits could not be written
  std::uint64_t drops_counted = 0;
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
    db_.reset();
  }

  behavior_type make_behavior() override {
    // It may lag; a frame or a webhook may not wait for it where they share a core. Still it gets its tenth of a core
    // that is always full, unlike under the idle policy (docs/performance.md). 0: this thread, on Linux.
    (void)setpriority(PRIO_PROCESS, 0, niceness);
    (void)write();  // the life before may have been woken for it
    prune_within(prune_wait);
    remind_me(prune_pause, list_old_records{});
    merge_soon();  // what the life before has deleted
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
        [this](const find_history& wanted) -> caf::result<found_history> {
          if (!is_open()) return unavailable();
          (void)write();
          return found_history{read(db_->records_of(wanted.tenant, wanted.caller, wanted.most))};
        },
        [this](const keep_records_for& all) { keep_for(all); },
        [this](const find_calls_with& wanted) { return read_beside<found_calls_with>(wanted.tenant, wanted); },
        [this](const find_conversations_of& wanted) { return find(wanted); },
        [this](const find_unrecorded& wanted) { return find(wanted); },
        [this](const forget_stored_calls& wanted) { return forget(wanted); },
        [this](const read_usage& wanted) { return read_beside<usage_read>(wanted.wanted.tenant, wanted); },
        [this](const find_calls& wanted) { return read_beside<found_calls>(wanted.query.tenant, wanted); },
        [this](const find_events& wanted) -> caf::result<found_events> {
          if (!is_open()) return unavailable();
          (void)write();
          return found_events{read(db_->events_of(wanted.call))};
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
        [this](prune_store due) {
          if (due.reminder == pruning_.reminder) prune();
        },
        [this](erase_traces) { erase(); },
        [this](list_old_records) { list_old(); },
        [this](merge_words) { merge(); },
        [this](show_what_waits) {
          shows_again_ = false;
          if (db_ && !outbox_.show(*db_)) show_outbox_later();
        },
    };
  }

 private:
  caf::result<found_conversations> find(const find_conversations_of& wanted) {
    if (!is_open() || !write()) return unavailable();
    auto found = db_->conversations_of(wanted.calls);
    if (!found) return unreadable(found.error());
    return found_conversations{std::move(*found)};
  }

  caf::result<unrecorded_calls> find(const find_unrecorded& wanted) {
    if (!is_open() || !write()) return unavailable();
    auto found = db_->unrecorded(wanted.calls);
    if (!found) return unreadable(found.error());
    return unrecorded_calls{std::move(*found)};
  }

  caf::result<stored_calls_forgotten> forget(const forget_stored_calls& wanted) {
    if (!is_open() || !write()) return unavailable();
    if (const auto gone = db_->forget(wanted.calls, past_->settings.wall_clock()); !gone)
      return unreadable(gone.error());
    look_at_outbox();
    erase_soon();
    merge_soon();
    return stored_calls_forgotten{};
  }

  void drop_sent(const outbox_sent& told) {
    if (!is_open()) return;
    complain_of(db_->sent(told.rows));
    show_outbox_later();
  }

  void complain_of(const net::sqlite::result<void>& written) {
    if (!written) complain("cannot be written", written.error().line);
  }

  /// Opens it where it is not, each second at most.
  [[nodiscard]] bool is_open() {
    if (db_) return true;
    if (last_try_ && steady::now() - *last_try_ < retry_wait) return false;
    last_try_ = steady::now();
    auto db = past_->settings.open();
    if (!db) {
      be_troubled("cannot be opened, it is tried again", db.error().line);
      return false;
    }
    if (const auto shared = is_shared() ? db->share_as(past_->settings.node) : net::sqlite::result<void>{}; !shared) {
      be_troubled("cannot be opened, it is tried again", shared.error().line);
      return false;
    }
    db_ = std::move(*db);
    be_well("The call store is open again");
    return true;
  }

  caf::error unreadable(const net::sqlite::error& why) {
    complain("cannot be read", why.line);
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
                complain("cannot be read", to_string(why));
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
      be_behind();
      write_in(retry_wait);
      return false;
    }
    auto batch = journal_.take();
    count_drops();
    if (batch.empty()) {
      be_up_to_date();
      return true;
    }
    const auto began = steady::now();
    const auto written = try_to_write(batch);
    last_write_ = steady::now();
    pause_ = std::clamp(std::chrono::duration_cast<milliseconds>((last_write_ - began) * pause_by_cost), least_pause,
                        most_pause);
    if (written) {
      be_up_to_date();
      counters_.of<store_metrics>().store_written();
      tell_of_lost(*written);
      be_well("The call store is written again");
      look_at_outbox();
      if (ends_a_call(batch)) erase_soon();
      return true;
    }
    counters_.of<store_metrics>().store_failed();
    be_troubled("cannot be written, it is tried again", written.error().line);
    journal_.put_back(std::move(batch));
    count_drops();
    be_behind();
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
    if (!told.postponed) return complain_of(db_->sent_again(told.part, now));
    complain_of(db_->postpone_again(told.part.node, now + *told.postponed));
    remind_me(*told.postponed, show_who_asked{});
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
    for (const auto& call : taken->others)
      call_log::warn(call, nullptr, "its record gives way to another node's, of another call of that SID");
    if (taken->gone > 0) {
      erase_soon();
      merge_soon();
    }
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
    complain("cannot be read", finished.error().line);
    return {std::move(found.calls), found.unreadable};
  }

  void prune() {
    const auto more = is_open() ? prune_a_little() : false;
    if (!more) complain("cannot be pruned", more.error().line);
    if (more && !*more && db_) give_up_held();
    if (more && !*more && steady::now() - merged_at_ >= merge_wait) merge_soon();
    pruning_.due = steady::time_point::max();
    prune_within(more && *more ? step_pause : milliseconds{prune_wait});
  }

  /// Whoever changes his rules again and again does not put it off.
  void prune_within(milliseconds at_most) {
    const auto due = steady::now() + at_most;
    if (pruning_.due <= due) return;
    pruning_.due = due;
    remind_me(at_most, prune_store{++pruning_.reminder});
  }

  void show_held() {
    if (!is_shared()) return;
    if (const auto held = db_->held()) counters_.of<shared_record_metrics>().held.set(static_cast<double>(*held));
  }

  void give_up_held() {
    auto lost = db_->give_up_held(past_->settings.wall_clock());
    if (!lost) return complain("cannot be pruned", lost.error().line);
    tell_of_lost({{}, std::move(*lost), 0});
  }

  net::sqlite::result<bool> prune_a_little() {
    if (!allowance_ || steady::now() - allowed_at_ >= allowance_lasts) {
      const auto part = db_->plausible_part();
      if (!part) return tl::unexpected(part.error());
      allowance_ = *part;
      allowed_at_ = steady::now();
    }
    // What was there at the start is of unknown age; so long after it nobody asks for it any more.
    allowance_->checkpoints = steady::now() - past_->began >= call_database::ended_kept_for;
    return db_->prune(past_->settings.wall_clock(), *allowance_);
  }

  void list_old() {
    const auto more = is_open() ? db_->list_some() : true;
    if (!more) complain("cannot be listed", more.error().line);
    if (!more || *more) remind_me(more ? prune_pause : retry_wait, list_old_records{});
  }

  /// Told before the file is open, they are told again with the next change.
  void keep_for(const keep_records_for& all) {
    if (!is_open()) return;
    const auto known = db_->retention();
    if (known && *known == all.rules) return;
    const auto kept = db_->keep_for(all.rules);
    if (!kept) return complain("cannot be written", kept.error().line);
    prune_within(past_->settings.rules_wait);
  }

  void merge_soon(milliseconds after = prune_pause) {
    if (!std::exchange(merging_, true)) remind_me(after, merge_words{});
  }

  void merge() {
    merging_ = false;
    if (!is_open()) return merge_soon(retry_wait);
    const auto more = db_->merge_words();
    if (!more) complain("cannot be merged", more.error().line);
    if (!more || *more) return merge_soon(more ? prune_pause : retry_wait);
    merged_at_ = steady::now();
    erase_soon();
  }

  static bool ends_a_call(const journal_batch& batch) {
    return !batch.records.empty() ||
           std::ranges::any_of(batch.checkpoints, [](const auto& c) { return c.json.empty(); });
  }

  void erase_soon() {
    if (!std::exchange(erasing_, true)) remind_me(past_->settings.erase_after, erase_traces{});
  }

  void erase() {
    erasing_ = false;
    const auto erased = is_open() ? db_->erase_traces() : false;
    if (!erased) complain("cannot be cleaned of what was deleted", erased.error().line);
    if (!erased || !*erased) erase_soon();
  }

  template <class T>
  T read(net::sqlite::result<T> from) {
    if (from) return std::move(*from);
    complain("cannot be read", from.error().line);
    return {};
  }

  void count_drops() {
    const auto dropped = journal_.dropped();
    counters_.of<store_metrics>().store_dropped(dropped - std::exchange(past_->drops_counted, dropped));
  }

  void be_behind() {
    if (!past_->behind_since) past_->behind_since = steady::now();
    counters_.of<call_depths>().store_waiting.set(journal_.waiting());
    const std::chrono::duration<double> waited = steady::now() - *past_->behind_since;
    counters_.of<call_depths>().store_behind.set(waited.count());
  }

  void be_up_to_date() {
    if (!std::exchange(past_->behind_since, std::nullopt)) return;
    counters_.of<call_depths>().store_waiting.set(0.0);
    counters_.of<call_depths>().store_behind.set(0.0);
  }

  void be_troubled(std::string_view what, const std::string& why) {
    past_->troubled = true;
    past_->trouble->is("the call store " + std::string{what});
    complain(what, why);
  }

  void be_well(std::string_view again) {
    if (!std::exchange(past_->troubled, false)) return;
    past_->trouble->is({});
    last_complaint_.reset();
    log::info("{}", {{"", again}});
  }

  void complain(std::string_view what, const std::string& why) {
    if (last_complaint_ && steady::now() - *last_complaint_ < quiet) return;
    last_complaint_ = steady::now();
    log::error("The call store {trouble}: {why}", {{"trouble", what}, {"why", why}});
  }

  std::shared_ptr<store_past> past_;
  call_journal& journal_;
  metrics& counters_;
  std::optional<call_database> db_;  // closed with the actor's end, not with its last handle
  call_reader reader_;               ///< null: none was needed, or the last one failed
  reading_line line_;                ///< who waits for it
  steady::time_point last_write_{};
  milliseconds pause_ = least_pause;
  std::optional<steady::time_point> last_complaint_;
  bool reminded_ = false;  // a write_again is on its way
  std::optional<steady::time_point> last_try_;
  struct {
    steady::time_point due = steady::time_point::max();
    std::uint64_t reminder = 0;
  } pruning_;
  std::optional<call_database::allowance> allowance_;
  steady::time_point allowed_at_{};
  bool erasing_ = false;  // an erase_traces is on its way
  bool merging_ = false;  // a merge_words is on its way
  steady::time_point merged_at_ = steady::now();
  outbox_watch outbox_{counters_, past_->settings.wall_clock,
                       [this](const std::string& why) { complain("cannot be read", why); }};
  again_watch again_{past_->settings.wall_clock, [this](const std::string& why) { complain("cannot be read", why); }};
  bool shows_again_ = false;  // a show_what_waits is on its way
};

}  // namespace

void store_trouble::is(std::string why) {
  const std::scoped_lock lock{lock_};
  why_ = std::move(why);
}

std::string store_trouble::now() const {
  const std::scoped_lock lock{lock_};
  return why_;
}

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
  return {call_store{store}, shared_records{store}, std::move(journal), past->trouble};
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
