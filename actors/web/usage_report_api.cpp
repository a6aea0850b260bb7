#include "actors/web/usage_report_api.hpp"

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/web/errors.hpp"
#include "actors/web/found_call.hpp"
#include "actors/web/front.hpp"
#include "actors/web/request_context.hpp"
#include "actors/web/tenant_of_calls.hpp"
#include "model/finding/call_query.hpp"
#include "model/finding/parameter_check.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/form.hpp"
#include "model/text/iso_time.hpp"
#include "model/usage_report/bill_drift.hpp"
#include "model/usage_report/call_evidence.hpp"
#include "model/usage_report/comparison.hpp"
#include "model/usage_report/moment.hpp"

namespace tonris::actors {

namespace {

using wanted_usage = call_database::usage_wanted;
using rows = std::vector<call_database::usage_row>;

constexpr std::chrono::seconds part_limit{5};
constexpr std::size_t rows_a_part = 10'000;  // some 20 ms of the store's
constexpr std::chrono::days standard_span{31};

enum class usage_question : std::uint8_t { report, variants, drift };
constexpr std::chrono::days drift_span{1};
constexpr std::size_t records_a_page = 500, most_reconciled = 100'000, most_kept_rows = 20'000;

struct asked_for {
  wanted_usage calls;
  model::usage_grouping by{.tenant = true};
  std::string zone, a, b;
  model::tenant::experiment_type::outcome_type outcome{};  ///< by which variants are compared
};

std::vector<std::string_view> parameters_of(usage_question what) {
  std::vector<std::string_view> known{"tenant", "from", "to", "zone"};
  if (what == usage_question::report) known.emplace_back("by");
  if (what == usage_question::variants) known.insert(known.end(), {"a", "b", "outcome"});
  return known;
}

/// One of the address's fields, which is one of the question's; its zone is known already.
void read_field(const std::string& name, const std::string& value, asked_for& wanted,
                std::optional<call_database::time>& from, model::json_mistakes& mistakes) {
  if (name == "tenant") {
    if (auto id = parameter_by(model::tenant_rules::tenant_id, name, value, mistakes))
      wanted.calls.tenant = model::tenant_id{*std::move(id)};
  } else if (name == "from" || name == "to") {
    const auto at = model::moment_in(value, wanted.zone, name == "to");
    if (!at) mistakes.push_back({name, "must be a day, such as 2026-11-22, or a time, such as 2026-11-22T10:00Z"});
    if (at) (name == "to" ? wanted.calls.to : from.emplace()) = *at;
  } else if (name == "by") {
    const auto by = model::parse_usage_grouping(value);
    if (!by) mistakes.push_back({name, "must be some of tenant, day, agent, variant, with commas between"});
    if (by) wanted.by = *by;
  } else if (name == "a" || name == "b") {
    (name == "a" ? wanted.a : wanted.b) = value;
  } else if (name == "outcome") {
    const auto outcome = model::tenant_rules::outcome_of(value);
    if (!outcome) mistakes.push_back({name, "must be " + std::string{model::tenant_rules::outcome.must_be}});
    if (outcome) wanted.outcome = *outcome;
  }
}

void judge_variants(const asked_for& wanted, const model::principal& who, model::json_mistakes& mistakes) {
  if (wanted.a.empty() || wanted.b.empty() || wanted.a == wanted.b)
    mistakes.push_back({"a", "a and b must name two variants"});
  const auto is_named = std::ranges::any_of(mistakes, [](const auto& one) { return one.path == "tenant"; });
  if (!wanted.calls.tenant && who.is_operator() && !is_named)
    mistakes.push_back({"tenant", "must be there: variants are a tenant's"});
}

/// All that is wrong with the address at once. Of a tenant's key its own calls, whatever it asks for.
tl::expected<asked_for, net::http_response> read_query(std::string_view query, const model::principal& who,
                                                       usage_question what) {
  const auto fields = model::parse_form(query);
  if (!fields) return tl::unexpected(error_answer(error_code::bad_request, "the query cannot be read"));
  asked_for wanted;
  model::json_mistakes mistakes;
  wanted.zone = model::field(*fields, "zone");
  if (!model::is_zone(wanted.zone))
    mistakes.push_back({"zone", "must be a time zone, such as America/New_York"}), wanted.zone.clear();
  wanted.calls.to = std::chrono::system_clock::now();
  std::optional<call_database::time> from;
  model::parameter_check check{parameters_of(what), mistakes};
  for (const auto& [name, value] : *fields)
    if (name == "by" ? check.admits_empty(name, value) : check.admits(name, value))
      read_field(name, value, wanted, from, mistakes);
  if (what == usage_question::variants) judge_variants(wanted, who, mistakes);
  wanted.calls.from = from.value_or(wanted.calls.to - (what == usage_question::drift ? drift_span : standard_span));
  if (wanted.calls.from >= wanted.calls.to) mistakes.push_back({"from", "must be before to"});
  if (!mistakes.empty()) return tl::unexpected(mistakes_answer(error_code::bad_request, mistakes));
  if (!who.is_operator() && wanted.calls.tenant.value_or(who.tenant) != who.tenant)
    return tl::unexpected(no_such_tenant());
  if (!who.is_operator()) wanted.calls.tenant = who.tenant;
  return wanted;
}

/// Part after part, so that the store writes between two of them.
void read_all(caf::event_based_actor* self, const call_store& store, const std::shared_ptr<api_reply>& to,
              wanted_usage wanted, std::function<void(const rows&)> take, std::function<void()> then) {
  ask(self, store, part_limit, read_usage{wanted})
      .then(
          [=](const usage_read& read) mutable {
            take(read.part.rows);
            if (read.part.last == 0) return then();
            wanted.behind = read.part.last;
            read_all(self, store, to, wanted, take, then);
          },
          say_unavailable(to));
}

}  // namespace

void tell_usage_report(http_front& at, request_context& asked) {
  auto wanted = read_query(asked.request.query(), asked.by, usage_question::report);
  if (!wanted) return asked.answer(wanted.error());
  auto made = model::grouped_usage::make(wanted->by, wanted->zone);
  if (!made) return asked.answer(error_answer(error_code::bad_request, "zone: is not known to this machine"));
  const auto& house = at.settings();
  wanted->calls.most = rows_a_part;
  house.system->spawn([asker = tenant_asker_of(at, std::make_shared<api_reply>(asked)), who = asked.by,
                       wanted = wanted->calls, usage = std::make_shared<model::grouped_usage>(*std::move(made)),
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    const auto add = [usage](const rows& some) {
      for (const auto& one : some) usage->add(one.whose, one.used);
    };
    with_named_tenant(self, asker, who, wanted.tenant, [self, asker, wanted, usage, add] {
      read_all(self, asker.store, asker.to, wanted, add,
               [to = asker.to, usage] { to->send(json_answer(to_json(*usage))); });
    });
  });
}

namespace {

net::http_response too_many_calls() {
  return error_answer(error_code::bad_request,
                      "that are too many calls: ask about a shorter time, or one tenant at a time");
}

/// Reads a page of records after the other, behind the days that are kept.
struct reconciliation {
  call_store store;
  drift_keeper kept;
  std::shared_ptr<api_reply> to;
  model::call_query query;
  std::shared_ptr<model::bill_drift> drift;
  std::vector<drift_database::kept_day> days{};
  std::size_t seen = 0;

  void begin(caf::event_based_actor* self) const {
    if (!kept) return read(self);
    using std::chrono::floor, std::chrono::days;
    const drift_database::wanted wanted{query.tenant, floor<days>(*query.from), std::chrono::ceil<days>(*query.to),
                                        most_kept_rows};
    ask(self, kept, part_limit, read_drift{wanted})
        .then([self, now = *this](const drift_read& read) mutable { now.go_on_behind(self, read.found); },
              say_unavailable(to));
  }

  void read(caf::event_based_actor* self) const {
    ask(self, store, part_limit, find_calls{query})
        .then([self, now = *this](const found_calls& found) mutable { now.take(self, found); }, say_unavailable(to));
  }

 private:
  void take(caf::event_based_actor* self, const found_calls& found) {
    for (const auto& json : found.records)
      if (const auto record = model::parse_call_record(json)) drift->add(*record);
    seen += found.records.size();
    query.after = found.last;
    if (!found.last) return to->send(json_answer(json()));
    if (seen >= most_reconciled) return to->send(too_many_calls());
    read(self);
  }

  void go_on_behind(caf::event_based_actor* self, const drift_database::found& found) {
    if (!found.is_all) return to->send(too_many_calls());
    days = found.days;
    if (!days.empty()) query.from = std::max<call_database::time>(*query.from, days.back().date + std::chrono::days{1});
    read(self);
  }

  [[nodiscard]] std::string json() const {
    std::string text;
    model::json_writer out{text};
    out.open_object();
    write_members(out, *drift);
    out.member("since", model::iso_time(*query.from));
    out.open_list("days");
    for (const auto& one : days) {
      out.open_object();
      out.member("day", to_string(model::local_day{std::chrono::local_days{one.date.time_since_epoch()}}));
      put(out, "twilio", merged(one.twilio, one.twilio_bill.unknown));
      put(out, "elevenLabs", merged(one.elevenlabs, one.elevenlabs_bill.unknown));
      out.open_object("listsRead");
      out.member("twilio", to_string(one.twilio_bill.read));
      out.member("elevenLabs", to_string(one.elevenlabs_bill.read));
      out.close_object();
      out.close_object();
    }
    out.close_list();
    out.close_object();
    return text;
  }
};

}  // namespace

void tell_drift(http_front& at, request_context& asked) {
  const auto wanted = read_query(asked.request.query(), asked.by, usage_question::drift);
  if (!wanted) return asked.answer(wanted.error());
  const auto& house = at.settings();
  reconciliation work{house.store,
                      house.drift,
                      std::make_shared<api_reply>(asked),
                      {},
                      std::make_shared<model::bill_drift>(*house.rates)};
  work.query.tenant = wanted->calls.tenant;
  work.query.from = wanted->calls.from;
  work.query.to = wanted->calls.to;
  work.query.limit = records_a_page;
  house.system->spawn([work = std::move(work), counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    work.begin(self);
  });
}

namespace {

/// Two variants of a tenant's, by its calls of a time.
class variant_comparison {
 public:
  /// `of`: without variants, where the tenant has gone.
  variant_comparison(const asked_for& wanted, tenant_ptr of) : wanted_(wanted), tenant_(std::move(of)) {
    for (const auto& one : tenant_->agents) there_.insert(name_of(one));
    if (tenant_->agents.empty() && !tenant_->agent.empty()) there_.insert(tenant_->agent.value);
  }

  void add(const call_database::usage_row& one) {
    const auto& name = one.whose.variant;
    const bool is_a = name == wanted_.a;
    if (!is_a && name != wanted_.b) return note_other(name);
    there_.insert(name);
    const auto side = is_a ? model::comparison::variant::a : model::comparison::variant::b;
    const auto says = evidence_of(one.whose, one.used, one.success, *tenant_, wanted_.outcome, now_);
    if (says.well) compared_.add(side, *says.well);
    if (says.is_judged) compared_.expect_judgement(side, *says.is_judged);
  }

  [[nodiscard]] net::http_response answer() const {
    model::json_mistakes mistakes;
    for (const auto& [path, name] : {std::pair{"a", wanted_.a}, std::pair{"b", wanted_.b}})
      if (!there_.contains(name)) mistakes.push_back({path, "is no variant of this tenant's: " + names()});
    if (!mistakes.empty()) return mistakes_answer(error_code::bad_request, mistakes);
    return json_answer(to_json(compared_, wanted_.a, wanted_.b));
  }

 private:
  static constexpr std::size_t most_named = 20;

  void note_other(const std::string& name) {
    if (!name.empty() && there_.size() < most_named) there_.insert(name);
  }

  [[nodiscard]] std::string names() const {
    std::string all;
    for (const auto& one : there_) all.append(all.empty() ? "" : ", ").append(one);
    return all.empty() ? "it has none" : all + (there_.size() == 1 ? " is" : " are");
  }

  asked_for wanted_;
  tenant_ptr tenant_;
  std::set<std::string> there_;  ///< the tenant's, and those of its calls
  model::comparison compared_;
  call_database::time now_ = std::chrono::system_clock::now();
};

}  // namespace

/// Without the tenant nobody can say which calls a variant's own agent has served.
void compare_variants(http_front& at, request_context& asked) {
  auto wanted = read_query(asked.request.query(), asked.by, usage_question::variants);
  if (!wanted) return asked.answer(wanted.error());
  const auto& house = at.settings();
  wanted->calls.most = rows_a_part;
  house.system->spawn([asker = tenant_asker_of(at, std::make_shared<api_reply>(asked)), wanted = *std::move(wanted),
                       counters = house.counters](caf::event_based_actor* self) {
    guard(self, *counters);
    with_tenant_of_calls(self, asker, *wanted.calls.tenant, [self, asker, wanted](const tenant_of_calls& whose) {
      if (!whose) return say_unavailable(asker.to)(whose.error());
      const auto both =
          std::make_shared<variant_comparison>(wanted, *whose ? *whose : std::make_shared<const model::tenant>());
      const auto add = [both](const rows& some) {
        for (const auto& one : some) both->add(one);
      };
      read_all(self, asker.store, asker.to, wanted.calls, add, [to = asker.to, both] { to->send(both->answer()); });
    });
  });
}

}  // namespace tonris::actors
