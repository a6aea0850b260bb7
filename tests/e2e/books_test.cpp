// The same calls in every book: records, usage, the month's meter, metrics, and the vendors' own. Whoever adds them up
// comes to the same, to the last second and the last millionth.
#include "tests/e2e/books.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <ostream>
#include <set>
#include <sstream>
#include <thread>

#include "model/money/cost_change.hpp"
#include "model/text/enum_name.hpp"
#include "model/usage_report/usage_sums.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/text.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {

using namespace std::chrono_literals;

namespace {

/// Of the environment; what is no number is `otherwise`.
std::uint32_t number_from(const char* name, std::uint32_t otherwise) {
  const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10)) : otherwise;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const sums& of) {
  out << of.calls << " calls, " << of.refused << " refused, " << of.seconds << " s, " << of.cost << " millionths";
  for (const auto& [reason, times] : of.outcomes) out << ", " << reason << " " << times;
  return out;
}

bool is_untaken(const model::call_record& one) {
  return one.twilio && one.direction == "outbound-api" && one.twilio->status != model::twilio::call_status::completed;
}

bool was_turned_away(const model::call_record& one) {
  return one.metered_seconds == 0 && !is_untaken(one);
}

sums sums_of(const std::vector<model::call_record>& all, const std::string& tenant) {
  sums total;
  for (const auto& one : all) {
    if (tenant != "every" && one.tenant.value != tenant) continue;
    ++total.outcomes[std::string{to_string(*one.reason)}];
    total.cost += model::total(one.cost).value_or(0);
    ++(was_turned_away(one) ? total.refused : total.calls);
    total.seconds += one.metered_seconds;
  }
  return total;
}

sums sums_of(const rapidjson::Value& item) {
  sums total;
  total.calls = item["calls"].GetUint64();
  total.refused = item["refused"].GetUint64();
  total.seconds = item["seconds"].GetInt64();
  total.cost = std::llround(item["cost"].GetDouble() * 1e6);
  for (const auto& one : item["outcomes"].GetObject()) total.outcomes[one.name.GetString()] = one.value.GetUint64();
  return total;
}

std::string Books::ask(const std::string& path) {
  auto answer = send("GET", path, "", "Authorization: Bearer " + admin_token + "\r\n", 60s);
  EXPECT_TRUE(has(answer, " 200 ")) << answer.substr(0, 500);
  return answer;
}

rapidjson::Document Books::asked(const std::string& path) {
  const auto answer = ask(path);
  rapidjson::Document document;
  document.Parse(answer.substr(answer.find("\r\n\r\n") + 4).c_str());
  EXPECT_FALSE(document.HasParseError()) << answer.substr(0, 500);
  return document;
}

std::vector<model::call_record> Books::records() {
  std::vector<model::call_record> all;
  std::istringstream lines{ask("/api/calls/export?format=ndjson")};
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with('{')) continue;  // the answer's head, and the chunks'
    const auto record = model::parse_call_record(line);
    EXPECT_TRUE(record) << line;
    if (record) all.push_back(*record);
  }
  return all;
}

std::vector<model::call_record> Books::priced_records(std::size_t count) {
  std::vector<model::call_record> all;
  EXPECT_TRUE(comes_true(
      [&] {
        all = records();
        return all.size() == count && std::ranges::all_of(all, [](const model::call_record& one) {
                 return one.reason && one.twilio && is_priced(one);
               });
      },
      20s))
      << all.size() << " of " << count;
  return all;
}

bool Books::comes_true(const std::function<bool()>& what, std::chrono::seconds at_most) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(200ms))
    if (what()) return true;
  return what();
}

bool Books::is_priced(const model::call_record& one) {
  if (is_untaken(one)) return !one.cost.twilio;
  const bool is_told = price_after(id_of(one.call.value)).has_value();
  if (one.reports.size() < one.conversations.size()) return false;
  if (one.cost.transfer && !one.cost.transfer->is_final) return false;
  if (one.cost.recording && one.cost.recording->is_final != is_told) return false;
  return one.cost.twilio && one.cost.twilio->is_final == is_told;
}

void Books::expect_no_violations() {
  std::size_t broken = 0;
  for (const auto& found : w.vendor_violations()) {
    EXPECT_EQ(found.rule, "socket_broken") << found.detail;
    ++broken;
  }
  EXPECT_EQ(broken, killed_conversations);
}

void Books::expect_reasons(const std::vector<model::call_record>& all) {
  std::set<std::string> wanted{"agent_audio_unknown",
                               "agent_auth_failed",
                               "agent_busy",
                               "agent_ended",
                               "agent_lost",
                               "agent_not_audible",
                               "agent_not_found",
                               "agent_out_of_credit",
                               "agent_protocol_error",
                               "agent_refused",
                               "agent_timeout",
                               "agent_unreachable",
                               "call_canceled",
                               "callee_busy",
                               "callee_no_answer",
                               "callee_unreachable",
                               "caller_blocked",
                               "caller_gave_up",
                               "caller_hung_up",
                               "caller_not_hearing",
                               "caller_rate",
                               "closed",
                               "internal_error",
                               "machine_answered",
                               "max_duration",
                               "month_minutes",
                               "month_used_up",
                               "no_agent",
                               "node_full",
                               "node_overloaded",
                               "operator_hung_up",
                               "operator_transferred",
                               "outbound_not_served",
                               "sent_on",
                               "shutdown",
                               "slow_agent",
                               "slow_caller",
                               "stream_audio_unknown",
                               "stream_idle",
                               "stream_lost",
                               "stream_protocol_error",
                               "tenant_busy",
                               "tenant_cancelled",
                               "tenant_pending",
                               "tenant_rate",
                               "tenant_suspended",
                               "transferred",
                               "unknown_number",
                               "vendor_full"};
  if (!sanitized) wanted.emplace("node_lost");
  std::set<std::string> came;
  for (const auto& record : all) came.emplace(to_string(*record.reason));
  constexpr std::size_t many = 300;
  for (const auto* of_many : {"agents_failing", "month_cost", "stream_never_came"})  // behind others of their kind
    if (all.size() < many)
      came.erase(of_many);
    else
      wanted.emplace(of_many);
  if (is_long_) wanted.insert({"agent_not_hearing", "registry_down", "usage_unknown"});
  EXPECT_EQ(came, wanted);
}

void Books::expect_callees(const std::vector<model::call_record>& all, std::uint32_t placed) {
  std::map<model::end_reason, std::uint32_t> came;
  std::uint32_t machines = 0, people = 0;
  for (const auto& record : all) {
    if (record.tenant.value != cast_of_day::places_calls) continue;
    EXPECT_EQ(record.direction, "outbound-api");
    EXPECT_EQ(record.twilio->source, model::carrier_progress::source_type::callback) << record.call.value;
    ++came[*record.reason];
    if (!record.heard) continue;
    ++(record.heard->by == model::twilio::answered_by::machine ? machines : people);
  }
  const auto each = placed / callees;
  using enum model::end_reason;
  EXPECT_EQ(came, (std::map<model::end_reason, std::uint32_t>{{caller_hung_up, each},
                                                              {callee_busy, each},
                                                              {callee_no_answer, each},
                                                              {callee_unreachable, each},
                                                              {call_canceled, each},
                                                              {machine_answered, each}}));
  EXPECT_EQ(machines, each);
  EXPECT_EQ(people, each);
  std::cout << "Placed: " << placed
            << ", as many each answered, busy, without an answer, unreachable, taken back, and a machine" << std::endl;
}

void Books::expect_usage(const std::vector<model::call_record>& all) {
  const auto total = sums_of(all);
  const auto usage = asked("/api/usage?by=tenant");
  EXPECT_EQ(sums_of(usage["total"]), total);
  const auto not_called = is_long_ ? 0 : cast_of_day::only_on_long_days;
  EXPECT_EQ(usage["items"].Size(), cast_of_day::tenant_ids().size() - not_called + 1) << "all tenants, and nobody";
  for (const auto& item : usage["items"].GetArray())
    EXPECT_EQ(sums_of(item), sums_of(all, item["tenantId"].GetString())) << item["tenantId"].GetString();
  for (const auto* zone : {"UTC", "Pacific/Kiritimati", "America/Los_Angeles"})
    EXPECT_EQ(sums_of(asked("/api/usage?by=day,agent&zone=" + std::string{zone})["total"]), total) << zone;
}

void Books::expect_meter(const std::vector<model::call_record>& all) {
  auto metered = all;
  std::erase_if(metered, is_untaken);  // they never came in
  for (const auto& tenant : cast_of_day::tenant_ids()) {
    const auto his = sums_of(metered, tenant);
    const auto meter = asked("/api/tenants/" + tenant + "/live");
    EXPECT_EQ(meter["month"]["calls"].GetUint64(), his.calls) << tenant;
    EXPECT_EQ(std::llround(meter["month"]["minutes"].GetDouble() * 60), his.seconds) << tenant;
  }
}

void Books::expect_metrics(const std::vector<model::call_record>& all) {
  const auto total = sums_of(all);
  auto pages = former_pages_;
  pages.push_back(w.gateway().metrics());
  const auto metric = [&pages](const std::string& name) {
    double of_all_lives = 0;
    for (const auto& page : pages) of_all_lives += gateway_process::metric_in(page, name);
    return of_all_lives;
  };
  std::map<model::end_reason, std::uint64_t> ended, refused;
  for (const auto& record : all) ++(was_turned_away(record) ? refused : ended)[*record.reason];
  for (const auto& [name, times] : total.outcomes) {
    const auto reason = model::find_named<model::end_reason>(name, model::end_reason_count);
    ASSERT_TRUE(reason) << name;
    const auto labels = "{by=\"" + std::string{to_string(who(*reason))} + "\",reason=\"" + name + "\"}";
    EXPECT_EQ(metric("tonris_calls_ended_total" + labels) - metric("tonris_calls_ended_taken_back_total" + labels),
              static_cast<double>(ended[*reason]))
        << name;
    EXPECT_EQ(metric("tonris_calls_refused_total" + labels), static_cast<double>(refused[*reason])) << name;
  }
  EXPECT_EQ(metric("tonris_calls_metered_seconds_total"), static_cast<double>(total.seconds));
  model::cost_change of_records;
  for (const auto& record : all) of_records.add({}, record.cost);
  model::micros cost = 0;
  for (std::size_t i = 0; i < model::cost_parts.size(); ++i) {
    const auto labels = "{part=\"" + std::string{model::cost_parts[i].name} + "\"}";
    const auto micros_in = [&](const std::string& family) { return std::llround(metric(family + labels) * 1e6); };
    const auto came_to =
        micros_in("tonris_calls_cost_dollars_total") - micros_in("tonris_calls_cost_taken_back_dollars_total");
    EXPECT_EQ(came_to, of_records.grown[i] - of_records.shrunk[i]) << model::cost_parts[i].name;
    cost += came_to;
  }
  EXPECT_EQ(cost, total.cost);
}

/// TONRIS_BOOKS_CALLS of them, TONRIS_BOOKS_AT_ONCE at once (docs/testing.md#the-books).
TEST_F(Books, RecordsUsageMeterMetricsAndBothVendorsAgreeOnADayOfCalls) {
  const auto count = number_from("TONRIS_BOOKS_CALLS", sanitized ? 88 : 264);
  const auto at_once = number_from("TONRIS_BOOKS_AT_ONCE", 60);
  constexpr std::uint32_t many = 1000;
  is_long_ = count >= many;
  std::uint32_t never = 0;
  for (std::uint32_t call = 1; call <= count; ++call) never += !price_after(call);
  for (const auto call : all_day_long) never += !price_after(call);
  begin_day();
  const std::uint32_t placed = callees * (sanitized ? 3 : 10);  // no more than the tenant may in a minute
  const auto long_ones = std::size(all_day_long) + (is_long_ ? once_a_day.size() : once_a_short_day);
  const auto in_all = count + placed + early_calls() + static_cast<std::uint32_t>(long_ones);
  const auto began = std::chrono::steady_clock::now();
  const auto seconds_so_far = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  early_hours();
  std::cout << "The early hours took " << seconds_so_far() << " s" << std::endl;
  begin_long_ones();
  place_calls(placed);
  make_calls(count, at_once);
  for (const auto& one : placed_calls()) {
    const bool is_taken = one.final_status == "completed";
    never += is_taken && !price_after(id_of(one.sid));
    EXPECT_TRUE(one.report.violations.empty()) << one.sid << ": " << violations_of(one.report.violations.all());
  }
  std::cout << in_all << " calls took " << seconds_so_far() << " s" << std::endl;
  const std::chrono::seconds patience{60L + count / 20};
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_calls_live", 0, 30s));
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_prices_waiting", never, patience));
  const auto all = priced_records(in_all);
  std::cout << "and what they cost was known after " << seconds_so_far() << " s" << std::endl;
  expect_no_violations();

  const auto total = sums_of(all);
  std::cout << "Records: " << total << std::endl;
  EXPECT_EQ(total.calls + total.refused, in_all);
  EXPECT_GT(total.refused, count / 12);
  expect_reasons(all);
  expect_early_hours(all);
  expect_twilios_book(all);
  expect_fees_without_a_price(all);
  expect_legs(all);
  expect_recordings(all);
  expect_elevenlabs_book(all);
  expect_callees(all, placed);
  expect_usage(all);
  expect_meter(all);
  expect_metrics(all);
}

}  // namespace tonris::e2e
