#include "actors/notice/keeper.hpp"

#include <algorithm>
#include <caf/error.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "actors/notice/metrics.hpp"
#include "actors/notice/sender.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/runtime/keeping_trouble.hpp"
#include "actors/telemetry/log.hpp"
#include "model/webhook/event.hpp"
#include "model/webhook/schedule.hpp"

namespace tonris::actors {

namespace {

using model::webhook_endpoint;
using model::webhook_outcome;
using std::chrono::milliseconds;
using std::chrono::seconds;
using notice = notice_database::notice;

constexpr seconds retry_wait = keeping_trouble::retry_wait;
constexpr seconds unwritten_pause{60};  // of an event whose outcome cannot be written: it is sent again
constexpr seconds registry_limit{5};
constexpr seconds registry_pause{10};  // a tenant that cannot be asked for now
constexpr seconds longest_nap{60};     // what is due sooner wakes it
constexpr seconds count_wait{10};
constexpr std::size_t most_failing = 10'000;
constexpr std::chrono::hours prune_wait{1};

struct deliver_due {  // to itself
  using travels = in_process;
};
struct prune_notices {  // to itself
  using travels = in_process;
};
struct count_notices {  // to itself
  using travels = in_process;
};
using keeper_door =
    notice_keeper::extend<caf::reacts_to<deliver_due>, caf::reacts_to<prune_notices>, caf::reacts_to<count_notices>>;

std::vector<notice> rows_of(const std::vector<tenant_notice>& all, notice_database::time now) {
  std::vector<notice> rows;
  for (const auto& one : all)
    for (const auto& webhook : one.webhooks) {
      auto& row = rows.emplace_back();
      row.id = model::webhook_message_id(one.tenant, webhook, one.what, one.subject);
      row.to = {one.tenant.value, webhook};
      row.event = to_string(one.what);
      row.call = one.call.value;
      row.body = one.body;
      row.queued = now;
    }
  return rows;
}

struct keeper_state {
  static inline const char* name = "tonris.notice_keeper";

  explicit keeper_state(keeper_door::pointer actor) : self(actor) {}

  keeper_door::behavior_type make_behavior(notice_keeper_settings given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    self->send(self, notices_came{});  // of the life before
    self->delayed_send(self, caf::timespan{prune_wait}, prune_notices{});
    self->delayed_send(self, caf::timespan{count_wait}, count_notices{});
    return {
        [this](notices_came) { write(); },
        [this](flush_notices) {
          (void)write_queue();
          return notices_flushed{};
        },
        [this](const list_deliveries& m) { return list(m); },
        [this](const redeliver_notice& m) { return redeliver(m); },
        [this](const forget_events& m) -> caf::result<events_forgotten> {
          if (!write_queue()) return unavailable();
          if (const auto done = db->forget(m.calls); !done) return unavailable();
          return events_forgotten{};
        },
        [this](deliver_due) {
          awake_at.reset();
          deliver();
        },
        [this](prune_notices) { prune(); },
        [this](count_notices) {
          self->delayed_send(self, caf::timespan{count_wait}, count_notices{});
          count();
        },
    };
  }

  [[nodiscard]] const notice_metrics& counted() const { return settings.counters->of<notice_metrics>(); }

  // --- the file

  bool is_open() {
    if (db) return true;
    if (!trouble.may_open(self->clock().now())) return false;
    auto opened = settings.open();
    if (!opened) return trouble.by(opened.error().line);
    const auto due = opened->schedule();
    if (!due) return trouble.by(due.error().line);
    for (const auto& [where, at] : *due) schedule.put(where, at);
    db = std::move(*opened);
    trouble.ended();
    return true;
  }

  static caf::error unavailable() { return caf::make_error(caf::sec::runtime_error, "notices cannot be read"); }

  // --- in

  void write() {
    if (write_queue())
      deliver();
    else
      self->delayed_send(self, caf::timespan{retry_wait}, notices_came{});
  }

  bool write_queue() {
    counted().dropped.of(notice_metrics::drop::queue_full).rise_to(settings.queue->dropped());
    if (!is_open()) return false;
    auto taken = settings.queue->take();
    if (taken.empty()) return true;
    const auto rows = rows_of(taken, settings.wall_clock());
    const auto done = db->add(rows);
    if (!done) {
      settings.queue->put_back(std::move(taken));
      return trouble.by(done.error().line);
    }
    trouble.ended();
    counted().dropped.of(notice_metrics::drop::no_room)(static_cast<std::uint64_t>(done->dropped));
    for (const auto& one : taken) counted().queued.of(one.what)(one.webhooks.size());
    for (const auto& row : rows) schedule.put(row.to, row.queued);
    return true;
  }

  // --- out

  void deliver() {
    if (!is_open()) return nap(retry_wait);
    const auto now = settings.wall_clock();
    while (schedule.under_way() < notice_sender::most_at_once) {
      const auto where = schedule.take(now);
      if (!where) break;
      begin(*where, now);
    }
    if (const auto next = schedule.next_time()) nap(std::chrono::ceil<milliseconds>(*next - settings.wall_clock()));
  }

  void nap(milliseconds time) {
    if (schedule.under_way() >= notice_sender::most_at_once) return;  // whoever is done goes on
    const auto nap_length = std::clamp(time, milliseconds{10}, milliseconds{longest_nap});
    const auto until = self->clock().now() + nap_length;
    if (awake_at && *awake_at <= until) return;
    awake_at = until;
    self->delayed_send(self, caf::timespan{nap_length}, deliver_due{});
  }

  void begin(const webhook_endpoint& where, notice_database::time now) {
    auto due = db->next_due(where, now);
    if (!due) {
      (void)trouble.by(due.error().line);
      return schedule.done(where, now + retry_wait);
    }
    if (!*due) return go_on(where);
    ask(self, settings.registry, registry_limit, find_tenant_by_id{{where.tenant}})
        .then([this, due = **due](const found_tenant& found) { send(due, found.tenant); },
              [this, where](const caf::error&) {
                schedule.done(where, settings.wall_clock() + registry_pause);
                deliver();
              });
  }

  void send(const notice& due, const tenant_ptr& tenant) {
    const auto has = [&](const model::tenant::webhook& one) { return one.name == due.to.name; };
    if (!tenant || std::none_of(tenant->webhooks.begin(), tenant->webhooks.end(), has))
      return settle(due, webhook_outcome::refused, {0, "the tenant has no such webhook any more", {}});
    const auto at_most = notice_sender::limit + seconds{5};
    ask(self, settings.sender, at_most, send_notice{tenant, due.to.name, due.id, due.body})
        .then([this, due](const notice_sent& sent) { settle(due, model::outcome_of(sent.status), sent); },
              [this, due](const caf::error&) {  // the sender crashed: that is no attempt of the tenant's server
                schedule.done(due.to, settings.wall_clock() + registry_pause);
                deliver();
              });
  }

  void settle(const notice& due, webhook_outcome outcome, const notice_sent& sent) {
    counted().attempts(outcome);
    const auto now = settings.wall_clock();
    const auto written = write_outcome(due, outcome, sent, now);
    if (!written) {
      (void)trouble.by(written.error().line);  // it is sent again, with the same id
      schedule.done(due.to, now + unwritten_pause);
    } else {
      trouble.ended();
      go_on(due.to);
    }
    deliver();
  }

  notice_database::result<void> write_outcome(const notice& due, webhook_outcome outcome, const notice_sent& sent,
                                              notice_database::time now) {
    if (outcome == webhook_outcome::delivered) {
      failing.erase(due.to);
      return db->delivered(due, now);
    }
    const notice_database::attempt last{now, sent.status, sent.error};
    if (outcome == webhook_outcome::again) {
      const model::webhook_attempts so_far{due.attempts + 1, due.first_attempt.value_or(now)};
      const auto jitter = static_cast<double>(settings.random()) / std::numeric_limits<std::uint32_t>::max();
      if (const auto next = next_attempt(so_far, now, jitter, sent.retry_after)) return db->put_off(due, last, *next);
    }
    counted().given_up();
    if (failing.size() >= most_failing) failing.clear();  // they are told of once more
    if (failing.insert(due.to).second) tell_operator(due, sent);
    return db->give_up(due, last);
  }

  /// Once, until it takes an event again.
  static void tell_operator(const notice& due, const notice_sent& sent) {
    log::warn("Webhook {webhook} of tenant {tenant} was not told of {event}: {why}",
              {{"webhook", due.to.name}, {"tenant", due.to.tenant}, {"event", due.event}, {"why", sent.error}});
  }

  void go_on(const webhook_endpoint& where) {
    const auto next = db->next_time(where);
    if (next) return schedule.done(where, *next);
    (void)trouble.by(next.error().line);
    schedule.done(where, settings.wall_clock() + retry_wait);
  }

  // --- for people

  caf::result<deliveries_listed> list(const list_deliveries& m) {
    if (!is_open()) return unavailable();
    auto page = db->list(m.tenant.value, m.is, m.before, m.most + 1);
    if (!page) return unavailable();
    deliveries_listed found{std::move(*page), 0};
    if (found.page.size() <= m.most) return found;
    found.page.resize(m.most);
    found.next = found.page.back().seq;
    return found;
  }

  caf::result<notice_redelivered> redeliver(const redeliver_notice& m) {
    if (!is_open()) return unavailable();
    const auto now = settings.wall_clock();
    auto found = db->redeliver(m.tenant.value, m.id, now);
    if (!found) return unavailable();
    if (!*found) return notice_redelivered{};
    schedule.put((*found)->to, now);
    self->send(self, deliver_due{});
    return notice_redelivered{{**found}};
  }

  void count() {
    const auto now = db ? db->count() : notice_database::result<notice_database::counts>{};
    if (!now) return;
    counted().waiting.set(static_cast<double>(now->waiting));
    counted().dead.set(static_cast<double>(now->dead));
  }

  void prune() {
    self->delayed_send(self, caf::timespan{prune_wait}, prune_notices{});
    if (!is_open()) return;
    if (const auto done = db->prune(settings.wall_clock()); !done) (void)trouble.by(done.error().line);
  }

  keeper_door::pointer self;
  notice_keeper_settings settings;
  std::optional<notice_database> db;
  model::endpoint_schedule schedule;
  std::optional<caf::actor_clock::time_point> awake_at;  ///< it is woken then
  std::set<webhook_endpoint> failing;                    ///< whose dead letters the log knows of
  keeping_trouble trouble{"What tenants are told"};
};

keeper_door::behavior_type run_keeper(keeper_door::stateful_pointer<keeper_state> self,
                                      notice_keeper_settings settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

notice_keeper keep_notices(caf::actor_system& system, notice_keeper_settings settings) {
  return system.spawn<caf::detached>(run_keeper, std::move(settings));
}

}  // namespace tonris::actors
