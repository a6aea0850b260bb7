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
using read_type = drift_database::bill::read_type;
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

/// How the lists of one vendor have ended, and what was unknown in them.
struct side {
  std::size_t lists = 0, begun = 0, whole = 0;  ///< begun: a page of it at least
  std::vector<model::drift_row> unknown;

  [[nodiscard]] drift_database::bill told() const {
    const auto read = begun == 0 ? read_type::none : whole == lists ? read_type::all : read_type::part;
    return {read, unknown};
  }
};

/// A day, while it is read.
struct work {
  work(sys_days of, const settings_type& by) : day(of), owners(*by.by_business(), by.default_agent) {}

  sys_days day;
  caf::typed_response_promise<bills_listed> to;
  caf::actor_clock::time_point until;
  std::function<void()> next;                            ///< at the next step
  model::tenant_id after;                                ///< tenants that were read
  std::deque<model::tenant_id> with_own;                 ///< an account or a key
  std::map<std::string, twilio_account> accounts;        ///< tenants' own, by their SIDs
  std::map<std::string, std::set<std::string>> holders;  ///< of accounts: tenants
  std::vector<tenant_ptr> keys;                          ///< whose tenants' own
  model::bill_owners owners;
  model::known_ids known;
  model::call_query query;
  std::deque<bill_list> lists;
  std::deque<std::string> numbers;  ///< that are to be looked up for the first list
  side twilio, elevenlabs;
  bool is_to_come = false;
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
    };
  }

 private:
  caf::result<bills_listed> begin(sys_days day) {
    if (now) return caf::make_error(caf::sec::runtime_error, "the lists of another day are being read");
    now.emplace(day, settings);
    now->to = self->make_response_promise<bills_listed>();
    now->until = self->clock().now() + settings_type::longest;
    now->query.from = day - days{1};
    now->query.to = day + days{1} + settings_type::slack;
    now->query.limit = settings_type::page;
    auto promise = now->to;
    read_tenants();
    return promise;
  }

  void later(milliseconds after, std::function<void()> what) {
    now->next = std::move(what);
    self->delayed_send(self, caf::timespan{after}, take_step{});
  }

  /// The day is asked for again.
  void give_up() {
    auto promise = std::move(now->to);
    now.reset();
    promise.deliver(caf::make_error(caf::sec::runtime_error, "our own records or tenants cannot be read"));
  }

  // --- whose lists there are

  void read_tenants() {
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
    if (own.api_key.is_plain()) return now->keys.push_back(tenant);
    if (own.api_key.is != model::tenant_secret::form::none)
      cannot_be_opened(now->elevenlabs, "own:" + tenant->id.value);
  }

  // --- what our records know

  void read_records() {
    ask(self, settings.calls, store_limit, find_calls{now->query})
        .then([this](const found_calls& found) { take(found); }, [this](const caf::error&) { give_up(); });
  }

  void take(const found_calls& found) {
    for (const auto& json : found.records)
      if (const auto record = model::parse_call_record(json)) now->known.add(*record);
    now->query.after = found.last;
    later(settings_type::store_pause, [this] { now->query.after ? read_records() : begin_lists(); });
  }

  // --- the lists

  void begin_lists() {
    const auto only_holder = [this](const std::string& account) {
      const auto& all = now->holders[account];
      return all.size() == 1 ? model::tenant_id{*all.begin()} : model::tenant_id{};
    };
    // The gateway's own first, which time suffices for.
    now->lists.emplace_back(now->day, settings.main, model::tenant_id{});
    now->lists.emplace_back(now->day, tenant_ptr{}, model::tenant_id{});
    for (const auto& [sid, account] : now->accounts) {
      if (account.token.empty())
        cannot_be_opened(now->twilio, sid);
      else
        now->lists.emplace_back(now->day, account, only_holder(sid));
    }
    for (const auto& tenant : now->keys) now->lists.emplace_back(now->day, tenant, tenant->id);
    for (const auto& one : now->lists) ++side_of(one).lists;
    read_next();
  }

  void read_next() {
    if (now->lists.empty()) return finish();
    if (self->clock().now() >= now->until) return end_of_list(outcome::failed);
    read_page();
  }

  void read_page() {
    const auto& list = now->lists.front();
    if (list.is_twilios())
      return ask(self, settings.twilio, vendor_limit, list.question_to_twilio())
          .then([this](const twilio_answer& answer) { came(now->lists.front().take(answer, now->known)); },
                [this](const caf::error&) { came(now->lists.front().take(twilio_answer{}, now->known)); });
    ask(self, settings.elevenlabs, vendor_limit, list.question_to_elevenlabs())
        .then([this](const vendor_document& answer) { came(now->lists.front().take(answer, now->known)); },
              [this](const caf::error&) { came(now->lists.front().take(vendor_document{}, now->known)); });
  }

  void came(const bill_list::progress& news) {
    if (news.step == bill_list::next::end) return end_of_list(news.how);
    if (self->clock().now() >= now->until) return end_of_list(outcome::failed);
    later(news.step == bill_list::next::again ? milliseconds{settings_type::before_again} : settings_type::pause,
          [this] { read_page(); });
  }

  void end_of_list(outcome how) {
    const auto& list = now->lists.front();
    (list.is_twilios() ? counted().at_twilio : counted().at_elevenlabs)(how);
    if (list.has_page()) ++side_of(list).begun;
    if (how == outcome::read) ++side_of(list).whole;
    if (how == outcome::failed) now->is_to_come = true;
    if (how != outcome::read) tell_unread(list.name(), how);
    std::set<std::string> numbers;
    for (const auto& one : list.unknown_calls())
      if (numbers.size() < settings_type::most_numbers) numbers.insert(one.number);
    now->numbers.assign(numbers.begin(), numbers.end());
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
    if (!number) return add_list();
    ask(self, settings.registry, registry_limit, find_tenant{*number})
        .then(
            [this, listed](const found_tenant& found) {
              if (found.tenant) now->owners.has_number(listed, found.tenant->id);
              look_up_next();
            },
            [this](const caf::error&) { give_up(); });
  }

  void add_list() {
    const auto& list = now->lists.front();
    auto& unknown = side_of(list).unknown;
    const auto rows =
        list.is_twilios()
            ? unknown_at_twilio(list.unknown_calls(), now->owners, list.otherwise(), *settings.rates)
            : unknown_at_elevenlabs(list.unknown_conversations(), now->owners, list.otherwise(), *settings.rates);
    tell_unknown(list.name(), rows);
    // Several keys may open one and the same workspace: each is unknown once.
    for (const auto& one : list.unknown_calls()) now->known.add(one.call.value);
    for (const auto& one : list.unknown_conversations()) now->known.add(one.conversation.value);
    unknown = merged(unknown, rows);
    now->lists.pop_front();
    later(settings_type::pause, [this] { read_next(); });
  }

  void finish() {
    auto promise = std::move(now->to);
    const bills_listed listed{now->twilio.told(), now->elevenlabs.told(), now->is_to_come};
    now.reset();
    promise.deliver(listed);
  }

  /// It is no list that could be asked for, and yet one that nobody has read.
  void cannot_be_opened(side& of, const std::string& whose) {
    ++of.lists;
    (&of == &now->twilio ? counted().at_twilio : counted().at_elevenlabs)(outcome::refused);
    tell_unread(whose, outcome::refused);
  }

  // --- what is said of it

  void tell_unread(const std::string& whose, outcome how) const {
    const auto day = text_of(now->day);
    if (how == outcome::cut)
      log::warn("The list of {account} for {day} is longer than {most}: what is behind them is held against no record",
                {{"account", whose}, {"day", day}, {"most", settings_type::most_listed}});
    if (how == outcome::refused)
      log::warn("The list of {account} for {day} cannot be read: its token or key does not open it",
                {{"account", whose}, {"day", day}});
    if (how == outcome::failed)
      log::warn("The list of {account} for {day} could not be read to its end", {{"account", whose}, {"day", day}});
  }

  void tell_unknown(const std::string& whose, const std::vector<model::drift_row>& rows) const {
    std::string some;
    std::size_t named = 0;
    for (const auto& row : rows)
      for (const auto& id : row.only_theirs.calls)
        if (named++ < most_logged) some += (some.empty() ? "" : ", ") + id.value;
    if (some.empty()) return;
    log::warn("{account} was billed for {count} calls on {day} that nobody here knows: {some}",
              {{"account", whose}, {"count", calls_only_theirs(rows)}, {"day", text_of(now->day)}, {"some", some}});
  }

  static std::string text_of(sys_days day) {
    return to_string(model::local_day{std::chrono::local_days{day.time_since_epoch()}});
  }

  [[nodiscard]] side& side_of(const bill_list& list) { return list.is_twilios() ? now->twilio : now->elevenlabs; }
  [[nodiscard]] const bill_metrics& counted() const { return settings.counters->of<bill_metrics>(); }

  reader_door::pointer self;
  settings_type settings;
  std::optional<work> now;
};

reader_door::behavior_type run_reader(reader_door::stateful_pointer<reader_state> self, settings_type settings) {
  return self->state.make_behavior(std::move(settings));
}

}  // namespace

bill_reader read_bills(caf::actor_system& system, bill_reader_settings settings) {
  return system.spawn(run_reader, std::move(settings));
}

}  // namespace tonris::actors
