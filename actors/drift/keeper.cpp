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
#include "model/usage_report/bill_drift.hpp"
#include "model/usage_report/unknown_bills.hpp"

namespace tonris::actors {

namespace {

using outcome = drift_metrics::outcome;
using settings_type = drift_keeper_settings;
using std::chrono::sys_days;

constexpr std::chrono::seconds calls_limit{30};
constexpr std::chrono::seconds bills_limit = bill_reader_settings::longest + std::chrono::minutes{15};

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
};

double flagged_in(const std::vector<model::drift_row>& rows) {
  return static_cast<double>(std::ranges::count_if(rows, [](const auto& row) { return row.is_flagged(); }));
}

struct keeper_state {
  static inline const char* name = "tonris.drift_keeper";

  explicit keeper_state(keeper_door::pointer actor) : self(actor) {}

  keeper_door::behavior_type make_behavior(settings_type given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    remind(settings_type::first_look, look_due{});
    return {
        [this](const read_drift& m) { return read(m); },
        [this](look_at_days) { look(); },
        [this](look_due) {
          remind(settings_type::between_looks, look_due{});
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
    if (const auto newest = db->newest(); newest && !*newest) listed_from = first_look_end();
    tell_newest();
    return true;
  }

  /// What was before a node's first look was nobody's: the lists of those days would be unknown calls alone.
  [[nodiscard]] sys_days first_look_end() const {
    return std::chrono::floor<std::chrono::days>(settings.wall_clock() - settings_type::bills_take);
  }

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
    return drift_read{std::move(*found)};
  }

  // --- which day

  void look() {
    if (now) return;  // it comes to the next day by itself
    if (!is_open()) return failed();
    const auto end = std::chrono::floor<std::chrono::days>(settings.wall_clock() - settings_type::bills_take);
    const auto is_ready = db->forget_from(end);
    const auto missing =
        is_ready ? db->first_missing(end - settings_type::made_up_for, end) : tl::unexpected(is_ready.error());
    if (!missing) {
      (void)trouble.by(missing.error().line);
      return failed();
    }
    if (*missing) begin(**missing);
  }

  void begin(sys_days day) {
    now.emplace(reading{day, {}, model::bill_drift{*settings.rates}});
    now->query.from = day;
    now->query.to = day + std::chrono::days{1};
    now->query.limit = settings_type::page;
    read_page();
  }

  // --- its calls

  void read_page() {
    if (!now) return;
    ask(self, settings.calls, calls_limit, find_calls{now->query})
        .then([this](const found_calls& found) { take(found.records); }, [this](const caf::error&) { failed(); });
  }

  void take(const std::vector<std::string>& records) {
    std::size_t readable = 0;
    for (const auto& json : records) {
      const auto record = model::parse_call_record(json);
      if (!record) continue;
      ++readable;
      now->query.after = place_of(*record);
      now->drift.add(*record);
    }
    const bool is_last = records.size() < settings_type::page;
    if (!is_last && readable == 0) return failed();  // nobody knows where it goes on
    if (!is_last) return remind(settings_type::pause, read_next_page{});
    list();
  }

  // --- what the vendors list of it

  void list() {
    if (!settings.bills || now->day < listed_from) return keep();
    ask(self, settings.bills, bills_limit, list_bills{now->day})
        .then([this](const bills_listed& listed) { take(listed); }, [this](const caf::error&) { failed(); });
  }

  void take(const bills_listed& listed) {
    const auto due = now->day + std::chrono::days{1} + settings_type::bills_take;
    if (listed.is_to_come && settings.wall_clock() < due + settings_type::lists_take) return failed();
    now->bills = listed;
    keep();
  }

  void keep() {
    const drift_database::kept_day of{now->day, now->drift.at_twilio(), now->drift.at_elevenlabs(), now->bills.twilio,
                                      now->bills.elevenlabs};
    if (const auto done = db->keep(of); !done) {
      (void)trouble.by(done.error().line);
      return failed();
    }
    trouble.ended();
    counted().days(outcome::kept);
    tell_newest();
    now.reset();
    look();
  }

  /// Until the next look.
  void failed() {
    now.reset();
    counted().days(outcome::failed);
  }

  [[nodiscard]] const drift_metrics& counted() const { return settings.counters->of<drift_metrics>(); }

  void tell_newest() {
    const auto day = db->newest();
    if (!day || !*day) return;
    const auto rows = db->days({{}, **day, **day + std::chrono::days{1}, most_tenants});
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
  std::optional<reading> now;
  sys_days listed_from{};
};

keeper_door::behavior_type run_keeper(keeper_door::stateful_pointer<keeper_state> self, settings_type settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

drift_keeper keep_drift(caf::actor_system& system, drift_keeper_settings settings) {
  return system.spawn<caf::detached>(run_keeper, std::move(settings));
}

}  // namespace tonris::actors
