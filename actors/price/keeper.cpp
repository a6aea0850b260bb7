#include "actors/price/keeper.hpp"

#include <algorithm>
#include <array>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "actors/call/bring_fact.hpp"
#include "actors/price/bill.hpp"
#include "actors/price/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/call/open_bill.hpp"
#include "model/elevenlabs/post_call.hpp"
#include "model/money/price_polls.hpp"
#include "model/tenant/secrets.hpp"

namespace tonris::actors {

namespace {

using outcome = price_metrics::outcome;
using report = price_metrics::report;
using time = model::call_record::time;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds store_limit{5}, registry_limit{5}, twilio_limit{15}, elevenlabs_limit{15}, callbacks_limit{10},
    supervisor_limit{2};

struct look_due {  // to itself; so below
  using travels = in_process;
};
struct ask_next_price {
  using travels = in_process;
};
struct read_last_day {
  using travels = in_process;
};
using keeper_door =
    price_keeper::extend<caf::reacts_to<look_due>, caf::reacts_to<ask_next_price>, caf::reacts_to<read_last_day>>;

using model::call_moment;

template <std::size_t N>
bool is_one_of(std::string_view moment, const std::array<call_moment, N>& those) {
  return std::ranges::any_of(those, [&](call_moment one) { return moment == to_string(one); });
}

constexpr std::array ends{call_moment::ended, call_moment::refused};
/// A call that is over may be billed for more after these.
constexpr std::array adds{call_moment::transfer, call_moment::fallback, call_moment::voicemail, call_moment::recording};

struct keeper_state {
  static inline const char* name = "tonris.price_keeper";

  explicit keeper_state(keeper_door::pointer actor) : self(actor) {}

  keeper_door::behavior_type make_behavior(price_keeper_settings given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    seen = settings.board->newest();
    remind(price_keeper_settings::look, look_due{});
    remind(price_keeper_settings::pause, ask_next_price{});
    begin_reading();
    return {
        [this](look_for_ended_calls) { look(); },
        [this](look_due) {
          remind(price_keeper_settings::look, look_due{});
          look();
        },
        [this](ask_next_price) { ask_next(); },
        [this](read_last_day) { read_on(); },
    };
  }

 private:
  struct waiting_call {
    model::call_sid call;
    time ended;  ///< or, of what came later, when that came
    unsigned attempts = 0;
    std::unordered_set<model::conversation_id> unknown{};  ///< to ElevenLabs
    time asked{};                                          ///< the last time
  };

  template <class Message>
  void remind(milliseconds after, Message message) {
    self->delayed_send(self, caf::timespan{after}, message);
  }
  [[nodiscard]] const price_metrics& counted() const { return settings.counters->of<price_metrics>(); }

  // --- whose price is wanted

  void look() {
    const auto news = settings.board->since(seen);
    seen = news.newest;
    for (const auto& what : news.all)
      if (is_one_of(what.what, ends) || (is_one_of(what.what, adds) && is_over(what.call)))
        wait_for({what.call, what.at});
    if (news.lost) begin_reading();
  }

  /// Of one that lives, the end is to come.
  [[nodiscard]] bool is_over(const model::call_sid& call) const {
    return known.contains(call) || !settings.board->has(call);
  }

  void wait_for(waiting_call one) {
    if (const auto now = known.find(one.call); now != known.end()) {
      now->second = std::max(now->second, one.ended);
      return;
    }
    if (known.size() >= price_keeper_settings::most) return counted().asked(outcome::full);
    known.emplace(one.call, one.ended);
    put_off(std::move(one));
  }

  /// False: nobody asks any more.
  bool put_off(waiting_call one) {
    const auto jitter = static_cast<double>(settings.random()) / std::numeric_limits<std::uint32_t>::max();
    const auto due = model::next_price_poll(one.ended, one.attempts, jitter, settings.first);
    if (due)
      queue.emplace(*due, std::move(one));
    else
      known.erase(one.call);
    counted().waiting.set(static_cast<double>(known.size()));
    return due.has_value();
  }

  /// What came in behind the question, or so shortly before that it did not show yet, is asked about by itself.
  void is_settled(const waiting_call& one) {
    const auto now = known.find(one.call);
    const auto newest = now == known.end() ? one.ended : now->second;
    if (newest > one.ended && newest + settings.first > one.asked) {
      put_off({one.call, newest});
      return;
    }
    known.erase(one.call);
    counted().waiting.set(static_cast<double>(known.size()));
  }

  // --- the store's last day

  void begin_reading() {
    const bool reads = reading.has_value();
    reading.emplace();
    reading->from = settings.wall_clock() - model::last_price_poll;
    reading->limit = price_keeper_settings::page;
    if (!reads) self->send(self, read_last_day{});
  }

  void read_on() {
    if (!reading) return;
    ask(self, settings.store, store_limit, find_calls{*reading, true})
        .then(
            [this](const found_calls& found) {
              take(found.records);
              if (!found.last) return reading.reset();
              reading->after = found.last;
              remind(price_keeper_settings::pause, read_last_day{});
            },
            [this](const caf::error&) { remind(seconds{30}, read_last_day{}); });
  }

  void take(const std::vector<std::string>& records) {
    for (const auto& json : records) {
      const auto record = model::parse_call_record(json);
      if (record && (wants_bill(*record) || untold_in(*record, {})))
        wait_for({record->call, record->ended.value_or(record->started)});
    }
  }

  static bool wants_bill(const model::call_record& record) { return !open_bill_of(record).empty(); }

  /// The first that nobody has told what it cost; nothing: there is none.
  static std::optional<model::conversation_id> untold_in(const model::call_record& record, const waiting_call& one) {
    for (const auto& conversation : record.conversations) {
      if (conversation.id.empty() || one.unknown.contains(conversation.id)) continue;
      const auto is_told = [&](const auto& told) { return told.conversation == conversation.id && told.seconds; };
      if (std::ranges::none_of(record.reports, is_told)) return conversation.id;
    }
    return std::nullopt;
  }

  // --- asking

  void ask_next() {
    const auto next = queue.begin();
    const bool is_due = next != queue.end() && next->first <= settings.wall_clock();
    remind(is_due ? price_keeper_settings::between_calls : price_keeper_settings::pause, ask_next_price{});
    if (!is_due || asking >= price_keeper_settings::at_once) return;
    ++asking;
    auto one = std::move(next->second);
    one.asked = settings.wall_clock();
    queue.erase(next);
    ask(self, settings.store, store_limit, find_record{one.call})
        .then([this, one](const found_record& found) { with_record(one, found.json); },
              [this, one](const caf::error&) { again(one, outcome::failed); });
  }

  /// Its record may not be written yet, or be gone.
  void with_record(const waiting_call& one, const std::string& json) {
    const auto record = model::parse_call_record(json);
    if (!record) return json.empty() ? again(one, outcome::pending) : go_on(one);
    const auto untold = untold_in(*record, one);
    if (!wants_bill(*record) && !untold) return go_on(one);
    if (untold && settings.wall_clock() >= one.ended + price_keeper_settings::untold * settings.first)
      return find_its_tenant(one, *record, *untold);
    ask_twilio_about(one, *record);
  }

  // --- ElevenLabs

  void find_its_tenant(const waiting_call& one, const model::call_record& record, const model::conversation_id& of) {
    ask(self, settings.registry, registry_limit, find_tenant_by_id{record.tenant})
        .then(
            [this, one, record, of](const found_tenant& found) {
              if (found.tenant) return ask_elevenlabs_about(one, record, {of, found.tenant});
              reported(one, record, report::failed);
            },
            [this, one, record](const caf::error&) { reported(one, record, report::failed); });
  }

  void ask_elevenlabs_about(const waiting_call& one, const model::call_record& record, const fetch_conversation& what) {
    ask(self, settings.elevenlabs, elevenlabs_limit, what)
        .then(
            [this, one, record, of = what.conversation](const vendor_document& answer) {
              if (answer.is == vendor_document::outcome::found) return keep_report(one, record, of, answer.body);
              if (answer.is != vendor_document::outcome::unknown) return reported(one, record, report::failed);
              auto without = one;
              without.unknown.insert(of);
              reported(without, record, report::unknown);
            },
            [this, one, record](const caf::error&) { reported(one, record, report::failed); });
  }

  void keep_report(const waiting_call& one, const model::call_record& record, const model::conversation_id& of,
                   std::string_view answer) {
    auto told = model::elevenlabs::as_post_call(answer, of);
    if (!told) return reported(one, record, report::failed);
    if (!*told) return reported(one, record, report::pending);
    ask(self, settings.callbacks, callbacks_limit, keep_callback{std::move(**told), {}, true})
        .then(
            [this, one, record](const callback_kept& kept) {
              const bool is_kept =
                  kept.how == callback_kept::outcome::kept || kept.how == callback_kept::outcome::known;
              reported(one, record, is_kept ? report::found : report::failed);
            },
            [this, one, record](const caf::error&) { reported(one, record, report::failed); });
  }

  void reported(const waiting_call& one, const model::call_record& record, report how) {
    counted().reports(how);
    ask_twilio_about(one, record);
  }

  // --- Twilio

  void ask_twilio_about(const waiting_call& one, const model::call_record& record) {
    if (!wants_bill(record)) return again(one);
    if (record.account == settings.main.sid) return ask_as(settings.main, one, record);
    ask(self, settings.registry, registry_limit, find_tenant_by_id{record.tenant})
        .then(
            [this, one, record](const found_tenant& found) {
              const auto tokens = found.tenant ? auth_tokens_of(found.tenant->secrets) : std::vector<std::string>{};
              if (tokens.empty() || found.tenant->secrets.account != record.account)
                return bill_is_settled(one, record);
              ask_as({record.account, tonris::config::secret{tokens.front()}}, one, record);
            },
            [this, one](const caf::error&) { again(one, outcome::failed); });
  }

  void ask_as(const twilio_account& as, const waiting_call& one, const model::call_record& record) {
    bill_services house;
    house.ask = [this](const ask_twilio& what, const std::function<void(const twilio_answer&)>& answered) {
      ask(self, settings.twilio, twilio_limit, what)
          .then([answered](const twilio_answer& answer) { answered(answer); },
                [answered](const caf::error&) { answered(twilio_answer{}); });
    };
    house.tell = [this, call = one.call](const model::later_fact& fact, const std::function<void(bool)>& then) {
      tell(call, fact, then);
    };
    house.found = [this] { counted().asked(outcome::found); };
    house.no_rate = [this](model::currency in) { misses_rate(in); };
    house.wall_clock = settings.wall_clock;
    house.rates = settings.rates;
    ask_bill(std::move(house), as, record, [this, one, record](bill_state state) {
      switch (state) {
        case bill_state::settled: return bill_is_settled(one, record);
        case bill_state::pending: return again(one, outcome::pending);
        case bill_state::failed: return again(one, outcome::failed);
      }
    });
  }

  void misses_rate(model::currency in) {
    counted().no_rate();
    if (!said_of.insert(in).second) return;
    log::warn(
        "Twilio bills in {currency}, which the rates have no \"exchange\" for (RATES_FILE): what those calls cost "
        "has no total",
        {{"currency", std::string{in.code()}}});
  }

  void tell(const model::call_sid& call, const model::later_fact& fact, const std::function<void(bool)>& then) {
    const fact_door through{settings.supervisor, settings.journal, supervisor_limit};
    bring_fact(self, through, {call, fact}, [then](fact_went where) { then(where != fact_went::unanswered); });
  }

  void bill_is_settled(const waiting_call& one, const model::call_record& record) {
    untold_in(record, one) ? again(one) : go_on(one);
  }

  // --- what comes next

  /// `price`: what came of asking for it, where that was asked.
  void again(waiting_call one, std::optional<outcome> price = {}) {
    --asking;
    ++one.attempts;
    const auto call = one.call;
    if (!put_off(std::move(one))) {
      if (price) price = outcome::given_up;
      log::info("Not all of what call {call} has cost was told within a day: its estimate stays",
                {{"call", call.value}});
    }
    if (price) counted().asked(*price);
  }

  void go_on(const waiting_call& settled) {
    --asking;
    is_settled(settled);
  }

  keeper_door::pointer self;
  price_keeper_settings settings;
  std::uint64_t seen = 0;                           ///< of the board
  std::multimap<time, waiting_call> queue;          ///< by when it is due
  std::unordered_map<model::call_sid, time> known;  ///< in the queue, or being asked about: when the last came of it
  std::set<model::currency> said_of;                ///< that have no exchange rate; whoever runs it knows
  std::size_t asking = 0;                           ///< about so many at this moment
  std::optional<model::call_query> reading;         ///< the store's last day, page by page
};

keeper_door::behavior_type run_keeper(keeper_door::stateful_pointer<keeper_state> self,
                                      price_keeper_settings settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

price_keeper keep_prices(caf::actor_system& system, price_keeper_settings settings) {
  return system.spawn(run_keeper, std::move(settings));
}

}  // namespace tonris::actors
