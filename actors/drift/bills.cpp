#include "actors/drift/bills.hpp"

#include <algorithm>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "actors/drift/bill_list.hpp"
#include "actors/drift/bill_lists.hpp"
#include "actors/drift/bill_metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/secrets.hpp"
#include "model/usage_report/local_day.hpp"
#include "model/usage_report/unknown_bills.hpp"

namespace tonris::actors {

namespace {

using outcome = bill_metrics::outcome;
using settings_type = bill_reader_settings;
using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;

constexpr std::chrono::seconds store_limit{30}, registry_limit{5}, vendor_limit{30};
constexpr std::size_t most_logged = 5;

struct take_step {  // to itself
  using travels = in_process;
};
using reader_door = bill_reader::extend<caf::reacts_to<take_step>>;

/// An attempt to read a day.
struct work {
  work(sys_days of, const settings_type& by) : day(of), owners(*by.by_business(), by.default_agent) {}

  sys_days day;
  caf::typed_response_promise<bills_listed> to;
  caf::actor_clock::time_point until;                    ///< of what it is at
  std::function<void()> next;                            ///< at the next step
  model::tenant_id after;                                ///< tenants that were read
  std::deque<model::tenant_id> with_own;                 ///< an account or a key
  std::map<std::string, twilio_account> accounts;        ///< tenants' own, by their SIDs
  std::map<std::string, std::set<std::string>> holders;  ///< of accounts: tenants
  std::vector<tenant_ptr> keys;                          ///< whose tenants' own
  model::bill_owners owners;
  model::known_ids known;
  model::call_query query;
  std::size_t unreadable = 0;                 ///< records
  std::deque<std::string> numbers;            ///< that are to be looked up
  std::function<void()> looked_up;            ///< when they are
  std::deque<bill_lists::entry*> unfinished;  ///< lists that have begun, when the time is over
};

struct reader_state {
  static inline const char* name = "tonris.bill_reader";

  explicit reader_state(reader_door::pointer actor) : self(actor) {}

  reader_door::behavior_type make_behavior(settings_type given) {
    settings = std::move(given);
    guard(self, *settings.counters);
    return {
        [this](const list_bills& wanted) { return begin(wanted.day); },
        [this](take_step) {
          if (!now || !now->next) return;
          std::exchange(now->next, nullptr)();
        },
        [this](const give_up_bills& done) {
          if (!now && lists && lists->day() == done.day) lists.reset();
        },
    };
  }

 private:
  caf::result<bills_listed> begin(sys_days day) {
    if (now) return caf::make_error(caf::sec::runtime_error, "the lists of another day are being read");
    now.emplace(day, settings);
    now->to = self->make_response_promise<bills_listed>();
    now->until = self->clock().now() + settings_type::own_longest;
    now->query.from = day - days{1};
    now->query.to = day + days{1} + settings_type::slack;
    now->query.limit = settings_type::page;
    if (!lists || lists->day() != day) lists.emplace(day);
    auto promise = now->to;
    read_tenants();
    return promise;
  }

  void later(milliseconds after, std::function<void()> what) {
    now->next = std::move(what);
    self->delayed_send(self, caf::timespan{after}, take_step{});
  }

  [[nodiscard]] bool is_late() const { return self->clock().now() >= now->until; }

  /// The day is asked for again.
  void give_up() {
    log::warn("Our own records or tenants cannot be read, or not in time: no lists for {day} are read for now",
              {{"day", text_of(now->day)}});
    auto promise = std::move(now->to);
    now.reset();
    promise.deliver(caf::make_error(caf::sec::runtime_error, "our own records or tenants cannot be read"));
  }

  // --- whose lists there are

  void read_tenants() {
    if (is_late()) return give_up();
    ask(self, settings.tenants, store_limit, read_tenant_page{now->after, settings_type::tenants_a_page})
        .then([this](const tenant_page_read& read) { take(read.page); }, [this](const caf::error&) { give_up(); });
  }

  void take(const tenant_page& page) {
    for (const auto& one : page.tenants) {
      const auto tenant = model::parse_tenant(one.json);
      if (!tenant) continue;
      now->owners.add(*tenant);
      const auto& own = tenant->secrets;
      const bool has_key = own.api_key.is != model::tenant_secret::form::none;
      if (!own.account.empty() || has_key) now->with_own.push_back(tenant->id);
    }
    now->after = page.last;
    later(settings_type::store_pause, [this] { now->after.empty() ? open_next() : read_tenants(); });
  }

  /// Their secrets come from the registry, which opens them.
  void open_next() {
    if (now->with_own.empty()) return read_records();
    if (is_late()) return give_up();
    const auto id = std::move(now->with_own.front());
    now->with_own.pop_front();
    ask(self, settings.registry, registry_limit, find_tenant_by_id{id})
        .then(
            [this](const found_tenant& found) {
              if (found.tenant) take_own(found.tenant);
              open_next();
            },
            [this](const caf::error&) { give_up(); });
  }

  void take_own(const tenant_ptr& tenant) {
    const auto& own = tenant->secrets;
    if (!own.account.empty() && own.account != settings.main.sid) {
      now->holders[own.account.value].insert(tenant->id.value);
      const auto tokens = auth_tokens_of(own);
      auto& account = now->accounts.try_emplace(own.account.value, twilio_account{own.account, {}}).first->second;
      if (account.token.empty() && !tokens.empty()) account.token = tonris::config::secret{tokens.front()};
    }
    if (own.api_key.is != model::tenant_secret::form::none) now->keys.push_back(tenant);
  }

  // --- what our records know

  void read_records() {
    if (is_late()) return give_up();
    ask(self, settings.calls, store_limit, find_calls{now->query})
        .then([this](const found_calls& found) { take(found); }, [this](const caf::error&) { give_up(); });
  }

  void take(const found_calls& found) {
    for (const auto& json : found.records)
      if (!now->known.add_record(json)) ++now->unreadable;
    now->query.after = found.last;
    later(settings_type::store_pause, [this] { now->query.after ? read_records() : begin_lists(); });
  }

  // --- the lists

  void begin_lists() {
    tell_unreadable();
    for (const auto* list : lists->begin(listed_now(), now->known)) {
      count(*list, outcome::refused);
      tell_unread(list->name(), outcome::refused);
    }
    now->until = self->clock().now() + settings_type::longest;
    read_next();
  }

  /// Of both vendors in turn: where one is away the other's are read all the same.
  bill_lists::found listed_now() {
    const auto only_holder = [this](const std::string& account) {
      const auto& all = now->holders[account];
      return all.size() == 1 ? model::tenant_id{*all.begin()} : model::tenant_id{};
    };
    bill_lists::found found;
    found.gateways.emplace_back(now->day, settings.main, model::tenant_id{});
    found.gateways.emplace_back(now->day, tenant_ptr{}, model::tenant_id{});
    auto account = now->accounts.begin();
    auto key = now->keys.begin();
    while (account != now->accounts.end() || key != now->keys.end()) {
      if (account != now->accounts.end()) {
        found.tenants.emplace_back(now->day, account->second, only_holder(account->first));
        ++account;
      }
      if (key != now->keys.end()) {
        found.tenants.emplace_back(now->day, *key, (*key)->id);
        ++key;
      }
    }
    return found;
  }

  void read_next() {
    const auto at = self->clock().now();
    if (lists->waiting().empty() || is_late()) return end_attempt();
    if (lists->has_turn(at)) return read_page();
    const auto wait = std::min(lists->next_turn(), now->until) - at;
    later(std::chrono::ceil<milliseconds>(wait), [this] { read_next(); });
  }

  void read_page() {
    const auto& list = lists->at_turn();
    if (list.is_twilios())
      return ask(self, settings.twilio, vendor_limit, list.question_to_twilio())
          .then([this](const twilio_answer& answer) { came(answer); },
                [this](const caf::error&) { came(twilio_answer{}); });
    ask(self, settings.elevenlabs, vendor_limit, list.question_to_elevenlabs())
        .then([this](const vendor_document& answer) { came(answer); },
              [this](const caf::error&) { came(vendor_document{}); });
  }

  template <class Answer>
  void came(const Answer& answer) {
    auto& list = lists->at_turn();
    const auto news = list.take(answer, now->known, lists->room());
    if (news.step == bill_list::next::end) {
      look_up_owners(list, [this, how = news.how] { end_of_list(how); });
    } else {
      lists->took(news.step, self->clock().now());
      later(settings_type::pause, [this] { read_next(); });
    }
  }

  /// Of the calls that nobody here knows.
  void look_up_owners(bill_list& list, std::function<void()> then) {
    list.forget_known(now->known);
    std::set<std::string> numbers;
    for (const auto& one : list.unknown_calls())
      if (numbers.size() < settings_type::most_numbers) numbers.insert(one.number);
    now->numbers.assign(numbers.begin(), numbers.end());
    now->looked_up = std::move(then);
    look_up_next();
  }

  /// Twilio's number is as it was dialled; the registry knows it in whichever form.
  void look_up_next() {
    std::optional<std::string> number;
    std::string listed;
    while (!number && !now->numbers.empty()) {
      listed = std::move(now->numbers.front());
      now->numbers.pop_front();
      number = model::number_in(listed);
    }
    if (!number) return std::exchange(now->looked_up, nullptr)();
    if (self->clock().now() >= now->until + settings_type::owners_longest) return give_up();
    ask(self, settings.registry, registry_limit, find_tenant{*number})
        .then(
            [this, listed](const found_tenant& found) {
              if (found.tenant) now->owners.has_number(listed, found.tenant->id);
              look_up_next();
            },
            [this](const caf::error&) { give_up(); });
  }

  [[nodiscard]] std::vector<model::unknown_bill> unknown_of(const bill_list& list) const {
    return list.is_twilios()
               ? unknown_at_twilio(list.unknown_calls(), now->owners, list.otherwise(), *settings.rates)
               : unknown_at_elevenlabs(list.unknown_conversations(), now->owners, list.otherwise(), *settings.rates);
  }

  void end_of_list(outcome how) {
    const auto& list = lists->at_turn();
    auto unknown = unknown_of(list);
    if (how == outcome::read || how == outcome::cut) know_from_now_on(list);
    const auto& one = lists->ended(how, std::move(unknown));
    count(one.list, how);
    if (how != outcome::read) tell_unread(one.list.name(), how);
    tell_unknown(one.list.name(), one.unknown);
    later(settings_type::pause, [this] { read_next(); });
  }

  /// Several keys may open one and the same workspace: what is unknown is the first one's.
  void know_from_now_on(const bill_list& list) {
    for (const auto& one : list.unknown_calls()) now->known.add(one.call.value);
    for (const auto& one : list.unknown_conversations()) now->known.add(one.conversation.value);
  }

  // --- the end of an attempt

  void end_attempt() {
    std::size_t failing = 0;
    for (auto& one : lists->waiting()) {
      count(one.list, one.list.fails() ? outcome::failed : outcome::to_come);
      if (one.list.fails()) ++failing;
      if (one.list.unknown() > 0) now->unfinished.push_back(&one);
    }
    tell_waiting(lists->waiting().size(), failing);
    sum_up();
  }

  /// What is known of lists that go on is told as well, where this attempt is the last.
  void sum_up() {
    if (now->unfinished.empty()) return finish();
    auto& one = *now->unfinished.front();
    now->unfinished.pop_front();
    look_up_owners(one.list, [this, &one] {
      one.unknown = unknown_of(one.list);
      later(settings_type::store_pause, [this] { sum_up(); });
    });
  }

  void finish() {
    auto promise = std::move(now->to);
    const auto told = lists->told();
    now.reset();
    if (!told.is_to_come) lists.reset();
    promise.deliver(told);
  }

  // --- what is said of it

  void tell_unreadable() const {
    if (now->unreadable == 0) return;
    counted().unreadable(now->unreadable);
    log::warn("Of {count} records about {day} this version cannot read the CallSid: the vendors' may count as unknown",
              {{"count", now->unreadable}, {"day", text_of(now->day)}});
  }

  void tell_waiting(std::size_t lists_left, std::size_t failing) const {
    if (lists_left == 0) return;
    log::warn(
        "Of the lists for {day} {count} are to come, at the next look; {failing} of them could not be read so far",
        {{"count", lists_left}, {"day", text_of(now->day)}, {"failing", failing}});
  }

  void tell_unread(const std::string& whose, outcome how) const {
    const auto day = text_of(now->day);
    if (how == outcome::cut)
      log::warn(
          "The list of {account} for {day} is longer than {most}, or more than so many calls of that day are "
          "unknown: what is behind them is held against no record",
          {{"account", whose}, {"day", day}, {"most", settings_type::most_listed}});
    if (how == outcome::refused)
      log::warn("The list of {account} for {day} cannot be read: its token or key does not open it",
                {{"account", whose}, {"day", day}});
    if (how == outcome::failed)
      log::warn("The list of {account} for {day} could not be read to its end", {{"account", whose}, {"day", day}});
  }

  void tell_unknown(const std::string& whose, const std::vector<model::unknown_bill>& unknown) const {
    if (unknown.empty()) return;
    std::string some;
    for (std::size_t n = 0; n < std::min(unknown.size(), most_logged); ++n)
      some += (n == 0 ? "" : ", ") + unknown[n].line.call.value;
    log::warn("{account} was billed for {count} calls on {day} that nobody here knows: {some}",
              {{"account", whose}, {"count", unknown.size()}, {"day", text_of(now->day)}, {"some", some}});
  }

  static std::string text_of(sys_days day) {
    return to_string(model::local_day{std::chrono::local_days{day.time_since_epoch()}});
  }

  void count(const bill_list& list, outcome how) const {
    (list.is_twilios() ? counted().at_twilio : counted().at_elevenlabs)(how);
  }
  [[nodiscard]] const bill_metrics& counted() const { return settings.counters->of<bill_metrics>(); }

  reader_door::pointer self;
  settings_type settings;
  std::optional<work> now;
  std::optional<bill_lists> lists;  ///< of the day that was begun and is not done
};

reader_door::behavior_type run_reader(reader_door::stateful_pointer<reader_state> self, settings_type settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

bill_reader read_bills(caf::actor_system& system, bill_reader_settings settings) {
  return system.spawn(run_reader, std::move(settings));
}

}  // namespace tonris::actors
