#include "actors/call/call_store.hpp"

#include <sys/resource.h>

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/call/aged_out_watch.hpp"
#include "actors/call/call_log.hpp"
#include "actors/call/depths.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/reading_beside.hpp"
#include "actors/call/store_answers.hpp"
#include "actors/call/store_file.hpp"
#include "actors/call/store_health.hpp"
#include "actors/call/store_shares.hpp"
#include "actors/call/store_upkeep.hpp"
#include "actors/call/store_writer.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/log.hpp"

namespace tonris::actors {

// --- the store to itself
struct write_again {
  using travels = in_process;
};
struct upkeep_due {
  using travels = in_process;
  store_upkeep::work what{};
  std::uint64_t turn = 0;
};
struct shares_due {
  using travels = in_process;
  store_shares::work what{};
};

namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int niceness = 10;

using sqlite_store =
    shared_call_store::extend<caf::reacts_to<write_again>, caf::reacts_to<upkeep_due>, caf::reacts_to<shares_due>>;

/// What outlives a crash of the store. One life at a time uses it.
struct store_past {
  store_settings settings;
  std::shared_ptr<call_journal> journal;
  metrics& counters;
  store_health health{counters};
  const steady::time_point began = steady::now();
};

/// Its parts, each of which does one thing, and who of them is told what.
class store_actor final : public sqlite_store::base {
 public:
  store_actor(caf::actor_config& actor, std::shared_ptr<store_past> past)
      : sqlite_store::base(actor), past_(std::move(past)) {
    guard(this, counters_);
    set_exit_handler([this](caf::exit_msg& m) {
      (void)writer_.write();
      const auto reader = reading_.end();
      if (!reader) return quit(std::move(m.reason));
      // The last connection to go takes the write-ahead log with it: the reader's may not write.
      set_down_handler([this, reason = std::move(m.reason)](const caf::down_msg&) { quit(reason); });
      monitor(reader);
    });
  }
  [[nodiscard]] const char* name() const override { return "tonris.call_store"; }
  void on_exit() override {
    (void)reading_.end();
    shares_.end();
    aged_out_.end();
    file_.close();
  }

  behavior_type make_behavior() override {
    // It may lag; a frame or a webhook may not wait for it where they share a core. Still it gets its tenth of a core
    // that is always full, unlike under the idle policy (docs/performance.md). 0: this thread, on Linux.
    (void)setpriority(PRIO_PROCESS, 0, niceness);
    (void)writer_.write();  // the life before may have been woken for it
    upkeep_.begin();
    return {
        [this](write_journal) { writer_.woken(); },
        [this](flush_store) -> caf::result<store_flushed> {
          if (writer_.write()) return store_flushed{};
          return caf::make_error(caf::sec::runtime_error, "the call store cannot be written");
        },
        [this](const load_open_calls& asked) { return answers_.to(asked); },
        [this](const find_call& asked) { return answers_.to(asked); },
        [this](const find_record& asked) { return answers_.to(asked); },
        [this](const add_to_record& told) { return answers_.to(told); },
        [this](const find_history& asked) { return answers_.to(asked); },
        [this](const keep_records_for& all) { upkeep_.keep_for(all.rules); },
        [this](const find_calls_with& asked) { return read_beside<found_calls_with>(asked.tenant, asked); },
        [this](const find_conversations_of& asked) -> caf::result<found_conversations> {
          if (file_.open() == nullptr || !writer_.write()) return store_file::unavailable();
          return read_beside<found_conversations>(std::nullopt, asked);
        },
        [this](const find_unrecorded& asked) { return answers_.to(asked); },
        [this](const find_due_calls& asked) { return answers_.to(asked); },
        [this](audio_is_gone) { upkeep_.audio_is_gone(); },
        [this](const forget_stored_calls& asked) { return forget(asked); },
        [this](const read_usage& asked) { return read_beside<usage_read>(asked.wanted.tenant, asked); },
        [this](const find_calls& asked) { return read_beside<found_calls>(asked.query.tenant, asked); },
        [this](const find_events& asked) { return answers_.to(asked); },
        [this](const find_changed_days& asked) { return answers_.to(asked); },
        [this](const changed_days_noted& told) {
          if (auto* const db = file_.open(); db != nullptr) file_.complain_of(db->changed_days_noted(told.days));
        },
        [this](read_aged_out) -> caf::result<aged_out_read> {
          auto promise = make_response_promise<aged_out_read>();
          aged_out_.asked_by(promise);
          look_at_aged_out();
          return promise;
        },
        [this](const aged_out_told& told) {
          if (auto* const db = file_.open(); db != nullptr) file_.complain_of(db->aged_out_told(told.tenant));
        },
        [this](const read_outbox& asked) -> caf::result<outbox_read> {
          auto promise = make_response_promise<outbox_read>();
          shares_.asked_by(promise, asked);
          return promise;
        },
        [this](const outbox_sent& told) { shares_.told(told); },
        [this](const read_feed& asked) { return shares_.to(asked); },
        [this](const take_news& asked) { return shares_.to(asked); },
        [this](const others_were_told& told) { shares_.told(told); },
        [this](const read_again& asked) -> caf::result<again_read> {
          auto promise = make_response_promise<again_read>();
          shares_.asked_by(promise, asked);
          return promise;
        },
        [this](const again_sent& told) { shares_.told(told); },
        [this](write_again) { writer_.due(); },
        [this](upkeep_due now) {
          upkeep_.due(now.what, now.turn);
          shares_.look();  // what went here goes from Redis as well
          look_at_aged_out();
        },
        [this](shares_due now) { shares_.due(now.what); },
    };
  }

 private:
  template <class Message>
  void remind_me(milliseconds after, Message message) {
    caf::delayed_anon_send(caf::actor_cast<sqlite_store>(this), after, std::move(message));
  }

  /// What was told until now is in the file, and the reader finds it there.
  template <class Answer, class Question>
  caf::result<Answer> read_beside(const std::optional<model::tenant_id>& whose, const Question& asked) {
    if (file_.open() == nullptr) return store_file::unavailable();
    (void)writer_.write();
    return reading_.read<Answer>(whose, asked);
  }

  caf::result<stored_calls_forgotten> forget(const forget_stored_calls& asked) {
    auto* const db = file_.open();
    if (db == nullptr || !writer_.write()) return store_file::unavailable();
    if (const auto gone = db->forget(asked.calls, past_->settings.wall_clock()); !gone)
      return file_.unreadable(gone.error());
    shares_.look();
    upkeep_.words_are_gone();
    return stored_calls_forgotten{};
  }

  /// A round of pruning is told as one, once it is over; one that takes long is told of meanwhile.
  void look_at_aged_out() {
    if (!aged_out_.is_asked() || upkeep_.is_in_young_round()) return;
    if (auto* const db = file_.open(); db != nullptr) aged_out_.look(*db);
  }

  void tell_of_lost(const call_database::left_out& lost) {
    counters_.of<store_metrics>().store_dropped(lost.records.size() + lost.facts.size());
    for (const auto& call : lost.records)
      call_log::warn(call, nullptr, "its record is left out, an earlier call of that SID has one");
    for (const auto& call : lost.facts)
      call_log::warn(call, nullptr, "what was told of it later is in no record, since nobody knows the call");
    shares_.lost(lost);
  }

  void tell_of_left_audio(const std::vector<model::call_sid>& calls) {
    counters_.of<store_metrics>().audio_left(calls.size());
    for (const auto& call : calls)
      log::error("The record of call {call} is gone, and what Twilio keeps of its voices could not be deleted there",
                 {{"call", call}});
  }

  // --- what the parts need of each other

  [[nodiscard]] store_writer::house house_of_writer() {
    return {file_,
            *past_->journal,
            past_->health,
            counters_,
            past_->settings.wall_clock,
            [this](milliseconds after) { remind_me(after, write_again{}); },
            [this](const call_database::left_out& lost) { tell_of_lost(lost); },
            [this](bool ends_a_call) {
              shares_.look();
              if (ends_a_call) upkeep_.something_ended();
            }};
  }

  [[nodiscard]] store_shares::house house_of_shares() {
    return {file_,
            writer_,
            past_->health,
            counters_,
            past_->settings.wall_clock,
            [this](store_shares::work what, milliseconds after) { remind_me(after, shares_due{what}); },
            [this] { upkeep_.words_are_gone(); }};
  }

  [[nodiscard]] store_upkeep::house house_of_upkeep() {
    return {[this] { return file_.open(); },
            past_->settings.wall_clock,
            [this](std::string_view what, const std::string& why) { past_->health.complain(what, why); },
            [this](store_upkeep::work what, std::uint64_t turn, milliseconds after) {
              remind_me(after, upkeep_due{what, turn});
            },
            [this](std::vector<model::call_sid> calls) {
              tell_of_lost({{}, std::move(calls), 0});
            },
            [this](const std::vector<model::call_sid>& calls) { tell_of_left_audio(calls); },
            [this](std::chrono::nanoseconds by) { past_->health.time_is_behind(by); },
            [this](std::chrono::nanoseconds age) {
              counters_.of<call_depths>().store_round.set(std::chrono::duration<double>{age}.count());
            },
            past_->began,
            past_->settings.erase_after,
            past_->settings.rules_wait};
  }

  std::shared_ptr<store_past> past_;
  metrics& counters_{past_->counters};
  store_file file_{past_->settings, past_->health};
  store_writer writer_{house_of_writer()};
  store_answers answers_{file_, writer_, *past_->journal, counters_, past_->settings.wall_clock};
  reading_beside<store_actor> reading_{this, past_->settings.read, past_->health, counters_};
  store_shares shares_{house_of_shares()};
  store_upkeep upkeep_{house_of_upkeep()};
  aged_out_watch aged_out_{past_->settings.wall_clock,
                           [this](const std::string& why) { past_->health.complain("cannot be read", why); }};
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
