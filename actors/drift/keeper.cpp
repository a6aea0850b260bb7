#include "actors/drift/keeper.hpp"

#include <algorithm>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <optional>
#include <string>
#include <utility>

#include "actors/drift/bill_metrics.hpp"
#include "actors/drift/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/runtime/keeping_trouble.hpp"
#include "actors/telemetry/log.hpp"
#include "model/usage_report/bill_drift.hpp"
#include "model/usage_report/drift_days.hpp"
#include "model/usage_report/local_day.hpp"
#include "model/usage_report/unknown_bills.hpp"

namespace tonris::actors {

namespace {

using outcome = drift_metrics::outcome;
using settings_type = drift_keeper_settings;
using model::clock_doubt;
using std::chrono::days;
using std::chrono::sys_days;

constexpr std::chrono::seconds calls_limit{30};
constexpr std::chrono::seconds bills_limit = settings_type::listing_takes;
constexpr std::chrono::seconds sharing_limit{30};

struct look_due {  // to itself; so below
  using travels = in_process;
};
struct read_next_page {
  using travels = in_process;
};
using keeper_door = drift_keeper::extend<caf::reacts_to<look_due>, caf::reacts_to<read_next_page>>;

/// A day, while its calls are read.
struct reading {
  sys_days day;
  model::call_query query;
  model::bill_drift drift;
  bills_listed bills{};
  std::size_t calls = 0;
  std::optional<drift_database::kept_day> before{};  ///< as it was kept
};

bool is_empty(const reading& day) {
  return day.calls == 0 && calls_only_theirs(day.bills.twilio.unknown) == 0 &&
         calls_only_theirs(day.bills.elevenlabs.unknown) == 0;
}

double flagged_in(const std::vector<model::drift_row>& rows) {
  return static_cast<double>(std::ranges::count_if(rows, [](const auto& row) { return row.is_flagged(); }));
}

std::string text_of(sys_days day) {
  return to_string(model::local_day{std::chrono::local_days{day.time_since_epoch()}});
}

struct keeper_state {
  static inline const char* name = "tonris.drift_keeper";

  explicit keeper_state(keeper_door::pointer actor) : self(actor) {}

  keeper_door::behavior_type make_behavior(settings_type given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    remind(settings.round, look_due{});
    return {
        [this](const read_drift& m) { return read(m); },
        [this](look_at_days) { look(); },
        [this](look_due) {
          remind(settings.round, look_due{});
          look();
        },
        [this](read_next_page) { read_page(); },
    };
  }

 private:
  template <class Message>
  void remind(std::chrono::milliseconds after, Message message) {
    self->delayed_send(self, caf::timespan{after}, message);
  }

  bool is_open() {
    if (db) return true;
    if (!trouble.may_open(self->clock().now())) return false;
    auto opened = settings.open();
    if (!opened) return trouble.by(opened.error().line);
    db = std::move(*opened);
    trouble.ended();
    begin_lists();
    tell_newest();
    return true;
  }

  /// With the first whole day of this gateway: whoever had the calls of those before was not it. Its first look keeps
  /// days as far back as any are made up for.
  void begin_lists() {
    const auto first = db->earliest();
    if (!first) return;
    const auto begun = first->value_or(end() - settings_type::made_up_for);
    listed_from = begun + settings_type::made_up_for + days{3};
  }

  /// Of days that are not over an empty one says nothing: a clock that was ahead has made it.
  caf::result<drift_read> read(const read_drift& m) {
    const auto unreadable = [] {
      return caf::make_error(caf::sec::runtime_error, "the store of drift cannot be read");
    };
    if (!is_open()) return unreadable();
    auto found = db->days(m.what);
    if (!found) {
      (void)trouble.by(found.error().line);
      return unreadable();
    }
    std::erase_if(found->days, [end = end()](const auto& day) {
      return day.date >= end && day.twilio.empty() && day.elevenlabs.empty();
    });
    return drift_read{std::move(*found)};
  }

  // --- which day

  [[nodiscard]] sys_days end() const {
    return std::chrono::floor<days>(settings.wall_clock() - settings_type::bills_take);
  }

  void look() {
    if (looks) return;  // it comes to the next day by itself
    looks = true;
    if (!is_open() || !is_held_against_clock()) return failed();
    from = {};
    ask(self, settings.calls, calls_limit, find_changed_days{end()})
        .then([this](const found_changed_days& found) { note(found.days); }, [this](const caf::error&) { failed(); });
  }

  bool is_held_against_clock() {
    const auto newest = db->newest();
    if (!newest) return trouble.by(newest.error().line);
    const auto is = model::doubt_of(*newest, end(), settings_type::made_up_for);
    if (is == clock_doubt::behind)
      if (const auto done = db->make_anew_from(end()); !done) return trouble.by(done.error().line);
    if (is != clock_doubt::none) counted().days(outcome::clock_doubted);
    if (std::exchange(doubt, is) != is) tell_doubt(newest->value_or(end()));
    return true;
  }

  void tell_doubt(sys_days newest) const {
    const auto last = text_of(newest), over = text_of(end() - days{1});
    if (doubt == clock_doubt::behind)
      log::warn(
          "Drift from the bills is kept up to {newest}, but by the clock only days up to {over} are over: it is "
          "behind, or was ahead. None is forgotten; they are made once more when they are over",
          {{"newest", last}, {"over", over}});
    if (doubt == clock_doubt::ahead)
      log::warn(
          "Drift from the bills is kept up to {newest}, but by the clock days up to {over} are over: it is ahead, "
          "or nothing was kept meanwhile. Days without calls are left out",
          {{"newest", last}, {"over", over}});
    if (doubt == clock_doubt::none) log::info("The clock fits the days of drift that are kept");
  }

  void note(const std::vector<call_database::changed_day>& changed) {
    std::vector<sys_days> which;
    which.reserve(changed.size());
    for (const auto& one : changed) which.push_back(one.day);
    if (const auto done = db->make_anew(which); !done) {
      (void)trouble.by(done.error().line);
      return failed();
    }
    if (!changed.empty()) self->send(settings.calls, changed_days_noted{changed});
    next();
  }

  void next() {
    auto day = db->first_missing(std::max(from, end() - settings_type::made_up_for), end());
    if (day && !*day) day = db->first_to_make_anew(end());
    if (!day) {
      (void)trouble.by(day.error().line);
      return failed();
    }
    if (!*day) {
      to_share = end() - settings_type::made_up_for;
      return share_next();
    }
    begin(**day);
  }

  void begin(sys_days day) {
    now.emplace(reading{day, {}, model::bill_drift{*settings.rates}});
    now->query.from = day;
    now->query.to = day + days{1};
    now->query.limit = settings_type::page;
    read_page();
  }

  // --- its calls

  void read_page() {
    if (!now) return;
    ask(self, settings.calls, calls_limit, find_calls{now->query})
        .then([this](const found_calls& found) { take(found); }, [this](const caf::error&) { failed(); });
  }

  void take(const found_calls& found) {
    for (const auto& json : found.records) {
      const auto record = model::parse_call_record(json);
      if (!record) continue;
      ++now->calls;
      now->drift.add(*record);
    }
    now->query.after = found.last;
    if (found.last) return remind(settings_type::pause, read_next_page{});
    read_former();
  }

  void read_former() {
    if (find(now->day, now->before)) list();
  }

  /// As it is kept; false: it cannot be read, and the look is over.
  bool find(sys_days day, std::optional<drift_database::kept_day>& into) {
    auto found = db->days({{}, day, day + days{1}, most_tenants});
    if (!found) {
      (void)trouble.by(found.error().line);
      failed();
      return false;
    }
    if (!found->days.empty()) into = std::move(found->days.front());
    return true;
  }

  // --- what the vendors list of it

  void list() {
    if (!settings.bills || now->day < listed_from || now->day < end() - settings_type::listed_for) return keep();
    if (now->before) return keep();  // some of its records may be gone since
    ask(self, settings.bills, bills_limit, list_bills{now->day})
        .then([this](const bills_listed& listed) { take(listed); }, [this](const caf::error&) { failed(); });
  }

  void take(const bills_listed& listed) {
    const auto due = now->day + std::chrono::days{1} + settings_type::bills_take;
    if (listed.is_to_come && settings.wall_clock() < due + settings_type::lists_take)
      return wait_for_lists(listed.is_elsewhere ? outcome::elsewhere : outcome::failed);
    if (listed.is_to_come) self->send(settings.bills, give_up_bills{now->day});
    now->bills = listed;
    keep();
  }

  /// Until the next look, and with it those that were never kept: their lists are read day by day. Days that are made
  /// anew need none.
  void wait_for_lists(outcome why) {
    counted().days(why);
    from = sys_days::max();
    go_on();
  }

  void keep() {
    const auto day = now->day;
    const auto newest = db->newest();
    if (!newest) {
      (void)trouble.by(newest.error().line);
      return failed();
    }
    from = std::max(from, day + days{1});
    const bool is_new = !now->before;
    const bool is_doubtful = model::doubt_of(*newest, day + days{1}, settings_type::made_up_for) == clock_doubt::ahead;
    if (is_new && is_doubtful && is_empty(*now)) return go_on();
    const auto kept = now->before.value_or(drift_database::kept_day{day});
    const auto bill_of = [](const auto& listed, const auto& former) {
      return listed.read == drift_database::bill::read_type::none ? former : listed;
    };
    const drift_database::kept_day of{day, model::made_anew(kept.twilio, now->drift.at_twilio()),
                                      model::made_anew(kept.elevenlabs, now->drift.at_elevenlabs()),
                                      bill_of(now->bills.twilio, kept.twilio_bill),
                                      bill_of(now->bills.elevenlabs, kept.elevenlabs_bill)};
    if (const auto done = db->keep(of); !done) {
      (void)trouble.by(done.error().line);
      return failed();
    }
    trouble.ended();
    counted().days(is_new ? outcome::kept : outcome::anew);
    tell_newest();
    go_on();
  }

  void go_on() {
    now.reset();
    next();
  }

  // --- what gateways have read of the lists for each other

  /// Day after day, of those that are made up for. What was read while nobody could be told is told with it.
  void share_next() {
    std::optional<drift_database::kept_day> day;
    for (; settings.sharing && !day && to_share < end(); to_share += days{1})
      if (!find(to_share, day)) return;
    if (!day) {
      looks = false;
      return;
    }
    ask(self, settings.sharing, sharing_limit, share_bills{day->date, day->twilio_bill, day->elevenlabs_bill})
        .then(
            [this, day = std::move(*day)](const bills_shared& all) {
              if (take(all, day)) share_next();
            },
            [this](const caf::error&) { looks = false; });  // at the next look
  }

  /// False: it cannot be kept, and the look is over.
  bool take(const bills_shared& all, drift_database::kept_day day) {
    if (all.twilio == day.twilio_bill && all.elevenlabs == day.elevenlabs_bill) return true;
    day.twilio_bill = all.twilio;
    day.elevenlabs_bill = all.elevenlabs;
    if (const auto done = db->keep(day); !done) {
      (void)trouble.by(done.error().line);
      failed();
      return false;
    }
    counted().days(outcome::taken);
    tell_newest();
    return true;
  }

  /// Until the next look.
  void failed() {
    now.reset();
    looks = false;
    counted().days(outcome::failed);
  }

  [[nodiscard]] const drift_metrics& counted() const { return settings.counters->of<drift_metrics>(); }

  void tell_newest() {
    const auto day = db->newest(end());
    if (!day || !*day) return;
    const auto rows = db->days({{}, **day, **day + days{1}, most_tenants});
    if (!rows || rows->days.empty()) return;
    counted().at_twilio.set(flagged_in(rows->days.front().twilio));
    counted().at_elevenlabs.set(flagged_in(rows->days.front().elevenlabs));
    const auto& unknown = settings.counters->of<bill_metrics>();
    unknown.unknown_at_twilio.set(calls_only_theirs(rows->days.front().twilio_bill.unknown));
    unknown.unknown_at_elevenlabs.set(calls_only_theirs(rows->days.front().elevenlabs_bill.unknown));
  }

  static constexpr std::size_t most_tenants = 1'000'000;

  keeper_door::pointer self;
  settings_type settings;
  std::optional<drift_database> db;
  keeping_trouble trouble{"What drifts from the bills"};
  bool looks = false;
  sys_days from{};      ///< what is missing before it was looked at
  sys_days to_share{};  ///< what is before it was shared at this look
  clock_doubt doubt{};
  std::optional<reading> now;
  sys_days listed_from = sys_days::max();
};

keeper_door::behavior_type run_keeper(keeper_door::stateful_pointer<keeper_state> self, settings_type settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

drift_keeper keep_drift(caf::actor_system& system, drift_keeper_settings settings) {
  return system.spawn<caf::detached>(run_keeper, std::move(settings));
}

}  // namespace tonris::actors
