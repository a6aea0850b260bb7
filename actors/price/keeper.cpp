#include "actors/price/keeper.hpp"

#include <algorithm>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "actors/price/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/elevenlabs/post_call.hpp"
#include "model/money/price_polls.hpp"
#include "model/money/twilio_price.hpp"
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

/// Twilio's price and our rate for the stream, which no price of a call has in it.
model::cost_part price_of(const model::money& connection, const model::call_record& record,
                          const model::rate_card& rates, time at) {
  auto stream = rates.at(record.started);
  stream.twilio_per_minute = stream.elevenlabs_per_minute = 0;
  const model::money beside{cost_of(stream, record.metered_seconds), model::us_dollars};
  return {sum(connection, beside).value_or(connection), true, model::cost_source::vendor, at};
}

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
    time ended;
    unsigned attempts = 0;
    std::unordered_set<model::conversation_id> unknown{};  ///< to ElevenLabs
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
      if (what.what == to_string(model::call_moment::ended) || what.what == to_string(model::call_moment::refused))
        wait_for({what.call, what.at});
    if (news.lost) begin_reading();
  }

  void wait_for(waiting_call one) {
    if (known.contains(one.call)) return;
    if (known.size() >= price_keeper_settings::most) return counted().asked(outcome::full);
    known.insert(one.call);
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

  void is_settled(const model::call_sid& call) {
    known.erase(call);
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
              if (found.records.size() < price_keeper_settings::page) return reading.reset();
              remind(price_keeper_settings::pause, read_last_day{});
            },
            [this](const caf::error&) { remind(seconds{30}, read_last_day{}); });
  }

  void take(const std::vector<std::string>& records) {
    for (const auto& json : records) {
      const auto record = model::parse_call_record(json);
      if (!record) continue;
      reading->after = place_of(*record);
      if (wants_price(*record) || untold_in(*record, {}))
        wait_for({record->call, record->ended.value_or(record->started)});
    }
  }

  static bool wants_price(const model::call_record& record) {
    return !record.account.empty() && record.cost.twilio && !record.cost.twilio->is_final;
  }

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
    if (!wants_price(*record) && !untold) return go_on(one);
    if (untold && settings.wall_clock() >= one.ended + price_keeper_settings::untold * settings.first)
      return find_its_tenant(one, *record, *untold);
    ask_price(one, *record);
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
    ask(self, settings.callbacks, callbacks_limit, keep_callback{std::move(**told), {}})
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
    ask_price(one, record);
  }

  // --- Twilio

  void ask_price(const waiting_call& one, const model::call_record& record) {
    if (!wants_price(record)) return again(one);
    if (record.account == settings.main.sid) return ask_twilio_about(one, record, settings.main);
    ask(self, settings.registry, registry_limit, find_tenant_by_id{record.tenant})
        .then(
            [this, one, record](const found_tenant& found) {
              const auto tokens = found.tenant ? auth_tokens_of(found.tenant->secrets) : std::vector<std::string>{};
              if (tokens.empty() || found.tenant->secrets.account != record.account)
                return price_is_settled(one, record);
              ask_twilio_about(one, record, {record.account, tonris::config::secret{tokens.front()}});
            },
            [this, one](const caf::error&) { again(one, outcome::failed); });
  }

  void ask_twilio_about(const waiting_call& one, const model::call_record& record, const twilio_account& as) {
    ask(self, settings.twilio, twilio_limit, ask_twilio{as, model::twilio_call_target(as.sid, record.call)})
        .then([this, one, record](const twilio_answer& answer) { answered(one, record, answer); },
              [this, one](const caf::error&) { again(one, outcome::failed); });
  }

  void answered(const waiting_call& one, const model::call_record& record, const twilio_answer& answer) {
    if (answer.status != 200) return again(one, outcome::failed);
    const auto price = model::parse_twilio_call_price(answer.body);
    if (!price || price->call != one.call) return again(one, outcome::failed);
    const auto progress = progress_in(*price);
    auto in_record = record.twilio;
    if (!model::twilio::is_final(progress.status) || !model::take(in_record, progress))
      return take_price(one, record, price->cost);
    tell(one, progress, [this, one, record, cost = price->cost] { take_price(one, record, cost); });
  }

  [[nodiscard]] model::carrier_progress progress_in(const model::twilio_call_price& told) const {
    return {model::carrier_progress::source_type::rest, told.status, {}, told.seconds, settings.wall_clock()};
  }

  void take_price(const waiting_call& one, const model::call_record& record, const std::optional<model::money>& cost) {
    if (!cost) return again(one, outcome::pending);
    const auto at = settings.wall_clock();
    const model::call_record::charge charge{model::call_record::charge::part_type::twilio,
                                            price_of(*cost, record, *settings.rates, at)};
    tell(one, charge, [this, one, record] {
      counted().asked(outcome::found);
      price_is_settled(one, record);
    });
  }

  /// Whoever remembers the call would else write its record without it.
  void tell(const waiting_call& one, const model::later_fact& fact, std::function<void()> then) {
    ask(self, settings.supervisor, supervisor_limit, learn_fact{one.call, fact})
        .then(
            [this, one, fact, then = std::move(then)](const fact_learned& learned) {
              if (!learned.by_somebody) settings.journal->fact({one.call, fact});
              then();
            },
            [this, one](const caf::error&) { again(one, outcome::failed); });
  }

  void price_is_settled(const waiting_call& one, const model::call_record& record) {
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
    is_settled(settled.call);
  }

  keeper_door::pointer self;
  price_keeper_settings settings;
  std::uint64_t seen = 0;                     ///< of the board
  std::multimap<time, waiting_call> queue;    ///< by when it is due
  std::unordered_set<model::call_sid> known;  ///< in the queue, or being asked about
  std::size_t asking = 0;                     ///< about so many at this moment
  std::optional<model::call_query> reading;   ///< the store's last day, page by page
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
