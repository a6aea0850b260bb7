// The same calls in every book: records, usage, the month's meter, metrics, and the vendors' own. Whoever adds them up
// comes to the same, to the last second and the last millionth.
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <ostream>
#include <sstream>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "model/call/costing.hpp"
#include "model/call/record.hpp"
#include "model/money/cost_change.hpp"
#include "model/text/enum_name.hpp"
#include "model/usage_report/usage_sums.hpp"
#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/day_of_calls.hpp"
#include "tests/e2e/text.hpp"
#include "tests/sanitized.hpp"
#include "tools/sim/elevenlabs/price_list.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

struct sums {
  std::uint64_t calls = 0, refused = 0;
  std::int64_t seconds = 0;
  model::micros cost = 0;
  std::map<std::string, std::uint64_t> outcomes;
  bool operator==(const sums&) const = default;
};
std::ostream& operator<<(std::ostream& out, const sums& of) {
  out << of.calls << " calls, " << of.refused << " refused, " << of.seconds << " s, " << of.cost << " millionths";
  for (const auto& [reason, times] : of.outcomes) out << ", " << reason << " " << times;
  return out;
}

/// Of the environment; what is no number is `otherwise`.
std::uint32_t number_from(const char* name, std::uint32_t otherwise) {
  const char* const text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text ? static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10)) : otherwise;
}

class Books : public DayOfCalls {
 protected:
  std::string ask(const std::string& path) {
    const auto answer = send("GET", path, "", "Authorization: Bearer " + admin_token + "\r\n", 60s);
    EXPECT_TRUE(has(answer, " 200 ")) << answer.substr(0, 500);
    return answer;
  }
  rapidjson::Document asked(const std::string& path) {
    const auto answer = ask(path);
    rapidjson::Document document;
    document.Parse(answer.substr(answer.find("\r\n\r\n") + 4).c_str());
    EXPECT_FALSE(document.HasParseError()) << answer.substr(0, 500);
    return document;
  }
  std::vector<model::call_record> records() {
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
  static sums of(const std::vector<model::call_record>& all, const std::string& tenant = "every") {
    sums total;
    for (const auto& one : all) {
      if (tenant != "every" && one.tenant.value != tenant) continue;
      ++total.outcomes[std::string{to_string(*one.reason)}];
      total.cost += model::total(one.cost).value_or(0);
      ++(is_refusal(*one.reason) ? total.refused : total.calls);
      total.seconds += one.metered_seconds;
    }
    return total;
  }
  static sums of(const rapidjson::Value& item) {
    sums total;
    total.calls = item["calls"].GetUint64();
    total.refused = item["refused"].GetUint64();
    total.seconds = item["seconds"].GetInt64();
    total.cost = std::llround(item["cost"].GetDouble() * 1e6);
    for (const auto& one : item["outcomes"].GetObject()) total.outcomes[one.name.GetString()] = one.value.GetUint64();
    return total;
  }
  bool comes_true(const std::function<bool()>& what, std::chrono::seconds at_most) {
    const auto until = std::chrono::steady_clock::now() + at_most;
    for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(200ms))
      if (what()) return true;
    return what();
  }

  /// Nobody took one that was placed: it costs nothing.
  static bool is_untaken(const model::call_record& one) {
    return one.twilio && one.direction == "outbound-api" && one.twilio->status != model::twilio::call_status::completed;
  }
  /// As far as it ever will be.
  static bool is_priced(const model::call_record& one) {
    if (is_untaken(one)) return !one.cost.twilio;
    const bool is_told = price_after(id_of(one.call.value)).has_value();
    if (one.cost.transfer && !one.cost.transfer->is_final) return false;
    if (one.cost.recording && one.cost.recording->is_final != is_told) return false;
    return one.cost.twilio && one.cost.twilio->is_final == is_told;
  }

  /// By the minutes that Twilio counts, of a call whose price it never tells.
  [[nodiscard]] model::micros estimate_of(const sim::booked_call& booked) const {
    const auto& then = rates.at(booked.created);
    const auto a_minute =
        model::twilio::is_outbound(booked.direction) ? then.outbound_per_minute : then.twilio_per_minute;
    return booked.answered ? model::cost_of_begun_minutes(a_minute, booked.seconds()) : 0;
  }

  /// Each call's record says what Twilio's book says: how it ended, how long it was, what it costs.
  void expect_twilios_book(const std::vector<model::call_record>& all);
  /// What Twilio takes for streams that it has seen, and for listening for machines: it tells no price of these.
  void expect_fees_without_a_price(const std::vector<model::call_record>& all);
  /// The legs that were dialled, and recordings and messages, each by itself and in their call's sum.
  void expect_legs(const std::vector<model::call_record>& all);
  void expect_recordings(const std::vector<model::call_record>& all);
  /// Each conversation is reported, as the vendor counts it, and the records' costs are those seconds': nothing of a
  /// call that is not in its book.
  void expect_elevenlabs_book(const std::vector<model::call_record>& all);
  /// What became of those that were placed.
  void expect_callees(const std::vector<model::call_record>& all, std::uint32_t placed);
  void expect_usage(const std::vector<model::call_record>& all);
  void expect_meter(const std::vector<model::call_record>& all);
  void expect_metrics(const std::vector<model::call_record>& all);

  const model::rate_card rates = model::rate_card::standard();
};

void Books::expect_twilios_book(const std::vector<model::call_record>& all) {
  const auto book = w.on_loop([&] { return w.book().all(); });
  std::unordered_map<std::string, const sim::booked_call*> pages;
  std::int64_t seconds = 0, told_seconds = 0;
  model::micros billed = 0, told = 0;
  for (const auto& page : book) {
    if (!page.parent.empty()) continue;  // a leg that was dialled is a call of its own, on the same bill
    pages.emplace(page.sid, &page);
    seconds += page.seconds();
    if (price_after(id_of(page.sid))) billed += page.costs.amount;
  }
  for (const auto& record : all) {
    const auto page = pages.find(record.call.value);
    ASSERT_NE(page, pages.end()) << record.call.value;
    const auto& booked = *page->second;
    ASSERT_TRUE(record.twilio) << record.call.value << " " << to_string(*record.reason);
    EXPECT_EQ(to_string(record.twilio->status), booked.final_status) << record.call.value;
    EXPECT_EQ(record.twilio->seconds.value_or(0), booked.seconds()) << record.call.value;
    told_seconds += record.twilio->seconds.value_or(0);
    if (is_untaken(record)) {
      EXPECT_EQ(booked.costs.amount, 0) << record.call.value;
      continue;
    }
    ASSERT_TRUE(record.cost.twilio) << record.call.value;
    EXPECT_EQ(record.cost.twilio->is_final, price_after(id_of(record.call.value)).has_value()) << record.call.value;
    if (!record.cost.twilio->is_final) {
      EXPECT_EQ(record.cost.twilio->amount.amount, estimate_of(booked)) << record.call.value;
      continue;
    }
    EXPECT_EQ(record.cost.twilio->amount.amount, booked.costs.amount) << record.call.value;
    told += record.cost.twilio->amount.amount;
  }
  EXPECT_EQ(told_seconds, seconds);
  EXPECT_EQ(told, billed);
  EXPECT_EQ(pages.size(), all.size());
  std::cout << "At Twilio: " << pages.size() << " calls, " << seconds << " s, " << billed << " millionths" << std::endl;
}

void Books::expect_fees_without_a_price(const std::vector<model::call_record>& all) {
  std::unordered_map<std::string, sim::booked_call> book;
  for (const auto& page : w.on_loop([&] { return w.book().all(); }))
    if (page.parent.empty()) book.emplace(page.sid, page);
  const auto amount_of = [](const std::optional<model::cost_part>& part) { return part ? part->amount.amount : 0; };
  model::micros streams = 0, listening = 0;
  for (const auto& record : all) {
    const auto page = book.find(record.call.value);
    ASSERT_NE(page, book.end()) << record.call.value;
    const auto& booked = page->second;
    EXPECT_EQ(amount_of(record.cost.stream), booked.stream_fee())
        << record.call.value << ", streams: " << record.streams.size() << " and " << booked.streams.size();
    EXPECT_EQ(amount_of(record.cost.machine_detection), booked.detection_fee()) << record.call.value;
    streams += booked.stream_fee();
    listening += booked.detection_fee();
  }
  EXPECT_GT(streams, 0);
  EXPECT_GT(listening, 0);
  std::cout << "In no price of its: streams " << streams << ", listening for machines " << listening << " millionths"
            << std::endl;
}

void Books::expect_legs(const std::vector<model::call_record>& all) {
  std::unordered_map<std::string, sim::booked_call> book;
  for (const auto& page : w.on_loop([&] { return w.book().all(); }))
    if (!page.parent.empty()) book.emplace(page.sid, page);
  std::size_t legs = 0, taken = 0;
  model::micros billed = 0, told = 0;
  for (const auto& [sid, page] : book) billed += page.costs.amount;
  for (const auto& record : all) {
    model::micros of_the_call = 0;
    for (const auto& leg : record.legs) {
      const auto page = book.find(leg.call.value);
      ASSERT_NE(page, book.end()) << leg.call.value;
      EXPECT_EQ(page->second.parent, record.call.value);
      EXPECT_EQ(leg.status, page->second.final_status) << leg.call.value;
      EXPECT_EQ(leg.seconds, page->second.seconds()) << leg.call.value;
      ASSERT_TRUE(leg.cost && leg.cost->is_final) << leg.call.value;
      EXPECT_EQ(leg.cost->amount, page->second.costs) << leg.call.value;
      of_the_call += leg.cost->amount.amount;
      ++legs;
      if (leg.seconds > 0) ++taken;
    }
    EXPECT_EQ(record.cost.transfer.has_value(), !record.legs.empty()) << record.call.value;
    EXPECT_EQ(record.cost.transfer ? record.cost.transfer->amount.amount : 0, of_the_call) << record.call.value;
    told += of_the_call;
  }
  EXPECT_EQ(legs, book.size());
  EXPECT_EQ(told, billed);
  EXPECT_GT(taken, 0u);
  EXPECT_GT(legs, taken) << "some were not taken";
  std::cout << "Beside them " << legs << " legs that were dialled, " << taken << " of them taken: " << told
            << " millionths" << std::endl;
}

void Books::expect_recordings(const std::vector<model::call_record>& all) {
  std::unordered_map<std::string, sim::twilio_recordings::recording> book;
  for (auto& one : w.on_loop([&] { return w.twilio().recordings().all(); })) book.emplace(one.sid, one);
  std::size_t recordings = 0, messages = 0;
  model::micros billed = 0, told = 0;
  for (const auto& [sid, one] : book)
    if (price_after(id_of(one.call))) billed += sim::twilio_recordings::costs(one);
  const auto expect_one = [&](const model::call_record& of, const std::string& sid, std::uint32_t seconds,
                              const std::optional<model::cost_part>& cost) {
    const auto booked = book.find(sid);
    ASSERT_NE(booked, book.end()) << sid;
    EXPECT_EQ(booked->second.call, of.call.value);
    EXPECT_EQ(seconds, booked->second.seconds) << sid;
    ASSERT_TRUE(cost) << sid;
    EXPECT_EQ(cost->amount.amount, sim::twilio_recordings::costs(booked->second)) << sid;
    EXPECT_EQ(cost->is_final, price_after(id_of(of.call.value)).has_value()) << sid;
    if (cost->is_final) told += cost->amount.amount;
  };
  for (const auto& record : all) {
    for (const auto& one : record.recordings) expect_one(record, one.sid, one.seconds, one.cost);
    for (const auto& one : record.voicemail) expect_one(record, one.recording, one.seconds, one.cost);
    recordings += record.recordings.size();
    messages += record.voicemail.size();
  }
  EXPECT_EQ(recordings + messages, book.size());
  EXPECT_EQ(told, billed);
  EXPECT_GT(recordings, 0u);
  EXPECT_GT(messages, 0u);
  std::cout << "And " << recordings << " recordings and " << messages << " messages: " << told << " millionths"
            << std::endl;
}

void Books::expect_elevenlabs_book(const std::vector<model::call_record>& all) {
  std::unordered_map<std::string, sim::conversation_record> book;
  for (auto& one : w.conversations()) book.emplace(one.facts.conversation_id, std::move(one));
  std::int64_t seconds = 0, told_seconds = 0, tools = 0, told_tools = 0;
  for (const auto& [id, one] : book) {
    seconds += sim::seconds_of(one);
    tools += static_cast<std::int64_t>(one.webhook_answers.size());
  }
  std::size_t told = 0, without = 0;
  for (const auto& record : all) {
    model::micros price = 0;
    told_tools += static_cast<std::int64_t>(record.tool_calls.size());
    for (const auto& report : record.reports) {
      const auto booked = book.find(report.conversation.value);
      ASSERT_NE(booked, book.end()) << report.conversation.value;
      ++told;
      EXPECT_EQ(report.seconds, sim::seconds_of(booked->second)) << report.conversation.value;
      EXPECT_EQ(report.credits, static_cast<std::uint64_t>(sim::charge_of(booked->second).credits()));
      told_seconds += report.seconds.value_or(0);
      price += conversation_price(rates.at(record.started), report.seconds.value_or(0), false);
    }
    if (record.metered_seconds == 0) {  // it was refused, or nobody took it
      EXPECT_FALSE(record.cost.elevenlabs) << record.call.value;
      continue;
    }
    without += record.reports.empty();
    ASSERT_TRUE(record.cost.elevenlabs) << record.call.value << " " << to_string(*record.reason);
    EXPECT_TRUE(record.cost.elevenlabs->is_final) << record.call.value;
    EXPECT_EQ(record.cost.elevenlabs->amount.amount, price) << record.call.value;
  }
  EXPECT_EQ(told, book.size());
  EXPECT_EQ(told_seconds, seconds);
  EXPECT_EQ(told_tools, tools);
  EXPECT_GT(without, 0u) << "some had no conversation: that costs nothing";
  const auto asked_for = w.on_loop([&] { return w.vendor().documents_told(); });
  EXPECT_GT(asked_for, 0u) << "some were never reported";
  std::cout << "At ElevenLabs: " << book.size() << " conversations, " << seconds << " s, " << tools << " tools; "
            << asked_for << " answers to who asked for a report" << std::endl;
}

void Books::expect_callees(const std::vector<model::call_record>& all, std::uint32_t placed) {
  std::map<model::end_reason, std::uint32_t> came;
  std::uint32_t machines = 0, people = 0;
  for (const auto& record : all) {
    if (record.direction != "outbound-api") continue;
    EXPECT_EQ(record.tenant.value, "caller");
    EXPECT_EQ(record.twilio->source, model::carrier_progress::source_type::callback) << record.call.value;
    ++came[*record.reason];
    if (!record.heard) continue;
    ++(record.heard->by == model::twilio::answered_by::machine ? machines : people);
  }
  const auto each = placed / callees;
  using enum model::end_reason;
  EXPECT_EQ(came,
            (std::map<model::end_reason, std::uint32_t>{
                {caller_hung_up, each}, {callee_busy, each}, {callee_no_answer, each}, {machine_answered, each}}));
  EXPECT_EQ(machines, each);
  EXPECT_EQ(people, each);
  std::cout << "Placed: " << placed << ", a quarter each answered, busy, without an answer, and a machine" << std::endl;
}

void Books::expect_usage(const std::vector<model::call_record>& all) {
  const auto total = of(all);
  const auto usage = asked("/api/usage?by=tenant");
  EXPECT_EQ(of(usage["total"]), total);
  EXPECT_EQ(usage["items"].Size(), 10U) << "nine tenants, and nobody";
  for (const auto& item : usage["items"].GetArray())
    EXPECT_EQ(of(item), of(all, item["tenantId"].GetString())) << item["tenantId"].GetString();
  for (const auto* zone : {"UTC", "Pacific/Kiritimati", "America/Los_Angeles"})
    EXPECT_EQ(of(asked("/api/usage?by=day,agent&zone=" + std::string{zone})["total"]), total) << zone;
}

void Books::expect_meter(const std::vector<model::call_record>& all) {
  auto metered = all;
  std::erase_if(metered, is_untaken);  // they never came in
  for (const auto* tenant : {"salon", "clinic", "lost", "shaky", "shop", "broke", "taped", "helped", "caller"}) {
    const auto his = of(metered, tenant);
    const auto meter = asked("/api/tenants/" + std::string{tenant} + "/live");
    EXPECT_EQ(meter["month"]["calls"].GetUint64(), his.calls) << tenant;
    EXPECT_EQ(std::llround(meter["month"]["minutes"].GetDouble() * 60), his.seconds) << tenant;
  }
}

void Books::expect_metrics(const std::vector<model::call_record>& all) {
  const auto total = of(all);
  const auto page = w.gateway().metrics();
  const auto metric = [&page](const std::string& name) { return gateway_process::metric_in(page, name); };
  for (const auto& [name, times] : total.outcomes) {
    const auto reason = model::find_named<model::end_reason>(name, model::end_reason_count);
    ASSERT_TRUE(reason) << name;
    const auto* const family = model::is_refusal(*reason) ? "tonris_calls_refused_total" : "tonris_calls_ended_total";
    EXPECT_EQ(
        metric(std::string{family} + "{by=\"" + std::string{to_string(who(*reason))} + "\",reason=\"" + name + "\"}"),
        static_cast<double>(times))
        << name;
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
  std::uint32_t never = 0;
  for (std::uint32_t call = 1; call <= count; ++call) never += !price_after(call);
  begin_day();
  const std::uint32_t placed = callees * (sanitized ? 3 : 10);  // no more than the tenant may in a minute
  const auto began = std::chrono::steady_clock::now();
  const auto seconds_so_far = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  };
  place_calls(placed);
  make_calls(count, at_once);
  for (const auto& one : placed_calls()) {
    const bool is_taken = one.final_status == "completed";
    never += is_taken && !price_after(id_of(one.sid));
    EXPECT_TRUE(one.report.violations.empty()) << one.sid << ": " << violations_of(one.report.violations.all());
  }
  std::cout << count + placed << " calls took " << seconds_so_far() << " s" << std::endl;
  const std::chrono::seconds patience{60L + count / 20};
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_calls_live", 0, 30s));
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_prices_waiting", never, patience));
  std::vector<model::call_record> all;
  EXPECT_TRUE(comes_true(
      [&] {
        all = records();
        return all.size() == count + placed && std::ranges::all_of(all, [](const model::call_record& one) {
                 return one.reason && one.twilio && is_priced(one);
               });
      },
      20s))
      << all.size();
  std::cout << "and what they cost was known after " << seconds_so_far() << " s" << std::endl;
  for (const auto& found : w.vendor_violations()) ADD_FAILURE() << found.rule << ": " << found.detail;

  const auto total = of(all);
  std::cout << "Records: " << total << std::endl;
  EXPECT_EQ(total.calls + total.refused, count + placed);
  EXPECT_GT(total.refused, count / 12);
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

}  // namespace
}  // namespace tonris::e2e
