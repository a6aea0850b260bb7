#include "actors/call_store.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

#include "actors/log.hpp"
#include "actors/runtime/crash.hpp"

namespace tonris::actors {

namespace {

using steady = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Between two transactions; what comes meanwhile shares the next, and its pages: a page that is written once for five
// hundred calls costs as much as for one. So the more there is to write, the longer the pause.
constexpr milliseconds least_pause{20}, most_pause{200};
constexpr int pause_by_cost = 16;
constexpr milliseconds retry_wait{1000};     // after a failed one
constexpr std::chrono::hours prune_wait{1};  // between two rounds of pruning
constexpr milliseconds prune_pause{100};     // within one: the journal's turn
constexpr std::chrono::minutes quiet{1};     // between two log lines about the same trouble

}  // namespace

// --- the store to itself
struct write_again {};
struct prune_store {};

}  // namespace tonris::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tonris::actors::write_again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(tonris::actors::prune_store)

namespace tonris::actors {

namespace {

constexpr int niceness = 10;

using sqlite_store = call_store::extend<caf::reacts_to<write_again>, caf::reacts_to<prune_store>>;

/// What outlives a crash of the store. One life at a time uses it.
struct store_past {
  store_settings settings;
  std::shared_ptr<call_journal> journal;
  metrics& counters;
  std::uint64_t drops_counted = 0;
};

class store_actor final : public sqlite_store::base {
 public:
  store_actor(caf::actor_config& actor, std::shared_ptr<store_past> past)
      : sqlite_store::base(actor), past_(std::move(past)), journal_(*past_->journal), counters_(past_->counters) {
    set_exception_handler([this](std::exception_ptr& thrown) { return crash_error(thrown, counters_, name()); });
    set_exit_handler([this](caf::exit_msg& m) {
      (void)write();
      quit(std::move(m.reason));
    });
  }
  [[nodiscard]] const char* name() const override { return "tonris.call_store"; }
  void on_exit() override { db_.reset(); }

  behavior_type make_behavior() override {
    // It may lag; a frame or a webhook may not wait for it where they share a core. Still it gets its tenth of a core
    // that is always full, unlike under the idle policy (docs/performance.md). 0: this thread, on Linux.
    (void)setpriority(PRIO_PROCESS, 0, niceness);
    open();
    (void)write();  // the life before may have been woken for it
    prune();
    return {
        [this](write_journal) { on_wake(); },
        [this](flush_store) -> caf::result<store_flushed> {
          if (write()) return store_flushed{};
          return caf::make_error(caf::sec::runtime_error, "the call store cannot be written");
        },
        [this](load_open_calls) { return load(); },
        [this](const find_call& wanted) -> caf::result<found_call> {
          (void)write();
          auto found = db_->call_of(wanted.call);
          if (found) return found_call{std::move(*found)};
          complain("cannot be read", found.error());
          return caf::make_error(caf::sec::runtime_error, "the call store cannot be read");
        },
        [this](const find_record& wanted) {
          (void)write();
          return found_record{read(db_->record_of(wanted.call))};
        },
        [this](const find_events& wanted) {
          (void)write();
          return found_events{read(db_->events_of(wanted.call))};
        },
        [this](write_again) {
          reminded_ = false;
          (void)write();
        },
        [this](prune_store) { prune(); },
    };
  }

 private:
  void open() {
    auto db = past_->settings.open();
    if (!db) throw std::runtime_error(db.error());  // the next life's turn, after a while
    db_ = std::move(*db);
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
    auto batch = journal_.take();
    count_drops();
    if (batch.empty()) return true;
    const auto began = steady::now();
    const auto written = try_to_write(batch);
    last_write_ = steady::now();
    pause_ = std::clamp(std::chrono::duration_cast<milliseconds>((last_write_ - began) * pause_by_cost), least_pause,
                        most_pause);
    if (written) {
      counters_.store_written();
      tell_of_lost(*written);
      if (std::exchange(troubled_, false)) log::info({"The call store is written again"});
      return true;
    }
    counters_.store_failed();
    troubled_ = true;
    complain("cannot be written, it is tried again", written.error());
    journal_.put_back(std::move(batch));
    count_drops();
    write_in(retry_wait);
    return false;
  }

  /// What the database did not get when it threw is the next life's.
  call_database::result<std::vector<model::call_sid>> try_to_write(journal_batch& batch) {
    try {
      return db_->write(batch, past_->settings.wall_clock());
    } catch (...) {
      journal_.put_back(std::move(batch));
      throw;
    }
  }

  void tell_of_lost(const std::vector<model::call_sid>& voicemails) {
    counters_.store_dropped(voicemails.size());
    for (const auto& call : voicemails)
      log::warn({"Call ", call.value, ": its voicemail is in no record, since nobody knows the call"});
  }

  open_calls load() {
    (void)write();
    auto found = read(db_->checkpoints());
    if (found.unreadable > 0) {
      (void)read(db_->drop_unreadable());
      counters_.store_dropped(found.unreadable);
      log::error({"The call store held ", std::to_string(found.unreadable), " checkpoints that nobody can read"});
    }
    auto finished = db_->finished_calls();
    if (finished) return {std::move(found.calls), found.unreadable, std::move(*finished)};
    complain("cannot be read", finished.error());
    return {std::move(found.calls), found.unreadable};
  }

  void prune() {
    const auto more = db_->prune(past_->settings.wall_clock());
    if (!more) complain("cannot be pruned", more.error());
    remind_me(more && *more ? prune_pause : milliseconds{prune_wait}, prune_store{});
  }

  template <class T>
  T read(net::sqlite::result<T> from) {
    if (from) return std::move(*from);
    complain("cannot be read", from.error());
    return {};
  }

  void count_drops() {
    const auto dropped = journal_.dropped();
    counters_.store_dropped(dropped - std::exchange(past_->drops_counted, dropped));
  }

  void complain(std::string_view what, const net::sqlite::error& why) {
    if (last_complaint_ && steady::now() - *last_complaint_ < quiet) return;
    last_complaint_ = steady::now();
    log::error({"The call store ", what, ": ", why.line});
  }

  std::shared_ptr<store_past> past_;
  call_journal& journal_;
  metrics& counters_;
  std::optional<call_database> db_;  // closed with the actor's end, not with its last handle
  steady::time_point last_write_{};
  milliseconds pause_ = least_pause;
  std::optional<steady::time_point> last_complaint_;
  bool reminded_ = false;  // a write_again is on its way
  bool troubled_ = false;
};

}  // namespace

opened_store spawn_sqlite_store(caf::actor_system& system, store_settings settings, supervised_state::config part) {
  // The address is weak: a journal that somebody still holds does not keep the store.
  const auto address = std::make_shared<caf::actor_addr>();
  auto journal = std::make_shared<call_journal>([address] {
    if (const auto store = caf::actor_cast<caf::actor>(*address)) caf::anon_send(store, write_journal{});
  });
  const auto past = std::make_shared<store_past>(store_past{std::move(settings), journal, *part.counters});
  part.spawn = [&system, past](const caf::actor&) {
    return caf::actor_cast<caf::actor>(system.spawn<store_actor, caf::detached>(past));
  };
  const caf::actor store = system.spawn(
      supervised<write_journal, flush_store, load_open_calls, find_call, find_record, find_events>, std::move(part));
  *address = store.address();
  return {caf::actor_cast<call_store>(store), std::move(journal)};
}

tl::expected<opened_store, std::string> open_sqlite_store(caf::actor_system& system, const std::string& data_dir,
                                                          supervised_state::config part) {
  auto db = call_database::open(data_dir);
  if (!db) return tl::unexpected(db.error());
  const auto first = std::make_shared<std::optional<call_database>>(std::move(*db));
  store_settings settings;
  settings.open = [first, data_dir]() -> tl::expected<call_database, std::string> {
    if (auto opened = std::exchange(*first, std::nullopt)) return std::move(*opened);
    return call_database::open(data_dir);
  };
  return spawn_sqlite_store(system, std::move(settings), std::move(part));
}

}  // namespace tonris::actors
